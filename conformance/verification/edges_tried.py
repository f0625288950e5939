"""The fixed examples that a run of its depth tries; those that it leaves out are written down."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.model import Operation
from conformance.contract.requirements import Constraint
from conformance.endpoint.running_tests import current
from conformance.engine.depth import Edges
from conformance.engine.verifier import Verifier
from conformance.verification.combined_edges import is_in_combination
from strategies.boundaries import Edge, edges
from strategies.decisive import decisive_edges, decisive_odd_requests, one_edge
from strategies.malformed import OddRequest, odd_requests


def edges_to_try(verifier: Verifier, constraint: Constraint) -> tuple[Edge, ...]:
    """The edges of `constraint` that the run's depth tries; those that go with others cost least."""
    if verifier.depth.edges is Edges.ALL:
        return edges(constraint)
    tried = decisive_edges(constraint)
    if verifier.depth.edges is Edges.ONE:
        tried = one_edge(tried, [edge for edge in tried if is_in_combination(verifier.depth, constraint, edge)])
    _note(verifier, constraint.id, edges(constraint), tried)
    return tried


def odd_requests_to_try(verifier: Verifier, requirement: str, subject: Operation) -> tuple[OddRequest, ...]:
    """The odd requests of `requirement`, which is about `subject`, as far as the depth goes."""
    rule = requirement.removeprefix(f"{subject.name}.")
    found = tuple(odd_requests(subject, rule))
    if verifier.depth.edges is Edges.ALL:
        return found
    tried = decisive_odd_requests(rule, found)
    _note(verifier, requirement, found, tried)
    return tried


def _note(
    verifier: Verifier, requirement: str, found: Iterable[Edge | OddRequest], tried: Iterable[Edge | OddRequest]
) -> None:
    names = {each.name for each in tried}
    left = [each.name for each in found if each.name not in names]
    verifier.recorder.ledger.leave_out(requirement, current().test, left)
