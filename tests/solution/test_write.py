"""The files of a result: their columns, their numbers, and that no run leaves half a file."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

import procure
from procure.errors import UsageError
from procure.solution.records import PROJECTION_COLUMNS
from procure.solution.tables import ORDER_COLUMNS, TRANSFER_COLUMNS, payment_due_date, trimmed
from procure.solution.write import FILES, ensure_apart, ensure_writable, write_solution
from tests import hand_made

ROOT = Path(__file__).parents[2]


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_writes_the_files_of_the_contract_and_nothing_else(tmp_path):
    written = hand_made.solution().write(tmp_path / "out")
    assert {path.name for path in written} == set(FILES)
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)


def test_purchase_orders_hold_the_lines_to_release_now(tmp_path):
    hand_made.solution().write(tmp_path)
    header, first, second = rows(tmp_path / "purchase_orders.csv")
    assert tuple(header) == ORDER_COLUMNS
    assert first == [
        "260302-0001",
        "1",
        "ACME",
        "Acme Fasteners Incorporated",
        "KÖLN",
        "BOLT-M8",
        "A-1",
        "Bolt, M8 × 40",
        "1200",
        "EA",
        "0.1",
        "120",
        "USD",
        "2026-03-02",
        "2026-03-16",
        "2026-04-01",
        "ACME/BOLT-M8",
        "covers 4 weeks, by the thousand",
    ]
    # no name, no code, no terms: the id, nothing, and payment at receipt
    assert second[3:9] == ["NAH", "KÖLN", "MUTTER-Ø8", "", 'Nut, "metric"', "300"]
    assert second[9:16] == ["C62", "0.333333", "99.9999", "EUR", "2026-03-02", "2026-03-04", "2026-03-04"]


def test_the_schedule_holds_all_later_lines(tmp_path):
    hand_made.solution().write(tmp_path)
    header, only = rows(tmp_path / "supplier_schedule.csv")
    assert tuple(header) == ORDER_COLUMNS
    assert only[0] == "260309-0001"
    assert only[8:12] == ["7.5", "C62", "0.333333", "2.5"]


def test_transfers(tmp_path):
    hand_made.solution().write(tmp_path)
    assert rows(tmp_path / "transfers.csv") == [
        list(TRANSFER_COLUMNS),
        ["KÖLN", "BONN", "BOLT-M8", "5", "2026-03-02", "2026-03-03", "short at BONN"],
    ]


def test_files_are_utf8_with_plain_line_ends_and_without_powers_of_ten(tmp_path):
    tiny = hand_made.line(quantity=2e9, unit_price=1e-5)
    hand_made.solution(lines=(tiny,)).write(tmp_path)
    text = (tmp_path / "purchase_orders.csv").read_bytes()
    assert b"\r" not in text
    assert ",2000000000,EA,0.00001," in text.decode("utf-8")


def test_the_solution_document_has_the_keys_of_the_contract(tmp_path):
    hand_made.solution().write(tmp_path)
    document = json.loads((tmp_path / "solution.json").read_text(encoding="utf-8"))
    assert list(document) == [
        "format",
        "plan",
        "status",
        "objective",
        "engine",
        "solver",
        "cost",
        "bound",
        "gap",
        "backorder_bound",
        "expected_backorders",
        "expected_backorders_without_orders",
        "fill_rate",
        "seconds",
        "orders",
        "purchase_orders",
        "transfers",
        "resources",
        "limit_savings",
        "relaxations",
        "promises",
        "projection",
        "warnings",
        "files",
    ]
    assert document["plan"]["start_date"] == "2026-03-02"
    assert document["cost"]["total"] == pytest.approx(196.0999)
    assert document["cost"]["backorder"] == 0.3, "no float noise"
    assert document["transfers"][0]["from"] == "KÖLN"
    assert list(document["projection"][0]) == list(PROJECTION_COLUMNS)
    assert document["projection"][0]["peak_stock"] == pytest.approx(1 / 3, abs=1e-9)
    assert document["orders"][0]["release"] is True


def test_the_document_tells_the_files_of_its_run(tmp_path):
    hand_made.solution().write(tmp_path)
    document = json.loads((tmp_path / "solution.json").read_text(encoding="utf-8"))
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in contents(tmp_path).items()}
    assert document["files"] == {name: digests[name] for name in FILES if name != "solution.json"}


def test_a_solution_read_back_is_the_same(tmp_path):
    solution = hand_made.relaxed()
    solution.write(tmp_path / "first")
    again = procure.read_solution(tmp_path / "first")
    assert again.plan == solution.plan
    assert again.lines[:2] == solution.lines[:2]
    assert again.headers == solution.headers
    assert again.transfers == solution.transfers
    assert again.relaxations == solution.relaxations
    assert again.cost.total == pytest.approx(solution.cost.total, abs=1e-12)
    pd.testing.assert_frame_equal(again.projection(), solution.projection(), check_dtype=False)
    again.write(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "first")


def test_an_empty_solution_can_be_written_and_read(tmp_path):
    nothing = hand_made.projection().iloc[:0]
    hand_made.solution(
        lines=(), headers=(), transfers=(), resources=(), warnings=(), projected=nothing
    ).write(tmp_path)
    assert rows(tmp_path / "purchase_orders.csv") == [list(ORDER_COLUMNS)]
    assert procure.read_solution(tmp_path / "solution.json").purchase_orders().empty


def test_demand_samples_are_written_beside_the_plan(tmp_path):
    samples = tmp_path / "in" / "paths.csv"
    samples.parent.mkdir()
    header = "item,warehouse,sample,period,quantity\n"
    samples.write_text(header + "BOLT-M8,KÖLN,0,3,900.1\nBOLT-M8,KÖLN,1,3,1100\n", encoding="utf-8")
    data = {**hand_made.PLAN, "demand": [], "demand_samples": "paths.csv"}
    plan = procure.Plan.from_dict(data, base=samples.parent)
    hand_made.solution(plan=plan).write(tmp_path / "out")
    assert (
        json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))["demand_samples"]
        == "demand_samples.csv"
    )
    again = procure.read_solution(tmp_path / "out").plan
    assert again.samples is not None
    assert again.samples["quantity"].tolist() == [900.1, 1100.0]


def test_a_solution_beside_another_plan_is_refused(tmp_path):
    hand_made.solution().write(tmp_path / "one")
    hand_made.solution(plan=hand_made.plan(name="another")).write(tmp_path / "two")
    (tmp_path / "two" / "plan.json").replace(tmp_path / "one" / "plan.json")
    with pytest.raises(UsageError, match="another plan"):
        procure.read_solution(tmp_path / "one")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not JSON"),
        ("[1]", "not a solution"),
        ('{"format": "procure-plan/1"}', "format is 'procure-plan/1'"),
        ('{"format": "procure-solution/1"}', "no 'plan'"),
    ],
)
def test_what_is_no_solution_is_refused(tmp_path, text, complaint):
    hand_made.solution().write(tmp_path)
    (tmp_path / "solution.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=complaint):
        procure.read_solution(tmp_path)


def test_a_missing_solution_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"can't read .*solution\.json"):
        procure.read_solution(tmp_path / "solution.json")


def test_frames_have_the_columns_of_the_files():
    solution = hand_made.solution()
    orders = solution.purchase_orders()
    assert tuple(orders.columns) == ORDER_COLUMNS
    assert orders["quantity"].tolist() == [1200, 300]
    assert orders["order_date"].tolist() == [pd.Timestamp("2026-03-02")] * 2
    assert solution.supplier_schedule()["po_number"].tolist() == ["260309-0001"]
    assert tuple(solution.transfer_orders().columns) == TRANSFER_COLUMNS


def test_a_projection_is_a_copy():
    solution = hand_made.solution()
    course = solution.projection()
    course["supply"] = 0.0
    assert solution.projection()["supply"].max() == 1200.0


def test_the_total_is_the_sum_of_its_parts():
    cost = hand_made.solution().cost
    assert cost.total == pytest.approx(108 + 99.9999 + 25 + 3.3 + 0.3 - 40.5)
    assert type(cost).model_validate(cost.model_dump()) == cost


@pytest.mark.parametrize(("number", "plain"), [(12.0, "12"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e-9, "0")])
def test_numbers_without_noise(number, plain):
    assert str(trimmed(number)) == plain


def test_payment_is_due_by_the_terms():
    acme, near = hand_made.plan().suppliers
    ordered, received = pd.Timestamp("2026-03-02").date(), pd.Timestamp("2026-03-16").date()
    assert payment_due_date(acme, ordered, received).isoformat() == "2026-04-01"
    assert payment_due_date(near, ordered, received) == received


# -- writing as a set --


def test_another_file_in_the_directory_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    hand_made.solution().write(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_write_that_fails_leaves_the_old_files(tmp_path, monkeypatch):
    hand_made.solution().write(tmp_path)
    before = contents(tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("procure.solution.write._settle", full)
    with pytest.raises(UsageError, match="No space left on device"):
        hand_made.relaxed().write(tmp_path)
    assert contents(tmp_path) == before


KILLED = """
    import os, signal
    from procure.solution import write
    from tests import hand_made

    steps = 0
    def count(real):
        def counted(*args):
            global steps
            steps += 1
            if steps > {survives}:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args)
        return counted

    write._settle = count(write._settle)  # four files and the solution, forced to disk
    os.replace = count(os.replace)        # then five replacements
    hand_made.relaxed().write({folder!r})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
