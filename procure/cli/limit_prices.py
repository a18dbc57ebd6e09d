"""What `procure explain --prices` prints: what more of the limits that matter most would save."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say
from procure.cli.table import fitted
from procure.cli.wording import avoided_words, money, more_of
from procure.insight.limit_prices.records import LimitPrice, LimitPrices

PIPE_WIDTH = 120


def show_limit_prices(found: LimitPrices) -> None:
    """Print a sentence for each limit, and the figures below."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: LimitPrices, width: int) -> Iterator[RenderableType]:
    if not found.limits:
        yield Text("No limit is worth more: none binds, or what it holds back is worth less than it costs.")
        return
    yield Text("What more would save:", "bold")
    for price in found.limits:
        text = price_sentence(price, found.currency)
        yield Text(textwrap.fill(text, width, initial_indent="  - ", subsequent_indent="    "))
    yield Text()
    yield _table(found, width)
    yield from remarks(found.better, found.currency, width)


def price_sentence(price: LimitPrice, currency: str) -> str:
    """Say what a step more saves; both figures where price and solving again disagree."""
    what = more_of(price)
    if price.saved is None:
        promised = f"{money(price.by_price)} {currency}{avoided_words(price.backorders_by_price)}"
        return f"{what} saves about {promised} by its price; time was out before solving again."
    about = "" if price.exact else "about "
    words = f"{what} saves {about}{money(price.saved)} {currency}{avoided_words(price.backorders_avoided)}."
    if price.agrees:
        return words
    return f"{words} At the margin, by its price, it would be {money(price.by_price)} {currency}."


def _table(found: LimitPrices, width: int) -> RenderableType:
    columns = (
        ("Limit", "name"),
        ("Step", "number"),
        ("", "text"),
        ("Price of one", "number"),
        ("Step by price", "number"),
        ("Solved again", "number"),
        ("Proven least", "number"),
        ("Proven most", "number"),
    )
    rows = [
        (
            _place(price),
            f"{price.step:,g}",
            price.unit,
            _price(price.price),
            money(price.by_price),
            _known(price.saved),
            _known(price.least),
            _known(price.most),
        )
        for price in found.limits
    ]
    return fitted(columns, rows, width)


def _place(price: LimitPrice) -> str:
    who = price.warehouse or price.offer or price.supplier or (f"{price.from_} > {price.to}" if price.from_ else "")
    name = price.resource.replace("_", " ")
    when = "every period" if price.period is None else f"period {price.period}"
    return f"{who + ' ' if who else ''}{name}, {when}"


def _price(amount: float) -> str:
    """Return the price of one unit; small ones with four decimals."""
    return money(amount) if amount >= 1.0 else f"{amount:.4f}"


def _known(amount: float | None) -> str:
    return "-" if amount is None else money(amount)


def remarks(better: float, currency: str, width: int) -> Iterator[RenderableType]:
    """Say what the columns mean, and if a better plan turned up."""
    lines = ["Solved again: the difference of two plans found. The true saving lies between the two proven figures."]
    if better >= 0.005:
        lines.append(
            f"Solving again also found a plan that is {money(better)} {currency} better under the limits and rules as "
            "they stand; savings count from that one. `procure solve --start` with more time or a finer gap finds such "
            "plans."
        )
    yield Text()
    for line in lines:
        yield Text(textwrap.fill(line, width), "dim")
