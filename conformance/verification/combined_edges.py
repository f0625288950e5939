"""Accepted edges sent together: an accepted combination shows that each of its edges is accepted.

It shows nothing else. Where a combination is refused, each edge is sent alone and judged by that. Where each is
accepted alone, the refused combination is a separate finding.
"""

from __future__ import annotations

from functools import cache, partial

from conformance.checks.replies import check_accepted
from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Operation
from conformance.contract.requirements import Constraint, Direction, Requirement
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.depth import Depth, Edges
from conformance.engine.edge_checks import check_edge
from conformance.engine.verifier import Verifier
from strategies.boundaries import Edge, edges
from strategies.combinations import Combination, combinations
from strategies.decisive import decisive_edges
from strategies.requests import Arguments


def is_in_combination(depth: Depth, constraint: Constraint, edge: Edge) -> bool:
    """Whether an edge goes with others in a request."""
    return (constraint.id, edge.name) in _combinations_of(constraint.operation, depth.edges)


def is_accepted_in_combination(verifier: Verifier, constraint: Constraint, edge: Edge) -> bool:
    """Whether an accepted edge was seen to be accepted in a combination, which is sent if it was not yet.

    Where the whole is refused, the half of it is sent that has the edge, and so on.
    """
    if not verifier.depth.combines:
        return False
    together = _combinations_of(constraint.operation, verifier.depth.edges).get((constraint.id, edge.name))
    while together is not None and len(together.parts) > 1:
        if _is_accepted(verifier, together):
            return True
        together = together.half_with(constraint.id, edge.name)
    return False


def verify_combinations(verifier: Verifier, requirement: Requirement, subject: Operation) -> None:
    """Judge each combination of musts that is refused although each of its edges is accepted alone."""
    if not verifier.depth.combines:
        return
    for together in _combinations(subject, verifier.depth.edges):
        if together.musts and not _is_accepted(verifier, together) and _are_accepted_alone(verifier, together):
            smallest = _smallest_refusal(verifier, together)
            check = partial(_check, verifier, requirement.id, smallest)
            check_edge(verifier, requirement.id, subject, f"{smallest.name} together", check, spends=smallest.spends)


def _check(verifier: Verifier, requirement: str, together: Combination, conversation: ChatResources) -> None:
    exchange = verifier.send(together.operation, together.arguments, conversation)
    check_accepted(requirement, exchange, f"a valid request ({together.name})")


@cache
def _combinations(subject: Operation, which: Edges) -> tuple[Combination, ...]:
    tested = (c for c in constraints(Direction.INPUT) if catalogue()[c.id].untested is None)
    return tuple(combinations(subject, tested, edges if which is Edges.ALL else decisive_edges))


@cache
def _combinations_of(subject: Operation, which: Edges) -> dict[tuple[str, str], Combination]:
    """The combination of each edge that has one."""
    return {(part.requirement, part.edge.name): each for each in _combinations(subject, which) for part in each.parts}


def _are_accepted_alone(verifier: Verifier, together: Combination) -> bool:
    return all(_is_accepted(verifier, together.of([part])) for part in together.parts)


def _is_accepted(verifier: Verifier, together: Combination) -> bool:
    return verifier.once(f"accepts {together.name}", partial(_accepts, verifier, together))


def _accepts(verifier: Verifier, together: Combination) -> bool:
    return accepts(verifier, together.operation, together.arguments, together.spends)


def accepts(verifier: Verifier, subject: Operation, arguments: Arguments, spends: int) -> bool:
    """Whether a call of `subject` is accepted, of which `spends` use up a conversation, 0 where they leave it as it is.

    Nothing is judged, and False says nothing of why.
    """
    try:
        with verifier.conversations.fitting(subject.name, spends) as conversation:
            response = verifier.send(subject, arguments, conversation).response
    except SetupFailed:
        return False
    return response is not None and response.succeeded


def _smallest_refusal(verifier: Verifier, refused: Combination) -> Combination:
    """A part of a refused combination that is refused, and accepted without any one of its edges."""
    for part in refused.parts:
        without = refused.of(other for other in refused.parts if other is not part)
        if without.parts and not _accepts(verifier, without):
            return _smallest_refusal(verifier, without)
    return refused
