"""The reference endpoint in the suite's own process: the same calls without a network, several times as fast.

What stands above the network is the suite's own: signing, budget, patience, judgement. What stands below it is left
out: HTTP framing, kept connections, time-outs. Variants that show there are judged over a real network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from urllib.parse import parse_qs, urlsplit

from conformance.checks.diagnosis.failures import Failure
from conformance.contract.wire import WEB_SOCKET, Headers, Request, Response
from conformance.endpoint.connections import Attempt
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.failures import NOT_CARRIED, can_be_carried
from conformance.endpoint.frames import Closing, frame_of
from conformance.endpoint.hosts import host_of, require_followed
from conformance.endpoint.settings import Settings
from conformance.endpoint.sockets import Socket
from conformance.endpoint.transfers import Transfers
from conformance.endpoint.transport import Address, Transport
from conformance.reference.composition import compose
from conformance.reference.connections import SOCKET_PATH
from conformance.reference.errors import HangUp
from conformance.reference.serving import ReplaceableService, announcement
from conformance.reference.state import Ending
from conformance.reference.state import Socket as Opened

ORIGIN = "http://127.0.0.1:1"  # nothing listens there
CRASHED = Response(500, (("content-type", "text/plain; charset=utf-8"),), b"Internal Server Error")
_NAP = 0.002  # seconds that a wait for a frame takes: what comes has come already


@dataclass(slots=True)
class Direct:
    """The reference endpoint, and the one way into it: one call at a time, as its server has it."""

    facts: Mapping[str, str] = field(default_factory=lambda: announcement(ORIGIN))
    replaceable: ReplaceableService = field(default_factory=lambda: ReplaceableService(ORIGIN))
    lock: RLock = field(default_factory=RLock)

    def reconfigure(self, faults: Iterable[str] = (), variants: Iterable[str] = ()) -> None:
        """Start afresh with these seeded faults and in these lawful variants. Raises LookupError for a wrong name."""
        self.replaceable.replace(*compose(faults, variants))

    def advance(self, seconds: int) -> None:
        """Move the endpoint's clock forward."""
        self.replaceable.service.advance(seconds)

    def answer(self, method: str, path: str, headers: Headers, body: bytes) -> Response:
        """The reply to a request as it would arrive: header names in small letters. An exception is a 500.

        Raises HangUp where the connection is closed in its place.
        """
        arrived = tuple((name.lower(), value) for name, value in headers)
        try:
            with self.lock:
                response = self.replaceable.handle(Request("", method, path, arrived, body))
        except HangUp:
            raise
        except Exception:  # noqa: BLE001 - whatever a fault does, a server makes it a 500
            response = CRASHED
        length = ("content-length", str(len(response.body)))
        return Response(response.status, (*response.headers, length), response.body)

    def close(self) -> None:
        """Nothing to end: everything runs in the caller's thread."""


class DirectTransport(Transport):
    """Carries requests into a `Direct`."""

    def __init__(self, direct: Direct) -> None:
        super().__init__(timeout=1)
        self._direct = direct

    def carry(
        self,
        attempt: Attempt,
        address: Address,  # noqa: ARG002 - there is only one
        method: str,
        headers: Headers,
        body: bytes,
    ) -> tuple[Response | None, str | None]:
        """The reply, or that it was lost on purpose, or that the connection was closed in its place."""
        if not can_be_carried(headers):
            attempt.not_carried = True
            return None, NOT_CARRIED
        attempt.opened = attempt.reached = True
        try:
            response = self._direct.answer(method, attempt.target, headers, body)
        except HangUp:
            return None, Failure.CLOSED
        if attempt.hang_up is not None:
            attempt.hung_up = True
            return None, f"hung up on purpose, {attempt.hang_up.value}"
        return response, None


class DirectTransfers(Transfers):
    """Puts and fetches files in a `Direct`."""

    def __init__(self, settings: Settings, direct: Direct, admit: Callable[[], None] = lambda: None) -> None:
        """`admit` is called before each request, and may raise."""
        super().__init__(settings, admit)
        self._own, self._direct = settings, direct

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """What `url` answers. Raises SetupFailed for a URL that leaves the endpoint."""
        require_followed(self._own, host_of(url), "a signed URL")
        self._admit()
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self._direct.answer(method, path, tuple(headers.items()), content)


@dataclass(slots=True)
class DirectSocket(Socket):
    """A web socket into a `Direct`: what the service sends is there at once."""

    direct: Direct | None = None
    _opened: Opened | None = None
    _arrived: list[str | Ending | None] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it was opened and neither side has ended it."""
        return self._opened is not None and self.closed is None

    def enter(self, direct: Direct, token: str) -> None:
        """Open the socket that `token` stands for, or fail as a server refuses it."""
        self.direct = direct
        with direct.lock:
            self._opened = direct.replaceable.sockets().open(token, self._arrived.append)
        if self._opened is None:
            self.status, self.failure = 403, "it was refused with status 403"
        else:
            self.status = 101

    def send(self, text: str) -> None:
        """Send a text frame; on a socket that is not open nothing happens."""
        if self.is_open and self.direct is not None and self._opened is not None:
            with self.direct.lock:
                self.direct.replaceable.sockets().receive(self._opened, text)

    def pull(self, seconds: float) -> bool:
        """Take in what has arrived. Whether anything may still come: False once it is over."""
        if not self._arrived:
            time.sleep(min(max(seconds, 0.0), _NAP))
        while self._arrived and self.closed is None:
            sent = self._arrived.pop(0)
            if isinstance(sent, str):
                self.frames.append(frame_of(sent, time.monotonic()))
            else:
                ending = sent or Ending()
                self.closed = Closing(ending.code, ending.reason)
        return self.is_open

    def close(self) -> None:
        """Hang up."""
        opened, self._opened = self._opened, None
        if opened is not None and self.direct is not None:
            with self.direct.lock:
                self.direct.replaceable.sockets().close(opened)


@dataclass(slots=True)
class DirectEndpoint(Endpoint):
    """The endpoint under test as a scenario sees it, in this process."""

    direct: Direct = field(default_factory=Direct)

    def open_socket(self, url: str) -> Socket:
        """Open a web socket that the endpoint handed out. Raises SetupFailed for a host that may not be followed."""
        opened = DirectSocket(self.target.settings.timeout)
        require_followed(self.target.settings, host_of(url), "a web socket URL")
        self.target.budget.spend(WEB_SOCKET)
        parts = urlsplit(url)
        token = parse_qs(parts.query).get("token", [""])[0]
        opened.enter(self.direct, token if parts.path == SOCKET_PATH else "")
        return opened
