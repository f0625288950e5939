"""Replies made of botocore's shapes: one value at a time, at each place where a reply can have one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape

from tests.contract.service_models import operation_model

TIME = "2022-07-08T12:16:00.047Z"
GUID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
NUMBERS = ("integer", "long", "float", "timestamp")


@dataclass(frozen=True)
class Place:
    """Where a reply can hold a value: the members above it, and its shape."""

    above: tuple[tuple[str, Shape], ...]
    name: str
    shape: Shape

    @property
    def path(self) -> tuple[str, ...]:
        """The names that lead here, as in a requirement id."""
        return (*(name for name, _ in self.above[1:]), self.name)

    def holding(self, value: Any) -> Any:
        """A reply with `value` here, and nothing else but what must be around it."""
        names = [self.name, *(name for name, _ in reversed(self.above))]
        for name, (_, holder) in zip(names, reversed(self.above), strict=False):
            value = _wrap(name, value, holder)
        return value


def _wrap(name: str, value: Any, holder: Any) -> Any:
    if holder.type_name == "list":
        return [value]
    if holder.type_name == "map":
        return {value: lawful("", holder.value)} if name == "key" else {"key": value}
    return {name: value}


def places(name: str) -> Iterator[Place]:
    """Every place in a reply of the operation `name`, the outermost first; keys of maps are places too."""
    shape = operation_model(name).output_shape
    if shape is not None:
        yield from _below((("", shape),), frozenset())


def _below(above: tuple[tuple[str, Shape], ...], seen: frozenset[str]) -> Iterator[Place]:
    holder = above[-1][1]
    if holder.name in seen:
        return
    for name, shape in _parts(holder):
        yield Place(above, name, shape)
        yield from _below((*above, (name, shape)), seen | {holder.name})


def _parts(shape: Any) -> list[tuple[str, Shape]]:
    if shape.type_name == "structure":
        return list(shape.members.items())
    if shape.type_name == "list":
        return [("member", shape.member)]
    return [("key", shape.key), ("value", shape.value)] if shape.type_name == "map" else []


def whole_reply(name: str) -> dict[str, Any]:
    """A lawful reply of the operation `name` with every member that its output can have."""
    shape = operation_model(name).output_shape
    return {} if shape is None else dict(lawful("", shape))


def lawful(name: str, shape: Any, above: frozenset[str] = frozenset()) -> Any:
    """A value of `shape` inside all limits, with every member; a shape inside itself stays empty."""
    below = above | {shape.name}
    if shape.name in above:
        return {}
    if shape.type_name == "structure":
        return {member: lawful(member, child, below) for member, child in shape.members.items()}
    if shape.type_name == "list":
        return [lawful("", shape.member, below)]
    if shape.type_name == "map":
        return {"key": lawful("", shape.value, below)}
    return _text(name, shape) if shape.type_name == "string" else _number(shape)


def _text(name: str, shape: Any) -> str:
    if name.endswith(("Expiry", "AbsoluteTime", "Timestamp")):
        return TIME
    if shape.metadata.get("enum"):
        return str(shape.metadata["enum"][0])
    return GUID if shape.name == "GuidString" else "x" * max(1, shape.metadata.get("min", 1))


def _number(shape: Any) -> Any:
    if shape.type_name == "boolean":
        return True
    return 1.5 if shape.type_name in ("float", "timestamp") else 7


def candidates(place: Place) -> Iterator[Any]:
    """Values of every JSON type, and those on both sides of each limit of the place."""
    if place.name == "key":
        yield from ("", "key", "aws:key")
    else:
        yield from ("", "other", "a b", GUID, True, 0, -1, 2.5, 2**63, [], {})
    for limit in {place.shape.metadata[bound] for bound in ("min", "max") if bound in place.shape.metadata}:
        for count in (int(limit) - 1, int(limit), int(limit) + 1):
            yield from _counting(place.shape, count)


def _counting(shape: Any, count: int) -> Iterator[Any]:
    if shape.type_name in NUMBERS:
        yield count
    elif 0 <= count < 100_000:
        if shape.type_name == "string":
            yield "x" * count
            yield "𝄞" * count
        elif shape.type_name == "list":
            yield [lawful("", shape.member)] * count
        else:
            yield {f"key{n}": lawful("", shape.value) for n in range(count)}
