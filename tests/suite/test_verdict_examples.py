"""The page of examples: runs that come to each verdict by the promise that the page names."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.results.verdicts import MEANINGS, RUN_MEANINGS
from tests.suite.conftest import Judge

PAGE = Path(__file__).parents[2] / "docs" / "verdict-examples.md"
# The promise by which a run before the endpoint `for-each-verdict` comes to each verdict of a requirement.
EXAMPLES = {
    "pass": "StopContact.success.valid-request",
    "fail": "SendMessage.Content.bytes-max",
    "warning": "StopContact.reply.request-id",
    "recorded": "StopContact.request.wrong-path",
    "inconclusive": "DescribeContact.Contact.id",
    "unsupported": "StartWebRTCContact.success.valid-request",
    "not-applicable": "SendMessage.output.MessageMetadata.type",
    "untested": "DescribeView.ViewToken.gives-view",
    "expected-deviation": "SendMessage.Content.bytes-max-every-type",
    "unexpected-pass": "SendMessage.Content.bytes-at-limit",
}
OF_A_RUN = {
    "conformant": "StopContact.success.valid-request",
    "non-conformant": "SendMessage.Content.bytes-max",
    "incomplete": "DescribeContact.Contact.id",
}
LISTED = "".join(
    f'[[deviation]]\nrequirement = "{EXAMPLES[verdict]}"\nreason = "known"\nowner = "chat team"\n'
    "since = 2026-01-01\nexpires = 2099-01-01\n"
    for verdict in ("expected-deviation", "unexpected-pass")
)
QUICK = ("--depth", "smoke", "--poll-seconds", "1")


def test_a_requirement_comes_to_each_verdict_by_its_example(judge: Judge, tmp_path: Path) -> None:
    listed = tmp_path / "deviations.toml"
    listed.write_text(LISTED)
    globs = [word for requirement in EXAMPLES.values() for word in ("--requirement", requirement)]
    facts = ("--view-token", "")  # as where none is given
    finished = judge("for-each-verdict", options=(*QUICK, *globs, f"--deviations={listed}", *facts))
    verdicts = finished.verdicts()
    assert {verdict: verdicts[requirement] for verdict, requirement in EXAMPLES.items()} == {v: v for v in EXAMPLES}


@pytest.mark.parametrize("verdict", OF_A_RUN)
def test_a_run_comes_to_each_verdict_by_its_example(judge: Judge, verdict: str) -> None:
    finished = judge("for-each-verdict", options=(*QUICK, "--requirement", OF_A_RUN[verdict]))
    assert finished.report["verdict"] == verdict


@pytest.mark.parametrize("verdict", [*MEANINGS, *RUN_MEANINGS])
def test_the_page_names_the_promise_of_each_example(verdict: str) -> None:
    """All but that of an error of the suite, which no endpoint brings about."""
    (row,) = (line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{verdict}` |"))
    known = {**EXAMPLES, **OF_A_RUN}
    assert verdict == "error" or f"`{known[verdict]}`" in row
