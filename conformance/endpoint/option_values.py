"""Checks of single option values. Each raises SettingsError with one sentence that names the option."""

from __future__ import annotations

import math
import re
import shlex
import ssl
from pathlib import Path

from conformance.endpoint.addresses import SettingsError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_NAME_AND_MORE = re.compile(r"\s*([A-Za-z][A-Za-z-]*)([\s=].*)", re.DOTALL)
_SECRET_LENGTH, _SHOWN = 12, 3  # characters: a shorter text is no key; of a longer one so many are shown
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


def check_command(option: str, command: str) -> None:
    """Refuse a text that a shell could not split into words, and an empty one."""
    try:
        words = shlex.split(command)
    except ValueError as wrong:
        raise SettingsError(f"{option} is no command ({wrong}): quote it as for a shell") from wrong
    if not words:
        raise SettingsError(f"{option} is empty: give the command that starts one chat")


def require_id(option: str, value: str | None, meaning: str) -> str:
    """The id that `option` gives. `meaning` says what has that id."""
    if value is None or not value.strip():
        raise SettingsError(f"{option} is missing: give the id of {meaning}")
    return value


def check_positive(option: str, value: float, unit: str) -> float:
    """`value` if it is a number above 0."""
    if not (math.isfinite(value) and value > 0):
        raise SettingsError(f"{option} {value:g} cannot be used: give a number of {unit} above 0")
    return value


def check_count(option: str, value: int | None) -> int | None:
    """`value` if it is 1 or more, or None."""
    if value is not None and value < 1:
        raise SettingsError(f"{option} {value} cannot be used: give a whole number of 1 or more")
    return value


def parse_header(text: str) -> tuple[str, str]:
    """The name and value of one --header. No error repeats the value, which may be secret."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon:
        raise SettingsError(f"--header {_first_word(text)} has no colon: give it as 'Name: value'")
    if not _HEADER_NAME.fullmatch(name):
        raise SettingsError(f"--header has {name[:40]!r} for a name: give it as 'Name: value'")
    if not _HEADER_VALUE.fullmatch(value):
        raise SettingsError(f"--header {name} holds characters that HTTP cannot carry: give Latin-1 text on one line")
    if name.lower() in _FRAMING:
        raise SettingsError(f"--header {name} would break the framing of every request: leave it out")
    return name, value


def _first_word(text: str) -> str:
    """The part that identifies a header without a colon: the word that seems to be its name, or a few characters."""
    name = _NAME_AND_MORE.match(text)
    if name is not None:
        return repr(f"{name[1]}{name[2][:1]}...")
    return repr(text if len(text) < _SECRET_LENGTH else f"{text[:_SHOWN]}...")


def check_ca_bundle(path: str | None) -> str | None:
    """`path` if certificates can be read there, a file or a folder; or None."""
    if path is None:
        return None
    is_folder = Path(path).is_dir()
    try:
        ssl.create_default_context(cafile=None if is_folder else path, capath=path if is_folder else None)
    except OSError as wrong:
        reason = "it holds no certificates" if isinstance(wrong, ssl.SSLError) else wrong.strerror
        raise SettingsError(f"--ca-bundle {path} cannot be used ({reason}): give a readable PEM file") from wrong
    return path
