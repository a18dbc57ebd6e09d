"""An independent reading of the contract: plain arithmetic and enumeration, nothing of the product's.

Where the contract leaves a choice, the oracle's is this:

1.  Landed cost takes the lowest of the plain price and all breaks, and the highest discount of all tiers,
    reached or not. Fixed costs are no part of it. The share delivered is none either (what is not
    delivered is not paid).
2.  Offers whose landed cost agrees within 1e-9, relative, tie for the main offer.
3.  P over lanes: the shortest chain; a chain that ends in a warehouse without offers counts as endless.
    P never exceeds T.
4.  ``auto``: variance and mean agree when they differ by at most 1 % of the mean.
5.  A window of variance 0 is known also under ``negative_binomial``, before its rule for small variances.
6.  Demand samples of a cell replace its rows. ``uplift_sd`` does not touch samples. Their quantile is the
    least sample with enough samples at or below it.
7.  Demand rows by date outside the horizon say nothing.
8.  Incremental breaks: what is paid is the delivered share of the bill for the quantity ordered.
9.  Highest tier reached: the one with the highest ``minimum_order_value`` reached by the goods value.
10. Breaks, tiers and minimums are reached within 1e-9, so that 3 * 0.1 reaches 0.3.
11. A part of a day of lead time is rounded up to a whole day for receipt dates.
12. "Date inside the horizon" of a phase-out: on or before the last day; a date before the start counts too.
    The price r_B of units still owed stays. Safety stock does not ask for the phase-out date.
13. The first period that safety stock counts from: an order that calendar, validity and horizon allow
    (MOQ, capacity, phase-out not asked), or a lane in at its lead time, whether its origin has stock or not.
14. Safety stock compares with X_t - mean D_t, which may be negative: the shortfall is then above the target.
15. ``amount_due`` without ``due_date`` is due when the open order arrives (overdue ones: when taken to
    arrive). An overdue open order arrives ``overdue_days`` after the start. On the start date: not overdue.
16. A limit of 0 is kept within 1e-9. Relaxations are judged within the same 1e-6.
17. When several ways share the least sum of excesses, ``Best.ambiguous`` says so, and the cheapest counts.
18. ``units`` takes 1 of each unit, unless the item's ``storage`` names it.
19. ``fill_rate`` without any demand is 1.
20. The stock a transfer ships is judged once per period and origin, after all shipments of the period.
21. ``max_cover_days`` is judged for each period in which an order or transfer nominally serves first; open
    orders do not count as such.
22. A container's fill goes by the quantity ordered; a load of 0 needs no container.
23. Default offer ids number all offers of a supplier and item, those with an id of their own too.
24. Freight counts for the quantity ordered in spend, for the quantity expected in cost and cash.
25. ``lead_time`` left out is 0 days. ``cash.inflow`` may be a list over the periods. A supplier without
    ``currency`` sells in plan currency. A lane's capacity may be a list, its multiple 0 (any quantity).
26. The second stage of the objective ``backorders`` keeps its allowance within 1e-6, relative, as any limit.
27. Overlapping promotions: one after the other, each on the mean and variance that the last one left.
28. S_t: receipts count as expected or random by period t, demand by period t - 1.
29. Orders, and the lead time and the share of one order, are independent of each other. What arrives after the
    horizon is never there, but is paid in full.
30. E[X_t] of safety stock, cover and transfers is the mean over the same window as B_t.
31. An order with a gamma lead time takes a day at least. An open order's error is in parts of a day.
32. Units lost: ``backorder_cost`` + r stands in the part ``backorder``; nothing is owed at the end, so no r_B;
    ``end_units`` are the units lost in the last period; P = T for all means of such an item.
33. Supply of customers who wait is exact: receipts of a period are independent, so their laws add up. Lost sales
    are means over 100,000 paths, with their standard error. The grid knows neither: see :mod:`tests.oracle.risks`.
"""

from __future__ import annotations

from .arithmetic import COST_PARTS, Oracle
from .enumerate import Best, Search, enumerate_best
from .limits import LimitKey
from .purchases import Orders, Transfers

__all__ = ["COST_PARTS", "Best", "LimitKey", "Oracle", "Orders", "Search", "Transfers", "enumerate_best"]
