"""Faults of initial messages that only some starts show, or only what is done in the chat afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import takes, then
from conformance.reference.faults_kit.operators import UNQUOTED, Place, cut_after
from conformance.reference.items import publish
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

START = "StartChatContact"
MAY = ("StartChatContact.InitialMessage.*", "StartChatContact.ClientToken.*")
Change = Callable[[Call, Members], Members | None]


def change_message(change: Change) -> Seed:
    """A start has the initial message that `change` makes of its own, or none."""

    def instead(_: Context, call: Call) -> Members:
        message = call.get("InitialMessage")
        return {"InitialMessage": change(call, message)} if message else {}

    return lambda service: takes(service, START, instead)


def change_content(change: Callable[[str], str]) -> Seed:
    """A start has an initial message with another content."""
    return change_message(lambda _, message: {**message, "Content": change(message["Content"])})


def _lose_beside(member: str) -> Seed:
    return change_message(lambda call, message: None if call.get(member) else message)


_beside = Rows(_lose_beside, "StartChatContact.InitialMessage.in-transcript", may=MAY)
PUBLISHED = (
    _beside(
        "loses-first-messages-beside-connection-types",
        "The endpoint does not store the initial message of a start with ConnectionTypes.",
        "ConnectionTypes",
    ),
    _beside(
        "loses-first-messages-beside-attributes",
        "The endpoint does not store the initial message of a start with Attributes.",
        "Attributes",
    ),
    *Place(
        "The endpoint stores an initial message",
        change_content,
        "StartChatContact.InitialMessage.content-unchanged",
        may=MAY,
    ).faults({"keeps-16000-characters-of-first-messages": cut_after(16_000), "unquotes-first-messages": UNQUOTED}),
)


@fault("StartChatContact.InitialMessage.in-transcript", may=MAY)
def loses_each_fifth_first_message(service: ReferenceService) -> None:
    """The endpoint does not store every fifth initial message."""
    number = Counter[str]()

    def instead(_: Context, call: Call) -> dict[str, Any]:
        number.update([START] if call.get("InitialMessage") else [])
        return {"InitialMessage": None} if call.get("InitialMessage") and number[START] % 5 == 0 else {}

    takes(service, START, instead)


@fault(
    "StartChatContact.InitialMessage.in-transcript",
    may=("CreateParticipantConnection.*", "WebSocket.*", "*.transcript.*"),
)
def says_first_messages_at_each_connection(service: ReferenceService) -> None:
    """The endpoint repeats the initial message when its customer connects for the second time."""
    connected, greeted = Counter[str](), set[str]()

    def again(context: Context, call: Call, _: Members) -> None:
        contact = call.contact
        connected.update([contact.id])
        first = next((item for item in contact.items if item.type == MESSAGE), None)
        if first is not None and contact.id in greeted and connected[contact.id] > 1:
            greeted.remove(contact.id)
            publish(contact, replace(first, id=context.identifiers.uuid(), at=context.now()))

    then(service, START, lambda _, call, m: greeted.update([m["ContactId"]] if call.get("InitialMessage") else []))
    then(service, "CreateParticipantConnection", again)
