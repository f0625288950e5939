"""Faults of initial messages: which ones a start takes, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from conformance.contract.content_types import TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.reference.content_types import SENDABLE
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.start_chat_contact_content import JUDGED, judging
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import takes, then
from conformance.reference.faults_kit.operators import QUESTION_MARKS_BEYOND_BMP, TRIMMED, UNQUOTED, Place, cut_after
from conformance.reference.items import publish
from conformance.reference.rules import the_first_message_is_one_the_chat_takes
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


# Which ones a start takes


def _judge_first_messages(right: Callable[[str, str, Collection[str]], object]) -> Seed:
    def judge(call: Call) -> bool:
        message = call.get("InitialMessage")
        declared = call.get("SupportedMessagingContentTypes") or (TEXT,)
        return message is None or bool(right(message["ContentType"], message["Content"], declared))

    return judging(the_first_message_is_one_the_chat_takes)(judge)


_first = Rows(_judge_first_messages, may=JUDGED)


def _within(content: str, most: int = MESSAGE_BYTES) -> bool:
    return len(content.encode()) <= most


INITIAL = (
    _first(
        "first-messages-have-code-points",
        "The endpoint counts code points of an initial message.",
        lambda kind, content, declared: kind in SENDABLE & set(declared) and len(content) <= MESSAGE_BYTES,
        "StartChatContact.InitialMessage.bytes-max",
    ),
    _first(
        "first-messages-have-utf-16-units",
        "The endpoint counts UTF-16 units of an initial message.",
        lambda kind, content, declared: (
            kind in SENDABLE & set(declared) and len(content.encode("utf-16-le")) <= 2 * MESSAGE_BYTES
        ),
        "StartChatContact.InitialMessage.bytes-max",
    ),
    _first(
        "first-messages-end-a-byte-early",
        "The endpoint refuses an initial message of 16,384 bytes.",
        lambda kind, content, declared: kind in SENDABLE & set(declared) and _within(content, MESSAGE_BYTES - 1),
        "StartChatContact.InitialMessage.bytes-at-limit",
    ),
    _first(
        "first-messages-have-any-type",
        "The endpoint accepts an initial message of any content type.",
        lambda _, content, __: _within(content),
        "StartChatContact.InitialMessage.unsupported-type-refused",
    ),
    _first(
        "first-messages-have-declared-types",
        "The endpoint accepts an initial message of any declared type, the interactive message too.",
        lambda kind, content, declared: kind in declared and _within(content),
        "StartChatContact.InitialMessage.unsupported-type-refused",
    ),
    _first(
        "first-messages-need-no-declaration",
        "The endpoint accepts an initial message of each type that can be sent, declared or not.",
        lambda kind, content, _: kind in SENDABLE and _within(content),
        "StartChatContact.InitialMessage.undeclared-type-refused",
    ),
    _first(
        "first-messages-are-plain",
        "The endpoint refuses an initial message that is not text/plain, whatever the chat declares.",
        lambda kind, content, _: kind == TEXT and _within(content),
        "StartChatContact.InitialMessage.declared-types-accepted",
    ),
)


SEEN = ("StartChatContact.InitialMessage.*", "StartChatContact.ClientToken.*", "GetTranscript.*")
_stored = Rows(change_message, may=SEEN)
SHOWN = (
    _stored(
        "loses-first-messages",
        "The endpoint does not store the initial message.",
        lambda _, __: None,
        "StartChatContact.InitialMessage.in-transcript",
    ),
    _stored(
        "makes-first-messages-plain",
        "The endpoint stores the initial message as text/plain.",
        lambda _, message: {**message, "ContentType": TEXT},
        "StartChatContact.InitialMessage.content-unchanged",
    ),
    *Place(
        "The endpoint stores an initial message",
        change_content,
        "StartChatContact.InitialMessage.content-unchanged",
        may=SEEN,
    ).faults(
        {"trims-first-messages": TRIMMED, "loses-what-lies-beyond-the-bmp-of-first-messages": QUESTION_MARKS_BEYOND_BMP}
    ),
)


def _change_items(change: Callable[[list[Any]], None]) -> Callable[[ReferenceService], None]:
    def seed(service: ReferenceService) -> None:
        def act(context: Context, call: Call, members: Members) -> None:
            items = context.state.contacts[members["ContactId"]].items
            if call.get("InitialMessage") and [item for item in items if item.type == MESSAGE]:
                change(items)

        then(service, START, act)

    return seed


@fault("StartChatContact.InitialMessage.in-transcript", may=("GetTranscript.*",))
def keeps_first_messages_twice(service: ReferenceService) -> None:
    """The transcript contains the initial message twice."""
    _change_items(lambda items: items.append(items[-1]))(service)


@fault(
    "StartChatContact.InitialMessage.none-without",
    may=("StartChatContact.InitialMessage.*", "GetTranscript.*", "StartChatContact.PersistentChat.*", "WebSocket.*"),
)
def greets_in_the_name_of_the_customer(service: ReferenceService) -> None:
    """StartChatContact adds a message of the customer to a chat without an initial message."""
    takes(
        service,
        START,
        lambda _, call: {"InitialMessage": call.get("InitialMessage") or {"ContentType": TEXT, "Content": "Hi"}},
    )
