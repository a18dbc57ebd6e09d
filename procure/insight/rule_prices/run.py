"""Solve the plan without each rule in turn, the most suspected first, and tell what each costs."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from procure.insight.solving_again import Again, Standing, Steps, backorders
from procure.plan.network import Network, build_network
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.mending import mended
from procure.solution.records import Solution

SHARE_WITH_RULES, SHARE_WITHOUT = 0.25, 0.4
"""Shares of the time left in which only the items that each rule is about are decided anew, with it and without it."""
SECONDS_NEARBY = 0.5
"""Seconds that this is given at least, for each rule."""
LEAST_SECONDS, SECONDS_PER_PLACE = 2.0, 2e-3
"""Seconds that a whole plan is given at least, in all and for each cell and period; with less time fewer are solved."""
CALENDAR = ("closure", "order_every")
"""Rules without which orders may be placed in more periods, so that more of them are drawn."""


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
        Seconds for all of it, about. The plan as it stands is solved again first. Then only the items of each rule are
        decided anew, with it and without it, the most suspected rules first; then the whole plan without each rule,
        where most is saved already first.
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
    if rules:
        watch(0, 2 * len(rules) + 1)
        standing.solve(_share(options, standing, len(rules) + 1), engine)
    trials = _look_nearby(standing, rules, options, watch)
    for k, trial in enumerate(sorted(trials, key=lambda trial: trial.promised)):
        watch(len(rules) + k + 1, 2 * len(rules) + 1)
        if options.over:
            break
        share = _share(options, standing, len(trials) - k)
        trial.again = standing.solve_changed(trial.task, share, engine, trial.near)
    watch(2 * len(rules) + 1, 2 * len(rules) + 1)
    found = [_record(standing, trial) for trial in trials if trial.again is not None]
    return RulePrices(
        plan=solution.plan_reference,
        currency=solution.plan.currency,
        total=standing.told.total,
        better=standing.told.total - standing.ledger.total,
        gap_money=gap * standing.told.gross,
        rules=tuple(sorted(found, key=lambda price: -price.saved)),
        untried=len(rules) - len(found),
        seconds=options.seconds,
    )


@dataclass(eq=False)
class _Trial:
    """A rule, the plan without it, and what came of it so far."""

    rule: Rule
    task: Task
    near: Decision | None = None
    again: Again | None = None

    @property
    def promised(self) -> float:
        """Cost without the rule so far [plan currency]; infinite where nothing is known."""
        return math.inf if self.again is None else self.again.total


def _look_nearby(standing: Standing, rules: list[Rule], options: Options, watch: Steps) -> list[_Trial]:
    """Decide the items of each rule anew, with it and without it; the most suspected rules first.

    What is saved without it then is known for sure, so it says better than any suspicion where a longer search is worth
    its time. With it comes first, for all of them: what could have been decided better anyway is none of its cost.
    """
    touched = {rule: _touched(standing.network, rule) for rule in rules}
    places = list({cells.tobytes(): cells for cells in touched.values()}.values())
    for cells, part in _parts(options.part(SHARE_WITH_RULES), places):
        standing.learn(nearby(standing.task, standing.ledger.decision, cells, part))
    trials: list[_Trial] = []
    for rule, part in _parts(options.part(SHARE_WITHOUT), rules):
        watch(len(trials) + 1, 2 * len(rules) + 1)
        trial = _Trial(rule, _without(standing, rule))
        _decide_nearby(standing, trial, touched[rule], part.part(0.4))
        if trial.near is not None and trial.promised < standing.ledger.total:
            # the same search from there with the rule, lest what it finds anyway be put down to the rule
            cut = mended(standing.network, standing.laws, standing.limits, trial.near)
            before = standing.ledger
            standing.learn(nearby(standing.task, cut, touched[rule], part.part(0.5)))
            if standing.ledger is not before:
                _decide_nearby(standing, trial, touched[rule], part)
        trials.append(trial)
    return trials


def _decide_nearby(standing: Standing, trial: _Trial, touched: NDArray[np.bool_], options: Options) -> None:
    trial.near = nearby(trial.task, standing.ledger.decision, touched, options)
    trial.again = _again(standing, trial)


def _parts(options: Options, wanted: Sequence[Any]) -> Iterator[tuple[Any, Options]]:
    """Share the time among as many as there is time for."""
    for k, one in enumerate(wanted):
        if options.over:
            return
        yield one, options.part(1.0 / max(min(len(wanted) - k, int(options.time_left / SECONDS_NEARBY)), 1))


def _again(standing: Standing, trial: _Trial) -> Again | None:
    """What the decision nearby comes to, or the present one where that is better; None where there is none."""
    if trial.near is None:
        return None
    ledger = keep_ledger(trial.task.network, trial.task.laws, trial.near)
    if ledger.total >= standing.ledger.total or violations(ledger, trial.task.limits):
        return Again(standing.ledger.total, standing.backorders, -math.inf)
    return Again(ledger.total, backorders(ledger), -math.inf)


def _share(options: Options, standing: Standing, left: int) -> Options:
    """An equal share of the time that is left, of as many solves as there is time for."""
    network = standing.network
    least = max(LEAST_SECONDS, SECONDS_PER_PLACE * network.n_cells * network.periods)
    return options.part(1.0 / max(min(left, int(options.time_left / least)), 1))


def _without(standing: Standing, rule: Rule) -> Task:
    """The plan without a rule, in numbers.

    No rule makes a unit worth more, so what the plan is solved with is what it is priced at.
    """
    network = valued_to_solve(build_network(rule.without(standing.network.plan)), standing.network)
    same = np.array_equal(network.line_offer, standing.network.line_offer)
    if not same or not np.array_equal(network.move_lane, standing.network.move_lane):
        raise InternalError(f"without {rule.kind} of {rule.supplier} the plan has other order lines")
    laws = Laws.of(network) if rule.kind in CALENDAR else standing.laws
    return replace(standing.task, network=network, laws=laws)


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


def _record(standing: Standing, trial: _Trial) -> RulePrice:
    rule, again = trial.rule, trial.again
    assert again is not None
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
