"""The web socket client: what it reads and sends, where it goes, and that no endpoint can keep, flood or break it."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.endpoint.frames import Closing, frame_of
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import Settings, build_settings
from conformance.endpoint.sockets import FRAME_SIZE, FRAMES, KEPT_BYTES, Socket, open_socket
from tests.endpoint.raw_endpoint import OK, Peer, Script, StartEndpoint
from tests.endpoint.raw_sockets import CLOSE, PING, PONG, accept, chat, frame, receive

TIMEOUT = 0.4  # seconds
Open = Callable[..., Socket]


def settings(url: str = "http://127.0.0.1:1", **changes: Any) -> Settings:
    chosen = {"instance_id": "i", "contact_flow_id": "f", "timeout": TIMEOUT, **changes}
    return build_settings(url, **chosen)


@pytest.fixture
def open_to(endpoint: StartEndpoint) -> Iterator[Open]:
    """Opens a socket to an endpoint that follows a script."""
    made: list[Socket] = []

    def opening(script: Script, **changes: Any) -> Socket:
        served = endpoint(script)
        made.append(open_socket(settings(served.url, **changes), served.url.replace("http", "ws", 1) + "/s?token=t"))
        return made[-1]

    yield opening
    for one in made:
        one.close()


def pull_until(socket: Socket, count: int) -> None:
    deadline = time.monotonic() + 2
    while len(socket.frames) < count and time.monotonic() < deadline and socket.is_open:
        socket.pull(0.2)


def test_frames_are_read_with_their_topic_and_content(open_to: Open) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        peer.send(frame(b'{"topic":"aws/heartbeat"}') + chat({"Id": "1", "Content": "\U0001f600"}))
        peer.wait()

    socket = open_to(script)
    pull_until(socket, 2)
    assert [one.topic for one in socket.frames] == ["aws/heartbeat", "aws/chat"]
    assert socket.frames[1].item == {"Id": "1", "Content": "\U0001f600"}
    assert socket.frames[0].arrived <= socket.frames[1].arrived <= time.monotonic()


def test_texts_are_sent_and_protocol_pings_answered(open_to: Open) -> None:
    seen: list[tuple[int, bytes]] = []

    def script(peer: Peer) -> None:
        accept(peer)
        peer.send(frame(b"beat", PING))
        seen.extend([receive(peer), receive(peer)])
        peer.send(frame(b"{}"))
        peer.wait()

    socket = open_to(script)
    socket.pull(1)
    socket.send("h\u00e9")
    pull_until(socket, 1)
    assert seen == [(PONG, b"beat"), (1, "h\u00e9".encode())]


def test_a_message_in_fragments_is_one_frame(open_to: Open) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        for piece in (frame(b'{"to', fin=False), frame(b"", 0, fin=False), frame(b"", PING), frame(b'pic":"x"}', 0)):
            peer.send(piece)
        peer.wait()

    socket = open_to(script)
    pull_until(socket, 1)
    assert [one.topic for one in socket.frames] == ["x"]


@pytest.mark.parametrize(
    ("text", "topic", "item"),
    [
        ("", None, {}),
        ("[]", None, {}),
        ('{"topic":7}', None, {}),
        ("[" * 100_000, None, {}),
        ('{"topic":"aws/chat","content":"no json"}', "aws/chat", {}),
        ('{"topic":"aws/chat","content":"[1]"}', "aws/chat", {}),
        ('{"topic":"aws/chat","content":{"Id":"1"}}', "aws/chat", {"Id": "1"}),
        ('{"topic":"aws/subscribe","content":{"status":"success"}}', "aws/subscribe", {}),
    ],
)
def test_any_text_is_a_frame(text: str, topic: str | None, item: dict[str, str]) -> None:
    read = frame_of(text, 0.0)
    assert (read.topic, read.item) == (topic, item)


@pytest.mark.parametrize("data", [b"", struct.pack("!H", 1000) + b"over", struct.pack("!H", 4321)])
def test_how_the_endpoint_closed_is_known(open_to: Open, data: bytes) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        peer.send(frame(b"last") + frame(data, CLOSE))
        peer.wait()

    socket = open_to(script)
    pull_until(socket, 2)
    code = struct.unpack("!H", data[:2])[0] if data else 1005
    assert socket.closed == Closing(code, data[2:].decode())
    assert [one.text for one in socket.frames] == ["last"]
    assert (socket.is_open, socket.failure, socket.pull(9)) == (False, None, False)


def test_a_connection_that_ends_without_a_close_frame_is_told_apart(open_to: Open) -> None:
    socket = open_to(accept)
    pull_until(socket, 1)
    assert socket.closed == Closing(None)
    socket.send("nobody hears it")
    assert socket.failure is None


def replying(reply: bytes, *, waits: bool = False) -> Script:
    """Sends `reply` to the request that is to open a web socket, and keeps the connection open if it `waits`."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(reply)
        if waits:
            peer.wait()

    return script


MOVED = b"HTTP/1.1 302 X\r\nLocation: ws://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
OPENING: dict[str, tuple[Script, str]] = {
    "refused": (replying(OK.replace(b"200", b"403")), "it was refused with status 403"),
    "redirect": (replying(MOVED), "it was refused with status 302"),
    "no http": (replying(b"hello\r\n\r\n", waits=True), "the reply does not open a web socket"),
    "wrong key": (lambda p: accept(p, key="AAAA"), "the reply does not open a web socket"),
    "extension": (
        lambda p: accept(p, extra="Sec-WebSocket-Extensions: permessage-deflate\r\n"),
        "the reply does not open a web socket",
    ),
    "silence": (lambda p: p.wait(), "time-out: it was not open within 0.4 s"),
    "hang-up": (lambda p: p.request(), ""),
    "endless head": (lambda p: _drip(p, b"HTTP/1.1 101 X\r\n", b"A: b\r\n"), ""),
    "slow head": (lambda p: _drip(p, b"HTTP/1.1 101 X\r\n", b"A", pause=0.05), "time-out"),
    "endless body": (lambda p: _drip(p, b"HTTP/1.1 404 X\r\n\r\n", b"x" * 60_000), ""),
}


