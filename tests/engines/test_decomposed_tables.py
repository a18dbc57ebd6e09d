"""Tables of units short against the closed forms: never above them, and hardly below."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from procure.engines.decomposed.tables import tables_of
from procure.uncertainty import families
from procure.uncertainty.families import Family
from procure.uncertainty.law import _sample_loss

MEANS = [0.003, 0.4, 3.7, 60.0, 5000.0]
TIGHT = 2e-6
"""Most that a value lies below the true one, relative to the mean."""


class Law(SimpleNamespace):
    """One cell over three periods, each with a third of the mean more, some of it known."""

    @staticmethod
    def of(family: Family, mean: float, variance: float, known: float) -> Law:
        growth = np.array([[1.0, 4.0 / 3.0, 5.0 / 3.0]])
        return Law(
            family=np.full((1, 3), family, dtype=np.int8),
            known=np.full((1, 3), known),
            mean=mean * growth,
            variance=variance * growth,
            sorted_paths={},
            sampled={},
        )

    def shortfall(self, cell: Any, period: Any, supply: Any) -> Any:
        if self.sorted_paths:
            rows, points = np.broadcast_arrays(period, supply)[0], supply
            return np.array([_sample_loss(self.sorted_paths[0][t[0]], x) for t, x in zip(rows, points, strict=True)])
        random = supply - self.known[cell, period]
        return families.loss(self.family[cell, period], self.mean[cell, period], self.variance[cell, period], random)


def variance_of(family: Family, mean: float) -> float:
    return {Family.POISSON: mean, Family.NEGATIVE_BINOMIAL: 2.5 * mean}.get(family, (0.4 * mean) ** 2)


def assert_tight(law: Law, opening: np.ndarray, grain: float, start: int, scale: float) -> None:
    levels = 400
    args = opening, np.array([grain]), np.array([levels]), np.array([start])
    values, table, earlier_rows = tables_of(law, *args, threads=1)
    short = values[table[0] : table[0] + 3 * levels]
    before = values[earlier_rows[0][:, None] + np.arange(levels)]
    rows = np.arange(3)[:, None]
    supply = opening[0][:, None] + grain * (np.arange(levels) - start)[None, :]
    true = law.shortfall(np.zeros_like(rows), rows, supply)
    earlier = np.maximum(-supply, 0.0)
    earlier[1:] = law.shortfall(np.zeros_like(rows[1:]), rows[:-1], supply[1:])
    for table, exact in ((short, true), (before, earlier)):
        found = table.reshape(3, levels).astype(float)
        error = exact - found
        size = np.maximum(np.abs(exact), scale)
        # the closed forms themselves are exact to a few units in the 13th digit
        assert error.min() >= -1e-12 * max(scale, 1.0)
        assert (error / size).max() < TIGHT


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("family", [family for family in Family if family != Family.SAMPLES])
def test_every_family_is_rounded_down_a_little(family, mean):
    law = Law.of(family, mean, variance_of(family, mean), known=0.3 * mean)
    for first, grain, start in ((0.0, 1.0, 0), (-7.3, 0.25, 40), (0.37 * mean, max(mean / 97.0, 0.01), 30)):
        opening = np.array([[first, first, first + 2.5]])
        assert_tight(law, opening, grain, start, mean)


@pytest.mark.parametrize("wide", [1.0001, 1.02, 30.0, 400.0])
def test_demand_that_is_wider_than_poisson(wide):
    for mean in (0.05, 8.0, 2000.0):
        law = Law.of(Family.NEGATIVE_BINOMIAL, mean, wide * mean, known=0.0)
        assert_tight(law, np.array([[0.5, 0.5, 0.5]]), max(mean / 50.0, 0.5), 10, mean)


@pytest.mark.parametrize("ratio", [3e-4, 0.01, 3.0])
def test_gamma_demand_that_is_nearly_known_or_wild(ratio):
    for mean in (0.05, 8.0, 2000.0):
        law = Law.of(Family.GAMMA, mean, (ratio * mean) ** 2, known=0.0)
        assert_tight(law, np.array([[0.5, 0.5, 0.5]]), max(mean / 50.0, 0.01), 10, mean)


def test_samples():
    paths = np.sort(np.random.default_rng(4).gamma(2.0, 20.0, (3, 200)), axis=1)
    law = Law.of(Family.SAMPLES, 40.0, 800.0, known=0.0)
    law.sorted_paths = {0: paths}
    assert_tight(law, np.array([[-3.0, 1.5, 1.5]]), 0.7, 20, float(paths.mean()))
