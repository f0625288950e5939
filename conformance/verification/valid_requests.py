"""Verifying that requests inside all documented limits are accepted."""

from __future__ import annotations

from conformance.checks.replies import check_accepted
from conformance.checks.violation import ContractViolation
from conformance.contract.model import Operation, operation
from conformance.contract.operation_traits import CONSUMING
from conformance.contract.requirements import Requirement
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.probe import Finding
from conformance.engine.edge_checks import check_edge
from conformance.engine.refused_calls import breaks_valid_request
from conformance.engine.search import search
from conformance.engine.verifier import Verifier
from conformance.verification.combined_edges import accepts, verify_combinations
from strategies.boundaries import Edge
from strategies.members import from_operation, optional_members
from strategies.requests import Arguments
from strategies.valid_requests import halves_of_valid_requests, valid_requests


def verify_valid_requests(verifier: Verifier, requirement: Requirement) -> None:
    """Try the plainest request, one with each optional member, and drawn choices of them: all are accepted.

    Where there are many optional members, half of them go together, and each alone where that is refused. Where the
    plainest one is refused, that is the one violation, and nothing else is tried. Raises ContractViolation where one
    was refused, NotVerified where nothing could be seen.
    """
    subject = operation(requirement.operation)
    plainest, *others = valid_requests(subject)
    if breaks_valid_request(verifier.profile, subject, verifier.probe(subject)):
        _look(verifier, requirement, subject, plainest, exact=True)
        verifier.conclude(requirement.id)
    verifier.require_working(requirement.id, subject)
    _look(verifier, requirement, subject, plainest, exact=True)
    together = tuple(halves_of_valid_requests(subject)) if verifier.depth.combines else ()
    for half, alone in together:
        _look_at_half(verifier, requirement, subject, half, alone)
    shown = {edge.name for _, alone in together for edge in alone}
    for edge in (edge for edge in others if edge.name not in shown):
        _look(verifier, requirement, subject, edge)
    verify_combinations(verifier, requirement, subject)
    if verifier.depth.examples and optional_members(subject):
        _search(verifier, requirement, subject)
    verifier.conclude(requirement.id)


def _look_at_half(
    verifier: Verifier, requirement: Requirement, subject: Operation, half: Edge, alone: tuple[Edge, ...]
) -> None:
    """Look at a request with many optional members, and at those with one where it is refused."""
    if accepts(verifier, subject, half.arguments, half.spends):
        for edge in alone:
            verifier.recorder.record_kept(requirement.id, "edge", edge.name)
        return
    kept = [_look(verifier, requirement, subject, edge) for edge in alone]
    if all(kept):
        _look(verifier, requirement, subject, half)


def _look(verifier: Verifier, requirement: Requirement, subject: Operation, edge: Edge, *, exact: bool = False) -> bool:
    def look(conversation: ChatResources) -> None:
        exchange = verifier.send(subject, edge.arguments, conversation, exact=exact)
        try:
            check_accepted(requirement.id, exchange, f"a valid request ({edge.name})")
        except ContractViolation as violation:
            raise _explain(violation, verifier.probe(subject)) from None

    return check_edge(verifier, requirement.id, subject, edge.name, look, spends=edge.spends)


def _explain(violation: ContractViolation, found: Finding) -> ContractViolation:
    """`violation`, which says in which other form the call is accepted, if there is one."""
    if found.accepted_form is None:
        return violation
    return violation.with_changes(actual=f"{violation.actual}; the same call is accepted {found.accepted_form}")


def _search(verifier: Verifier, requirement: Requirement, subject: Operation) -> None:
    def judge(arguments: Arguments, conversation: ChatResources) -> None:
        exchange = verifier.send(subject, arguments, conversation)
        check_accepted(requirement.id, exchange, "a valid request (drawn)")

    search(verifier, requirement.id, from_operation(subject), judge, own=subject.name in CONSUMING)
    verifier.conversations.contacts.sweep()
