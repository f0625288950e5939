"""The OpenAPI 3.1 document of all covered operations, made from the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.errors import statuses_of
from conformance.contract.model import Location, Operation, model_sources, operations
from conformance.contract.requirements import ConstraintKind, Direction, Requirement
from conformance.openapi.shapes import input_shape, sayable, structure

Document = dict[str, Any]
BEARER, SIGNED = "bearer", "sigv4"
TITLE = "Amazon Connect chats and web calls: the operations that the conformance suite covers"
ERROR_HEADER = "x-amzn-ErrorType"
UNSAID = "x-conformance-requirements"
# Kinds of input limits that the schemas say; the others stand in the extension.
_SAID = frozenset(
    {
        ConstraintKind.REQUIRED,
        ConstraintKind.TYPE,
        ConstraintKind.LENGTH_MIN,
        ConstraintKind.LENGTH_MAX,
        ConstraintKind.RANGE_MIN,
        ConstraintKind.RANGE_MAX,
        ConstraintKind.SIZE_MIN,
        ConstraintKind.SIZE_MAX,
        ConstraintKind.ENUM,
    }
)


def document() -> Document:
    """The document, as JSON holds it. What no schema can say stands at each operation by requirement id."""
    paths: dict[str, Document] = {}
    for operation in operations().values():
        paths.setdefault(operation.uri, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": _version(), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": _schemes()},
    }


def _version() -> str:
    return ", ".join(f"{source.service} {source.api_version}" for source in model_sources())


def _schemes() -> Document:
    signed = "Signature Version 4 of the service connect, in the header Authorization"
    token = "A ParticipantToken or ConnectionToken, as it was handed out"
    return {
        SIGNED: {"type": "apiKey", "in": "header", "name": "Authorization", "description": signed},
        BEARER: {"type": "apiKey", "in": "header", "name": "X-Amz-Bearer", "description": token},
    }


def _operation(operation: Operation) -> Document:
    described: Document = {
        "operationId": operation.name,
        "security": [{SIGNED: []}] if operation.signed else [{BEARER: []}],
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
        UNSAID: [requirement.id for requirement in _unsaid(operation)],
    }
    if operation.has_body:
        body = {"type": "object", **structure(operation.body_members, closed=True)}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return described


def _parameters(operation: Operation) -> Iterable[Document]:
    """What stands in the path. The bearer's header is a security scheme, which no parameter repeats."""
    for member in operation.input.members:
        if member.location is Location.URI:
            name = member.wire_name or member.name
            yield {"name": name, "in": "path", "required": True, "schema": input_shape(member)}


def _responses(operation: Operation) -> Document:
    success = {"type": "object", **structure(operation.output.members, closed=False)}
    found = {str(operation.status): {"description": "Success", "content": {"application/json": {"schema": success}}}}
    by_status: dict[int, list[str]] = {}
    for error in operation.errors:
        for status in sorted(statuses_of(operation, error.name)):
            by_status.setdefault(status, []).append(error.name)
    return found | {str(status): _error(names) for status, names in sorted(by_status.items())}


def _error(names: list[str]) -> Document:
    """A failure. Its type may stand in a header, and with more behind a colon; a body may hold it instead."""
    known = {"type": "string", "pattern": f"^(.*#)?({'|'.join(names)})(:.*)?$"}
    return {
        "description": " or ".join(names),
        "headers": {ERROR_HEADER: {"required": False, "schema": known}},
        "content": {"application/json": {"schema": {"type": "object"}}},
    }


def _unsaid(operation: Operation) -> Iterable[Requirement]:
    """What the document cannot say of an operation: rules over several members, bytes, calls or time."""
    for requirement in catalogue().values():
        if requirement.operation == operation.name and not _is_said(requirement):
            yield requirement


def _is_said(requirement: Requirement) -> bool:
    constraint = requirement.constraint
    if constraint is None:
        return False
    if constraint.kind is ConstraintKind.PATTERN:
        return sayable(constraint.member.pattern or "")
    if constraint.direction is Direction.INPUT:
        return constraint.kind in _SAID and constraint.member.location is not Location.HEADER
    return constraint.kind in _SAID - {ConstraintKind.ENUM}
