"""`procure init`: a working example plan to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from procure.cli.streams import say
from procure.errors import UsageError


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--example", default="quickstart", show_default=True, metavar="NAME", help="Example to copy.")
@click.option("--force", is_flag=True, help="Write into a directory that is not empty.")
def init(directory: Path, example: str, force: bool) -> None:
    """Write a working example plan into DIRECTORY.

    Examples: quickstart (6 items), outdoor-shop (60 items, lanes, two currencies, budget), spare-parts
    (intermittent demand, containers, discounts, cash).
    """
    source = _find(example)
    try:
        if directory.is_dir() and any(directory.iterdir()) and not force:
            raise UsageError(f"{directory} is not empty; choose another, or use --force to write into it")
        junk = shutil.ignore_patterns("__pycache__", ".*", "expected.json")
        shutil.copytree(source, directory, dirs_exist_ok=True, ignore=junk)
    except OSError as error:
        raise UsageError(f"can't write to {directory}: {_reason(error)}") from error
    plan = directory / "plan.json" if (directory / "plan.json").exists() else directory
    say(f"Wrote the example {example} to {directory}. Next:")
    say(f"  procure check {_quoted(plan)}")
    say(f"  procure solve {_quoted(plan)} -o {_quoted(directory / 'out')}")


def examples_folder() -> Path:
    """Where the examples are: inside an installed wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "examples"
    return shipped if shipped.is_dir() else package.parent / "examples"


def _find(example: str) -> Path:
    folder = examples_folder()
    names = sorted(path.parent.name for path in folder.glob("*/README.md"))
    if example not in names:
        raise UsageError(f"no example {example!r}; there are {', '.join(names)}")
    return folder / example


def _quoted(path: Path) -> str:
    text = str(path)
    return f'"{text}"' if " " in text else text


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
