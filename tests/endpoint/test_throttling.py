"""A throttled call is repeated, within bounds; every attempt is seen."""

from __future__ import annotations

import time

import pytest

from conformance.contract.wire import Exchange, Headers, Response
from conformance.endpoint.budget import Budget, BudgetSpent
from conformance.endpoint.throttling import Patience, is_throttled
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, StartEndpoint, answering
from tests.endpoint.replies import reply_to

TOO_MANY = b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n"


def too_many_until(value: bytes) -> bytes:
    return TOO_MANY.replace(b"\r\n\r\n", b"\r\nRetry-After: " + value + b"\r\n\r\n")


def test_a_throttled_call_is_repeated_until_it_is_answered(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    seen: list[Exchange] = []
    target = target_at(endpoint(answering(TOO_MANY, TOO_MANY, OK)).url, on_exchange=seen.append)
    exchange = target.send(MESSAGE)
    assert (reply_to(exchange).status, exchange.attempt) == (200, 3)
    assert [(reply_to(one).status, one.attempt) for one in seen] == [(429, 1), (429, 2), (200, 3)]


def test_throttling_without_end_is_given_up_after_six_attempts(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(TOO_MANY))
    exchange = target_at(served.url).send(MESSAGE)
    assert (reply_to(exchange).status, exchange.attempt, len(served.received)) == (429, 6, 6)


@pytest.mark.parametrize(("asked", "attempts"), [("0", 6), ("1", 3)])
def test_only_waits_count_as_waits(asked: str, attempts: int) -> None:
    """Each call takes as long as all waits may: a slow endpoint is asked as often as a quick one."""
    made = []
    throttled = Exchange(MESSAGE, Response(429, (("Retry-After", asked),), b""))

    def again() -> Exchange:
        time.sleep(0.1)
        made.append(throttled)
        return throttled

    Patience(longest_wait=0.04, total=0.1).settle(throttled, again)
    assert len(made) == attempts - 1


@pytest.mark.slow
def test_after_three_calls_in_vain_calls_are_not_repeated_until_one_gets_through(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    served = endpoint(answering(*[TOO_MANY] * 20, OK, TOO_MANY))
    target = target_at(served.url)
    attempts = [target.send(MESSAGE).attempt for _ in range(7)]
    assert attempts == [6, 6, 6, 1, 1, 1, 6]


def test_a_run_is_held_up_no_longer_where_waiting_has_proved_useless(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    """A page of maintenance asks each call to come again in two minutes."""
    target = target_at(endpoint(answering(too_many_until(b"120"))).url)
    for _ in range(3):
        target.send(MESSAGE)
    began = time.monotonic()
    for _ in range(20):
        target.send(MESSAGE)
    assert time.monotonic() - began < 1  # each of them held the next one up for as long as a wait may be, 0.1 s


def test_input_that_is_throttled_for_ever_is_soon_repeated_once_only(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    served = endpoint(answering(*([*[TOO_MANY] * 6, OK] * 3), TOO_MANY, TOO_MANY, OK, TOO_MANY, OK, TOO_MANY))
    target = target_at(served.url)
    attempts = [target.send(MESSAGE).attempt for _ in range(10)]
    assert attempts == [6, 1, 6, 1, 6, 1, 2, 1, 2, 6]


@pytest.mark.parametrize("slow", [True, False], ids=["served when sent again", "throttled for ever"])
def test_a_run_slows_down_only_for_what_is_served_when_it_is_sent_again(
    endpoint: StartEndpoint, target_at: MakeTarget, *, slow: bool
) -> None:
    replies = [TOO_MANY, OK] if slow else [*[TOO_MANY] * 6, OK]
    target = target_at(endpoint(answering(*replies * 4, OK)).url)
    for _ in range(4 if slow else 8):
        target.send(MESSAGE)
    assert (target.budget._pacing._slowed is not None) is slow  # noqa: SLF001 - what no caller need ask


@pytest.mark.parametrize("value", [b"100000", b"9" * 400, b"Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_long_retry_after_is_not_waited_out(endpoint: StartEndpoint, target_at: MakeTarget, value: bytes) -> None:
    target = target_at(endpoint(answering(too_many_until(value), OK)).url)
    began = time.monotonic()
    assert target.send(MESSAGE).attempt == 2
    assert 0.1 <= time.monotonic() - began < 1, "the fixture's longest wait is 0.1 s"


def test_a_retry_after_counts_from_the_endpoints_own_time(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """A date that is past by this machine's clock: were it believed, all attempts would be spent at once."""
    dated = too_many_until(b"Sun, 06 Nov 1994 08:49:39 GMT\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT")
    target = target_at(endpoint(answering(dated, OK)).url)
    began = time.monotonic()
    assert target.send(MESSAGE).attempt == 2
    assert time.monotonic() - began >= 0.1, "the fixture's longest wait"


@pytest.mark.parametrize("value", [b"soon", b"-5", b"", b"1e5", b"Fri, 31 Dec 1999 23:59:59 GMT"])
def test_an_odd_retry_after_does_no_harm(endpoint: StartEndpoint, target_at: MakeTarget, value: bytes) -> None:
    target = target_at(endpoint(answering(too_many_until(value), OK)).url)
    assert reply_to(target.send(MESSAGE)).status == 200


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (429, (), b"", True),
        (400, (("x-amzn-ErrorType", "ThrottlingException:http://internal/"),), b"", True),
        (503, (), b'{"__type": "com.amazonaws.connect#TooManyRequestsException"}', True),
        (402, (), b'{"code": "LimitExceededException"}', True),
        (503, (), b"", True),
        (503, (("Content-Type", "text/html"),), b"<h1>Service Unavailable</h1>", True),
        (503, (("x-amzn-RequestId", "1"),), b"", False),
        (503, (), b'{"__type": "ServiceUnavailable"}', False),
        (400, (), b'{"__type": "ValidationException", "message": "ThrottlingException"}', False),
        (200, (), b'{"__type": "ThrottlingException"}', False),
        (500, (), b"[" * 100_000, False),
    ],
)
def test_what_counts_as_throttled(status: int, headers: Headers, body: bytes, *, expected: bool) -> None:
    assert is_throttled(Exchange(MESSAGE, Response(status, headers, body))) is expected


def test_a_call_without_a_reply_is_not_throttled() -> None:
    assert not is_throttled(Exchange(MESSAGE, None, failure="the connection was refused"))


def test_repetitions_are_paid_for(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(TOO_MANY))
    target = target_at(served.url, budget=Budget(max_requests=2))
    with pytest.raises(BudgetSpent):
        target.send(MESSAGE)
    assert len(served.received) == 2
