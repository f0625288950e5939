"""Faults of bearer tokens: one for each rule and operation that takes a token which nobody was given."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.reference.faults.bearers import NAMES, Find, Tokens, bearer_faults, owner_of, taking_for
from conformance.reference.faults_kit.fault import Seed, declare
from conformance.reference.service import ReferenceService

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
LONG_ENOUGH = 100  # characters of a token's beginning that are compared


def _finding(find: Find) -> Callable[[str], Seed]:
    return lambda operation: lambda service: taking_for(service, operation, find)


def _newest(_: str, tokens: Tokens) -> str | None:
    return next(reversed(list(tokens)), None)


def _like(same: Callable[[str, str], bool]) -> Find:
    """The newest token that is the same as the one given, in the eyes of `same`, which is given that one first."""
    return lambda given, tokens: next((one for one in reversed(list(tokens)) if same(given, one)), None)


def _without_last(token: str) -> str:
    return token.rstrip("=")[:-1]


UNKNOWN = (
    *bearer_faults("takes-any-token", "treats any token as the newest one", _finding(_newest), UNKNOWN_TOKEN),
    *bearer_faults(
        "ignores-the-case-of-tokens",
        "accepts a token in other letter case",
        _finding(_like(lambda given, one: given.lower() == one.lower())),
        UNKNOWN_TOKEN,
    ),
    *bearer_faults(
        "compares-the-length-of-tokens",
        "accepts a token as long as a known one",
        _finding(_like(lambda given, one: len(given) == len(one))),
        UNKNOWN_TOKEN,
    ),
)
ALTERED = (
    *bearer_faults(
        "ignores-the-end-of-tokens",
        "ignores a token's last character",
        _finding(_like(lambda given, one: _without_last(given) == _without_last(one))),
        ALTERED_TOKEN,
    ),
    *bearer_faults(
        "compares-the-beginning-of-tokens",
        "compares the first 100 characters of a token",
        _finding(_like(lambda given, one: given[:LONG_ENOUGH] == one[:LONG_ENOUGH] and len(given) >= LONG_ENOUGH)),
        ALTERED_TOKEN,
    ),
)
TRUNCATED = (
    *bearer_faults(
        "takes-half-tokens",
        "accepts the beginning of a token",
        _finding(_like(lambda given, one: len(given) > LONG_ENOUGH and one.startswith(given))),
        TRUNCATED_TOKEN,
    ),
    *bearer_faults(
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
    *bearer_faults("takes-participant-tokens", "accepts a participant token", _the_other_kind, CONNECTION_TOKEN_ONLY),
    *bearer_faults(
        "takes-connection-tokens",
        "accepts a connection token",
        _the_other_kind,
        ("CreateParticipantConnection.bearer.participant-token-only",),
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
