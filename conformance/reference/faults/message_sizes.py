"""Faults in measuring a message: what is counted instead of UTF-8 bytes, and where the limit is put."""

from __future__ import annotations

import json
from collections.abc import Callable

from conformance.contract.content_types import INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.reference.context import Call
from conformance.reference.errors import HangUp, bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import lacks
from conformance.reference.faults_kit.operators import ESCAPED_FOR_HTML, NFC, TRIMMED, UNIX_LINES, Change, Place
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import a_message_has_at_most_16384_bytes
from conformance.reference.service import ReferenceService

Size = Callable[[str], int]
OLD_MOST, OLD_MOST_JSON, OLD_MOST_RESPONSE = 1_024, 12_000, 12_288  # code points, in an older text
JSON = "application/json"


def _utf8(text: str) -> int:
    return len(text.encode())


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cesu8(text: str) -> int:
    """UTF-8 in which each half of a surrogate pair is encoded for itself."""
    return _utf8(text) + 2 * sum(character > "\uffff" for character in text)


def _compact_size(text: str) -> int:
    """The bytes of a JSON text without the blanks that mean nothing, and of any other text."""
    try:
        return _utf8(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")))
    except ValueError:
        return _utf8(text)


def _refusing(is_too_long: Callable[[Call], bool]) -> Seed:
    """The calls that `is_too_long` is true of are refused instead of those of too many bytes."""

    def rule(call: Call) -> None:
        if is_too_long(call):
            raise bad_value(call.operation, "The content is too long.")

    return lambda service: lacks(service, "SendMessage", a_message_has_at_most_16384_bytes, rule)


def _counting(size: Size) -> Seed:
    return _refusing(lambda call: size(call.get("Content")) > MESSAGE_BYTES)


def _bytes_of(change: Change) -> Seed:
    return _counting(lambda text: _utf8(change(text)))


def _for_type(content_type: str, most: int) -> Callable[[Call], bool]:
    """Whether the content is too long, for messages of one type by another limit."""
    return lambda call: (
        _utf8(call.get("Content")) > (most if call.get("ContentType") == content_type else MESSAGE_BYTES)
    )


_counted = Rows(_counting)
_limited = Rows(_refusing)
BYTES = "The endpoint counts the bytes of a message"
COUNTED = (
    _counted(
        "counts-characters-of-messages",
        "The endpoint counts code points of a message.",
        len,
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _counted(
        "counts-utf-16-of-messages",
        "The endpoint counts UTF-16 code units of a message.",
        _utf16_units,
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _counted(
        "counts-emoji-as-three-bytes",
        "The endpoint counts a character beyond the BMP as 3 bytes.",
        lambda text: _utf8(text) - sum(character > "\uffff" for character in text),
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _counted(
        "counts-surrogates-of-messages",
        "The endpoint counts a character beyond the BMP as 6 bytes.",
        _cesu8,
        "SendMessage.Content.bytes-at-limit",
    ),
    *Place(BYTES, _bytes_of, "SendMessage.Content.bytes-max").faults(
        {"counts-stripped-messages": TRIMMED, "counts-line-breaks-once": UNIX_LINES, "counts-composed-messages": NFC}
    ),
    *Place(BYTES, _bytes_of, "SendMessage.Content.bytes-at-limit").faults(
        {"counts-messages-as-html": ESCAPED_FOR_HTML}
    ),
    _counted(
        "counts-escaped-messages",
        "The endpoint counts a message as it is escaped in JSON.",
        lambda text: _utf8(json.dumps(text)) - 2,
        "SendMessage.Content.bytes-at-limit",
    ),
    _counted(
        "counts-quotes-twice",
        "The endpoint counts a quote, a backslash or a line break as two bytes.",
        lambda text: _utf8(json.dumps(text, ensure_ascii=False)) - 2,
        "SendMessage.Content.bytes-at-limit",
    ),
    _counted(
        "counts-json-without-blanks",
        "The endpoint does not count the blanks of a JSON text.",
        _compact_size,
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "counts-plain-text-only",
        "The endpoint applies the limit to text/plain only.",
        lambda call: call.get("ContentType") == TEXT and _utf8(call.get("Content")) > MESSAGE_BYTES,
        "SendMessage.Content.bytes-max-every-type",
    ),
)

MOVED = (
    _limited(
        "takes-a-byte-more",
        "The endpoint accepts a message of one byte too many.",
        lambda call: _utf8(call.get("Content")) > MESSAGE_BYTES + 1,
        "SendMessage.Content.bytes-max",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "takes-a-byte-less",
        "The endpoint refuses a message of exactly the most bytes.",
        lambda call: _utf8(call.get("Content")) > MESSAGE_BYTES - 1,
        "SendMessage.Content.bytes-at-limit",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "holds-messages-to-1024",
        "The endpoint refuses a message of more than 1,024 code points, as an older model did.",
        lambda call: len(call.get("Content")) > OLD_MOST,
        "SendMessage.Content.bytes-at-limit",
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "holds-json-to-12000",
        "The endpoint refuses JSON of more than 12,000 bytes, as an older text said.",
        _for_type(JSON, OLD_MOST_JSON),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "holds-responses-to-12288",
        "The endpoint refuses an interactive response of more than 12,288 bytes, as an older text said.",
        _for_type(INTERACTIVE_RESPONSE, OLD_MOST_RESPONSE),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "takes-a-byte-more-of-responses",
        "The endpoint accepts an interactive response of one byte too many.",
        _for_type(INTERACTIVE_RESPONSE, MESSAGE_BYTES + 1),
        "SendMessage.Content.bytes-max-every-type",
    ),
    _limited(
        "holds-bots-to-1024",
        "The endpoint refuses a message of more than 1,024 bytes from an added participant.",
        lambda call: _utf8(call.get("Content")) > (MESSAGE_BYTES if call.participant.role == CUSTOMER else OLD_MOST),
        "SendMessage.Content.bytes-at-limit",
    ),
)


@fault("SendMessage.Content.bytes-at-limit", "SendMessage.Content.bytes-max-every-type")
def closes_at_the_most_bytes(service: ReferenceService) -> None:
    """The endpoint closes the connection on a message of exactly the most bytes."""

    def rule(call: Call) -> None:
        if _utf8(call.get("Content")) == MESSAGE_BYTES:
            raise HangUp
        a_message_has_at_most_16384_bytes(call)

    lacks(service, "SendMessage", a_message_has_at_most_16384_bytes, rule)
