"""What a clause is: a prose rule in the words of JSON Schema, and the phrases that clauses are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.contract.requirements import Direction

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
BYTES_LACK = "A schema counts code points, of which a text never has more than bytes: a text of fewer is not refused."


@dataclass(frozen=True, slots=True)
class Clause:
    """What JSON Schema can say of some rules at one place of a request or reply.

    `rules` are the ids of what is forbidden, `accepts` of what must be let through; they are said in the request or
    reply (`direction`) of the operation that the first of them begins with, or of `operation`. `at` is a member path
    in dots, empty for the body as a whole, with the contract's ``member``, ``key`` and ``value`` below lists and maps.
    `schema` is the widest reading: it refuses nothing but what a rule forbids. `narrow` is the narrowest: it lets
    through only what is surely accepted (None: the same). `lacks` says what of the rules no schema can express.
    """

    rules: tuple[str, ...]
    at: str
    schema: Schema
    narrow: Schema | None = None
    accepts: tuple[str, ...] = ()
    lacks: str = ""
    direction: Direction = Direction.INPUT
    operation: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """All requirement ids that the clause says something of."""
        return (*self.rules, *self.accepts)

    @property
    def subject(self) -> str:
        """The operation in whose request or reply the clause stands."""
        return self.operation or self.ids[0].split(".", 1)[0]


def has_values(*names: str) -> Schema:
    """An object in which all of `names` stand with a value; null counts as absent."""
    return {"required": list(names), "properties": {name: {"not": NULL} for name in names}}


def never_together(*names: str) -> Schema:
    """An object in which not all of `names` stand with a value."""
    return {"not": has_values(*names)}


def media_types(*names: str) -> Schema:
    """One of some media types; letter case and parameters do not make it another (RFC 9110, 8.3.1)."""
    return {
        "anyOf": [{"enum": list(names)}, {"pattern": f"^\\s*({'|'.join(map(_any_case, names))})\\s*(;[\\s\\S]*)?$"}]
    }


def _any_case(name: str) -> str:
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else f"\\{c}" if c in ".+/" else c for c in name)


def holds(media_type: str) -> Schema:
    """A list with `media_type` among its elements."""
    return {"contains": media_types(media_type)}


def without(excluded: str, plain: str) -> tuple[Schema, Schema]:
    """Texts free of the characters in the class `excluded`; and narrower, texts of the class `plain` alone.

    A pattern that is found nowhere is used, as ``$`` lets a line end pass in some dialects.
    """
    return {"not": {"pattern": f"[{excluded}]"}}, {"pattern": f"^[{plain}]+(?!\\n)$"}
