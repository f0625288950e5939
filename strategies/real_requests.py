"""Requests for the tests of other programs: every value is real, ids and tokens are the caller's.

What the suite sends itself has `Resource`s in it, which a conversation fills in. Here the caller says what stands for
them; a request that needs something which was not given is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from conformance.contract.catalogue import UnknownGlob, catalogue, constraints, select
from conformance.contract.model import Location, Operation, operations
from conformance.contract.requirements import Constraint, Direction, Level
from conformance.contract.resources import CLIENT_TOKEN, Resource, fill_in, resource_names
from strategies.boundaries import Edge, edges
from strategies.examples import plain_arguments
from strategies.requests import Arguments, place
from strategies.valid_requests import valid_requests
from strategies.violations import from_constraint

Given = Mapping[str, str]


class NothingToDraw(ValueError):
    """No request can be drawn. The text says why, and what to give."""


@dataclass(frozen=True, slots=True)
class BrokenRequest:
    """A request that breaks one promise and keeps all others.

    `requirement` is the id of the broken one, `edge` says in which way, and `arguments` are the operation's, by the
    names of its members.
    """

    requirement: str
    operation: str
    edge: str
    arguments: Arguments


def requests_for(name: str, given: Given) -> st.SearchStrategy[Arguments]:
    """Arguments of valid requests of the operation `name`, which an endpoint that keeps every promise accepts.

    Raises NothingToDraw for an operation that does not exist, and where an id is missing that each request needs.
    """
    subject = operation_of(name)
    _require(subject, given)
    fixed = [edge.arguments for edge in _accepted_edges(subject) if _can_be_filled(edge.arguments, given)]
    return st.builds(_combine, *_choices(subject, fixed, given)).flatmap(lambda found: _real(found, given))


def violations_of(what: str, given: Given) -> st.SearchStrategy[BrokenRequest]:
    """Requests that break one limit of an input: of an operation, or of the requirements that match an id or a glob.

    Raises NothingToDraw where no requirement is meant that a single request can break, and where ids are missing.
    """
    ids = _ids(what)
    chosen = [limit for limit in constraints(Direction.INPUT) if limit.id in ids and _is_judged(limit)]
    if not chosen:
        raise NothingToDraw(f"{what} names no limit of an input that a single request can break")
    for name in {limit.operation.name for limit in chosen}:
        _require(operations()[name], given)
    found = [strategy for limit in chosen for strategy in _breaking(limit, given)]
    if not found:
        raise NothingToDraw(
            f"each request that breaks {what} needs an id that was not given: {_lacking(chosen, given)}"
        )
    return st.one_of(found)


def operation_of(name: str) -> Operation:
    """The operation called `name`. Raises NothingToDraw where there is none."""
    if name not in operations():
        raise NothingToDraw(f"{name} is no operation: give one of {', '.join(operations())}")
    return operations()[name]


def _ids(what: str) -> frozenset[str]:
    try:
        return select([f"{what}.*" if what in operations() else what])
    except UnknownGlob as wrong:
        raise NothingToDraw(str(wrong)) from wrong


def _require(subject: Operation, given: Given) -> None:
    missing = [name for name in _needs(plain_arguments(subject)) if name not in given]
    if missing:
        words = " and ".join(f"{name}=..." for name in missing)
        raise NothingToDraw(f"{subject.name} needs {words}")


def _lacking(chosen: list[Constraint], given: Given) -> str:
    names = {
        name
        for limit in chosen
        for edge in edges(limit)
        for name in _needs(edge.arguments)
        if not edge.accepted and name not in given
    }
    return ", ".join(f"{name}=..." for name in sorted(names))


def _needs(arguments: Any) -> list[str]:
    """The names of what only the caller can give; a ClientToken anybody can make up."""
    return [name for name in dict.fromkeys(resource_names(arguments)) if name != CLIENT_TOKEN.name]


def _can_be_filled(arguments: Any, given: Given) -> bool:
    return all(name in given for name in _needs(arguments))


def _accepted_edges(subject: Operation) -> Iterator[Edge]:
    """The fixed requests of which acceptance is promised on every endpoint."""
    yield from valid_requests(subject)
    for limit in constraints(Direction.INPUT):
        if limit.operation == subject and catalogue()[limit.id].level is Level.MUST:
            yield from (edge for edge in edges(limit) if edge.accepted and edge.depends_on is None)


def _choices(subject: Operation, fixed: list[Arguments], given: Given) -> tuple[st.SearchStrategy[Any], ...]:
    """A fixed request, and plain values of other optional members to add to it."""
    plain = plain_arguments(subject)
    more = [
        (name, value)
        for edge in valid_requests(subject)
        if _can_be_filled(edge.arguments, given) and len(edge.arguments) == len(plain) + 1
        for name, value in edge.arguments.items()
        if name not in plain
    ]
    return st.sampled_from(fixed), (st.lists(st.sampled_from(more), unique_by=_name) if more else st.just([]))


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _combine(fixed: Arguments, more: list[tuple[str, Any]]) -> Arguments:
    return {**dict(more), **fixed}


def _is_judged(limit: Constraint) -> bool:
    requirement = catalogue()[limit.id]
    return requirement.level is Level.MUST and not requirement.untested


def _breaking(limit: Constraint, given: Given) -> Iterator[st.SearchStrategy[BrokenRequest]]:
    subject = limit.operation
    fixed = [edge for edge in edges(limit) if not edge.accepted and _can_be_filled(edge.arguments, given)]
    if fixed:
        yield st.sampled_from(fixed).flatmap(lambda edge: _break(limit, edge.name, edge.arguments, given))
    drawn = from_constraint(limit)
    if drawn is not None and limit.member.location is Location.BODY and fixed:
        yield drawn.flatmap(lambda value: _break(limit, "drawn", place(subject, limit.member.path, value), given))


def _break(limit: Constraint, edge: str, arguments: Arguments, given: Given) -> st.SearchStrategy[BrokenRequest]:
    real = _real(arguments, given)
    return real.map(lambda filled: BrokenRequest(limit.id, limit.operation.name, edge, filled))


def _real(arguments: Arguments, given: Given) -> st.SearchStrategy[Arguments]:
    """`arguments` with the caller's values, and a drawn ClientToken, so that Hypothesis can repeat what it drew."""
    return st.uuids(version=4).map(lambda token: fill_in(_with_token(copy.deepcopy(arguments), str(token)), given))


def _with_token(value: Any, token: str) -> Any:
    if isinstance(value, Resource) and value.name == CLIENT_TOKEN.name:
        return value.text(token)
    if isinstance(value, Mapping):
        return {key: _with_token(below, token) for key, below in value.items()}
    return [_with_token(below, token) for below in value] if isinstance(value, list) else value
