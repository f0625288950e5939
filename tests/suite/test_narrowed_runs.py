"""Whole runs that look at a part, or stop early: what they say of themselves, and their exit codes."""

from __future__ import annotations

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import Judge, RunSuite

SMOKE = ("--depth", "smoke")


def test_a_broken_should_is_named_and_ends_the_run_with_1_where_that_is_asked(judge: Judge) -> None:
    finished = judge("no-request-ids", options=(*SMOKE, "--requirement", "StopContact.*", "--fail-on", "should"))
    assert finished.code == ExitCode.NON_CONFORMANT
    assert finished.report["verdict"] == "conformant"
    musts, seen = finished.report["scope"]["musts"], finished.report["totals"]["musts"]["witnessed"]
    assert finished.report["summary"].startswith(
        f"conformant within StopContact.* ({seen} of {musts['in_scope']} musts"
    )
    assert finished.report["summary"].endswith(f"{musts['not_in_scope']:,} of {musts['of']:,} not in scope); 1 warning")
    assert finished.report["summary"] in finished.output.splitlines()
    assert "WARNING 1 should is broken\n  StopContact.reply.request-id: " in finished.output


def test_a_run_that_its_first_failure_stopped_says_so(judge: Judge) -> None:
    finished = judge("too-lax", options=(*SMOKE, "-x", "-k", "StartChatContact and length-max"))
    assert finished.code == ExitCode.NON_CONFORMANT
    assert "non-conformant within -k 'StartChatContact and length-max': 1 cause, " in finished.output
    assert "; stopped by -x after " in finished.output
    tests = finished.report["scope"]["tests"]
    assert tests["ran"] < tests["selected"] < tests["of"]


def test_a_run_for_which_no_test_is_left_is_a_wrong_command(run_suite: RunSuite) -> None:
    finished = run_suite(*SMOKE, "-k", "nothing_like_this")
    assert finished.code == ExitCode.USAGE
    assert finished.last_line == "nothing was judged: -k nothing_like_this leaves no test of the suite; select some"
