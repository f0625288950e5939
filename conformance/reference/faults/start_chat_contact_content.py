"""Faults of what a chat is started with: content types, the guide's subtype, segment attributes, the first message."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.reference.content_types import SENDABLE, SUPPORTED
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import lacks, takes, then
from conformance.reference.rules import (
    GUIDE,
    Rule,
    a_guide_declares_interactive_types,
    content_types_are_supported,
    segment_attribute_arns_are_arns,
    segment_attribute_keys_are_alphanumeric,
    the_first_message_is_one_the_chat_takes,
)
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

START = "StartChatContact"
SUBJECT = "start-chat-contact-content"
TYPES, FIRST, SEGMENT = (name for name in ("SupportedMessagingContentTypes", "InitialMessage", "SegmentAttributes"))


def _judging(rule: Rule, name: str, says: str, right: Callable[[Call], object], *red: str) -> Fault:
    """A fault that has a wrong judgement in the place of a rule."""

    def judge(call: Call) -> None:
        if not right(call):
            raise bad_value(call.operation, "This is not taken here.")

    def seed(service: ReferenceService) -> None:
        lacks(service, START, rule, judge)

    may = (
        "StartChatContact.SupportedMessagingContentTypes.*",
        "StartChatContact.InitialMessage.*",
        "StartChatContact.SegmentAttributes.*",
        "StartChatContact.success.*",
        "StartChatContact.PersistentChat.from-segment",
    )
    return declare(name, says, seed, *red, may=may)


# Content types


def _types(name: str, says: str, right: Callable[[list[str]], object], *rules: str) -> Fault:
    def judge(call: Call) -> bool:
        declared = call.get("SupportedMessagingContentTypes")
        return declared is None or bool(right(declared))

    return _judging(content_types_are_supported, name, says, judge, *rules)


def _known(declared: Collection[str], supported: Collection[str] = SUPPORTED) -> bool:
    return set(declared) <= set(supported)


CONTENT_TYPES: tuple[Fault, ...] = (
    _types(
        "starts-without-plain-text",
        "The endpoint accepts a list without text/plain.",
        _known,
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-without-plain-text-beside-markdown",
        "A list without text/plain is accepted where it holds text/markdown.",
        lambda declared: _known(declared) and {TEXT, "text/markdown"} & set(declared),
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-with-plain-text-in-front-only",
        "text/plain must be the first of the list.",
        lambda declared: _known(declared) and declared[0] == TEXT,
        "StartChatContact.SupportedMessagingContentTypes.any-order",
    ),
    _types(
        "starts-with-any-type",
        "Any content type is accepted beside text/plain.",
        lambda declared: TEXT in declared,
        "StartChatContact.SupportedMessagingContentTypes.unsupported-refused",
    ),
    _types(
        "looks-at-the-first-two-types",
        "Content types behind the second are not checked.",
        lambda declared: TEXT in declared and _known(declared[:2]),
        "StartChatContact.SupportedMessagingContentTypes.unsupported-refused",
    ),
    _types(
        "starts-without-guides",
        "The endpoint refuses the interactive types.",
        lambda declared: TEXT in declared and _known(declared, SUPPORTED - {INTERACTIVE, INTERACTIVE_RESPONSE}),
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
    _types(
        "starts-with-four-types-at-most",
        "The endpoint refuses a list of all five types.",
        lambda declared: TEXT in declared and _known(declared) and len(set(declared)) < len(SUPPORTED),
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
    _types(
        "starts-with-two-types-at-least",
        "The endpoint refuses a list of text/plain alone.",
        lambda declared: TEXT in declared and _known(declared) and len(declared) > 1,
        "StartChatContact.SupportedMessagingContentTypes.text-plain-alone",
    ),
    _types(
        "starts-with-one-type-at-most",
        "A list of several types is refused.",
        lambda declared: declared == [TEXT],
        "StartChatContact.SupportedMessagingContentTypes.documented-examples",
        "StartChatContact.SupportedMessagingContentTypes.any-order",
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
)


# Guides and segment attributes


def _guide(name: str, says: str, needed: Callable[[list[str] | None], object], rule: str) -> Fault:
    def judge(call: Call) -> bool:
        subtype = (call.get("SegmentAttributes") or {}).get("connect:Subtype") or {}
        return subtype.get("ValueString") != GUIDE or bool(needed(call.get("SupportedMessagingContentTypes")))

    return _judging(a_guide_declares_interactive_types, name, says, judge, rule)


BOTH = {INTERACTIVE, INTERACTIVE_RESPONSE}
GUIDES: tuple[Fault, ...] = (
    _guide(
        "guides-without-interactive-messages",
        "A guide needs the interactive response type only.",
        lambda declared: INTERACTIVE_RESPONSE in (declared or ()),
        "StartChatContact.SegmentAttributes.guide-needs-interactive",
    ),
    _guide(
        "guides-without-interactive-responses",
        "A guide needs the interactive message type only.",
        lambda declared: INTERACTIVE in (declared or ()),
        "StartChatContact.SegmentAttributes.guide-needs-interactive-response",
    ),
    _guide(
        "guides-without-a-list",
        "A guide needs the interactive types only where there is a list.",
        lambda declared: declared is None or set(declared) >= BOTH,
        "StartChatContact.SegmentAttributes.guide-needs-types-list",
    ),
    _guide(
        "guides-never",
        "The endpoint refuses every guide.",
        lambda _: False,
        "StartChatContact.SegmentAttributes.subtype-accepted",
    ),
    _judging(
        segment_attribute_keys_are_alphanumeric,
        "takes-any-segment-attribute",
        "Names of segment attributes hold any character.",
        lambda _: True,
        "StartChatContact.SegmentAttributes.key-alphabet",
    ),
    _judging(
        segment_attribute_arns_are_arns,
        "takes-any-segment-arn",
        "A ValueArn is any text.",
        lambda _: True,
        "StartChatContact.SegmentAttributes.value-arn-valid",
    ),
)


# The first message


def _first(name: str, says: str, right: Callable[[str, str, Collection[str]], object], rule: str) -> Fault:
    def judge(call: Call) -> bool:
        message = call.get("InitialMessage")
        declared = call.get("SupportedMessagingContentTypes") or (TEXT,)
        return message is None or bool(right(message["ContentType"], message["Content"], declared))

    return _judging(the_first_message_is_one_the_chat_takes, name, says, judge, rule)


def _within(content: str, most: int = MESSAGE_BYTES) -> bool:
    return len(content.encode()) <= most


INITIAL: tuple[Fault, ...] = (
    _first(
        "first-messages-have-code-points",
        "The limit of an initial message counts code points.",
        lambda kind, content, declared: kind in SENDABLE & set(declared) and len(content) <= MESSAGE_BYTES,
        "StartChatContact.InitialMessage.bytes-max",
    ),
    _first(
        "first-messages-have-utf-16-units",
        "The limit of an initial message counts UTF-16 units.",
        lambda kind, content, declared: (
            kind in SENDABLE & set(declared) and len(content.encode("utf-16-le")) <= 2 * MESSAGE_BYTES
        ),
        "StartChatContact.InitialMessage.bytes-max",
    ),
    _first(
        "first-messages-end-a-byte-early",
        "An initial message of 16,384 bytes is refused.",
        lambda kind, content, declared: kind in SENDABLE & set(declared) and _within(content, MESSAGE_BYTES - 1),
        "StartChatContact.InitialMessage.bytes-at-limit",
    ),
    _first(
        "first-messages-have-any-type",
        "An initial message may have any content type.",
        lambda _, content, __: _within(content),
        "StartChatContact.InitialMessage.unsupported-type-refused",
    ),
    _first(
        "first-messages-have-declared-types",
        "An initial message may have any content type that the chat declares, the interactive message too.",
        lambda kind, content, declared: kind in declared and _within(content),
        "StartChatContact.InitialMessage.unsupported-type-refused",
    ),
    _first(
        "first-messages-need-no-declaration",
        "An initial message may have each type that can be sent, declared or not.",
        lambda kind, content, _: kind in SENDABLE and _within(content),
        "StartChatContact.InitialMessage.undeclared-type-refused",
    ),
    _first(
        "first-messages-are-plain",
        "An initial message is text/plain, whatever the chat declares.",
        lambda kind, content, _: kind == TEXT and _within(content),
        "StartChatContact.InitialMessage.declared-types-accepted",
    ),
)


def _published(name: str, says: str, change: Callable[[dict[str, Any]], dict[str, Any] | None], *rules: str) -> Fault:
    """A fault that performs a start with another initial message, or with none."""

    def seed(service: ReferenceService) -> None:
        def instead(_: Context, call: Call) -> dict[str, Any]:
            message = call.get("InitialMessage")
            return {"InitialMessage": change(message)} if message else {}

        takes(service, START, instead)

    may = ("StartChatContact.InitialMessage.*", "StartChatContact.ClientToken.*", "GetTranscript.*", "PersistentChat.*")
    return declare(name, says, seed, *rules, may=may)


def _with(member: str, change: Callable[[str], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda message: {**message, member: change(message[member])}


SHOWN: tuple[Fault, ...] = (
    _published(
        "loses-first-messages",
        "The endpoint does not store the initial message.",
        lambda _: None,
        "StartChatContact.InitialMessage.in-transcript",
    ),
    _published(
        "trims-first-messages",
        "The initial message loses the blanks around it.",
        _with("Content", str.strip),
        "StartChatContact.InitialMessage.content-unchanged",
    ),
    _published(
        "makes-first-messages-plain",
        "The initial message becomes text/plain.",
        _with("ContentType", lambda _: TEXT),
        "StartChatContact.InitialMessage.content-unchanged",
    ),
    _published(
        "loses-what-lies-beyond-the-bmp-of-first-messages",
        "Characters beyond the BMP are lost from the initial message.",
        _with(
            "Content", lambda text: "".join("?" if len(c.encode()) > len("\N{EURO SIGN}".encode()) else c for c in text)
        ),
        "StartChatContact.InitialMessage.content-unchanged",
    ),
)


def _kept(change: Callable[[list[Any]], None]) -> Callable[[ReferenceService], None]:
    def seed(service: ReferenceService) -> None:
        def act(context: Context, call: Call, members: Members) -> None:
            items = context.state.contacts[members["ContactId"]].items
            if call.get("InitialMessage") and [item for item in items if item.type == MESSAGE]:
                change(items)

        then(service, START, act)

    return seed


@fault(
    "StartChatContact.InitialMessage.in-transcript",
    may=("StartChatContact.InitialMessage.*", "StartChatContact.ClientToken.*", "GetTranscript.*", "Transcript.*"),
)
def keeps_first_messages_twice(service: ReferenceService) -> None:
    """The initial message is in the transcript twice."""
    _kept(lambda items: items.append(items[-1]))(service)


@fault(
    "StartChatContact.InitialMessage.none-without",
    may=("StartChatContact.InitialMessage.*", "GetTranscript.*", "StartChatContact.PersistentChat.*", "WebSocket.*"),
)
def greets_in_the_name_of_the_customer(service: ReferenceService) -> None:
    """A chat started without an initial message has a message of the customer."""
    takes(
        service,
        START,
        lambda _, call: {"InitialMessage": call.get("InitialMessage") or {"ContentType": TEXT, "Content": "Hi"}},
    )
