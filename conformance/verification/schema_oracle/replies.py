"""The replies of the exported document, written so that a validator names each broken limit apart.

Two things differ from the export, and neither changes which replies fit. Null beside a shape is said by the shape's
own type instead of ``anyOf``, which would hide what is wrong below it. That a required member is there, and is not
null, is a clause of its own, as findings of one clause count as one. Clauses of prose rules are left out: scenarios
judge those, with what led there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from conformance.contract.model import operations
from conformance.contract.openapi.clauses import NULL, Schema
from conformance.contract.openapi.responses import responses

_LIMITS = frozenset(
    {
        *("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    }
)


@cache
def replies_document() -> dict[str, Any]:
    """An OpenAPI document of the replies alone; each operation stands at a path of its name."""
    paths: dict[str, Any] = {}
    for subject in operations().values():
        success, found = str(subject.status), responses(subject)
        content = found[success]["content"]["application/json"]
        found[success] = {**found[success], "content": {"application/json": {"schema": apart(content["schema"])}}}
        call = {"operationId": subject.name, "responses": found}
        paths[f"/{subject.name}"] = {"post": call}
    return {"openapi": "3.1.0", "info": {"title": "Replies", "version": "1"}, "paths": paths}


def apart(schema: Schema) -> Schema:
    """The limits of `schema` with a place of its own for each finding."""
    options = schema.get("anyOf", ())
    if NULL in options:
        (shape,) = (option for option in options if option != NULL)
        return _or_null(apart(shape))
    found = {key: value for key, value in schema.items() if key in _LIMITS}
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            found[key] = apart(schema[key])
    if "properties" in schema:
        needed = schema.get("required", ())
        shapes = {name: apart(below) for name, below in schema["properties"].items()}
        found["properties"] = {name: _or_null(below) if name in needed else below for name, below in shapes.items()}
        if needed:
            found["allOf"] = [{"required": [name], "properties": {name: {"not": NULL}}} for name in needed]
    return found


def _or_null(shape: Schema) -> Schema:
    """`shape`, or null in its place."""
    enum = {"enum": [*shape["enum"], None]} if "enum" in shape else {}
    return {**shape, **enum, "type": [shape["type"], "null"]}
