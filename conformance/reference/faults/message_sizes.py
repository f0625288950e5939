"""Faults in measuring a message: what is counted instead of UTF-8 bytes, and where the limit is put."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable

from conformance.contract.content_types import INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.reference.context import Call
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Fault, declare
from conformance.reference.faults_kit.hooks import lacks
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import a_message_has_at_most_16384_bytes
from conformance.reference.service import ReferenceService

Size = Callable[[str], int]
# What a limit that is too low also keeps from being sent.
LOW = ("SendMessage.Content.*", "Surfaces.*", "WebSocket.*", "GetTranscript.*")
OLD_MOST, OLD_MOST_JSON, OLD_MOST_RESPONSE = 1_024, 12_000, 12_288  # code points, in an older text
JSON = "application/json"


def _utf8(text: str) -> int:
    return len(text.encode())


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cesu8(text: str) -> int:
    """UTF-8 in which each half of a surrogate pair is encoded for itself."""
    return _utf8(text) + 2 * sum(character > "\uffff" for character in text)


def _printed_again(text: str) -> int:
    """The bytes of a JSON text without the blanks that mean nothing, and of any other text."""
    try:
        return _utf8(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")))
    except ValueError:
        return _utf8(text)


def _too_long(size: Size, most: int = MESSAGE_BYTES) -> Callable[[Call], bool]:
    return lambda call: size(call.get("Content")) > most


def _fault(name: str, says: str, is_too_long: Callable[[Call], bool], *red: str, may: tuple[str, ...] = ()) -> Fault:
    """A fault in which the calls that `is_too_long` is true of are refused instead of those of too many bytes."""

    def rule(call: Call) -> None:
        if is_too_long(call):
            raise bad_value(call.operation, "The content is too long.")

    def seed(service: ReferenceService) -> None:
        lacks(service, "SendMessage", a_message_has_at_most_16384_bytes, rule)

    return declare(name, says, seed, *red, may=may)


def _for_type(content_type: str, most: int) -> Callable[[Call], bool]:
    """Whether the content is too long, for messages of one type by another limit."""
    return lambda call: (
        _utf8(call.get("Content")) > (most if call.get("ContentType") == content_type else MESSAGE_BYTES)
    )


COUNTED = (
    _fault(
        "counts-characters-of-messages",
        "The endpoint counts code points of a message.",
        _too_long(len),
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "counts-utf-16-of-messages",
        "The endpoint counts UTF-16 code units of a message.",
        _too_long(_utf16_units),
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "counts-emoji-as-three-bytes",
        "The endpoint counts a character beyond the BMP as 3 bytes.",
        _too_long(lambda text: _utf8(text) - sum(character > "\uffff" for character in text)),
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "counts-surrogates-of-messages",
        "The endpoint counts a character beyond the BMP as 6 bytes.",
        _too_long(_cesu8),
        "SendMessage.Content.bytes-at-limit",
        may=LOW,
    ),
    _fault(
        "counts-stripped-messages",
        "The endpoint does not count blanks at the ends of a message.",
        _too_long(lambda text: _utf8(text.strip())),
        "SendMessage.Content.bytes-max",
    ),
    _fault(
        "counts-line-breaks-once",
        "A line break of two characters counts as one.",
        _too_long(lambda text: _utf8(text.replace("\r\n", "\n"))),
        "SendMessage.Content.bytes-max",
    ),
    _fault(
        "counts-composed-messages",
        "The endpoint counts the composed form of a message.",
        _too_long(lambda text: _utf8(unicodedata.normalize("NFC", text))),
        "SendMessage.Content.bytes-max",
    ),
    _fault(
        "counts-escaped-messages",
        "The endpoint counts a message as it is escaped in JSON.",
        _too_long(lambda text: _utf8(json.dumps(text)) - 2),
        "SendMessage.Content.bytes-at-limit",
        may=LOW,
    ),
    _fault(
        "counts-quotes-twice",
        "Quotes, backslashes and line breaks count as two.",
        _too_long(lambda text: _utf8(json.dumps(text, ensure_ascii=False)) - 2),
        "SendMessage.Content.bytes-at-limit",
        may=LOW,
    ),
    _fault(
        "counts-messages-as-html",
        "The endpoint counts a message as it is escaped in HTML.",
        _too_long(lambda text: _utf8(html.escape(text))),
        "SendMessage.Content.bytes-at-limit",
        may=LOW,
    ),
    _fault(
        "counts-json-without-blanks",
        "The blanks of a JSON text are not counted.",
        _too_long(_printed_again),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "counts-plain-text-only",
        "The endpoint applies the limit to text/plain only.",
        lambda call: call.get("ContentType") == TEXT and _utf8(call.get("Content")) > MESSAGE_BYTES,
        "SendMessage.Content.bytes-max-every-type",
    ),
)

MOVED = (
    _fault(
        "takes-a-byte-more",
        "The endpoint accepts a message of one byte too many.",
        _too_long(_utf8, MESSAGE_BYTES + 1),
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "takes-a-byte-less",
        "The endpoint refuses a message of exactly the most bytes.",
        _too_long(_utf8, MESSAGE_BYTES - 1),
        "SendMessage.Content.bytes-at-limit",
        "SendMessage.Content.bytes-max-every-type",
        may=LOW,
    ),
    _fault(
        "holds-messages-to-1024",
        "The endpoint applies the limit of an older model.",
        _too_long(len, OLD_MOST),
        "SendMessage.Content.bytes-at-limit",
        "SendMessage.Content.bytes-max-every-type",
        may=LOW,
    ),
    _fault(
        "holds-json-to-12000",
        "The endpoint applies the limit of an older text to JSON.",
        _for_type(JSON, OLD_MOST_JSON),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "holds-responses-to-12288",
        "The endpoint applies the limit of an older text to interactive responses.",
        _for_type(INTERACTIVE_RESPONSE, OLD_MOST_RESPONSE),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "takes-a-byte-more-of-responses",
        "A response of one byte too many is accepted.",
        _for_type(INTERACTIVE_RESPONSE, MESSAGE_BYTES + 1),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _fault(
        "holds-bots-to-1024",
        "The endpoint applies the limit of an older model to added participants.",
        lambda call: _utf8(call.get("Content")) > (MESSAGE_BYTES if call.participant.role == CUSTOMER else OLD_MOST),
        "SendMessage.Content.bytes-at-limit",
        may=LOW,
    ),
)
