"""A request can be delivered and its reply lost on purpose."""

from __future__ import annotations

import threading

import pytest

from conformance.contract.wire import Exchange
from conformance.endpoint.budget import Budget, BudgetSpent
from conformance.endpoint.connections import HangUp
from tests.endpoint.conftest import TIMEOUT
from tests.endpoint.raw_endpoint import OK, START, MakeTarget, Peer, StartEndpoint, answering
from tests.endpoint.replies import reply_to


def test_the_endpoint_has_answered_when_the_reply_is_lost(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    seen: list[Exchange] = []
    events: list[str] = []

    def script(peer: Peer) -> None:
        while peer.request():
            events.append("answered")
            peer.send(OK)

    served = endpoint(script)
    target = target_at(served.url, on_exchange=seen.append)
    exchange = target.send_and_hang_up(START)
    assert exchange.response is None
    assert exchange.failure == "hung up on purpose, when the first byte of the reply had come"
    assert events == ["answered"]
    assert served.received[0].body == START.body
    assert served.received[0].values("authorization")
    assert seen == [exchange]


def test_hanging_up_early_delivers_the_whole_request(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    ended, over = [], threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        ended.append(peer.request())
        over.set()

    served = endpoint(script)
    exchange = target_at(served.url).send_and_hang_up(START, when=HangUp.BEFORE_REPLY)
    assert over.wait(5)
    assert exchange.failure == "hung up on purpose, as soon as the request was sent"
    assert served.received[0].body == START.body
    assert ended == [None]


def test_a_lost_reply_goes_over_a_connection_of_its_own(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)
    target.send(START)
    target.send_and_hang_up(START)
    assert target.send(START).attempt == 1
    assert len(served.peers) == 3
    assert len(served.received) == 3


def test_an_endpoint_that_does_not_answer_is_not_mistaken_for_a_lost_reply(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        if peer.number > 1:
            peer.wait()

    target = target_at(endpoint(script).url, timeout=TIMEOUT)
    assert target.send_and_hang_up(START).failure == "the connection was closed before a reply"
    assert target.send_and_hang_up(START).failure == "time-out: no reply within 0.5 s"


def test_lost_replies_do_not_count_against_the_endpoint(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)
    for _ in range(10):
        target.send_and_hang_up(START)
    assert reply_to(target.send(START)).status == 200


def test_lost_replies_are_paid_for(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    target = target_at(endpoint(answering(OK)).url, budget=Budget(max_requests=2))
    target.send_and_hang_up(START)
    with pytest.raises(BudgetSpent):
        target.send_and_hang_up(START)
