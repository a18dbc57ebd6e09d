"""The band of projected stock holds nine outcomes in ten, whatever is uncertain."""

from __future__ import annotations

import numpy as np
import pytest

from procure.report.band import bands
from procure.report.course import course_of
from procure.report.facts import Facts, facts_of
from procure.uncertainty.draws import Source, demand_draws, order_draws
from procure.uncertainty.lost import stocks_where_lost
from tests.report import reported
from tests.report.reported import EVIL

RUNS = 20_000


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(reported.solution())


def cell_of(facts: Facts, item: str, warehouse: str) -> int:
    return facts.network.cell_at(item, warehouse)


def outcomes(facts: Facts, cell: int) -> np.ndarray:
    """Stock less backorders at the end of the window's first full period, drawn afresh: shape (T, runs).

    All surprises count here, so only periods inside the window are compared.
    """
    network, source = facts.network, Source("test of the band", 3, RUNS)
    demand = np.cumsum(demand_draws(network, source, cell), axis=0)
    supply = np.repeat(facts.ledger.stocks.supply[cell][:, None], RUNS, axis=1)
    periods = np.arange(network.periods)[:, None]
    for line, period in np.argwhere(facts.ledger.decision.orders > 0.0).tolist():
        offer = network.offers[network.line_offer[line]]
        if network.line_cell[line] != cell or not (offer.lead_time.is_random or offer.delivered_fraction.is_random):
            continue
        units = float(facts.ledger.decision.orders[line, period])
        came, share = order_draws(network, source, line, period)
        supply += (came <= periods) * share * units
        supply -= facts.laws.planned.deliveries.expected[line][period][:, None] * units
    if network.lost[cell]:
        return np.asarray(stocks_where_lost(demand, supply)[1])
    return supply - demand


@pytest.mark.parametrize(("item", "warehouse"), [("BOLT", "KÖLN"), ("BOLT", "BONN"), (EVIL, "KÖLN"), ("CAKE", "KÖLN")])
def test_nine_outcomes_in_ten_lie_in_the_band(facts, item, warehouse):
    cell = cell_of(facts, item, warehouse)
    low, high = (edge[0] for edge in bands(facts.ledger, facts.laws.planned, np.array([cell])))
    drawn = outcomes(facts, cell)
    window = min(int(facts.network.window[cell]), facts.network.periods)
    for t in range(window):
        below = (drawn[t] < low[t] - 1e-9).mean()
        above = (drawn[t] > high[t] + 1e-9).mean()
        # counts jump over 5 %, and the plan's own law is fitted with 500 scenarios
        assert below <= 0.085, (item, t)
        assert above <= 0.085, (item, t)
        inside = 1.0 - below - above
        assert inside < 0.985 or high[t] - low[t] <= 2.0 or low[t] == 0.0, (item, t)


def test_the_band_is_around_the_expected_stock(facts):
    course = course_of(facts)
    series = course.series
    random = ~facts.network.lost[course.cells]
    assert (series["low"][random] <= series["stock"][random] + 1e-9).all()
    assert (series["high"][random] >= series["stock"][random] - 1e-9).all()


def test_known_demand_has_no_band(facts):
    cell = cell_of(facts, "NUT", "KÖLN")
    low, high = bands(facts.ledger, facts.laws.planned, np.array([cell]))
    assert low == pytest.approx(high)
    assert low[0] == pytest.approx(facts.ledger.stocks.supply[cell] - np.cumsum(facts.network.mean[cell]))


def test_the_worst_are_kept_where_there_are_too_many(facts):
    whole, cut = course_of(facts), course_of(facts, most_points=2 * facts.plan.periods)
    assert cut.places == whole.places[:2]
    assert cut.of_all == len(whole.places) == 5
    assert cut.table().totals == {}, "no total of a part"
