"""Bearer tokens: whose token it is, of which kind, and whether it still opens anything."""

from __future__ import annotations

from conformance.contract.model import Operation
from conformance.contract.wire import Request
from conformance.reference.context import Context
from conformance.reference.errors import access_denied
from conformance.reference.state import Participant

PARTICIPANT_TOKEN = "ParticipantToken"
# Its repetition must succeed although the participant has left; whether this is one, idempotency knows.
AFTER_LEAVING = frozenset({"DisconnectParticipant"})


def caller_of(context: Context, operation: Operation, request: Request) -> Participant:
    """The participant that the bearer token of `request` stands for.

    CreateParticipantConnection takes a participant token, every other operation a connection token. Raises Refusal
    (AccessDeniedException 403) for a token that is missing, unknown, of the other kind, expired, or of somebody who
    is no longer part of the contact (domain facts S-40, S-42).
    """
    bearer = operation.bearer
    token = request.header(bearer.wire_name) if bearer else None
    caller = _bearer(context, token or "", takes_participants=bearer is not None and bearer.name == PARTICIPANT_TOKEN)
    if caller is None or not (caller.present or operation.name in AFTER_LEAVING):
        raise access_denied()
    return caller


def _bearer(context: Context, token: str, *, takes_participants: bool) -> Participant | None:
    if takes_participants:
        return context.state.participant_tokens.get(token)
    connection = context.state.connection_tokens.get(token)
    return connection.participant if connection and context.now() < connection.expires_at else None
