"""A headless Chromium, and the pages that it opens, as a user finds them: files on a disk, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from conformance.contract.catalogue import select
from reports import comparison, comparison_page, compliance
from tests.benchmarks.bench_page import failures
from tests.reports.ledgers import all_promises, entries_of

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
BROKEN = 30  # failures of the page that most tests open, all of SendEvent
FEW = ("DescribeView.*", "SendEvent.*", "Tokens.*", "WebSocket.*")


@dataclass
class Visit:
    """A page with all that it said and asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def count(self, selector: str) -> int:
        """How many elements that match `selector` are visible."""
        return int(self.page.locator(f"{selector}:visible").count())


Open = Callable[..., Visit]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded.

    It ends with the tests of this package: its event loop would stand in the way of others.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser on this machine: install one of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        # A sandbox is of no use to root in a container, and Chromium does not start with one there.
        browser = playwright.chromium.launch(executable_path=program, args=QUIET, chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a file, by default on a large light screen, with the page's own security policy in force."""
    contexts = []

    def open_page(path: Path, anchor: str = "", *, width: int = 1280, **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.on("console", lambda message: visited.said.append(message.text))
        visited.page.on("pageerror", lambda error: visited.said.append(str(error)))
        visited.page.on("request", lambda request: visited.asked.append(request.url))
        visited.page.goto(f"{path.as_uri()}{anchor}")
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One page of each kind: a conformant run, one with failures, one cut short; the first two over time, beside."""
    return _pages(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def small_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same of runs that look at a tenth of the requirements, with each kind of row: axe takes its time for each."""
    return _pages(tmp_path_factory.mktemp("small-reports"), *FEW)


def _pages(directory: Path, *scope: str) -> dict[str, Path]:
    known = select(scope)
    kept = tuple(seen for seen in all_promises() if seen.requirement in known)
    entries = {
        "conformant": entries_of(kept, scope=list(scope)),
        "non-conformant": entries_of((*kept, *failures(BROKEN)), scope=list(scope)),
        "incomplete": entries_of(kept[: len(kept) // 2], scope=list(scope), footer=None),
    }
    runs = {name: compliance.build(written) for name, written in entries.items()}
    pages = {name: compliance.write(report, directory / name) for name, report in runs.items()}
    both = {name: runs[name] for name in ("conformant", "non-conformant")}
    return {
        **pages,
        "comparison": comparison_page.write(comparison.compare(both), directory / "comparison"),
        "endpoints": comparison_page.write(comparison.compare(both, endpoints=True), directory / "endpoints"),
    }
