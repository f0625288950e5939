"""Connections are kept; one that the endpoint left in the meantime is no finding, and costs one repetition at most."""

from __future__ import annotations

import sys
import threading

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, to_request
from tests.endpoint.conftest import TIMEOUT
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, Peer, Script, StartEndpoint
from tests.endpoint.replies import reply_to

ACKNOWLEDGED_LATE = 0.03  # seconds; systems wait for 40 ms, but not at a connection's beginning


def keeps(peer: Peer) -> None:
    while peer.request():
        peer.send(OK)


def closes_after_each(peer: Peer) -> None:
    peer.request()
    peer.send(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"))


def closes_silently_after_each(peer: Peer) -> None:
    peer.request()
    peer.send(OK)


def closes_on_the_second_request(peer: Peer) -> None:
    """Each connection serves one request; the next one on it is read and never answered."""
    peer.request()
    peer.send(OK)
    peer.request()


def breaks_off_on_the_second_request(peer: Peer) -> None:
    closes_on_the_second_request(peer)
    peer.send(b"HT")


def never_answers(peer: Peer) -> None:
    peer.request()


def test_one_connection_serves_many_calls(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(keeps)
    target = target_at(served.url)
    assert [target.send(MESSAGE).attempt for _ in range(5)] == [1] * 5
    assert len(served.peers) == 1


@pytest.mark.parametrize("script", [closes_after_each, closes_silently_after_each])
def test_a_connection_that_was_closed_between_calls_is_replaced(
    endpoint: StartEndpoint, target_at: MakeTarget, script: Script
) -> None:
    served = endpoint(script)
    target = target_at(served.url)
    for _ in range(3):
        assert reply_to(target.send(MESSAGE)).status == 200
    assert len(served.peers) == 3


def test_a_kept_connection_that_is_closed_under_the_call_is_tried_once_more(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    seen: list[Exchange] = []
    served = endpoint(closes_on_the_second_request)
    target = target_at(served.url, on_exchange=seen.append)
    assert target.send(MESSAGE).attempt == 1
    again = target.send(MESSAGE)
    assert (reply_to(again).status, again.attempt) == (200, 2)
    assert [(one.attempt, one.failure) for one in seen] == [
        (1, None),
        (1, "the connection was closed before a reply"),
        (2, None),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "in_doubt"),
    [
        ("SendMessage", {"ContentType": "text/plain", "Content": "a"}, True),
        ("SendMessage", {"ContentType": "text/plain", "Content": "a", "ClientToken": "c"}, False),
        ("GetTranscript", {}, False),
    ],
)
def test_what_was_sent_on_a_connection_that_was_closed_may_have_had_its_effect(
    endpoint: StartEndpoint, target_at: MakeTarget, name: str, arguments: dict[str, str], *, in_doubt: bool
) -> None:
    """The request was read before the connection was closed: a gateway may have handed it on."""
    target = target_at(endpoint(closes_on_the_second_request).url)
    request = to_request(operation(name), {"ConnectionToken": "t", **arguments})
    assert not target.send(request).repeated
    assert target.send(request).repeated == in_doubt


def test_an_endpoint_that_leaves_its_connections_gets_a_new_one_for_each_call(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    """Nothing is in doubt any more then."""
    served = endpoint(closes_on_the_second_request)
    target = target_at(served.url)
    attempts = [target.send(MESSAGE).attempt for _ in range(30)]
    assert attempts[:12].count(2) == 6
    assert set(attempts[12:]) == {1}


def test_connections_are_kept_where_one_is_left_now_and_then(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    def script(peer: Peer) -> None:
        for _ in range(100):
            peer.request()
            peer.send(OK)
        peer.request()

    served = endpoint(script)
    target = target_at(served.url)
    assert [target.send(MESSAGE).attempt for _ in range(1_000)].count(2) == 9
    assert len(served.peers) == 10


def test_a_new_connection_that_is_closed_is_tried_once_more(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(never_answers)
    exchange = target_at(served.url).send(MESSAGE)
    assert (exchange.attempt, len(served.received), exchange.repeated) == (2, 2, False)
    assert exchange.failure == "the connection was closed before a reply"


def test_a_kept_connection_on_which_a_reply_began_is_not_tried_again(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    served = endpoint(breaks_off_on_the_second_request)
    target = target_at(served.url)
    target.send(MESSAGE)
    broken = target.send(MESSAGE)
    assert (broken.attempt, len(served.received)) == (1, 2)
    assert broken.failure == "the reply does not begin with an HTTP status line"


def test_the_repetition_does_not_meet_another_stale_connection(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """Two connections are kept and left; the repetition goes out on a third."""
    together = threading.Barrier(2)

    def script(peer: Peer) -> None:
        peer.request()
        if peer.number < 3:
            together.wait(5)
        peer.send(OK)
        peer.request()

    served = endpoint(script)
    target = target_at(served.url, timeout=5)
    both = [threading.Thread(target=target.send, args=(MESSAGE,)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert target.send(MESSAGE).attempt == 2
    assert len(served.peers) == 3


def test_a_reply_that_is_cut_does_not_spoil_the_next_call(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(OK if peer.number > 1 else b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}")

    target = target_at(endpoint(script).url, timeout=TIMEOUT)
    assert reply_to(target.send(MESSAGE)).truncated
    assert reply_to(target.send(MESSAGE)).body == b"{}"


def test_what_follows_a_reply_is_not_taken_for_the_next_one(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(OK + b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n")

    target = target_at(endpoint(script).url)
    assert [reply_to(target.send(MESSAGE)).status for _ in range(5)] == [200] * 5


def test_sixteen_calls_at_once_keep_their_connections(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    together = threading.Barrier(16)

    def script(peer: Peer) -> None:
        while peer.request():
            together.wait(5)
            peer.send(OK)

    served = endpoint(script)
    target = target_at(served.url, timeout=5)
    for _ in range(3):
        threads = [threading.Thread(target=target.send, args=(MESSAGE,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(served.received) == 48
    assert len(served.peers) == 16


def sends_head_and_body_apart(peer: Peer) -> None:
    head, _, body = OK.partition(b"\r\n\r\n")
    while peer.request():
        peer.send(head + b"\r\n\r\n")
        peer.send(body)


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a client say when it acknowledges")
def test_a_body_that_is_sent_apart_is_not_waited_for(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """The other side sends the body when its head was acknowledged, which a system puts off by 40 ms and more."""
    target = target_at(endpoint(sends_head_and_body_apart).url)
    took = [target.send(MESSAGE).elapsed for _ in range(40)]
    assert min(took[20:]) < ACKNOWLEDGED_LATE
