"""Faults of what a chat is started with: content types, the guide's subtype, segment attributes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.reference.content_types import SUPPORTED
from conformance.reference.context import Call
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, declare
from conformance.reference.faults_kit.hooks import lacks
from conformance.reference.rules import (
    GUIDE,
    Rule,
    a_guide_declares_interactive_types,
    content_types_are_supported,
    segment_attribute_arns_are_arns,
    segment_attribute_keys_are_alphanumeric,
)

START = "StartChatContact"


JUDGED = (
    "StartChatContact.SupportedMessagingContentTypes.*",
    "StartChatContact.InitialMessage.*",
    "StartChatContact.SegmentAttributes.*",
    "StartChatContact.success.*",
    "StartChatContact.PersistentChat.from-segment",
)


def judging(rule: Rule) -> Callable[[Callable[[Call], object]], Seed]:
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

    return judging(content_types_are_supported)(judge)


_types = Rows(_judge_types, may=JUDGED)


def _are_known(declared: Collection[str], supported: Collection[str] = SUPPORTED) -> bool:
    return set(declared) <= set(supported)


CONTENT_TYPES = (
    _types(
        "starts-without-plain-text",
        "The endpoint accepts a list without text/plain.",
        _are_known,
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-without-plain-text-beside-markdown",
        "The endpoint accepts a list without text/plain where it holds text/markdown.",
        lambda declared: _are_known(declared) and {TEXT, "text/markdown"} & set(declared),
        "StartChatContact.SupportedMessagingContentTypes.text-plain-required",
    ),
    _types(
        "starts-with-plain-text-in-front-only",
        "The endpoint refuses a list that does not begin with text/plain.",
        lambda declared: _are_known(declared) and declared[0] == TEXT,
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
        lambda declared: TEXT in declared and _are_known(declared[:2]),
        "StartChatContact.SupportedMessagingContentTypes.unsupported-refused",
    ),
    _types(
        "starts-without-guides",
        "The endpoint refuses the interactive types.",
        lambda declared: TEXT in declared and _are_known(declared, SUPPORTED - {INTERACTIVE, INTERACTIVE_RESPONSE}),
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
    _types(
        "starts-with-four-types-at-most",
        "The endpoint refuses a list of all five types.",
        lambda declared: TEXT in declared and _are_known(declared) and len(set(declared)) < len(SUPPORTED),
        "StartChatContact.SupportedMessagingContentTypes.all-supported",
    ),
    _types(
        "starts-with-two-types-at-least",
        "The endpoint refuses a list of text/plain alone.",
        lambda declared: TEXT in declared and _are_known(declared) and len(declared) > 1,
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

    return judging(a_guide_declares_interactive_types)(judge)


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
        judging(segment_attribute_keys_are_alphanumeric)(lambda _: True),
        "StartChatContact.SegmentAttributes.key-alphabet",
        may=JUDGED,
    ),
    declare(
        "takes-any-segment-arn",
        "The endpoint accepts any text as a ValueArn.",
        judging(segment_attribute_arns_are_arns)(lambda _: True),
        "StartChatContact.SegmentAttributes.value-arn-valid",
        may=JUDGED,
    ),
)
