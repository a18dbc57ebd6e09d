"""Envelopes lie below their functions, meet them at tangents, and are cut into pieces of rising slope."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest

from procure_milp.envelope import NARROW, Envelope, Tangents


def loss(x: float) -> tuple[float, float]:
    """E[(D - x)^+] and its slope for an exponential demand of mean 10."""
    return 10.0 * math.exp(-x / 10.0), -math.exp(-x / 10.0)


def peak(x: float) -> tuple[float, float]:
    """E[(x - D)^+] and its slope for the same demand."""
    return x - 10.0 + 10.0 * math.exp(-x / 10.0), 1.0 - math.exp(-x / 10.0)


def drawn(function, points, start=0.0) -> Tangents:
    tangents = Tangents(start)
    for x in points:
        value, slope = function(x)
        tangents.add(slope, x, value)
    return tangents


def filled(pieces, supply, start=0.0) -> tuple[float, float]:
    """What pieces filled in order add to B and S at their start."""
    rest, below, above = supply - start, 0.0, 0.0
    for piece in pieces:
        part = min(rest, piece.width)
        below += part * piece.backorder_slope
        above += part * piece.peak_slope
        rest -= part
    return below, above


POINTS = [0.0, 2.0, 7.0, 15.0, 40.0]


def test_an_envelope_lies_below_the_function_everywhere():
    tangents = drawn(loss, POINTS)
    assert all(tangents.value(x / 7) <= loss(x / 7)[0] + 1e-12 for x in range(700))


def test_an_envelope_is_exact_where_a_tangent_was_drawn():
    tangents = drawn(loss, POINTS)
    for x in POINTS:
        assert tangents.value(x) == pytest.approx(loss(x)[0])


def test_two_tangents_meet_at_the_kink_worked_out_by_hand():
    tangents = Tangents(0.0)
    tangents.add(-1.0, 4.0, 0.0)  # 4 - x
    tangents.add(0.0, 9.0, 0.0)  # 0
    assert tangents.kinks() == [(0.0, -1.0), (4.0, 0.0)]
    assert [piece.width for piece in Envelope(tangents).pieces()] == [4.0, math.inf]


def test_a_tangent_that_is_nowhere_the_largest_makes_no_kink():
    tangents = Tangents(0.0)
    tangents.add(-1.0, 4.0, 0.0)
    tangents.add(0.0, 4.0, 0.0)
    tangents.add(-0.5, 4.0, -1.0)
    assert tangents.kinks() == [(0.0, -1.0), (4.0, 0.0)]


def test_a_tangent_is_drawn_once():
    tangents = drawn(loss, [5.0])
    value, slope = loss(5.0)
    assert not tangents.add(slope, 5.0, value)
    assert len(tangents.lines) == 1


def test_pieces_are_ordered_by_both_slopes_and_reach_to_infinity():
    pieces = Envelope(drawn(loss, POINTS), drawn(peak, [1.0, 3.0, 20.0])).pieces()
    for one, two in pairwise(pieces):
        assert one.backorder_slope <= two.backorder_slope
        assert one.peak_slope <= two.peak_slope
    assert pieces[-1].width == math.inf


def test_pieces_filled_in_order_give_both_envelopes():
    below, above = drawn(loss, POINTS), drawn(peak, [0.0, 1.0, 3.0, 20.0])
    pieces = Envelope(below, above).pieces()
    for x in (0.0, 0.5, 3.7, 8.0, 16.0, 60.0):
        backorders, stock = filled(pieces, x)
        assert below.value(0.0) + backorders == pytest.approx(below.value(x))
        assert above.value(0.0) + stock == pytest.approx(above.value(x), abs=1e-4)


def test_no_other_filling_costs_less_in_either_function():
    pieces = Envelope(drawn(loss, POINTS), drawn(peak, [0.0, 3.0, 20.0])).pieces()
    dice = random.Random(3)
    for _ in range(200):
        fills = [dice.uniform(0.0, min(piece.width, 9.0)) for piece in pieces]
        ordered = filled(pieces, sum(fills))
        assert sum(f * p.backorder_slope for f, p in zip(fills, pieces, strict=True)) >= ordered[0] - 1e-9
        assert sum(f * p.peak_slope for f, p in zip(fills, pieces, strict=True)) >= ordered[1] - 1e-9


def test_a_narrow_piece_joins_the_one_before_and_the_envelope_only_sinks():
    tangents = Tangents(0.0)
    tangents.add(-1.0, 4.0, 1.0)  # 5 - x, to 4
    tangents.add(-0.5, 4.0, 1.0)  # 3 - x/2, from 4 for less than NARROW
    tangents.add(-0.1, 4.0 + NARROW / 2, 1.0 - NARROW / 4)
    pieces = Envelope(tangents).pieces()
    assert [piece.backorder_slope for piece in pieces] == [-1.0, -0.1]
    assert pieces[0].width == pytest.approx(4.0 + NARROW / 2)
    assert tangents.value(0.0) + filled(pieces, 6.0)[0] <= tangents.value(6.0)


def test_a_new_tangent_splits_pieces():
    envelope = Envelope(drawn(loss, [0.0, 40.0]))
    before = len(envelope.pieces())
    value, slope = loss(9.0)
    envelope.backorders.add(slope, 9.0, value)
    assert len(envelope.pieces()) == before + 1
    assert envelope.backorders.value(9.0) == pytest.approx(value)
