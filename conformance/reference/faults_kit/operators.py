"""The ways to change a text, each once, and how they are put into the places where an endpoint keeps or shows one."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from conformance.reference.faults_kit.fault import Fault, Seed, declare

LAST_OF_BMP = "\uffff"
Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TextOperator:
    """One way to change a text. `how` ends a sentence about what is done with the text, as "escaped for HTML"."""

    how: str
    change: Change

    def __call__(self, text: str) -> str:
        """The changed text."""
        return self.change(text)


class Place:
    """A place where an endpoint keeps or shows a text, and what turns red where the text is another one there.

    `does` begins a sentence that an operator ends, as "The endpoint stores a message". `seed_of` puts a change of the
    text into the service. All faults of the place turn `red` red and may turn `may` red.
    """

    def __init__(self, does: str, seed_of: Callable[[Change], Seed], *red: str, may: tuple[str, ...] = ()) -> None:
        self._does, self._seed_of, self._red, self._may = does, seed_of, red, may

    def faults(self, operators: Mapping[str, TextOperator], *red: str) -> tuple[Fault, ...]:
        """The fault of each operator at this place, by the fault's name. They turn `red` red beside the place's own."""
        return tuple(
            declare(name, f"{self._does} {operator.how}.", self._seed_of(operator), *self._red, *red, may=self._may)
            for name, operator in operators.items()
        )


def _replace(pattern: str, instead: str = "") -> Change:
    return lambda text: re.sub(pattern, instead, text)


def _normalise(form: Any) -> Change:
    return lambda text: unicodedata.normalize(form, text)


def _drop_category(category: str) -> Change:
    """Drops the characters of a Unicode category, but white space."""
    return lambda text: "".join(c for c in text if c.isspace() or unicodedata.category(c) != category)


def _print_json(**how: Any) -> Change:
    """Prints a JSON text as a program does; any other text stays."""

    def change(text: str) -> str:
        try:
            return json.dumps(json.loads(text), **how)
        except ValueError:
            return text

    return change


# Blanks and line ends. A text of nothing but blanks stays, because nothing would be left of it.
TRIMMED = TextOperator("without the blanks around it", lambda text: text.strip() or text)
TRIMMED_AT_THE_BEGINNING = TextOperator("without the blanks at its beginning", str.lstrip)
TRIMMED_AT_THE_END = TextOperator("without the blanks at its end", str.rstrip)
SINGLE_BLANKS = TextOperator("with one blank for several in a row", _replace(" +", " "))
SINGLE_WHITE_SPACE = TextOperator("with one blank for all white space in a row", lambda text: " ".join(text.split()))
UNIX_LINES = TextOperator("with LF for CR LF", lambda text: text.replace("\r\n", "\n"))
WINDOWS_LINES = TextOperator("with CR LF for LF", _replace("\r?\n", "\r\n"))
FIRST_LINE = TextOperator("up to the end of its first line", lambda text: text.split("\n")[0])

# Unicode
NFC = TextOperator("in Unicode's composed form NFC", _normalise("NFC"))
NFD = TextOperator("in Unicode's decomposed form NFD", _normalise("NFD"))
NFKC = TextOperator("in Unicode's compatible form NFKC", _normalise("NFKC"))
QUESTION_MARKS_BEYOND_BMP = TextOperator(
    "with a question mark for each character beyond the BMP", _replace(f"[^\0-{LAST_OF_BMP}]", "?")
)
REPLACEMENTS_BEYOND_BMP = TextOperator(
    "with U+FFFD for each character beyond the BMP", _replace(f"[^\0-{LAST_OF_BMP}]", "\N{REPLACEMENT CHARACTER}")
)
BMP_ONLY = TextOperator("without characters beyond the BMP", _replace(f"[^\0-{LAST_OF_BMP}]"))
ASCII_ONLY = TextOperator("without characters beyond ASCII", _replace("[^\0-\x7f]"))
QUESTION_MARKS_BEYOND_ASCII = TextOperator(
    "with a question mark for each character beyond ASCII", _replace("[^\0-\x7f]", "?")
)
NO_INVISIBLE = TextOperator("without zero-width characters", _replace("[\u200b-\u200f\ufeff]"))
NO_SKIN_TONES = TextOperator("without the modifiers of emoji", _replace("[\U0001f3fb-\U0001f3ff]"))
NO_PRIVATE_USE = TextOperator("without characters for private use", _replace("[\ue000-\uf8ff]"))
NO_DIRECTIONS = TextOperator("without marks of the direction of writing", _replace("[\u202a-\u202e\u2066-\u2069]"))
NO_FORMAT_CHARACTERS = TextOperator("without joiners and direction marks", _drop_category("Cf"))
NO_NONCHARACTERS = TextOperator("without noncharacters", _drop_category("Cn"))
NO_CONTROLS = TextOperator("without control characters other than white space", _drop_category("Cc"))
NO_BYTE_ORDER_MARK = TextOperator(
    "without a byte order mark at its beginning", lambda text: text.removeprefix("\ufeff")
)
NO_NUL = TextOperator("without NUL", lambda text: text.replace("\0", ""))
LOWER_CASE = TextOperator("in lower case", str.lower)

# Escapes and what looks like markup
ESCAPED_FOR_HTML = TextOperator("escaped for HTML", html.escape)
ESCAPED_AMPERSANDS = TextOperator("with each ampersand escaped for HTML", lambda text: text.replace("&", "&amp;"))
UNESCAPED_HTML = TextOperator("with HTML entities resolved", html.unescape)
NO_TAGS = TextOperator("without HTML tags", _replace("<[^>]*>"))
UNQUOTED = TextOperator("with percent escapes resolved", unquote)
LINE_BREAKS_OF_ESCAPES = TextOperator("with a line break for a backslash and an n", lambda t: t.replace("\\n", "\n"))
NO_BACKSLASHES = TextOperator("without backslashes", lambda text: text.replace("\\", ""))
PRINTED_JSON = TextOperator("printed anew where it is JSON", _print_json(ensure_ascii=False))
PRINTED_ASCII_JSON = TextOperator("printed anew in ASCII where it is JSON", _print_json())
SORTED_JSON = TextOperator("with sorted members where it is JSON", _print_json(ensure_ascii=False, sort_keys=True))
NUMBER = TextOperator("as a number where it is digits", lambda t: str(int(t)) if t.isascii() and t.isdigit() else t)

# Typography
STRAIGHT_QUOTES = TextOperator(
    "with straight quotes for typographic ones",
    lambda text: re.sub("[\u2018\u2019]", "'", re.sub("[\u201c\u201d]", '"', text)),
)
DASHES = TextOperator("with a dash for two hyphens", lambda text: text.replace("--", "\u2014"))


def cut_after(most: int) -> TextOperator:
    """The first `most` code points of a text."""
    return TextOperator(f"up to its code point {most:,}", lambda text: text[:most])


def cut_after_bytes(most: int) -> TextOperator:
    """As much of a text as has at most `most` UTF-8 bytes."""
    return TextOperator(f"up to its byte {most:,}", lambda text: text.encode()[:most].decode(errors="ignore"))
