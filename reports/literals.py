"""Recorded text as source code: short where it repeats itself, exact, and in ASCII only.

A value of 16,385 equal characters becomes ``'a' * 16385``; a token that was redacted, or an identifier that another
run will not know, becomes the name of a variable.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.run_lengths import parts

_SHORTEST_REPETITION = 200  # code points; a shorter one is spelled out


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: literal `text`, `times` over, or the value of the variable `name`."""

    text: str = ""
    times: int = 1
    name: str | None = None


def pieces(text: str, names: Mapping[str, str]) -> Iterator[Piece]:
    """The parts of `text`; what `names` holds (recorded text to variable name) is replaced by variables."""
    held = [name for name in names if name in text]  # of hundreds of names most texts hold none
    if not held:
        yield from _spell(text)
        return
    known = re.compile("|".join(re.escape(value) for value in sorted(held, key=len, reverse=True)))
    start = 0
    for match in known.finditer(text):
        yield from _spell(text[start : match.start()])
        yield Piece(name=names[match[0]])
        start = match.end()
    yield from _spell(text[start:])


def _spell(text: str) -> Iterator[Piece]:
    yield from (Piece(part, times) for part, times in parts(text, _SHORTEST_REPETITION))


def python_text(text: str, names: Mapping[str, str]) -> str:
    """A Python expression whose value is `text`."""
    return " + ".join(map(_python_piece, pieces(text, names))) or "''"


def python_value(value: Any, names: Mapping[str, str]) -> str:
    """A Python expression whose value is `value`, a JSON value, with variables for the texts that `names` holds."""
    if isinstance(value, str):
        return python_text(value, names)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!a}: {python_value(below, names)}" for name, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(python_value(below, names) for below in value) + "]"
    return ascii(value)


def _python_piece(piece: Piece) -> str:
    if piece.name:
        return piece.name
    return ascii(piece.text) if piece.times == 1 else f"{piece.text!a} * {piece.times}"


def shell_text(text: str, names: Mapping[str, str]) -> str:
    """One word of bash or zsh whose value is `text`; variables stand in upper case."""
    return "".join(map(_shell_piece, pieces(text, names))) or "''"


def _shell_piece(piece: Piece) -> str:
    if piece.name:
        return f'"${{{piece.name.upper()}}}"'
    if piece.times == 1:
        return shell_quote(piece.text)
    program = f"print({piece.text!a} * {piece.times}, end='')"
    return f'"$(python3 -c {shlex.quote(program)})"'


def shell_quote(text: str) -> str:
    """`text` quoted for a shell; characters beyond printable ASCII stand as escapes in bash's ``$'...'`` form."""
    if text.isascii() and text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(map(_shell_character, text)) + "'"


def _shell_character(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if character.isascii() and character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
