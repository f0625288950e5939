"""A run that was broken off goes on where it was: in the same report directory, without what it has seen."""

from __future__ import annotations

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import RunSuite

SCOPE = ("--depth", "smoke", "--requirement", "SendEvent.ContentType.*")


def test_what_was_witnessed_is_not_paid_for_again(run_suite: RunSuite) -> None:
    first = run_suite(*SCOPE, "-k", "length or required")
    assert first.code == ExitCode.CONFORMANT, first.output
    before = first.report
    second = run_suite(*SCOPE, "--resume", str(first.directory))
    assert second.code == ExitCode.CONFORMANT, second.output
    started, after = before["environment"]["started"], second.report
    carried = {r["id"] for r in after["requirements"] if any(test["from"] == started for test in r["tests"])}
    assert {r["id"] for r in before["requirements"]} == carried
    assert f"from the run of {started} (--resume)." in second.output
    assert after["scope"]["tests"]["ran"] > before["scope"]["tests"]["ran"]
