"""What more of a limit would save. Field names are the keys of the JSON; money is plan currency."""

from __future__ import annotations

from pydantic import Field

from procure.solution.records import LimitPlace, PlanReference, Record

AGREE = 0.1
"""Relative difference up to which both figures are told as one."""


class LimitPrice(LimitPlace):
    """What a step more of a limit would save, by its price and by solving again."""

    unit: str = Field(description="Unit of `step`; a currency code for money.")
    period: int | None = Field(description="Period in which there is more of it; null: every period.")
    step: float = Field(description="How much more.")
    price: float = Field(description="What one unit more saves at the margin, by the prices of the solution.")
    by_price: float = Field(description="What the prices say that the step saves.")
    backorders_by_price: float | None = Field(
        None, description="Expected backorders that it avoids by the prices, unit-periods, if they tell."
    )
    saved: float | None = Field(
        None, description="What solving again with the step saves; null where time was out before."
    )
    backorders_avoided: float | None = Field(None, description="Expected backorders that this avoids, unit-periods.")
    least: float | None = Field(None, description="Least that the step can save, by the proven bounds.")
    most: float | None = Field(None, description="Most that the step can save, by the proven bounds; null: not known.")

    @property
    def exact(self) -> bool:
        """Whether the proven bounds leave hardly any doubt about what solving again found."""
        known = self.saved is not None and self.least is not None and self.most is not None
        return known and self.most - self.least <= max(AGREE * self.saved, 0.005)  # type: ignore[operator]

    @property
    def agrees(self) -> bool:
        """Whether price and solving again say the same, about."""
        if self.saved is None:
            return False
        return abs(self.saved - self.by_price) <= max(AGREE * max(self.saved, self.by_price), 0.005)


class LimitPrices(Record):
    """The limits that matter most, dearest first."""

    plan: PlanReference = Field(description="The plan.")
    currency: str = Field(description="Plan currency.")
    total: float = Field(description="Total of the solution.")
    better: float = Field(
        description="By how much solving again betters the plan as it stands; savings count from the better plan."
    )
    limits: tuple[LimitPrice, ...] = Field(description="Limits that are worth more, dearest first.")
    seconds: float = Field(description="Seconds taken.")
