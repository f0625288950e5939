"""Members of the contract as JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.contract.model import Kind, Member

Schema = dict[str, Any]

# A time is a text or a number, whichever its operation uses, and so has no type here.
_TYPES: Mapping[Kind, str] = {
    Kind.STRUCTURE: "object",
    Kind.MAP: "object",
    Kind.LIST: "array",
    Kind.STRING: "string",
    Kind.INTEGER: "integer",
    Kind.LONG: "integer",
    Kind.FLOAT: "number",
    Kind.BOOLEAN: "boolean",
}
_LIMITS: Mapping[Kind, tuple[str, str]] = {
    Kind.STRING: ("minLength", "maxLength"),
    Kind.LIST: ("minItems", "maxItems"),
    Kind.MAP: ("minProperties", "maxProperties"),
    Kind.INTEGER: ("minimum", "maximum"),
    Kind.LONG: ("minimum", "maximum"),
}


def input_shape(member: Member) -> Schema:
    """What a request may hold at `member`: every limit that JSON Schema can say, as the model means it.

    Members that nobody knows are allowed, because an endpoint ignores them; null is allowed for optional members,
    because it counts as absent.
    """
    return _shape(member, closed=True)


def _shape(member: Member, *, closed: bool) -> Schema:
    schema: Schema = {"type": _TYPES[member.kind]} if member.kind in _TYPES else {}
    for word, limit in zip(_LIMITS.get(member.kind, ()), (member.minimum, member.maximum), strict=False):
        if limit is not None:
            schema[word] = int(limit)
    if member.enum and closed:
        schema["enum"] = list(member.enum)
    if member.pattern and sayable(member.pattern):
        schema["pattern"] = member.pattern
    return schema | _children(member, closed=closed)


def _children(member: Member, *, closed: bool) -> Schema:
    if member.kind is Kind.LIST:
        return {"items": _shape(member.child("member"), closed=closed)}
    if member.kind is Kind.MAP:
        keys, values = member.child("key"), member.child("value")
        return {"propertyNames": _shape(keys, closed=closed), "additionalProperties": _shape(values, closed=closed)}
    if member.kind is Kind.STRUCTURE:
        return structure(member.members, closed=closed)
    return {}


def structure(members: tuple[Member, ...], *, closed: bool) -> Schema:
    """The properties of a structure made of `members`; optional ones may be null.

    In a request enumerations are `closed`; in a reply new values may come without a new version of an API.
    """
    properties = {m.wire_name or m.name: _optional(m, _shape(m, closed=closed)) for m in members}
    needed = [m.wire_name or m.name for m in members if m.required]
    return {"properties": properties} | ({"required": needed} if needed else {})


def _optional(member: Member, schema: Schema) -> Schema:
    return schema if member.required or not schema else {"anyOf": [schema, {"type": "null"}]}


def sayable(pattern: str) -> bool:
    r"""Whether readers of every language understand `pattern` alike.

    Left out is one with a Unicode property (``\p{L}``), which many readers know in a special mode only or not at all,
    and one that escapes a character which needs no escape: ECMAScript refuses that in its Unicode mode.
    """
    if re.search(r"\\[pP]|\\[^\w\s^$\\.*+?()\[\]{}|/-]|\\_", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
