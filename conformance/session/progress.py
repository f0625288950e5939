"""What a run shows while it lasts: how far it is, the operation at work, and how long it will still take.

On a terminal one line is written over and over; in a log a line comes only now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from reports.safe_text import within

SECONDS_ON_A_TERMINAL = 0.2  # between two forms of the line
SECONDS_IN_A_LOG = 30.0
COLUMNS_IN_A_LOG = 300
FAILURES_SHOWN = 10  # while the run lasts
TOO_EARLY = 0.02  # of the tests; before that no estimate is worth a word


class Writer(Protocol):
    """The part of pytest's terminal writer that is needed."""

    @property
    def fullwidth(self) -> int:
        """Columns."""

    def write(self, msg: str, *, flush: bool = False) -> None:
        """Write without a line's end."""


@dataclass(eq=False, slots=True)  # pytest puts plugins into sets
class Progress:
    """Shows how far a run is; a pytest plugin. `over` says that the line can be written over.

    `seen` returns the failures that were seen since it was last called; a spread run has its reports alone.
    """

    writer: Writer
    over: bool
    clock: Callable[[], float] = time.monotonic
    seen: Callable[[], Iterable[str]] = tuple
    total: int = 0
    done: int = 0
    at_work: str = ""
    failed: set[str] = field(default_factory=set)
    _began: float = field(init=False)
    _shown: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._shown = self.clock()

    def begin(self, total: int) -> None:
        """Start counting towards `total` tests."""
        self.total, self._began, self._shown = total, self.clock(), self.clock()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Take note of the test at work."""
        self.at_work = subject(nodeid)
        self.show_failures()
        self._show()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show a broken promise when its test has ended: its sentence is what a failed test has for a traceback."""
        self.show_failures()
        if report.when == "call" and report.failed and isinstance(report.longrepr, str):
            self._fail(report.longrepr)

    def show_failures(self) -> None:
        """Show what was seen to fail since the last look, by whichever test."""
        for line in self.seen() if len(self.failed) <= FAILURES_SHOWN else ():
            self._fail(line)

    def _fail(self, sentence: str) -> None:
        """Show a failure, unless one of its requirement was shown before."""
        requirement = sentence.partition(":")[0]
        if requirement in self.failed or len(self.failed) > FAILURES_SHOWN:
            return
        self.failed.add(requirement)
        shown = len(self.failed) <= FAILURES_SHOWN
        width = self.writer.fullwidth if self.over else COLUMNS_IN_A_LOG
        self.clear()
        line = within(f"FAIL {sentence}", width) if shown else "further failures are in the report"
        self.writer.write(f"{line}\n", flush=True)

    def pytest_runtest_logfinish(self) -> None:
        """Count a test."""
        self.done += 1
        if self.over and self.done >= self.total:
            self.clear()

    def say(self, words: str) -> None:
        """Show what goes on after the tests."""
        self._write(words)

    def clear(self) -> None:
        """Leave an empty line behind, for what comes next."""
        if self.over:
            self.writer.write("\r" + " " * (self.writer.fullwidth - 1) + "\r", flush=True)

    def _show(self) -> None:
        now = self.clock()
        if now - self._shown < (SECONDS_ON_A_TERMINAL if self.over else SECONDS_IN_A_LOG):
            return
        self._shown = now
        self._write(self.line)

    def _write(self, line: str) -> None:
        if self.over:
            width = self.writer.fullwidth - 1
            self.writer.write(f"\r{line[:width]:<{width}}", flush=True)
        else:
            self.writer.write(f"{line}\n", flush=True)

    @property
    def line(self) -> str:
        """How far the run is, the operation at work, and an estimate as soon as there is one."""
        share = self.done / max(self.total, 1)
        line = f"[{share:4.0%}] {self.done:,} of {self.total:,} tests, {self.at_work}"
        if share < TOO_EARLY:
            return line
        return f"{line}, about {_duration((self.clock() - self._began) * (1 - share) / share)} left"


def subject(nodeid: str) -> str:
    """What the test `nodeid` is about: the operation or topic of its requirement, else its own words."""
    function, _, case = nodeid.rpartition("::")[2].partition("[")
    return case.split(".", 1)[0] if "." in case else function.removeprefix("test_").replace("_", " ")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two digits either way
