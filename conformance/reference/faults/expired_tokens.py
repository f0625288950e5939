"""Faults of bearer tokens: one for each rule and operation that takes a token whose time is over."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.wire import Request
from conformance.reference.clock import HOUR
from conformance.reference.faults.bearers import OF_REFUSALS, bearer_faults, bearer_of, letting_in, serving_the_gone
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant

AFTER_STOP = (
    "CancelParticipantAuthentication.bearer.after-stop",
    "CompleteAttachmentUpload.bearer.after-stop",
    "CreateParticipantConnection.bearer.after-stop",
    "DescribeView.bearer.after-stop",
    "DisconnectParticipant.bearer.after-stop",
    "GetAttachment.bearer.after-stop",
    "GetAuthenticationUrl.bearer.after-stop",
    "GetTranscript.bearer.after-stop",
    "SendEvent.bearer.after-stop",
    "SendMessage.bearer.after-stop",
    "StartAttachmentUpload.bearer.after-stop",
)
AFTER_DISCONNECT = (
    "CancelParticipantAuthentication.bearer.after-disconnect",
    "CompleteAttachmentUpload.bearer.after-disconnect",
    "CreateParticipantConnection.bearer.after-disconnect",
    "DescribeView.bearer.after-disconnect",
    "DisconnectParticipant.bearer.after-disconnect",
    "GetAttachment.bearer.after-disconnect",
    "GetAuthenticationUrl.bearer.after-disconnect",
    "GetTranscript.bearer.after-disconnect",
    "SendEvent.bearer.after-disconnect",
    "SendMessage.bearer.after-disconnect",
    "StartAttachmentUpload.bearer.after-disconnect",
)
EXPIRED = (
    "CancelParticipantAuthentication.bearer.expired",
    "CompleteAttachmentUpload.bearer.expired",
    "DescribeView.bearer.expired",
    "DisconnectParticipant.bearer.expired",
    "GetAttachment.bearer.expired",
    "GetAuthenticationUrl.bearer.expired",
    "GetTranscript.bearer.expired",
    "SendEvent.bearer.expired",
    "SendMessage.bearer.expired",
    "StartAttachmentUpload.bearer.expired",
)
OF_THE_END = (
    "StartChatContact.ChatDurationInMinutes.*",
    "StartChatContact.ConnectionTypes.token-ends",
    "StartChatContact.PersistentChat.past-chat-untouched",
    "DisconnectParticipant.ClientToken.*",
    "DisconnectParticipant.effect.*",
    "LifeCycle.order.*",
    "StopContact.*",
    "WebSocket.end.*",
    "*.expired",
)
OF_EXPIRY = (*OF_REFUSALS, "DisconnectParticipant.ClientToken.*")


def _letting(when: Callable[[ReferenceService, Request, Participant], bool]) -> Callable[[str], Seed]:
    """Lets in whom `when` is true of."""

    def seeding(operation: str) -> Seed:
        def seed(service: ReferenceService) -> None:
            letting_in(service, operation, lambda request, owner: when(service, request, owner))
            serving_the_gone(service, operation)

        return seed

    return seeding


ENDED = (
    *bearer_faults(
        "goes-on-after-a-stop",
        "accepts a token after its contact was stopped",
        _letting(lambda _, __, owner: not owner.contact.active),
        AFTER_STOP,
        (*OF_REFUSALS, *OF_THE_END),
    ),
    *bearer_faults(
        "goes-on-after-leaving",
        "accepts the token of a participant who has left",
        _letting(lambda _, __, owner: not owner.present),
        AFTER_DISCONNECT,
        (*OF_REFUSALS, *OF_THE_END),
    ),
)


def _is_expired(service: ReferenceService, request: Request, owner: Participant) -> bool:
    connection = service.context.state.connection_tokens.get(bearer_of(request))
    return owner.present and connection is not None and service.context.now() >= connection.expires_at


def _within_an_hour(service: ReferenceService, request: Request, owner: Participant) -> bool:
    connection = service.context.state.connection_tokens.get(bearer_of(request))
    return (
        _is_expired(service, request, owner)
        and connection is not None
        and service.context.now() < connection.expires_at + HOUR
    )


OUT_OF_TIME = (
    *bearer_faults(
        "never-forgets-tokens", "accepts a connection token that has expired", _letting(_is_expired), EXPIRED, OF_EXPIRY
    ),
    *bearer_faults(
        "forgets-tokens-an-hour-late",
        "accepts a connection token for 25 hours",
        _letting(_within_an_hour),
        EXPIRED,
        OF_EXPIRY,
    ),
)
