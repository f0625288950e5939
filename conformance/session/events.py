"""How a run goes, as lines of JSON for other programs: a pytest plugin of the process that its user has started.

docs/run.md describes the lines. What a single test came to is no verdict: that of a requirement is known at the end.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pytest

from conformance.endpoint.settings import SettingsError
from reports.writing import refusal

JSON_LINES = "json"
FILE_OPTION = "--progress-file"
STANDARD_ERROR = 2


@dataclass(eq=False, slots=True)  # pytest puts plugins into sets
class Events:
    """Writes what happens to `file`. The run goes on where nobody reads them any more."""

    file: TextIO
    clock: Callable[[], float] = time.monotonic
    total: int = 0
    done: int = 0
    _began: float = field(init=False)
    _heard: bool = True

    def __post_init__(self) -> None:
        self._began = self.clock()

    def start(self, total: int, **facts: Any) -> None:
        """The tests are known and about to begin; `facts` say what is judged."""
        if not self.total:
            self.total = total
            self._write("start", tests=total, **facts)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test ended, and showed a failure or not."""
        if report.when != "call" and (report.when != "setup" or report.passed):
            return
        self.done += 1
        requirements = str(dict(report.user_properties).get("requirements", "")).split()
        place = {"done": self.done, "tests": self.total}
        self._write("test", requirements=requirements, outcome=report.outcome, **place)
        if report.failed:
            self._write("failure", requirements=requirements, said=report.longreprtext)

    def end(self, code: int, report: Mapping[str, Any] | None = None, place: Path | None = None) -> None:
        """The verdicts of `report`, whose page is at `place`; without one the run was not begun."""
        for requirement in report["requirements"] if report else ():
            kept = {name: requirement[name] for name in ("id", "operation", "level", "verdict")}
            self._write("requirement", **kept)
        fields = {"verdict": report["verdict"], "summary": report["summary"]} if report else {"verdict": None}
        self._write("end", **fields, exit_code=int(code), report=str(place) if place else None)
        self.file.close()

    def _write(self, event: str, **facts: Any) -> None:
        if not self._heard:
            return
        line = {"event": event, "seconds": round(self.clock() - self._began, 3), **facts}
        try:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
        except OSError:
            self._heard = False


def open_events(path: str | None, config: pytest.Config) -> Events:
    """Events for the file at `path`, by default for standard error as it was before pytest captures it.

    Raises SettingsError where the file cannot be written.
    """
    try:
        return Events(Path(path).open("w", encoding="utf-8") if path else _standard_error(config))
    except OSError as wrong:
        raise SettingsError(refusal(FILE_OPTION, Path(path or ""), wrong)) from wrong


def _standard_error(config: pytest.Config) -> TextIO:
    capturing: Any = config.pluginmanager.get_plugin("capturemanager")
    if capturing is None:
        return os.fdopen(os.dup(STANDARD_ERROR), "w", encoding="utf-8")
    with capturing.global_and_fixture_disabled():
        return os.fdopen(os.dup(STANDARD_ERROR), "w", encoding="utf-8")
