"""Faults of bearer tokens: one for each rule and operation that takes a token it must not take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.contract.requirements import operation_of
from conformance.contract.wire import Request
from conformance.reference.clock import HOUR
from conformance.reference.faults.bearers import (
    CONNECTING,
    NAMES,
    Find,
    Tokens,
    bearer_of,
    kebab,
    letting_in,
    owner_of,
    serving_the_gone,
    taking_for,
)
from conformance.reference.faults_kit.fault import Fault, Seed, declare
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant

UNKNOWN_TOKEN = (
    "CancelParticipantAuthentication.bearer.unknown-token",
    "CompleteAttachmentUpload.bearer.unknown-token",
    "CreateParticipantConnection.bearer.unknown-token",
    "DescribeView.bearer.unknown-token",
    "DisconnectParticipant.bearer.unknown-token",
    "GetAttachment.bearer.unknown-token",
    "GetAuthenticationUrl.bearer.unknown-token",
    "GetTranscript.bearer.unknown-token",
    "SendEvent.bearer.unknown-token",
    "SendMessage.bearer.unknown-token",
    "StartAttachmentUpload.bearer.unknown-token",
)
ALTERED_TOKEN = (
    "CancelParticipantAuthentication.bearer.altered-token",
    "CompleteAttachmentUpload.bearer.altered-token",
    "CreateParticipantConnection.bearer.altered-token",
    "DescribeView.bearer.altered-token",
    "DisconnectParticipant.bearer.altered-token",
    "GetAttachment.bearer.altered-token",
    "GetAuthenticationUrl.bearer.altered-token",
    "GetTranscript.bearer.altered-token",
    "SendEvent.bearer.altered-token",
    "SendMessage.bearer.altered-token",
    "StartAttachmentUpload.bearer.altered-token",
)
TRUNCATED_TOKEN = (
    "CancelParticipantAuthentication.bearer.truncated-token",
    "CompleteAttachmentUpload.bearer.truncated-token",
    "CreateParticipantConnection.bearer.truncated-token",
    "DescribeView.bearer.truncated-token",
    "DisconnectParticipant.bearer.truncated-token",
    "GetAttachment.bearer.truncated-token",
    "GetAuthenticationUrl.bearer.truncated-token",
    "GetTranscript.bearer.truncated-token",
    "SendEvent.bearer.truncated-token",
    "SendMessage.bearer.truncated-token",
    "StartAttachmentUpload.bearer.truncated-token",
)
CONNECTION_TOKEN_ONLY = (
    "CancelParticipantAuthentication.bearer.connection-token-only",
    "CompleteAttachmentUpload.bearer.connection-token-only",
    "DescribeView.bearer.connection-token-only",
    "DisconnectParticipant.bearer.connection-token-only",
    "GetAttachment.bearer.connection-token-only",
    "GetAuthenticationUrl.bearer.connection-token-only",
    "GetTranscript.bearer.connection-token-only",
    "SendEvent.bearer.connection-token-only",
    "SendMessage.bearer.connection-token-only",
    "StartAttachmentUpload.bearer.connection-token-only",
)
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
ALSO = ("Tokens.refusal.*", "*.own-chat-only")  # what looks at refused calls besides
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
OF_EXPIRY = (*ALSO, "DisconnectParticipant.ClientToken.*")
LONG_ENOUGH = 100  # characters of a token's beginning that are compared


def _each(
    name: str, says: str, seed: Callable[[str], Seed], requirements: tuple[str, ...], may: tuple[str, ...] = ALSO
) -> Iterator[Fault]:
    """The fault in the operation of each of `requirements`. `says` follows the operation's name."""
    for requirement in requirements:
        operation = operation_of(requirement)
        own = (f"{operation}.bearer.*", f"{operation}.ConnectionToken.*", *may)
        if operation == CONNECTING:
            own = (f"{operation}.ParticipantToken.*", *own)
        yield declare(f"{kebab(operation)}-{name}", f"{operation} {says}.", seed(operation), requirement, may=own)


def _finding(find: Find) -> Callable[[str], Seed]:
    return lambda operation: lambda service: taking_for(service, operation, find)


def _letting(when: Callable[[ReferenceService, Request, Participant], bool]) -> Callable[[str], Seed]:
    """Lets in whom `when` is true of."""

    def seeding(operation: str) -> Seed:
        def seed(service: ReferenceService) -> None:
            letting_in(service, operation, lambda request, owner: when(service, request, owner))
            serving_the_gone(service, operation)

        return seed

    return seeding


def _newest(_: str, tokens: Tokens) -> str | None:
    return next(reversed(list(tokens)), None)


