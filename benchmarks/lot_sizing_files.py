"""Capacitated lot-sizing instances: read from files as they circulate, written, and made by a published recipe."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Row = tuple[float, ...]

COLUMNS_PER_BLOCK = 15
"""Items in one row of demand; a file with more has the rows of the next block below."""


@dataclass(frozen=True)
class Instance:
    """A capacitated lot-sizing problem.

    Attributes
    ----------
    name
        What it is called.
    capacity
        Time of the machine in each period.
    processing, holding, set_up_time, set_up_cost
        By item: time of a unit, cost of a unit in stock at the end of a period, time and cost of a set-up.
    demand
        Units by period and item.
    """

    name: str
    capacity: float
    processing: Row
    holding: Row
    set_up_time: Row
    set_up_cost: Row
    demand: tuple[Row, ...]

    @property
    def items(self) -> int:
        """Number of items."""
        return len(self.holding)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.demand)

    @property
    def whole(self) -> bool:
        """Whether whole lots are enough: with set-ups fixed, whole numbers and one processing time leave a flow."""
        numbers = [self.capacity / self.processing[0], *itertools.chain(*self.demand)]
        return len(set(self.processing)) == 1 and all(float(x).is_integer() for x in numbers)


def read_instance(path: Path) -> Instance:
    """Read a file of the form in which Trigeiro, Thomas and McClain (1989) circulate.

    Items and periods; a line with a 1, which some files leave out; the capacity of every period; for each item its
    processing time, holding cost, set-up time and set-up cost; for each period the demand of every item, in blocks of
    at most 15 items below one another. What follows the numbers is a legend.

    Raises
    ------
    ValueError
        The numbers do not make up the items and periods that the first line names.
    """
    rows = list(_numbers(path.read_text(encoding="latin-1")))
    items, periods = (int(x) for x in rows[0][:2])
    first = 3 if len(rows[2]) == 1 else 2
    terms, rest = rows[first : first + items], rows[first + items :]
    blocks = -(-items // COLUMNS_PER_BLOCK)
    if len(terms) < items or len(rest) < blocks * periods:
        raise ValueError(f"{path.name}: {len(rows)} lines of numbers are too few for {items} items, {periods} periods")
    if len(rest[0]) >= items:
        blocks = 1
    demand: list[Row] = [()] * periods
    for block in range(blocks):
        found = rest[block * periods : (block + 1) * periods]
        width = min(len(row) for row in found)  # a stray number stands at the end of a row of one known file
        demand = [known + row[:width] for known, row in zip(demand, found, strict=True)]
    if len(demand[0]) != items or any(len(row) != 4 for row in terms):
        raise ValueError(f"{path.name}: {len(demand[0])} columns of demand for {items} items")
    processing, holding, set_up_time, set_up_cost = zip(*terms, strict=True)
    return Instance(path.stem, rows[first - 1][0], processing, holding, set_up_time, set_up_cost, tuple(demand))


def _numbers(text: str) -> Iterator[Row]:
    """Lines of numbers, until the first that is none."""
    for line in text.splitlines():
        try:
            row = tuple(float(word) for word in line.split())
        except ValueError:
            return
        if row:
            yield row


def write_instance(instance: Instance, path: Path) -> None:
    """Write an instance in the form that `read_instance` reads."""
    terms = zip(instance.processing, instance.holding, instance.set_up_time, instance.set_up_cost, strict=True)
    rows: list[Row] = [(instance.items, instance.periods), (1,), (instance.capacity,), *terms]
    for block in range(0, instance.items, COLUMNS_PER_BLOCK):
        rows += [row[block : block + COLUMNS_PER_BLOCK] for row in instance.demand]
    path.write_text("".join("\t".join(f"{x:g}" for x in row) + "\n" for row in rows), encoding="ascii")


def generate(items: int, periods: int, utilisation: float, seed: int) -> Instance:
    """Make an instance by the recipe of Trigeiro, Thomas and McClain (1989), section on test problems.

    Theirs, as far as the files in circulation and papers that use them show (the paper itself was not at hand): demand
    even between 75 and 125, a quarter of it 0 in the first four periods; holding cost 1 to 5; set-up cost 200 to 1,000
    in steps of 200; one unit of time per unit; capacity by a target of utilisation. Not theirs: no set-up times (see
    above), and capacity is raised where the first periods would not do.
    """
    rng = random.Random(f"{items} {periods} {utilisation} {seed}")
    demand = tuple(
        tuple(0.0 if t < 4 and rng.random() < 0.25 else float(rng.randint(75, 125)) for _ in range(items))
        for t in range(periods)
    )
    loads = list(itertools.accumulate(sum(row) for row in demand))
    least = max(-(-load // (t + 1)) for t, load in enumerate(loads))
    return Instance(
        name=f"{items} x {periods}, {utilisation:.0%}, seed {seed}",
        capacity=max(float(round(loads[-1] / periods / utilisation)), least),
        processing=(1.0,) * items,
        holding=tuple(float(rng.randint(1, 5)) for _ in range(items)),
        set_up_time=(0.0,) * items,
        set_up_cost=tuple(float(rng.randrange(200, 1001, 200)) for _ in range(items)),
        demand=demand,
    )
