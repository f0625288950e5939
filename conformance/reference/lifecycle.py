"""The life cycles of contacts and participants, as two literal tables. Everything not listed is impossible."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ContactStage(StrEnum):
    """Where a contact stands."""

    ACTIVE = "active"
    ENDED = "ended"


class ContactEvent(StrEnum):
    """What happens to a contact."""

    STOP = "StopContact"
    CUSTOMER_LEAVES = "its last customer disconnects"
    TIME_IS_UP = "its duration is over"


class ParticipantStage(StrEnum):
    """Where a participant stands."""

    INVITED = "invited"
    CONNECTED = "connected"
    GONE = "gone"


class ParticipantEvent(StrEnum):
    """What happens to a participant."""

    CONNECT = "its web socket opens, or ConnectParticipant is true"
    DISCONNECT = "DisconnectParticipant"
    CONTACT_ENDS = "its contact ends"


CONTACTS: Mapping[tuple[ContactStage, ContactEvent], ContactStage] = MappingProxyType(
    {
        (ContactStage.ACTIVE, ContactEvent.STOP): ContactStage.ENDED,
        (ContactStage.ACTIVE, ContactEvent.CUSTOMER_LEAVES): ContactStage.ENDED,
        (ContactStage.ACTIVE, ContactEvent.TIME_IS_UP): ContactStage.ENDED,
    }
)

PARTICIPANTS: Mapping[tuple[ParticipantStage, ParticipantEvent], ParticipantStage] = MappingProxyType(
    {
        (ParticipantStage.INVITED, ParticipantEvent.CONNECT): ParticipantStage.CONNECTED,
        (ParticipantStage.INVITED, ParticipantEvent.DISCONNECT): ParticipantStage.GONE,
        (ParticipantStage.INVITED, ParticipantEvent.CONTACT_ENDS): ParticipantStage.GONE,
        (ParticipantStage.CONNECTED, ParticipantEvent.CONNECT): ParticipantStage.CONNECTED,
        (ParticipantStage.CONNECTED, ParticipantEvent.DISCONNECT): ParticipantStage.GONE,
        (ParticipantStage.CONNECTED, ParticipantEvent.CONTACT_ENDS): ParticipantStage.GONE,
        (ParticipantStage.GONE, ParticipantEvent.CONTACT_ENDS): ParticipantStage.GONE,
    }
)