def _like(same: Callable[[str, str], bool]) -> Find:
    """The newest token that is the same as the one given, in the eyes of `same`, which is given that one first."""
    return lambda given, tokens: next((one for one in reversed(list(tokens)) if same(given, one)), None)


def _without_last(token: str) -> str:
    return token.rstrip("=")[:-1]


UNKNOWN = (
    *_each("takes-any-token", "treats any token as the newest one", _finding(_newest), UNKNOWN_TOKEN),
    *_each(
        "ignores-the-case-of-tokens",
        "accepts a token in other letter case",
        _finding(_like(lambda given, one: given.lower() == one.lower())),
        UNKNOWN_TOKEN,
    ),
    *_each(
        "compares-the-length-of-tokens",
        "accepts a token as long as a known one",
        _finding(_like(lambda given, one: len(given) == len(one))),
        UNKNOWN_TOKEN,
    ),
)
ALTERED = (
    *_each(
        "ignores-the-end-of-tokens",
        "ignores a token's last character",
        _finding(_like(lambda given, one: _without_last(given) == _without_last(one))),
        ALTERED_TOKEN,
    ),
    *_each(
        "compares-the-beginning-of-tokens",
        "compares the first 100 characters of a token",
        _finding(_like(lambda given, one: given[:LONG_ENOUGH] == one[:LONG_ENOUGH] and len(given) >= LONG_ENOUGH)),
        ALTERED_TOKEN,
    ),
)
TRUNCATED = (
    *_each(
        "takes-half-tokens",
        "accepts the beginning of a token",
        _finding(_like(lambda given, one: len(given) > LONG_ENOUGH and one.startswith(given))),
        TRUNCATED_TOKEN,
    ),
    *_each(
        "takes-a-character-less",
        "accepts a token whose last character is missing",
        _finding(_like(lambda given, one: given in (one[:-1], _without_last(one)))),
        TRUNCATED_TOKEN,
    ),
)


def _the_other_kind(operation: str) -> Seed:
    """Takes the token of the other kind that belongs to the same participant."""

    def seed(service: ReferenceService) -> None:
        def same(given: str, one: str) -> bool:
            return owner_of(service, given) is not None and owner_of(service, given) is owner_of(service, one)

        taking_for(service, operation, _like(same))

    return seed


KIND = (
    *_each("takes-participant-tokens", "accepts a participant token", _the_other_kind, CONNECTION_TOKEN_ONLY),
    *_each(
        "takes-connection-tokens",
        "accepts a connection token",
        _the_other_kind,
        ("CreateParticipantConnection.bearer.participant-token-only",),
    ),
)
ENDED = (
    *_each(
        "goes-on-after-a-stop",
        "accepts a token after its contact was stopped",
        _letting(lambda _, __, owner: not owner.contact.active),
        AFTER_STOP,
        (*ALSO, *OF_THE_END),
    ),
    *_each(
        "goes-on-after-leaving",
        "accepts the token of a participant who has left",
        _letting(lambda _, __, owner: not owner.present),
        AFTER_DISCONNECT,
        (*ALSO, *OF_THE_END),
    ),
)


def _expired(service: ReferenceService, request: Request, owner: Participant) -> bool:
    connection = service.context.state.connection_tokens.get(bearer_of(request))
    return owner.present and connection is not None and service.context.now() >= connection.expires_at


def _within_an_hour(service: ReferenceService, request: Request, owner: Participant) -> bool:
    connection = service.context.state.connection_tokens.get(bearer_of(request))
    return (
        _expired(service, request, owner)
        and connection is not None
        and service.context.now() < connection.expires_at + HOUR
    )


OUT_OF_TIME = (
    *_each(
        "never-forgets-tokens", "accepts a connection token that has expired", _letting(_expired), EXPIRED, OF_EXPIRY
    ),
    *_each(
        "forgets-tokens-an-hour-late",
        "accepts a connection token for 25 hours",
        _letting(_within_an_hour),
        EXPIRED,
        OF_EXPIRY,
    ),
)


def _takes_null(service: ReferenceService) -> None:
    for operation in NAMES:
        taking_for(service, operation, lambda given, tokens: _newest(given, tokens) if given == "null" else None)


def _takes_marks(service: ReferenceService) -> None:
    def without_letters(given: str, tokens: Tokens) -> str | None:
        return None if re.search("[0-9A-Za-z]", given) else _newest(given, tokens)

    for operation in NAMES:
        taking_for(service, operation, without_letters)


WORDS = (
    declare(
        "takes-null-for-a-token",
        "The endpoint treats the word null as the newest token.",
        _takes_null,
        "Tokens.refusal.malformed",
    ),
    declare(
        "takes-marks-for-a-token",
        "The endpoint treats a bearer without any letter or digit as the newest token.",
        _takes_marks,
        "Tokens.refusal.malformed",
    ),
)
