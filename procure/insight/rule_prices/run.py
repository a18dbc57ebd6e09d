"""Solve the plan without each rule in turn, the most suspected first, and tell what each costs."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Task
from procure.engines.run import ensure_engine, ensure_solver
from procure.errors import InternalError
from procure.insight.pricing_at_base import valued_to_solve
from procure.insight.rule_prices.nearby import nearby
from procure.insight.rule_prices.records import RulePrice, RulePrices
from procure.insight.rule_prices.rules import Rule, rules_of
from procure.insight.rule_prices.suspects import Suspicion
from procure.insight.solving_again import Again, Standing, Steps
from procure.plan.network import Network, build_network
from procure.solution.ledger import Laws
from procure.solution.records import Solution

SHARE_FOR_NEARBY = 0.5
"""Share of a rule's time in which only the items that it is about are decided anew."""
LEAST_SECONDS = 2.0
"""Seconds that a rule is given at least; with less time fewer are tried."""


def rule_prices(
    solution: Solution,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    engine: str = "auto",
    solver: str = "highs",
    watch: Steps = lambda done, of_all: None,
    stop: threading.Event | None = None,
) -> RulePrices:
    """Tell what each minimum, multiple, container, closure and order calendar costs.

    Every other rule stays. The plan without a rule is solved from the present one, which it allows, and priced at the
    values of the plan as it stands.

    Parameters
    ----------
    solution
        A solution of the plan.
    time_limit
        Seconds for all of it, about. The plan as it stands is solved again first, then rules in turn, the most
        suspected first.
    gap
        Relative gap at which to stop, for the plan as it stands and for each without a rule.
    engine, solver
        As those of `procure.solve`.
    watch
        Called with the solves done and all of them.
    stop
        Set it to end early.
    """
    ensure_engine(engine)
    ensure_solver(solver)
    options = Options(solver=solver, time_limit=time_limit, gap=gap, stop=stop or threading.Event())
    standing = Standing(solution)
    rules = sorted(rules_of(solution.plan), key=Suspicion(standing.told), reverse=True)
    again: list[tuple[Rule, Again]] = []
    if rules:
        watch(0, len(rules) + 1)
        standing.solve(_share(options, len(rules) + 1), engine)
    for k, rule in enumerate(rules):
        watch(k + 1, len(rules) + 1)
        if options.over:
            break
        again.append((rule, _without(standing, rule, _share(options, len(rules) - k), engine)))
    watch(len(rules) + 1, len(rules) + 1)
    found = [_record(standing, rule, result) for rule, result in again]
    return RulePrices(
        plan=solution.plan_reference,
        currency=solution.plan.currency,
        total=standing.told.total,
        better=standing.told.total - standing.ledger.total,
        gap_money=gap * standing.told.gross,
        rules=tuple(sorted(found, key=lambda price: -price.saved)),
        untried=len(rules) - len(again),
        seconds=options.seconds,
    )


def _share(options: Options, left: int) -> Options:
    """An equal share of the time that is left, of as many rules as there is time for."""
    return options.part(1.0 / max(min(left, int(options.time_left / LEAST_SECONDS)), 1))


def _without(standing: Standing, rule: Rule, options: Options, engine: str) -> Again:
    """Solve the plan without a rule.

    No rule makes a unit worth more, so what the plan is solved with is what it is priced at.
    """
    network = valued_to_solve(build_network(rule.without(standing.network.plan)), standing.network)
    same = np.array_equal(network.line_offer, standing.network.line_offer)
    if not same or not np.array_equal(network.move_lane, standing.network.move_lane):
        raise InternalError(f"without {rule.kind} of {rule.supplier} the plan has other order lines")
    task: Task = replace(standing.task, network=network, laws=Laws.of(network))
    near = nearby(task, standing.ledger.decision, _touched(network, rule), options.part(SHARE_FOR_NEARBY))
    return standing.solve_changed(task, options, engine, near)


def _touched(network: Network, rule: Rule) -> NDArray[np.bool_]:
    """Cells of the items that the rule is about, shape (C,)."""
    offer = network.line_offer
    ids = np.array(network.offer_ids, dtype=object)
    names = np.array([supplier.supplier for supplier in network.suppliers], dtype=object)
    seller = names[network.group_supplier[network.line_group]]
    lines = ids[offer] == rule.offer if rule.offer is not None else seller == rule.supplier
    items = network.cell_item[network.line_cell[lines]]
    touched: NDArray[np.bool_] = np.isin(network.cell_item, items)
    return touched


def _record(standing: Standing, rule: Rule, again: Again) -> RulePrice:
    saved, least, most = standing.saved(again)
    return RulePrice(
        kind=rule.kind,
        supplier=rule.supplier,
        offer=rule.offer,
        item=rule.item,
        terms=rule.terms,
        saved=saved,
        backorders_avoided=standing.backorders - again.backorders if saved > 0.0 else 0.0,
        least=least,
        most=most if math.isfinite(most) else None,
    )
