"""Verifying one input constraint: its fixed edges first, then drawn values."""

from __future__ import annotations

from conformance.checks.replies import check_accepted, check_refused, looked_up
from conformance.checks.violation import ContractViolation
from conformance.contract.model import Location
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.endpoint.conversation import Conversation
from conformance.engine.search import search
from conformance.engine.verifier import Verifier
from conformance.results.verdicts import Outcome
from conformance.wire import Exchange
from strategies.boundaries import Edge, edges
from strategies.requests import place
from strategies.violations import from_constraint

_LENGTHS = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)


def verify_constraint(verifier: Verifier, constraint: Constraint) -> None:
    """Try every edge of an input constraint, then drawn violations as far as the run's depth goes.

    Raises ContractViolation where the promise was broken, Unwitnessed where nothing could be seen.
    """
    verifier.require_working(constraint.id, constraint.operation)
    fixed = edges(constraint)
    if not fixed:
        verifier.give_up(constraint.id, Outcome.UNTESTED, constraint.accepts or _NO_EDGE)
    for edge in fixed:
        check_constraint_edge(verifier, constraint, edge)
    drawn = from_constraint(constraint)
    if drawn is not None and verifier.depth.examples:
        search(verifier, constraint.id, drawn, lambda value, c: _judge_drawn(verifier, constraint, value, c))
    verifier.conclude(constraint.id)


_NO_EDGE = "no value of the member is known to be accepted on every endpoint"


def check_constraint_edge(verifier: Verifier, constraint: Constraint, edge: Edge) -> None:
    """Judge one edge of a constraint."""
    if edge.depends_on is not None and not verifier.allows(constraint, edge.depends_on):
        reason = "the endpoint accepts no value of the member, which the documents leave to the account"
        verifier.recorder.note(constraint.id, Outcome.NOT_APPLICABLE, reason, "edge", edge.name)
        return

    def look(conversation: Conversation) -> None:
        exchange = verifier.send(constraint.operation, edge.arguments, conversation)
        _judge(verifier, constraint, edge, exchange)

    verifier.check_edge(constraint.id, constraint.operation, edge.name, look, spends=edge.spends)


def _judge(verifier: Verifier, constraint: Constraint, edge: Edge, exchange: Exchange) -> None:
    sent = f"{constraint.member.dotted or 'an input'} ({edge.name})"
    if edge.accepted:
        check_accepted(constraint.id, exchange, sent)
    else:
        check_refused(constraint, exchange, sent)
        _note_lookup(verifier, constraint, exchange)


def _note_lookup(verifier: Verifier, constraint: Constraint, exchange: Exchange) -> None:
    """Whether an identifier of unlawful length was refused for it, or only not found."""
    response, requirement = exchange.response, f"{constraint.operation.name}.refusal.before-lookup"
    if response is None or constraint.kind not in _LENGTHS or constraint.member.location is Location.HEADER:
        return
    if looked_up(constraint, response):
        expected = f"{constraint.member.dotted} of unlawful length is refused as bad input"
        actual = f"{response.status} {response.error_name}"
        verifier.recorder.broken(ContractViolation(requirement, expected, actual, (exchange,)), "edge", constraint.id)
    elif constraint.promise == "resource":
        verifier.recorder.kept(requirement, "edge", constraint.id)


def _judge_drawn(verifier: Verifier, constraint: Constraint, value: object, conversation: Conversation) -> None:
    arguments = place(constraint.operation, constraint.member.path, value)
    exchange = verifier.send(constraint.operation, arguments, conversation)
    check_refused(constraint, exchange, f"{constraint.member.dotted} (drawn)")
