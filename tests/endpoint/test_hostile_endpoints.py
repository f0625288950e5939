"""Whatever an endpoint sends or fails to send, a call ends in time, in memory, and without an exception."""

from __future__ import annotations

import gzip
import re
import resource
import socket
import struct
import time
from collections.abc import Callable

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import BODY_LIMIT, Exchange, to_request
from tests.endpoint.conftest import TIMEOUT
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, Peer, Script, StartEndpoint
from tests.endpoint.replies import failure_of, reply_to

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def after_request(*sent: bytes, then: Script | None = None) -> Script:
    """A script: read a request, send, and then close, or do something else."""

    def script(peer: Peer) -> None:
        peer.request()
        for piece in sent:
            peer.send(piece)
        if then is not None:
            then(peer)

    return script


def hang(peer: Peer) -> None:
    peer.wait()


def endless(piece: bytes) -> Script:
    def forever(peer: Peer) -> None:
        while not peer.wait(0):
            peer.send(piece)

    return forever


def drip(piece: bytes) -> Script:
    def forever(peer: Peer) -> None:
        while not peer.wait(0.02):
            peer.send(piece)

    return forever


def reset(peer: Peer) -> None:
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.socket.close()


def reset_early(peer: Peer) -> None:
    peer.socket.recv(1)
    reset(peer)


