"""Content types of messages: the supported ones, lists of them that a chat is started with, and texts of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from conformance.contract.content_types import INTERACTIVE_RESPONSE, JSON, MARKDOWN, SUPPORTED, TEXT
from strategies.text import fill

BESIDE_TEXT = SUPPORTED[1:]
# The three lists that the documents give as examples.
DOCUMENTED_LISTS: tuple[tuple[str, ...], ...] = (
    (TEXT, MARKDOWN, JSON),
    (MARKDOWN, TEXT),
    (TEXT, JSON, INTERACTIVE_RESPONSE),
)
# Types that resemble supported ones, or stand beside them elsewhere, and are not supported.
UNSUPPORTED = (
    "text/html",
    "text/plainer",
    "text",
    "application/json5",
    "image/png",
    "application/vnd.amazonaws.connect.message",
    "application/vnd.amazonaws.connect.message.interactive.request",
    "application/vnd.amazonaws.connect.event.typing",
)
# A text of each sendable type; an interactive response is a JSON text too.
TEXTS: Mapping[str, str] = {
    TEXT: "Hello",
    MARKDOWN: "**Hello**, _Ann_",
    JSON: '{"greeting":"Hello","to":["Ann",{"n":1.50}]}',
    INTERACTIVE_RESPONSE: '{"version":"1.0","templateType":"ListPicker","data":{"content":{"title":"Red"}}}',
}


def text_of_bytes(content_type: str, width: int, utf8_bytes: int) -> str:
    """A text of `content_type` with exactly `utf8_bytes` UTF-8 bytes, of characters `width` bytes wide.

    For a type that carries JSON it is a JSON object.
    """
    if content_type in (TEXT, MARKDOWN):
        return fill(width, utf8_bytes)
    before, behind = '{"text":"', '"}'
    return before + fill(width, utf8_bytes - len(before) - len(behind)) + behind


def lists_with_text() -> st.SearchStrategy[Sequence[str]]:
    """Lists of supported types in any order, each at most once, text/plain among them."""
    others = st.lists(st.sampled_from(BESIDE_TEXT), unique=True)
    return others.flatmap(lambda chosen: st.permutations([TEXT, *chosen]))


def lists_without_text() -> st.SearchStrategy[Sequence[str]]:
    """Lists of at least one supported type in any order, each at most once, without text/plain."""
    return st.lists(st.sampled_from(BESIDE_TEXT), min_size=1, unique=True)
