"""From method and path to an operation and its path members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from conformance.contract.model import Location, Operation, operations
from conformance.reference.errors import Refusal, bad_value


@dataclass(frozen=True, slots=True)
class Route:
    """The operation that a request means, and its path members, percent-decoded."""

    operation: Operation
    members: Mapping[str, str]


def route(method: str, path: str) -> Route:
    """The route of a request.

    Raises Refusal: UnknownOperationException 404 for a path that no operation has, 405 for a method that the path
    does not have (domain fact W-07: no document says so, this is what a restJson1 server does).
    """
    plain = path.partition("?")[0]
    found = _PLAIN.get(plain) or list(_matching(plain.split("/")))
    if not found:
        raise Refusal("UnknownOperationException", 404, "No operation has this path.")
    for operation, members in found:
        if operation.method == method:
            return Route(operation, _decode(operation, members))
    raise Refusal("UnknownOperationException", 405, "No operation of this path has this method.")


def _matching(segments: list[str]) -> Iterator[tuple[Operation, Mapping[str, str]]]:
    for operation, template in _TEMPLATES:
        if len(template) == len(segments):
            pairs = list(zip(template, segments, strict=True))
            if all(wanted == given if wanted[:1] != "{" else given for wanted, given in pairs):
                yield operation, {wanted[1:-1]: given for wanted, given in pairs if wanted[:1] == "{"}


def _decode(operation: Operation, members: Mapping[str, str]) -> Mapping[str, str]:
    names = {m.wire_name: m.name for m in operation.input.members if m.location is Location.URI}
    try:
        return {names[key]: unquote_to_bytes(value).decode() for key, value in members.items()}
    except UnicodeDecodeError as broken:
        raise bad_value(operation, "A path member is not UTF-8.") from broken


def _plain_paths() -> Mapping[str, list[tuple[Operation, Mapping[str, str]]]]:
    paths: dict[str, list[tuple[Operation, Mapping[str, str]]]] = {}
    for operation in operations().values():
        if "{" not in operation.uri:
            paths.setdefault(operation.uri, []).append((operation, {}))
    return paths


_PLAIN = _plain_paths()
_TEMPLATES = tuple((o, tuple(o.uri.split("/"))) for o in operations().values() if "{" in o.uri)
