"""One participant of a chat as the endpoint knows it: its identifiers, its token and its connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

from conformance.checks.diagnosis.bodies import lacking, not_an_object, text_in
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.preconditions import SetupFailed, usable_reply

Found = TypeVar("Found")
CONNECTION_TOKEN = ("ConnectionCredentials", "ConnectionToken")


class ChatCalls(Protocol):
    """How the calls about a chat are made. A scenario keeps each as evidence, a verification does not."""

    @property
    def joins(self) -> bool:
        """Whether a chat begins only with its customer's first web socket."""

    def send(self, request: Request) -> Exchange:
        """Make one call of an operation. Raises SetupFailed when the run may send no more."""

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned. Raises SetupFailed when the call is not allowed or fails."""

    def join(self, connected: Mapping[str, Any]) -> None:
        """Where a chat begins with that, open and close the web socket of a CreateParticipantConnection reply."""

    def option(self, name: str) -> str:
        """What the run's option gives for `name` (instance_id, view_token, ...). Raises MissingOption without it."""

    def until(self, look: Callable[[], Found | None]) -> Found | None:
        """The result of `look`, called until it is not None or the time for such a wait is over."""

    def settle(self, look: Callable[[], bool | None], since: float) -> None:
        """Wait until no replica of the endpoint lacks what `look` has seen, which was sent at `since`."""

    def new_chat(self) -> ChatMember[Any]:
        """The customer of a new plain chat, which stays open. Raises SetupFailed where none can be started."""

    def require_new(self, start: Exchange) -> None:
        """Raise SetupFailed where another start, by its ClientToken, has returned the contact of `start` before."""

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open until it is released."""

    def release(self, contact_id: str) -> None:
        """Stop a contact that is needed no more."""


Calls = TypeVar("Calls", bound=ChatCalls)


@dataclass(slots=True)
class ChatMember(Generic[Calls]):
    """A participant. `started` are the members of the reply that started the chat, None for one that did not start it.

    `_came` says that a web socket was open where a chat begins with that, `_resumed` that the connection was made
    for an earlier test and was not used since.
    """

    calls: Calls
    contact_id: str
    participant_id: str
    participant_token: str = field(repr=False)
    started: Mapping[str, Any] | None = field(default=None, repr=False)
    _connection_token: str | None = field(default=None, repr=False)
    _came: bool = False
    _resumed: bool = False

    @classmethod
    def of(cls, calls: Calls, start: Exchange) -> Self:
        """The customer of the chat that `start` started, which stays open.

        Raises SetupFailed where the start was refused, its reply lacks an identifier, or another start has returned its
        contact before.
        """
        members = usable_reply(start).members
        contact = text_of(start, "ContactId")
        calls.require_new(start)
        calls.keep_open(contact)
        return cls(calls, contact, text_of(start, "ParticipantId"), text_of(start, "ParticipantToken"), members)

    @classmethod
    def of_used_chat(cls, calls: Calls, origin: Sequence[Exchange]) -> Self:
        """The customer of a chat that others have used: `origin` started it and, maybe, connected to it."""
        start, *connections = origin
        customer = cls.of(calls, start)
        for connection in connections:
            customer.resume(connection)
        return customer

    def connect(self, *types: str, **members: Any) -> Exchange:
        """Call CreateParticipantConnection, by default for both a web socket and credentials."""
        asked = {"Type": list(types or ("WEBSOCKET", "CONNECTION_CREDENTIALS")), **members}
        named = {"ParticipantToken": self.participant_token, **asked}
        return self.calls.send(to_request(operation("CreateParticipantConnection"), named))

    @property
    def connection_token(self) -> str:
        """The participant's connection token. The first use creates the connection.

        Where a chat begins with a web socket, that of this connection is opened for a moment.
        """
        if self._connection_token is None:
            self._connect_plainly()
        self._resumed = False
        return self._connection_token or ""

    def _connect_plainly(self) -> None:
        connected = self._speak_by(self.connect())
        if not self._came:
            self._came = True
            self.calls.join(connected)

    def reconnect(self, *types: str, **members: Any) -> Mapping[str, Any]:
        """Connect again and use the new token from now on, since it may void an earlier one. The members of the reply.

        `types` and `members` are those of `connect`.

        Raises SetupFailed where that is refused or the reply has no token.
        """
        self.come()
        return self._speak_by(self.connect(*types, **members))

    def _speak_by(self, connection: Exchange) -> Mapping[str, Any]:
        members = usable_reply(connection).members
        self._resumed = False
        self._connection_token = text_of(connection, *CONNECTION_TOKEN)
        return members

    def resume(self, connection: Exchange) -> None:
        """Speak by the token of an earlier connection. Raises SetupFailed where its reply has none."""
        self._came = self._resumed = True
        self._connection_token = text_of(connection, *CONNECTION_TOKEN)

    def forget_connection(self) -> None:
        """Connect anew at the next use of a connection that was resumed and not used since."""
        if self._resumed:
            self._resumed, self._connection_token = False, None

    def come(self) -> None:
        """Open a web socket for a moment, once, where a chat begins only with that, by a URL for that alone."""
        if self._came or not self.calls.joins:
            return
        self._came = True
        self.calls.join(self.connect("WEBSOCKET").members)


def text_of(exchange: Exchange, *path: str) -> str:
    """The text at `path` in a reply. Raises SetupFailed where it is missing: that is the reply's own violation."""
    value = text_in(exchange.members, path)
    if value is None:
        other = not_an_object(exchange.response) if exchange.response is not None else None
        wrong = f"is {other}" if other else lacking(exchange.members, path)
        raise SetupFailed(f"the reply of {exchange.request.operation} {wrong}", exchange)
    return value
