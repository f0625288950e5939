"""One edge of a requirement: what a call showed, and whether the conversation that it was made in was at fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from conformance.checks.disturbances import disturbance_of
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import Operation
from conformance.contract.operation_traits import CONSUMING, STARTING, TRAITS
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import FORBIDDEN
from conformance.engine.disturbed_violations import disturbance
from conformance.engine.verifier import Verifier
from conformance.results.observation import Repetitions

EdgeCheck = Callable[[ChatResources], None]


def check_edge(
    verifier: Verifier, requirement: str, operation: Operation, edge: str, check: EdgeCheck, *, spends: int
) -> bool:
    """Have `check` judge one edge in a fitting conversation, and note what it saw.

    `check` raises ContractViolation for a broken promise. A violation counts only where a plain valid call is
    still accepted in the same conversation; else the conversation was at fault and a fresh one is asked.
    `spends` is how many accepted calls like this one use up a conversation, 0 where they leave it as it is.
    Returns whether the promise was kept.
    """
    try:
        violation = _violation_afresh(verifier, operation, check, spends)
    except Inconclusive as wrong:
        violation = verifier.drop_of(requirement, wrong)
        if violation is None:
            verifier.recorder.inconclusive(requirement, wrong, "edge", edge)
            return False
    except SetupFailed as wrong:
        verifier.recorder.inconclusive(requirement, wrong, "edge", edge)
        return False
    if violation is None:
        verifier.recorder.record_kept(requirement, "edge", edge)
        return True
    verifier.recorder.record_broken(violation, "edge", edge)
    if verifier.failures.deserves_repetition(violation, "edge"):
        _repeat(verifier, requirement, operation, edge, check)
    return False


def shows_nothing_new(verifier: Verifier, requirement: str) -> bool:
    """Whether a further wrong request need not be sent: `requirement` is broken, in a way that many others are."""
    violation = verifier.recorder.records[requirement].violation
    return violation is not None and _is_accepted(violation) and verifier.failures.is_known(violation)


def _is_accepted(violation: ContractViolation) -> bool:
    """Whether the last call that shows `violation` was accepted."""
    answers = [e.response for e in violation.exchanges if e.response is not None]
    return bool(answers) and answers[-1].succeeded


def _violation_afresh(
    verifier: Verifier, operation: Operation, check: EdgeCheck, spends: int
) -> ContractViolation | None:
    """What `check` raises in a shared conversation, or in a fresh one where the shared one accepts no calls."""
    if (accepted_again := _accepted_in_used_chat(verifier, operation, check)) is not None:
        return accepted_again
    try:
        with verifier.conversations.fitting(operation.name, spends) as conversation:
            violation = _violation_of(check, conversation)
            if violation is None or _lets_calls_in(verifier, operation, violation, conversation):
                return violation
    except SetupFailed as failed:
        answer = failed.exchange.response if failed.exchange is not None else None
        if answer is None or answer.status != FORBIDDEN:
            raise
        verifier.conversations.discard()
    return _violation_alone(verifier, check)


def _accepted_in_used_chat(verifier: Verifier, operation: Operation, check: EdgeCheck) -> ContractViolation | None:
    """The violation that `check` sees in a chat which wrong calls of `operation` have used up, and not by accident.

    What is accepted there, as the first few were in chats of their own, is accepted wrongly. All else says nothing.
    """
    conversation = verifier.used_up.pop(operation.name, None)
    if conversation is None:
        return None
    with suppress(Inconclusive, SetupFailed):
        violation = _violation_of(check, conversation)
        if violation is not None and _is_accepted(violation) and verifier.failures.is_known(violation):
            verifier.used_up[operation.name] = conversation
            return violation
    return None


def _violation_alone(verifier: Verifier, check: EdgeCheck) -> ContractViolation | None:
    with verifier.conversations.own() as conversation:
        violation = _violation_of(check, conversation)
    if violation is not None and (disturbed := disturbance(verifier, violation)) is not None:
        raise disturbed from violation
    return violation


def _lets_calls_in(
    verifier: Verifier, operation: Operation, violation: ContractViolation, conversation: ChatResources
) -> bool:
    """Whether `conversation` still accepts calls, and so was not the reason for `violation`. Else it is given up.

    A conversation that accepted a wrong call accepts calls, but that call may have changed it, unless it started
    another chat. So the next call gets another conversation. After the first few violations of one kind the same one
    is kept, where a plain call that uses nothing up is accepted.
    """
    accepted = _is_accepted(violation)
    if accepted and operation.name in STARTING:
        return True
    uses_up = operation.name in CONSUMING or TRAITS[operation.name].ends
    is_known = verifier.failures.is_known(violation)
    is_changed = accepted and (uses_up or not is_known)
    if is_changed and is_known:
        verifier.used_up[operation.name] = conversation
    goes_on = not is_changed and verifier.takes_plain_call(operation, conversation)
    if not goes_on:
        conversation.over = True
        if conversation is verifier.conversations.shared_conversation():
            verifier.conversations.discard()
    return accepted or goes_on


def _repeat(verifier: Verifier, requirement: str, operation: Operation, edge: str, check: EdgeCheck) -> None:
    """Note how often the violation shows again in another conversation, of those in which the reply was judged.

    A call of an operation that changes its conversation has a fresh one each time.
    """
    judged, changes = [], operation.name in CONSUMING or TRAITS[operation.name].ends
    with verifier.conversations.own() as other:
        for _ in range(verifier.depth.repetitions):
            with suppress(Inconclusive, SetupFailed):
                violation = _violation_alone(verifier, check) if changes else _violation_of(check, other)
                judged.append(violation is not None)
    if judged:
        seen = Repetitions(sum(judged), len(judged))
        verifier.failures.note_repetitions("edge", seen)
        verifier.recorder.repetitions(requirement, seen, edge)


def _violation_of(check: EdgeCheck, conversation: ChatResources) -> ContractViolation | None:
    """What `check` raises in `conversation`. Raises Inconclusive where the line was at fault."""
    try:
        check(conversation)
    except ContractViolation as violation:
        if (disturbed := disturbance_of(violation)) is not None:
            raise disturbed from violation
        return violation
    return None
