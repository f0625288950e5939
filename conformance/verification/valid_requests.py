"""Verifying that requests inside all documented limits are accepted."""

from __future__ import annotations

from conformance.checks.replies import check_accepted
from conformance.contract.model import CONNECT, Operation, operation
from conformance.contract.requirements import Requirement
from conformance.endpoint.conversation import Conversation
from conformance.endpoint.probe import Finding, Standing
from conformance.engine.search import search
from conformance.engine.verifier import Verifier
from strategies.boundaries import Edge, valid_requests
from strategies.examples import CONSUMING
from strategies.members import from_operation, optional_members
from strategies.requests import Arguments

# Operations whose plainest call may lawfully be refused: it depends on what the owner of the endpoint has set up.
_SET_UP_BY_OWNER = frozenset(
    {
        "StartChatContact",
        "StartWebRTCContact",
        "StartContactStreaming",
        "StopContactStreaming",
        "StartAttachmentUpload",
        "CompleteAttachmentUpload",
        "GetAttachment",
        "DescribeView",
        "GetAuthenticationUrl",
        "CancelParticipantAuthentication",
    }
)
_FORBIDDEN = 403


def verify_valid_requests(verifier: Verifier, requirement: Requirement) -> None:
    """Try the plainest request, one with each optional member, and drawn choices of them: all are accepted.

    Raises ContractViolation where one was refused, Unwitnessed where nothing could be seen.
    """
    subject = operation(requirement.operation)
    if not _refusal_is_broken(subject, verifier.probe(subject)):
        verifier.require_working(requirement.id, subject)
    for edge in valid_requests(subject):
        _look(verifier, requirement, subject, edge)
    if verifier.depth.examples and optional_members(subject) and verifier.probe(subject).standing is Standing.WORKS:
        _search(verifier, requirement, subject)
    verifier.conclude(requirement.id)


def _refusal_is_broken(subject: Operation, found: Finding) -> bool:
    """Whether a refusal of the plainest call is a broken promise: all it needs came from the endpoint itself."""
    if found.standing is not Standing.REFUSED or subject.name in _SET_UP_BY_OWNER:
        return False
    response = found.exchange.response if found.exchange else None
    no_permission = subject.service == CONNECT and response is not None and response.status == _FORBIDDEN
    return not no_permission


def _look(verifier: Verifier, requirement: Requirement, subject: Operation, edge: Edge) -> None:
    def look(conversation: Conversation) -> None:
        exchange = verifier.send(subject, edge.arguments, conversation)
        check_accepted(requirement.id, exchange, f"a valid request ({edge.name})")

    verifier.check_edge(requirement.id, subject, edge.name, look, own=edge.spends)


def _search(verifier: Verifier, requirement: Requirement, subject: Operation) -> None:
    def judge(arguments: Arguments, conversation: Conversation) -> None:
        exchange = verifier.send(subject, arguments, conversation)
        check_accepted(requirement.id, exchange, "a valid request (drawn)")

    search(verifier, requirement.id, from_operation(subject), judge, own=subject.name in CONSUMING)
    verifier.conversations.contacts.sweep()
