"""Faults of the members that GetTranscript shows of each item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.content_types import JOINED
from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT, MESSAGE

NAME = "GetTranscript"
Item = dict[str, Any]
Change = Callable[[Context, Call, Item], Item]


def items_become(change: Change) -> Seed:
    """Each item that is shown is what `change` makes of it; the stored one stays."""

    def seed(service: ReferenceService) -> None:
        def alter(context: Context, call: Call, members: Members) -> Members:
            return {**members, "Transcript": [change(context, call, dict(item)) for item in members["Transcript"]]}

        gives(service, NAME, alter)

    return seed


_shown = Rows(items_become)


def _with(**members: Any) -> Change:
    """Gives every message these members; None takes one away."""

    def change(_: Context, __: Call, item: Item) -> Item:
        if item["Type"] != MESSAGE:
            return item
        return {name: value for name, value in {**item, **members}.items() if value is not None}

    return change


def _of_the_customer(member: str, attribute: str) -> Change:
    """Shows every message with something of the participant who started the chat."""

    def change(_: Context, call: Call, item: Item) -> Item:
        return {**item, member: getattr(call.contact.participants[0], attribute)} if item["Type"] == MESSAGE else item

    return change


def _relate(_: Context, call: Call, item: Item) -> Item:
    return {**item, "RelatedContactId": call.contact.id}


def _at_reading(context: Context, _: Call, item: Item) -> Item:
    return {**item, "AbsoluteTime": iso(context.now())}


def _odd_event(_: Context, __: Call, item: Item) -> Item:
    return {**item, "ContentType": item["ContentType"].rpartition(".")[2]} if item["Type"] == EVENT else item


_DISPLAYED = (
    "GetTranscript.output.*",
    "LifeCycle.participants.*",
    "*.InitialMessage.*",
    "Surfaces.*",
    "CreateParticipant.*",
    "StartChatContact.DisplayName.*",
    "GetTranscript.Transcript.*",
    "*.PersistentChat.*",
)
MEMBERS = (
    _shown(
        "shows-all-as-plain-text",
        "GetTranscript shows every message with the content type text/plain.",
        _with(ContentType="text/plain"),
        "GetTranscript.Transcript.content-type",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-messages-as-events",
        "GetTranscript shows a message as an item of type EVENT.",
        _with(Type=EVENT),
        "GetTranscript.Transcript.type-message",
        may=("*",),
    ),
    _shown(
        "shows-everyone-as-the-customer",
        "GetTranscript shows a message with the ParticipantId of the one who started the chat.",
        _of_the_customer("ParticipantId", "id"),
        "GetTranscript.Transcript.participant-id",
        may=(*_DISPLAYED, "*.bearer.own-*"),
    ),
    _shown(
        "shows-one-name-for-all",
        "GetTranscript shows a message with the DisplayName of the one who started the chat.",
        _of_the_customer("DisplayName", "display_name"),
        "GetTranscript.Transcript.display-name",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-no-name",
        "GetTranscript shows a message without a DisplayName.",
        _with(DisplayName=None),
        "GetTranscript.Transcript.display-name",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-customers-as-agents",
        "GetTranscript shows a message with the role AGENT, whoever sent it.",
        _with(ParticipantRole="AGENT"),
        "GetTranscript.Transcript.role-customer",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-no-chat",
        "GetTranscript shows a message without a ContactId.",
        _with(ContactId=None),
        "GetTranscript.Transcript.contact-id",
        may=_DISPLAYED,
    ),
    _shown(
        "relates-all-chats",
        "GetTranscript shows each item with a RelatedContactId.",
        _relate,
        "GetTranscript.Transcript.no-related-contact-id",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-the-time-of-reading",
        "GetTranscript shows items with the time at which they are read.",
        _at_reading,
        "GetTranscript.Transcript.reading-changes-nothing",
        may=("*",),
    ),
    _shown(
        "names-events-shortly",
        "GetTranscript shows events with only the end of their content type.",
        _odd_event,
        "GetTranscript.Transcript.event-content-type",
        may=("*",),
    ),
)


@fault("GetTranscript.Transcript.participant-joined", may=("CreateParticipant.*",))
def keeps_no_joined_events(service: ReferenceService) -> None:
    """The transcript contains no event of a participant who joined."""

    def without(_: Context, __: Call, members: Members) -> Members:
        return {**members, "Transcript": [i for i in members["Transcript"] if i.get("ContentType") != JOINED]}

    gives(service, NAME, without)


@fault(
    "GetTranscript.InitialContactId.of-a-new-chat", may=("*.PersistentChat.*", "Surfaces.*", "GetTranscript.output.*")
)
def begins_every_chain_anew(service: ReferenceService) -> None:
    """GetTranscript returns another InitialContactId with each reply."""
    gives(service, NAME, lambda context, _, members: {**members, "InitialContactId": context.identifiers.uuid()})


@fault(
    "GetTranscript.Transcript.id-unique",
    may=("GetTranscript.*", "SendMessage.ClientToken.one-transcript-item", "SendMessage.Id.unique", "Surfaces.*"),
)
def gives_two_items_one_id(service: ReferenceService) -> None:
    """The transcript contains an event with the Id of a message, once there are three messages."""

    def change(_: Context, call: Call, members: Members) -> Members:
        messages = [item["Id"] for item in members["Transcript"] if item["Type"] == MESSAGE]
        shown = [
            {**item, "Type": EVENT, "ContentType": JOINED} if place == len(members["Transcript"]) else item
            for place, item in enumerate([*members["Transcript"], *members["Transcript"][-1:]])
        ]
        return {**members, "Transcript": shown} if len(messages) > len(call.contact.participants) + 1 else members

    gives(service, NAME, change)
