"""Verifying one input constraint: its fixed edges first, then drawn values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from conformance.checks.replies import check_accepted, check_bad_input, check_refused, looked_up
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.catalogue import constraints
from conformance.contract.model import Location, operation
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Requirement
from conformance.contract.resources import fill_in
from conformance.contract.wire import Exchange, to_request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.running_tests import current
from conformance.engine.edge_checks import check_edge, shows_nothing_new
from conformance.engine.search import search
from conformance.engine.verifier import Verifier
from conformance.results.verdicts import Outcome
from conformance.verification.combined_edges import is_accepted_in_combination
from conformance.verification.edges_tried import edges_to_try
from strategies.boundaries import Edge, edges
from strategies.examples import traceable
from strategies.requests import place
from strategies.violations import from_constraint

_LENGTHS = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)


def verify_constraint(verifier: Verifier, constraint: Constraint) -> None:
    """Try every edge of an input constraint, then drawn violations as far as the run's depth goes.

    Raises ContractViolation where the promise was broken, NotVerified where nothing could be seen.
    """
    verifier.require_working(constraint.id, constraint.operation)
    fixed = edges_to_try(verifier, constraint)
    if not fixed:
        verifier.give_up(constraint.id, Outcome.UNTESTED, constraint.accepts or _NO_EDGE)
    for edge in fixed:
        check_constraint_edge(verifier, constraint, edge)
    drawn = from_constraint(constraint)
    if drawn is not None and verifier.depth.examples and not shows_nothing_new(verifier, constraint.id):
        search(verifier, constraint.id, drawn, lambda value, c: _judge_drawn(verifier, constraint, value, c))
    verifier.conclude(constraint.id)


_NO_EDGE = "no value of the member is known to be accepted on every endpoint"


# What an update is accepted with only where the contact has no attributes yet.
_BESIDE_ATTRIBUTES = frozenset(
    {"UpdateContactAttributes.Attributes.key.length-max", "UpdateContactAttributes.Attributes.value.length-max"}
)


def check_constraint_edge(verifier: Verifier, constraint: Constraint, edge: Edge) -> None:
    """Judge one edge of a constraint, unless it was judged for another requirement before."""
    if not edge.accepted and shows_nothing_new(verifier, constraint.id):
        verifier.recorder.ledger.leave_out(constraint.id, current().test, [edge.name])
        return
    if not verifier.first_time(f"edge {constraint.id} {edge.name}"):
        return
    if edge.depends_on is not None and not verifier.allows(constraint, edge.depends_on):
        reason = "the endpoint accepts no value of the member, which the documents leave to the account"
        verifier.recorder.note(constraint.id, Outcome.NOT_APPLICABLE, reason, "edge", edge.name)
        return
    if edge.accepted and constraint.id in _BESIDE_ATTRIBUTES and verifier.flow_sets_attributes():
        reason = "the flow sets attributes, which count against the same limit"
        verifier.recorder.note(constraint.id, Outcome.NOT_APPLICABLE, reason, "edge", edge.name)
        return

    if edge.accepted and is_accepted_in_combination(verifier, constraint, edge):
        verifier.recorder.record_kept(constraint.id, "edge", edge.name)
        return

    def look(conversation: ChatResources) -> None:
        arguments = traceable(constraint.operation, edge.arguments)
        request = to_request(constraint.operation, fill_in(arguments, conversation))
        _judge(verifier, constraint, edge, verifier.send_request(request, conversation))
        if not edge.accepted:
            _judge_again(verifier, constraint, edge, partial(verifier.send_request, request, conversation))

    check_edge(verifier, constraint.id, constraint.operation, edge.name, look, spends=edge.spends)


def _judge(verifier: Verifier, constraint: Constraint, edge: Edge, exchange: Exchange) -> None:
    sent = f"{constraint.member.dotted or 'an input'} ({edge.name})"
    if edge.accepted:
        check_accepted(constraint.id, exchange, sent)
    else:
        check_refused(constraint, exchange, sent)
        _note_lookup(verifier, constraint, exchange)


def _judge_again(verifier: Verifier, constraint: Constraint, edge: Edge, send: Callable[[], Exchange]) -> None:
    """Whether what was refused for a member of the body is refused once more; tried once for each operation."""
    requirement, subject = f"{constraint.operation.name}.refusal.again", constraint.operation
    if constraint.member.location is not Location.BODY or verifier.recorder.records[requirement].outcomes:
        return
    sent = f"{constraint.member.dotted} ({edge.name}), refused before and sent again unchanged,"
    try:
        check_bad_input(requirement, subject, send(), sent, malformed=True)
    except ContractViolation as violation:
        verifier.recorder.record_broken(violation, "edge", constraint.id)
    except Inconclusive:
        return  # the next edge of the operation is tried
    else:
        verifier.recorder.record_kept(requirement, "edge", constraint.id)


def verify_repeated_refusal(verifier: Verifier, requirement: Requirement) -> None:
    """Send bad input twice, unless that was done for the operation already.

    Raises ContractViolation where it was accepted the second time, NotVerified where nothing could be seen.
    """
    subject = operation(requirement.operation)
    verifier.require_working(requirement.id, subject)
    tried = []
    for constraint in constraints(Direction.INPUT):
        if verifier.recorder.records[requirement.id].outcomes:
            break
        if constraint.operation.name == subject.name and constraint.member.location is Location.BODY:
            tried.append(constraint.id)
            for edge in [edge for edge in edges(constraint) if not edge.accepted][:1]:
                check_constraint_edge(verifier, constraint, edge)
    verifier.conclude(requirement.id, "the endpoint refused no bad input that could be sent again", tried)


def _note_lookup(verifier: Verifier, constraint: Constraint, exchange: Exchange) -> None:
    """Whether an identifier of unlawful length was refused for it, or only not found."""
    response, requirement = exchange.response, f"{constraint.operation.name}.refusal.before-lookup"
    if response is None or constraint.kind not in _LENGTHS or constraint.member.location is Location.HEADER:
        return
    if looked_up(constraint, response):
        expected = f"{constraint.member.dotted} of unlawful length is refused as bad input"
        actual = f"{response.status} {response.error_name}"
        verifier.recorder.record_broken(
            ContractViolation(requirement, expected, actual, (exchange,)), "edge", constraint.id
        )
    elif constraint.promise == "resource":
        verifier.recorder.record_kept(requirement, "edge", constraint.id)


def _judge_drawn(verifier: Verifier, constraint: Constraint, value: object, conversation: ChatResources) -> None:
    arguments = place(constraint.operation, constraint.member.path, value)
    exchange = verifier.send(constraint.operation, arguments, conversation)
    check_refused(constraint, exchange, f"{constraint.member.dotted} (drawn)")
