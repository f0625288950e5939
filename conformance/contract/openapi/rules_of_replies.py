"""Rules of replies, as clauses: what one reply shows by itself."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.catalogue import constraints
from conformance.contract.content_types import EVENT
from conformance.contract.model import Kind
from conformance.contract.openapi.clauses import Clause, Schema, has_values, never_together
from conformance.contract.operation_traits import TRAITS
from conformance.contract.requirements import ConstraintKind, Direction

# A header carries visible latin-1 characters, and blanks between them (RFC 9110, 5.5).
_NO_HEADER_VALUE = r"^[^!-~\x80-\xff]|[^ -~\x80-\xff]|[^!-~\x80-\xff]$"
_NOT_BLANK: Schema = {"pattern": "\\S"}
_SECONDS_OF_YEAR_5000 = 100_000_000_000  # a larger count is no count of seconds


def _reply(rules: tuple[str, ...], at: str, schema: Schema, *, operation: str = "", lacks: str = "") -> Clause:
    return Clause(rules, at, schema, direction=Direction.OUTPUT, operation=operation, lacks=lacks)


def _tokens() -> Iterator[Clause]:
    for operation, at in ((name, at) for name, traits in TRAITS.items() for at in traits.tokens):
        safe: Schema = {"not": {"pattern": _NO_HEADER_VALUE}}
        yield _reply(("Tokens.issue.header-safe",), at, safe, operation=operation)


def _sockets() -> Iterator[Clause]:
    scheme: Schema = {"pattern": "^(wss://|ws://127\\.0\\.0\\.1:[0-9]+)"}
    for operation in ("StartChatContact", "CreateParticipantConnection"):
        yield _reply(("WebSocket.url.scheme",), "Websocket.Url", scheme, operation=operation)


def _items() -> Iterator[Clause]:
    """Items of a transcript: how many, and of which chat."""
    yield _reply(
        ("GetTranscript.MaxResults.never-exceeded",),
        "Transcript",
        {"maxItems": 100},
        lacks="A reply's schema knows the largest MaxResults, not that of the request.",
    )
    facet = "StartChatContact.PersistentChat"
    yield _reply(
        (f"{facet}.past-items-related-contact", f"{facet}.current-items-contact"),
        "Transcript.member",
        never_together("ContactId", "RelatedContactId"),
        operation="GetTranscript",
        lacks="Refused is an item that names both; which of them it should name takes knowledge of the chats.",
    )
    yield _reply(
        ("GetTranscript.Transcript.id-unique",),
        "Transcript",
        {"uniqueItems": True},
        lacks="Two items of one Id that differ in anything else are not refused.",
    )


def _kinds_of_items() -> Iterator[Clause]:
    """Items of a transcript: what a kind of item has."""
    attached: Schema = {"properties": {"Attachments": {"type": "array", "minItems": 1}}, "required": ["Attachments"]}
    yield _reply(
        ("CompleteAttachmentUpload.effect.item-type",),
        "Transcript.member",
        {"if": attached, "then": {"properties": {"Type": {"const": "ATTACHMENT"}}}},
        operation="GetTranscript",
        lacks="Whose ParticipantId and role an item should have takes knowledge of the chat.",
    )
    yield _reply(
        ("SendEvent.receipt.recipient",),
        "Transcript.member.MessageMetadata.Receipts.member",
        has_values("RecipientParticipantId"),
        operation="GetTranscript",
        lacks="Which participant received or read the message takes knowledge of the chat.",
    )
    event: Schema = {"properties": {"Type": {"const": "EVENT"}}, "required": ["Type"]}
    begins: Schema = {"properties": {"ContentType": {"pattern": f"^{EVENT.replace('.', chr(92) + '.')}"}}}
    yield _reply(
        ("GetTranscript.Transcript.event-content-type",),
        "Transcript.member",
        {"if": event, "then": {"required": ["ContentType"], **begins}},
    )


def _meetings() -> Iterator[Clause]:
    facet = "StartWebRTCContact.ConnectionData.for-a-client"
    for member in ("Attendee.AttendeeId", "Attendee.JoinToken", "Meeting.MeetingId"):
        yield _reply((facet,), f"ConnectionData.{member}", _NOT_BLANK)
    addresses: Schema = {"additionalProperties": _NOT_BLANK}
    yield _reply((facet,), "ConnectionData.Meeting.MediaPlacement", addresses)


def _times() -> Iterator[Clause]:
    """Participant times end in Z, times of DescribeContact are counted in seconds."""
    for constraint in constraints(Direction.OUTPUT):
        operation, at = constraint.operation, constraint.member.dotted
        if constraint.kind is ConstraintKind.TIME and not operation.signed:
            yield _reply(("Protocol.time.designator",), at, {"pattern": "Z$"}, operation=operation.name)
        if constraint.kind is ConstraintKind.TYPE and constraint.member.kind is Kind.TIMESTAMP:
            yield _reply(("DescribeContact.times.epoch-seconds",), at, {"maximum": _SECONDS_OF_YEAR_5000})


def clauses() -> Iterator[Clause]:
    """The clauses of successful replies."""
    yield from _tokens()
    yield from _sockets()
    yield from _items()
    yield from _kinds_of_items()
    yield from _meetings()
    yield from _times()
    sign_in: Schema = {"pattern": "^https://[^?#]*authorize"}
    yield _reply(("GetAuthenticationUrl.AuthenticationUrl.sign-in",), "AuthenticationUrl", sign_in)
