"""Compilation of the kernels, ahead of a run and outside its time limit: half a minute, once per installation."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cache

from procure.engines.interface import Options, Progress, Task
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.ledger import Decision, Laws
from procure.solution.limits import limits_of

_LOCK = threading.Lock()


def compiled_ahead(options: Options) -> Options:
    """Compile what is not compiled yet; the options with the time that it took on top of the limit."""
    begun = options.seconds
    if options.progress is not None:
        options.progress(Progress("compiling", None, None, None, begun))
    with _LOCK:
        compile_all()
    return replace(options, time_limit=options.time_limit + options.seconds - begun)


@cache
def compile_all() -> None:
    """Run every kernel once on a plan of a few units; numba keeps the machine code in a cache of its own."""
    from procure.engines.decomposed.aims import least_cost
    from procure.engines.decomposed.ascent import Ascent
    from procure.engines.decomposed.block import Kind
    from procure.engines.decomposed.crew import Crew
    from procure.engines.decomposed.lagrangian import Lagrangian
    from procure.engines.decomposed.search import Search

    network = build_network(Plan.from_dict(_TINY))
    task = Task(network, Laws.of(network), limits_of(network))
    ascent = Ascent(Lagrangian(Crew(task, task.limits, Kind("cost")), least_cost(task)))
    search = Search(
        ascent, lambda: False, threading.Event(), lambda _found, _made_out: False, Decision.nothing(network)
    )
    ascent.run(2, 0.1, lambda: False, lambda _found: search.collect())
    search.begin()
    search.vary(2, lambda: False)
    search.mix()


_TINY = {
    "format": "procure-plan/1",
    "name": "compile",
    "start_date": "2026-01-05",
    "periods": 3,
    "currency": "EUR",
    "items": [{"item": "A", "backorder_cost": 1.0}],
    "warehouses": [{"warehouse": "W", "capacity": {"units": 50}}, {"warehouse": "V"}],
    "suppliers": [{"supplier": "S", "currency": "EUR", "fixed_order_cost": 2.0, "minimum_order_value": 3.0}],
    "offers": [
        {
            "supplier": "S",
            "item": "A",
            "unit_price": 1.0,
            "lead_time": 3,
            "price_breaks": [{"minimum_quantity": 6, "unit_price": 0.9}],
        }
    ],
    "lanes": [{"from": "W", "to": "V", "lead_time": 3, "unit_cost": 0.1, "fixed_cost": 0.5}],
    "demand": [
        {"item": "A", "warehouse": "W", "mean": [2.0, 2.0, 2.0], "sd": [1.0, 1.5, 2.0]},
        {"item": "A", "warehouse": "V", "mean": [1.0, 1.0, 1.0], "sd": [1.0, 1.0, 1.0]},
    ],
}
