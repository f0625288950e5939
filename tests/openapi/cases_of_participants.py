"""Cases of what a participant sends."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.content_types import EVENT, INTERACTIVE, READ, SENDABLE, TEXT
from strategies.content_types import TEXTS, UNSUPPORTED
from strategies.text import BY_WIDTH, fill
from tests.openapi.cases import Case, requests
from tests.openapi.judging import plain

MESSAGE, SENT, TRANSCRIPT, UPLOAD = "SendMessage", "SendEvent", "GetTranscript", "StartAttachmentUpload"
DISGUISED = ("text/html; a=text/plain", "text/plain/x", "x-text/plain", "TEXT/HTML", "text/*", "text/plain\n/x")
TIMES = ("2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", "20260131T120000Z")
NO_TIMES = ("yesterday", "2026-13-45T25:61:61.000Z", "not a time", "-", "2026-02-32T00:00:00Z", "12:30 on the 4th")
RECEIPT = {"ContentType": READ}


def _messages() -> Iterator[tuple[str, Case]]:
    facet = f"{MESSAGE}.ContentType"
    same = (*SENDABLE, "text/plain; charset=utf-8", "Text/Plain", "APPLICATION/JSON ;a=b")
    yield f"{facet}.unsupported-refused", requests(MESSAGE, "ContentType", [*UNSUPPORTED, *DISGUISED], same)
    yield f"{facet}.interactive-refused", requests(MESSAGE, "ContentType", [INTERACTIVE], [f"{INTERACTIVE}.response"])
    yield f"{facet}.text-plain-always", requests(MESSAGE, "ContentType", [], [TEXT])
    full = [fill(width, 16_384) for width in BY_WIDTH]
    yield f"{MESSAGE}.Content.bytes-max", requests(MESSAGE, "Content", [fill(1, 16_385)], full)
    yield f"{MESSAGE}.Content.bytes-at-limit", requests(MESSAGE, "Content", [], full)
    long = [plain(MESSAGE, ContentType=kind, Content=fill(1, 16_385)) for kind in SENDABLE]
    short = [plain(MESSAGE, ContentType=kind, Content=text) for kind, text in TEXTS.items()]
    yield f"{MESSAGE}.Content.bytes-max-every-type", Case(long, short)


def _events() -> Iterator[tuple[str, Case]]:
    unlisted = [f"{EVENT}.{end}" for end in ("chat.ended", "participant.joined", "typing2", "message")]
    listed = [f"{EVENT}.{end}" for end in ("typing", "message.read", "message.delivered", "connection.acknowledged")]
    yield (
        f"{SENT}.ContentType.unsupported-refused",
        requests(SENT, "ContentType", [*unlisted, EVENT, "typing", TEXT, *SENDABLE], listed),
    )
    yield f"{SENT}.ContentType.typing", requests(SENT, "ContentType", [], listed[:1])
    no_json = ("plain words", "{", "x{}", "{}x", "hello}")
    receipts = ('{"messageId":"m"}', ' {"messageId": "m"}\n', None)
    typing = plain(SENT, Content="plain words")
    case = requests(SENT, "Content", no_json, receipts, **RECEIPT)
    yield f"{SENT}.Content.receipt-not-json", Case(case.forbidden, [*case.allowed, typing])
    yield f"{SENT}.Content.typing-without", Case([], [plain(SENT)])
    yield f"{SENT}.Content.typing-with-empty", Case([plain(SENT, Content="")], [plain(SENT)])


def _transcripts() -> Iterator[tuple[str, Case]]:
    start = {"StartPosition": {"MostRecent": 5}}
    forward = {"ScanDirection": "FORWARD"}
    lacking = [plain(TRANSCRIPT, **forward), plain(TRANSCRIPT, **forward, StartPosition=None)]
    backward = plain(TRANSCRIPT, ScanDirection="BACKWARD")
    yield (
        f"{TRANSCRIPT}.ScanDirection.forward-needs-start",
        Case(lacking, [plain(TRANSCRIPT, **forward, **start), backward, plain(TRANSCRIPT)]),
    )
    yield (
        f"{TRANSCRIPT}.StartPosition.absolute-time-unreadable",
        requests(
            TRANSCRIPT,
            "StartPosition",
            [{"AbsoluteTime": text} for text in NO_TIMES],
            [{"AbsoluteTime": text} for text in TIMES],
        ),
    )
    empty = [plain(TRANSCRIPT, StartPosition={}, ScanDirection="BACKWARD", MaxResults=size) for size in (15, 100)]
    yield f"{TRANSCRIPT}.StartPosition.empty", Case([], empty)


def _uploads() -> Iterator[tuple[str, Case]]:
    supported = ("text/csv", "application/pdf", "image/png", "image/jpeg", "video/mp4", "audio/wav", "text/plain")
    facet, member = f"{UPLOAD}.ContentType", "ContentType"
    unsupported = ("application/x-msdownload", "text/html", "image/svg+xml", "pdf", "x")
    yield f"{facet}.unsupported", requests(UPLOAD, member, unsupported, supported)
    yield f"{facet}.supported", requests(UPLOAD, member, [], supported)
    sizes = (100 * 1_048_576 + 1, 1_000_000_000)
    yield (
        f"{UPLOAD}.AttachmentSizeInBytes.hundred-megabytes",
        requests(UPLOAD, "AttachmentSizeInBytes", sizes, [1, 20_000_000, 100_000_000]),
    )
    names = ("two words.txt", "\u00e9t\u00e9.txt", "\U0001f600.txt")
    yield f"{UPLOAD}.AttachmentName.any-text", requests(UPLOAD, "AttachmentName", [], names)


def cases() -> Iterator[tuple[str, Case]]:
    """The cases by requirement id."""
    yield from _messages()
    yield from _events()
    yield from _transcripts()
    yield from _uploads()
    connect, both = "CreateParticipantConnection", ["WEBSOCKET", "CONNECTION_CREDENTIALS"]
    yield f"{connect}.Type.any-order", requests(connect, "Type", [], [both, both[::-1]])
    tokens = ["a", "A9+/=", "-0-"]
    yield "Tokens.refusal.malformed", requests(MESSAGE, "ConnectionToken", [" ", "!", '""', "*"], tokens)
