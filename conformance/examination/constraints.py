"""Examining one input constraint: its fixed edges first, then drawn values."""

from __future__ import annotations

from conformance.checks.replies import check_accepted, check_refused, looked_up
from conformance.checks.violation import ContractViolation
from conformance.contract.model import Location
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.examination.examiner import Examiner
from conformance.examination.search import search
from conformance.target.conversation import Conversation
from conformance.verdicts import Outcome
from conformance.wire import Exchange
from strategies.boundaries import Edge, edges
from strategies.requests import place
from strategies.violations import from_constraint

_LENGTHS = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)


def examine(examiner: Examiner, constraint: Constraint) -> None:
    """Try every edge of an input constraint, then drawn violations as far as the run's depth goes.

    Raises ContractViolation where the promise was broken, Unwitnessed where nothing could be seen.
    """
    examiner.require_working(constraint.id, constraint.operation)
    fixed = edges(constraint)
    if not fixed:
        examiner.give_up(constraint.id, Outcome.UNTESTED, constraint.accepts or _NO_EDGE)
    for edge in fixed:
        look_at(examiner, constraint, edge)
    drawn = from_constraint(constraint)
    if drawn is not None and examiner.depth.examples:
        search(examiner, constraint.id, drawn, lambda value, c: _judge_drawn(examiner, constraint, value, c))
    examiner.conclude(constraint.id)


_NO_EDGE = "no value of the member is known to be accepted on every endpoint"


def look_at(examiner: Examiner, constraint: Constraint, edge: Edge) -> None:
    """Judge one edge of a constraint."""
    if edge.depends_on is not None and not examiner.allows(constraint, edge.depends_on):
        reason = "the endpoint accepts no value of the member, which the documents leave to the account"
        examiner.witness.note(constraint.id, Outcome.NOT_APPLICABLE, reason, "edge", edge.name)
        return

    def look(conversation: Conversation) -> None:
        exchange = examiner.send(constraint.operation, edge.arguments, conversation)
        _judge(examiner, constraint, edge, exchange)

    examiner.look(constraint.id, constraint.operation, edge.name, look, own=edge.spends)


def _judge(examiner: Examiner, constraint: Constraint, edge: Edge, exchange: Exchange) -> None:
    sent = f"{constraint.member.dotted or 'an input'} ({edge.name})"
    if edge.accepted:
        check_accepted(constraint.id, exchange, sent)
    else:
        check_refused(constraint, exchange, sent)
        _note_lookup(examiner, constraint, exchange)


def _note_lookup(examiner: Examiner, constraint: Constraint, exchange: Exchange) -> None:
    """Whether an identifier of unlawful length was refused for it, or only not found."""
    response, requirement = exchange.response, f"{constraint.operation.name}.refusal.before-lookup"
    if response is None or constraint.kind not in _LENGTHS or constraint.member.location is Location.HEADER:
        return
    if looked_up(constraint, response):
        expected = f"{constraint.member.dotted} of unlawful length is refused as bad input"
        actual = f"{response.status} {response.error_name}"
        examiner.witness.broken(ContractViolation(requirement, expected, actual, (exchange,)), "edge", constraint.id)
    elif constraint.promise == "resource":
        examiner.witness.kept(requirement, "edge", constraint.id)


def _judge_drawn(examiner: Examiner, constraint: Constraint, value: object, conversation: Conversation) -> None:
    arguments = place(constraint.operation, constraint.member.path, value)
    exchange = examiner.send(constraint.operation, arguments, conversation)
    check_refused(constraint, exchange, f"{constraint.member.dotted} (drawn)")
