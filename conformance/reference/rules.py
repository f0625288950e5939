"""What the documents' prose says about a request by itself: bytes, alphabets, vocabularies, members that go together.

Each rule is one sentence of a document and looks at the call alone; what depends on contacts is their operations'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import ATTRIBUTE_BYTES, MESSAGE_BYTES
from conformance.reference.attributes import attribute_bytes
from conformance.reference.content_types import EVENTS, SENDABLE, SUPPORTED
from conformance.reference.context import Call
from conformance.reference.errors import bad_combination, bad_value

Rule = Callable[[Call], None]

ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# The documents allow alphanumeric, - and _, and use connect:Subtype: a system attribute has the prefix besides.
SEGMENT_ATTRIBUTE_KEY = re.compile(r"(connect:)?[A-Za-z0-9_-]+")
SNS_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)
ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+")
EPOCH_TIME = re.compile(r"\d{1,13}(\.\d{1,9})?", re.ASCII)
REFERENCE_TYPES = frozenset({"URL", "NUMBER", "STRING", "DATE", "EMAIL"})
GUIDE = "connect:Guide"


def attribute_keys_are_alphanumeric(call: Call) -> None:
    """Attribute keys hold only alphanumeric, dash and underscore characters."""
    _refuse_keys(call, "Attributes", ATTRIBUTE_KEY)


def attributes_have_at_most_32768_bytes(call: Call) -> None:
    """All keys and values of Attributes together have at most 32,768 UTF-8 bytes."""
    if attribute_bytes(call.get("Attributes") or {}) > ATTRIBUTE_BYTES:
        raise bad_value(call.operation, f"Attributes has more than {ATTRIBUTE_BYTES:,} UTF-8 bytes.")


def segment_attribute_keys_are_alphanumeric(call: Call) -> None:
    """Keys of SegmentAttributes hold only alphanumeric, dash and underscore characters."""
    _refuse_keys(call, "SegmentAttributes", SEGMENT_ATTRIBUTE_KEY)


def content_types_are_supported(call: Call) -> None:
    """SupportedMessagingContentTypes holds only supported types, text/plain always among them."""
    declared = call.get("SupportedMessagingContentTypes")
    if declared is not None and not (TEXT in declared and set(declared) <= SUPPORTED):
        raise bad_value(call.operation, "SupportedMessagingContentTypes holds text/plain and other supported types.")


def a_guide_declares_interactive_types(call: Call) -> None:
    """connect:Subtype is connect:Guide only where both interactive types are declared."""
    subtype = (call.get("SegmentAttributes") or {}).get("connect:Subtype") or {}
    needed = {INTERACTIVE, INTERACTIVE_RESPONSE}
    if subtype.get("ValueString") == GUIDE and not needed <= set(call.get("SupportedMessagingContentTypes") or ()):
        raise bad_combination(call.operation, "A guide needs both interactive types in SupportedMessagingContentTypes.")


def related_excludes_persistent(call: Call) -> None:
    """RelatedContactId and PersistentChat do not go together."""
    if call.get("RelatedContactId") is not None and call.get("PersistentChat") is not None:
        raise bad_combination(call.operation, "Give RelatedContactId or PersistentChat, not both.")


def the_first_message_is_one_the_chat_takes(call: Call) -> None:
    """InitialMessage has a sendable type that the chat declares (text/plain without a list), in 16,384 bytes."""
    message = call.get("InitialMessage")
    if message is None:
        return
    if message["ContentType"] not in SENDABLE & set(call.get("SupportedMessagingContentTypes") or (TEXT,)):
        raise bad_value(call.operation, "The content type of InitialMessage is not one of this chat.")
    _refuse_long_content(call, message["Content"])


def a_message_has_a_sendable_type(call: Call) -> None:
    """SendMessage takes four content types."""
    if call.get("ContentType") not in SENDABLE:
        raise bad_value(call.operation, "A message cannot have this content type.")


def a_message_has_at_most_16384_bytes(call: Call) -> None:
    """The content of a message has at most 16,384 UTF-8 bytes, whatever its type."""
    _refuse_long_content(call, call.get("Content"))


def an_event_has_a_listed_type(call: Call) -> None:
    """SendEvent takes the listed event types."""
    if call.get("ContentType") not in EVENTS:
        raise bad_value(call.operation, "A participant cannot send this event.")


def references_have_the_types_of_creation(call: Call) -> None:
    """A reference is a URL, NUMBER, STRING, DATE or EMAIL at creation, no ATTACHMENT."""
    for reference in (call.get("References") or {}).values():
        if reference["Type"] not in REFERENCE_TYPES:
            raise bad_value(call.operation, "A reference cannot have this type when the contact is created.")


def a_date_is_an_epoch_time(call: Call) -> None:
    """The value of a DATE reference is an epoch timestamp."""
    for reference in (call.get("References") or {}).values():
        value = reference.get("Value")
        if reference["Type"] == "DATE" and value is not None and not EPOCH_TIME.fullmatch(value):
            raise bad_value(call.operation, "The value of a DATE reference is no epoch timestamp.")


def segment_attribute_arns_are_arns(call: Call) -> None:
    """ValueArn of a segment attribute, at any depth, is an ARN."""
    values = list((call.get("SegmentAttributes") or {}).values())
    while values:
        value = values.pop()
        if value.get("ValueArn") is not None and not ARN.fullmatch(value["ValueArn"]):
            raise bad_value(call.operation, "A ValueArn of SegmentAttributes is no ARN.")
        values += [*(value.get("ValueMap") or {}).values(), *(value.get("ValueList") or ())]


def the_stream_goes_to_a_topic(call: Call) -> None:
    """StreamingEndpointArn is the ARN of a standard Amazon SNS topic."""
    configuration = call.get("ChatStreamingConfiguration")
    if configuration is not None and not SNS_TOPIC.fullmatch(configuration["StreamingEndpointArn"]):
        raise bad_value(call.operation, "StreamingEndpointArn is not the ARN of a standard Amazon SNS topic.")


def _refuse_keys(call: Call, name: str, alphabet: re.Pattern[str]) -> None:
    attributes: Mapping[str, Any] = call.get(name) or {}
    if not all(alphabet.fullmatch(key) for key in attributes):
        raise bad_value(call.operation, f"A key of {name} has characters other than letters, digits, - and _.")


def _refuse_long_content(call: Call, content: str) -> None:
    if len(content.encode()) > MESSAGE_BYTES:
        raise bad_value(call.operation, f"The content has more than {MESSAGE_BYTES:,} UTF-8 bytes.")


RULES: Mapping[str, tuple[Rule, ...]] = {
    "StartChatContact": (
        attribute_keys_are_alphanumeric,
        attributes_have_at_most_32768_bytes,
        segment_attribute_keys_are_alphanumeric,
        segment_attribute_arns_are_arns,
        content_types_are_supported,
        a_guide_declares_interactive_types,
        related_excludes_persistent,
        the_first_message_is_one_the_chat_takes,
        the_stream_goes_to_a_topic,
    ),
    "StartWebRTCContact": (
        attribute_keys_are_alphanumeric,
        attributes_have_at_most_32768_bytes,
        segment_attribute_keys_are_alphanumeric,
        segment_attribute_arns_are_arns,
        references_have_the_types_of_creation,
        a_date_is_an_epoch_time,
    ),
    "UpdateContactAttributes": (attribute_keys_are_alphanumeric,),
    "StartContactStreaming": (the_stream_goes_to_a_topic,),
    "SendMessage": (a_message_has_a_sendable_type, a_message_has_at_most_16384_bytes),
    "SendEvent": (an_event_has_a_listed_type,),
}
