"""Faults of what a chat is started with: content types, the guide's subtype, segment attributes, the first message."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.reference.content_types import SENDABLE, SUPPORTED
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults.initial_messages import change_content, change_message
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import lacks, takes, then
from conformance.reference.faults_kit.operators import QUESTION_MARKS_BEYOND_BMP, TRIMMED, Place
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


JUDGED = (
    "StartChatContact.SupportedMessagingContentTypes.*",
    "StartChatContact.InitialMessage.*",
    "StartChatContact.SegmentAttributes.*",
    "StartChatContact.success.*",
    "StartChatContact.PersistentChat.from-segment",
)


def _judging(rule: Rule) -> Callable[[Callable[[Call], object]], Seed]:
    """Has a wrong judgement, which says what is right, in the place of a rule."""

    def seed_of(right: Callable[[Call], object]) -> Seed:
        def judge(call: Call) -> None:
            if not right(call):
                raise bad_value(call.operation, "This is not taken here.")

        return lambda service: lacks(service, START, rule, judge)

    return seed_of


# Content types


def _judge_types(right: Callable[[list[str]], object]) -> Seed:
    def judge(call: Call) -> bool:
        declared = call.get("SupportedMessagingContentTypes")
        return declared is None or bool(right(declared))

    return _judging(content_types_are_supported)(judge)


_types = Rows(_judge_types, may=JUDGED)


def _known(declared: Collection[str], supported: Collection[str] = SUPPORTED) -> bool:
    return set(declared) <= set(supported)


CONTENT_TYPES = (
    _types(
        "starts-without-plain-text",
        "The endpoint accepts a list without text/plain.",
        _known,
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-without-plain-text-beside-markdown",
        "The endpoint accepts a list without text/plain where it holds text/markdown.",
        lambda declared: _known(declared) and {TEXT, "text/markdown"} & set(declared),
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-with-plain-text-in-front-only",
        "The endpoint refuses a list that does not begin with text/plain.",
        lambda declared: _known(declared) and declared[0] == TEXT,
        "StartChatContact.SupportedMessagingContentTypes.any-order",
    ),
    _types(
        "starts-with-any-type",
        "The endpoint accepts any content type beside text/plain.",
        lambda declared: TEXT in declared,
        "StartChatContact.SupportedMessagingContentTypes.unsupported-refused",
    ),
    _types(
        "looks-at-the-first-two-types",
        "The endpoint checks only the first two content types.",
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
        "The endpoint refuses a list of several types.",
        lambda declared: declared == [TEXT],
        "StartChatContact.SupportedMessagingContentTypes.documented-examples",
        "StartChatContact.SupportedMessagingContentTypes.any-order",
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
)


# Guides and segment attributes


def _judge_guides(needed: Callable[[list[str] | None], object]) -> Seed:
    def judge(call: Call) -> bool:
        subtype = (call.get("SegmentAttributes") or {}).get("connect:Subtype") or {}
        return subtype.get("ValueString") != GUIDE or bool(needed(call.get("SupportedMessagingContentTypes")))

    return _judging(a_guide_declares_interactive_types)(judge)


_guide = Rows(_judge_guides, may=JUDGED)
BOTH = {INTERACTIVE, INTERACTIVE_RESPONSE}
GUIDES = (
    _guide(
        "guides-without-interactive-messages",
        "The endpoint accepts a guide with the interactive response type only.",
        lambda declared: INTERACTIVE_RESPONSE in (declared or ()),
        "StartChatContact.SegmentAttributes.guide-needs-interactive",
    ),
    _guide(
        "guides-without-interactive-responses",
        "The endpoint accepts a guide with the interactive message type only.",
        lambda declared: INTERACTIVE in (declared or ()),
        "StartChatContact.SegmentAttributes.guide-needs-interactive-response",
    ),
    _guide(
        "guides-without-a-list",
        "The endpoint accepts a guide without a list of types.",
        lambda declared: declared is None or set(declared) >= BOTH,
        "StartChatContact.SegmentAttributes.guide-needs-types-list",
    ),
    _guide(
        "guides-never",
        "The endpoint refuses every guide.",
        lambda _: False,
        "StartChatContact.SegmentAttributes.subtype-accepted",
    ),
    declare(
        "takes-any-segment-attribute",
        "The endpoint accepts any character in the name of a segment attribute.",
        _judging(segment_attribute_keys_are_alphanumeric)(lambda _: True),
        "StartChatContact.SegmentAttributes.key-alphabet",
        may=JUDGED,
    ),
    declare(
        "takes-any-segment-arn",
        "The endpoint accepts any text as a ValueArn.",
        _judging(segment_attribute_arns_are_arns)(lambda _: True),
        "StartChatContact.SegmentAttributes.value-arn-valid",
        may=JUDGED,
    ),
)


# The first message


def _judge_first_messages(right: Callable[[str, str, Collection[str]], object]) -> Seed:
    def judge(call: Call) -> bool:
        message = call.get("InitialMessage")
        declared = call.get("SupportedMessagingContentTypes") or (TEXT,)
        return message is None or bool(right(message["ContentType"], message["Content"], declared))

    return _judging(the_first_message_is_one_the_chat_takes)(judge)


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
SHOWN = (
    declare(
        "loses-first-messages",
        "The endpoint does not store the initial message.",
        change_message(lambda _, __: None),
        "StartChatContact.InitialMessage.in-transcript",
        may=SEEN,
    ),
    declare(
        "makes-first-messages-plain",
        "The endpoint stores the initial message as text/plain.",
        change_message(lambda _, message: {**message, "ContentType": TEXT}),
        "StartChatContact.InitialMessage.content-unchanged",
        may=SEEN,
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


def _kept(change: Callable[[list[Any]], None]) -> Callable[[ReferenceService], None]:
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
    _kept(lambda items: items.append(items[-1]))(service)


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
