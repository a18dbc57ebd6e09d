"""What rules cost. Field names are the keys of the JSON; money is plan currency."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from procure.solution.records import PlanReference, Record

Kind = Literal[
    "minimum_order_quantity",
    "order_multiple",
    "minimum_order_value",
    "container",
    "minimum_fill",
    "closure",
    "order_every",
]


class RulePrice(Record):
    """A rule of a supplier, and what the plan would save without it."""

    kind: Kind = Field(description="Which rule; `container`: whole containers, instead of paying for the part filled.")
    supplier: str = Field(description="Supplier id.")
    offer: str | None = Field(None, description="Offer, where the rule is one of an offer.")
    item: str | None = Field(None, description="Item of the offer.")
    terms: str = Field(description="What the rule says: a number, with its unit, or dates.")
    saved: float = Field(description="What the best plan found without the rule saves, at the plan's own values.")
    backorders_avoided: float = Field(description="Expected backorders that it avoids, unit-periods.")
    least: float = Field(description="Least that doing without it can save, by the proven bounds.")
    most: float | None = Field(description="Most that it can save, by the proven bounds; null: not known.")


class RulePrices(Record):
    """The rules that were tried, dearest first."""

    plan: PlanReference = Field(description="The plan.")
    currency: str = Field(description="Plan currency.")
    total: float = Field(description="Total of the solution.")
    better: float = Field(
        description="By how much solving again betters the plan as it stands; savings count from the better plan."
    )
    gap_money: float = Field(
        description="What the gap asked for comes to in money: a smaller saving can't be told from a search not ended."
    )
    rules: tuple[RulePrice, ...] = Field(description="Rules that the plan was solved without, dearest first.")
    untried: int = Field(description="Rules that there was no time for, least suspected ones.")
    seconds: float = Field(description="Seconds taken.")
