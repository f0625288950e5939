"""Faults of all operations of a service at once: what they break shows only where nothing of the service works."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.contract.model import CONNECT, PARTICIPANT, Operation, operations
from conformance.contract.wire import Request
from conformance.reference.errors import Refusal
from conformance.reference.faults.bearers import CONNECTING, denying
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.middleware import answering, document_of, refusing
from conformance.reference.service import ReferenceService
from conformance.reference.variants.refusals import stamp

SDK_HEADER = "amz-sdk-request"


def _of(*services: str) -> list[Operation]:
    return [operation for operation in operations().values() if operation.service in services]


def _refusing(service: ReferenceService, subjects: Iterable[Operation], odd: Callable[[Request], bool]) -> None:
    for subject in subjects:
        refusing(subject, odd)(service)


@fault("CreateParticipantConnection.bearer.unsigned-accepted")
def the_participant_service_wants_a_signature(service: ReferenceService) -> None:
    """The Participant Service denies every request without a signature."""
    refusal = Refusal("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    for subject in _of(PARTICIPANT):
        answering(subject, lambda request: request.header("authorization") is None, lambda _: stamp(refusal))(service)


@fault("CreateParticipantConnection.bearer.unsigned-accepted")
def the_participant_service_denies_whoever_does_not_sign(service: ReferenceService) -> None:
    """The Participant Service answers an unsigned request as one with a wrong token."""
    for subject in _of(PARTICIPANT):
        denying(service, subject.name, lambda request: request.header("authorization") is None)


def _lacks_token(request: Request) -> bool:
    document = document_of(request)
    return isinstance(document, dict) and "ClientToken" not in document


@fault(
    "CreateParticipant.success.valid-request",
    "DisconnectParticipant.success.valid-request",
    "SendEvent.success.valid-request",
    "SendMessage.success.valid-request",
    "StartChatContact.success.valid-request",
    "StartWebRTCContact.success.valid-request",
)
def every_call_needs_a_client_token(service: ReferenceService) -> None:
    """The endpoint refuses a call without a ClientToken wherever an operation can have one."""
    subjects = _of(CONNECT, PARTICIPANT)
    _refusing(service, (s for s in subjects if any(m.idempotency_token for m in s.body_members)), _lacks_token)


@fault("StartChatContact.success.valid-request", "StartWebRTCContact.success.valid-request")
def connect_serves_sdks_only(service: ReferenceService) -> None:
    """A Connect operation refuses a call that lacks the headers that SDKs add."""
    _refusing(service, _of(CONNECT), lambda request: request.header(SDK_HEADER) is None)


@fault("CreateParticipantConnection.success.valid-request")
def the_participant_service_serves_sdks_only(service: ReferenceService) -> None:
    """The Participant Service denies a call that lacks the headers that SDKs add."""
    for subject in _of(PARTICIPANT):
        denying(service, subject.name, lambda request: request.header(SDK_HEADER) is None)


@fault("CreateParticipantConnection.success.valid-request")
def no_participant_token_opens_a_connection(service: ReferenceService) -> None:
    """The endpoint denies all participant tokens of active chats."""
    denying(service, CONNECTING, lambda _: True)


@fault(
    "DisconnectParticipant.success.valid-request",
    "GetTranscript.success.valid-request",
    "SendEvent.success.valid-request",
    "SendMessage.success.valid-request",
)
def no_connection_token_opens_anything(service: ReferenceService) -> None:
    """The endpoint denies all connection tokens of active chats."""
    for subject in _of(PARTICIPANT):
        if subject.name != CONNECTING:
            denying(service, subject.name, lambda _: True)
