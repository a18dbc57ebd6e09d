"""Takes large tables into a draft: by column, and record by record where a row may be at fault."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.frame import Frame
from procure.plan.offer_ids import with_offer_ids
from procure.plan.reading_columns import examine_frame
from procure.plan.records import TABLES
from procure.plan.rows import gathered, validate_rows
from procure.plan.sieve import sift
from procure.plan.table import coded

MOST_EXAMINED = 20_000
"""Rows of a table that are looked at one by one when very many look wrong."""

Mask = NDArray[np.bool_]


def take_frames(frames: Mapping[str, Frame], draft: Draft, faults: list[Fault]) -> None:
    """Read large tables by column, and make records of the rows that the checks must see.

    Parameters
    ----------
    frames
        The tables as read, by name.
    draft
        A draft that holds the small tables already.
    faults
        Where faults of single rows go.
    """
    wrong: dict[str, Mask] = {}
    gone: dict[str, tuple[str, ...]] = {}
    for table, frame in frames.items():
        examined = examine_frame(TABLES[table], frame)
        draft.columns[table], wrong[table], gone[table] = examined.columns, examined.wrong, examined.gone
    if "offers" in draft.columns:
        draft.columns["offers"] = with_offer_ids(draft.columns["offers"])
    sieve = sift(draft, wrong)
    for table, frame in frames.items():
        label = draft.source.label(table)
        seen, left = _seen(sieve.suspects[table], sieve.witnesses[table])
        found = validate_rows(table, list(zip(seen.tolist(), frame.rows(seen), strict=True)), draft)
        faults += gathered(found, label, gone[table])
        if left:
            faults.append(Fault(label, message=f"{left:,} more rows look wrong; mend the others and check again"))
    if "offers" in frames:
        names = coded(draft.columns["offers"], "offer").values
        draft.offer_names = [(k, names[k]) for k, _ in draft.raw["offers"]]


def _seen(suspects: Mask, witnesses: Mask) -> tuple[NDArray[np.int64], int]:
    """Return the rows to look at, and how many suspects are left out since there are too many."""
    first = np.flatnonzero(suspects)[:MOST_EXAMINED]
    left = int(suspects.sum()) - len(first)
    return np.union1d(first, np.flatnonzero(witnesses)), left
