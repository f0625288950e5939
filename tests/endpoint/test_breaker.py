"""An endpoint that hangs or is not there costs seconds, not hours; one that closes quickly is still asked."""

from __future__ import annotations

import socket
import time

from conformance.contract.wire import Exchange
from conformance.endpoint.breaker import Breaker
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, Peer, StartEndpoint
from tests.endpoint.replies import failure_of, reply_to


def hangs(peer: Peer) -> None:
    peer.request()
    peer.wait()


def test_a_hanging_endpoint_is_given_up_after_three_calls(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    seen: list[Exchange] = []
    served = endpoint(hangs)
    target = target_at(served.url, timeout=0.2, on_exchange=seen.append)
    began = time.monotonic()
    failures = [target.send(MESSAGE).failure for _ in range(200)]
    assert time.monotonic() - began < 1.5
    assert len(served.received) == len(seen) == 3
    assert target.budget.sent == 3
    assert failures[3] == "not sent, as the calls before got no reply: time-out: no reply within 0.2 s"


def test_a_body_that_never_ends_counts_too(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")
        peer.wait()

    target = target_at(endpoint(script).url, timeout=0.2)
    for _ in range(3):
        assert reply_to(target.send(MESSAGE)).truncated
    assert failure_of(target.send(MESSAGE)).startswith("not sent, as the calls before got no reply: time-out")


def test_an_endpoint_that_is_not_there_is_given_up(target_at: MakeTarget) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        target = target_at(f"http://127.0.0.1:{held.getsockname()[1]}")
        failures = [target.send(MESSAGE).failure for _ in range(4)]
    assert failures[:3] == ["the connection was refused"] * 3
    assert (failures[3] or "").startswith("not sent, as the calls before got no reply: the connection was refused")


def test_an_endpoint_that_closes_at_once_is_still_asked(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(lambda peer: peer.request())
    target = target_at(served.url)
    for _ in range(20):
        target.send(MESSAGE)
    assert len(served.received) == 2 * 20, "each request is sent once more"


def test_an_endpoint_that_comes_back_is_found_again(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            if peer.number > 3:
                peer.send(OK)
            else:
                peer.wait()

    target = target_at(endpoint(script).url, timeout=0.1)
    target._breaker.trial_seconds = 0.2  # noqa: SLF001 - the only way to wait less than 3 s
    statuses = []
    for _ in range(60):
        statuses.append(target.send(MESSAGE).response is not None)
        time.sleep(0.01)
    first = statuses.index(True)
    assert 3 < first < 40
    assert all(statuses[first:])


def test_one_call_at_a_time_tries_whether_it_is_back() -> None:
    breaker = Breaker(patience=1, trial_seconds=0.1)
    for _ in range(3):
        breaker.note(failure="lost", reached=False, seconds=0)
    assert breaker.refusal() == "not sent, as the calls before got no reply: lost"
    time.sleep(0.11)
    assert breaker.refusal() is None
    assert breaker.refusal() is not None, "the trial is under way"


def test_a_reply_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(patience=1)
    for failure in ("lost", "lost", None, "lost", "lost"):
        breaker.note(failure=failure, reached=False, seconds=0)
    assert breaker.refusal() is None
    breaker.note(failure="lost", reached=False, seconds=0)
    assert breaker.refusal() is not None


def test_quick_failures_add_up() -> None:
    breaker = Breaker(patience=1)
    for _ in range(9):
        breaker.note(failure="closed", reached=True, seconds=0.1)
    assert breaker.refusal() is None
    for _ in range(2):
        breaker.note(failure="closed", reached=True, seconds=0.1)
    assert breaker.refusal() is not None
