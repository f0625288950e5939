"""The closing lines on a terminal and in a log: the verdict first and coloured, where colours are wanted."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.config import create_terminal_writer

from conformance.results.verdicts import ExitCode
from conformance.session.finish import FinishedRun
from conformance.session.hooks import pytest_unconfigure
from conformance.session.state import ENDING

BOLD, GREEN, RED, YELLOW, END = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
LINES = "conformant (1 of 1 musts)\nreport: file:///x/compliance.html"


class Terminal(io.StringIO):
    """A file that is a terminal."""

    def isatty(self) -> bool:
        return True


def closing_text(file: io.StringIO, code: ExitCode) -> str:
    """What the end of a run with `code` writes to `file`, by pytest's own rules for colours."""
    options: Any = SimpleNamespace(option=SimpleNamespace(color="auto", code_highlight="no"))
    writer = create_terminal_writer(options, file)
    stash = pytest.Stash()
    stash[ENDING] = FinishedRun("", LINES, code)
    config: Any = SimpleNamespace(stash=stash, get_terminal_writer=lambda: writer)
    pytest_unconfigure(config)
    return file.getvalue()


@pytest.fixture(autouse=True)
def _no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("code", "colour"),
    [
        (ExitCode.CONFORMANT, GREEN),
        (ExitCode.NON_CONFORMANT, RED),
        (ExitCode.SUITE_ERROR, RED),
        (ExitCode.INCOMPLETE, YELLOW),
        (ExitCode.INTERRUPTED, YELLOW),
    ],
)
def test_the_verdict_is_coloured_on_a_terminal(code: ExitCode, colour: str) -> None:
    verdict, link = closing_text(Terminal(), code).splitlines()
    assert verdict.endswith(f"conformant (1 of 1 musts){END}")
    assert {colour, BOLD} == {f"\x1b{part}" for part in verdict.split("conformant")[0].split("\x1b")[1:]}
    assert link == "report: file:///x/compliance.html"


def test_a_log_has_no_colour_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert closing_text(io.StringIO(), ExitCode.CONFORMANT) == f"{LINES}\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert GREEN in closing_text(io.StringIO(), ExitCode.CONFORMANT)


def test_a_terminal_has_none_where_it_is_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert closing_text(Terminal(), ExitCode.CONFORMANT) == f"{LINES}\n"
