"""Verifying what holds for every reply: calls are made that show it, and the passive judgement says what it saw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from conformance.checks.outputs import judge_asked
from conformance.checks.replies import judged_reply
from conformance.checks.violation import Inconclusive
from conformance.contract.model import Location, Operation, operation
from conformance.contract.operation_traits import CONSUMING, TRAITS
from conformance.contract.requirements import Constraint, Requirement
from conformance.contract.resources import fill_in
from conformance.contract.wire import Exchange, as_evidence
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.edge_checks import check_edge
from conformance.engine.verifier import Verifier
from conformance.results.verdicts import Outcome
from strategies.examples import example, plain_arguments
from strategies.requests import Arguments, remove


def verify_replies(verifier: Verifier, requirement: Requirement) -> None:
    """Make the calls whose replies show the requirement, and conclude from what was seen of all replies.

    Raises ContractViolation where it was broken, NotVerified where no reply showed it.
    """
    subject = operation(requirement.operation)
    if not requirement.family.startswith(("reply", "error")):
        verifier.require_working(requirement.id, subject)
    provoke_replies(verifier, subject)  # the recorder sees each reply
    record = verifier.recorder.records[requirement.id]
    if not record.outcomes:
        verifier.require_working(requirement.id, subject)
        verifier.give_up(requirement.id, Outcome.NOT_APPLICABLE, "no reply gave occasion to it")
    verifier.conclude(requirement.id)


def provoke_replies(verifier: Verifier, subject: Operation) -> tuple[Exchange, ...]:
    """Calls of `subject` with telling successes and plain refusals, the probe's among them; made once in a run.

    Of a very long reply only the beginning is kept, which nobody judges.
    """
    return verifier.provoked.get(
        subject.name, lambda: tuple(as_evidence(exchange, _KEPT) for exchange in _provoke(verifier, subject))
    )


_KEPT = 256 * 1024  # bytes of a reply


def _provoke(verifier: Verifier, subject: Operation) -> Iterator[Exchange]:
    if (plainest := verifier.probe(subject).exchange) is not None:
        yield plainest
    for number, arguments in enumerate((*_telling(subject), *_refusals(subject))):
        with verifier.conversations.fitting(subject.name, CONSUMING.get(subject.name, 0)) as conversation:
            try:
                if not number:
                    _prepare(subject, conversation)
                yield verifier.send(subject, arguments, conversation)
            except SetupFailed:
                continue  # the test that needs the resource notes that it is missing
    verifier.conversations.contacts.sweep()


def _prepare(subject: Operation, conversation: ChatResources) -> None:
    """Fill a transcript with items of each kind before it is read."""
    if subject.name == "GetTranscript":
        conversation.say()
        with suppress(SetupFailed):  # attachments may not be enabled; messages are
            conversation.attach()


def _telling(subject: Operation) -> list[Arguments]:
    return [{**plain_arguments(subject), **extra} for extra in TRAITS[subject.name].rich]


def _refusals(subject: Operation) -> list[Arguments]:
    """Requests that must be refused: one without each required member of the body, one with a bearer nobody issued."""
    refused = [remove(subject, m.path) for m in subject.body_members if m.required]
    if subject.bearer is not None:
        refused.append({**plain_arguments(subject), subject.bearer.name: "conformance-unknown-token"})
    uri = [m for m in subject.input.members if m.location is Location.URI]
    refused.extend({**plain_arguments(subject), m.name: "a" * (int(m.maximum or 0) + 1)} for m in uri)
    return refused


def verify_requested_members(verifier: Verifier, constraint: Constraint) -> None:
    """Request an output member that is returned only on request, and judge whether the reply has it.

    Raises ContractViolation where it is absent, NotVerified where no reply came.
    """
    subject = constraint.operation
    verifier.require_working(constraint.id, subject)
    name, value = constraint.asked_by or ("", None)
    member = subject.input.child(name)
    arguments = {**plain_arguments(subject), name: [value] if value else example(subject, member)}

    def look(conversation: ChatResources) -> None:
        exchange = verifier.send(subject, fill_in(arguments, conversation), conversation)
        if not judged_reply(exchange).succeeded:
            raise Inconclusive("the request for it was refused", exchange)
        violation = judge_asked(constraint, exchange)
        if violation is not None:
            raise violation

    check_edge(verifier, constraint.id, subject, f"{name} {value or ''}".strip(), look, spends=0)
    verifier.conversations.contacts.sweep()
    verifier.conclude(constraint.id)
