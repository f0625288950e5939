"""Proxies on raw sockets: they open tunnels, forward or refuse; every host that they are asked for is on loopback."""

from __future__ import annotations

import select
import socket
from contextlib import suppress

from tests.endpoint.raw_endpoint import Peer, Received, Script

FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nServer: guard\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<b>no</b>"
WANTS_USER = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"


def tunnelling(port: int, *, user: str | None = None) -> Script:
    """Opens a tunnel to `port` whatever host is asked for; `user` is the Proxy-Authorization that it wants."""

    def script(peer: Peer) -> None:
        asked = peer.request()
        while asked is not None and not _may_pass(asked, user):
            peer.send(WANTS_USER)
            asked = peer.request()
        if asked is None or not asked.line.startswith("CONNECT "):
            peer.send(FORBIDDEN)
            return
        with socket.create_connection(("127.0.0.1", port)) as other:
            peer.send(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 x\r\n\r\n")
            _pump(peer, other)

    return script


def _may_pass(asked: Received, user: str | None) -> bool:
    return user is None or asked.values("proxy-authorization") == [user]


def _pump(peer: Peer, other: socket.socket) -> None:
    ends = {peer.socket: other, other: peer.socket}
    while not peer.wait(0):
        for ready in select.select(list(ends), [], [], 0.2)[0]:
            with suppress(OSError):
                data = ready.recv(2**16)
            if not data:
                return
            ends[ready].sendall(data)


def forwarding(port: int, *, refusal: bytes = FORBIDDEN) -> Script:
    """Forwards plain HTTP to `port` and opens no tunnel."""

    def script(peer: Peer) -> None:
        while (asked := peer.request()) is not None:
            peer.send(refusal if asked.line.startswith("CONNECT ") else _forward(asked, port))

    return script


def _forward(asked: Received, port: int) -> bytes:
    method, url, version = asked.line.split(" ")
    path = "/" + url.split("/", 3)[3]
    lines = [f"{method} {path} {version}", *(f"{n}: {v}" for n, v in asked.headers if n.lower() != "connection")]
    with socket.create_connection(("127.0.0.1", port)) as other:
        other.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + asked.body)
        return _whole_reply(other)


def _whole_reply(source: socket.socket) -> bytes:
    """A reply with a Content-Length."""
    answer = b""
    while b"\r\n\r\n" not in answer and (piece := source.recv(2**16)):
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    size = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
    while len(body) < size and (piece := source.recv(2**16)):
        body += piece
    return head + b"\r\n\r\n" + body


def answering_all(reply: bytes) -> Script:
    """Answers everything alike, CONNECT as well."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(reply)

    return script
