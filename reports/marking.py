"""Two sentences side by side, with what one says and the other does not in marks."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup

from reports.safe_text import brief

_WORD = re.compile(r"\s+|[\w.:/-]+|[^\w\s]")
LEAST_IN_COMMON = 0.6  # of two sentences; those that have less differ as a whole, and marks would only be noise
LONGEST = 2_000  # code points that are compared


def mark_differences(text: str, other: str, limit: int) -> Markup:
    """`text`, safe to look at, in about `limit` code points; words that `other` does not have there are marked."""
    shown, against = (brief(sentence, limit) for sentence in (text, other))
    if max(len(shown), len(against)) > LONGEST:
        return Markup("{}").format(shown)
    here, there = _WORD.findall(shown), _WORD.findall(against)
    matcher = SequenceMatcher(None, there, here, autojunk=False)
    if SequenceMatcher(None, shown.split(), against.split(), autojunk=False).ratio() < LEAST_IN_COMMON:
        return Markup("{}").format(shown)
    parts = (("".join(here[start:end]), tag) for tag, _, _, start, end in matcher.get_opcodes())
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if tag != "equal" and part.strip() else Markup("{}").format(part)
        for part, tag in parts
    )
