"""Texts that are easily changed on their way: blanks, line ends, normal forms, escapes, the layout of JSON."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from conformance.contract.content_types import JSON, MARKDOWN, TEXT
from strategies.text import fill, texts_between

MARK = "@mark@"  # where a tricky text takes what makes it unique
_LONG = 16_300  # UTF-8 bytes, so that with a mark of 36 characters it stays below the 16,384 allowed

# Letters that have several forms, or that few writers know.
_LETTERS = (
    "e\u0301 \u00e9 \u1112\u1161\u11ab \ud55c \ufb01 \u212b \uff21 \u05d0 \u4f60 \u200d \u00a0 \ufeff"
    " \N{GRINNING FACE}\U00020000\N{REGIONAL INDICATOR SYMBOL LETTER D} \U0001d518\U000e0041\U0010fffd"
    " \u00df\u1e9e \u0131\u0130 \u03c2\u03c3"
)
# What separates, modifies or directs other characters, and what is easily replaced by plainer ones.
_SIGNS = (
    "\u2028\u2029 null NaN \ufffd \U0001f44d\U0001f3fd \u2764\ufe0f \ue000 \u00ad \u200b \u202e\u202c \u2066\u2069"
    " \u201cx\u201d \u2018y\u2019 \u2026 \u2011 \u2013\u2014\u2212 (c) 1/2 ... --"
)

# Each with the content type that it is sent as.
TRICKY_TEXTS: tuple[tuple[str, str], ...] = (
    (f" two  blanks, a tab\t, {MARK}, behind it two blanks and no line  ", TEXT),
    (f"\r\nlines {MARK}\r\n\r\nof Windows\nand\rothers\n\n", TEXT),
    (f"{MARK} {_LETTERS}", TEXT),
    (f"{MARK} \"quoted\" 'x' \\u00e9 \\n \\ / </script> <b>&amp;</b> & %41 + ${{x}} {{{{y}}}} ?a=1&b=2", TEXT),
    (f"{MARK} {_SIGNS}", TEXT),
    (MARK + fill(1, _LONG), TEXT),
    (MARK + fill(4, _LONG), TEXT),
    (f"# {MARK}\n\n* **bold** _it_ [a](https://example.com/?a=1&b=2)  \nb<br>\n", MARKDOWN),
    (f'{{"b" : 1.50,  "a": [1e2, 100.0, -0, "\\u00e9 \\/ \u00e9 {MARK}", null ],\n"b": {{}} , "": [] }}\n', JSON),
    (f'[ "{MARK}", 12345678901234567890.10, 0.1e-7, true,{{ "z":1, "a":2 }} ]', JSON),
)
WIDE = "a \u00e9\u20ac\u4f60\u05d0\u0301\u200d\N{GRINNING FACE}\U00020000\"\\/<>&%+'\t\n"


def wide_texts() -> st.SearchStrategy[str]:
    """Texts of 1 to 200 code points that hold tricky characters in any order, preceded by MARK."""
    return texts_between(1, 200, alphabet=WIDE).map(lambda text: MARK + text)


def json_texts() -> st.SearchStrategy[str]:
    """JSON texts of an array with MARK in it, in layouts that no printer of JSON would choose itself."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("aé😀 "),
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text("abé", max_size=2), below, max_size=3),
        max_leaves=8,
    )
    return st.builds(
        _lay_out, values, st.sampled_from((",", ", ", " ,\n")), st.sampled_from((":", " : ")), st.booleans()
    )


def _lay_out(value: object, comma: str, colon: str, escaped: bool) -> str:  # noqa: FBT001 - drawn, called nowhere else
    return json.dumps([MARK, value], separators=(comma, colon), ensure_ascii=escaped)


def insert_mark(text: str, mark: str) -> str:
    """`text` with `mark`, of letters and digits and dashes, where it takes what makes it unique."""
    return text.replace(MARK, mark)
