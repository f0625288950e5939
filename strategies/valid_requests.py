"""Valid requests of an operation: the plainest, those with one optional member, and those with many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.contract.model import Location, Member, Operation
from strategies.boundaries import Edge, cost_of
from strategies.examples import companions_of, example, is_conditional, plain_arguments
from strategies.requests import Arguments

_MANY = 4  # optional members, from which on a request has several of them


def valid_requests(operation: Operation) -> Iterator[Edge]:
    """The plainest request of `operation`, one for each optional member, and one with all of them."""
    yield _valid(operation, "plain", ())
    optional = _optional(operation)
    for member in optional:
        yield _valid(operation, f"with {member.name}", [member])
    if len(optional) > 1:
        yield _valid(operation, "with all optional members", optional)


def halves_of_valid_requests(operation: Operation) -> Iterator[tuple[Edge, tuple[Edge, ...]]]:
    """Two requests with every other optional member each, where there are many, with those that have one alone."""
    optional = _optional(operation)
    for half in (optional[::2], optional[1::2]) if len(optional) >= _MANY else ():
        together = _valid(operation, f"with {', '.join(member.name for member in half)}", half)
        yield together, tuple(_valid(operation, f"with {member.name}", [member]) for member in half)


def _optional(operation: Operation) -> list[Member]:
    """The optional members of the body that every endpoint accepts."""
    plain = plain_arguments(operation)
    return [
        member
        for member in operation.input.members
        if member.location is Location.BODY
        and member.name not in plain
        and not is_conditional(operation.name, member.name)
    ]


def _valid(operation: Operation, name: str, members: Sequence[Member]) -> Edge:
    return Edge(name, accepted=True, arguments=_all_of(operation, members), spends=cost_of(operation))


def _all_of(operation: Operation, optional: Sequence[Member]) -> Arguments:
    """Plain arguments with each of the `optional` members. What one of them needs besides overrides the others."""
    together = plain_arguments(operation) | {member.name: example(operation, member) for member in optional}
    for member in optional:
        together |= companions_of(operation, member.name)
    return together
