"""Calls of other tests come in between: a lawful endpoint is not accused for them, and a fault shows without them."""

from __future__ import annotations

import pytest

from conformance.contract.wire import Headers, Response
from conformance.power.bench import Bench, Trial
from conformance.power.direct import Direct
from conformance.reference.variants import clocks

LAG = 1500  # milliseconds: all pages have been read by then, also on a slow machine
TOLD_AGAIN = frozenset({"DescribeContact.Contact.disconnect-time"})

TYPED_TEXT = "GetTranscript.Transcript.content-json-text"
NOTHING_LOST = frozenset({"GetTranscript.NextToken.nothing-lost"})


@pytest.mark.parametrize("number", range(1, 7))
def test_a_description_of_a_replica_that_lags_is_no_other_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Another test has a contact described after the description of that number."""
    answer, described = Direct.answer, 0

    def beside_another(self: Direct, method: str, path: str, headers: Headers, body: bytes) -> Response:
        nonlocal described
        described += path.startswith("/contacts/")
        if path.startswith("/contacts/") and described == number:
            answer(self, method, path, headers, body)
        return answer(self, method, path, headers, body)

    monkeypatch.setattr(Direct, "answer", beside_another)
    findings = bench.judge(Trial(variants=("contact-behind",), claims=TOLD_AGAIN))
    assert (findings.reds, findings.errors, findings.unseen) == ({}, (), frozenset())
    assert described > number


@pytest.mark.parametrize("each", [2, 3, 4])
def test_pages_of_a_replica_that_lags_lack_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch, each: int) -> None:
    """Another test reads a transcript before each so many reads, so that any replica may answer the next one."""
    answer, read = Direct.answer, 0

    def beside_another(self: Direct, method: str, path: str, headers: Headers, body: bytes) -> Response:
        nonlocal read
        read += path == "/participant/transcript"
        if path == "/participant/transcript" and read % each == 0:
            answer(self, method, path, headers, body)
        return answer(self, method, path, headers, body)

    monkeypatch.setattr(Direct, "answer", beside_another)
    monkeypatch.setattr(clocks, "LAG", LAG)
    findings = bench.judge(Trial(variants=("replica-behind",), claims=NOTHING_LOST))
    assert (findings.reds, findings.errors, findings.unseen) == ({}, (), frozenset())
    assert read > 100


@pytest.mark.parametrize("in_flight", [1, 4])
def test_the_test_of_json_reads_the_longest_by_itself(bench: Bench, in_flight: int) -> None:
    """Printed anew it is too long, which was seen only where another test happened to read a chat that held one."""
    fault = Trial(("shows-json-anew",), claims=frozenset({TYPED_TEXT}), in_flight=in_flight)
    assert bench.judge(fault).reds.keys() == {TYPED_TEXT, "GetTranscript.output.Transcript.member.Content.length-max"}
