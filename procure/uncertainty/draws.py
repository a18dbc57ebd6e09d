"""Random draws of demand, lead times, delivered fractions and receipt dates.

Every draw has a key made of names and periods, and its own stream of random numbers: what is drawn for one offer
does not change when another is added, and two plans simulated with one seed meet the same world.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.plan.distributions import Fraction, LeadTime
from procure.plan.network import Network
from procure.plan.records import OpenOrder
from procure.plan.terms import ROUNDING
from procure.uncertainty import families
from procure.uncertainty.families import Family

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Streams of uniform random numbers.

    Attributes
    ----------
    purpose
        What the draws are for; other purposes give other draws.
    seed
        Seed of all streams.
    runs
        Draws of each stream, K.
    stratified
        Whether each stream has one draw in each of K equal strata, in random order, which makes means over
        the draws far more exact than independent draws do (McKay, Beckman and Conover, 1979).
    batches
        Parts of equal size that are stratified each for itself, one after the other. Their means are independent, so
        they tell how exact the mean of all is.
    """

    purpose: str
    seed: int
    runs: int
    stratified: bool = False
    batches: int = 1

    def stream(self, *key: str | int) -> np.random.Generator:
        """Return the generator of a key, always at its beginning."""
        text = "\x1f".join([self.purpose, str(self.seed), *map(str, key)])
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))

    def uniforms(self, *key: str | int) -> Array:
        """K numbers between 0 and 1, both excluded, shape (K,)."""
        stream = self.stream(*key)
        values = stream.random(self.runs)
        if self.stratified:
            size = self.runs // self.batches
            strata = np.concatenate([stream.permutation(size) for _ in range(self.batches)])
            values = (strata + values) / size
        return np.clip(values, 1e-12, 1.0 - 1e-12)


def lead_days(lead: LeadTime, uniform: Array) -> Array:
    """Lead time of each draw, by inversion [whole days]; a lead time by mean and sd is gamma."""
    if lead.points:
        drawn = _inverse(lead.points, uniform)
    elif lead.sd > 0.0:
        shape, scale = (lead.mean / lead.sd) ** 2, lead.sd**2 / lead.mean
        # a lead time drawn as next to nothing still takes the day it is rounded up to
        drawn = np.maximum(np.asarray(special.gammaincinv(shape, uniform) * scale, dtype=np.float64), 1e-6)
    else:
        drawn = np.full(uniform.shape, lead.mean)
    return np.ceil(drawn - ROUNDING)


def delivered_shares(fraction: Fraction, uniform: Array) -> Array:
    """Delivered fraction of each draw, by inversion."""
    if not fraction.points:
        return np.full(uniform.shape, fraction.mean)
    return _inverse(fraction.points, uniform)


def _inverse(points: tuple[tuple[float, float], ...], uniform: Array) -> Array:
    """The point of a small distribution at each probability."""
    values, probability = np.array(points).T
    chosen = np.searchsorted(np.cumsum(probability) - 1e-12, uniform)
    drawn: Array = values[np.minimum(chosen, len(values) - 1)]
    return drawn


def periods_after(days: Array, period_days: int) -> Indices:
    """Periods that so many days take, rounded up."""
    return np.ceil(days / period_days - ROUNDING).astype(np.int64)


def order_draws(network: Network, source: Source, line: int, period: int) -> tuple[Indices, Array]:
    """Draw what becomes of an order: the period that it first serves and the share delivered, shape (K,) each.

    Draws belong to the offer, the warehouse and the order period.
    """
    days, shares = order_day_draws(network, source, line, period)
    return periods_after(days, network.plan.period_days), shares


def order_day_draws(network: Network, source: Source, line: int, period: int) -> tuple[Array, Array]:
    """Draw the same with the day of receipt, counted from the start, shape (K,) each [whole days, share]."""
    offer = network.offers[network.line_offer[line]]
    _, warehouse = network.place(int(network.line_cell[line]))
    key = offer.offer, warehouse, period
    days = lead_days(offer.lead_time, source.uniforms("lead time", *key))
    shares = delivered_shares(offer.delivered_fraction, source.uniforms("delivered fraction", *key))
    return period * network.plan.period_days + days, shares


def receipt_draws(network: Network, source: Source, order: int) -> Indices:
    """Draw the period that an open order first serves, shape (K,); never before the start.

    Parameters
    ----------
    order
        Position among the plan's open orders.
    """
    return periods_after(receipt_day_draws(network, source, order), network.plan.period_days)


def receipt_day_draws(network: Network, source: Source, order: int) -> Array:
    """Draw when an open order comes, counted from the start, shape (K,) [days, not rounded]; never before the start."""
    row = network.plan.open_orders[order]
    expected = nominal_receipt_days(network, row)
    if row.lead_time_sd > 0.0:
        error = special.ndtri(source.uniforms("open order", row.po_number, row.item, row.warehouse, order))
        return np.maximum(expected + row.lead_time_sd * error, 0.0)
    return np.full(source.runs, float(expected))


def nominal_receipt_days(network: Network, row: OpenOrder) -> int:
    """Days from the start until an open order is expected; one that is overdue comes `overdue_days` later."""
    ahead = (row.receipt_date - network.plan.start_date).days
    return int(network.plan.policy.overdue_days) if ahead < 0 else ahead


def demand_draws(network: Network, source: Source, cell: int) -> Array:
    """Draw the demand of each period, independent of each other, shape (T, K) [units].

    Each period has the family of its own mean and variance. Cells with demand samples take whole sample paths;
    the path of a run is the same in all such cells.
    """
    if cell in network.paths:
        paths = network.paths[cell]
        chosen = np.floor(source.uniforms("sample path") * len(paths)).astype(np.int64)
        return np.asarray(paths[chosen].T)
    mean, variance = network.mean[cell], network.variance[cell]
    family = families.choose_family(network.plan.policy.distribution, mean, variance)
    item, warehouse = network.place(cell)
    drawn = np.repeat(mean[:, None], source.runs, axis=1)
    for t in np.flatnonzero(family != Family.KNOWN):
        key = "demand", item, warehouse, int(t)
        if source.stratified:
            drawn[t] = families.inverse(Family(family[t]), mean[t], variance[t], source.uniforms(*key))
        else:
            drawn[t] = families.sample(Family(family[t]), mean[t], variance[t], source.stream(*key), source.runs)
    return drawn
