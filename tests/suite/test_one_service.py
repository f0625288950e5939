"""An endpoint with one of the two services: its operations are judged, and those of the other are never called."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from conformance.contract.model import CONNECT, PARTICIPANT, operations
from conformance.results.verdicts import ExitCode
from tests.suite.conftest import Judge, RunSuite
from tests.suite.partial_endpoints import BACK_END, CALLED

NARROW = ("--depth", "smoke", "--poll-seconds", "1")
LAX = "SendMessage.Content.length-max"
ASKING = "import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1], method='POST')).read().decode())"


def test_the_participant_service_alone(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command starts the chats. A fault is found and shown again by its script, and every customer leaves."""
    called = tmp_path / "called"
    monkeypatch.setenv(CALLED, str(called))

    def around(url: str) -> tuple[str, dict[str, str]]:
        starting.write_text(f"{ASKING.replace('sys.argv[1]', repr(url + BACK_END))}\n")
        return url, {}

    starting = tmp_path / "start.py"
    command = shlex.join([sys.executable, str(starting)])
    scope = ("SendMessage.Content.*", "GetTranscript.Transcript.*", "DisconnectParticipant.*", "StopContact.*")
    options = (*NARROW, *(word for glob in scope for word in ("--requirement", glob)), "--start-chat", command)
    finished = judge("lax-participants-alone", options=options, around=around)
    assert finished.code == ExitCode.NON_CONFORMANT, finished.output
    report = finished.report
    assert not called.exists()
    assert {name for name, verdict in finished.verdicts().items() if verdict == "fail"} == {LAX}
    assert finished.violation(LAX)["script"]["times"] > 0
    assert report["scope"]["service"] == "the Participant Service"
    assert not {name for name in finished.verdicts() if name.startswith("StopContact.")}
    assert report["contacts"]["opened"] == report["contacts"]["closed"] > 0
    assert report["contacts"]["leaked"] == 0
    assert report["requests"]["by_operation"]["back end"] >= report["contacts"]["opened"]
    untested = {r["id"]: r["reason"] for r in report["requirements"] if r["verdict"] == "untested"}
    assert untested["DisconnectParticipant.bearer.after-stop"] == "takes StopContact, which the endpoint does not have"
    assert not {r["verdict"] for r in report["requirements"]} & {"inconclusive", "unsupported", "error"}


def test_amazon_connects_operations_alone(run_suite: RunSuite) -> None:
    scope = ("--requirement", "StopContact.*", "--requirement", "SendMessage.*")
    finished = run_suite(*NARROW, *scope, "--participant-target", "none")
    assert finished.code == ExitCode.CONFORMANT, finished.output
    assert finished.report["scope"]["service"] == "Amazon Connect"
    asked = {name for name in finished.report["requests"]["by_operation"] if name in operations()}
    assert {operations()[name].service for name in asked} == {CONNECT}
    assert not {r["id"] for r in finished.report["requirements"] if operations()[r["operation"]].service == PARTICIPANT}


def test_a_back_end_that_gives_no_chat_ends_the_run_before_a_test(run_suite: RunSuite) -> None:
    command = shlex.join([sys.executable, "-c", "print('secret-output')"])
    finished = run_suite(*NARROW, "--target", "http://127.0.0.1:1", "--start-chat", command)
    assert finished.code == ExitCode.USAGE
    assert "--start-chat gave no JSON: have it give one JSON object with ContactId" in finished.output
    assert "secret-output" not in finished.output
