"""Members of the contract as JSON Schema: types and limits of the models, and the clauses of prose rules.

Beside each member stand the ids of the requirements that are said there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.derivation import JSON_TYPES
from conformance.contract.model import Kind, Member, Operation
from conformance.contract.openapi.clauses import NULL, Clause, Schema
from conformance.contract.openapi.limits import LENIENT, example, is_expressed, is_needed, limit, wish
from conformance.contract.openapi.rules import clauses_of
from conformance.contract.requirements import Constraint, Direction, Level

SAID = "x-conformance-said"
PARTLY = "x-conformance-said-in-part"
SHOULD = "x-conformance-should"
RESOURCE = "x-conformance-resource"
FRESH = "x-conformance-fresh"


class Bound(StrEnum):
    """Which requests fit the document, where a schema cannot say a rule exactly.

    WIDEST: every request that any reading of the documents lets through; what does not fit breaks a *must*.
    NARROWEST: only requests that no *must* or *should* speaks against and no open question touches; what fits is
    accepted, as far as one request can tell.
    """

    WIDEST = "widest"
    NARROWEST = "narrowest"


@dataclass(frozen=True)
class Shapes:
    """Writes the schemas of one operation's request or reply.

    `known` has values for members that name something which exists (``InstanceId``), by the member's name.
    """

    operation: Operation
    direction: Direction
    bound: Bound = Bound.WIDEST
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrow(self) -> bool:
        """Whether only what is surely accepted may fit."""
        return self.bound is Bound.NARROWEST and self.direction is Direction.INPUT

    def whole(self, root: Member, members: tuple[Member, ...]) -> Schema:
        """The body that is made of `members`, all or some of those of `root`."""
        schema = {"type": "object", **self._structure(members)} | self._prose(root)
        return schema | self._ids(root, self._constraints_of(root))

    def schema_at(self, member: Member) -> Schema:
        """What may stand at `member`: its shape, or null where the member is optional, which counts as absent."""
        found = self._constraints_of(member)
        schema = self._shape(member, found)
        if not self.narrow and not is_needed(member, found) and member.name not in self._never_null:
            schema = {"anyOf": [schema, NULL]}
        return schema | self._ids(member, found) | self._hints(member, found)

    @property
    def _never_null(self) -> tuple[str, ...]:
        """Below lists and maps null is no type of a reply's; whether a request may hold it there is left open."""
        return ("key",) if self.direction is Direction.INPUT else ("key", "member", "value")

    def _constraints_of(self, member: Member) -> tuple[Constraint, ...]:
        return _by_member(self.direction).get((self.operation.name, member.path), ())

    def _shape(self, member: Member, found: tuple[Constraint, ...]) -> Schema:
        schema: Schema = {"type": JSON_TYPES[member.kind]}
        for constraint in found:
            schema |= limit(constraint)
        if self.direction is Direction.OUTPUT:
            schema |= example(member, schema)
        return schema | self._narrow(member, found) | self._prose(member, found) | self._children(member)

    def _children(self, member: Member) -> Schema:
        if member.kind is Kind.LIST:
            return {"items": self.schema_at(member.child("member"))}
        if member.kind is Kind.MAP:
            keys, values = member.child("key"), member.child("value")
            return {"propertyNames": self.schema_at(keys), "additionalProperties": self.schema_at(values)}
        return self._structure(member.members) if member.kind is Kind.STRUCTURE and member.members else {}

    def _structure(self, members: tuple[Member, ...]) -> Schema:
        properties = {m.wire_name or m.name: False if self._is_kept_out(m) else self.schema_at(m) for m in members}
        needed = [m.wire_name or m.name for m in members if is_needed(m, self._constraints_of(m))]
        closed = {"additionalProperties": False} if self.narrow else {}
        return {"properties": properties} | ({"required": needed} if needed else {}) | closed

    def _clauses(self, member: Member) -> tuple[Clause, ...]:
        return clauses_of(self.operation.name, self.direction, member.dotted)

    def _prose(self, member: Member, found: tuple[Constraint, ...] = ()) -> Schema:
        """The clauses at `member`, each with its ids; those of rules that should hold stand apart, unless narrow."""
        musts: list[Schema] = []
        wishes = [wish(constraint) | {SAID: [constraint.id]} for constraint in found if wish(constraint)]
        for clause in self._clauses(member):
            schema = clause.narrow if self.narrow and clause.narrow is not None else clause.schema
            if schema:
                must = self.narrow or level_of(clause) is Level.MUST
                (musts if must else wishes).append(schema | _ids_of(clause))
        return ({"allOf": musts} if musts else {}) | ({SHOULD: wishes} if wishes else {})

    def _ids(self, member: Member, found: tuple[Constraint, ...]) -> Schema:
        """The ids of the limits that are said at `member`, and of what is said by letting it through."""
        expressed = [c.id for c in found if is_expressed(c) and not (self.narrow and c.kind in LENIENT)]
        expressed += [rid for clause in self._clauses(member) for rid in clause.accepts]
        return {SAID: expressed} if expressed else {}

    def _hints(self, member: Member, found: tuple[Constraint, ...]) -> Schema:
        """What else one must know to fill `member` in: that it names something, or is never to be used twice."""
        hints: Schema = {FRESH: True} if member.idempotency_token else {}
        if member.name == "member" and self.direction is Direction.INPUT:
            hints |= {SHOULD: [{"not": NULL, SAID: ["Protocol.request.null-in-list"]}]}
        reason = next((c.accepts for c in found if c.promise == "resource"), None)
        if reason and self.direction is Direction.INPUT:
            hints |= {RESOURCE: reason}
            if member.name in self.known:
                hints |= {"examples": [self.known[member.name]]}
        return hints

    def _narrow(self, member: Member, found: tuple[Constraint, ...]) -> Schema:
        if not self.narrow:
            return {}
        if member.name in self.known and _is_resource(found):
            return {"const": self.known[member.name]}
        values = next((c.values for c in found if c.values), ())
        if values and not self._clauses(member):
            return {"enum": list(values)}
        edges = next((c.edges for c in found if c.edges), None)
        return {"minimum": edges[0], "maximum": edges[1]} if edges else _plain_text(member)

    def _is_kept_out(self, member: Member) -> bool:
        """Whether no narrow request has the optional `member`: nobody knows a value that is surely accepted."""
        found = self._constraints_of(member)
        return self.narrow and not is_needed(member, found) and self._is_unknown(member, found)

    def _is_unknown(self, member: Member, found: tuple[Constraint, ...]) -> bool:
        if member.name in self.known and _is_resource(found):
            return False
        if member.idempotency_token or any(c.promise and not c.values and not c.edges for c in found):
            return not any(clause.narrow for clause in self._clauses(member))
        unknown = {m: self._is_unknown(m, self._constraints_of(m)) for m in member.members}
        needed = any(unknown[m] for m in unknown if m.required or member.kind in (Kind.LIST, Kind.MAP))
        return needed or (bool(unknown) and all(unknown.values()))


