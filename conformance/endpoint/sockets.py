"""Web sockets whose URLs an endpoint returned: opened, read and closed within bounds, whatever the peer does.

Everything runs in the caller's thread: bytes are read when frames are asked for, each read gets what is left of its
time, and a socket keeps no more than FRAMES frames of at most FRAME_SIZE bytes each. The websockets library provides
the protocol, without its input and output; it follows no redirect. Bytes travel the same way as all other traffic.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import certifi
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.frames import Frame as ProtocolFrame
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import WebSocketURI, parse_uri

from conformance.checks.diagnosis.cause import beginning
from conformance.checks.diagnosis.failures import cause_of_failure
from conformance.checks.diagnosis.sockets import cause_of_refused_upgrade
from conformance.contract.wire import MOST_VALUES, Headers, has_too_many_values
from conformance.endpoint.failures import sentence_of
from conformance.endpoint.frames import Closing, Frame, frame_of
from conformance.endpoint.hosts import is_own, require_followed
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.proxies import proxy_for
from conformance.endpoint.settings import Settings, SettingsError
from conformance.endpoint.tunnels import ProxyFailed, Route

FRAME_SIZE = 2**20  # bytes of one frame
FRAMES = 5_000  # that a socket keeps
KEPT_BYTES = 4 * 2**20  # that all kept frames of a socket may have
_READ_SIZE = 2**16  # bytes
_NO_CODE = 1005  # what the protocol calls a close frame without a code

_BROKEN = (OSError, EOFError, WebSocketException, ValueError)


@dataclass(slots=True)
class Socket:
    """One web socket. It never raises for what an endpoint does: `failure` says why it could not be opened or used.

    `frames` are all text frames so far, `received` is how many bytes came; `closed` says how the endpoint ended it.
    `timeout` bounds each write, in seconds. Not thread-safe.
    """

    timeout: float
    frames: list[Frame] = field(default_factory=list)
    received: int = 0
    failure: str | None = None
    closed: Closing | None = None
    status: int | None = None
    _wire: socket.socket | None = field(default=None, repr=False)
    _protocol: ClientProtocol | None = field(default=None, repr=False)
    _parts: list[bytes] = field(default_factory=list, repr=False)
    _kept: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the socket was opened and neither side has closed it."""
        return self._wire is not None and self.failure is None and self.closed is None

    def open(self, uri: WebSocketURI, way: Route, tls: ssl.SSLContext | None, headers: Headers) -> None:
        """Connect and shake hands within the time-out, all together; `headers` go out with the protocol's own.

        Raises ProxyFailed where a proxy on the way brings no connection about: that is nothing of the endpoint's.
        """
        deadline = time.monotonic() + self.timeout
        try:
            self._connect(uri, way, tls, deadline)
            self._shake_hands(uri, headers, deadline)
        except ProxyFailed:
            raise
        except _BROKEN as broken:
            self._fail(_opening_failure(broken, self.timeout))

    def _connect(self, uri: WebSocketURI, way: Route, tls: ssl.SSLContext | None, deadline: float) -> None:
        self._wire = way.connect(lambda: _remaining(deadline))
        if tls is not None:
            self._wire = tls.wrap_socket(self._wire, server_hostname=uri.host, do_handshake_on_connect=False)
            self._wire.settimeout(_remaining(deadline))
            self._wire.do_handshake()

    def _shake_hands(self, uri: WebSocketURI, headers: Headers, deadline: float) -> None:
        self._protocol = protocol = ClientProtocol(uri, max_size=FRAME_SIZE)
        request = protocol.connect()
        for name, value in headers:
            request.headers[name] = value
        protocol.send_request(request)
        self._flush()
        while protocol.state is State.CONNECTING and protocol.handshake_exc is None:
            if not self._read(_remaining(deadline)) and protocol.handshake_exc is None:
                raise EOFError
        if protocol.handshake_exc is not None:
            raise protocol.handshake_exc

    def send(self, text: str) -> None:
        """Send a text frame; on a socket that is not open nothing happens."""
        if not self.is_open or self._protocol is None:
            return
        try:
            self._protocol.send_text(text.encode("utf-8", "surrogatepass"))
            self._flush()
        except _BROKEN as broken:
            self._end(broken)

    def pull(self, seconds: float) -> bool:
        """Wait up to `seconds` for something to arrive. Whether anything may still come: False once it is over."""
        if not self.is_open:
            return False
        with suppress(TimeoutError):
            try:
                self._read(max(seconds, 0.0))
            except TimeoutError:
                raise
            except _BROKEN as broken:
                self._end(broken)
        return self.is_open

    def close(self) -> None:
        """Say goodbye and hang up without waiting for an answer."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        with suppress(*_BROKEN):
            if self._protocol is not None and self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
                for data in self._protocol.data_to_send():
                    wire.sendall(data)
        wire.close()

    def _read(self, seconds: float) -> bool:
        """One read of the bytes that are there or arrive within `seconds`. False at the end. Raises TimeoutError."""
        wire, protocol = self._wire, self._protocol
        if wire is None or protocol is None:
            return False
        wire.settimeout(seconds or 0.0001)  # zero would mean not to wait for a TLS record's rest either
        data = wire.recv(_READ_SIZE)
        arrived = time.monotonic()
        self.received += len(data)
        if data:
            protocol.receive_data(data)
        else:
            protocol.receive_eof()
        for event in protocol.events_received():
            self._take(event, arrived)
        self._flush()
        self._note_end(at_end=not data)
        return bool(data)

    def _take(self, event: object, arrived: float) -> None:
        if isinstance(event, Response):
            self.status = event.status_code
        elif isinstance(event, ProtocolFrame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._parts.extend([bytes(event.data)] if event.data else [])
            if event.fin:
                self._keep(b"".join(self._parts), arrived)

    def _keep(self, data: bytes, arrived: float) -> None:
        self._parts.clear()
        self._kept += len(data)
        if len(self.frames) >= FRAMES or self._kept > KEPT_BYTES:
            self._fail(f"more than {FRAMES} frames or {KEPT_BYTES} bytes came")
        elif has_too_many_values(data):
            self._fail(f"a frame holds more than {MOST_VALUES} JSON values")
        else:
            self.frames.append(frame_of(data.decode("utf-8", "backslashreplace"), arrived))

    def _note_end(self, *, at_end: bool) -> None:
        protocol = self._protocol
        if protocol is None or self.closed is not None or self.failure is not None:
            return
        if protocol.close_rcvd is not None:
            self.closed = Closing(protocol.close_rcvd.code or _NO_CODE, protocol.close_rcvd.reason)
        elif protocol.parser_exc is not None and not at_end:
            self._fail(f"a frame breaks the protocol ({type(protocol.parser_exc).__name__})")
        elif at_end and protocol.state is not State.CONNECTING:
            self.closed = Closing(None)

    def _flush(self) -> None:
        wire, protocol = self._wire, self._protocol
        if wire is None or protocol is None:
            return
        wire.settimeout(self.timeout)
        for data in protocol.data_to_send():
            if data:
                wire.sendall(data)

    def _end(self, broken: BaseException) -> None:
        """The connection broke: what the endpoint did says more than how the network puts it."""
        if isinstance(broken, TimeoutError):
            self._fail(f"time-out: nothing could be sent within {self.timeout:g} s")
        elif self.closed is None:
            self.closed = Closing(None)

    def _fail(self, reason: str) -> None:
        self.failure = self.failure or reason
        self.close()


def open_socket(settings: Settings, url: str, admit: Callable[[], None] = lambda: None) -> Socket:
    """The web socket behind `url`, opened or with the failure that kept it from that.

    `admit` is called before it is asked for, and may raise. Raises SetupFailed for a host that the run may not follow,
    and where a proxy on the way keeps it from being open.
    """
    opened = Socket(settings.timeout)
    try:
        uri = parse_uri(url)
    except (WebSocketException, ValueError, TypeError):
        opened.failure = f"it is no web socket URL: it begins with {beginning(url)}"
        return opened
    require_followed(settings, uri.host, "a web socket URL")
    admit()
    headers = settings.headers if is_own(settings, uri.host) else ()
    try:
        way = Route(uri.host, uri.port, proxy_for(url))
        opened.open(uri, way, _tls(settings) if uri.secure else None, headers)
    except (ProxyFailed, SettingsError) as not_passed:
        raise SetupFailed(f"the web socket cannot be opened: {not_passed}") from not_passed
    return opened


def _tls(settings: Settings) -> ssl.SSLContext:
    """What the run trusts, for web sockets as for requests: not what SSL_CERT_FILE of the environment names."""
    bundle = settings.ca_bundle or certifi.where()
    folder = Path(bundle).is_dir()
    return ssl.create_default_context(cafile=None if folder else bundle, capath=bundle if folder else None)


def _remaining(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _opening_failure(broken: BaseException, timeout: float) -> str:
    if isinstance(broken, TimeoutError):
        return f"time-out: it was not open within {timeout:g} s"
    if isinstance(broken, InvalidStatus):
        return str(cause_of_refused_upgrade(broken.response.status_code))
    if isinstance(broken, EOFError):
        return "the connection was closed before it was open"
    if isinstance(broken, WebSocketException):
        return f"the reply does not open a web socket ({type(broken).__name__})"
    return str(cause_of_failure(sentence_of(broken), "the URL"))
