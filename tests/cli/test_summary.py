"""The summary: what a buyer reads, at every width and in every encoding."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from procure.cli import wording
from procure.cli.summary import show_summary
from tests import hand_made

ROOT = Path(__file__).parents[2]
FILES = [Path("out/purchase_orders.csv"), Path("out/solution.json")]


class Terminal(io.StringIO):
    """A terminal that takes every letter."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def shown(monkeypatch, solution, width=None) -> str:
    stream = Terminal() if width else io.StringIO()
    if width:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", stream)
    show_summary(solution, FILES)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) if width else stream.getvalue()


def test_it_says_what_to_order_now_from_whom_for_how_much(monkeypatch):
    text = shown(monkeypatch, hand_made.solution())
    assert "2 purchase orders to release now, 2 lines, 233.00 EUR in all." in text
    assert "Later: 1 order, 2.50 EUR." in text
    assert "1 transfer to ship now." in text
    line = next(line for line in text.splitlines() if "260302-0001" in line)
    assert line.split() == [
        "260302-0001",
        "Acme",
        "Fasteners",
        "Incorporated",
        "KÖLN",
        "1",
        "1,200",
        "120.00",
        "120.00",
        "USD",
        "2026-03-16",
    ]


def test_it_says_what_to_expect_and_what_binds(monkeypatch):
    text = shown(monkeypatch, hand_made.solution())
    assert "unit-periods over the horizon             12.3  1,234.5" in text
    assert "98.7 %" in text
    assert "storage of KÖLN, m3: used up in periods 2-3" in text
    assert "At most 0.26 % above the best possible plan (proven bound 195.50 EUR)." in text
    assert "Written to out: purchase_orders.csv, solution.json" in text


def test_nothing_to_order(monkeypatch):
    text = shown(monkeypatch, hand_made.solution(lines=(), headers=(), transfers=(), resources=()))
    assert "nothing to order now." in text
    assert "No limit binds." in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_the_terminal(monkeypatch, width):
    long = hand_made.line(item="X" * 90, warehouse="W" * 90, reason="because " * 30)
    header = hand_made.solution().headers[0].model_copy(update={"warehouse": "W" * 90, "total": 123456.78})
    text = shown(monkeypatch, hand_made.solution(lines=(long,), headers=(header,)), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_numbers_and_order_numbers_stay_whole_at_80_columns(monkeypatch):
    text = shown(monkeypatch, hand_made.solution(), 80)
    assert "260302-0001  Acme Fasteners Inco…  KÖLN      1  1,200  120.00  USD  2026-03-16" in text


def test_text_of_the_user_is_no_markup(monkeypatch):
    solution = hand_made.solution(plan=hand_made.plan(name="[red]x[/red] [/]"), warnings=("[bold]y",))
    text = shown(monkeypatch, solution)
    assert "[red]x[/red] [/]" in text
    assert "[bold]y" in text


def test_a_pipe_gets_no_colours_and_no_trailing_blanks(monkeypatch):
    text = shown(monkeypatch, hand_made.relaxed())
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_many_orders_and_notes_are_cut(monkeypatch):
    headers = tuple(
        hand_made.solution().headers[0].model_copy(update={"po_number": f"260302-{n:04}"})
        for n in range(1, 31)
    )
    text = shown(
        monkeypatch, hand_made.solution(headers=headers, warnings=tuple("w" * n for n in range(1, 31)))
    )
    assert "and 18 more in purchase_orders.csv" in text
    assert "- and 22 more in solution.json" in text


def test_a_long_note_in_a_pipe_is_broken_into_lines_and_not_cut(monkeypatch):
    words = [f"cell-{n}" for n in range(40)]
    text = shown(monkeypatch, hand_made.solution(warnings=(" ".join(words),)))
    assert [word for word in text.split() if word.startswith("cell-")] == words
    assert max(len(line) for line in text.splitlines() if "cell-" in line) <= 120


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_stdout_will_do(encoding):
    script = (
        "from procure.cli.streams import tolerate_any_text\n"
        "from procure.cli.summary import show_summary\n"
        "from tests import hand_made\n"
        "tolerate_any_text()\n"
        "show_summary(hand_made.solution(), [])\n"
    )
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'models'}",
    }
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environment)
    text = done.stdout.decode(encoding)
    assert "260302-0001" in text
    assert ("KÖLN" if encoding != "ascii" else "K\\xd6LN") in text


@pytest.mark.parametrize(
    ("numbers", "text"), [([3], "period 3"), ([0, 1, 2], "periods 0-2"), ([5, 0, 1, 7], "periods 0-1, 5, 7")]
)
def test_periods_are_read_as_ranges(numbers, text):
    assert wording.periods(numbers) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"bound": None, "gap": None}, "How far this is from the best plan is not known"),
        ({"gap": 0.0}, "No plan is better (proven bound 195.50 EUR)."),
        ({"gap": 1e-5}, "At most 0.01 % above"),
        ({"gap": 0.25, "status": "feasible"}, "At most 25 % above the best possible plan"),
        ({"status": "feasible"}, "more time may help"),
    ],
)
def test_the_quality_is_said_in_words(changes, text):
    assert text in wording.quality(hand_made.solution(**changes))


def test_money_and_units_are_plain():
    assert [wording.money(x) for x in (0.001, 9999.994, 12345.6, -3.5)] == [
        "0.00",
        "9,999.99",
        "12,346",
        "-3.50",
    ]
    assert [wording.units(x) for x in (1200.0, 0.25, 7.5, 2.96)] == ["1,200", "0.2", "7.5", "3"]
