"""The meeting of a call, as the Amazon Chime SDK would need it. There are no media behind it."""

from __future__ import annotations

import uuid

from conformance.reference.context import Context, Members
from conformance.reference.instances import REGION
from conformance.reference.state import Contact, Participant

MEDIA_HOST = "media.invalid"


def meeting_members(context: Context, contact: Contact, participant: Participant) -> Members:
    """The meeting of the contact and this participant's place in it; the same each time it is asked for."""
    meeting_id = str(uuid.uuid5(uuid.NAMESPACE_URL, contact.id))
    return {
        "Attendee": {"AttendeeId": participant.id, "JoinToken": context.identifiers.token()},
        "Meeting": {
            "MeetingId": meeting_id,
            "MediaPlacement": {
                "AudioHostUrl": f"{meeting_id}.{MEDIA_HOST}:3478",
                "AudioFallbackUrl": f"wss://{MEDIA_HOST}/calls/{meeting_id}",
                "SignalingUrl": f"wss://signal.{MEDIA_HOST}/control/{meeting_id}",
                "EventIngestionUrl": f"https://events.{MEDIA_HOST}/client-events",
            },
            "MeetingFeatures": {"Audio": {"EchoReduction": "AVAILABLE"}},
        },
    }


def connection_data(context: Context, contact: Contact, participant: Participant) -> Members:
    """The meeting as StartWebRTCContact returns it: with its Region and a turn control URL besides."""
    members = meeting_members(context, contact, participant)
    meeting = members["Meeting"]
    meeting["MediaRegion"] = REGION
    meeting["MediaPlacement"]["TurnControlUrl"] = f"https://turn.{MEDIA_HOST}/v2/turn_sessions"
    return members
