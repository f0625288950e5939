"""What a JSON Schema validator that is not ours has against requests and replies, by the exported document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator

from conformance.contract.model import Location, operations
from conformance.contract.openapi.document import document
from conformance.contract.openapi.responses import ERROR_HEADER
from conformance.contract.openapi.shapes import SHOULD, Bound
from conformance.contract.resources import Resource
from conformance.contract.wire import Response
from strategies.examples import plain_arguments

KNOWN = {"InstanceId": "00000000-0000-4000-8000-000000000001", "ContactFlowId": "00000000-0000-4000-8000-00000000000f"}
DOCUMENTS = {Bound.WIDEST: document(), Bound.NARROWEST: document(Bound.NARROWEST, known=KNOWN)}
CALLS = {
    bound: {call["operationId"]: call for path in found["paths"].values() for call in path.values()}
    for bound, found in DOCUMENTS.items()
}
TIME = "2026-01-31T12:00:00.000Z"


def fill(value: Any) -> Any:
    """`value` with something in place of what only an endpoint can give."""
    if isinstance(value, Resource):
        return value.text(TIME if value.name == "message_time" else "x" * 36)
    if isinstance(value, dict):
        return {name: fill(part) for name, part in value.items()}
    return [fill(part) for part in value] if isinstance(value, list) else value


def plain(name: str, **members: Any) -> dict[str, Any]:
    """The plainest arguments of an operation, with some `members` besides."""
    return {**fill(plain_arguments(operations()[name])), **members}


def body_schema(name: str, bound: Bound = Bound.WIDEST) -> dict[str, Any]:
    """The schema of an operation's body."""
    schema: dict[str, Any] = CALLS[bound][name]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def reply_schema(name: str) -> dict[str, Any]:
    """The schema of an operation's successful reply."""
    reply = CALLS[Bound.WIDEST][name]["responses"][str(operations()[name].status)]
    schema: dict[str, Any] = reply["content"]["application/json"]["schema"]
    return schema


def first_error(schema: Any, value: Any) -> list[str]:
    """The first thing that a validator has against `value`, if anything."""
    return [error.message[:200] for error in islice(Draft202012Validator(schema).iter_errors(value), 1)]


def reply_errors(name: str, response: Response) -> list[str]:
    """What the document has against a reply: its status, the type that its header names, its body."""
    described = CALLS[Bound.WIDEST][name]["responses"].get(str(response.status))
    if described is None:
        return [f"status {response.status}"]
    named = response.header(ERROR_HEADER)
    headers = described["headers"].get(ERROR_HEADER, {"schema": {}})
    found = [] if named is None else first_error(headers["schema"], named)
    if response.body.strip():
        found += first_error(described["content"]["application/json"]["schema"], json.loads(response.body))
    return found


def strict_schema(schema: Any) -> Any:
    """A schema in which what should hold must hold, as a reader of the extension would take it."""
    if isinstance(schema, list):
        return [strict_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    below = {key: strict_schema(part) for key, part in schema.items() if key != SHOULD}
    return {"allOf": [below, *schema[SHOULD]]} if SHOULD in schema else below


def against(
    name: str, arguments: Mapping[str, Any], bound: Bound = Bound.WIDEST, *, strictly: bool = False
) -> list[str]:
    """What a validator has against a request with `arguments`, in its path, its bearer header and its body.

    Strictly it also has to keep what should hold.
    """
    operation, read = operations()[name], strict_schema if strictly else lambda schema: schema
    parameters = {p["name"]: p for p in CALLS[bound][name]["parameters"]}
    beside = {m.name: parameters[m.wire_name] for m in operation.input.members if m.location is not Location.BODY}
    found = [f"lacks {key}" for key, one in beside.items() if one["required"] and key not in arguments]
    for key in beside.keys() & arguments.keys():
        found += first_error(read(beside[key]["schema"]), arguments[key])
    if operation.has_body:
        body = {key: value for key, value in arguments.items() if key not in beside}
        found += first_error(read(body_schema(name, bound)), body)
    return found
