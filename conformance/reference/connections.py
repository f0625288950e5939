"""CreateParticipantConnection: connection tokens, web socket URLs and WebRTC connections."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from conformance.reference.clock import DAY, SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.meetings import meeting_members
from conformance.reference.participants import join
from conformance.reference.state import VOICE, Connection, Participant

WEBSOCKET = "WEBSOCKET"
CONNECTION_CREDENTIALS = "CONNECTION_CREDENTIALS"
WEBRTC_CONNECTION = "WEBRTC_CONNECTION"
SOCKET_PATH = "/participant/websocket"
TOKEN_LIFE = DAY
TIME_TO_CONNECT = 100 * SECOND


def create_participant_connection(context: Context, call: Call) -> Members:
    """CreateParticipantConnection: what `Type` asks for; ConnectParticipant marks the caller as connected.

    Without both, nothing is asked for and nothing comes back (no document says what else should).
    Raises Refusal for WEBRTC_CONNECTION on a chat, which has no meeting.
    """
    types = call.get("Type") or ()
    if WEBRTC_CONNECTION in types and call.contact.channel != VOICE:
        raise bad_value(call.operation, "WEBRTC_CONNECTION belongs to a call, this is a chat.")
    if call.get("ConnectParticipant"):
        join(context, call.participant)
    members = connection_members(context, call.participant, types)
    if WEBRTC_CONNECTION in types:
        members["WebRTCConnection"] = meeting_members(context, call.contact, call.participant)
    return members


def connection_members(context: Context, participant: Participant, types: Collection[str]) -> Members:
    """New connection information of the kinds in `types`; other kinds give nothing."""
    members: Members = {}
    if WEBSOCKET in types:
        members["Websocket"] = _websocket(context, participant)
    if CONNECTION_CREDENTIALS in types:
        members["ConnectionCredentials"] = _credentials(context, participant)
    return members


def _websocket(context: Context, participant: Participant) -> Members:
    token, now = context.identifiers.token(), context.now()
    context.state.socket_tokens[token] = Connection(participant, now + TIME_TO_CONNECT)
    url = f"{context.origin.replace('http', 'ws', 1)}{SOCKET_PATH}?token={quote(token, safe='')}"
    return {"Url": url, "ConnectionExpiry": iso(now + context.choices.websocket_url_seconds * SECOND)}


def _credentials(context: Context, participant: Participant) -> Members:
    token, expires_at = context.identifiers.token(), context.now() + TOKEN_LIFE
    context.state.connection_tokens[token] = Connection(participant, expires_at)
    return {"ConnectionToken": token, "Expiry": iso(expires_at)}
