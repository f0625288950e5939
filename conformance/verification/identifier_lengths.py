"""Verifying whether identifiers of unlawful length are refused for their length."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.derivation import is_identifier
from conformance.contract.model import Operation, operation
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Requirement
from conformance.engine.verifier import Verifier
from conformance.verification.constraints import check_constraint_edge
from strategies.boundaries import edges

_LENGTHS = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)


def verify_identifier_lengths(verifier: Verifier, requirement: Requirement) -> None:
    """Send the operation's identifiers just outside their lengths, unless that was done already.

    Raises ContractViolation where one was looked up, NotVerified where nothing could be seen.
    """
    subject = operation(requirement.operation)
    verifier.require_working(requirement.id, subject)
    lengths = list(_lengths_of_identifiers(subject))
    if not verifier.recorder.records[requirement.id].outcomes:
        for constraint in lengths:
            for edge in edges(constraint):
                check_constraint_edge(verifier, constraint, edge)
    tried = [constraint.id for constraint in lengths]
    verifier.conclude(requirement.id, "the endpoint refused no identifier of unlawful length", tried)


def _lengths_of_identifiers(subject: Operation) -> Iterator[Constraint]:
    """The length limits of the operation's identifiers; an untested one, as of an empty path label, stays unjudged."""
    for constraint in constraints(Direction.INPUT, *_LENGTHS):
        ours = constraint.operation.name == subject.name and is_identifier(subject, constraint.member)
        if ours and catalogue()[constraint.id].untested is None:
            yield constraint
