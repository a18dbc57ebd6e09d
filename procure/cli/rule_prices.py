"""What `procure explain --rules` prints: what the rules of suppliers cost, so what to negotiate."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.limit_prices import PIPE_WIDTH, proven, remarks
from procure.cli.streams import say
from procure.cli.table import fitted, one_line
from procure.cli.wording import avoided_words
from procure.insight.rule_prices.records import RulePrice, RulePrices
from procure.solution.wording import counted, money

MOST_RULES, MOST_TOLD = 12, 3
WORTH = 0.005  # money below which a rule counts as free
NAMES = {
    "minimum_order_quantity": "MOQ",
    "order_multiple": "order multiple",
    "minimum_order_value": "order minimum",
    "container": "whole containers",
    "minimum_fill": "container fill",
    "closure": "closure",
    "order_every": "order days every",
}


def show_rule_prices(found: RulePrices, names: dict[str, str] | None = None) -> None:
    """Print what each rule costs, the dearest first.

    Parameters
    ----------
    names
        Names of the suppliers by id, for people.
    """
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, names or {}, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: RulePrices, names: dict[str, str], width: int) -> Iterator[RenderableType]:
    dear = [rule for rule in found.rules if rule.saved >= WORTH]
    if not found.rules and not found.untried:
        yield Text("No supplier has a minimum, multiple, container, closure or order calendar that may cost.")
        return
    yield from _advice(dear, found, names, width)
    if dear:
        yield Text()
        yield _table(dear[:MOST_RULES], names, width)
    rest = []
    if len(dear) > MOST_RULES:
        rest.append(f"{counted(len(dear) - MOST_RULES, 'more rule')} cost less")
    free = [rule for rule in found.rules if rule.saved < WORTH]
    if free:
        rest.append(f"no better plan was found without {counted(len(free), 'other rule')}{_most_of(free, found)}")
    if found.untried:
        rest.append(f"{counted(found.untried, 'rule')} not tried for want of time (--time-limit)")
    if rest:
        text = "; ".join(rest)
        yield Text(textwrap.fill(f"{text[0].upper()}{text[1:]}.", width))
    yield from remarks(found.better, found.currency, width)


def _most_of(free: list[RulePrice], found: RulePrices) -> str:
    """What rules may cost that no better plan was found without, by proof."""
    most = [rule.most for rule in free]
    known = [amount for amount in most if amount is not None]
    if len(known) < len(most):
        return ""
    return f" (proven: none can save more than {money(max(known))} {found.currency})"


def _advice(
    dear: list[RulePrice], found: RulePrices, names: dict[str, str], width: int
) -> Iterator[RenderableType]:
    """Say what to negotiate: the rules that cost more than the gap can hide."""
    told = [rule for rule in dear if rule.saved > found.gap_money][:MOST_TOLD]
    if not told:
        amount = f"{money(found.gap_money)} {found.currency}"
        text = f"No rule tried is seen to cost more than {amount}, the gap asked for."
        yield Text(textwrap.fill(text, width))
        return
    yield Text("What to negotiate:", "bold")
    for rule in told:
        text = rule_sentence(rule, found.currency, names)
        yield Text(textwrap.fill(text, width, initial_indent="  - ", subsequent_indent="    "))


def rule_sentence(rule: RulePrice, currency: str, names: dict[str, str]) -> str:
    """`Without the MOQ of 48 units of KETTLE-1L from Osaka the plan would cost 120.00 EUR less`."""
    supplier = names.get(rule.supplier) or rule.supplier
    whose = f"{rule.item} from {supplier}" if rule.item is not None else supplier
    without = f"Without the {NAMES[rule.kind]} ({rule.terms}) of {whose}"
    if rule.kind == "order_every":
        without = f"If {supplier} took orders every period, not every {rule.terms},"
    if rule.kind == "container":
        without = f"If {supplier} charged for the part of a container ({rule.terms}) that is filled,"
    saved = f"{money(rule.saved)} {currency} less{avoided_words(rule.backorders_avoided, '')}"
    return f"{without} the plan would cost {saved}."


def _table(rules: list[RulePrice], names: dict[str, str], width: int) -> RenderableType:
    columns = (
        ("Rule", "text"),
        ("Supplier", "name"),
        ("Item", "name"),
        ("Costs", "number"),
        ("Proven", "number"),
    )
    return fitted(columns, [_row(rule, names) for rule in rules], width)


def _row(rule: RulePrice, names: dict[str, str]) -> tuple[Any, ...]:
    return (
        f"{NAMES[rule.kind]} {rule.terms}",
        one_line(names.get(rule.supplier) or rule.supplier),
        one_line(rule.item or ""),
        money(rule.saved),
        proven(rule.least, rule.most),
    )
