"""Seeded faults of connecting to the web socket: which URLs open one, for how long, and how many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.reference.clock import SECOND
from conformance.reference.connections import create_participant_connection
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import item_of, meddle
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Participant, Send, Socket

CREATE = "CreateParticipantConnection"
# What cannot hold where no socket opens.
NO_SOCKET = (
    "StartChatContact.ClientToken.connection-information",
    "StartChatContact.ConnectionTypes.websocket-connects",
    "WebSocket.*",
    "*.again.works",
)


@fault("WebSocket.url.connects", may=NO_SOCKET)
def refuses_every_web_socket(service: ReferenceService) -> None:
    """No URL opens a web socket."""

    class Closed(Sockets):
        def open(self, token: str, send: Send) -> None:  # noqa: ARG002 - nobody is let in
            return None

    service.sockets = Closed(service.context)


@fault("WebSocket.url.connects", may=NO_SOCKET)
def connects_only_a_participants_first_url(service: ReferenceService) -> None:
    """A URL that was returned after another one of the participant opens nothing."""
    firsts: dict[str, str] = {}

    class First(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            connection = self._context.state.socket_tokens.get(token)
            first = connection and firsts.setdefault(connection.participant.id, token)
            return super().open(token, send) if first == token else None

    service.sockets = First(service.context)


def _with_url(service: ReferenceService, change: Callable[[str], str]) -> None:
    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            members["Websocket"]["Url"] = change(members["Websocket"]["Url"])
        return members

    service.handlers[CREATE] = connect


@fault("WebSocket.url.scheme", "Clients.connect.url-from-address")
def names_itself_localhost(service: ReferenceService) -> None:
    """The web socket URL says ws://localhost, which clients refuse."""
    _with_url(service, lambda url: url.replace("127.0.0.1", "localhost"))


@fault("WebSocket.url.altered-refused")
def looks_at_half_of_a_urls_secret(service: ReferenceService) -> None:
    """The endpoint does not compare the second half of a web socket URL's secret."""

    class Half(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            known = self._context.state.socket_tokens
            like = (other for other in known if token and other.startswith(token[: len(token) // 2]))
            return super().open(token if token in known else next(like, token), send)

    service.sockets = Half(service.context)


def _living(seconds: int) -> Seed:
    """Web socket URLs connect for `seconds`."""

    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            token, connection = next(reversed(context.state.socket_tokens.items()))
            context.state.socket_tokens[token] = replace(connection, expires_at=context.now() + seconds * SECOND)
        return members

    return lambda service: service.handlers.update({CREATE: connect})


_lasting = Rows(_living)


LASTING = (
    _lasting(
        "connects-urls-for-an-hour",
        "A URL connects until its ConnectionExpiry instead of for 100 seconds.",
        3600,
        "WebSocket.url.hundred-seconds",
    ),
    _lasting(
        "connects-urls-for-two-seconds-too-long",
        "A URL still connects 101 seconds after it was returned.",
        102,
        "WebSocket.url.hundred-seconds",
    ),
    _lasting(
        "connects-urls-for-ninety-seconds",
        "A URL connects for 90 seconds only.",
        90,
        "WebSocket.url.before-hundred-seconds",
    ),
)


@fault("WebSocket.url.open-socket-stays")
def goes_silent_when_the_url_expires(service: ReferenceService) -> None:
    """The endpoint pushes nothing to a socket once the time to connect its URL is over."""
    opened: dict[int, int] = {}

    def frames(socket: Socket, text: str) -> Iterable[str]:
        now = service.context.now()
        late = now - opened.setdefault(id(socket), now) > 100 * SECOND
        return [] if late and item_of(text) else [text]

    meddle(frames)(service)


@fault("WebSocket.url.renewal", may=("WebSocket.url.open-socket-stays",))
def returns_the_first_url_again(service: ReferenceService) -> None:
    """A further CreateParticipantConnection returns the URL of the first, although that has expired."""
    urls: dict[str, Members] = {}

    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            members["Websocket"] = urls.setdefault(call.participant.id, members["Websocket"])
        return members

    service.handlers[CREATE] = connect


@fault("WebSocket.url.after-end")
def opens_urls_of_ended_chats(service: ReferenceService) -> None:
    """A URL opens a web socket, and subscribes it, after its chat has ended."""

    class Open(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            connection = self._context.state.socket_tokens.get(token)
            if connection is not None and not connection.participant.present:
                return Socket(send, connection.participant)
            return super().open(token, send)

    service.sockets = Open(service.context)


@fault("WebSocket.sockets.five")
def allows_four_sockets(service: ReferenceService) -> None:
    """The endpoint refuses a participant's fifth web socket."""
    quota = service.context.quotas.open_sockets_of_a_participant

    class Four(Sockets):
        def _has_room(self, participant: Participant) -> bool:
            return len(participant.sockets) < quota - 1

    service.sockets = Four(service.context)
