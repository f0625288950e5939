"""`judge` from a program: what it returns, what it says of findings, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.api import Finding, Judgement, NoApplication, NotJudged, judge, reference_app
from conformance.application.judge import _words
from conformance.application.reference import ReferenceEndpoint

CLOCK, SOCKET, BYTES = "WebSocket.url.hundred-seconds", "WebSocket.subscribe.delivers", "SendMessage.Content.bytes-max"


@pytest.mark.slow
def test_a_fault_is_a_finding_in_words(tmp_path: Path) -> None:
    """Web sockets and the clock of the application are judged too, in process."""
    reference = reference_app(fault="counts-characters-of-messages")
    judged = judge(
        reference, [BYTES, SOCKET, CLOCK], advance_clock=reference.advance, report_dir=tmp_path, **reference.ids
    )
    verdicts = {requirement["id"]: requirement["verdict"] for requirement in judged.report["requirements"]}
    assert verdicts == {BYTES: "fail", SOCKET: "pass", CLOCK: "pass"}
    assert judged.verdict == "non-conformant"
    (finding,) = judged.findings
    assert (finding.requirement, finding.operation, finding.level) == (BYTES, "SendMessage", "must")
    with pytest.raises(AssertionError) as raised:
        judged.assert_conformant(allow_incomplete=True)
    text = str(raised.value)
    for part in (judged.summary, finding.promise, f"expected {finding.expected}; got {finding.actual}", str(tmp_path)):
        assert part in text
    assert {"compliance.html", "compliance.json", "ledger.jsonl"} <= {path.name for path in tmp_path.iterdir()}
    assert any("within the caller's process" in note for note in judged.report["notes"])


@pytest.mark.slow
def test_wrong_ids_are_said_in_one_sentence() -> None:
    reference = reference_app()
    ids = {**reference.ids, "instance_id": "11111111-2222-3333-4444-555555555555"}
    with pytest.raises(NotJudged, match=r"it does not know --instance-id 11111111-.*; give ids that it knows$"):
        judge(reference, SOCKET, **ids)


@pytest.mark.slow
def test_the_reference_is_fresh_for_each_test_that_asks_for_it(connect_endpoint: ReferenceEndpoint) -> None:
    """Nothing else is started for the second of two tests."""
    connect_endpoint.reset("counts-characters-of-messages")
    with pytest.raises(LookupError, match="there is no fault missing"):
        connect_endpoint.reset("missing")
    assert connect_endpoint.url.startswith("http://127.0.0.1:")
    assert connect_endpoint.client_options["endpoint_url"] == connect_endpoint.url
    assert {"instance_id", "contact_flow_id"} <= set(connect_endpoint.ids)
    connect_endpoint.advance(5)


def test_what_cannot_be_judged_is_refused_before_anything_starts() -> None:
    with pytest.raises(NoApplication):
        judge(len)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no option instance"):
        judge("http://127.0.0.1:9", instance="x")
    with pytest.raises(NotJudged, match="give one of smoke"):
        judge("http://127.0.0.1:9", depth="shallow")


def test_options_are_those_of_the_command_line() -> None:
    given: dict[str, Any] = {
        "requirement": ["A.*", "B.*"],
        "header": "X: y",
        "rate": 2.5,
        "probe_limits": True,
        "region": None,
    }
    assert _words({**given, "aws_credentials": False}) == [
        *("--requirement=A.*", "--requirement=B.*", "--header=X: y", "--rate=2.5", "--probe-limits")
    ]


@pytest.mark.slow
def test_the_interface_loads_nothing_of_the_suite() -> None:
    heavy = "{'botocore', 'hypothesis', 'requests', 'schemathesis', 'starlette', 'strategies', 'reports'}"
    program = f"import sys, conformance.api; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def report(*verdicts: tuple[str, str], follows: tuple[str, ...] = ()) -> dict[str, Any]:
    """A report with one requirement for each level and verdict; what is broken first is the cause of `follows`."""
    requirements = [
        {
            "id": f"A.{number}",
            "operation": "A",
            "level": level,
            "verdict": verdict,
            "statement": "It is promised.",
            "violation": {"expected": "x", "actual": "y"} if verdict in ("fail", "warning") else None,
            "reason": "throttled",
        }
        for number, (level, verdict) in enumerate(verdicts)
    ]
    broken = [found for found in requirements if found["violation"] and found["id"] not in follows][:1]
    causes = [{"requirement": found["id"], "level": found["level"], "follows": list(follows)} for found in broken]
    return {"requirements": requirements, "causes": causes}


def test_findings_of_one_cause_are_one_finding() -> None:
    found = report(("must", "fail"), ("must", "inconclusive"), ("must", "fail"), follows=("A.1", "A.2"))
    judged = Judgement("non-conformant", "in short", found)
    (finding,) = judged.findings
    assert (finding.requirement, finding.follows, judged.unjudged) == ("A.0", ("A.1", "A.2"), ())
    assert str(finding).endswith("expected x; got y\n    +2 that follow from it: A.1, A.2")


@pytest.mark.parametrize(
    ("verdict", "found", "options", "passes"),
    [
        ("conformant", ("must", "pass"), {}, True),
        ("conformant", ("should", "warning"), {}, True),
        ("conformant", ("should", "warning"), {"fail_on": "should"}, False),
        ("incomplete", ("must", "inconclusive"), {}, False),
        ("incomplete", ("must", "inconclusive"), {"allow_incomplete": True}, True),
        ("incomplete", ("must", "error"), {"allow_incomplete": True}, False),
        ("non-conformant", ("must", "fail"), {"allow_incomplete": True}, False),
    ],
)
def test_what_fails_an_assertion(
    verdict: str, found: tuple[str, str], options: dict[str, Any], *, passes: bool
) -> None:
    judged = Judgement(verdict, "in short", report(found))
    if passes:
        judged.assert_conformant(**options)
        return
    with pytest.raises(AssertionError, match=r"in short\nA\.0"):
        judged.assert_conformant(**options)


def test_what_was_not_judged_for_one_reason_is_told_once() -> None:
    judged = Judgement("incomplete", "in short", report(*[("must", "unsupported")] * 3))
    with pytest.raises(AssertionError) as raised:
        judged.assert_conformant()
    assert str(raised.value) == "in short\nA.0 and 2 more of A (unsupported)\n    throttled"


def test_a_finding_reads_as_a_sentence() -> None:
    finding = Finding("A.b.c", "A", "must", "inconclusive", "It is promised.", reason="throttled")
    assert str(finding) == "A.b.c (must, inconclusive): It is promised.\n    throttled"
