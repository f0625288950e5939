"""What is wrong with a body that is meant as JSON: a number or a way of writing that JSON does not have."""

from __future__ import annotations

import json
import re
from typing import NoReturn

# By what stands at the place where a reader of JSON gives up.
_MISTAKES = {
    r"'": "JSON with single quotes in place of double ones",
    r"(?:True|False|None)\b": "JSON with a value in the words of Python",
    r"[\x00-\x1f]": "JSON with a control character in a text, such as a line's end",
    r"/[/*]": "JSON with a comment",
}
_TRAILING_COMMA = re.compile(r"\s*,\s*[}\]]")
_MORE = "Extra data"  # how Python's reader begins to tell of what stands behind the end


class _NoNumber(ValueError):
    """A word that stands for a number, which no JSON does."""


def mistake_in(body: bytes) -> str | None:
    """What is wrong with `body`, a JSON object or list but for that; None for what does not begin as one."""
    text = body.decode("utf-8", "replace").strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as wrong:
        return _name_mistake(wrong.msg, text, wrong.pos)
    except _NoNumber as wrong:
        return f"JSON with {wrong} as a number, which JSON does not have"
    except (ValueError, RecursionError):
        return None
    return None


def _name_mistake(reason: str, text: str, place: int) -> str:
    if reason.startswith(_MORE):
        return "JSON with more behind its end"
    # Some readers give up at the comma and others at the bracket behind it.
    if _TRAILING_COMMA.match(text, len(text[:place].rstrip(", \t\r\n"))):
        return "JSON with a comma before a closing bracket"
    known = (words for pattern, words in _MISTAKES.items() if re.match(pattern, text[place:]))
    return next(known, "JSON with a mistake in it")


def refuse_constant(word: str) -> NoReturn:
    """What Python's reader calls for NaN and Infinity, which it takes otherwise. Raises ValueError."""
    raise _NoNumber(word)
