"""A fault for every promise about a member of a reply: it is missing, of a wrong type or form, or off its limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from conformance.contract.catalogue import constraints
from conformance.contract.derivation import output_constraints
from conformance.contract.model import Kind
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.contract.rests_on import resting_on
from conformance.contract.wire import Request, Response
from conformance.reference.faults_kit.derived import Mutation, faults_of, requirement_of
from conformance.reference.faults_kit.fault import Fault, Seed
from conformance.reference.faults_kit.middleware import spoiling, with_document
from conformance.reference.faults_kit.shapes import GONE, Path, change_at, least_of, make_room
from conformance.reference.service import Handler, ReferenceService

K = ConstraintKind
Wrong = Callable[[Constraint, Any], Any]
TIME = "2026-11-21T08:15:00.123Z"  # where the member is absent else


def _other_type(constraint: Constraint, _: Any) -> Any:
    return 7 if constraint.member.kind is Kind.STRING else "text"


# The wrong values of each kind of promise, and what the endpoint does then.
_WRONG: Mapping[ConstraintKind, Mapping[str, tuple[str, Wrong]]] = {
    K.PRESENT: {"absent": ("leaves out {}", lambda *_: GONE), "null": ("returns null for {}", lambda *_: None)},
    K.TYPE: {"wrong": ("returns {} with another JSON type", _other_type)},
    K.LENGTH_MIN: {"empty": ("returns an empty {}", lambda *_: "")},
    K.LENGTH_MAX: {
        "too-long": ("returns {} with one code point too many", lambda limited, _: "a" * (int(limited.limit) + 1))
    },
    K.RANGE_MIN: {"too-small": ("returns {} that is one too small", lambda limited, _: limited.limit - 1)},
    K.RANGE_MAX: {"too-large": ("returns {} that is one too large", lambda limited, _: limited.limit + 1)},
    K.ENUM: {
        "unknown": ("returns {} that is not listed", lambda *_: "NOTHING_THAT_IS_LISTED"),
        "other-case": ("returns {} in small letters", lambda limited, value: (value or limited.limit[0]).lower()),
    },
    K.PATTERN: {"off": ("returns {} that does not match", lambda *_: "\n")},
    K.TIME: {
        "blank-for-t": ("writes {} with a blank for T", lambda _, value: (value or TIME).replace("T", " ")),
        "no-designator": ("writes {} without a designator", lambda _, value: (value or TIME).rstrip("Z")),
        "epoch": ("writes {} in digits alone", lambda *_: "1763683200"),
    },
    K.TIME_FRACTION: {
        "whole-seconds": ("writes {} in whole seconds", lambda _, value: (value or TIME).partition(".")[0] + "Z"),
        "microseconds": ("writes {} in microseconds", lambda _, value: (value or TIME).rstrip("Z") + "000Z"),
    },
    K.SIZE_MIN: {"empty": ("returns no entries in {}", lambda limited, _: {} if _is_map(limited) else [])},
    K.SIZE_MAX: {"too-many": ("returns too many entries in {}", lambda limited, _: _crowd(limited))},
}


def _is_map(constraint: Constraint) -> bool:
    return constraint.member.kind is Kind.MAP


def _crowd(constraint: Constraint) -> Any:
    """One entry too many, of a list or a map."""
    many = int(constraint.limit) + 1
    if _is_map(constraint):
        return {f"key{number}": "v" for number in range(many)}
    return [least_of(constraint.member.child("member")) or "v"] * many


def _variants(constraint: Constraint) -> Iterator[Mutation]:
    for name, (does, wrong) in _WRONG[constraint.kind].items():
        seed = _spoiling(constraint, wrong, constraint.member.path)
        yield Mutation(name, does.format(constraint.member.dotted), seed, may=_may(constraint))
    if constraint.kind is K.PRESENT and constraint.asked_by is None:
        seed = _spoiling(constraint, lambda *_: GONE, constraint.member.path, every=3)
        does = f"leaves out {constraint.member.dotted} in every third reply"
        yield Mutation("sometimes-absent", does, seed, may=_may(constraint))


def _key_variants(constraint: Constraint) -> Iterator[Mutation]:
    """A map's keys cannot be changed in their place: the map gets another one."""
    *above, _ = constraint.member.path
    for name, (does, wrong) in _WRONG[constraint.kind].items():
        seed = _spoiling(constraint, _with_key(wrong(constraint, "")), tuple(above))
        yield Mutation(name, does.format(constraint.member.dotted), seed, may=_may(constraint))


def _with_key(key: str) -> Wrong:
    return lambda _, value: {**(value or {}), key: "v"}


def _may(constraint: Constraint) -> tuple[str, ...]:
    """What else rests on the same value: its other limits, and what scenarios see by it."""
    member = f"{constraint.operation.name}.{constraint.member.dotted}"
    everywhere = ("Protocol.time.*",) if constraint.kind in (K.TIME, K.TIME_FRACTION) else ()
    return (f"{constraint.operation.name}.output.{constraint.member.dotted}.*", *everywhere, *resting_on(member))


def _spoiling(constraint: Constraint, wrong: Wrong, path: Path, *, every: int = 1) -> Seed:
    """Replaces what is at `path` in every `every`-th reply that has room for it; an optional member is put there."""

    def seed(service: ReferenceService) -> Handler | None:
        numbers = count(1)

        def spoil(_: Request, response: Response) -> Response:
            if not response.succeeded or not response.members:
                return response
            document = json.loads(response.body)
            if constraint.kind is not K.PRESENT and not _is_asked_for(constraint):
                make_room(document, constraint.operation.output, path)
            held = change_at(document, path, lambda value: wrong(constraint, value))
            return with_document(response, document) if held and next(numbers) % every == 0 else response

        return spoiling(constraint.operation, spoil)(service)

    return seed


def _is_asked_for(constraint: Constraint) -> bool:
    """Whether the member, or its parent, is in a reply on request alone: put there, it would lack its siblings."""
    root = constraint.member.path[0]
    return any(c.asked_by and c.member.path[0] == root for c in output_constraints(constraint.operation))


def _faults() -> Iterator[Fault]:
    for constraint in constraints(Direction.OUTPUT):
        mutations = _key_variants(constraint) if constraint.member.name == "key" else _variants(constraint)
        yield from faults_of(requirement_of(constraint), mutations)


FAULTS = tuple(_faults())
