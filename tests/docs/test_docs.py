"""The documents: generated pages are fresh, what is shown exists and runs, and links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest

import procure
from procure.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*/*.md")])
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/README.md"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands() -> list[tuple[str, str]]:
    """Every call of procure that a page shows."""
    found = []
    for page in PAGES:
        for block in [*blocks(page, "bash"), *blocks(page, "sh"), *blocks(page, "console")]:
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|;|\|", line):
                    words = shlex.split(part.removeprefix("$"), comments=True)
                    if words and Path(words[0]).name == "procure":
                        found.append((page.relative_to(ROOT).as_posix(), " ".join(map(shlex.quote, words))))
    return found


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()


@pytest.mark.parametrize("name", GENERATOR.PAGES)
def test_a_generated_page_is_fresh(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == GENERATOR.page(name), "run: python docs/generate.py"


def test_the_picture_of_the_readme_is_fresh():
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    assert written == GENERATOR.readme(), "run: python docs/generate.py"


def test_every_column_of_the_plan_has_a_description():
    assert not re.findall(r"^\| `\w+` \|  \|", GENERATOR.plan_page(), re.MULTILINE)


def test_every_option_has_a_description():
    for command in [cli, *cli.commands.values()]:
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, option.name


def test_the_readme_shows_commands():
    assert any(page == "README.md" for page, _ in commands())


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_shown_exists_with_its_options(page, line):
    words = shlex.split(line)[1:]
    words = words[: words.index(">")] if ">" in words else words
    name, *rest = [word for word in words if word != "--debug"]
    assert name in cli.commands
    cli.commands[name].make_context(name, rest, parent=click.Context(cli, **cli.context_settings))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    for block in blocks(ROOT / "README.md", "python"):
        exec(compile(block, "README.md", "exec"), scope)
    assert (tmp_path / "out" / "purchase_orders.csv").exists()


@pytest.mark.parametrize(
    ("path", "code"),
    re.findall(
        r"^`([\w/.]+)`\n\n```python\n(.*?)^```",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    ),
)
def test_the_code_in_the_contributors_page_is_the_code_in_place(path, code):
    assert code in (ROOT / path).read_text(encoding="utf-8")


def test_the_wheel_ships_every_example():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert shipped == {f"examples/{name}": f"procure/examples/{name}" for name in EXAMPLES}


def test_the_changelog_tells_of_this_version():
    assert f"\n## {procure.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_public_names_are_all_there():
    for name in procure.__all__:
        assert getattr(procure, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        procure.nonsense  # noqa: B018
