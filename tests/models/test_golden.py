"""The LP file of a tiny plan with every feature is the committed one; `--update-golden` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pulp
import pytest

from procure.engines.interface import Options, Task
from procure.engines.stage import Goal, Stage
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws
from procure.solution.limits import limits_of
from procure_milp.build import Model, build_model
from procure_milp.constraints import BLOCKS
from procure_milp.instance import PathCut, Rise
from tests.models.whole_plan import whole_plan

GOLDEN = Path(__file__).parent / "golden"
SECTIONS = ("Minimize", "Subject To", "Bounds", "Generals", "Binaries", "End")


def model(objective: str) -> Model:
    """Return the first model of a stage of the tiny plan; storage has slack in the relaxation."""
    network = build_network(whole_plan())
    limits = limits_of(network)
    slack = {0: np.array([True, False, False])} if objective == "relaxation" else {}
    goal = Goal(
        name=objective,
        value=lambda ledger: ledger.total,
        gross=lambda ledger: ledger.gross,
        gap=1e-3,
        limits=limits,
        kept=limits,
        slack=slack,
        backorder_limit=60.0 if objective == "cost" else np.inf,
    )
    task = Task(network, Laws.of(network), limits)
    inst = Stage(task, goal, Options(), Decision.nothing(network)).translation.instance
    if objective == "cost":
        inst.rises.append(Rise(0, -1, 0, 0.0, 6.0, (("lots", (0, 0, 0)),)))
        cell = min(inst.lost)
        inst.path_cuts.append(PathCut(cell, 1, "unmet", ((0, -0.5), (1, -0.25)), ((3, 0, 0.125),), 2.0))
    return build_model(inst, objective)


def normal_form(text: str) -> str:
    """One row a line, terms by name, 9 digits: what PuLP 3 and PuLP 4 print differently is gone."""
    text = re.sub(r"\\\*.*?\*\\", "", text)
    parts = re.split(rf"^({'|'.join(SECTIONS)})\s*$", text, flags=re.MULTILINE)
    lines = []
    for section, body in zip(parts[1::2], parts[2::2], strict=True):
        lines.append(section)
        if section in ("Minimize", "Subject To"):
            lines += sorted(_row(entry) for entry in re.split(r"\n(?=\w+:)", body.strip()) if entry)
        else:
            lines += sorted(_numbers(line.strip()) for line in body.splitlines() if line.strip())
    return "\n".join(lines) + "\n"


def _row(entry: str) -> str:
    name, terms = " ".join(entry.split()).split(":", 1)
    parts = re.split(r"\s(<=|>=|=)\s", terms.strip())
    found = re.findall(r"([+-]?)\s*([\d.e+-]*\d\.?(?=\s))?\s*([A-Za-z]\w*)", parts[0])
    ordered = sorted((variable, f"{sign or '+'} {_short(number or '1')}") for sign, number, variable in found)
    tail = f" {parts[1]} {_short(parts[2])}" if len(parts) > 1 else ""
    return f"{name}: " + " ".join(f"{weight} {variable}" for variable, weight in ordered) + tail


def _numbers(line: str) -> str:
    return re.sub(r"(?<![\w.])-?\d[\d.]*(?:e[+-]?\d+)?", lambda found: _short(found[0]), line)


def _short(number: str) -> str:
    return f"{float(number) + 0.0:.9g}"


@pytest.mark.parametrize("objective", ["cost", "backorders", "relaxation"])
def test_the_lp_file_is_the_committed_one(objective: str, tmp_path: Path, update_golden: bool):
    written = tmp_path / "model.lp"
    model(objective).problem.writeLP(str(written))
    found = normal_form(written.read_text())
    golden = GOLDEN / f"{objective}.lp"
    if update_golden:
        golden.write_text(found)
    assert found == golden.read_text()


def test_the_tiny_plan_has_a_row_of_every_block():
    rows = "\n".join((GOLDEN / "cost.lp").read_text().splitlines())
    missing = [b.__name__ for b in BLOCKS if not re.search(rf"^{b.__name__}_\d", rows, flags=re.MULTILINE)]
    assert missing == []


def test_the_committed_file_is_the_same_problem(tmp_path: Path):
    """Read by the solver as an LP file, it has the optimum of the model as built."""
    built = model("cost").problem
    built.solve(pulp.HiGHS(msg=False))
    highspy = pytest.importorskip("highspy")
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(GOLDEN / "cost.lp"))
    solver.run()
    assert solver.getInfo().objective_function_value == pytest.approx(pulp.value(built.objective), rel=1e-5)
