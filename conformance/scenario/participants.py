"""A chat in a scenario: its identifiers, and the calls of its participants in the words of the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.operation_traits import TRAITS
from conformance.diagnosis.bodies import lacking, text_in
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.wire import Exchange

if TYPE_CHECKING:
    from conformance.scenario.scenario import Scenario

_CONTACT_IDS = ("ContactId", "InitialContactId")  # as operations call the contact that they are about
PAGE = 100  # items, the most that GetTranscript returns at once
PAGES = 50  # a transcript with more pages is not read to its end


@dataclass(slots=True)
class Participant:
    """One participant of a chat. `connection_token` is made by the first `connect`; `_came` once a socket was open.

    `_resumed` says that an earlier scenario made it.
    """

    scenario: Scenario
    contact_id: str
    participant_id: str
    participant_token: str
    _connection_token: str | None = None
    _came: bool = False
    _resumed: bool = False

    def connect(self, *types: str, **members: Any) -> Exchange:
        """Call CreateParticipantConnection, by default for both a web socket and credentials."""
        asked = {"Type": list(types or ("WEBSOCKET", "CONNECTION_CREDENTIALS")), **members}
        return self.scenario.call("CreateParticipantConnection", {"ParticipantToken": self.participant_token, **asked})

    @property
    def connection_token(self) -> str:
        """The token of the participant's connection, which is created at the first use."""
        if self._connection_token is None:
            self.reconnect()
        self._resumed = False
        return self._connection_token or ""

    def reconnect(self) -> Mapping[str, Any]:
        """Connect once more and speak by the new token, since it may void an earlier one. The members of the reply.

        Raises SetupFailed where that is refused or the reply has no token.
        """
        self._come()
        members = self.scenario.need(self.connect())
        self._resumed = False
        self._connection_token = text_at(members, "ConnectionCredentials", "ConnectionToken")
        return members

    def resume(self, connected: Mapping[str, Any]) -> None:
        """Speak by the token of an earlier connection; `connected` are the members of its reply."""
        self._came = self._resumed = True
        self._connection_token = text_at(connected, "ConnectionCredentials", "ConnectionToken")

    def forget_connection(self) -> None:
        """Connect anew at the next use of a connection that was resumed and not used since."""
        if self._resumed:
            self._resumed, self._connection_token = False, None

    def call(self, name: str, /, **members: Any) -> Exchange:
        """Call a Participant Service operation with this participant's connection token, or one given."""
        self._come()
        own = {} if "ConnectionToken" in members else {"ConnectionToken": self.connection_token}
        return self.scenario.call(name, {**own, **members})

    def _come(self) -> None:
        """Open a web socket for a moment, once, where a chat begins only with that, by a URL for that alone."""
        calls = self.scenario.verifier.conversations.calls
        if self._came or not calls.joins:
            return
        self._came = True
        calls.join(self.connect("WEBSOCKET").members)

    def say(self, content: str = "Hello", content_type: str = "text/plain", **members: Any) -> Exchange:
        """Call SendMessage."""
        return self.call("SendMessage", ContentType=content_type, Content=content, **members)

    def signal(self, event: str = "typing", **members: Any) -> Exchange:
        """Call SendEvent; `event` is the end of a content type application/vnd.amazonaws.connect.event.*."""
        return self.call("SendEvent", ContentType=f"application/vnd.amazonaws.connect.event.{event}", **members)

    def transcript(self, **members: Any) -> Exchange:
        """Call GetTranscript once."""
        return self.call("GetTranscript", **members)

    def leave(self, **members: Any) -> Exchange:
        """Call DisconnectParticipant."""
        return self.call("DisconnectParticipant", **members)

    def items(self, **members: Any) -> list[Mapping[str, Any]]:
        """Every item of the transcript, oldest first, page by page. Raises SetupFailed on an error."""
        pages: list[list[Mapping[str, Any]]] = []
        token: str | None = None
        for _ in range(PAGES):
            more = {"NextToken": token} if token else {}
            reply = self.transcript(MaxResults=PAGE, SortOrder="ASCENDING", **more, **members)
            page = self.scenario.need(reply)
            pages.insert(0, objects_at(page, "Transcript"))
            token = page.get("NextToken") or None
            if token is None:
                break
        return [item for page in pages for item in page]


@dataclass(slots=True)
class Chat(Participant):
    """A chat contact, seen by the customer who started it. `started` are the members of the reply."""

    started: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, scenario: Scenario, started: Mapping[str, Any]) -> Chat:
        """The chat of a start call's reply. Raises SetupFailed where the reply lacks an identifier."""
        contact, participant = text_at(started, "ContactId"), text_at(started, "ParticipantId")
        return cls(scenario, contact, participant, text_at(started, "ParticipantToken"), started=started)

    @classmethod
    def used(cls, scenario: Scenario, origin: Sequence[Exchange]) -> Chat:
        """A chat that others have used: `origin` are the calls that started it and, maybe, connected to it."""
        start, *connections = origin
        chat = cls.of(scenario, members_of(start))
        for connection in connections:
            chat.resume(members_of(connection))
        return chat

    def stop(self) -> Exchange:
        """Call StopContact."""
        return self.on_contact("StopContact")

    def on_contact(self, name: str, /, **members: Any) -> Exchange:
        """Call a Connect operation about this contact; its identifiers go under the operation's own names."""
        own = {"InstanceId": self.scenario.option("instance_id"), **dict.fromkeys(_CONTACT_IDS, self.contact_id)}
        ids = {member: own[member] for member in TRAITS[name].plain if member in own}
        return self.scenario.call(name, {**ids, **members})

    def add_participant(self, role: str = "CUSTOM_BOT", name: str = "Bot") -> Participant:
        """Add a participant with CreateParticipant. Raises SetupFailed when that is refused."""
        details = {"ParticipantRole": role, "DisplayName": name}
        return self.participant_of(self.on_contact("CreateParticipant", ParticipantDetails=details))

    def participant_of(self, created: Exchange) -> Participant:
        """The participant that a CreateParticipant call added. Raises SetupFailed when it was refused."""
        reply = self.scenario.need(created)
        token = text_at(reply, "ParticipantCredentials", "ParticipantToken")
        return Participant(self.scenario, self.contact_id, text_at(reply, "ParticipantId"), token)


def members_of(exchange: Exchange, what: str = "") -> Mapping[str, Any]:
    """The members of a reply that the scenario cannot continue without. Raises SetupFailed for any but a success.

    `what` says which call it was; by default the name of its operation.
    """
    return usable_reply(exchange, what).members


def text_at(members: Mapping[str, Any], *path: str) -> str:
    """The text at `path` in a reply. Raises SetupFailed where it is missing: that is the reply's own violation."""
    value = text_in(members, path)
    if value is None:
        raise SetupFailed(f"a reply {lacking(members, path)}")
    return value


def object_at(members: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at `path` in a reply or an item, empty where there is none."""
    value = _at(members, path)
    return value if isinstance(value, Mapping) else {}


def objects_at(members: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """The objects of the list at `path` in a reply or an item, none where there is no list."""
    value = _at(members, path)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _at(members: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = members
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
