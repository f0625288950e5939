"""Faults of the connection and streaming information that StartChatContact returns."""

from __future__ import annotations

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, takes
from conformance.reference.faults_kit.idempotency import repeating, seeding
from conformance.reference.service import ReferenceService

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


def _unstreamed(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "StreamingId"}


@fault(
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
    may=("StartChatContact.output.StreamingId.present",),
)
def repeats_without_a_streaming_id(service: ReferenceService) -> None:
    """StartChatContact repeats its reply to a streamed start without StreamingId."""
    seeding(repeating(_unstreamed), START)(service)


@fault("StartChatContact.ChatStreamingConfiguration.with-connection-types", may=("StartChatContact.ConnectionTypes.*",))
def connects_no_streamed_chat(service: ReferenceService) -> None:
    """A start with ChatStreamingConfiguration has no connection information, whatever its ConnectionTypes are."""
    takes(service, START, lambda _, call: {"ConnectionTypes": None} if call.get("ChatStreamingConfiguration") else {})
