"""An order line's explanation in a sentence that adds up."""

from __future__ import annotations

from collections.abc import Sequence

from procure.insight.explanation.records import Alternative, CostDifference, Help, LineExplanation, Part

WORDS: dict[str, str] = {
    "demand": "demand",
    "demand_before": "demand until it arrives",
    "moved_out": "for other warehouses",
    "waiting": "owed to customers",
    "on_hand": "on hand",
    "open_orders": "on order",
    "own_orders": "other orders of this plan",
    "transfers_in": "transfers in",
    "gone": "customers lost before",
    "buffer": "buffer for surprises",
    "next_price": "for the price",
    "surplus": "more there than needed",
    "transfers": "so that transfers find stock",
    "short_delivery": "for short delivery",
    "order_multiple": "order multiple",
    "minimum_order_quantity": "minimum order quantity",
    "maximum_order_quantity": "maximum order quantity",
    "price_break": "price break",
    "order_minimum": "order minimum",
    "order_discount": "order discount",
    "container": "container",
    "objective": "for fewer backorders",
    "held_back": "held back",
    "together": "together with other orders",
}
TOLD = {"held_back", "order_multiple", "minimum_order_quantity", "maximum_order_quantity", "price_break"}
TOLD |= {"order_minimum", "order_discount", "container", "short_delivery", "together", "next_price"}
MONEY = ("price", "freight", "ordering", "transport", "waiting", "holding")
SMALLEST, FEW = 0.005, 0.05
"""Money, and unit-periods, that are worth a word."""
MOST_BROKEN = 2


def number(units: float, decimals: int = 1) -> str:
    """Units with so many decimals at most."""
    rounded = round(abs(units), decimals)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.{decimals}f}"


def part_words(part: Part) -> str:
    """Name a part, with the rule where the name alone does not say it."""
    words = WORDS[part.part]
    if part.part == "buffer" and part.units < 0.0:
        words = "left to wait"
    if part.part == "demand":
        words += f" {part.detail}"
    return f"{words} ({part.detail})" if part.part in TOLD and part.detail else words


def quantity_words(line: LineExplanation) -> str:
    """The quantity as a sum of its parts, rounded so that what is shown adds up, too."""
    decimals = 1 if line.quantity >= 1.0 else 3
    shown = rounded([part.units for part in line.parts], line.quantity, decimals)
    terms = [
        f"{'-' if units < 0.0 else '+'} {number(units, decimals)} {part_words(part)}"
        for units, part in zip(shown, line.parts, strict=True)
        if units
    ]
    return f"{number(line.quantity, decimals)} = {' '.join(terms).removeprefix('+ ')}"


def rounded(parts: Sequence[float], total: float, decimals: int) -> list[float]:
    """Round parts so that they add up to the rounded total: those that rounding changed most give way."""
    scale = 10**decimals
    whole = [round(part * scale) for part in parts]
    missing = round(total * scale) - sum(whole)
    step = 1 if missing > 0 else -1
    for k in sorted(range(len(parts)), key=lambda k: step * (whole[k] - parts[k] * scale))[: abs(missing)]:
        whole[k] += step
    return [count / scale for count in whole]


MONEY_WORDS = {
    "goods": "goods",
    "price_break": "price break",
    "order_discount": "order discount",
    "freight": "freight",
    "line": "line cost",
    "order": "share of the order's fixed cost",
    "containers": "share of its containers",
}


def money_words(line: LineExplanation, currency: str) -> str:
    """What the line costs, as a sum of its parts."""
    shown = rounded([part.amount for part in line.money], line.cost, 2)
    terms = [
        f"{'-' if amount < 0.0 else '+'} {abs(amount):,.2f} {MONEY_WORDS[part.part]}"
        for amount, part in zip(shown, line.money, strict=True)
        if amount
    ]
    return f"{line.cost:,.2f} {currency} = {' '.join(terms).removeprefix('+ ')}"


def supplier_words(line: LineExplanation, currency: str) -> str:
    """Why this supplier and not the next best."""
    own = f"{line.landed_cost:,.2f} {currency} a unit landed"
    found = []
    if line.next_best is not None:
        found.append(f"{_place(line.next_best)}, would {_more(line.next_best.more, currency)}")
    if line.barred is not None:
        barred = line.barred
        found.append(f"{_place(barred)}, would {_more(barred.more, currency)}, but {_broken(barred.breaks)}")
    if not found:
        return f"{line.supplier}: {own}; no other offer can be ordered"
    return f"{line.supplier}: {own}; {'; '.join(found)}"


def _place(other: Alternative) -> str:
    risks = f", {100.0 * other.delivered_fraction:.0f} % delivered" if other.delivered_fraction < 1.0 else ""
    risks += f", {other.lead_time_sd:.0f} days early or late" if other.lead_time_sd > 0.0 else ""
    ordered = f"{number(other.quantity)} from {other.supplier} on {other.order_date}, there {other.receipt_date}"
    return f"{ordered}, {other.landed_cost:,.2f} a unit landed{risks}"


def _more(more: CostDifference, currency: str) -> str:
    """Money by which something is dearer, with its parts."""
    parts = [(name, getattr(more, name)) for name in MONEY]
    named = ", ".join(f"{name} {amount:+,.2f}" for name, amount in parts if abs(amount) >= SMALLEST)
    how = "cost" if more.total >= 0.0 else "save"
    what = "more" if more.total >= 0.0 else ""
    text = f"{how} {abs(more.total):,.2f} {currency} {what}".rstrip()
    text = f"{text} ({named})" if named else text
    if more.total < 0.0 and more.backorders > FEW:
        text += f" and leave {number(more.backorders)} more unit-periods of backorders"
    return text


def _broken(clauses: Sequence[str]) -> str:
    """Rules that would be broken, the first two in full."""
    text = " and ".join(clauses[:MOST_BROKEN])
    return f"{text}, and {len(clauses) - MOST_BROKEN} more" if len(clauses) > MOST_BROKEN else text


def worth_words(worth: CostDifference, currency: str) -> str:
    """What the line is worth to the plan."""
    return f"Without it the plan would {_more(worth, currency)}"


def help_words(found: Help, currency: str) -> str:
    """What more of an order or a transfer would do."""
    source = f"{found.source} by way of {found.via}" if found.via else found.source
    what = f"{number(found.quantity)} more from {source} on {found.on}, there {found.receipt_date},"
    text = f"{what} would {_more(found.more, currency)}"
    return f"{text}, but {_broken(found.breaks)}" if found.breaks else text


def served_words(line: LineExplanation) -> str:
    """Which customers who wait are served."""
    if not line.serves:
        return ""
    named = ", ".join(f"{served.order_id} ({number(served.quantity)})" for served in line.serves)
    return f"Serves {named} on {line.serves[0].on}"


def sentence(line: LineExplanation, currency: str) -> str:
    """The whole explanation."""
    said = [
        quantity_words(line),
        money_words(line, currency),
        worth_words(line.worth, currency),
        supplier_words(line, currency),
        served_words(line),
    ]
    return ". ".join(text for text in said if text) + "."
