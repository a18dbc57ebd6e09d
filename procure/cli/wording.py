"""Figures and findings in a buyer's words."""

from __future__ import annotations

from collections.abc import Iterable

from procure.insight.limit_prices.records import LimitPrice
from procure.insight.relaxation import reliefs
from procure.solution.records import LimitPlace, LimitSaving, Relaxation, Solution
from procure.solution.wording import BINDING, EXACT, money


def units(quantity: float) -> str:
    """Return a quantity with thousands separators; one decimal where it is not whole."""
    rounded = round(quantity, 1)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"


def periods(numbers: Iterable[int]) -> str:
    """Return `period 3` or `periods 0-2, 5`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    text = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"period{'' if len(runs) == 1 and runs[0][0] == runs[0][1] else 's'} {text}"


def place(use: LimitPlace | Relaxation) -> str:
    """Name a limit: `storage (m3) of north`, `order budget`."""
    name = use.resource.replace("_", " ")
    if isinstance(use, LimitPlace):
        if use.from_ is not None:
            return f"lane {use.from_} to {use.to}, {name}"
        if use.offer is not None:
            return f"offer {use.offer}, {name}"
        if use.supplier is not None:
            return f"supplier {use.supplier}, {name}"
    return f"storage of {use.warehouse}, {name}" if use.warehouse is not None else name


def binding_limits(solution: Solution) -> list[str]:
    """Limits that are used up, one sentence per limit, those that bind longest first."""
    found: dict[str, list[int]] = {}
    for use in solution.resources:
        if use.limit > 0 and use.used >= BINDING * use.limit:
            found.setdefault(place(use), []).append(use.period)
    ordered = sorted(found.items(), key=lambda entry: -len(entry[1]))
    return [f"{name}: used up in {periods(numbers)}" for name, numbers in ordered]


def saving_words(solution: Solution) -> list[str]:
    """What some more of the limits that matter most would save, one sentence each."""
    return [saving_sentence(saving, solution.plan.currency) for saving in solution.limit_savings]


def saving_sentence(saving: LimitSaving, currency: str) -> str:
    """`100 EUR more order budget in period 0 saves about 5.20 EUR and avoids 12 unit-periods of backorders`."""
    avoided = saving.backorders_avoided
    return f"{more_of(saving)} saves about {money(saving.saved)} {currency}{avoided_words(avoided)}"


def more_of(saving: LimitSaving | LimitPrice) -> str:
    """`2 m3 more in EAST in period 3`, `1,000 EUR more order budget in period 0`."""
    name = saving.resource.replace("_", " ")
    if saving.warehouse is not None:
        what = f"more storage in {saving.warehouse}"
    elif saving.from_ is not None:
        what = f"more on the lane {saving.from_} to {saving.to}"
    elif saving.offer is not None:
        what = f"more under the offer {saving.offer}"
    elif saving.supplier is not None:
        what = f"more from the supplier {saving.supplier}"
    else:
        what = f"more {name}"
    unit = saving.unit if saving.unit != "units" else counted_word(saving.step, "unit")
    when = "in every period" if saving.period is None else f"in period {saving.period}"
    return f"{saving.step:,g} {unit} {what} {when}"


def counted_word(amount: float, word: str) -> str:
    """`unit` for one, `units` for any other amount."""
    return word if amount == 1 else f"{word}s"


def avoided_words(avoided: float | None, ending: str = "s") -> str:
    """`and avoids 35 unit-periods of backorders`, or `avoid`; nothing where there is little to tell."""
    if avoided is None or abs(avoided) < 0.05:
        return ""
    verb = "avoid" if avoided > 0 else "add"
    return f" and {verb}{ending} {units(abs(avoided))} unit-periods of backorders"


def relaxation_words(solution: Solution) -> list[str]:
    """Limits that no plan could keep, with the smallest change that would do, one sentence for each run of periods."""
    return [relief.words for relief in reliefs(solution)]


def quality(solution: Solution) -> str:
    """Say how good the plan is, from its proven bound."""
    if solution.engine == "baseline":
        return f"Ordered by the rule {solution.solver}, which proves nothing; `procure solve` looks for a better plan."
    if solution.bound is None or solution.gap is None:
        return "How far this is from the best plan is not known: the time ran out before anything was proven."
    bound = f"proven bound {money(solution.bound)} {solution.plan.currency}"
    if solution.gap <= EXACT:
        return f"No plan is better ({bound})."
    more = ""
    if solution.status == "feasible":
        more = " The time ended before the gap asked for was reached; more time may help."
    return f"At most {_share(solution.gap)} above the best possible plan ({bound}).{more}"


def _share(gap: float) -> str:
    """Percent with two figures that count."""
    percent = 100.0 * gap
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %" if percent >= 0.01 else "0.01 %"