WITHOUT_REPLY = {
    "hangs-at-once": (hang, "time-out: no reply within 0.5 s"),
    "hangs-before-the-head": (after_request(then=hang), "time-out: no reply within 0.5 s"),
    "hangs-in-the-status-line": (after_request(b"HTTP/1.1 2", then=hang), "time-out: no reply"),
    "hangs-in-the-head": (after_request(HEAD, then=hang), "time-out: no reply"),
    "drips-the-head": (after_request(HEAD + b"X: ", then=drip(b"y")), "time-out: no reply"),
    "drips-header-lines": (after_request(HEAD, then=drip(b"X: y\r\n")), "time-out: no reply"),
    "closes": (after_request(), "the connection was closed before a reply"),
    "resets": (after_request(then=reset), "the connection was reset"),
    "resets-while-it-is-sent-to": (reset_early, "the connection was (reset|closed)"),
    "closes-in-the-head": (after_request(HEAD), "the head of the reply is broken off"),
    "closes-in-the-status-line": (after_request(b"HT"), "does not begin with an HTTP status line"),
    "speaks-garbage": (after_request(b"\x00\xff garbage\r\n\r\n"), "does not begin with an HTTP status line"),
    "speaks-http-2": (after_request(b"\0\0\x06\4\0\0\0\0\0\0\3\0\0\0d"), "the port speaks HTTP/2 alone"),
    "has-no-status": (after_request(b"HTTP/1.1 abc OK\r\n\r\n"), "does not begin with an HTTP status line"),
    "speaks-another-version": (after_request(b"HTTP/7.0 200 OK\r\n\r\n"), "of another HTTP version"),
    "never-ends-its-status-line": (after_request(then=endless(b"x" * 4096)), "a line in the head"),
    "never-ends-a-header": (after_request(HEAD, then=endless(b"x" * 4096)), "a line in the head"),
    "never-ends-its-headers": (after_request(HEAD, then=endless(b"X: y\r\n" * 50)), "more than 100 headers"),
    "floods-with-100": (
        after_request(then=endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)),
        "head of the reply does not end|time-out",
    ),
    "floods-with-103": (
        after_request(then=endless(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50)),
        "head of the reply does not end|time-out",
    ),
    "contradicts-its-length": (after_request(HEAD + b"Content-Length: 2, 3\r\n\r\n{}"), "contradictory Content-Length"),
    "breaks-off-the-body": (after_request(HEAD + b"Content-Length: 20\r\n\r\n{}"), "broken off.*, after status 200"),
    "resets-in-the-body": (after_request(HEAD + b"Content-Length: 20\r\n\r\n{}", then=reset), "reset|broken off"),
    "has-a-bad-chunk": (after_request(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"), "wrongly chunked, after status 200"),
    "has-a-short-chunk": (after_request(CHUNKED + b"20\r\n{}"), "wrongly chunked, after status 200"),
}


@pytest.mark.parametrize(("script", "says"), WITHOUT_REPLY.values(), ids=WITHOUT_REPLY)
def test_no_reply_becomes_a_failure_in_time(
    endpoint: StartEndpoint, target_at: MakeTarget, script: Script, says: str
) -> None:
    exchange = within_time(lambda: target_at(endpoint(script).url, timeout=TIMEOUT).send(MESSAGE))
    assert exchange.response is None
    assert re.search(says, failure_of(exchange))


CUT_SHORT = {
    "hangs-in-the-body": (after_request(HEAD + b"Content-Length: 20\r\n\r\n{}", then=hang), b"{}"),
    "hangs-without-a-length": (after_request(HEAD + b"\r\n{}", then=hang), b"{}"),
    "hangs-in-a-chunk": (after_request(CHUNKED + b"2\r\n{}\r\n", then=hang), b"{}"),
    "hangs-in-the-trailer": (after_request(CHUNKED + b"2\r\n{}\r\n0\r\nX: y\r\n", then=hang), b"{}"),
    "drips-the-body": (after_request(HEAD + b"Content-Length: 9000\r\n\r\n", then=drip(b" ")), b"  "),
    "drips-chunks": (after_request(CHUNKED, then=drip(b"1\r\n \r\n")), b"  "),
}


@pytest.mark.parametrize(("script", "begins"), CUT_SHORT.values(), ids=CUT_SHORT)
def test_what_came_of_a_body_in_time_is_kept_and_marked(
    endpoint: StartEndpoint, target_at: MakeTarget, script: Script, begins: bytes
) -> None:
    exchange = within_time(lambda: target_at(endpoint(script).url, timeout=TIMEOUT).send(MESSAGE))
    assert reply_to(exchange).truncated
    assert reply_to(exchange).body.startswith(begins)
    assert reply_to(exchange).status == 200


TOO_LONG = {
    "without-a-length": after_request(HEAD + b"\r\n", then=endless(b" " * 65536)),
    "with-a-length": after_request(HEAD + b"Content-Length: 99999999999\r\n\r\n", then=endless(b" " * 65536)),
    "in-chunks": after_request(CHUNKED, then=endless(b"10000\r\n" + b" " * 65536 + b"\r\n")),
    "in-one-chunk": after_request(CHUNKED + b"fffffffffff\r\n", then=endless(b" " * 65536)),
    "in-a-redirect": after_request(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n", then=endless(b" " * 65536)),
}


@pytest.mark.parametrize("script", TOO_LONG.values(), ids=TOO_LONG)
def test_a_body_without_end_is_cut(endpoint: StartEndpoint, target_at: MakeTarget, script: Script) -> None:
    exchange = within_time(lambda: target_at(endpoint(script).url, timeout=5).send(MESSAGE), limit=5)
    assert reply_to(exchange).truncated
    assert len(reply_to(exchange).body) == BODY_LIMIT


def test_a_chunk_of_negative_length_takes_no_memory(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    script = after_request(CHUNKED + b"-1\r\n", then=endless(b" " * 65536))
    within_time(lambda: target_at(endpoint(script).url, timeout=2).send(MESSAGE), limit=2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "kilobytes"


def test_a_body_of_just_the_limit_is_whole(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    script = after_request(HEAD + b"Content-Length: %d\r\n\r\n" % BODY_LIMIT, b" " * BODY_LIMIT, then=hang)
    exchange = target_at(endpoint(script).url, timeout=5).send(MESSAGE)
    assert not reply_to(exchange).truncated
    assert len(reply_to(exchange).body) == BODY_LIMIT


def test_a_body_that_is_sent_to_an_endpoint_that_does_not_read_ends_in_time(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    target = target_at(endpoint(hang).url, timeout=TIMEOUT)
    big = to_request(operation("SendMessage"), {"ConnectionToken": "t", "Content": "x" * 30_000_000})
    assert failure_of(within_time(lambda: target.send(big))).startswith("time-out")


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
    ],
)
def test_an_interim_reply_is_not_the_reply(endpoint: StartEndpoint, target_at: MakeTarget, interim: bytes) -> None:
    served = endpoint(after_request(interim * 3 + OK, then=after_request(OK)))
    target = target_at(served.url, timeout=TIMEOUT)
    assert [reply_to(target.send(MESSAGE)).status for _ in range(2)] == [200, 200]
    assert len(served.peers) == 1


def test_a_redirect_is_an_answer(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(after_request(b"HTTP/1.1 307 T\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", then=hang))
    exchange = target_at(served.url, timeout=TIMEOUT).send(MESSAGE)
    assert (reply_to(exchange).status, reply_to(exchange).header("location")) == (307, "/elsewhere")
    assert [one.target for one in served.received] == ["/participant/message"]


def test_a_compressed_body_stays_as_it_was_sent(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    reply = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
    exchange = target_at(endpoint(after_request(reply)).url, timeout=5).send(MESSAGE)
    assert reply_to(exchange).body == bomb


def test_odd_header_bytes_are_carried_as_they_came(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\nX-Odd: \xff\xfe\x01\r\nX-TWICE: 1\r\nx-other: 2\r\nX-TWICE: 3\r\nContent-Length: 0\r\n\r\n"
    )
    headers = reply_to(target_at(endpoint(after_request(reply)).url).send(MESSAGE)).headers
    assert ("X-Odd", "\xff\xfe\x01") in headers
    assert [pair for pair in headers if pair[0] == "X-TWICE"] == [("X-TWICE", "1"), ("X-TWICE", "3")]


def test_a_header_that_is_no_header_does_not_hide_the_status(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nno colon here\r\n\r\n"
    assert reply_to(target_at(endpoint(after_request(reply)).url).send(MESSAGE)).status == 200


def test_nobody_listens(target_at: MakeTarget) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        exchange = target_at(f"http://127.0.0.1:{held.getsockname()[1]}", timeout=TIMEOUT).send(MESSAGE)
    assert exchange.failure == "the connection was refused"


def test_a_host_without_an_address(target_at: MakeTarget) -> None:
    exchange = target_at("http://no-such-host.invalid").send(MESSAGE)
    assert exchange.failure == "the host name has no address"


def within_time(call: Callable[[], Exchange], limit: float = TIMEOUT) -> Exchange:
    """What `call` returns, if it took no more than `limit` seconds and a little."""
    began = time.monotonic()
    exchange = call()
    assert time.monotonic() - began < limit + 0.5
    return exchange
