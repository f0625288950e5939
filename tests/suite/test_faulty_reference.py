"""Faults made by hand in the reference are found, with the smallest input in the report."""

from __future__ import annotations

import json
import re

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import Finished, Judge, RunSuite

DISPLAY_NAME = "StartChatContact.ParticipantDetails.DisplayName.length-max"
OF_STARTS = ("--depth", "smoke", "--requirement", "StartChatContact.*")
OF_MESSAGES = ("--depth", "smoke", "--requirement", "SendMessage.*")


def failures_of(finished: Finished) -> set[str]:
    return {rid for rid, verdict in finished.verdicts().items() if verdict == "fail"}


def test_a_limit_that_is_one_too_high_is_found(judge: Judge) -> None:
    finished = judge("too-lax", options=OF_STARTS)
    assert finished.code == ExitCode.NON_CONFORMANT
    assert failures_of(finished) == {DISPLAY_NAME}
    violation = finished.violation(DISPLAY_NAME)
    body = json.loads(violation["exchanges"][-1]["request"]["body"])
    assert len(body["ParticipantDetails"]["DisplayName"]) == 257
    assert violation["reproduced"]["times"] == violation["reproduced"]["of"] == 2
    assert violation["script"] == {"times": 2, "of": 2, "difference": None}
    assert "200" in violation["actual"]


def test_a_limit_that_is_one_too_low_is_found(judge: Judge) -> None:
    finished = judge("too-strict", options=OF_STARTS)
    assert finished.code == ExitCode.NON_CONFORMANT
    assert failures_of(finished) == {DISPLAY_NAME}
    numbers = re.findall(r"(\d+) (?:failed|passed|skipped)", finished.output)
    assert numbers == [], "numbers of tests beside those of requirements"
    assert "1 cause, 1 of " in finished.output
    body = json.loads(finished.violation(DISPLAY_NAME)["exchanges"][-1]["request"]["body"])
    assert len(body["ParticipantDetails"]["DisplayName"]) == 256


def test_what_was_seen_once_stays_a_failure_and_its_script_says_what_came_instead(judge: Judge) -> None:
    finished = judge("lax-once", options=("--depth", "smoke", "--requirement", DISPLAY_NAME))
    assert failures_of(finished) == {DISPLAY_NAME}
    violation = finished.violation(DISPLAY_NAME)
    assert violation["reproduced"] == {"times": 0, "of": 2, "intermittent": True, "by": "test"}
    assert violation["script"]["times"] == 0
    assert violation["script"]["difference"] == "call 1, StartChatContact: status 400, recorded 200"
    assert violation["exchanges"][-1]["response"]["status"] == 200


def test_a_wrong_error_type_is_found(judge: Judge) -> None:
    finished = judge("wrong-type", options=OF_MESSAGES)
    assert finished.code == ExitCode.NON_CONFORMANT
    found = failures_of(finished)
    assert {"SendMessage.error.type", "SendMessage.Content.length-max"} <= found
    (cause,) = finished.report["causes"]
    assert "SendMessage.error.type" in cause["follows"]
    assert "InvalidParameterException" in finished.violation("SendMessage.error.type")["actual"]
    violation = finished.violation(cause["requirement"])
    assert violation["reproduced"]["times"] == violation["reproduced"]["of"] == 2
    assert violation["script"] == {"times": 2, "of": 2, "difference": None}
    contacts = finished.report["contacts"]
    assert contacts["opened"] == contacts["closed"]
    assert contacts["leaked"] == 0


def test_a_url_gets_the_verdict_of_the_embedded_reference(judge: Judge, run_suite: RunSuite) -> None:
    """Only what needs the clock to be moved is untested at a URL."""
    globs = ("Tokens.*", "WebSocket.*", "GetAttachment.*", "*.bearer.*", "Start*Contact.ClientToken.*", "LifeCycle.*")
    options = ("--depth", "smoke", *(word for glob in globs for word in ("--requirement", glob)))
    served, embedded = judge(options=options), run_suite(*options)
    assert (served.code, embedded.code) == (ExitCode.CONFORMANT, ExitCode.CONFORMANT), embedded.last_line
    at_url = served.verdicts()
    moved = {rid for rid, verdict in embedded.verdicts().items() if verdict != at_url[rid]}
    unexcused = [r for r in served.report["requirements"] if r["id"] in moved and r["verdict"] != "untested"]
    assert unexcused == []
