"""Faults of the connection and streaming information that StartChatContact returns."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.connections import connection_members
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, into, takes, then
from conformance.reference.faults_kit.idempotency import repeating, seeding
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

START = "StartChatContact"
WEBSOCKET, CREDENTIALS = "WEBSOCKET", "CONNECTION_CREDENTIALS"


def _contact_of_start(context: Context, members: Members) -> Contact:
    return context.state.contacts[members["ContactId"]]


def _types(types: Callable[[list[str]], list[str]]) -> Seed:
    return into(takes, START)(lambda _, call: {"ConnectionTypes": types(list(call.get("ConnectionTypes") or ()))})


_connecting = Rows(_types, may=("StartChatContact.*", "WebSocket.*"))
CONNECTING = (
    _connecting(
        "connects-with-everything",
        "Every start returns a connection token and a web socket.",
        lambda _: [WEBSOCKET, CREDENTIALS],
        "StartChatContact.ConnectionTypes.omitted",
        "StartChatContact.ConnectionTypes.credentials-only",
        "StartChatContact.ConnectionTypes.websocket-only",
        "StartChatContact.ChatStreamingConfiguration.no-connection-information",
    ),
    _connecting(
        "connects-with-the-first-type",
        "The endpoint reads the first of two ConnectionTypes only.",
        lambda types: types[:1],
        "StartChatContact.ConnectionTypes.both",
    ),
    _connecting(
        "connects-callers-by-web-socket",
        "The endpoint returns a web socket for WEBRTC_CONNECTION.",
        lambda types: [WEBSOCKET if kind == "WEBRTC_CONNECTION" else kind for kind in types],
        "StartChatContact.ConnectionTypes.other-values-return-nothing",
    ),
)


@fault("StartChatContact.ConnectionTypes.token-works", may=("StartChatContact.*", "WebSocket.*"))
def returns_a_void_connection_token(service: ReferenceService) -> None:
    """The ConnectionToken of a start opens nothing until CreateParticipantConnection was called."""

    def act(context: Context, _: Call, members: Members) -> None:
        if "ConnectionCredentials" in members:
            context.state.connection_tokens.pop(members["ConnectionCredentials"]["ConnectionToken"])

    then(service, START, act)


@fault("StartChatContact.ConnectionTypes.token-works", may=("StartChatContact.*", "WebSocket.*"))
def returns_the_token_of_the_chat_before(service: ReferenceService) -> None:
    """StartChatContact returns a ConnectionToken of the chat that was started before."""

    def act(context: Context, _: Call, members: Members) -> None:
        contacts = list(context.state.contacts.values())
        before = contacts[max(0, contacts.index(_contact_of_start(context, members)) - 1)]
        if "ConnectionCredentials" in members:
            members |= connection_members(context, before.participants[0], [CREDENTIALS])

    then(service, START, act)


@fault("StartChatContact.ChatStreamingConfiguration.only-when-set", may=("StartChatContact.*",))
def streams_everything(service: ReferenceService) -> None:
    """StartChatContact returns a StreamingId for every start."""
    gives(service, START, lambda _, __, m: {"StreamingId": m["ContactId"], **m})


@fault("StartChatContact.ChatStreamingConfiguration.streaming-id-stops", may=("StopContactStreaming.*",))
def returns_the_contact_as_stream(service: ReferenceService) -> None:
    """StartChatContact returns the ContactId as the StreamingId."""
    gives(service, START, lambda _, __, m: {**m, "StreamingId": m["ContactId"]} if "StreamingId" in m else m)


START = "StartChatContact"


@fault("StartChatContact.ConnectionTypes.websocket-connects", may=("StartChatContact.ConnectionTypes.*",))
def returns_a_url_that_connects_nowhere(service: ReferenceService) -> None:
    """The web socket URL of a start names a connection that there is not."""

    def elsewhere(url: str) -> str:
        return url[:-8] + "AAAAAAAA"

    gives(
        service,
        START,
        lambda _, __, m: (
            {**m, "Websocket": {**m["Websocket"], "Url": elsewhere(m["Websocket"]["Url"])}} if "Websocket" in m else m
        ),
    )


def _another_stream(context: Context, _call: Call, members: Members) -> Members:
    return members | ({"StreamingId": context.identifiers.uuid()} if "StreamingId" in members else {})


@fault("StartChatContact.ChatStreamingConfiguration.streaming-id-stops")
def repeats_with_another_streaming_id(service: ReferenceService) -> None:
    """StartChatContact repeats its reply to a streamed start with a StreamingId that stops nothing."""
    seeding(repeating(_another_stream), START)(service)


def _without_streaming_id(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "StreamingId"}


@fault(
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
    may=("StartChatContact.output.StreamingId.present",),
)
def repeats_without_a_streaming_id(service: ReferenceService) -> None:
    """StartChatContact repeats its reply to a streamed start without StreamingId."""
    seeding(repeating(_without_streaming_id), START)(service)


@fault("StartChatContact.ChatStreamingConfiguration.with-connection-types", may=("StartChatContact.ConnectionTypes.*",))
def connects_no_streamed_chat(service: ReferenceService) -> None:
    """A start with ChatStreamingConfiguration has no connection information, whatever its ConnectionTypes are."""
    takes(service, START, lambda _, call: {"ConnectionTypes": None} if call.get("ChatStreamingConfiguration") else {})
