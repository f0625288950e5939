"""Cases of the calls that start contacts, and of attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.contract.content_types import (
    INTERACTIVE,
    INTERACTIVE_RESPONSE,
    JSON,
    MARKDOWN,
    SENDABLE,
    SUPPORTED,
    TEXT,
)
from conformance.contract.limits import ATTRIBUTE_BYTES
from strategies.attributes import KEY_ALPHABET, spread
from strategies.content_types import DOCUMENTED_LISTS, TEXTS, UNSUPPORTED
from strategies.text import BY_WIDTH, fill
from tests.openapi.cases import Case, requests
from tests.openapi.judging import plain

CHAT, CALL, UPDATE = "StartChatContact", "StartWebRTCContact", "UpdateContactAttributes"
TYPES = "SupportedMessagingContentTypes"
SOURCE = "00000000-0000-4000-8000-0000000000aa"
PERSISTENT = {"RehydrationType": "FROM_SEGMENT", "SourceContactId": SOURCE}
GUIDE = {"connect:Subtype": {"ValueString": "connect:Guide"}}
ARN = "arn:aws:connect:eu-west-2:111122223333:instance/1"
# Short pairs: more of them than there are bytes.
MANY = {f"{number:x}": "" for number in range(ATTRIBUTE_BYTES + 1)}
MEMBERS = ("Video", "ScreenShare")


def _attributes(name: str) -> Iterator[tuple[str, Case]]:
    facet = f"{name}.Attributes"
    full = [dict(spread(pairs, width, ATTRIBUTE_BYTES)) for pairs, width in ((10, 1), (40, 3), (1_000, 4))]
    for rule in ("total-bytes-max", "total-counts-all-pairs"):
        yield f"{facet}.{rule}", requests(name, "Attributes", [MANY], full)
    yield f"{facet}.total-bytes-at-limit", requests(name, "Attributes", [], full)
    strange = [{f"a{character}b": "v"} for character in " .:$/\n+,\u20ac\u2013\u00a0"] + [{" ": "v"}, {"a\n": "v"}]
    plain_keys = [{KEY_ALPHABET: "v"}, {"a-B_9": "v"}, {"-": "v"}, {"\u00e9\u4f60\u0663": "v"}, {}]
    yield f"{facet}.key-alphabet", requests(name, "Attributes", strange, plain_keys)
    yield f"{facet}.key-alphabet-accepted", requests(name, "Attributes", [], plain_keys[:3])


def _types() -> Iterator[tuple[str, Case]]:
    facet = f"{CHAT}.{TYPES}"
    lists = [[TEXT], [MARKDOWN, TEXT], list(SUPPORTED), list(reversed(SUPPORTED)), ["TEXT/plain; charset=utf-8", JSON]]
    lacking = [[MARKDOWN], [JSON, INTERACTIVE], list(SUPPORTED[1:]), ["text/plainer"], ["x-text/plain"]]
    yield f"{facet}.text-plain-required", requests(CHAT, TYPES, lacking, [*lists, None])
    others = [[TEXT, other] for other in UNSUPPORTED] + [["text/html", TEXT], [*SUPPORTED, "*/*"]]
    yield f"{facet}.unsupported-refused", requests(CHAT, TYPES, others, lists)
    yield f"{facet}.all-supported", requests(CHAT, TYPES, [], [list(SUPPORTED)])
    yield f"{facet}.text-plain-alone", requests(CHAT, TYPES, [], [[TEXT]])
    yield f"{facet}.any-order", requests(CHAT, TYPES, [], [[TEXT, MARKDOWN, JSON], [MARKDOWN, JSON, TEXT]])
    yield f"{facet}.documented-examples", requests(CHAT, TYPES, [], [list(types) for types in DOCUMENTED_LISTS])


def _arns_of(operation: str) -> Case:
    wrong: list[dict[str, Any]] = [
        {"ValueArn": arn} for arn in ("nonsense", "arn:aws:connect", "https://example.com/arn", " ")
    ]
    wrong += [{"ValueMap": {"connect:Subtype": wrong[0]}}, {"ValueList": [wrong[1]]}]
    right = [{"ValueArn": ARN}, {"ValueArn": None}, {"ValueMap": {"connect:Subtype": {"ValueArn": ARN}}}]
    forbidden, allowed = ([{"connect:Subtype": one} for one in values] for values in (wrong, right))
    return requests(operation, "SegmentAttributes", forbidden, allowed)


def _segments() -> Iterator[tuple[str, Case]]:
    facet, member, text = f"{CHAT}.SegmentAttributes", "SegmentAttributes", {"ValueString": "x"}
    strange = [{name: text} for name in ("a b", "a.b", "a/b", "\u20ac", "a\n")]
    yield f"{facet}.key-alphabet", requests(CHAT, member, strange, [{"connect:Subtype": text}, {"a-B_9": text}])
    yield f"{facet}.value-arn-valid", _arns_of(CHAT)
    yield f"{CALL}.SegmentAttributes.value-arn-valid", _arns_of(CALL)
    both = [TEXT, INTERACTIVE, INTERACTIVE_RESPONSE]
    lacking: dict[str, list[Any]] = {
        "guide-needs-types-list": [None],
        "guide-needs-interactive": [[TEXT, INTERACTIVE_RESPONSE], [TEXT, MARKDOWN, INTERACTIVE_RESPONSE]],
        "guide-needs-interactive-response": [[TEXT, INTERACTIVE], [TEXT, JSON, INTERACTIVE]],
    }
    other = plain(CHAT, SegmentAttributes={"connect:Subtype": text})
    for rule, lists in lacking.items():
        case = requests(CHAT, TYPES, lists, [both, both[::-1]], SegmentAttributes=GUIDE)
        yield f"{facet}.{rule}", Case(case.forbidden, [*case.allowed, other, plain(CHAT)])
    accepted = [plain(CHAT, SegmentAttributes=GUIDE, SupportedMessagingContentTypes=both)]
    yield f"{facet}.subtype-accepted", Case([], accepted)
    call = plain(CALL, SegmentAttributes={"connect:Subtype": {"ValueString": "connect:WebRTC"}})
    yield f"{CALL}.SegmentAttributes.subtype-accepted", Case([], [call])


def _message(kind: str, content: str = "Hello") -> dict[str, str]:
    return {"ContentType": kind, "Content": content}


def _first_messages() -> Iterator[tuple[str, Case]]:
    facet, member = f"{CHAT}.InitialMessage", "InitialMessage"
    others = [_message(kind) for kind in (*UNSUPPORTED, INTERACTIVE, "*/*")]
    each = [_message(kind, text) for kind, text in TEXTS.items()]
    yield f"{facet}.unsupported-type-refused", requests(CHAT, member, others, [*each, None])
    declared = [plain(CHAT, InitialMessage=_message(k), SupportedMessagingContentTypes=[TEXT, k]) for k in SENDABLE]
    yield f"{facet}.declared-types-accepted", Case([], declared)
    undeclared = [
        plain(CHAT, InitialMessage=_message(kind), SupportedMessagingContentTypes=[TEXT, other])
        for kind, other in ((MARKDOWN, JSON), (JSON, MARKDOWN), (INTERACTIVE_RESPONSE, INTERACTIVE))
    ]
    yield f"{facet}.undeclared-type-refused", Case(undeclared, [*declared, plain(CHAT, InitialMessage=each[1])])
    full = [_message(TEXT, fill(width, 16_384)) for width in BY_WIDTH]
    yield f"{facet}.bytes-max", requests(CHAT, member, [_message(TEXT, fill(1, 16_385))], full)
    yield f"{facet}.bytes-at-limit", requests(CHAT, member, [], full)


def _continuations() -> Iterator[tuple[str, Case]]:
    excluded = [plain(CHAT, RelatedContactId=SOURCE, PersistentChat=PERSISTENT)]
    single = [plain(CHAT, RelatedContactId=SOURCE), plain(CHAT, PersistentChat=PERSISTENT), plain(CHAT)]
    with_null = plain(CHAT, RelatedContactId=None, PersistentChat=PERSISTENT)
    yield f"{CHAT}.RelatedContactId.excludes-persistent-chat", Case(excluded, [*single, with_null])
    for rule, member in (("rehydration-type", "RehydrationType"), ("source-contact", "SourceContactId")):
        lacking = {key: value for key, value in PERSISTENT.items() if key != member}
        forbidden = [lacking, {**lacking, member: None}]
        case = requests(CHAT, "PersistentChat", forbidden, [PERSISTENT, None])
        yield f"{CHAT}.PersistentChat.{rule}-required", case


def _references() -> Iterator[tuple[str, Case]]:
    facet = f"{CALL}.References"

    def reference(kind: str, **members: Any) -> dict[str, Any]:
        return {"order": {"Type": kind, **members}}

    attachment = [reference("ATTACHMENT"), reference("ATTACHMENT", Value="A-1")]
    others = [reference("STRING", Value="A-1"), reference("EMAIL_MESSAGE")]
    yield f"{facet}.attachment-refused", requests(CALL, "References", attachment, others)
    no_epoch = ("tomorrow", "2026-01-31", "2026-01-31T12:00:00Z", "1763683200 or so", "\U0001f4c5", "")
    epoch = ("1763683200", "1763683200000", "1763683200.5")
    text = reference("STRING", Value="tomorrow")
    dates = [reference("DATE", Value=value) for value in epoch]
    yield (
        f"{facet}.date-is-epoch",
        requests(CALL, "References", [reference("DATE", Value=value) for value in no_epoch], [*dates, text]),
    )
    values = {
        "URL": "https://example.com/a",
        "NUMBER": "42",
        "STRING": "A-1",
        "DATE": epoch[0],
        "EMAIL": "a@example.com",
    }
    for kind, value in values.items():
        case = requests(CALL, "References", [], [reference(kind, Value=value)])
        yield f"{facet}.{kind.lower()}-accepted", case
    sides = [{side: dict.fromkeys(MEMBERS, "SEND")} for side in ("Customer", "Agent")]
    yield (
        f"{CALL}.AllowedCapabilities.both-sides",
        requests(CALL, "AllowedCapabilities", [], [*sides, {**sides[0], **sides[1]}]),
    )


def cases() -> Iterator[tuple[str, Case]]:
    """The cases by requirement id."""
    for name in (CHAT, CALL, UPDATE):
        yield from _attributes(name)
    yield f"{UPDATE}.Attributes.empty-value", requests(UPDATE, "Attributes", [], [{"k": ""}])
    yield from _types()
    yield from _segments()
    yield from _first_messages()
    yield from _continuations()
    yield from _references()
