"""Faults of initial messages that only some starts show, or only what is done in the chat afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import takes, then
from conformance.reference.items import publish
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

START, SUBJECT = "StartChatContact", "initial-messages"
MAY = ("StartChatContact.InitialMessage.*", "StartChatContact.ClientToken.*")
Change = Callable[[Call, dict[str, Any]], dict[str, Any] | None]


def _published(name: str, says: str, rule: str, change: Change) -> Fault:
    """A start has the initial message that `change` makes of its own, or none."""

    def instead(_: Context, call: Call) -> dict[str, Any]:
        message = call.get("InitialMessage")
        return {"InitialMessage": change(call, message)} if message else {}

    return declare(name, says, lambda service: takes(service, START, instead), rule, may=MAY)


def _beside(member: str) -> Change:
    return lambda call, message: None if call.get(member) else message


PUBLISHED = (
    _published(
        "loses-first-messages-beside-connection-types",
        "The endpoint does not store the initial message of a start with ConnectionTypes.",
        "StartChatContact.InitialMessage.in-transcript",
        _beside("ConnectionTypes"),
    ),
    _published(
        "loses-first-messages-beside-attributes",
        "The endpoint does not store the initial message of a start with Attributes.",
        "StartChatContact.InitialMessage.in-transcript",
        _beside("Attributes"),
    ),
    _published(
        "keeps-16000-characters-of-first-messages",
        "The endpoint stores only the first 16,000 characters of the initial message.",
        "StartChatContact.InitialMessage.content-unchanged",
        lambda _, message: {**message, "Content": message["Content"][:16_000]},
    ),
    _published(
        "unquotes-first-messages",
        "Percent escapes in the initial message are read.",
        "StartChatContact.InitialMessage.content-unchanged",
        lambda _, message: {**message, "Content": unquote(message["Content"])},
    ),
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
    may=(*MAY, "CreateParticipantConnection.*", "WebSocket.*", "*.transcript.*"),
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
