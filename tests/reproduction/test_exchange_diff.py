"""Replies are alike where only what must differ from run to run differs."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.wire import Exchange, Response
from conformance.reproduction.exchange_diff import difference
from conformance.results.ledger_entries import exchange_entry
from tests.reports.ledgers import answer, exchange

SENT = {"ContentType": "text/plain", "Content": "Hello"}
ONE, TWO, THREE = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")


def scenario(*replies: Response | None) -> list[dict[str, Any]]:
    request = exchange("SendMessage", SENT, answer(200)).request
    return [exchange_entry(Exchange(request, reply)) for reply in replies]


def entries_of(*members: Any) -> list[dict[str, Any]]:
    return scenario(*(answer(200, members) for members in members))


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ([{"Id": ONE}], [{"Id": TWO}]),
        ([{"Id": ONE}, {"Id": ONE}], [{"Id": TWO}, {"Id": TWO}]),
        ([{"Id": ONE}, {"Id": TWO}], [{"Id": THREE}, {"Id": ONE}]),
        ([{"AbsoluteTime": "2026-11-21T10:00:00.000Z"}], [{"AbsoluteTime": "2026-11-21T11:30:00.123Z"}]),
        ([{"CreatedTimestamp": 1_790_000_000}], [{"CreatedTimestamp": 1_790_000_777.5}]),
        ([{"ParticipantToken": "a b" * 40}], [{"ParticipantToken": "c" * 90}]),
        ([{"Transcript": [{"Type": "EVENT"}]}], [{"Transcript": [{"Type": "EVENT"}]}]),
    ],
    ids=["another id", "equal ids", "different ids", "times", "epochs", "tokens", "the same"],
)
def test_what_varies_by_nature_is_alike(recorded: list[Any], now: list[Any]) -> None:
    assert difference(entries_of(*recorded), entries_of(*now)) is None


@pytest.mark.parametrize(
    ("recorded", "now", "words"),
    [
        ([{"Id": ONE}, {"Id": ONE}], [{"Id": ONE}, {"Id": TWO}], "call 2, SendMessage: another value in Id"),
        ([{"Id": ONE}, {"Id": TWO}], [{"Id": ONE}, {"Id": ONE}], "another value in Id"),
        ([{"Type": "EVENT"}], [{"Type": "MESSAGE"}], "another value in Type"),
        ([{"Content": "a longer text"}], [{"Content": "a longer  text"}], "another value in Content"),
        ([{"Items": [1, 2]}], [{"Items": [1]}], "1 items in Items, recorded 2"),
        ([{"Items": [1, 2]}], [{"Items": [1, True]}], "another value in Items"),
        ([{"Id": ONE}], [{}], "the body lacks Id"),
        ([{}], [{"Id": ONE}], "the body has Id"),
        ([{"Id": ONE}], [{"Id": None}], "another value in Id"),
        ([{"Size": 5}], [{"Size": 6}], "another value in Size"),
    ],
)
def test_what_says_something_else_is_told(recorded: list[Any], now: list[Any], words: str) -> None:
    assert words in (difference(entries_of(*recorded), entries_of(*now)) or "")


def test_a_status_and_an_error_type_are_compared_and_their_words_are_not() -> None:
    invalid, other = {"__type": "ValidationException", "message": "a"}, {"__type": "ThrottlingException"}
    recorded = scenario(answer(400, invalid))
    assert difference(recorded, scenario(answer(400, {**invalid, "message": "b"}))) is None
    assert "status 403, recorded 400" in (difference(recorded, scenario(answer(403, invalid))) or "")
    found = difference(recorded, scenario(answer(400, other)))
    assert "error type ThrottlingException, recorded ValidationException" in (found or "")


def test_a_reply_that_was_lost_is_compared_with_nothing() -> None:
    assert difference(scenario(None, answer(200, {})), scenario(answer(200, {"Id": ONE}), answer(200, {}))) is None


@pytest.mark.parametrize(("recorded", "now"), [(b"<html>", b""), (b"{}", b"<html>")])
def test_bodies_of_other_kinds_are_told_apart(recorded: bytes, now: bytes) -> None:
    bodies = [scenario(Response(200, (), body)) for body in (recorded, now)]
    assert "a body of another kind" in (difference(*bodies) or "")
    assert difference(bodies[0], bodies[0]) is None


def test_a_refusal_is_judged_by_no_body() -> None:
    recorded, now = scenario(answer(200, {"Items": [1]})), scenario(answer(200, {}))
    assert difference(recorded, now) is not None
    assert difference(recorded, now, bodies=False) is None
    assert difference(recorded, scenario(answer(400, {})), bodies=False) is not None
