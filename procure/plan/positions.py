"""Where each id of a plan stands in its table."""

from __future__ import annotations

from dataclasses import dataclass

from procure.plan.records import Plan

CellKey = tuple[int, int]
"""Positions of an item and a warehouse."""


@dataclass(frozen=True)
class Positions:
    """Position of every id in its table."""

    items: dict[str, int]
    warehouses: dict[str, int]
    suppliers: dict[str, int]

    @staticmethod
    def of(plan: Plan) -> Positions:
        """Number the rows of a plan."""
        return Positions(
            items={r.item: k for k, r in enumerate(plan.items)},
            warehouses={r.warehouse: k for k, r in enumerate(plan.warehouses)},
            suppliers={r.supplier: k for k, r in enumerate(plan.suppliers)},
        )

    def cell(self, item: str, warehouse: str) -> CellKey:
        """Positions of an item at a warehouse."""
        return self.items[item], self.warehouses[warehouse]
