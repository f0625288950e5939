"""What replies tell of the endpoint's clocks."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.engine.clocks import STATED, EndpointClocks, date_of

BASE, BEGAN = "http://h", 1_800_000_000.25  # when the calls were made, by this machine's clock


_NUMBERS = itertools.count()


def reply_of(ahead: float, *, took: float = 0.1, date: float | None = 0.0, item: str | None = None) -> Exchange:
    """A SendMessage whose reply has a time by a clock that is `ahead`, and the Date header of one that is `date`.

    It is about a message of its own unless `item` is its Id.
    """
    at = datetime.fromtimestamp(BEGAN + took / 2 + ahead, UTC).isoformat(timespec="milliseconds")
    headers = () if date is None else (("Date", formatdate(BEGAN + date, usegmt=True)),)
    response = Response(200, headers, json.dumps({"Id": item or f"m{next(_NUMBERS)}", "AbsoluteTime": at}).encode())
    return Exchange(Request("SendMessage", "POST", "/participant/message"), response, BEGAN, took, base=BASE)


def message_with(token: str) -> Request:
    return Request("SendMessage", "POST", "/participant/message", (), json.dumps({"ClientToken": token}).encode())


def clocks_after(*exchanges: Exchange) -> EndpointClocks:
    clocks = EndpointClocks()
    for exchange in exchanges:
        clocks.learn(exchange)
    return clocks


def test_one_clock_explains_replies_that_took_their_time() -> None:
    clocks = clocks_after(reply_of(0, took=0.1), reply_of(0, took=3), reply_of(0.2, took=1))
    assert clocks.apart == 0
    assert clocks.ahead(STATED) == pytest.approx(0, abs=0.3)
    assert clocks.dates() == {BASE: 0}
    assert clocks.sentences() == []


def test_machines_are_as_far_apart_as_their_times() -> None:
    clocks = clocks_after(reply_of(-4), reply_of(3), reply_of(0))
    assert clocks.apart == pytest.approx(7, abs=0.2)
    assert "clocks that are 7 seconds apart" in clocks.sentences()[0]


def test_a_call_that_is_repeated_with_its_client_token_tells_no_other_clock() -> None:
    """Its reply has the time of the first call."""
    clocks = clocks_after(reply_of(0, item="first"), reply_of(-3, item="first"))
    assert clocks.apart == 0
    assert clocks.sentences() == []


def test_a_call_whose_first_reply_was_lost_tells_no_other_clock() -> None:
    """The call with its ClientToken that is answered four seconds later has the time of the first one."""
    lost, again = (replace(reply_of(ahead), request=message_with("token-1")) for ahead in (0, -4))
    clocks = clocks_after(replace(lost, response=None, failure="hung up on purpose"), again, reply_of(0))
    assert clocks.apart == 0
    other = replace(reply_of(-4), request=message_with("token-2"))
    assert clocks_after(reply_of(0), other).apart == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"ClientToken": 7}', b'{"ClientToken": ""}', b"[" * 100_000])
def test_a_message_without_a_client_token_is_one_of_its_own(body: bytes) -> None:
    request = replace(message_with(""), body=body)
    assert clocks_after(*(replace(reply_of(ahead), request=request) for ahead in (0, -4))).apart == pytest.approx(
        4, abs=0.2
    )


def test_a_date_that_stands_still_is_told_as_that() -> None:
    """Many seconds go by, and none between the Date headers."""
    first = reply_of(0, date=-BEGAN)
    clocks = clocks_after(*(replace(first, started=BEGAN + seconds) for seconds in (0, 20, 40)))
    (text,) = clocks.sentences()
    assert text.startswith(f"The Date header of {BASE} stood still at 1970-01-01 00:00:00 UTC, as that of a cache: ")
    later = replace(reply_of(0, date=0.0), started=BEGAN)
    assert "apart, as of a cache or of several machines" in clocks_after(first, later).sentences()[0]


def test_times_that_are_far_apart_are_no_matter_of_clocks() -> None:
    assert clocks_after(reply_of(0), reply_of(60)).apart == 0


def test_a_clock_that_is_moved_is_learnt_anew() -> None:
    clocks = clocks_after(reply_of(-4), reply_of(3))
    clocks.move(3600)
    clocks.learn(reply_of(3600))
    assert clocks.ahead(STATED) == pytest.approx(0, abs=0.2)
    assert clocks.apart == pytest.approx(7, abs=0.2)


def test_a_machine_whose_clock_is_wrong_is_told() -> None:
    assert clocks_after(reply_of(0, date=-1200)).sentences() == [
        f"The Date header of {BASE} is 1,200 seconds behind this machine's clock."
    ]
    assert clocks_after(reply_of(0, date=-1200)).dates() == {BASE: -1200}


def test_a_date_that_stands_still_is_told() -> None:
    (sentence,) = clocks_after(reply_of(0), reply_of(0, date=-7200)).sentences()
    assert sentence.startswith(f"The Date headers of {BASE} are 7,19")
    assert "as of a cache or of several machines" in sentence


def test_replies_may_have_no_date() -> None:
    assert clocks_after(reply_of(0, date=None)).dates() == {BASE: None}
    assert clocks_after().dates() == {}


@pytest.mark.parametrize(
    "date", ["", "soon", "Mon, 99 Foo 2026 99:99:99 GMT", "Mon, 1 Jan 99999999999 00:00:00 GMT", "5"]
)
def test_a_date_that_is_none_is_no_time(date: str) -> None:
    response = Response(200, (("Date", date),), b"{}")
    assert date_of(Exchange(Request("SendMessage", "POST", "/"), response)) is None
