"""The service models as botocore ships them, read into frozen values.

What a model says about one member (type, limits, where it travels) becomes a `Member`;
what it says about one call becomes an `Operation`. Nothing here sends or judges.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from botocore.loaders import Loader

from conformance.contract.botocore_data import edition_directory, model_loader, own_loader
from conformance.contract.operation_traits import TRAITS

PARTICIPANT = "connectparticipant"
CONNECT = "connect"
SERVICES = {PARTICIPANT: "the Participant Service", CONNECT: "Amazon Connect"}  # as a reader calls them

_TIMES_AS_TEXT = ("iso8601", "rfc822")  # formats of Smithy's trait timestampFormat


class Kind(StrEnum):
    """The Smithy types that occur in the two models."""

    STRING = "string"
    INTEGER = "integer"
    LONG = "long"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    STRUCTURE = "structure"
    LIST = "list"
    MAP = "map"


class Location(StrEnum):
    """Where a member of an input travels."""

    BODY = "body"
    HEADER = "header"
    URI = "uri"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an input or output, with everything the model limits about it.

    `minimum` and `maximum` count Unicode code points for strings, elements for lists and
    entries for maps; for numbers they are the value's range. The children of a list are one
    member named ``member``, those of a map two named ``key`` and ``value`` (Smithy's words).
    """

    name: str
    path: tuple[str, ...]
    kind: Kind
    location: Location = Location.BODY
    wire_name: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    idempotency_token: bool = False
    sensitive: bool = False
    documentation: str = ""
    members: tuple[Member, ...] = ()

    @property
    def dotted(self) -> str:
        """The path as it stands in a requirement id."""
        return ".".join(self.path)

    def walk(self) -> Iterator[Member]:
        """This member and all below it, parents first."""
        yield self
        for child in self.members:
            yield from child.walk()

    def child(self, name: str) -> Member:
        """The direct child called `name`. Raises KeyError when there is none."""
        for member in self.members:
            if member.name == name:
                return member
        raise KeyError(f"{self.dotted or 'the structure'} has no member {name}")


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """An exception type that a model declares, with the status it is declared for and what the model says of it."""

    name: str
    status: int
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of either service. `uri` holds ``{Member}`` placeholders."""

    name: str
    service: str
    method: str
    uri: str
    status: int
    input: Member
    output: Member
    errors: tuple[ErrorShape, ...]
    documentation: str

    @property
    def bearer(self) -> Member | None:
        """The header member that carries the caller's token, or None on Connect operations."""
        for member in self.input.members:
            if member.location is Location.HEADER:
                return member
        return None

    @property
    def signed(self) -> bool:
        """Whether the documents ask for Signature Version 4 (they say no for participants)."""
        return self.service == CONNECT

    @property
    def body_members(self) -> tuple[Member, ...]:
        """The input members that travel in the JSON body."""
        return tuple(m for m in self.input.members if m.location is Location.BODY)

    @property
    def has_body(self) -> bool:
        """Whether a request of this operation carries a JSON body at all."""
        return self.method != "GET"


