"""Connections that limit the time and the bytes of an attempt, and send its target unchanged.

urllib3 and http.client bound each read, but not a reply: a drip of bytes, endless headers or a flood of interim
replies would keep a call for ever. Here every read and write gets what is left of the attempt's time, and a reply
ends where its bytes are spent. The classes reach http.client through the hooks that requests and urllib3 leave
open: pool and connection classes, `is_connected`, `response_class`.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from conformance.contract.wire import BODY_LIMIT
from conformance.endpoint.proxies import Proxy
from conformance.endpoint.tunnels import PROXY_AUTHENTICATION, Route, TunnelRefused, reach

_HEAD_LIMIT = 2**20  # bytes that status lines, headers, interim replies and chunk frames may take in addition
_SEND_SIZE = 2**18  # bytes; a TLS socket bounds each write, not all of them together


class HangUp(Enum):
    """When to close the connection on purpose."""

    BEFORE_REPLY = "as soon as the request was sent"
    DURING_REPLY = "when the first byte of the reply had come"


class HeadBrokenOff(http.client.HTTPException):
    """The bytes of a reply ended before its head did."""


class HungUp(ConnectionAbortedError):
    """The connection was closed on purpose."""


@dataclass(slots=True)
class Attempt:
    """What happens to one request on its way. `began` and `deadline` are seconds of the monotonic clock.

    `body_limit` is how many bytes of a body are read. `fresh` refuses a kept connection. `opened` says that a
    connection was made for this attempt, `reached` that there was one at all, `received` counts bytes of replies, `cut`
    that time or bytes ran out while reading, `ended` that there are no more bytes, `hung_up` that the connection was
    closed on purpose, `not_carried` that HTTP cannot say what was to be sent, so that nothing was. `proxy` is what it
    goes through; where that opens no tunnel to a port of plain HTTP, `refused` is its answer, and the request is handed
    to it to forward.
    """

    target: str
    origin: str
    began: float
    deadline: float
    body_limit: int = BODY_LIMIT
    fresh: bool = False
    hang_up: HangUp | None = None
    opened: bool = False
    reached: bool = False
    received: int = 0
    cut: bool = False
    ended: bool = False
    hung_up: bool = False
    not_carried: bool = False
    proxy: Proxy | None = None
    refused: TunnelRefused | None = None

    @property
    def elapsed(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self.began

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self.deadline

    @property
    def stale(self) -> bool:
        """Whether it met a kept connection on which nothing of a reply came: the other side may have left before."""
        return self.reached and not (self.opened or self.received or self.expired or self.not_carried)

    def remaining(self) -> float:
        """The seconds that are left. Raises TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time of the exchange is over")
        return left


class _Current(threading.local):
    attempt: Attempt


_current = _Current()


@contextmanager
def carrying(attempt: Attempt) -> Iterator[None]:
    """What this thread sends inside belongs to `attempt`."""
    _current.attempt = attempt
    try:
        yield
    finally:
        del _current.attempt


class _Source(io.RawIOBase):
    """The bytes of a reply, as long as time and bytes last; then the end of the file."""

    def __init__(self, sock: socket.socket, attempt: Attempt) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._attempt = attempt

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        attempt = self._attempt
        left = attempt.deadline - time.monotonic()
        if left <= 0 or attempt.received > attempt.body_limit + _HEAD_LIMIT:
            attempt.cut = attempt.ended = True
            return 0
        self._sock.settimeout(left)
        try:
            count = self._raw.readinto(buffer) or 0
        except TimeoutError:
            attempt.cut = attempt.ended = True
            return 0
        attempt.received += count
        attempt.ended = not count
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _SourceOnly:
    """Stands in for a socket where http.client only wants to read from it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Source(self._sock, _current.attempt))


class _Reply(http.client.HTTPResponse):
    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(_SourceOnly(sock), debuglevel, method, url)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Reads up to the body of the final reply; http.client itself skips no interim reply but 100.

        It also takes the end of the bytes for the end of the head, which only an empty line is.
        """
        super().begin()
        while http.client.SWITCHING_PROTOCOLS < self.status < http.client.OK:
            self.headers = None  # type: ignore[assignment]
            super().begin()
        if _current.attempt.ended:
            raise HeadBrokenOff
        if self.status == http.client.SWITCHING_PROTOCOLS:
            self.will_close = True


