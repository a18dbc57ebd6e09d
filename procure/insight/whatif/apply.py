"""From a scenario to the changed plan: which change means what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from procure.errors import Fault, PlanError, UsageError, did_you_mean
from procure.insight.whatif.columns import column_of_record
from procure.insight.whatif.demand import demand
from procure.insight.whatif.grammar import Change, Scenario
from procure.insight.whatif.groups import lead_times, prices, storage
from procure.insight.whatif.settings import is_setting, known_settings, setting
from procure.plan.records import Plan
from procure.plan.table import Columns

GROUPS: Mapping[str, Callable[[Plan, str, Change], Plan]] = {
    "demand": demand,
    "price": prices,
    "lead_time": lead_times,
    "storage": storage,
}
"""Words for many values at once: all of them, or those of an id after a dot."""

RECORDS = ("supplier", "item", "offer", "warehouse")
"""Tables of which single rows can be changed: `supplier.NORD.minimum_order_value=500`."""


def changed_plan(plan: Plan, scenario: Scenario) -> Plan:
    """Carry out the changes of a scenario, one after the other.

    Raises
    ------
    UsageError
        A key or id that is not there, or a value that does not fit.
    PlanError
        The changed plan is at fault.
    """
    changed = plan
    for change in scenario.changes:
        try:
            changed = _applied(changed, change)
        except UsageError as error:
            raise UsageError(f"scenario '{scenario.name}': {error}") from None
    _ensure_sound(changed, scenario)
    return changed


def _applied(plan: Plan, change: Change) -> Plan:
    word, _, place = change.key.partition(".")
    if word in GROUPS:
        return GROUPS[word](plan, place, change)
    if word in RECORDS:
        return column_of_record(plan, word, place, change)
    if is_setting(change.key):
        return setting(plan, change)
    known = [*GROUPS, *(f"{word}.ID.COLUMN" for word in RECORDS), *known_settings()]
    hint = did_you_mean(change.key, known) or did_you_mean(word, [*GROUPS, *RECORDS])
    raise UsageError(f"nothing is called '{change.key}'{hint}; {SAY}")


SAY = (
    "change demand, price, lead_time or storage (each also of one id, demand.TENT-2P), a column of a row "
    "(supplier.NORD.out, offer.NORD/BAG.minimum_order_quantity) or a setting (capital.order_budget)"
)


def _ensure_sound(plan: Plan, scenario: Scenario) -> None:
    """Hold the changed plan against every check of a plan; large tables were checked when they were read."""
    if any(isinstance(rows, Columns) for _, rows in plan if not isinstance(rows, str | int)):
        return
    document = json.loads(plan.model_copy(update={"demand_samples": None}).to_json())
    try:
        Plan.from_dict(document)
    except PlanError as error:
        raise PlanError(
            Fault(f"scenario '{scenario.name}': {f.table}", f.row, f.column, f.value, f.message, f.line)
            for f in error.faults
        ) from None
