"""How a printed script tells by itself whether a promise is still broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.wire import Exchange, Response
from conformance.results.observation import Observation
from reports import compliance
from reports.script_judgement import form, judgement_for, normal, places
from tests.reports.ledgers import FAILED, answer, entries_of, exchange, repetition, violate
from tests.reports.stub import Stub, running_stub

IDS = [f"{number}3caa0f5-0c6e-4c3e-9d53-0d2f6b6d6a11" for number in range(1, 4)]


@pytest.fixture
def stub() -> Iterator[Stub]:
    """An endpoint that answers 200 to whatever it is asked."""
    with running_stub() as running:
        yield running


def record(*exchanges: Exchange) -> list[dict[str, Any]]:
    (entry,) = (e for e in entries_of([violate(exchanges=exchanges)]) if e["entry"] == "observation")
    return list(entry["exchanges"])


def send(number: int) -> Exchange:
    return exchange("SendMessage", {"Content": f"Message {number}"}, answer(200, {"Id": IDS[number]}))


def transcript(*numbers: int) -> Exchange:
    items = [{"Id": IDS[number], "Content": f"Message {number}"} for number in numbers]
    return exchange("GetTranscript", {}, answer(200, {"Transcript": items}))


def kind_of(expected: str, actual: str, *exchanges: Exchange) -> str | None:
    found = judgement_for(expected, actual, record(*exchanges))
    return found.kind if found else None


def test_a_wrong_answer_is_told_by_its_status() -> None:
    assert kind_of("400 ValidationException", "200", transcript()) == "status"


def test_a_message_that_the_transcript_lacks_is_told_by_what_was_sent() -> None:
    found = judgement_for("none", f'["{IDS[1]}"]', record(send(0), send(1), transcript(0)))
    assert found is not None
    assert (found.kind, found.sends) == ("missing", frozenset({0, 1}))


def test_one_id_of_two_replies_is_told_by_both() -> None:
    twice = exchange("SendMessage", {"Content": "other"}, answer(200, {"Id": IDS[0]}))
    assert kind_of("Ids that two replies have: none", f'["{IDS[0]}"]', send(0), twice, transcript(0)) == "repeated"


def test_a_value_that_should_have_come_is_told_by_itself() -> None:
    """What came in its place may be another one each time."""
    found = judgement_for('the Content is "Message 0"', '"Message 1"', record(send(0), send(1), transcript(1)))
    assert found is not None
    assert (found.kind, found.recorded, [value for value, _, _ in found.values]) == ("values", "[]", ["Message 0"])


def test_a_member_that_a_reply_lacks_is_told_by_what_was_sent() -> None:
    gave = exchange("UpdateContactAttributes", {"Attributes": {"a-nothing": "null", "b": "B"}}, answer(200))
    got = exchange("GetContactAttributes", {}, answer(200, {"Attributes": {"b": "B"}}))
    found = judgement_for('the attributes is "a-nothing": "null"', 'no "a-nothing"', record(gave, got))
    assert found is not None
    assert (found.kind, found.recorded) == ("values", "[]")


def test_a_member_with_a_wrong_value_is_told_by_the_replys_form() -> None:
    reply = exchange("DescribeContact", {}, answer(200, {"Contact": {"InitiationMethod": "INBOUND"}}))
    assert kind_of('the InitiationMethod is "API"', '"INBOUND"', reply) == "form"


def test_one_item_of_a_list_with_a_wrong_member_is_told_by_its_form() -> None:
    receipt, other = {"ReadTimestamp": "2026-11-29T10:00:00Z"}, {"Content": "Hello", "Id": IDS[0]}
    items = [other, {"Id": IDS[1], "MessageMetadata": {"Receipts": [receipt]}}]
    found = judgement_for(
        "DeliveredTimestamp in the receipts",
        '"ReadTimestamp"',
        record(exchange("GetTranscript", {}, answer(200, {"Transcript": items}))),
    )
    assert found is not None
    assert (found.kind, found.recorded) == ("item", '{"ReadTimestamp": "..."}')


def test_a_header_that_is_not_there_is_told_by_its_name() -> None:
    found = judgement_for("Access-Control-Allow-Origin of *", "nothing", record(transcript()))
    assert found is not None
    assert (found.kind, found.header, found.recorded) == ("header", "Access-Control-Allow-Origin", "")


def test_what_tells_nothing_is_not_judged() -> None:
    assert kind_of("17 Ids", "the same Id", exchange("SendEvent", {}, answer(200, {"Id": IDS[0]}))) is None


def test_a_form_has_no_ids_times_or_tokens() -> None:
    value = {"Id": IDS[0], "At": "2026-11-29T13:00:00.000Z", "Epoch": 1_790_000_000.5, "Name": "Bob", "Size": 5}
    value = {**value, "NextToken": "HzsodCfuxS"}
    expected = {"At": "...", "Epoch": "...", "Id": "...", "Name": "Bob", "NextToken": "...", "Size": 5}
    assert form(value) == expected


def test_values_are_found_in_whatever_way_they_are_spelled() -> None:
    assert places(["\u00e9", "b"], normal('{"x": "b\\u00e9b"}')) == [1, 0, 1]


@pytest.mark.parametrize(
    ("reply", "actual", "code"),
    [(answer(200), "200", 1), (answer(400, {"__type": "X"}), "400 X", 0)],
    ids=["still broken", "mended"],
)
def test_a_script_ends_with_1_while_broken_and_with_0_when_mended(
    stub: Stub, reply: Response, actual: str, code: int
) -> None:
    seen = violate(FAILED, actual=actual, exchanges=(exchange("SendEvent", {"Content": "a"}, reply),))
    report = compliance.build(entries_of([seen], endpoint=stub.url, participant_endpoint=stub.url))
    (script,) = (r["violation"]["python"] for r in report["requirements"] if r["violation"])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert "promised:" in done.stdout
    assert "secret" not in done.stdout.lower()


def script_of(seen: Observation, *more: dict[str, Any]) -> str:
    report = compliance.build([*entries_of([seen]), *more])
    (script,) = (r["violation"]["python"] for r in report["requirements"] if r["violation"])
    return str(script)


def test_a_script_that_the_run_tried_in_vain_does_not_judge() -> None:
    seen = violate(FAILED, exchanges=(exchange("SendEvent", {"Content": "a"}, answer(200)),))
    assert "raise SystemExit(1 if broken else 0)" in script_of(seen, repetition(seen, 1, 2, "script"))
    script = script_of(seen, repetition(seen, 0, 2, "script"))
    assert "ends with 2: the run tried it, and it did not show the violation again" in script
    assert "SystemExit(1" not in script


def test_a_script_that_signs_what_had_a_wrong_signature_does_not_judge() -> None:
    call = exchange("StartChatContact", {"InstanceId": "i"}, answer(200, {"ContactId": "c"}))
    script = script_of(violate("StartChatContact.signature.required", exchanges=(call,)))
    assert "SystemExit(1" not in script


def test_a_script_whose_requests_were_cut_does_not_judge() -> None:
    long = exchange("SendEvent", b'{"Content": "' + bytes(range(97, 123)) * 4_000 + b'"}', answer(200))
    script = script_of(violate(actual="200", exchanges=(long, exchange("SendEvent", {}, answer(200)))))
    assert "ends with 2: a request is longer than what is recorded of it" in script
    assert "SystemExit(1" not in script


@pytest.mark.parametrize(("now", "code"), [("read", 1), ("delivered", 0)])
def test_an_item_is_looked_for_among_those_that_came(stub: Stub, now: str, code: int) -> None:
    def reply(kind: str) -> dict[str, Any]:
        return {"Transcript": [{"Receipts": [{f"{kind}Timestamp": "2026-11-29T10:00:00Z"}]}]}

    seen = violate(
        FAILED,
        expected="deliveredTimestamp in the receipts",
        actual='"readTimestamp"',
        exchanges=(exchange("GetTranscript", {}, answer(200, reply("read"))),),
    )
    stub.answers = {"/participant/transcript": reply(now)}
    report = compliance.build(entries_of([seen], endpoint=stub.url, participant_endpoint=stub.url))
    (script,) = (r["violation"]["python"] for r in report["requirements"] if r["violation"])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(("drops", "code"), [("/participant/event", 1), (None, 0), ("/participant/connection", 2)])
def test_a_dropped_request_is_broken_while_its_connection_is_closed(stub: Stub, drops: str | None, code: int) -> None:
    """It is sent twice, as in the run; where a call of the set-up is dropped, nothing is known of it."""
    stub.drops = drops
    lost = replace(exchange("SendEvent", {"Content": "a"}, None), failure="it was closed", dropped=True)
    seen = violate(FAILED, actual="the connection was closed without a reply", exchanges=(lost,))
    report = compliance.build(entries_of([seen], endpoint=stub.url, participant_endpoint=stub.url))
    (script,) = (r["violation"]["python"] for r in report["requirements"] if r["violation"])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert sum(asked.path == "/participant/event" for asked in stub.asked) == {0: 1, 1: 2, 2: 0}[code]
