"""What was expected and what was seen, in the documents' words: values of replies as a reader knows them.

A violation may hold lists of Ids. Its exchanges show which message an Id names, and which call sent it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.resources import body_of
from reports.safe_text import brief

VALUES_SHOWN = 4  # of a list
TEXT_SHOWN = 60  # code points of a message
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_STARTS = "[{"
_DECODER = json.JSONDecoder()

Exchanges = Sequence[Mapping[str, Any]]


def in_words(text: str, exchanges: Exchanges) -> str:
    """`text` with its JSON lists and objects in words, and its Ids with what they name by `exchanges`."""
    names = dict(_named_ids(exchanges))
    parts: list[str] = []
    place = 0
    while place < len(text):
        value, end = _value_at(text, place)
        parts.append(text[place] if value is None else _in_words(value, names))
        place = end
    return _with_names("".join(parts), names)


def _value_at(text: str, place: int) -> tuple[Any, int]:
    """The JSON list or object that begins at `place`, and where it ends; None where none does."""
    if text[place] in _STARTS:
        try:
            return _DECODER.raw_decode(text, place)
        except ValueError:
            pass
    return None, place + 1


def _in_words(value: Any, names: Mapping[str, str]) -> str:
    """A value of a reply in words: `nothing`, a list as "a" and "b", an object as its members."""
    if value is None or value in ([], {}):
        return "nothing"
    if isinstance(value, list):
        return _list(value, names)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(below, names)}" for name, below in value.items())
    return json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[Any], names: Mapping[str, str]) -> str:
    if len(values) > VALUES_SHOWN and len(set(map(repr, values))) == 1:
        return f"{len(values):,} times {_in_words(values[0], names)}"
    parts = [_in_words(value, names) for value in values[:VALUES_SHOWN]]
    if len(values) > VALUES_SHOWN + 1:
        return f"{', '.join(parts)} and {len(values) - VALUES_SHOWN:,} more"
    parts = [_in_words(value, names) for value in values]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """`text` in which the first mention of each known Id says what it names."""
    mentioned: set[str] = set()

    def name(found: re.Match[str]) -> str:
        known = names.get(found["id"])
        if known is None or found["id"] in mentioned:
            return found[0]
        mentioned.add(found["id"])
        return f"{known} (Id {found['id']})"

    return re.sub(f'"?(?P<id>{_ID.pattern})"?', name, text)


def _named_ids(exchanges: Exchanges) -> Iterator[tuple[str, str]]:
    """The Ids that replies to what was sent gave, each with what it names."""
    for number, exchange in enumerate(exchanges, 1):
        sent, got = body_of(exchange["request"]), body_of(exchange["response"])
        if not (isinstance(sent, dict) and isinstance(got, dict) and isinstance(got.get("Id"), str)):
            continue
        kind = "message" if exchange["operation"] == "SendMessage" else "event"
        what = sent.get("Content") if kind == "message" else sent.get("ContentType")
        if isinstance(what, str):
            text = brief(json.dumps(what, ensure_ascii=False)[1:-1], TEXT_SHOWN)
            yield got["Id"], f'the {kind} "{text}" of call {number}'
