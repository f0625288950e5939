"""Shapes and documents changed in one place: what faults that follow from the contract are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conformance.contract.model import Kind, Member

Path = tuple[str, ...]
Change = Callable[[Member], Member | None]
GONE = object()


def with_member(shape: Member, path: Path, change: Change) -> Member:
    """`shape` in which the member at `path` is what `change` makes of it; None takes it away.

    Raises ValueError where the whole shape is taken away.
    """
    if not path:
        changed = change(shape)
        if changed is None:
            raise ValueError("an input cannot be without its shape")
        return changed
    return replace(shape, members=tuple(_members(shape, path, change)))


def _members(shape: Member, path: Path, change: Change) -> Iterator[Member]:
    for member in shape.members:
        if member.name != path[0]:
            yield member
        elif len(path) > 1:
            yield with_member(member, path[1:], change)
        elif (changed := change(member)) is not None:
            yield changed


def changing(**members: Any) -> Callable[[Member], Member]:
    """A change that sets attributes of a member."""
    return lambda member: replace(member, **members)


def values_at(document: Any, path: Path) -> Iterator[Any]:
    """The values that stand at `path` in a JSON document; ``member`` and ``value`` are each entry of a list or map.

    A ``key`` is each key of a map. An empty path is the document itself.
    """
    if not path:
        yield document
        return
    name, below = path[0], path[1:]
    if name == "key" and isinstance(document, dict):
        yield from document
    else:
        for place in _places(document, name):
            yield from values_at(document[place], below)


def _places(container: Any, name: str) -> list[Any]:
    """The keys or indices of `container` that `name` means."""
    if name == "member" and isinstance(container, list):
        return list(range(len(container)))
    if name == "value" and isinstance(container, dict) and "value" not in container:
        return list(container)
    return [name] if isinstance(container, dict) and name in container else []


def change_at(document: Any, path: Path, change: Callable[[Any], Any]) -> int:
    """Change in place every value at `path`; GONE takes it out. Returns how many there were."""
    name, below = path[0], path[1:]
    places = _places(document, name)
    if below:
        return sum(change_at(document[place], below, change) for place in places)
    for place in places:
        changed = change(document[place])
        if changed is GONE:
            del document[place]
        else:
            document[place] = changed
    return len(places)


def make_room(document: Any, shape: Member, path: Path) -> None:
    """Put members of structures on the way to `path` where they are absent, so that a value can stand there.

    What an existing list or map holds is left as it is; a new one gets one entry.
    """
    name, below = path[0], path[1:]
    child = shape.child(name)
    if shape.kind is Kind.STRUCTURE and isinstance(document, dict):
        document.setdefault(name, least_of(child))
    for place in _places(document, name):
        if below:
            make_room(document[place], child, below)


def least_of(member: Member) -> Any:
    """The least that has the member's JSON type, with one entry; None for a scalar."""
    match member.kind:
        case Kind.STRUCTURE:
            return {}
        case Kind.LIST:
            return [least_of(member.child("member"))]
        case Kind.MAP:
            return {"key": least_of(member.child("value"))}
    return None
