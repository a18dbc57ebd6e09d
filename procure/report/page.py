"""The page itself: template, style, script, chart runtime and data in one HTML file.

Nothing in it is fetched: its content security policy forbids every request, and lets no script run but the two that
stand in it, by their digests. Texts of the plan come in through the template, which escapes them, and through JSON in
which no character can end a script.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from procure.plan.table import coded, positions
from procure.report import charts, summary
from procure.report.beside import Beside, described, found_beside
from procure.report.course import Course, course_of
from procure.report.facts import Facts, facts_of
from procure.report.limits import LimitCourse, charted, limit_courses, limit_table
from procure.report.money import backorder_table, backorders_by_period, cost_rows
from procure.report.orders import order_tables, transfer_table
from procure.report.table import Table
from procure.report.wording import units
from procure.solution.records import Solution
from procure.solution.wording import counted, money

UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def report_text(solution: Solution, beside: Path | None = None) -> str:
    """Return the report of a solution as one HTML text.

    Parameters
    ----------
    solution
        What to report.
    beside
        Directory of the solution; what other commands left there (`promises.csv`, `frontier.json`) is shown, too.
    """
    facts = facts_of(solution)
    course = course_of(facts)
    limits = limit_courses(solution)
    extra = found_beside(facts, beside)
    tables = _tables(facts, course, limits, extra)
    script, style, runtime = _asset("page.js"), _asset("page.css"), charts.runtime()
    page: str = _template().render(
        facts=facts,
        plan=facts.plan,
        solution=solution,
        noun=summary.period_noun(facts),
        status=summary.status_of(facts),
        headline=summary.headline(facts),
        cards=list(summary.cards(facts)),
        actions=list(summary.actions(facts, course, limits)),
        costs=cost_rows(facts),
        tables={table.name: table for table in tables},
        course=course,
        limits=charted(limits),
        frontier=extra.frontier,
        warnings=[*solution.warnings, *extra.notes],
        policy=_policy(script, runtime),
        style=Markup(style),
        script=Markup(script),
        runtime=Markup(runtime),
        data=Markup(_data(facts, course, limits, tables, extra)),
    )
    return page


def _tables(facts: Facts, course: Course, limits: list[LimitCourse], extra: Beside) -> list[Table]:
    solution, noun = facts.solution, summary.period_noun(facts)
    found = [
        *order_tables(solution, release=True),
        *order_tables(solution, release=False),
        course.table(),
        backorder_table(facts, noun),
        limit_table(solution, limits, facts.starts, noun),
        transfer_table(solution),
    ]
    if extra.promises is not None:
        found.append(extra.promises)
    if extra.frontier is not None:
        found.append(extra.frontier.table(facts.plan.currency, noun))
    return [table for table in found if len(table) or table.name == "release-orders"]


def _data(facts: Facts, course: Course, limits: list[LimitCourse], tables: list[Table], extra: Beside) -> str:
    """Everything that the page's script draws, as JSON that can stand in a script element."""
    document = {
        "currency": facts.plan.currency,
        "dates": [start.isoformat() for start in facts.starts],
        "noun": summary.period_noun(facts),
        "places": [list(place) for place in course.places],
        "lost": facts.network.lost[course.cells].astype(int).tolist(),
        "descriptions": _descriptions(facts, tables),
        "units": _units(facts, course),
        "tables": {table.name: table.document() for table in tables},
        "limits": [limit.document() for limit in charted(limits)],
        "costs": [[row["part"], round(row["amount"], 2)] for row in cost_rows(facts)],
        "backorders": backorders_by_period(facts),
        "frontier": [] if extra.frontier is None else extra.frontier.document(),
        "frontier_words": "" if extra.frontier is None else described(extra.frontier, facts.plan.currency),
        "charts": charts.specifications(),
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return harmless(f'{text[:-1]},"course":{course.text()}}}')


def harmless(text: str) -> str:
    """Spell out what could end a script element or a line of script; JSON reads it as before."""
    for character, spelled in UNSAFE.items():
        text = text.replace(character, spelled)
    return text


def _descriptions(facts: Facts, tables: list[Table]) -> dict[str, str]:
    """Description of every item that a table shows."""
    plan = facts.plan
    shown = {item for table in tables for item in table.values.get("item", ())}
    text, place = coded(plan.items, "description"), positions(plan.items, "item")
    found = {item: str(text.value(place[item]) or "") for item in sorted(shown)}
    return {item: words for item, words in found.items() if words}


def _units(facts: Facts, course: Course) -> dict[str, str]:
    """Unit of the items shown, where it is not pieces."""
    plan = facts.plan
    unit, place = coded(plan.items, "unit"), positions(plan.items, "item")
    found = {item: str(unit.value(place[item]) or "EA") for item in sorted({item for item, _ in course.places})}
    return {item: code for item, code in found.items() if code != "EA"}


def _policy(*scripts: str) -> str:
    """Content security policy: these scripts and no others, and no request at all.

    Vega turns the expressions of a specification into functions, which is what 'unsafe-eval' allows.
    """
    digests = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {digests} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return resources.files("procure.report").joinpath(name).read_text(encoding="utf-8")


def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    filters: Mapping[str, Any] = {"money": money, "units": units, "counted": counted}
    environment.filters.update(filters)
    return environment.from_string(_asset("page.html"))