@pytest.mark.parametrize("survives", [0, 3, 5, 7, 9])
def test_a_kill_at_any_moment_leaves_whole_files(tmp_path, survives):
    folder = tmp_path / "out"
    hand_made.solution().write(folder)
    old = contents(folder)
    hand_made.relaxed().write(tmp_path / "new")
    new = contents(tmp_path / "new")

    script = textwrap.dedent(KILLED).format(survives=survives, folder=str(folder))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'models'}"}
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT, env=environment)
    assert done.returncode == -signal.SIGKILL

    for name in FILES:
        assert (folder / name).read_bytes() in (old[name], new[name])
    assert (folder / "solution.json").read_bytes() == old["solution.json"], "the solution is replaced last"
    assert any(path.name.startswith(".procure-") for path in folder.iterdir())

    write_solution(hand_made.relaxed(), folder)
    assert contents(folder) == new, "the next run replaces the set and removes what was left behind"


def test_a_staging_folder_in_use_is_left_alone(tmp_path):
    busy = tmp_path / f".procure-{os.getpid()}-abc"
    busy.mkdir()
    hand_made.solution().write(tmp_path)
    assert busy.is_dir()


# -- where it may write --


def test_a_directory_is_made_with_its_parents_and_checked_without_a_trace(tmp_path):
    folder = tmp_path / "a b" / "ä"
    ensure_writable(folder)
    assert not (tmp_path / "a b").exists()
    hand_made.solution().write(folder)
    assert (folder / "solution.json").exists()


@pytest.mark.parametrize("below", [False, True])
def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path, below):
    (tmp_path / "out").write_text("mine")
    folder = tmp_path / "out" / "deep" if below else tmp_path / "out"
    with pytest.raises(UsageError, match="not a directory"):
        ensure_writable(folder)
    with pytest.raises(UsageError, match="can't write"):
        hand_made.solution().write(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_directory_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UsageError, match="choose another with -o"):
            ensure_writable(tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)


def test_the_result_never_replaces_its_own_plan(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text("{}")
    with pytest.raises(UsageError, match="would replace the plan"):
        ensure_apart(plan, tmp_path)
    with pytest.raises(UsageError, match="would replace the plan"):
        ensure_apart(tmp_path, tmp_path)
    ensure_apart(plan, tmp_path / "out")
