"""Lines of JSON that tell other programs how a run goes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.endpoint.settings import SettingsError
from conformance.session.events import Events, open_events

FAILED, CLEAN, OTHER = "SendEvent.Content.length-max", "SendEvent.Content.type", "SendEvent.Content.null"


class Kept(io.StringIO):
    """A file whose text can be read after it was closed."""

    text = ""

    def close(self) -> None:
        self.text = self.getvalue()
        super().close()


class Gone(io.StringIO):
    """A pipe that nobody reads."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def lines(file: Kept) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.text.splitlines()]


def report_of(outcome: Any, when: Any = "call", sentence: str | None = None) -> pytest.TestReport:
    keywords: dict[str, Any] = {}
    properties = [("requirements", f"{FAILED} {CLEAN}")]
    return pytest.TestReport("t::t", ("t", 1, "t"), keywords, outcome, sentence, when, user_properties=properties)


def entry_of(rid: str, level: str, verdict: str) -> dict[str, Any]:
    """A requirement as a report has it."""
    return {"id": rid, "operation": "SendEvent", "level": level, "verdict": verdict, "statement": "It holds."}


def test_a_run_is_told_from_its_start_to_its_end() -> None:
    requirements = [
        entry_of(FAILED, "must", "fail"),
        entry_of(CLEAN, "must", "pass"),
        entry_of(OTHER, "should", "pass"),
    ]
    report = {"requirements": requirements, "verdict": "non-conformant", "summary": "non-conformant: 1 cause"}
    file = Kept()
    events = Events(file, clock=iter(range(100)).__next__)
    events.start(2, target="reference", seed=7)
    events.start(2, target="another process says so too")
    for when, outcome in (("setup", "passed"), ("call", "passed"), ("teardown", "passed"), ("setup", "skipped")):
        events.pytest_runtest_logreport(report_of(outcome, when))
    events.pytest_runtest_logreport(report_of("failed", sentence="expected 400; got 200"))
    events.end(1, report, Path("compliance.html"))
    seen = lines(file)
    assert [line["event"] for line in seen] == ["start", *["test"] * 3, "failure", *["requirement"] * 3, "end"]
    assert seen[0] == {"event": "start", "seconds": 1, "tests": 2, "target": "reference", "seed": 7}
    assert seen[1] == {
        "event": "test",
        "seconds": 2,
        "requirements": [FAILED, CLEAN],
        "outcome": "passed",
        "done": 1,
        "tests": 2,
    }
    assert seen[4]["said"] == "expected 400; got 200"
    assert {(line["id"], line["level"], line["verdict"]) for line in seen[5:8]} == {
        (FAILED, "must", "fail"),
        (CLEAN, "must", "pass"),
        (OTHER, "should", "pass"),
    }
    end = seen[-1]
    assert (end["verdict"], end["exit_code"], end["report"]) == ("non-conformant", 1, "compliance.html")


def test_a_run_that_did_not_begin_ends_without_a_verdict() -> None:
    file = Kept()
    Events(file, clock=lambda: 0.0).end(4)
    assert lines(file) == [{"event": "end", "seconds": 0.0, "verdict": None, "exit_code": 4, "report": None}]


def test_a_program_that_stopped_reading_ends_no_run() -> None:
    events = Events(Gone())
    events.start(1)
    events.pytest_runtest_logreport(report_of("passed"))
    events.end(0)
    assert events.done == 1


def test_a_file_that_cannot_be_written_is_told(pytestconfig: pytest.Config) -> None:
    with pytest.raises(SettingsError, match=r"--progress-file /proc/x/y cannot be written \(No such file"):
        open_events("/proc/x/y", pytestconfig)
