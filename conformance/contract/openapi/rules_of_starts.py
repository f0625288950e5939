"""Rules of the calls that start contacts, and of attributes, as clauses."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.content_types import INTERACTIVE, SENDABLE, SUPPORTED, TEXT
from conformance.contract.limits import ATTRIBUTE_BYTES, MESSAGE_BYTES
from conformance.contract.openapi.clauses import (
    BYTES_LACK,
    Clause,
    Schema,
    has_values,
    holds,
    media_types,
    never_together,
    without,
)

CHAT, CALL = "StartChatContact", "StartWebRTCContact"
TYPES = "SupportedMessagingContentTypes"
# What is surely neither letter nor digit: ASCII and Latin-1 signs, General Punctuation, Currency Symbols.
_BEYOND_ASCII = r"\x7f-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u2000-\u206f\u20a0-\u20cf"
_STRANGERS = rf"\x00-,.\/;-@\[-^`{{-\x7e{_BEYOND_ASCII}"
_PLAIN = "A-Za-z0-9_-"
_KEY_LACK = "Of the characters beyond ASCII only signs that no reader takes for a letter or digit are refused."
# arn:partition:service:region:account:resource, where Region and account may be empty.
_ARN: Schema = {"pattern": "^arn:[^:]+:[^:]+:[^:]*:[^:]*:."}
_EPOCH: Schema = {"pattern": r"^\s*[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?\s*$"}


def _attributes(operation: str) -> Iterator[Clause]:
    """Attributes have a total of bytes, and keys of letters, digits, dashes and underscores."""
    facet = f"{operation}.Attributes"
    yield Clause(
        (f"{facet}.total-bytes-max", f"{facet}.total-counts-all-pairs"),
        "Attributes",
        # Each key has a byte at least.
        {"maxProperties": ATTRIBUTE_BYTES},
        # 8 keys of 64 and values of 4 x 1,008 bytes come to 32,768.
        narrow={
            "maxProperties": 8,
            "propertyNames": {"maxLength": 64},
            "additionalProperties": {"maxLength": 1_008},
        },
        accepts=(f"{facet}.total-bytes-at-limit",),
        lacks="No schema adds lengths up: only more pairs than 32,768 are refused.",
    )
    strange, plain = without(f":{_STRANGERS}", _PLAIN)
    yield Clause(
        (f"{facet}.key-alphabet",),
        "Attributes.key",
        strange,
        narrow=plain,
        accepts=(f"{facet}.key-alphabet-accepted",),
        lacks=_KEY_LACK,
    )


def _types_list() -> Iterator[Clause]:
    """SupportedMessagingContentTypes holds text/plain, and nothing but supported types."""
    facet = f"{CHAT}.{TYPES}"
    lists = ("text-plain-alone", "any-order", "documented-examples")
    yield Clause(
        (f"{facet}.text-plain-required",),
        TYPES,
        holds(TEXT),
        narrow={"contains": {"const": TEXT}, "uniqueItems": True},
        accepts=tuple(f"{facet}.{rule}" for rule in lists),
    )
    yield Clause(
        (f"{facet}.unsupported-refused",),
        f"{TYPES}.member",
        media_types(*SUPPORTED),
        narrow={"enum": list(SUPPORTED)},
        accepts=(f"{facet}.all-supported",),
    )


def _arns_of(operation: str) -> Clause:
    """What a ValueArn of a segment attribute is, itself or one map or list below it."""
    inner: Schema = {"properties": {"ValueArn": _ARN}}
    nested: Schema = {"ValueMap": {"additionalProperties": inner}, "ValueList": {"items": inner}}
    return Clause(
        (f"{operation}.SegmentAttributes.value-arn-valid",),
        "SegmentAttributes.value",
        {"properties": {"ValueArn": _ARN, **nested}},
        lacks="Maps and lists inside maps and lists are not looked into.",
    )


def _segment_attributes() -> Iterator[Clause]:
    """Names of segment attributes, ARNs in them, and what a guide needs beside it."""
    facet = f"{CHAT}.SegmentAttributes"
    strange, _ = without(_STRANGERS, _PLAIN)
    yield Clause(
        (f"{facet}.key-alphabet",),
        "SegmentAttributes.key",
        strange,
        accepts=(f"{facet}.subtype-accepted",),
        lacks=_KEY_LACK,
    )
    yield _arns_of(CHAT)
    guide: Schema = {"properties": {"ValueString": {"const": "connect:Guide"}}, "required": ["ValueString"]}
    subtype: Schema = {"type": "object", "properties": {"connect:Subtype": {"type": "object", **guide}}}
    with_guide: Schema = {
        "properties": {"SegmentAttributes": {**subtype, "required": ["connect:Subtype"]}},
        "required": ["SegmentAttributes"],
    }
    needs = {
        "guide-needs-types-list": has_values(TYPES),
        "guide-needs-interactive": {"properties": {TYPES: holds(INTERACTIVE)}},
        "guide-needs-interactive-response": {"properties": {TYPES: holds(f"{INTERACTIVE}.response")}},
    }
    for rule, needed in needs.items():
        yield Clause((f"{facet}.{rule}",), "", {"if": with_guide, "then": needed})


def _initial_message() -> Iterator[Clause]:
    """The first message: its type, whether the chat's own list declares it, and its bytes."""
    facet = f"{CHAT}.InitialMessage"
    yield Clause(
        (f"{facet}.unsupported-type-refused",),
        "InitialMessage.ContentType",
        media_types(*SENDABLE),
        narrow={"enum": [TEXT]},
        accepts=(f"{facet}.declared-types-accepted",),
    )
    yield Clause((f"{facet}.undeclared-type-refused",), "", {"allOf": [_declares(name) for name in SENDABLE]})
    yield Clause(
        (f"{facet}.bytes-max",),
        "InitialMessage.Content",
        {"maxLength": MESSAGE_BYTES},
        narrow={"maxLength": MESSAGE_BYTES // 4},
        accepts=(f"{facet}.bytes-at-limit",),
        lacks=BYTES_LACK,
    )


def _declares(name: str) -> Schema:
    """A start whose list of content types holds that of its first message, if that is `name`."""
    message = {"type": "object", "properties": {"ContentType": {"const": name}}, "required": ["ContentType"]}
    return {
        "if": {"properties": {"InitialMessage": message}, "required": ["InitialMessage"]},
        "then": {"properties": {TYPES: holds(name)}},
    }


def _chats() -> Iterator[Clause]:
    yield Clause(
        (f"{CHAT}.RelatedContactId.excludes-persistent-chat",), "", never_together("RelatedContactId", "PersistentChat")
    )
    persistent = f"{CHAT}.PersistentChat"
    yield Clause((f"{persistent}.rehydration-type-required",), "PersistentChat", has_values("RehydrationType"))
    yield Clause((f"{persistent}.source-contact-required",), "PersistentChat", has_values("SourceContactId"))
    yield from _types_list()
    yield from _segment_attributes()
    yield from _initial_message()


def _calls() -> Iterator[Clause]:
    """References of a call, and what its members let through."""
    facet = f"{CALL}.References"
    accepted = ("url", "number", "string", "date", "email")
    yield Clause(
        (f"{facet}.attachment-refused",),
        "References.value.Type",
        {"not": {"const": "ATTACHMENT"}},
        narrow={"const": "STRING"},
        accepts=tuple(f"{facet}.{form}-accepted" for form in accepted),
    )
    is_date: Schema = {"properties": {"Type": {"const": "DATE"}}, "required": ["Type"]}
    yield Clause(
        (f"{facet}.date-is-epoch",),
        "References.value",
        {"if": is_date, "then": {"properties": {"Value": _EPOCH}}},
        narrow=has_values("Value"),
    )
    yield Clause((), "AllowedCapabilities", {}, accepts=(f"{CALL}.AllowedCapabilities.both-sides",))
    yield Clause((), "SegmentAttributes", {}, accepts=(f"{CALL}.SegmentAttributes.subtype-accepted",))
    yield _arns_of(CALL)


def clauses() -> Iterator[Clause]:
    """The clauses of StartChatContact, StartWebRTCContact and UpdateContactAttributes."""
    yield from _chats()
    yield from _calls()
    for operation in (CHAT, CALL, "UpdateContactAttributes"):
        yield from _attributes(operation)
    update = "UpdateContactAttributes.Attributes"
    yield Clause((), "Attributes.value", {}, accepts=(f"{update}.empty-value",))
