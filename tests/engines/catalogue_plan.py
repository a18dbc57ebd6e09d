"""A small catalogue for tests of engines: items of one warehouse from two suppliers, a few terms each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.oracle.cases import plain, weekly


def catalogue(items: int, periods: int = 10, seed: int = 0, **plan: Any) -> dict[str, Any]:
    """Return a plan with that many items; fixed order costs and a storage limit link them.

    Parameters
    ----------
    plan
        Tables to replace.
    """
    rng = np.random.default_rng(seed)
    names = [f"I{k:02d}" for k in range(items)]
    price = np.round(rng.lognormal(2.0, 0.7, items), 2)
    mean = np.round(rng.lognormal(1.5, 0.8, items), 1) + 0.5
    written = {
        "items": [
            {
                "item": name,
                "backorder_cost": round(0.3 * p, 2),
                "holding_cost": round(0.01 * p, 4),
                "priority": 1 + k % 3,
            }
            for k, (name, p) in enumerate(zip(names, price, strict=True))
        ],
        "suppliers": [
            {"supplier": "S0", "currency": "EUR", "fixed_order_cost": 40},
            {"supplier": "S1", "currency": "EUR", "fixed_order_cost": 15},
        ],
        "offers": [
            {
                "supplier": f"S{k % 2}",
                "item": name,
                "unit_price": float(price[k]),
                "lead_time": 14 if k % 2 == 0 else 7,
                "order_multiple": 1 if k % 3 else 4,
            }
            for k, name in enumerate(names)
        ],
        "stock": [
            {"item": name, "warehouse": "W", "on_hand": round(3 * float(m))}
            for name, m in zip(names, mean, strict=True)
        ],
        "demand": [
            {**weekly([float(m)] * periods, [round(float(m) ** 0.5 * 1.2, 2)] * periods), "item": name}
            for name, m in zip(names, mean, strict=True)
        ],
        "warehouses": [{"warehouse": "W", "capacity": {"units": float(round(5 * mean.sum()))}}],
        "policy": {"scenarios": 200},
    }
    return plain(**{"periods": periods, **written, **plan})
