"""Pictures of the guide "Reading a plan": `python docs/pictures.py [SOLUTION]` solves the outdoor shop and takes them.

Needs a Chromium on the path, and the development tools. With SOLUTION, a directory, nothing is solved.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import procure

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "outdoor-shop"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

WIDE = {"viewport": {"width": 1180, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}

# Name of each picture, the element that it begins with, and its height.
PICTURES = (
    ("summary", "body", 810),
    ("orders", "#release", 900),
    ("stock", "#stock", 700),
    ("limits", "#limits", 640),
    ("cost", "#cost", 470),
)


def main() -> None:
    """Take all pictures."""
    (HERE / "pictures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        solution = Path(sys.argv[1]) if len(sys.argv) > 1 else solved(Path(folder) / "out")
        page = procure.write_report(procure.read_solution(solution), Path(folder) / "report.html", beside=solution)
        take(page)


def solved(out: Path) -> Path:
    """Solve the example as its README does."""
    command = [sys.executable, "-m", "procure", "solve", str(EXAMPLE), "-o", str(out), "--gap", "0.01", "--quiet"]
    subprocess.run(command, check=True)
    return out


def take(page: Path) -> None:
    """Take the pictures of a report."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        wide = opened(started, page, WIDE)
        # the bar that stays at the top would hide what a picture begins with
        wide.add_style_tag(content="nav { position: static !important }")
        for name, element, height in PICTURES:
            box = wide.locator(element).bounding_box()
            clip = {"x": 0, "y": box["y"] + 2.0, "width": WIDE["viewport"]["width"], "height": height}
            wide.screenshot(path=HERE / "pictures" / f"{name}.png", full_page=True, clip=clip)
        phone = opened(started, page, PHONE)
        phone.locator("#chosen").scroll_into_view_if_needed()
        phone.evaluate("document.getElementById('chosen').scrollIntoView()")
        phone.screenshot(path=HERE / "pictures" / "phone.png")
        started.close()


def opened(browser: Any, page: Path, screen: dict[str, Any]) -> Any:
    """Open the report; all its charts are drawn."""
    tab = browser.new_context(**screen).new_page()
    tab.goto(page.as_uri())
    tab.wait_for_selector("html[data-drawn]")
    return tab


if __name__ == "__main__":
    main()
