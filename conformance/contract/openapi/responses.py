"""The replies of an operation as OpenAPI holds them: success, and the errors by status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.contract.errors import COMMON_ERRORS, THROTTLING, bad_input_exceptions, statuses_of
from conformance.contract.model import Operation
from conformance.contract.openapi.shapes import PARTLY, SAID, SHOULD, Shapes
from conformance.contract.requirements import Direction

ERROR_HEADER, REQUEST_ID, CROSS_ORIGIN = "x-amzn-ErrorType", "x-amzn-RequestId", "Access-Control-Allow-Origin"
WHY_A_PATTERN = (
    "An exception type that this status may have: one of the enumeration. The pattern beside it lets more stand around"
    " the name, as the documents do: a namespace that ends in #, and what follows a colon."
)
WHY_OPTIONAL = " Not required, as the body may name the type instead, in __type or code."
_TOO_MANY = 429
_EXAMPLES = {REQUEST_ID: "5f7d3f3e-0000-4000-8000-000000000000", CROSS_ORIGIN: "*"}
_ANY_NAME = "[A-Za-z][A-Za-z0-9._]*"  # what else stands in ``code``, such as a number, names no type


def responses(operation: Operation, *, error_header_required: bool = False) -> dict[str, Any]:
    """All documented replies of `operation` by status: its own errors and those common to the protocol.

    With `error_header_required` an error must name its type in the header, which endpoints that are right need not do.
    """
    found = {str(operation.status): _success(operation)}
    for status, names in sorted(_types_by_status(operation).items()):
        found[str(status)] = _error(operation, status, _telling_first(operation, names), required=error_header_required)
    return found


def _telling_first(operation: Operation, names: Iterable[str]) -> list[str]:
    """`names` in the order in which a mock may take them: those of bad input, others that are declared, the rest."""
    declared = {error.name for error in operation.errors}
    refusing = bad_input_exceptions(operation)
    return sorted(names, key=lambda name: (name not in refusing, name not in declared, name))


def _types_by_status(operation: Operation) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name in {error.name for error in operation.errors} | COMMON_ERRORS.keys():
        for status in statuses_of(operation, name):
            found.setdefault(status, set()).add(name)
    return found


def _success(operation: Operation) -> dict[str, Any]:
    shape = Shapes(operation, Direction.OUTPUT).whole(operation.output, operation.output.members)
    return {
        "description": "Success. Where no member is due an empty body is as good as an empty object.",
        "headers": _optional_headers(operation, "Clients.cors.success"),
        "content": {"application/json": {"schema": shape}},
        SAID: [f"{operation.name}.success.status", "Protocol.success.content-type"],
        PARTLY: [f"{operation.name}.success.body"],
    }


def _optional_headers(operation: Operation, cross_origin: str) -> dict[str, Any]:
    """Headers that a reply should have and need not."""
    rules = {REQUEST_ID: f"{operation.name}.reply.request-id", CROSS_ORIGIN: cross_origin}
    return {
        name: {
            "required": False,
            "schema": {"type": "string", "examples": [_EXAMPLES[name]]},
            SHOULD: [{SAID: [rule], "required": True}],
        }
        for name, rule in rules.items()
    }


def _error(operation: Operation, status: int, names: list[str], *, required: bool) -> dict[str, Any]:
    """A failure. Its type stands in a header, or in the body's ``__type`` or ``code``. Mocks take the first name."""
    named = {"type": "string", "anyOf": [{"enum": names}, {"pattern": _decorate(names)}], "examples": names[:1]}
    inside = {"anyOf": [named, {"not": {"type": "string", "pattern": _decorate([_ANY_NAME])}}]}
    text = {"anyOf": [{"required": ["message"]}, {"required": ["Message"]}]}
    body = {
        "type": "object",
        "properties": {"__type": inside, "code": inside},
        SHOULD: [{SAID: ["Protocol.error.message-present"], **text}],
    }
    header = {
        "description": WHY_A_PATTERN + ("" if required else WHY_OPTIONAL),
        "required": required,
        "schema": named,
    }
    return {
        "description": " or ".join(names),
        "headers": {ERROR_HEADER: header, **_optional_headers(operation, "Clients.cors.error")},
        "content": {"application/json": {"schema": body, "examples": _named_examples(names)}},
        PARTLY: list(_partly(operation, status, names)),
    }


def _named_examples(names: Iterable[str]) -> dict[str, Any]:
    """A body of each exception type, for mocks that are asked for one by its name."""
    return {name: {"value": {"__type": name, "message": f"An example of {name}."}} for name in names}


def _decorate(names: Iterable[str]) -> str:
    """A pattern of `names` with a namespace before and more behind a colon."""
    return f"^([^:]*#)?\\s*({'|'.join(sorted(names))})\\s*(:[\\s\\S]*)?$"


def _partly(operation: Operation, status: int, names: list[str]) -> Iterable[str]:
    for rule in ("error.status", "error.type", "error.body", "error.content-type"):
        yield f"{operation.name}.{rule}"
    if status == _TOO_MANY and set(names) & THROTTLING:
        yield "Throttling.refusal.documented-type"
