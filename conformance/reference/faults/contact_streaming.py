"""Faults of StartContactStreaming and StopContactStreaming."""

from __future__ import annotations

from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, access_denied, bad_value, not_found
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import first, gives, on_refusal, takes, then
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, Contact

START, STOP = "StartContactStreaming", "StopContactStreaming"


def _contact(context: Context, call: Call) -> Contact:
    """The contact of a call. Raises Refusal for one that does not exist."""
    contact = context.state.contacts.get(call.get("ContactId"))
    if contact is None:
        raise not_found(call.operation, "No such contact in this instance.")
    return contact


@fault("StartContactStreaming.StreamingId.stops", may=("StopContactStreaming.*", "StartContactStreaming.ClientToken.*"))
def tells_a_streaming_id_that_stops_nothing(service: ReferenceService) -> None:
    """StartContactStreaming returns a StreamingId that StopContactStreaming does not know."""
    gives(service, START, lambda context, _, __: {"StreamingId": context.identifiers.uuid()})


@fault(
    "StartContactStreaming.StreamingId.stops",
    may=("StopContactStreaming.StreamingId.*", "StartChatContact.ChatStreamingConfiguration.*"),
)
def stops_the_latest_streaming_only(service: ReferenceService) -> None:
    """StopContactStreaming succeeds only in the chat whose streaming was started last."""
    latest: list[str] = []

    def act(_: Context, call: Call) -> None:
        if latest and call.get("StreamingId") != latest[-1]:
            raise not_found(call.operation, "No such streaming.")

    then(service, START, lambda _, __, members: latest.append(members["StreamingId"]))
    first(service, STOP, act)


@fault("StartContactStreaming.ContactId.ended")
def streams_chats_that_are_over(service: ReferenceService) -> None:
    """StartContactStreaming takes a chat that has ended."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        contact = context.state.contacts.get(call.get("ContactId"))
        late = contact is not None and contact.instance_id == call.get("InstanceId") and not contact.active
        return {"StreamingId": context.identifiers.uuid()} if late else None

    on_refusal(service, START, act)


@fault("StopContactStreaming.effect.restart")
def streams_a_chat_only_once(service: ReferenceService) -> None:
    """StartContactStreaming refuses a chat whose streaming was stopped."""
    stopped: set[str] = set()

    def act(_: Context, call: Call) -> None:
        if call.get("ContactId") in stopped:
            raise bad_value(call.operation, "The streaming of this chat has ended.")

    then(service, STOP, lambda _, call, __: stopped.add(call.get("ContactId")))
    first(service, START, act)


@fault("StopContactStreaming.effect.restart")
def restarts_a_chat_only_twice(service: ReferenceService) -> None:
    """StartContactStreaming refuses a chat whose streaming was stopped three times."""
    stops: list[str] = []

    def act(_: Context, call: Call) -> None:
        if stops.count(call.get("ContactId")) >= len(("once", "again", "for good")):
            raise bad_value(call.operation, "The streaming of this chat has ended.")

    then(service, STOP, lambda _, call, __: stops.append(call.get("ContactId")))
    first(service, START, act)


@fault("StopContactStreaming.effect.chat-goes-on")
def silences_the_customer_with_the_stream(service: ReferenceService) -> None:
    """The customer can send no more messages after the chat's streaming was stopped."""
    stopped: set[str] = set()

    def act(_: Context, call: Call) -> None:
        if call.contact.id in stopped and call.participant is call.contact.participants[0]:
            raise access_denied()

    then(service, STOP, lambda _, call, __: stopped.add(call.get("ContactId")))
    first(service, "SendMessage", act)


@fault("StopContactStreaming.effect.chat-goes-on")
def drops_the_bots_with_the_stream(service: ReferenceService) -> None:
    """Bots open no connection any more when the streaming of their chat was stopped."""
    stopped: set[str] = set()

    def act(_: Context, call: Call) -> None:
        if call.contact.id in stopped and call.participant is not call.contact.participants[0]:
            raise access_denied()

    then(service, STOP, lambda _, call, __: stopped.add(call.get("ContactId")))
    first(service, "CreateParticipantConnection", act)


@fault("StopContactStreaming.StreamingId.unknown-refused", may=("StopContactStreaming.StreamingId.*",))
def stops_whatever_is_named(service: ReferenceService) -> None:
    """StopContactStreaming succeeds whatever the StreamingId is."""

    def act(context: Context, call: Call, refusal: Refusal) -> Members | None:
        contact = context.state.contacts.get(call.get("ContactId"))
        known = contact is not None and contact.instance_id == call.get("InstanceId")
        return {} if known and refusal.exception == "ResourceNotFoundException" else None

    on_refusal(service, STOP, act)


@fault("StopContactStreaming.StreamingId.unknown-refused")
def stops_a_streaming_that_begins_so(service: ReferenceService) -> None:
    """StopContactStreaming finds a streaming by how its id begins."""

    def resolve(context: Context, call: Call) -> dict[str, Any]:
        own, given = _contact(context, call).streams, call.get("StreamingId")
        return {"StreamingId": next((known for known in own if known.startswith(given)), given)}

    takes(service, STOP, resolve)


@fault("StopContactStreaming.StreamingId.unknown-refused", may=("StopContactStreaming.StreamingId.*",))
def stops_all_streams_when_it_finds_none(service: ReferenceService) -> None:
    """StopContactStreaming stops the chat's own streaming when it refuses a StreamingId."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if call.get("StreamingId") not in contact.streams:
            contact.streams.clear()

    first(service, STOP, act)


@fault("StopContactStreaming.StreamingId.of-another-contact")
def stops_streams_through_any_chat(service: ReferenceService) -> None:
    """StopContactStreaming stops the streaming that it names, whatever chat it is of."""

    def resolve(context: Context, call: Call) -> dict[str, Any]:
        wanted = call.get("StreamingId") if call.get("ContactId") in context.state.contacts else None
        owners = [c.id for c in context.state.contacts.values() if c.channel == CHAT and wanted in c.streams]
        return {"ContactId": owners[0]} if owners else {}

    takes(service, STOP, resolve)


@fault("StopContactStreaming.StreamingId.of-another-contact")
def stops_streams_of_others_and_says_no(service: ReferenceService) -> None:
    """StopContactStreaming ends another chat's streaming that it refuses to end."""

    def act(context: Context, call: Call) -> None:
        own = _contact(context, call)
        for contact in context.state.contacts.values():
            if contact is not own:
                contact.streams.pop(call.get("StreamingId"), None)

    first(service, STOP, act)
