"""Faults of the contents that GetTranscript shows of messages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from conformance.reference.context import Call, Context
from conformance.reference.faults.transcript_items import Item, items_become
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.faults_kit.operators import (
    ESCAPED_FOR_HTML,
    LINE_BREAKS_OF_ESCAPES,
    NFC,
    NO_BYTE_ORDER_MARK,
    NO_CONTROLS,
    NO_FORMAT_CHARACTERS,
    NO_NONCHARACTERS,
    NO_NUL,
    PRINTED_ASCII_JSON,
    QUESTION_MARKS_BEYOND_BMP,
    SINGLE_BLANKS,
    SORTED_JSON,
    TRIMMED,
    UNESCAPED_HTML,
    UNIX_LINES,
    Place,
    cut_after,
    cut_after_bytes,
)
from conformance.reference.state import MESSAGE

ANY_CONTENT = (
    "GetTranscript.*",
    "*.PersistentChat.*",
    "*.InitialMessage.*",
    "*.ClientToken.*",
    "Clients.calls.*",
    "Surfaces.*.same-content",
    "SendMessage.Content.*",
)


def _content(change: Callable[[str], str], content_type: str | None = None) -> Seed:
    """The content of messages, or of those of one content type, is shown changed."""

    def alter(_: Context, __: Call, item: Item) -> Item:
        meant = item["Type"] == MESSAGE and content_type in (None, item["ContentType"])
        return {**item, "Content": change(item["Content"])} if meant and "Content" in item else item

    return items_become(alter)


CONTENT = Place("GetTranscript shows a message", _content, may=ANY_CONTENT)
JSON_CONTENT = Place(
    "GetTranscript shows a message", partial(_content, content_type="application/json"), may=ANY_CONTENT
)
CONTENTS = (
    *CONTENT.faults(
        {
            "shows-trimmed-contents": TRIMMED,
            "shows-single-blanks": SINGLE_BLANKS,
            "shows-other-line-breaks": UNIX_LINES,
        },
        "GetTranscript.Transcript.content-blanks",
    ),
    *CONTENT.faults(
        {
            "shows-composed-characters": NFC,
            "shows-the-bmp-only": QUESTION_MARKS_BEYOND_BMP,
            "shows-no-joiners": NO_FORMAT_CHARACTERS,
            "shows-no-byte-order-mark": NO_BYTE_ORDER_MARK,
        },
        "GetTranscript.Transcript.content-non-bmp",
    ),
    *CONTENT.faults(
        {
            "shows-no-nul": NO_NUL,
            "shows-no-noncharacters": NO_NONCHARACTERS,
            "shows-no-control-characters": NO_CONTROLS,
        },
        "GetTranscript.Transcript.content-control",
    ),
    *CONTENT.faults(
        {"shows-one-byte-less": cut_after_bytes(16_383), "shows-8192-characters": cut_after(8_192)},
        "GetTranscript.Transcript.content-longest",
    ),
    *CONTENT.faults(
        {
            "shows-escaped-markup": ESCAPED_FOR_HTML,
            "shows-resolved-entities": UNESCAPED_HTML,
            "shows-resolved-escapes": LINE_BREAKS_OF_ESCAPES,
        },
        "GetTranscript.Transcript.content-markup",
    ),
    *JSON_CONTENT.faults(
        {"shows-json-anew": PRINTED_ASCII_JSON, "shows-sorted-json": SORTED_JSON},
        "GetTranscript.Transcript.content-json-text",
    ),
)
