"""The judge's side: an application in another process, asked by messages instead of over a network.

Above the network everything is the suite's own: signing, budgets, time-outs, judgement. Left out below it are HTTP
framing and kept connections, so whatever shows only there is not judged.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import ClassVar
from urllib.parse import urlsplit

from conformance.application.line import Line
from conformance.application.messages import CLOSE, FRAME, LOST, OPEN, OPENED, REQUEST, Message
from conformance.checks.diagnosis.failures import Failure
from conformance.checks.diagnosis.sockets import cause_of_refused_upgrade
from conformance.contract.wire import BODY_LIMIT, WEB_SOCKET, Headers, Response
from conformance.endpoint.budget import BudgetSpent
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.clocks import Clock
from conformance.endpoint.connections import Attempt
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.failures import NOT_CARRIED, can_be_carried
from conformance.endpoint.frames import Closing, frame_of
from conformance.endpoint.hosts import host_of, require_followed
from conformance.endpoint.network import Network
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import Settings
from conformance.endpoint.sockets import Socket
from conformance.endpoint.transfers import FILE_LIMIT, Transfers
from conformance.endpoint.transport import Address, Transport

_ACCEPTED = 101
_SCHEMES = {"ws": "http", "wss": "https"}


class ApplicationTransport(Transport):
    """Carries requests over a `Line`. Thread-safe."""

    def __init__(self, line: Line, timeout: float, body_limit: int = BODY_LIMIT) -> None:
        super().__init__(timeout=timeout, body_limit=body_limit)
        self._line = line

    def carry(
        self, attempt: Attempt, address: Address, method: str, headers: Headers, body: bytes
    ) -> tuple[Response | None, str | None]:
        """The reply of the application, or why there is none."""
        if not can_be_carried(headers):
            attempt.not_carried = True
            return None, NOT_CARRIED
        attempt.opened = attempt.reached = True
        fields = {"method": method, "origin": address.origin, "target": attempt.target, "headers": headers}
        try:
            message = self._line.ask(REQUEST, fields, body, max(attempt.deadline - time.monotonic(), 0.0))
        except TimeoutError:
            return None, f"{Failure.NO_REPLY} within {self._timeout:g} s"
        if attempt.hang_up is not None:
            attempt.hung_up = True
            return None, f"hung up on purpose, {attempt.hang_up.value}"
        if message.kind == LOST:
            return None, Failure.CLOSED.value
        return self._reply(message, attempt), None

    def _reply(self, message: Message, attempt: Attempt) -> Response:
        headers = tuple((name, value) for name, value in message.fields["headers"])
        attempt.cut = len(message.body) > attempt.body_limit
        return Response(message.fields["status"], headers, message.body[: attempt.body_limit], attempt.cut)


@dataclass(slots=True)
class ApplicationSocket(Socket):
    """A web socket of the application; `number` is its own on the `line`."""

    line: Line | None = None
    number: int = 0
    _arrived: SimpleQueue[Message] = field(default_factory=SimpleQueue)

    @property
    def is_open(self) -> bool:
        """Whether it was opened and neither side has ended it."""
        return self.status == _ACCEPTED and self.failure is None and self.closed is None and self.line is not None

    def enter(self, line: Line, origin: str, target: str, headers: Headers) -> None:
        """Ask the application to accept the socket, within the time-out."""
        self.line = line
        self.number, self._arrived = line.subscribe()
        fields = {"method": "GET", "origin": origin, "target": target, "headers": headers}
        line.say(Message(OPEN, self.number, fields))
        try:
            message = self._arrived.get(timeout=self.timeout)
        except Empty:
            self.failure = f"time-out: it was not open within {self.timeout:g} s"
            return
        self.status, self.failure = message.fields.get("status"), message.fields.get("failure")
        if message.kind != OPENED or (self.status != _ACCEPTED and self.failure is None):
            self.failure = str(cause_of_refused_upgrade(self.status or 0))

    def send(self, text: str) -> None:
        """Send a text frame; on a socket that is not open nothing happens."""
        if self.is_open and self.line is not None:
            self.line.say(Message(FRAME, self.number, body=text.encode("utf-8", "surrogatepass")))

    def pull(self, seconds: float) -> bool:
        """Wait up to `seconds` for something to arrive. Whether anything may still come: False once it is over."""
        wait = max(seconds, 0.0)
        try:
            while self.is_open:
                self._learn(self._arrived.get(timeout=wait) if wait else self._arrived.get_nowait())
                wait = 0.0
        except Empty:
            pass
        return self.is_open

    def _learn(self, message: Message) -> None:
        if message.kind == FRAME:
            self.frames.append(frame_of(message.body.decode("utf-8", "backslashreplace"), time.monotonic()))
        else:
            self.closed = Closing(message.fields.get("code"), message.fields.get("reason", ""))

    def close(self) -> None:
        """Hang up."""
        line, self.line = self.line, None
        if line is not None:
            line.say(Message(CLOSE, self.number))
            line.unsubscribe(self.number)


@dataclass(slots=True)
class ApplicationEndpoint(Endpoint):
    """The endpoint as a scenario sees it: its web sockets lead into the application too."""

    line: Line | None = None

    def open_socket(self, url: str) -> Socket:
        """Open a web socket that the application handed out. Raises SetupFailed for a host that is not its own."""
        settings = self.target.settings
        opened = ApplicationSocket(settings.timeout)
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or self.line is None:
            opened.failure = "it is no web socket URL"
            return opened
        require_followed(settings, host_of(url), "a web socket URL")
        try:
            self.target.budget.spend(WEB_SOCKET)
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = (("Host", parts.netloc), *_UPGRADE, *settings.headers)
        opened.enter(self.line, f"{_SCHEMES[parts.scheme]}://{parts.netloc}", target, headers)
        return opened


_UPGRADE = (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"))


class ApplicationNetwork(Network):
    """Everything goes to the application at the other end of `line`, whatever host a URL of its own names."""

    is_real: ClassVar[bool] = False
    left_out: ClassVar[str | None] = (
        "The application was called within the caller's process: TLS, HTTP framing and kept connections were not"
        " judged, and the scripts of the report were not tried."
    )

    def __init__(self, line: Line, clock: Clock | None) -> None:
        self._line, self.clock = line, clock

    def transport(self, settings: Settings) -> Transport:
        """What carries the requests of operations."""
        return ApplicationTransport(self._line, settings.timeout)

    def transfers(self, settings: Settings, admit: Callable[[], None]) -> Transfers:
        """What puts and fetches files."""
        return Transfers(settings, admit, ApplicationTransport(self._line, settings.timeout, FILE_LIMIT))

    def endpoint(self, target: HttpTarget, transfers: Transfers, clock: Clock | None) -> Endpoint:
        """The endpoint as scenarios see it."""
        return ApplicationEndpoint(target, transfers, clock, self._line)
