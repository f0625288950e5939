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


def test_order_and_verdicts_are_those_of_one_call_after_the_other(run_suite: RunSuite) -> None:
    one, several = run_suite(*SCOPE), run_suite(*SCOPE, "--in-flight", "4")
    assert several.code == one.code == ExitCode.CONFORMANT
    assert several.verdicts() == one.verdicts()
    told = [[(entry["nodeid"], entry["outcome"]) for entry in entries(run, "test")] for run in (one, several)]
    assert told[0] == told[1]
    assert several.report["requests"]["limit"]["in_flight"] == 4


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
