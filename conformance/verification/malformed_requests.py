"""Verifying what an endpoint does with requests that are odd as a whole."""

from __future__ import annotations

from functools import partial

from conformance.checks.errors import describe
from conformance.checks.passive import CLIENT_ERROR, SERVER_ERROR
from conformance.checks.replies import check_accepted, check_bad_input, judged_reply
from conformance.checks.violation import ContractViolation
from conformance.contract.model import Operation, operation
from conformance.contract.operation_traits import CONSUMING
from conformance.contract.requirements import Requirement
from conformance.contract.resources import fill_in
from conformance.contract.wire import Exchange, to_request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import current
from conformance.engine.edge_checks import check_edge, shows_nothing_new
from conformance.engine.verifier import Verifier
from conformance.results.verdicts import Outcome
from conformance.verification.edges_tried import odd_requests_to_try
from strategies.examples import traceable
from strategies.malformed import RULES, Expected, OddRequest, in_both_forms, odd_requests, together

ODD_REQUESTS = RULES  # what the requirements about odd requests are called behind their operations
_FORMS = ("request.charset", "request.header-case")  # of a valid request, which can have both
_TEXTS = ("robustness.nul", "robustness.non-bmp", "robustness.lone-surrogate")  # of a member, so that all can have them


def verify_malformed_requests(verifier: Verifier, requirement: Requirement) -> None:
    """Send every odd request of a requirement and judge, or record, what it gets.

    Raises ContractViolation where a promise was broken, NotVerified where nothing could be seen.
    """
    subject = operation(requirement.operation)
    verifier.require_working(requirement.id, subject)
    tried = odd_requests_to_try(verifier, requirement.id, subject)
    shown = _names_shown_together(verifier, requirement, subject, tried) if verifier.depth.combines else frozenset()
    for odd in tried:
        if odd.name in shown:
            verifier.recorder.record_kept(requirement.id, "edge", odd.name)
        elif odd.expected is Expected.RECORDED:
            _record(verifier, requirement, subject, odd)
        elif odd.expected is Expected.MALFORMED and shows_nothing_new(verifier, requirement.id):
            verifier.recorder.ledger.leave_out(requirement.id, current().test, [odd.name])
        else:
            _judge(verifier, requirement, subject, odd)
    verifier.conversations.contacts.sweep()
    verifier.conclude(requirement.id)


def _names_shown_together(
    verifier: Verifier, requirement: Requirement, subject: Operation, tried: tuple[OddRequest, ...]
) -> frozenset[str]:
    """Those of the odd requests, by name, that need not be sent, for one that has what several have was accepted."""
    rule = requirement.id.removeprefix(f"{subject.name}.")
    if rule in _FORMS:
        both = (in_both_forms(*pair) for pair in zip(*(odd_requests(subject, form) for form in _FORMS), strict=True))
        pairs = [(odd.name, one) for odd, one in zip(odd_requests(subject, rule), both, strict=True)]
        names = {odd.name for odd in tried}
        return frozenset(name for name, one in pairs if name in names and _takes(verifier, subject, one, "a form"))
    several, parts = together(subject, tried if rule in _TEXTS else ())
    return frozenset(parts if len(parts) > 1 and _takes(verifier, subject, several, rule) else ())


def _takes(verifier: Verifier, subject: Operation, odd: OddRequest, kind: str) -> bool:
    """Whether the request is accepted; it is sent once. Requests of another `kind` may have the same name."""
    return verifier.once(f"{subject.name} takes {kind}: {odd.name}", partial(_accepts, verifier, subject, odd))


def _accepts(verifier: Verifier, subject: Operation, odd: OddRequest) -> bool:
    try:
        with verifier.conversations.fitting(subject.name, CONSUMING.get(subject.name, 0)) as conversation:
            response = _send(verifier, subject, odd, conversation).response
    except SetupFailed:
        return False
    return response is not None and response.succeeded


def _send(verifier: Verifier, subject: Operation, odd: OddRequest, conversation: ChatResources) -> Exchange:
    request = odd.alter(to_request(subject, fill_in(traceable(subject, odd.arguments), conversation)))
    with verifier.recorder.judging_front(only=odd.front):
        return verifier.send_request(request, conversation)


def _judge(verifier: Verifier, requirement: Requirement, subject: Operation, odd: OddRequest) -> None:
    def look(conversation: ChatResources) -> None:
        exchange = _send(verifier, subject, odd, conversation)
        if odd.expected is Expected.ACCEPTED:
            check_accepted(requirement.id, exchange, odd.name)
        elif odd.expected is Expected.MALFORMED:
            check_bad_input(requirement.id, subject, exchange, odd.name, malformed=True)
        elif exchange.response is not None or not odd.front:
            _check_no_server_error(requirement.id, exchange, odd.name)

    spends = 0 if odd.expected is Expected.MALFORMED else CONSUMING.get(subject.name, 0)
    check_edge(verifier, requirement.id, subject, odd.name, look, spends=spends)


def _check_no_server_error(requirement: str, exchange: Exchange, sent: str) -> None:
    response = judged_reply(exchange)
    if response.status >= SERVER_ERROR:
        raise ContractViolation(requirement, f"{sent} gets a status below 500", describe(response), (exchange,))


def _record(verifier: Verifier, requirement: Requirement, subject: Operation, odd: OddRequest) -> None:
    with verifier.conversations.fitting(subject.name, CONSUMING.get(subject.name, 0)) as conversation:
        try:
            exchange = _send(verifier, subject, odd, conversation)
        except SetupFailed as failed:
            verifier.recorder.inconclusive(requirement.id, failed, "edge", odd.name)
            return
    response = exchange.response
    if response is None:
        seen = f"no answer: {exchange.failure}"
    else:
        seen = describe(response) if response.status >= CLIENT_ERROR else f"{response.status}, accepted"
    verifier.recorder.note(requirement.id, Outcome.RECORDED, f"{odd.name}: {seen}", "edge", odd.name, (exchange,))