def _acknowledge_at_once(sock: Any) -> None:
    """Have the first packet of the reply acknowledged as it comes, where the system can (Linux).

    A server that sends head and body apart, as those made with http.server do, waits with the body for that, and an
    acknowledgement that no request carries is put off by 40 ms. The system forgets this with each request.
    """
    if hasattr(socket, "TCP_QUICKACK") and hasattr(sock, "setsockopt"):
        with suppress(OSError):  # what the connection came to is seen when the reply is read
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class _Connection(HTTPConnection):
    response_class = _Reply
    _gathered: bytearray | None = None
    _refusal: TunnelRefused | None = None

    @property
    def is_connected(self) -> bool:
        return not _current.attempt.fresh and super().is_connected

    def connect(self) -> None:
        attempt = _current.attempt
        self.timeout = attempt.remaining()
        super().connect()
        attempt.opened = attempt.reached = True

    def _new_conn(self) -> socket.socket:
        attempt = _current.attempt
        if attempt.proxy is None:
            return super()._new_conn()
        self._refusal = attempt.refused
        if self._refusal is None:
            try:
                return Route(self.host, self.port, attempt.proxy).connect(attempt.remaining)
            except TunnelRefused as refused:
                if refused.reply.status == PROXY_AUTHENTICATION or isinstance(self, HTTPSConnection):
                    raise
                self._refusal = refused
        return reach(attempt.proxy, attempt.remaining)

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        """Sends the target unchanged; `url` was normalised on its way here."""
        attempt = _current.attempt
        attempt.reached = attempt.reached or self.sock is not None
        if self.sock is None:
            self.connect()
        url, headers = self._target_and_headers(attempt, headers)
        self._gathered = bytearray()
        try:
            super().request(method, url, body, headers, **options)
            whole, self._gathered = bytes(self._gathered), None
            self.send(whole)
            _acknowledge_at_once(self.sock)
        except (ValueError, http.client.InvalidURL):
            attempt.not_carried = True
            raise
        finally:
            self._gathered = None

    def _target_and_headers(self, attempt: Attempt, headers: Any) -> tuple[str, Any]:
        """The target and the headers; a proxy that forwards is given the whole address and its own credentials."""
        attempt.refused = self._refusal
        if self._refusal is None:
            return attempt.target, headers
        if attempt.proxy is not None and attempt.proxy.authorization:
            headers = headers.copy()
            headers.update({"Proxy-Authorization": attempt.proxy.authorization})
        return attempt.origin + attempt.target, headers

    def send(self, data: Any) -> None:
        """Gathers what a request consists of, so that head and body leave together."""
        if self._gathered is not None:
            self._gathered += data
            return
        if self.sock is None:
            self.connect()
        for start in range(0, len(data), _SEND_SIZE):
            self.sock.settimeout(_current.attempt.remaining())
            super().send(data[start : start + _SEND_SIZE])

    def getresponse(self) -> Any:
        attempt = _current.attempt
        if attempt.hang_up is HangUp.DURING_REPLY:
            self.sock.settimeout(attempt.remaining())
            attempt.received = len(self.sock.recv(1))
            if not attempt.received:
                raise http.client.RemoteDisconnected("closed before a reply")
        if attempt.hang_up is not None:
            attempt.hung_up = True
            raise HungUp(attempt.hang_up.value)
        return super().getresponse()


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class BoundedPool(HTTPConnectionPool):
    """Connections in the clear."""

    ConnectionCls = _Connection


class BoundedTlsPool(HTTPSConnectionPool):
    """Connections over TLS."""

    ConnectionCls = _TlsConnection
