"""Tiny endpoints on raw sockets that do exactly what a test tells them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from conformance.contract.model import operation
from conformance.contract.wire import to_request
from conformance.endpoint.client import HttpTarget

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


MESSAGE = to_request(
    operation("SendMessage"), {"ConnectionToken": "token", "ContentType": "text/plain", "Content": "Hello"}
)
START = to_request(operation("StartChatContact"), {"InstanceId": "i", "ContactFlowId": "f"})

StartEndpoint = Callable[..., "Endpoint"]
MakeTarget = Callable[..., HttpTarget]


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def target(self) -> str:
        """What was asked for, as it stands in the request line."""
        return self.line.split(" ")[1]

    def values(self, name: str) -> list[str]:
        """The values of the header `name`, one for each time that it occurs."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Peer:
    """One accepted connection. `number` counts the connections of the endpoint from 1."""

    socket: socket.socket
    number: int
    endpoint: Endpoint

    def request(self) -> Received | None:
        """The next request, or None when the other side has closed. Its body must have a Content-Length."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                return None
            head += byte
        line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers = tuple((name, value.strip()) for name, _, value in (text.partition(":") for text in fields))
        received = Received(line, headers, b"")
        body = self._read(int((received.values("content-length") or ["0"])[0]))
        received = Received(line, headers, body)
        self.endpoint.received.append(received)
        return received

    def _read(self, size: int) -> bytes:
        body = b""
        while len(body) < size:
            piece = self.socket.recv(size - len(body))
            if not piece:
                break
            body += piece
        return body

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self.socket.sendall(data)

    def wait(self, seconds: float = 30) -> bool:
        """Wait, at most until the test is over; says whether it is."""
        return self.endpoint.over.wait(seconds)


Script = Callable[[Peer], object]


@dataclass
class Endpoint:
    """Listens on loopback and gives each connection to `script` in a thread of its own."""

    script: Script
    received: list[Received] = field(default_factory=list)
    peers: list[socket.socket] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    base: str = ""

    def start(self) -> None:
        """Listen on a free port."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Its address, with the base path."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}{self.base}"

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.peers.append(accepted)
            peer = Peer(accepted, len(self.peers), self)
            thread = threading.Thread(target=self._play, args=(peer,))
            self._threads.append(thread)
            thread.start()

    def _play(self, peer: Peer) -> None:
        with suppress(OSError), peer.socket:
            self.script(peer)

    def stop(self) -> None:
        """Close every connection and wait for the scripts."""
        self.over.set()
        for open_socket in (self._listener, *self.peers):
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
        for thread in self._threads:
            thread.join(10)


def answering(*replies: bytes) -> Script:
    """A script that answers with `replies` in turn over all connections, the last one for ever."""
    left = list(replies)

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(left.pop(0) if len(left) > 1 else left[0])

    return script
