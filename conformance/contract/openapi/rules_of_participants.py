"""Rules of the Participant Service's requests, and of adding a participant, as clauses."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.content_types import ACKNOWLEDGED, SENDABLE, TEXT, TYPING
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.model import operations
from conformance.contract.openapi.clauses import BYTES_LACK, Clause, Schema, has_values, media_types
from conformance.contract.openapi.vocabularies import EVERYWHERE_FILE_BYTES, FILE_TYPES, MOST_FILE_BYTES, RECEIPTS

# What begins like ISO 8601 counts as its calendar does.
_NO_TIME = (
    "^[0-9]{4}-(00|1[3-9]|[2-9][0-9])-",
    "^[0-9]{4}-[0-9]{2}-(00|3[2-9]|[4-9][0-9])",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T(2[5-9]|[3-9][0-9]):",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[6-9][0-9]",
)


def _messages() -> Iterator[Clause]:
    kind, content = "SendMessage.ContentType", "SendMessage.Content"
    yield Clause(
        (f"{kind}.unsupported-refused", f"{kind}.interactive-refused"),
        "ContentType",
        media_types(*SENDABLE),
        narrow={"enum": [TEXT]},
        accepts=(f"{kind}.text-plain-always",),
    )
    yield Clause(
        (f"{content}.bytes-max", f"{content}.bytes-max-every-type"),
        "Content",
        {"maxLength": MESSAGE_BYTES},
        narrow={"maxLength": MESSAGE_BYTES // 4},
        accepts=(f"{content}.bytes-at-limit",),
        lacks=BYTES_LACK,
    )


def _events() -> Iterator[Clause]:
    yield Clause(
        ("SendEvent.ContentType.unsupported-refused",),
        "ContentType",
        media_types(TYPING, *RECEIPTS, ACKNOWLEDGED),
        narrow={"enum": [TYPING]},
        accepts=("SendEvent.ContentType.typing",),
    )
    receipt: Schema = {"properties": {"ContentType": {"enum": list(RECEIPTS)}}, "required": ["ContentType"]}
    # A JSON text begins and ends like one; that all between is JSON too, only a reader of JSON can tell.
    text: Schema = {"pattern": r'^\s*[{\["0-9tfn-]', "contentMediaType": "application/json"}
    ended: Schema = {"pattern": r'[}\]"0-9el]\s*$'}
    yield Clause(
        ("SendEvent.Content.receipt-not-json",),
        "",
        {"if": receipt, "then": {"properties": {"Content": {"allOf": [text, ended]}}}},
        accepts=("SendEvent.Content.typing-without",),
        lacks="What lies between the first and the last character of a JSON text is not looked at.",
    )


def _typing() -> Iterator[Clause]:
    yield Clause(("SendEvent.Content.typing-with-empty",), "Content", {"minLength": 1})


def _transcripts() -> Iterator[Clause]:
    forward: Schema = {"properties": {"ScanDirection": {"const": "FORWARD"}}, "required": ["ScanDirection"]}
    yield Clause(
        ("GetTranscript.ScanDirection.forward-needs-start",), "", {"if": forward, "then": has_values("StartPosition")}
    )
    yield Clause(
        ("GetTranscript.StartPosition.absolute-time-unreadable",),
        "StartPosition.AbsoluteTime",
        # In every notation a time has four digits in a row.
        {"pattern": "[0-9]{4}", "not": {"pattern": "|".join(_NO_TIME)}},
        lacks="Refused is what has no four digits in a row, or a month, day, hour or minute beyond the calendar.",
    )
    yield Clause((), "StartPosition", {}, narrow={"minProperties": 1}, accepts=("GetTranscript.StartPosition.empty",))


def _attachments() -> Iterator[Clause]:
    facet = "StartAttachmentUpload"
    yield Clause(
        (f"{facet}.ContentType.unsupported",),
        "ContentType",
        media_types(*FILE_TYPES),
        narrow={"enum": [TEXT]},
        accepts=(f"{facet}.ContentType.supported",),
    )
    yield Clause(
        (f"{facet}.AttachmentSizeInBytes.hundred-megabytes",),
        "AttachmentSizeInBytes",
        {"maximum": MOST_FILE_BYTES},
        narrow={"maximum": EVERYWHERE_FILE_BYTES},
    )
    yield Clause(
        (),
        "AttachmentName",
        {},
        narrow={"pattern": "^[A-Za-z0-9]+\\.txt(?!\\n)$"},
        accepts=(f"{facet}.AttachmentName.any-text",),
    )


def _people() -> Iterator[Clause]:
    """Connections of participants, and participants who are added."""
    connection = "CreateParticipantConnection"
    yield Clause((), "Type", {}, narrow={"uniqueItems": True}, accepts=(f"{connection}.Type.any-order",))
    yield Clause((f"{connection}.Type.nothing-asked",), "", {}, narrow=has_values("Type"))
    connected: Schema = {"properties": {"ConnectParticipant": {"const": True}}, "required": ["ConnectParticipant"]}
    credentials: Schema = {"properties": {"Type": {"contains": {"const": "CONNECTION_CREDENTIALS"}}}}
    alone = f"{connection}.ConnectParticipant.without-type"
    yield Clause((alone,), "", {}, narrow={"if": connected, "then": credentials})
    yield Clause(
        ("CreateParticipant.ParticipantRole.omitted",),
        "ParticipantDetails",
        {},
        narrow=has_values("ParticipantRole", "DisplayName"),
    )
    yield Clause(
        ("GetAuthenticationUrl.RedirectUri.no-url",),
        "RedirectUri",
        {},
        narrow={"pattern": "^https://example\\.com/[A-Za-z0-9/]*(?!\\n)$"},
    )
    yield Clause(("StopContact.DisconnectReason.reserved",), "DisconnectReason", {}, narrow={"not": {}})


def _bearers() -> Iterator[Clause]:
    for operation in operations().values():
        if operation.bearer is not None:
            yield Clause(
                ("Tokens.refusal.malformed",),
                operation.bearer.dotted,
                {"pattern": "[A-Za-z0-9]"},
                lacks="Which characters tokens have only their endpoint knows: refused is one without letter or digit.",
                operation=operation.name,
            )


def clauses() -> Iterator[Clause]:
    """The clauses of requests that a participant makes, or that concern one participant."""
    yield from _messages()
    yield from _events()
    yield from _typing()
    yield from _transcripts()
    yield from _attachments()
    yield from _people()
    yield from _bearers()
