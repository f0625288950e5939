"""Verifying requests that another tool has made up from the exported OpenAPI document.

The tool says only whether a body fits. Which promise is at stake the contract decides: a body that fits is judged as a
valid request; of one that does not fit the value is judged that breaks just one limit, in a request of our own, so that
nothing else is wrong with it. What breaks none or several limits is only sent, and its reply judged as any reply is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from conformance.checks.inputs import broken_limits
from conformance.checks.replies import check_accepted, check_refused
from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Location, Member, Operation
from conformance.contract.operation_traits import CONSUMING
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Level
from conformance.contract.resources import CLIENT_TOKEN, CONTACT, FLOW, INSTANCE, Resource, fill_in
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.search import CounterexampleSearch, draw
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.verdicts import Outcome
from conformance.verification.schema_oracle.requests import STAND_INS, fitting, unfitting
from conformance.verification.schema_replies import conclude, record_findings
from strategies.boundaries import refused_edges
from strategies.examples import is_conditional, plain_arguments
from strategies.requests import Arguments, place

MANY = 50  # examples: a depth that draws fewer has no seconds to spare for these
_NAMED: Mapping[str, Resource] = {
    "InstanceId": INSTANCE,
    "ContactFlowId": FLOW,
    **dict.fromkeys(("ContactId", "InitialContactId", "RelatedContactId"), CONTACT),
    "StreamingEndpointArn": Resource("streaming_endpoint_arn"),
    "StreamingId": Resource("streaming_id"),
    "SessionId": Resource("auth_session_id"),
    "AttachmentId": Resource("attachment_id"),
    "member": Resource("uploaded_attachment_id"),
}


def verify_generated_requests(verifier: Verifier, subject: Operation) -> None:
    """Try made-up requests of both kinds, at a depth that has room for many.

    All findings are recorded. Raises the first ContractViolation, or NotVerified where nothing can be tried.
    """
    requirement = _valid(subject)
    if verifier.depth.examples < MANY:
        raise NotVerified(Outcome.UNTESTED, "requests are made up at depth nightly only")
    verifier.require_working(requirement, subject)
    found = [*_fitting(verifier, subject), *_unfitting(verifier, subject)]
    verifier.conversations.contacts.sweep()
    conclude(found)


def ids_claimed_by(subject: Operation) -> tuple[str, ...]:
    """The requirement ids that a made-up request can be found to break."""
    limits = (c.id for c in constraints(Direction.INPUT) if c.operation == subject and _is_refusal_promised(c))
    return (_valid(subject), *limits)


def _valid(subject: Operation) -> str:
    return f"{subject.name}.success.valid-request"


def _fitting(verifier: Verifier, subject: Operation) -> Iterator[ContractViolation]:
    for body in draw(verifier, f"{subject.name} fitting", fitting(subject)):
        arguments = {**_fill(subject, subject.input, body), **_envelope(subject)}
        if any(is_conditional(subject.name, path) for path in _paths(arguments)):
            yield from _send_only(verifier, subject, arguments)
        else:
            judge = partial(_judge_acceptance, verifier, subject)
            yield from _hunt(verifier, _valid(subject), judge, arguments, own=subject.name in CONSUMING)


def _send_only(verifier: Verifier, subject: Operation, arguments: Arguments) -> Iterator[ContractViolation]:
    """A request that may be accepted or refused: the reply is judged only by what holds for every reply."""
    try:
        with verifier.conversations.fitting(subject.name, CONSUMING.get(subject.name, 0)) as conversation:
            exchange = verifier.send(subject, arguments, conversation)
    except SetupFailed:
        return  # the test that needs the missing resource notes that it is missing
    yield from record_findings(verifier, [exchange])


def _envelope(subject: Operation) -> Arguments:
    """The bearer and the values of the path."""
    beside = {m.name for m in subject.input.members if m.location is not Location.BODY}
    return {name: value for name, value in plain_arguments(subject).items() if name in beside}


def _fill(subject: Operation, member: Member, value: Any) -> Any:
    """`value` with real identifiers in place of placeholders, and a new ClientToken for each request."""
    if isinstance(value, dict):
        return {key: _fill(subject, _below(member, key, "value"), part) for key, part in value.items()}
    if isinstance(value, list):
        return [_fill(subject, _below(member, "member"), part) for part in value]
    if member.idempotency_token and isinstance(value, str):
        return CLIENT_TOKEN
    if isinstance(value, str) and value in STAND_INS:
        return _NAMED[STAND_INS[value]]
    # JSON Schema takes 5.0 for an integer; a typed reader need not.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _below(member: Member, *names: str) -> Member:
    """The child with the first of `names` that there is; `member` itself where a body has what no model knows."""
    known = {child.name: child for child in member.members}
    return next((known[name] for name in names if name in known), member)


def _paths(value: Any, above: str = "") -> Iterator[str]:
    if above:
        yield above
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _paths(below, f"{above}.{name}" if above else name)


def _judge_acceptance(
    verifier: Verifier, subject: Operation, arguments: Arguments, conversation: ChatResources
) -> None:
    exchange = verifier.send(subject, arguments, conversation)
    check_accepted(_valid(subject), exchange, "a valid request (made up from the exported document)")


def _unfitting(verifier: Verifier, subject: Operation) -> Iterator[ContractViolation]:
    for body in draw(verifier, f"{subject.name} unfitting", unfitting(subject)):
        broken = [b for b in broken_limits(subject, body) if b[0].member.location is Location.BODY]
        if len(broken) == 1 and _is_judged(*broken[0]):
            constraint, value = broken[0]
            judge = partial(_judge_refusal, verifier, constraint)
            yield from _hunt(verifier, constraint.id, judge, value, own=False)
        else:
            arguments = {**_fill(subject, subject.input, body), **_envelope(subject)}
            yield from _send_only(verifier, subject, arguments)


def _is_judged(constraint: Constraint, value: Any) -> bool:
    """Whether `value` alone is wrong with a plain request that holds it, by a limit whose refusal is promised."""
    if value is None or _is_whole(value) or not _is_refusal_promised(constraint):
        return False
    arguments = fill_in(place(constraint.operation, constraint.member.path, value), _Named())
    return {other.id for other, _ in broken_limits(constraint.operation, arguments)} == {constraint.id}


class _Named(dict[str, str]):
    """Any resource's value, as long as an id is: enough to tell whether it keeps its limits."""

    def __missing__(self, name: str) -> str:
        return next(iter(STAND_INS))


def _is_refusal_promised(constraint: Constraint) -> bool:
    requirement = catalogue()[constraint.id]
    if constraint.kind is ConstraintKind.REQUIRED or requirement.level is Level.RECORD or requirement.untested:
        return False
    return constraint.member.location is Location.BODY and any(True for _ in refused_edges(constraint))


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _judge_refusal(verifier: Verifier, constraint: Constraint, value: Any, conversation: ChatResources) -> None:
    arguments = place(constraint.operation, constraint.member.path, value)
    exchange = verifier.send(constraint.operation, arguments, conversation)
    check_refused(constraint, exchange, f"{constraint.member.dotted} (made up from the exported document)")


def _hunt(
    verifier: Verifier, requirement: str, judge: Callable[[Any, ChatResources], None], value: Any, *, own: bool
) -> Iterator[ContractViolation]:
    """The violation, where it appears again in a conversation without any other request."""
    hunts = [CounterexampleSearch(verifier, requirement, judge, own=alone) for alone in (own, True)]
    if all(counterexamples.breaks(value) for counterexamples in hunts) and hunts[-1].smallest is not None:
        verifier.recorder.record_broken(hunts[-1].smallest, "search")
        yield hunts[-1].smallest
