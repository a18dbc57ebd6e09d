"""The layers of the house: who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each layer with what it may import of the project, besides itself and errors.
LAYERS = {
    "procure.errors": set(),
    "procure.plan": set(),
    "procure.uncertainty": {"procure.plan"},
    "procure.solution": {"procure.plan", "procure.uncertainty"},
    "procure.engines": {"procure.plan", "procure.uncertainty", "procure.solution", "procure_milp"},
    "procure_milp": set(),
}
TOP = {"procure.plan", "procure.uncertainty", "procure.solution", "procure.engines"}
LAYERS |= dict.fromkeys(("procure.insight", "procure.report", "procure.book", "procure.exchange"), TOP)
LAYERS["procure.cli"] = set(LAYERS) - {"procure_milp"}
LAYERS["procure"] = set(LAYERS) - {"procure_milp"}
LAYERS["procure.__main__"] = {"procure.cli"}

MODEL_MAY_USE = {
    "pulp",
    "numpy",
    "highspy",
}  # and the standard library; highspy is the solver that PuLP drives


def sources() -> list[Path]:
    return sorted([*(ROOT / "procure").rglob("*.py"), *(ROOT / "models" / "procure_milp").rglob("*.py")])


def module_name(path: Path) -> str:
    base = ROOT / "models" if "procure_milp" in path.parts else ROOT
    name = ".".join(path.relative_to(base).with_suffix("").parts)
    return name.removesuffix(".__init__")


def layer_of(module: str) -> str | None:
    """Return the layer a module belongs to: the longest name that it begins with."""
    found = [layer for layer in LAYERS if module == layer or module.startswith(f"{layer}.")]
    return max(found, key=len, default=None)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_imports_go_one_way(path):
    layer = layer_of(module_name(path))
    assert layer is not None
    for imported in imports(path):
        target = layer_of(imported)
        # The package's own surface (`import procure`) is for the command line, which is its user.
        allowed = target in (None, layer, "procure.errors") or target in LAYERS[layer]
        assert allowed or (layer == "procure.cli" and target == "procure"), f"{layer} imports {imported}"


@pytest.mark.parametrize(
    "path", [path for path in sources() if "procure_milp" in path.parts], ids=module_name
)
def test_the_model_knows_only_pulp_numpy_and_the_standard_library(path):
    import sys

    for imported in imports(path):
        package = imported.partition(".")[0]
        assert package in MODEL_MAY_USE | {"procure_milp"} | sys.stdlib_module_names, imported
