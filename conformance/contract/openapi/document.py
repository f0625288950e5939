"""The OpenAPI 3.1 document of all covered operations, made from the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.edition import not_in_edition
from conformance.contract.model import Location, Operation, edition_operations
from conformance.contract.model_files import model_sources
from conformance.contract.openapi.limits import LEFT_OUT
from conformance.contract.openapi.not_expressed import reason_of
from conformance.contract.openapi.responses import responses
from conformance.contract.openapi.shapes import FRESH, PARTLY, RESOURCE, SAID, SHOULD, Bound, Shapes
from conformance.contract.requirements import Direction

Document = dict[str, Any]
BEARER, SIGNED = "bearer", "sigv4"
TITLE = "Amazon Connect chats and web calls: the operations that the conformance suite covers"
NOT_EXPRESSED, LEGEND = "x-conformance-not-expressed", "x-conformance-legend"
EXTENSIONS: Mapping[str, str] = {
    SAID: "ids of the requirements that are said here",
    PARTLY: "ids of the requirements that are said here in part; what is lacking stands with those not said",
    SHOULD: "what should hold here besides and need not: schemas, or fields of a header",
    NOT_EXPRESSED: "ids of the requirements that no schema expresses, or only in part, each with the reason",
    RESOURCE: "the member names something that exists, and is accepted with such a name only",
    FRESH: "a new value is due in each request that is no repetition",
    LEFT_OUT: "a pattern of the models that is left out, and why",
}
DESCRIPTIONS: Mapping[Bound, str] = {
    Bound.WIDEST: (
        "A request that does not fit breaks a documented promise that must hold; one that fits may still break a rule"
        " that no schema can say. Clauses of promises that should hold stand under x-conformance-should."
    ),
    Bound.NARROWEST: (
        "A request that fits is accepted, as far as one request can tell and the members marked as resources name"
        " what exists; one that does not fit may be accepted as well."
    ),
}


def document(
    bound: Bound = Bound.WIDEST,
    *,
    known: Mapping[str, str] | None = None,
    error_header_required: bool = False,
) -> Document:
    """The document, as JSON holds it. What no schema says stands by requirement id with the reason.

    `bound` says which requests fit where no schema is exact. `known` has values of members that name something, by
    the member's name: examples, and the only values of the narrowest document. With `error_header_required` each
    error must name its type in a header, which not every lawful endpoint does.
    """
    paths: dict[str, Document] = {}
    for operation in edition_operations().values():
        call = _operation(operation, bound, known or {}, error_header_required=error_header_required)
        paths.setdefault(operation.uri, {})[operation.method.lower()] = call
    found: Document = {
        "openapi": "3.1.0",
        "info": _info(bound),
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": _schemes()},
        LEGEND: [{"extension": name, "meaning": meaning} for name, meaning in EXTENSIONS.items()],
    }
    return found if bound is Bound.NARROWEST else _add_unexpressed(found)


def _info(bound: Bound) -> Document:
    version = ", ".join(f"{source.service} {source.api_version}" for source in model_sources())
    licensed = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return {"title": TITLE, "version": version, "description": DESCRIPTIONS[bound], "license": licensed}


def _schemes() -> Document:
    signed = "Signature Version 4 of the service connect, in the header Authorization"
    token = "A ParticipantToken or ConnectionToken, as it was handed out"
    return {
        SIGNED: {"type": "apiKey", "in": "header", "name": "Authorization", "description": signed},
        BEARER: {"type": "apiKey", "in": "header", "name": "X-Amz-Bearer", "description": token},
    }


def _operation(
    operation: Operation, bound: Bound, known: Mapping[str, str], *, error_header_required: bool
) -> Document:
    shapes = Shapes(operation, Direction.INPUT, bound, known)
    described: Document = {
        "operationId": operation.name,
        "security": [{SIGNED: []}] if operation.signed else [{BEARER: []}],
        SAID: [rid for rid in _of_security(operation) if rid in catalogue()],
        "parameters": list(_parameters(shapes)),
        "responses": responses(operation, error_header_required=error_header_required),
    }
    if operation.has_body:
        described["requestBody"] = _body(shapes)
    return described


def _of_security(operation: Operation) -> Iterable[str]:
    rule = "signature.required" if operation.signed else "bearer.unsigned-accepted"
    return (f"{operation.name}.{rule}",)


def _parameters(shapes: Shapes) -> Iterator[Document]:
    """What stands in the path, and the bearer's header: a security scheme cannot say how long a token is."""
    places = {Location.URI: "path", Location.HEADER: "header"}
    for member in shapes.operation.input.members:
        if member.location in places:
            name = member.wire_name or member.name
            yield {
                "name": name,
                "in": places[member.location],
                "required": True,
                "schema": shapes.schema_at(member),
            }


def _body(shapes: Shapes) -> Document:
    """The body; one without required members may be left out."""
    operation = shapes.operation
    schema = shapes.whole(operation.input, operation.body_members)
    schema[SAID] = [*schema.get(SAID, ()), f"{operation.name}.request.not-an-object"]
    needed = shapes.narrow or any(member.required for member in operation.body_members)
    expressed = [f"{operation.name}.request.empty-body"]
    return {"required": needed, "content": {"application/json": {"schema": schema}}, SAID: expressed}


def ids_expressed_in(part: Any) -> frozenset[str]:
    """The ids of the requirements that a part of a document says whole."""
    if isinstance(part, list):
        return frozenset[str]().union(*map(ids_expressed_in, part))
    if not isinstance(part, dict):
        return frozenset()
    own = part.get(SAID, ())
    return frozenset(own).union(*(ids_expressed_in(below) for key, below in part.items() if key != SAID))


def _add_unexpressed(found: Document) -> Document:
    """The document with what it does not say, at each operation, and of topics beside the operations at its root."""
    everywhere, lacking = ids_expressed_in(found), not_in_edition()
    missing: dict[str, Document] = {}
    for rid, requirement in catalogue().items():
        if rid not in everywhere and rid not in lacking:
            missing.setdefault(requirement.operation, {})[rid] = reason_of(rid)
    for call in calls(found):
        call[NOT_EXPRESSED] = missing.pop(call["operationId"], {})
    return found | {NOT_EXPRESSED: {rid: reason for topic in missing.values() for rid, reason in topic.items()}}


def calls(found: Document) -> Iterator[Document]:
    """The operations of a document."""
    for path in found["paths"].values():
        yield from path.values()
