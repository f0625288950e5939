"""One server error or closed connection is the line's: the same request is sent once more, and only that counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.disturbances import disturbance_of
from conformance.checks.passive import judge_reply
from conformance.checks.violation import ContractViolation
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.line_faults import LineFaults, may_act_twice
from tests.checks.exchanges import call_with_reply, error_reply
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, Peer, Script, StartEndpoint

ERRORS = {500: b"Internal Server Error", 502: b"Bad Gateway", 503: b"Service Unavailable", 504: b"Gateway Timeout"}
BY_NAME = b'{"__type":"InternalServerException","message":"no"}'


def failing(status: int, times: int, body: bytes = BY_NAME) -> Script:
    """Answers the first requests with a server error, all later ones with success."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            head = f"HTTP/1.1 {status} {ERRORS[status].decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
            peer.send(head.encode() + body if len(peer.endpoint.received) <= times else OK)

    return script


def closing(times: int) -> Script:
    """Closes the first connections when a request has come, and answers on later ones."""

    def script(peer: Peer) -> None:
        peer.request()
        if peer.number > times:
            peer.send(OK)

    return script


WITH_TOKEN = to_request(
    operation("SendMessage"), {"ConnectionToken": "t", "ContentType": "text/plain", "Content": "a", "ClientToken": "c"}
)


@pytest.mark.parametrize("script", [*(failing(status, 1) for status in ERRORS), closing(1)])
@pytest.mark.parametrize(("request_", "in_doubt"), [(MESSAGE, True), (WITH_TOKEN, False)])
def test_a_single_fault_is_passed_over(
    endpoint: StartEndpoint, target_at: MakeTarget, script: Script, request_: Request, *, in_doubt: bool
) -> None:
    """Nothing is judged by it; without a ClientToken the request may have had its effect twice."""
    seen: list[Exchange] = []
    target = target_at(endpoint(script).url, on_exchange=seen.append)
    exchange = target.send(request_)
    assert exchange.response is not None
    assert (exchange.response.status, exchange.repeated) == (200, in_doubt)
    assert [one.provisional for one in seen] == [True, False]
    assert "A request was sent again once" in target.line.sentences()[0]


@pytest.mark.parametrize("status", ERRORS)
def test_the_second_server_error_is_the_endpoints(endpoint: StartEndpoint, target_at: MakeTarget, status: int) -> None:
    served = endpoint(failing(status, 9))
    exchange = target_at(served.url).send(MESSAGE)
    assert (len(served.received), exchange.repeated) == (2, False)
    broken = [rid for rid, violation in judge_reply(exchange) if violation is not None]
    assert "SendMessage.reply.no-server-error" in broken


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (429, "Calls of SendMessage were throttled 6 times (429: 6); one call stayed so"),
        (
            503,
            "Calls got a 503 that names no error 6 times, as where a gateway's endpoint is down or overloaded; one",
        ),
    ],
)
def test_a_page_of_a_rate_limiter_or_of_maintenance_is_no_reply_of_the_operation(
    endpoint: StartEndpoint, target_at: MakeTarget, status: int, words: str
) -> None:
    ERRORS.setdefault(429, b"Too Many Requests")
    target = target_at(endpoint(failing(status, 99, b"<h1>slow down</h1>")).url)
    exchange = target.send(MESSAGE)
    assert exchange.attempt == 6
    assert list(judge_reply(exchange)) == []
    (sentence,) = target.line.sentences()
    assert sentence.startswith(words)
    assert "--rate" in sentence


def test_reading_twice_is_no_matter() -> None:
    reading = to_request(operation("GetTranscript"), {"ConnectionToken": "t"})
    assert [may_act_twice(request) for request in (MESSAGE, WITH_TOKEN, reading)] == [True, False, False]


PAGE = Response(429, (("Content-Type", "text/html"),), b"<h1>no</h1>")
MAINTENANCE = Response(503, (("Content-Type", "text/html"),), b"<h1>We will be back soon</h1>")
SERVED = call_with_reply("SendMessage", Response(200))


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (replace(SERVED, repeated=True), "may have had its effect twice"),
        (call_with_reply("SendMessage", PAGE), "throttled: 429 with an HTML page"),
        (call_with_reply("SendMessage", MAINTENANCE), "not available: 503 with an HTML page"),
        (call_with_reply("SendMessage", None, failure="time-out: no reply within 10 s"), "time-out"),
        (call_with_reply("SendMessage", None, failure="hung up on purpose, during the reply"), None),
        (call_with_reply("SendMessage", error_reply(400, "ValidationException")), None),
    ],
)
def test_a_violation_that_the_line_may_have_made_is_inconclusive(exchange: Exchange, reason: str | None) -> None:
    found = disturbance_of(ContractViolation("SendMessage.Id.unique", "so", "not so", (SERVED, exchange, SERVED)))
    assert (found is None) if reason is None else reason in str(found)


def test_what_is_promised_of_limits_is_judged_by_throttled_calls() -> None:
    limited = call_with_reply("StartChatContact", error_reply(429, "LimitExceededException"))
    assert disturbance_of(ContractViolation("StartChatContact.quota.limit-exceeded", "so", "no", (limited,))) is None


@pytest.mark.parametrize(
    ("names", "words", "not_words"),
    [
        (("TooManyRequestsException",), "(429: 1)", "--max-open"),
        (("LimitExceededException",), "(429 LimitExceededException: 1)", "--rate"),
        (("LimitExceededException", "TooManyRequestsException"), "--rate N sends", "?"),
    ],
)
def test_the_option_that_helps_against_throttling_is_named(names: tuple[str, ...], words: str, not_words: str) -> None:
    """A used-up quota of chats is no matter of speed."""
    line = LineFaults()
    for name in names:
        line.note(call_with_reply("StartChatContact", error_reply(429, name)))
    (sentence,) = line.sentences()
    assert words in sentence
    assert not_words not in sentence
    assert ("--max-open N leaves" in sentence) == ("LimitExceededException" in names)
