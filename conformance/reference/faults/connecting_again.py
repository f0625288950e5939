"""Faults of CreateParticipantConnection that show when a participant connects once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import first, gives, then
from conformance.reference.service import ReferenceService
from conformance.reference.state import Connection

CONNECT = "CreateParticipantConnection"
MOST = 7  # connections
WEBSOCKET, CREDENTIALS = "WEBSOCKET", "CONNECTION_CREDENTIALS"
MANY = (
    "*.replayed-token-works",
    "*.ParticipantToken.lives-with-participant",
    "*.ParticipantToken.outlives-a-day",
    "CreateParticipant*",
    "LifeCycle.*",
)


def _types(call: Call) -> list[str]:
    return list(call.get("Type") or ())


def _calls_of(service: ReferenceService) -> Callable[[Call], int]:
    """How often the participant of a call has connected before."""
    counts: dict[int, int] = {}
    kept: list[object] = []

    def act(_: Context, call: Call, __: Members) -> None:
        kept.append(call.participant)  # so that no other participant gets its identity
        counts[id(call.participant)] = counts.get(id(call.participant), 0) + 1

    then(service, CONNECT, act)
    return lambda call: counts.get(id(call.participant), 0)


@fault(
    "CreateParticipantConnection.again.accepted", may=("*.own-chat-only", "CreateParticipant*", "WebSocket.*", "Start*")
)
def connects_three_times(service: ReferenceService) -> None:
    """A participant connects three times at most."""
    count = _calls_of(service)

    def act(_: Context, call: Call) -> None:
        if count(call) > 2:  # noqa: PLR2004 - the fourth time is too often
            raise access_denied()

    first(service, CONNECT, act)


@fault("CreateParticipantConnection.again.works", may=MANY)
def voids_the_tokens_of_later_connections(service: ReferenceService) -> None:
    """The connection token of a fourth and every later connection opens nothing."""
    count = _calls_of(service)

    def give(context: Context, call: Call, members: Members) -> Members:
        if count(call) > 3 and CREDENTIALS in _types(call):  # noqa: PLR2004 - this one counts already
            del context.state.connection_tokens[members["ConnectionCredentials"]["ConnectionToken"]]
        return members

    gives(service, CONNECT, give)


@fault("CreateParticipantConnection.again.works", may=("WebSocket.*",))
def opens_the_first_socket_only(service: ReferenceService) -> None:
    """The endpoint refuses the web socket URL of a later connection."""
    count = _calls_of(service)

    def act(context: Context, call: Call, members: Members) -> None:
        if count(call) > 1 and WEBSOCKET in _types(call):
            del context.state.socket_tokens[members["Websocket"]["Url"].rpartition("?token=")[2]]

    then(service, CONNECT, act)


@fault(
    "CreateParticipantConnection.again.same-participant",
    may=(
        *MANY,
        "DisconnectParticipant.effect.*",
        "GetTranscript.Transcript.participant-id",
        "SendEvent.ContentType.*",
        "StartChatContact.ChatDurationInMinutes.*",
        "StartChatContact.ParticipantId.same-throughout",
        "Surfaces.frame-and-transcript.same-sender",
        "WebSocket.delivery.typing",
        "WebSocket.url.*",
    ),
)
def connects_another_participant_each_time(service: ReferenceService) -> None:
    """The endpoint gives items sent over a later connection another ParticipantId."""
    count = _calls_of(service)

    def act(context: Context, call: Call, members: Members) -> None:
        if count(call) > 1 and CREDENTIALS in _types(call):
            token = members["ConnectionCredentials"]["ConnectionToken"]
            old = context.state.connection_tokens[token]
            twin = replace(old.participant, id=context.identifiers.uuid())
            context.state.connection_tokens[token] = Connection(twin, old.expires_at)

    then(service, CONNECT, act)


@fault(
    "CreateParticipantConnection.again.accepted", may=("*.own-chat-only", "CreateParticipant*", "WebSocket.*", "Start*")
)
def connects_seven_times(service: ReferenceService) -> None:
    """A participant connects seven times at most."""
    count = _calls_of(service)

    def act(_: Context, call: Call) -> None:
        if count(call) >= MOST:
            raise access_denied()

    first(service, CONNECT, act)


@fault("CreateParticipantConnection.ConnectionToken.one-day", may=("CreateParticipantConnection.*",))
def keeps_the_first_expiry(service: ReferenceService) -> None:
    """CreateParticipantConnection gives every connection of a participant the Expiry of the first one."""
    first_expiry: dict[str, str] = {}

    def change(_: Context, call: Call, members: Members) -> Members:
        credentials = members.get("ConnectionCredentials")
        if credentials is None:
            return members
        expiry = first_expiry.setdefault(call.participant.id, credentials["Expiry"])
        return {**members, "ConnectionCredentials": {**credentials, "Expiry": expiry}}

    gives(service, CONNECT, change)
