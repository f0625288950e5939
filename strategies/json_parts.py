"""JSON documents that are wrong in one part each: a member left out, of another type, or under another name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Change = Callable[[dict[str, Any], str], None]


def _leave_out(parent: dict[str, Any], name: str) -> None:
    del parent[name]


def _rename(parent: dict[str, Any], name: str) -> None:
    parent[name.swapcase()] = parent.pop(name)


def _becoming(make: Callable[[Any], Any]) -> Change:
    def change(parent: dict[str, Any], name: str) -> None:
        parent[name] = make(parent[name])

    return change


FEW: Mapping[str, Change] = {"absent": _leave_out, "a number": _becoming(lambda _: 5)}
ALL: Mapping[str, Change] = {
    **FEW,
    "null": _becoming(lambda _: None),
    "in an array": _becoming(lambda value: [value]),
    "in an object": _becoming(lambda value: {"value": value}),
    "an empty text": _becoming(lambda _: ""),
    "in other letter case": _rename,
}


def wrong_parts(document: dict[str, Any], changes: Mapping[str, Change] = ALL) -> dict[str, Any]:
    """`document` with one of its members changed, for each member at any depth and each change; each has a name.

    Further ones are no object at all, or have one member more.
    """
    found: dict[str, Any] = {"an array": [document], "a text": "text", "a number": 5, "null": None}
    found["a further member"] = {**document, "conformance": 1}
    for path in _paths(document):
        for words, change in changes.items():
            changed = copy.deepcopy(document)
            parent = changed
            for name in path[:-1]:
                parent = parent[name]
            change(parent, path[-1])
            found[f"{'.'.join(path)} {words}"] = changed
    return found


def _paths(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The way to each member of an object, at any depth."""
    for name, value in document.items():
        yield (name,)
        if isinstance(value, Mapping):
            yield from ((name, *below) for below in _paths(value))
