"""Faults of signatures: operations that need none, and participants who are asked for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.contract.model import Operation
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Request
from conformance.reference.faults.bearers import denying, kebab, operation_faults
from conformance.reference.faults_kit.fault import Fault, Seed, declare
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant

SIGNATURE_REQUIRED = (
    "StartChatContact.signature.required",
    "StartWebRTCContact.signature.required",
    "StopContact.signature.required",
    "DescribeContact.signature.required",
    "CreateParticipant.signature.required",
    "GetContactAttributes.signature.required",
    "UpdateContactAttributes.signature.required",
    "StartContactStreaming.signature.required",
    "StopContactStreaming.signature.required",
)
UNSIGNED_ACCEPTED = (
    "CancelParticipantAuthentication.bearer.unsigned-accepted",
    "CompleteAttachmentUpload.bearer.unsigned-accepted",
    "CreateParticipantConnection.bearer.unsigned-accepted",
    "DescribeView.bearer.unsigned-accepted",
    "DisconnectParticipant.bearer.unsigned-accepted",
    "GetAttachment.bearer.unsigned-accepted",
    "GetAuthenticationUrl.bearer.unsigned-accepted",
    "GetTranscript.bearer.unsigned-accepted",
    "SendEvent.bearer.unsigned-accepted",
    "SendMessage.bearer.unsigned-accepted",
    "StartAttachmentUpload.bearer.unsigned-accepted",
)
SIGNATURE_IGNORED = (
    "CancelParticipantAuthentication.bearer.signature-ignored",
    "CompleteAttachmentUpload.bearer.signature-ignored",
    "CreateParticipantConnection.bearer.signature-ignored",
    "DescribeView.bearer.signature-ignored",
    "DisconnectParticipant.bearer.signature-ignored",
    "GetAttachment.bearer.signature-ignored",
    "GetAuthenticationUrl.bearer.signature-ignored",
    "GetTranscript.bearer.signature-ignored",
    "SendEvent.bearer.signature-ignored",
    "SendMessage.bearer.signature-ignored",
    "StartAttachmentUpload.bearer.signature-ignored",
)
# What of a participant's operation fails besides where it wants a signature: whoever sends it without one.
OF_UNSIGNED = ("*",)


def _authorization(request: Request) -> str:
    return request.header("Authorization") or ""


def _serving(name: str, when: Callable[[Request], bool]) -> Seed:
    """Operation `name` is served without a look at the signature where `when` is true of a request."""

    def seed(service: ReferenceService) -> None:
        own = service.authenticate

        def authenticate(operation: Operation, request: Request) -> Participant | None:
            return None if operation.name == name and when(request) else own(operation, request)

        service.authenticate = authenticate

    return seed


def _is_unsigned(request: Request) -> bool:
    return not _authorization(request)


def _has_a_bearer_only(request: Request) -> bool:
    return _is_unsigned(request) and request.header("X-Amz-Bearer") is not None


def _has_another_authorization(request: Request) -> bool:
    return bool(_authorization(request)) and not _authorization(request).startswith("AWS4-HMAC-SHA256")


def _signature_faults() -> Iterator[Fault]:
    for requirement in SIGNATURE_REQUIRED:
        name = operation_of(requirement)
        for does, says, when in (
            ("needs-no-signature", "accepts a request without a signature", _is_unsigned),
            ("takes-a-bearer-for-a-signature", "accepts an unsigned request with a bearer", _has_a_bearer_only),
            ("takes-any-authorization", "accepts an Authorization that is no signature", _has_another_authorization),
        ):
            seed = _serving(name, when)
            yield declare(f"{kebab(name)}-{does}", f"{name} {says}.", seed, requirement)


def _denying(when: Callable[[Request], bool]) -> Callable[[str], Seed]:
    return lambda name: lambda service: denying(service, name, when)


REQUIRED = tuple(_signature_faults())
UNSIGNED = tuple(
    operation_faults(
        "wants-a-signature",
        "denies a request without a signature",
        _denying(_is_unsigned),
        UNSIGNED_ACCEPTED,
        OF_UNSIGNED,
    )
)
IGNORED = (
    *operation_faults(
        "chokes-on-empty-keys",
        "denies a signature of an empty access key",
        _denying(lambda request: "Credential=/" in _authorization(request)),
        SIGNATURE_IGNORED,
    ),
    *operation_faults(
        "chokes-on-signatures",
        "denies a request with a signature",
        _denying(lambda request: "Credential=/" not in _authorization(request) and bool(_authorization(request))),
        SIGNATURE_IGNORED,
        ("*.bearer.*",),
    ),
)
