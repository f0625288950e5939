"""Values as a reader of a report sees them: as JSON or in words, and only where two of them differ.

A value that decides is never cut. So of two long values that should be equal, the parts that differ are shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import zip_longest
from typing import Any

SHORT = 200  # code points of a value that is shown whole where another one is to be equal
LONG = 400  # code points of a value that is shown whole
AROUND = 60  # code points of a text on each side of its first difference
SHOWN = 5  # members or elements that differ


def value_text(value: Any) -> str:
    """`value` as JSON; `nothing` for None, the isoformat of a time, bytes as the text that they are in UTF-8."""
    return "nothing" if value is None else json_text(value)


def json_text(value: Any) -> str:
    """A reply's value as JSON, null included; a very long value is shown by its ends and its length."""
    text = json.dumps(_plain(value), ensure_ascii=False)
    if len(text) <= LONG:
        return text
    return f"{text[:SHORT]} … {text[-SHORT:]} ({len(text):,} code points)"


def some_of(values: Any) -> str:
    """What was seen of what should not be there: of a long list the first values, whole, and how many more."""
    text = value_text(values)
    if len(text) <= LONG or not isinstance(values, Sequence) or isinstance(values, str | bytes):
        return text
    first = [value for value in values[:SHOWN] if len(json_text(value)) < SHORT]
    return f"{json_text(first)} and {len(values) - len(first):,} more"


def actual_text(value: Any) -> str:
    """What was seen: a text is a sentence or an answer already, anything else is shown as a value."""
    return value if isinstance(value, str) else value_text(value)


def _plain(value: Any) -> Any:
    """`value` as JSON knows it; sets in order, so that a report says the same each time."""
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(below) for below in value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return value if isinstance(value, str | bool | int | float | None) else _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, datetime) else str(value)


def difference(actual: Any, expected: Any) -> tuple[str, str]:
    """What is expected and what was seen, as texts: whole where both are short, else the parts that differ."""
    shown = value_text(expected), value_text(actual)
    if max(map(len, shown)) <= SHORT or type(actual) is not type(expected):
        return shown
    if isinstance(expected, str):
        return _texts(actual, expected)
    if isinstance(expected, Mapping):
        return _members(actual, expected)
    return _elements(list(actual), list(expected)) if isinstance(expected, Sequence | AbstractSet) else shown


def _texts(actual: str, expected: str) -> tuple[str, str]:
    """Both texts around the first code point in which they differ, and how long they are."""
    at = next((n for n, (one, other) in enumerate(zip_longest(expected, actual)) if one != other), 0)
    return _around(expected, at), _around(actual, at)


def _around(text: str, at: int) -> str:
    shown = value_text(text[max(0, at - AROUND) : at + AROUND])
    return f"{shown} around code point {at + 1:,} of {len(text):,}"


def _members(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> tuple[str, str]:
    """The members that differ, in both, and how many are equal."""
    names = [name for name in {**expected, **actual} if name not in expected or name not in actual]
    names += [name for name in expected if name in actual and expected[name] != actual[name]]
    equal = len({**expected, **actual}) - len(names)
    beside = f" beside {equal:,} equal members" if equal else ""
    return f"{_some_members(expected, names)}{beside}", _some_members(actual, names)


def _some_members(value: Mapping[str, Any], names: Sequence[str]) -> str:
    texts = [f"{value_text(n)}: {value_text(value[n])}" if n in value else f"no {value_text(n)}" for n in names[:SHOWN]]
    more = f" and {len(names) - SHOWN:,} more that differ" if len(names) > SHOWN else ""
    return ", ".join(texts) + more


def _elements(actual: list[Any], expected: list[Any]) -> tuple[str, str]:
    """The elements that are missing or unexpected; where there are none, the first that stands elsewhere."""
    here, wanted = Counter(map(value_text, actual)), Counter(map(value_text, expected))
    missing, more = wanted - here, here - wanted
    if not missing and not more:
        at = next((n for n, (one, other) in enumerate(zip(expected, actual, strict=True)) if one != other), 0)
        place = f"at place {at + 1:,} of {len(expected):,}"
        return f"{value_text(expected[at])} {place}", f"{value_text(actual[at])} {place}"
    seen = [f"{word}: {_list(found)}" for word, found in (("missing", missing), ("unexpected", more)) if found]
    return _count(len(expected), missing), "; ".join(seen)


def _count(count: int, missing: Counter[str]) -> str:
    """`count` expected values, those that are `missing` in full; where all are, they say how many there are."""
    if not missing:
        return f"{count:,} values"
    return _list(missing) if missing.total() == count else f"{count:,} values, among them {_list(missing)}"


def _list(texts: Counter[str]) -> str:
    """The first of `texts`, each once, with how often it is there if that is more than once."""
    shown = [text if times == 1 else f"{text} ({times:,} times)" for text, times in texts.items()]
    rest = f" and {len(shown) - SHOWN:,} more" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + rest
