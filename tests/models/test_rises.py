"""The inequality of rises: every whole path keeps it; the fractional point it is made for breaks it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from procure_milp.envelope import Envelope, Tangents
from procure_milp.expressions import reach_of
from procure_milp.instance import Group, Instance, Rise
from procure_milp.rises import possible_arrivals, rise_terms
from tests.models import tiny

KINKS = (2.0, 5.0, 9.0)


def bent(start: float) -> Envelope:
    """Return an envelope with kinks at `KINKS`."""
    tangents = Tangents(start)
    slopes = (-1.0, -0.6, -0.3, 0.0)
    value = 10.0
    tangents.add(slopes[0], KINKS[0], value)
    for k, kink in enumerate(KINKS):
        tangents.add(slopes[k + 1], kink, value)
        if k + 1 < len(KINKS):
            value += slopes[k + 1] * (KINKS[k + 1] - kink)
    return Envelope(tangents)


def case(opening: list[float]) -> Instance:
    """Return a cell with a line that pays a fixed cost, so that `placed` tells of arrivals."""
    line = tiny.line(step=0.0)
    group = Group(fixed_cost=5.0)
    lowest = np.array([opening])
    return tiny.instance(
        lines=(line,),
        groups=(group,),
        opening=np.array([opening]),
        lowest=lowest,
        envelopes={(0, t): bent(float(opening[t])) for t in range(tiny.PERIODS)},
    )


def left_side(inst: Instance, rise: Rise, supply: list[float], switches: dict[int, float]) -> float | None:
    """Return how far pieces filled in order keep the row (negative: broken); None if there is no row."""
    found = rise_terms(inst, rise)
    if found is None:
        return None
    terms, side = found
    values = {}
    for t, x in enumerate(supply):
        rest = x - float(inst.lowest[0, t])
        for k, piece in enumerate(inst.envelopes[0, t].pieces()):
            values["piece", (0, t, k)] = min(rest, piece.width)
            rest -= values["piece", (0, t, k)]
    values |= {("placed", (0, t)): y for t, y in switches.items()}
    return sum(a * values[block, index] for block, index, a in terms) - side


def rises(inst: Instance) -> list[Rise]:
    """Return rows of all windows and many levels, kinks or not."""
    levels = (*KINKS, 3.0, 6.5)
    found = []
    for t in range(tiny.PERIODS):
        for s in range(-1, t):
            switches = tuple(("placed", (0, u)) for u in range(s + 1, t + 1))
            for high in levels:
                for low in levels:
                    if s < 0 or float(inst.lowest[0, s]) <= low < high:
                        found.append(Rise(0, s, t, low, high, switches))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_every_whole_path_keeps_every_row(seed: int):
    dice = random.Random(seed)
    opening = sorted(dice.choice([0.0, 0.0, 1.0, 2.0, 4.0]) for _ in range(tiny.PERIODS))
    inst = case(opening)
    rows = rises(inst)
    kept = []
    for _ in range(60):
        placed = {t: float(dice.random() < 0.4) for t in range(tiny.PERIODS)}
        ordered = [placed[t] * dice.randint(1, 12) for t in range(tiny.PERIODS)]
        supply = list(np.array(opening) + np.cumsum(ordered))
        kept += [left_side(inst, rise, supply, placed) for rise in rows]
    found = [k for k in kept if k is not None]
    assert found
    assert min(found) >= -1e-9


def test_a_fraction_of_an_order_is_cut_off():
    """Opening 0: half an order of 10 lifts supply to 5; without a whole order it can't be above 0."""
    inst = case([0.0, 0.0, 0.0])
    rise = Rise(0, -1, 0, 0.0, 9.0, (("placed", (0, 0)),))
    # (9 - 3)^+ >= 9 (1 - 0.25) fails by 0.75: an order opened by a quarter brings 3 units
    assert left_side(inst, rise, [3.0, 3.0, 3.0], {0: 0.25, 1: 0.0, 2: 0.0}) == pytest.approx(-0.75)


def test_open_orders_count_as_no_rise():
    """4 units come by themselves in period 1: the height from 2 to 9 is 7 less 4."""
    inst = case([0.0, 4.0, 4.0])
    terms, side = rise_terms(inst, Rise(0, 0, 1, 2.0, 9.0, (("placed", (0, 1)),)))  # type: ignore[misc]
    assert terms[-1] == ("placed", (0, 1), pytest.approx(3.0))
    assert side == pytest.approx(3.0 - 5.0)  # less the width of the pieces of period 1 from 4 to 9


def test_levels_between_kinks_move_outward():
    """From 3 to 6.5 becomes from 2 to 9, the kinks around them."""
    inst = case([0.0, 0.0, 0.0])
    terms, _ = rise_terms(inst, Rise(0, 0, 1, 3.0, 6.5, (("placed", (0, 1)),)))  # type: ignore[misc]
    assert terms[-1] == ("placed", (0, 1), pytest.approx(7.0))


def test_no_row_across_a_period_in_which_something_can_arrive_unseen():
    """Any quantity, no switch on the line, no fixed cost: nothing tells of the order."""
    inst = tiny.instance(lines=(tiny.line(step=0.0),))
    assert possible_arrivals(inst, reach_of(inst))[0, 0] is None


def test_an_order_is_told_by_its_steps_or_by_its_purchase_order():
    inst = tiny.instance(groups=(Group(fixed_cost=5.0),))
    arrivals = possible_arrivals(inst, reach_of(inst))
    assert arrivals[0, 1] == [((("placed", (0, 1)),), (("lots", (0, 1, 0)),))]