def plain_text(documentation: str) -> str:
    """A model's HTML documentation as one line of text."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", documentation))
    return re.sub(r"\s+", " ", text).strip()


class _Reader:
    """Turns the shapes of one model into members; recursive shapes are cut at the second visit."""

    def __init__(self, shapes: Mapping[str, Any]) -> None:
        self.shapes = shapes

    def member(
        self,
        reference: Mapping[str, Any],
        name: str,
        path: tuple[str, ...],
        *,
        required: bool = False,
        seen: frozenset[str] = frozenset(),
    ) -> Member:
        shape = self.shapes[reference["shape"]]
        return Member(
            name=name,
            path=path,
            kind=_kind(shape, reference),
            location=Location(reference.get("location", "body")),
            wire_name=reference.get("locationName", name),
            required=required,
            minimum=shape.get("min"),
            maximum=shape.get("max"),
            enum=tuple(shape.get("enum", ())),
            pattern=shape.get("pattern"),
            idempotency_token=reference.get("idempotencyToken", False),
            sensitive=shape.get("sensitive", False),
            documentation=plain_text(reference.get("documentation", "")),
            members=tuple(self.children(reference["shape"], path, seen)),
        )

    def children(self, shape_name: str, path: tuple[str, ...], seen: frozenset[str]) -> Iterator[Member]:
        if shape_name in seen:
            return
        shape, below = self.shapes[shape_name], seen | {shape_name}
        required = shape.get("required", ())
        for name, reference in shape.get("members", {}).items():
            yield self.member(reference, name, (*path, name), required=name in required, seen=below)
        for part in ("member", "key", "value"):
            if part in shape:
                yield self.member(shape[part], part, (*path, part), seen=below)


def _kind(shape: Mapping[str, Any], reference: Mapping[str, Any]) -> Kind:
    """The kind of JSON value; a time that the model has written as text is text, any other a number of seconds."""
    kind = Kind(shape["type"])
    written = reference.get("timestampFormat") or shape.get("timestampFormat")
    return Kind.STRING if kind is Kind.TIMESTAMP and written in _TIMES_AS_TEXT else kind


def _operation(service: str, model: Mapping[str, Any], name: str) -> Operation:
    raw, reader = model["operations"][name], _Reader(model["shapes"])

    errors = tuple(_error(error["shape"], model["shapes"][error["shape"]]) for error in raw.get("errors", ()))
    return Operation(
        name=name,
        service=service,
        method=raw["http"]["method"],
        uri=raw["http"]["requestUri"],
        status=raw["http"].get("responseCode", 200),
        input=reader.member(raw["input"], "", ()),
        output=reader.member(raw["output"], "", ()),
        errors=errors,
        documentation=plain_text(raw["documentation"]),
    )


def _error(name: str, shape: Mapping[str, Any]) -> ErrorShape:
    return ErrorShape(name, shape["error"]["httpStatusCode"], plain_text(shape.get("documentation", "")))


@cache
def operations() -> Mapping[str, Operation]:
    """Every covered operation by name: participant operations first, then Connect's.

    Judged by another edition of the models, they are that edition's, completed by what it lacks beside the installed
    one: `conformance.contract.edition` says which requirements are not in it.
    """
    edition, installed = edition_operations(), installed_operations()
    return {name: _complete(edition[name], whole) if name in edition else whole for name, whole in installed.items()}


@cache
def installed_operations() -> Mapping[str, Operation]:
    """The covered operations as the installed botocore has them."""
    return _operations_of(own_loader())


@cache
def edition_operations() -> Mapping[str, Operation]:
    """Those of the covered operations that the edition has, as it has them."""
    if edition_directory() is None:
        return installed_operations()
    found = _operations_of(model_loader())  # both services have a DescribeView
    return {name: found[name] for name, one in installed_operations().items() if _is_of(one.service, found.get(name))}


def _is_of(service: str, operation: Operation | None) -> bool:
    return operation is not None and operation.service == service


def _operations_of(loader: Loader) -> Mapping[str, Operation]:
    participant = loader.load_service_model(PARTICIPANT, "service-2")
    connect = loader.load_service_model(CONNECT, "service-2")
    found = {name: _operation(PARTICIPANT, participant, name) for name in participant["operations"]}
    others = [name for name in TRAITS if name not in found and name in connect["operations"]]
    return found | {name: _operation(CONNECT, connect, name) for name in others}


def _complete(edition: Operation, installed: Operation) -> Operation:
    if edition == installed:
        return installed
    known = {error.name for error in edition.errors}
    return replace(
        edition,
        input=_with_lacking(edition.input, installed.input),
        output=_with_lacking(edition.output, installed.output),
        errors=(*edition.errors, *(error for error in installed.errors if error.name not in known)),
    )


def _with_lacking(edition: Member, installed: Member) -> Member:
    """The member as the `edition` has it, with those below it that only the `installed` one has."""
    below = {member.name: member for member in installed.members}
    own = tuple(_with_lacking(m, below.pop(m.name)) if m.name in below else m for m in edition.members)
    return replace(edition, members=(*own, *below.values()))


def operation(name: str) -> Operation:
    """The covered operation called `name`. Raises KeyError for any other name."""
    return operations()[name]