@cache
def _by_member(direction: Direction) -> Mapping[tuple[str, tuple[str, ...]], tuple[Constraint, ...]]:
    found: dict[tuple[str, tuple[str, ...]], tuple[Constraint, ...]] = {}
    for constraint in constraints(direction):
        place = constraint.operation.name, constraint.member.path
        found[place] = (*found.get(place, ()), constraint)
    return found


def _ids_of(clause: Clause) -> Schema:
    """The ids that stand beside a clause: none beside one that an open question narrows."""
    if level_of(clause) is Level.RECORD or not clause.rules:
        return {}
    return {PARTLY if clause.lacks else SAID: list(clause.rules)}


def level_of(clause: Clause) -> Level:
    """How far the rules of `clause` are promised, which share one level; a must where it only lets through."""
    levels = {catalogue()[rule].level for rule in clause.rules} or {Level.MUST}
    (level,) = levels
    return level


def _plain_text(member: Member) -> Schema:
    """Text without control characters, that does not begin with a blank: nobody promises what others get."""
    if member.kind is not Kind.STRING or member.enum or member.pattern or member.name == "key":
        return {}
    controls = "\\x00-\\x1f\\x7f-\\x9f\\ufffe\\uffff"
    begins = f"[^\\s{controls}]" if member.minimum or member.idempotency_token else ""
    return {"pattern": f"^{begins}[^{controls}]*(?!\\n)$"}


def _is_resource(found: tuple[Constraint, ...]) -> bool:
    return any(c.promise == "resource" for c in found)
