"""Charts of the page, as specifications that Vega draws in the browser from the data beside them.

Altair writes Vega-Lite, which is compiled to Vega here, so that nothing is left to compile when the page opens. Colours
are CSS variables: the page decides what they look like on a light and a dark screen and on paper. Nothing is told by
colour alone: shapes, dashes and positions say the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import vl_convert

RUNTIME = "window.vegaEmbed = vegaEmbed;"
"""What the page's script needs of the bundle."""

AXIS = 52
"""Width of the labels at the left [pixels], the same for charts that stand above each other."""

Layers = alt.LayerChart | alt.FacetChart
"""What Altair calls charts on top of each other."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

CONFIG: dict[str, Any] = {
    "aria": False,  # the figure around a chart describes it, and a table holds its figures
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "domainColor": "var(--line)",
        "gridColor": "var(--grid)",
        "tickColor": "var(--line)",
        "labelPadding": 6,
    },
    "axisY": {"domain": False, "ticks": False, "titleAlign": "left", "titleAngle": 0, "titleY": -10, "titleX": -AXIS},
    "axisX": {"grid": False},
}

WHEN = alt.X("d:O").axis(
    title=None,
    labelAngle=0,
    labelOverlap=True,
    labelSeparation=8,
    labelExpr="utcFormat(toDate(datum.value), '%-d %b')",
)


def runtime() -> str:
    """Return the JavaScript of Vega with everything it needs."""
    return _runtime()


@cache
def _runtime() -> str:
    script: str = vl_convert.javascript_bundle(RUNTIME)
    return script


@cache
def specifications() -> dict[str, dict[str, Any]]:
    """Vega specification of each kind of chart; its data set is called `rows`."""
    charts = {
        "stock": _stock(),
        "flow": _flow(),
        "limit": _limit(),
        "cost": _cost(),
        "backorders": _backorders(),
        "frontier": _frontier(),
    }
    return {name: _compiled(chart) for name, chart in charts.items()}


def _compiled(chart: Layers) -> dict[str, Any]:
    sized = chart.configure(**CONFIG)
    specification: dict[str, Any] = sized.to_dict(format="vega")
    return specification


def _rows() -> alt.Chart:
    return alt.Chart(alt.NamedData("rows"))


def _hover() -> alt.Chart:
    """A tall invisible bar over each period, which carries the tooltip."""
    bar: alt.Chart = _rows().mark_bar(color="var(--ink)", opacity=0.0, binSpacing=0)
    return bar.encode(WHEN, y=alt.value(0), y2=alt.value("height"), tooltip=alt.Tooltip("tip:N"))


def _y(field: str, title: str = "", **more: Any) -> alt.Y:
    return alt.Y(f"{field}:Q").axis(
        title=title or None, format="~s", tickCount=5, minExtent=AXIS, maxExtent=AXIS, **more
    )


def _where(test: str, size: int = 90) -> Any:
    """Size of a point where a test holds; elsewhere it is not seen."""
    return alt.condition(test, alt.value(size), alt.value(0))


def _stock() -> Layers:
    band = _rows().mark_area(color="var(--band)", interpolate="linear").encode(WHEN, _y("low"), alt.Y2("high"))
    zero = _rows().mark_rule(color="var(--ink)", strokeWidth=1).encode(y=alt.datum(0))
    line = _rows().mark_line(color="var(--blue)", strokeWidth=2.5, interpolate="linear").encode(WHEN, _y("stock"))
    short = (
        _rows()
        .mark_point(shape="triangle-down", filled=True, color="var(--vermilion)", opacity=1)
        .encode(WHEN, _y("stock"), size=_where("datum.stock < 0"))
    )
    return alt.layer(band, zero, line, short, _hover()).properties(width="container", height=260)


def _flow() -> Layers:
    demand = _rows().mark_bar(color="var(--bar)").encode(WHEN, _y("demand"))
    rule = _rows().mark_rule(color="var(--green)", strokeWidth=2).encode(WHEN, _y("receipts"))
    head = (
        _rows()
        .mark_point(shape="triangle-up", filled=True, color="var(--green)", opacity=1)
        .encode(WHEN, _y("receipts"), size=_where("datum.receipts > 0"))
    )
    return alt.layer(demand, rule, head, _hover()).properties(width="container", height=130)


def _limit() -> Layers:
    used = _rows().mark_bar(color="var(--bar)").encode(WHEN, _y("used"))
    most = (
        _rows()
        .mark_line(color="var(--ink)", strokeDash=[5, 3], strokeWidth=1.5, interpolate="step")
        .encode(WHEN, _y("limit"))
    )
    full = (
        _rows()
        .mark_point(shape="triangle-down", filled=True, color="var(--vermilion)", opacity=1, yOffset=-9)
        .encode(WHEN, _y("used"), size=_where("datum.full"))
    )
    room = _rows().mark_point(size=0, opacity=0).encode(WHEN, _y("room"))
    return alt.layer(used, most, full, room, _hover()).properties(width="container", height=150)


def _cost() -> Layers:
    part = alt.Y("part:N").sort(None).axis(title=None, labelLimit=160, labelFontSize=13, labelColor="var(--ink)")
    amount = alt.X("amount:Q").axis(title=None, format="~s", tickCount=5, grid=True, domain=False, ticks=False)
    sign = alt.Color("sign:N").scale(domain=["cost", "credit"], range=["var(--bar)", "var(--credit)"]).legend(None)
    bars = _rows().mark_bar(height={"band": 0.62}).encode(part, amount, sign)
    zero = _rows().mark_rule(color="var(--line)").encode(x=alt.datum(0))
    text = _rows().mark_text(align="left", dx=6, color="var(--ink)", fontSize=12).encode(
        part, alt.X("end:Q"), alt.Text("label:N")
    )
    return alt.layer(bars, zero, text).properties(width="container", height=alt.Step(30))


def _backorders() -> Layers:
    kinds = alt.Color("kind:N").scale(domain=["owed", "lost"], range=["var(--vermilion)", "var(--purple)"]).legend(None)
    bars = _rows().mark_bar().encode(WHEN, _y("units"), kinds)
    return alt.layer(bars, _hover()).properties(width="container", height=200)


def _frontier() -> Layers:
    limit = alt.X("limit:Q").scale(zero=False).axis(title=None, format="~s", tickCount=6)
    value = alt.Y("y:Q").scale(zero=False).axis(
        title=None, format="~s", tickCount=5, minExtent=AXIS, maxExtent=AXIS
    )
    line = _rows().mark_line(color="var(--blue)", strokeWidth=2).encode(limit, value)
    points = (
        _rows()
        .mark_point(filled=True, opacity=1, size=60, color="var(--blue)")
        .encode(limit, value, tooltip=alt.Tooltip("tip:N"))
    )
    knee = (
        _rows()
        .mark_point(shape="diamond", filled=True, color="var(--vermilion)", opacity=1)
        .encode(limit, value, tooltip=alt.Tooltip("tip:N"), size=_where("datum.knee", 220))
    )
    now = (
        _rows()
        .mark_point(shape="circle", filled=False, color="var(--ink)", strokeWidth=2, opacity=1)
        .encode(limit, value, tooltip=alt.Tooltip("tip:N"), size=_where("datum.now", 220))
    )
    return alt.layer(line, points, knee, now).properties(width="container", height=220)
