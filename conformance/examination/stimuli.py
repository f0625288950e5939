"""Examining what an endpoint does with requests that are odd as a whole."""

from __future__ import annotations

from conformance.checks.errors import describe
from conformance.checks.passive import CLIENT_ERROR, SERVER_ERROR
from conformance.checks.replies import check_accepted, check_bad_input, judged_reply
from conformance.checks.violation import ContractViolation
from conformance.contract.model import Operation, operation
from conformance.contract.requirements import Requirement
from conformance.examination.examiner import Examiner
from conformance.target.conversation import Conversation, SetupFailed
from conformance.verdicts import Outcome
from conformance.wire import Exchange, to_request
from strategies.malformed import Expected, Stimulus, stimuli
from strategies.samples import SPENDING, fill_in


def examine_stimuli(examiner: Examiner, requirement: Requirement) -> None:
    """Send every stimulus of a requirement and judge, or record, what it gets.

    Raises ContractViolation where a promise was broken, Unwitnessed where nothing could be seen.
    """
    subject = operation(requirement.operation)
    examiner.require_working(requirement.id, subject)
    for stimulus in stimuli(subject, requirement.id.removeprefix(f"{subject.name}.")):
        if stimulus.expected is Expected.RECORDED:
            _record(examiner, requirement, subject, stimulus)
        else:
            _judge(examiner, requirement, subject, stimulus)
    examiner.conversations.contacts.sweep()
    examiner.conclude(requirement.id)


def _send(examiner: Examiner, subject: Operation, stimulus: Stimulus, conversation: Conversation) -> Exchange:
    request = stimulus.alter(to_request(subject, fill_in(stimulus.arguments, conversation)))
    examiner.witness.front_only = stimulus.front
    try:
        return examiner.send_request(request, conversation)
    finally:
        examiner.witness.front_only = False


def _judge(examiner: Examiner, requirement: Requirement, subject: Operation, stimulus: Stimulus) -> None:
    def look(conversation: Conversation) -> None:
        exchange = _send(examiner, subject, stimulus, conversation)
        if stimulus.expected is Expected.ACCEPTED:
            check_accepted(requirement.id, exchange, stimulus.name)
        elif stimulus.expected is Expected.MALFORMED:
            check_bad_input(requirement.id, subject, exchange, stimulus.name, malformed=True)
        elif exchange.response is not None or not stimulus.front:
            _check_no_server_error(requirement.id, exchange, stimulus.name)

    spends = subject.name in SPENDING and stimulus.expected is not Expected.MALFORMED
    examiner.look(requirement.id, subject, stimulus.name, look, own=spends)


def _check_no_server_error(requirement: str, exchange: Exchange, sent: str) -> None:
    response = judged_reply(exchange)
    if response.status >= SERVER_ERROR:
        raise ContractViolation(requirement, f"{sent} gets a status below 500", describe(response), (exchange,))


def _record(examiner: Examiner, requirement: Requirement, subject: Operation, stimulus: Stimulus) -> None:
    with examiner.conversations.fitting(own=subject.name in SPENDING) as conversation:
        try:
            exchange = _send(examiner, subject, stimulus, conversation)
        except SetupFailed as failed:
            examiner.witness.note(requirement.id, Outcome.INCONCLUSIVE, failed.reason, "edge", stimulus.name)
            return
    response = exchange.response
    if response is None:
        seen = f"no answer: {exchange.failure}"
    else:
        seen = describe(response) if response.status >= CLIENT_ERROR else f"{response.status}, accepted"
    examiner.witness.note(
        requirement.id, Outcome.RECORDED, f"{stimulus.name}: {seen}", "edge", stimulus.name, (exchange,)
    )
