"""Texts of an endpoint in Markdown, where they mean nothing but themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reports.safe_text import brief

BAR = r"\|"
LONGEST = 300  # code points of a code span


def code(text: str) -> str:
    """`text` as a code span, in which Markdown and HTML mean nothing."""
    text = brief(text, LONGEST) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}"


def plain(text: str) -> str:
    """`text` as Markdown text without markup of its own."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>()#+!|~&@" else character for character in text)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table whose cells are Markdown. A bar separates cells, also inside a code span, so it is escaped."""
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |" for row in lines)
