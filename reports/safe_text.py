"""Text that an endpoint wrote, made safe to look at: nothing hidden, nothing that reorders, nothing endless.

Markup is escaped by the templates; this is about characters that a browser or a terminal obeys instead of showing.
"""

from __future__ import annotations

import json
import re
import textwrap

from reports.run_lengths import parts

# Controls except tab and line feed, invisible and direction-changing characters, line separators, lone surrogates,
# tags and variation selectors: each can hide or reorder what stands beside it.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PICTURES = {chr(point): chr(0x2400 + point) for point in range(0x20)} | {"\x7f": "\u2421"}
_SHORTEST_REPETITION = 60  # code points
_LONGEST_LOOKED_AT = 100_000  # code points; what stands behind them would be cut anyway


def _show(match: re.Match[str]) -> str:
    return _PICTURES.get(match[0], f"\u27e8U+{ord(match[0]):04X}\u27e9")


def safe_text(text: str) -> str:
    """`text` with control characters as their Unicode pictures and other hidden ones as ⟨U+202E⟩.

    Tab and line feed stay. The result holds no lone surrogate, so it can always be encoded.
    """
    return _HIDDEN.sub(_show, text)


def one_line(text: str) -> str:
    """`text` made visible, with any white space between words as one blank."""
    return safe_text(" ".join(text.split()))


def cut(text: str, limit: int) -> str:
    """`text` with at most `limit` code points of its own; a note says how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [cut: {len(text) - limit:,} of {len(text):,} code points not shown]"


def name_runs(text: str) -> str:
    """`text` with long repetitions named instead of spelled out: 2,000 times ``a`` is one ``a`` and a note."""
    return "".join(_name_run(part, times) for part, times in parts(text, _SHORTEST_REPETITION))


def _name_run(part: str, times: int) -> str:
    return part if times == 1 else f"{part}…[{json.dumps(part, ensure_ascii=False)} {times:,} times]"


def brief(text: str, limit: int) -> str:
    """`text` on one line of at most about `limit` code points, long repetitions named."""
    return cut(one_line(name_runs(text[:_LONGEST_LOOKED_AT])), limit)


def within(text: str, width: int) -> str:
    """`text` on one line of at most `width` code points, long repetitions named; `…` where words are left out."""
    line = one_line(name_runs(text[:_LONGEST_LOOKED_AT]))
    fits = textwrap.shorten(line, width, placeholder=" …", break_on_hyphens=False)
    return fits if fits.strip(" …") else f"{line[: width - 1]}…"
