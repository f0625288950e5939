"""What is taken down of each observation, and what is remembered of each requirement."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.running_tests import RunningTest, running
from conformance.results.ledger import Ledger
from conformance.results.observation import Effort, Repetitions
from conformance.results.recorder import EVIDENCE_LIMIT, Recorder
from conformance.results.verdicts import Outcome

RULE = "SendMessage.Content.bytes-max"
ITEM_ID = "GetTranscript.output.Transcript.member.Id.type"
EARLY = Effort("first", 3, 2, 0.5)
CALL = Exchange(
    Request("SendMessage", "POST", "/participant/message"), Response(200, (("x-amzn-RequestId", "1"),), b"[]")
)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with running(RunningTest("the test")):
        yield Recorder(Ledger(io.StringIO()))


def entries_in(recorder: Recorder) -> list[dict[str, Any]]:
    recorder.ledger.flush()
    assert isinstance(recorder.ledger.file, io.StringIO)
    return [json.loads(line) for line in recorder.ledger.file.getvalue().splitlines()]


def violation(actual: str = "200") -> ContractViolation:
    return ContractViolation(RULE, "400", actual, (CALL,))


def values_of(entry: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(entry.get(name) for name in names)


def test_a_kept_promise_is_counted_under_its_edge_and_test(recorder: Recorder) -> None:
    for edge in ("low", "low", None):
        recorder.record_kept(RULE, "edge", edge)
    assert recorder.records[RULE].outcomes == {Outcome.KEPT: 3}
    found = {
        values_of(e, "entry", "requirement", "outcome", "phase", "test", "edge", "count") for e in entries_in(recorder)
    }
    assert found == {
        ("tally", RULE, "kept", "edge", "the test", "low", 2),
        ("tally", RULE, "kept", "edge", "the test", None, 1),
    }


def test_what_each_item_of_a_page_keeps_is_counted_for_each(recorder: Recorder) -> None:
    """It is recorded once a page, and as often as it was judged."""
    body = json.dumps({"Transcript": [{"Id": "a"}, {"Id": "b"}, {"Id": 3}]}).encode()
    page = Exchange(Request("GetTranscript", "POST", "/"), Response(200, (), body))
    recorder.check_passively(page)
    recorder.check_passively(page)
    found = {(e["outcome"], e.get("count", 1)) for e in entries_in(recorder) if e["requirement"] == ITEM_ID}
    assert found == {("kept", 4), ("broken", 1)}
    assert recorder.records[ITEM_ID].outcomes == {Outcome.KEPT: 4, Outcome.BROKEN: 2}


@pytest.mark.parametrize("wrong", ["SendMessage", "SendMessage.Content.bytes-maximum", ""])
def test_nothing_is_taken_down_of_a_requirement_that_does_not_exist(recorder: Recorder, wrong: str) -> None:
    """Else the report calls the ledger one of another version of the contract."""
    with pytest.raises(LookupError, match="no requirement of the catalogue"):
        recorder.note(wrong, Outcome.INCONCLUSIVE, "StartChatContact got 404", "edge")
    with pytest.raises(LookupError):
        recorder.record_kept(wrong, "edge")
    assert entries_in(recorder) == []


def test_a_broken_promise_is_written_with_its_evidence(recorder: Recorder) -> None:
    recorder.record_broken(violation(), "edge", "16385", after=EARLY)
    assert recorder.records[RULE].outcomes == {Outcome.BROKEN: 1}
    (entry,) = entries_in(recorder)
    facts = values_of(entry, "requirement", "outcome", "phase", "test", "edge", "expected", "actual")
    assert facts == (RULE, "broken", "edge", "the test", "16385", "400", "200")
    assert [e["operation"] for e in entry["exchanges"]] == ["SendMessage"]
    assert entry["after"] == {"requests": 3, "requests_of_test": 2, "seconds": 0.5}


def test_repetitions_are_written_under_the_test_at_work(recorder: Recorder) -> None:
    recorder.repetitions(RULE, Repetitions(2, 3), "16385")
    (entry,) = entries_in(recorder)
    facts = values_of(entry, "entry", "requirement", "test", "edge", "by", "times", "of")
    assert facts == ("repetition", RULE, "the test", "16385", "test", 2, 3)


def test_it_is_remembered_after_how_much_a_promise_was_first_seen_broken(recorder: Recorder) -> None:
    recorder.record_broken(violation(), "edge", after=EARLY)
    recorder.record_broken(violation(), "edge", after=Effort("second", 9, 9, 9.0))
    assert recorder.records[RULE].found_after == EARLY


def test_the_effort_is_what_the_run_and_its_test_have_spent(recorder: Recorder) -> None:
    recorder.check_passively(CALL)
    with running(RunningTest("another")):
        recorder.check_passively(CALL)
        recorder.check_passively(CALL)
        effort = recorder.effort()
        recorder.record_broken(violation(), "scenario")
    assert (effort.test, effort.requests, effort.requests_of_test) == ("another", 3, 2)
    assert 0 <= effort.seconds <= recorder.effort().seconds < 60
    found = recorder.records[RULE].found_after
    assert found is not None
    assert (found.test, found.requests, found.requests_of_test) == ("another", 3, 2)


@pytest.mark.parametrize(
    ("phases", "shown"),
    [
        (["passive", "passive"], 0),
        (["passive", "edge"], 1),
        (["passive", "scenario"], 1),
        (["edge", "passive"], 0),
        (["scenario", "search"], 0),
        (["search", "edge"], 1),
        (["search"], 0),
    ],
)
def test_what_a_test_looked_for_is_shown_before_what_came_to_light_by_the_way(
    recorder: Recorder, phases: list[str], shown: int
) -> None:
    seen = [violation(str(number)) for number in range(len(phases))]
    for phase, found in zip(phases, seen, strict=True):
        recorder.record_broken(found, phase)
    kept = recorder.records[RULE].violation
    assert kept is not None
    assert (kept.actual, kept.exchanges) == (seen[shown].actual, seen[shown].exchanges)


def test_a_note_is_written_with_its_reason_and_the_first_reason_is_remembered(recorder: Recorder) -> None:
    recorder.note(RULE, Outcome.INCONCLUSIVE, "timed out", "edge", "low", (CALL,))
    recorder.note(RULE, Outcome.UNSUPPORTED, "501", "scenario")
    recorder.note(RULE, Outcome.UNSUPPORTED, "501", "scenario")
    record = recorder.records[RULE]
    assert (record.outcomes, record.reason) == ({Outcome.INCONCLUSIVE: 1, Outcome.UNSUPPORTED: 2}, "timed out")
    first, second, _ = entries_in(recorder)
    members = ("requirement", "outcome", "phase", "test", "edge", "reason")
    assert values_of(first, *members) == (RULE, "inconclusive", "edge", "the test", "low", "timed out")
    assert values_of(second, *members) == (RULE, "unsupported", "scenario", "the test", None, "501")
    assert len(first["exchanges"]) == 1
    assert not second.get("exchanges")


def test_of_what_is_seen_again_and_again_only_the_first_is_written_with_its_evidence(recorder: Recorder) -> None:
    for _ in range(EVIDENCE_LIMIT + 3):
        recorder.record_broken(violation(), "passive")
    entries = entries_in(recorder)
    assert [e["entry"] for e in entries] == ["observation"] * EVIDENCE_LIMIT + ["tally"]
    assert values_of(entries[-1], "requirement", "outcome", "phase", "count") == (RULE, "broken", "passive", 3)
    assert recorder.records[RULE].outcomes[Outcome.BROKEN] == EVIDENCE_LIMIT + 3


def test_each_edge_is_written_however_many_there_are(recorder: Recorder) -> None:
    for number in range(EVIDENCE_LIMIT + 3):
        recorder.record_broken(violation(), "edge", str(number))
    assert [e["entry"] for e in entries_in(recorder)] == ["observation"] * (EVIDENCE_LIMIT + 3)


def test_phases_outcomes_and_requirements_are_bounded_apart(recorder: Recorder) -> None:
    for _ in range(EVIDENCE_LIMIT):
        recorder.record_broken(violation(), "passive")
    recorder.record_broken(violation(), "scenario")
    recorder.note(RULE, Outcome.INCONCLUSIVE, "timed out", "passive")
    recorder.note("SendMessage.Content.length-max", Outcome.BROKEN, "no", "passive")
    assert [e["entry"] for e in entries_in(recorder)] == ["observation"] * (EVIDENCE_LIMIT + 3)


def test_each_reply_is_judged_by_what_holds_for_every_reply(recorder: Recorder) -> None:
    recorder.check_passively(CALL)
    outcomes = {rid: record.outcomes for rid, record in recorder.records.items()}
    assert outcomes == {
        "SendMessage.reply.no-server-error": {Outcome.KEPT: 1},
        "SendMessage.reply.request-id": {Outcome.KEPT: 1},
        "SendMessage.success.status": {Outcome.KEPT: 1},
        "SendMessage.success.body": {Outcome.BROKEN: 1},
    }
    assert {e["phase"] for e in entries_in(recorder)} == {"passive"}


def test_a_routers_replies_are_judged_once_the_operation_is_known_to_be_there(recorder: Recorder) -> None:
    unrouted = Exchange(CALL.request, Response(501, (), b""))
    recorder.check_passively(unrouted)
    assert not recorder.records
    recorder.check_passively(CALL)
    assert recorder.records["SendMessage.reply.no-server-error"].outcomes[Outcome.BROKEN] == 1
    recorder.check_passively(unrouted)
    assert recorder.records["SendMessage.reply.no-server-error"].outcomes[Outcome.BROKEN] == 2


def test_a_failure_of_the_operation_itself_does_not_wait(recorder: Recorder) -> None:
    recorder.check_passively(Exchange(CALL.request, Response(500, (), b"")))
    assert recorder.records["SendMessage.reply.no-server-error"].outcomes[Outcome.BROKEN] == 1


def test_a_web_servers_own_refusal_is_judged_by_no_more_than_any_web_server_must_keep(recorder: Recorder) -> None:
    with recorder.judging_front(only=True):
        recorder.check_passively(CALL)
    assert set(recorder.records) == {"SendMessage.reply.no-server-error"}
    assert recorder.effort().requests == 1
