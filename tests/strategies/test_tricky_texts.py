"""Tricky texts against the ways in which texts are changed on their way: each way changes one of them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings

from strategies.tricky_texts import MARK, TRICKY_TEXTS, insert_mark, json_texts, wide_texts

WAYS: dict[str, Callable[[str], str]] = {
    "stripped at the end": str.rstrip,
    "stripped at the beginning": str.lstrip,
    "blanks collapsed": lambda text: re.sub(" +", " ", text),
    "line ends of Unix": lambda text: text.replace("\r\n", "\n"),
    "line ends of Windows": lambda text: re.sub("\r?\n", "\r\n", text),
    **{form: partial(unicodedata.normalize, form) for form in ("NFC", "NFD", "NFKC", "NFKD")},
    "HTML escaped": html.escape,
    "HTML read": html.unescape,
    "tags taken out": lambda text: re.sub("<[^>]*>", "", text),
    "percent read": urllib.parse.unquote,
    "plus as a blank": urllib.parse.unquote_plus,
    "escapes read": lambda text: text.replace("\\n", "\n"),
    "slashes escaped": lambda text: text.replace("/", "\\/"),
    "control characters taken out": lambda text: "".join(c for c in text if unicodedata.category(c) != "Cc"),
    "invisible characters taken out": lambda text: "".join(c for c in text if unicodedata.category(c) != "Cf"),
    "nothing beyond the BMP": lambda text: re.sub("[\U00010000-\U0010ffff]", "\ufffd", text),
    "nothing beyond ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "nothing beyond Latin-1": lambda text: text.encode("latin-1", "replace").decode("latin-1"),
    "cut at 1,024": lambda text: text[:1024],
    "cut at 16,000 bytes": lambda text: text.encode()[:16_000].decode(errors="ignore"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_changing_a_text_changes_one_of_them(way: str) -> None:
    assert any(WAYS[way](text) != text for text, _ in TRICKY_TEXTS)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: json.dumps(json.loads(text)),
        lambda text: json.dumps(json.loads(text), separators=(",", ":")),
        lambda text: json.dumps(json.loads(text), sort_keys=True),
        lambda text: json.dumps(json.loads(text), ensure_ascii=False),
        lambda text: re.sub(r"\s", "", text),
        lambda text: text.replace("\\/", "/"),
    ],
)
def test_printing_a_json_text_again_changes_one_of_them(change: Callable[[str], str]) -> None:
    assert any(change(text) != text for text, kind in TRICKY_TEXTS if kind == "application/json")


def test_they_can_be_sent() -> None:
    texts = [(insert_mark(text, "0" * 36), kind) for text, kind in TRICKY_TEXTS]
    assert all(1 <= len(text.encode("utf-8")) <= 16_384 for text, _ in texts)
    assert all(json.loads(text) for text, kind in texts if kind == "application/json")


def test_each_takes_a_mark_once() -> None:
    assert all(text.count(MARK) == 1 for text, _ in TRICKY_TEXTS)
    assert insert_mark(f"a {MARK} b", "1-2") == "a 1-2 b"


@given(wide_texts())
@settings(max_examples=30, deadline=None)
def test_wide_texts_take_a_mark_and_fit(text: str) -> None:
    assert text.startswith(MARK)
    assert 1 <= len(text) - len(MARK) <= 200


@given(json_texts())
@settings(max_examples=60, deadline=None)
def test_json_texts_are_json_with_a_mark(text: str) -> None:
    assert json.loads(insert_mark(text, "here"))[0] == "here"
    assert len(text.encode("utf-8")) < 16_000