def _drip(peer: Peer, head: bytes, piece: bytes, pause: float = 0.0) -> None:
    peer.request()
    peer.send(head)
    while not peer.wait(pause):
        peer.send(piece)


@pytest.mark.parametrize("name", OPENING)
def test_what_does_not_open_says_why_and_in_time(open_to: Open, name: str) -> None:
    script, reason = OPENING[name]
    began = time.monotonic()
    socket = open_to(script)
    assert time.monotonic() - began < 3 * TIMEOUT
    assert socket.failure is not None
    assert socket.failure.startswith(reason)
    assert (socket.is_open, socket.frames) == (False, [])


def test_nobody_listening_is_a_failure_too(endpoint: StartEndpoint) -> None:
    gone = endpoint(accept)
    url = gone.url.replace("http", "ws", 1)
    gone.stop()
    assert (
        open_socket(settings(), url).failure == "the connection was refused; is it running, and is the URL its address?"
    )


FLOODS: dict[str, Callable[[], bytes]] = {
    "frames": lambda: frame(b"{}") * 1000,
    "bytes": lambda: frame(b"x" * (FRAME_SIZE // 2)),
    "huge frame": lambda: frame(b"x" * 10, size=FRAME_SIZE + 1),
    "claimed terabytes": lambda: frame(b"x", size=2**40),
    "endless fragments": lambda: frame(b"x" * 60_000, 1, fin=False) + frame(b"x" * 60_000, 0, fin=False) * 20,
    "very many values": lambda: frame(b'{"topic":"aws/chat","content":[' + b"[]," * 60_000 + b"0]}"),
    "masked": lambda: b"\x81\x81abcd1",
    "reserved bits": lambda: b"\xf1\x00",
    "unknown opcode": lambda: frame(b"", 11),
    "continuation of nothing": lambda: frame(b"", 0),
    "close with half a code": lambda: frame(b"\x03", CLOSE),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_or_a_broken_frame_ends_the_socket(open_to: Open, name: str) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        while not peer.wait(0):
            peer.send(FLOODS[name]())

    socket = open_to(script)
    began = time.monotonic()
    while socket.pull(0.5) and time.monotonic() - began < 5:
        pass
    assert socket.failure is not None
    assert len(socket.frames) <= FRAMES
    assert sum(len(one.text) for one in socket.frames) <= KEPT_BYTES


def test_a_pull_lasts_no_longer_than_it_is_given(open_to: Open) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        peer.send(frame(b"x" * 100)[:50])
        peer.wait()

    socket = open_to(script)
    began = time.monotonic()
    assert [socket.pull(0.05) for _ in range(4)] == [True] * 4
    assert time.monotonic() - began < 1
    assert socket.frames == []


def test_an_endpoint_that_reads_nothing_cannot_hold_a_sender(open_to: Open) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        peer.wait()

    socket = open_to(script)
    began = time.monotonic()
    for _ in range(100):
        socket.send("x" * FRAME_SIZE)
    assert time.monotonic() - began < 5
    assert socket.failure == "time-out: nothing could be sent within 0.4 s"


@pytest.mark.parametrize(
    "url", ["", "hello", "http://127.0.0.1:1/", "ws:///x", "ws://127.0.0.1:99999/", "ws://a@127.0.0.1/", "ws://[::1/"]
)
def test_what_is_no_web_socket_url_is_not_opened(url: str) -> None:
    failure = open_socket(settings(), url).failure
    assert failure is not None
    assert failure.startswith(f'it is no web socket URL: it begins with "{url[:16]}')


@pytest.mark.parametrize("url", ["wss://elsewhere.example/s?t=1", "ws://169.254.169.254/", "wss://x.amazonaws.com/"])
def test_a_url_that_leaves_the_endpoint_is_not_followed(url: str) -> None:
    with pytest.raises(SetupFailed, match="give --allow-host"):
        open_socket(settings("http://mock.example:8080"), url)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_all_names_of_this_machine_are_one_host(endpoint: StartEndpoint, name: str) -> None:
    served = endpoint(accept)
    url = served.url.replace("http", "ws", 1).replace("127.0.0.1", name)
    socket = open_socket(settings("http://localhost:1"), url)
    socket.close()
    assert socket.failure is None


def test_headers_of_the_run_go_to_the_endpoint_and_to_nobody_else(endpoint: StartEndpoint) -> None:
    own, other = endpoint(accept), endpoint(accept)
    given = {"headers": ("X-Key: secret",)}
    open_socket(settings(own.url, **given), own.url.replace("http", "ws", 1)).close()
    elsewhere = other.url.replace("http", "ws", 1)
    open_socket(settings("http://mock.example", allow_hosts=("127.0.0.1",), **given), elsewhere).close()
    assert [one.received[0].values("X-Key") for one in (own, other)] == [["secret"], []]


def test_a_socket_is_closed_with_a_close_frame_and_only_once(open_to: Open) -> None:
    seen: list[tuple[int, bytes]] = []
    done = threading.Event()

    def script(peer: Peer) -> None:
        accept(peer)
        seen.append(receive(peer))
        done.set()

    socket = open_to(script)
    socket.close()
    socket.close()
    assert done.wait(2)
    assert seen == [(CLOSE, struct.pack("!H", 1000))]
