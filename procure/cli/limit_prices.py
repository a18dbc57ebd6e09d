"""What `procure explain --prices` prints: what more of the limits that matter most would save."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say
from procure.cli.table import fitted
from procure.cli.wording import avoided_words, more_of
from procure.insight.limit_prices.records import LimitPrice, LimitPrices
from procure.solution.wording import money

PIPE_WIDTH = 120
NOTHING = 0.005  # money below which a saving is none
WIDE = 100  # columns of a terminal from which there is room for every figure


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
        return f"By its price {what} saves about {promised}; time was out before solving again."
    if price.saved < NOTHING and not price.exact:
        most = "" if price.most is None else f" (proven: at most {money(price.most)} {currency})"
        return (
            f"{what}: no better plan was found in the time given{most}. At the margin, by its price, it would save "
            f"{money(price.by_price)} {currency}{avoided_words(price.backorders_by_price, '')}."
        )
    about = "" if price.exact else "about "
    words = f"{what} saves {about}{money(price.saved)} {currency}{avoided_words(price.backorders_avoided)}."
    if price.agrees:
        return words
    return f"{words} At the margin, by its price, it would be {money(price.by_price)} {currency}."


def _table(found: LimitPrices, width: int) -> RenderableType:
    columns = (
        ("Limit", "name"),
        ("Step", "number"),
        ("By price", "number"),
        ("Solved again", "number"),
        ("Proven", "number"),
        ("Price of one", "number"),
    )
    rows = [
        (
            _place(price),
            f"{price.step:,g} {price.unit}",
            money(price.by_price),
            "-" if price.saved is None else money(price.saved),
            proven(price.least, price.most),
            _price(price.price),
        )
        for price in found.limits
    ]
    shown = len(columns) if width >= WIDE else len(columns) - 1
    return fitted(columns[:shown], [row[:shown] for row in rows], width)


def proven(least: float | None, most: float | None) -> str:
    """`0.00 to 21.04`: between what the true saving is proven to lie."""
    if least is None:
        return "-"
    return f"{money(least)} or more" if most is None else f"{money(least)} to {money(most)}"


def _place(price: LimitPrice) -> str:
    who = price.warehouse or price.offer or price.supplier or (f"{price.from_} > {price.to}" if price.from_ else "")
    name = price.resource.replace("_", " ")
    when = "every period" if price.period is None else f"period {price.period}"
    return f"{who + ' ' if who else ''}{name}, {when}"


def _price(amount: float) -> str:
    """Return the price of one unit; small ones with four decimals."""
    return money(amount) if amount >= 1.0 else f"{amount:.4f}"


def remarks(better: float, currency: str, width: int) -> Iterator[RenderableType]:
    """Say what the columns mean, and if a better plan turned up."""
    lines = ["Solved again: the difference of two plans found. The true saving lies between those proven."]
    if better >= 0.005:
        lines.append(
            f"Solving again also found a plan that is {money(better)} {currency} better under the limits and rules as "
            "they stand; savings count from that one. `procure solve --start` with more time or a finer gap finds such "
            "plans."
        )
    yield Text()
    for line in lines:
        yield Text(textwrap.fill(line, width), "dim")
