"""The report: one self-contained HTML page about a solution, with tables and charts.

`page.write_report` makes it. Charts are drawn in the browser by Vega, whose runtime stands in the page; their
specifications are made by Altair, so this layer needs the extra `procure[report]`.
"""
