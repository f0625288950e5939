"""Runs with several tests at work at once: what they tell, and its order, are those of any run."""

from __future__ import annotations

import json
from typing import Any

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import Finished, Judge, RunSuite

SCOPE = ("--depth", "smoke", "--requirement", "DescribeView.*", "--requirement", "SendEvent.ContentType.*")
MESSAGES = ("--depth", "smoke", "-x", "--requirement", "SendMessage.*")


def entries(finished: Finished, kind: str) -> list[dict[str, Any]]:
    lines = (finished.directory / "ledger.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["entry"] == kind]


def outcome_of(finished: Finished) -> tuple[int, dict[str, str], list[tuple[str, str]]]:
    """What a run came to, which the next run to the same directory replaces."""
    tests = [(entry["nodeid"], entry["outcome"]) for entry in entries(finished, "test")]
    return finished.code, finished.verdicts(), tests


def test_order_and_verdicts_are_those_of_one_call_after_the_other(run_suite: RunSuite) -> None:
    one = run_suite(*SCOPE)
    assert one.report["requests"]["limit"]["parts"] is None
    before = outcome_of(one)
    several = run_suite(*SCOPE, "--in-flight", "4")
    assert outcome_of(several) == before
    assert several.code == ExitCode.CONFORMANT
    limit = several.report["requests"]["limit"]
    assert limit["in_flight"] == 4
    sent = [limit["parts"][part]["requests"] for part in ("overlapping", "alone")]
    assert min(sent) > 0  # some tests move the clock
    assert sum(sent) <= several.report["requests"]["total"]


def test_after_the_first_failure_what_is_in_flight_is_recorded_and_marked(judge: Judge) -> None:
    """Nearly every test fails here. Four may begin while pytest tells of the first one that does."""
    finished = judge("wrong-type", options=(*MESSAGES, "--in-flight", "4"))
    assert finished.code == ExitCode.NON_CONFORMANT
    tests = entries(finished, "test")
    first = [entry["outcome"] for entry in tests].index("failed")
    behind = {entry["nodeid"] for entry in tests[first + 1 :]}
    assert 0 < len(behind) <= 4
    marks = entries(finished, "mark")
    assert {mark["words"] for mark in marks} == {"after the first failure"}
    assert {mark["test"] for mark in marks} <= behind
