"""What the endpoint remembers: contacts, participants, connections, transcript items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.reference.lifecycle import (
    CONTACTS,
    PARTICIPANTS,
    ContactEvent,
    ContactStage,
    ParticipantEvent,
    ParticipantStage,
)

CHAT = "CHAT"
VOICE = "VOICE"
MESSAGE = "MESSAGE"
EVENT = "EVENT"
ATTACHMENT = "ATTACHMENT"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the endpoint closes a web socket: what its close frame says."""

    code: int = 1000
    reason: str = ""


# Takes a frame's text, or how a web socket is to be closed (None in the usual way).
Send = Callable[[str | Ending | None], None]


@dataclass(slots=True, eq=False)
class Socket:
    """An open web socket, and what takes all that is sent on it."""

    send: Send
    participant: Participant
    subscribed: bool = False


@dataclass(slots=True, eq=False)
class Participant:
    """Somebody in a contact. `role` and `display_name` stand in every item that they send."""

    id: str
    contact: Contact
    role: str
    display_name: str
    token: str
    stage: ParticipantStage = ParticipantStage.INVITED
    sockets: list[Socket] = field(default_factory=list)

    @property
    def present(self) -> bool:
        """Whether the participant is still part of the contact: the life of a ParticipantToken."""
        return self.stage is not ParticipantStage.GONE

    def move(self, event: ParticipantEvent) -> None:
        """Takes the participant along its life cycle. Raises KeyError where the table has no such step."""
        self.stage = PARTICIPANTS[self.stage, event]

    def close_sockets(self) -> None:
        """Closes every open web socket of the participant, behind what was sent to it."""
        for socket in self.sockets:
            socket.send(None)
        self.sockets.clear()


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection token opens, until `expires_at` (milliseconds since the epoch)."""

    participant: Participant
    expires_at: int


@dataclass(slots=True)
class Item:
    """One entry of a transcript. `at` is in milliseconds since the epoch; `receipts` are by reader."""

    id: str
    at: int
    type: str
    sender: Participant | None
    content_type: str | None = None
    content: str | None = None
    attachments: tuple[Attachment, ...] = ()
    receipts: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Attachment:
    """A file on its way into a chat.

    `body` and `arrived_at`, in milliseconds since the epoch, are None until it was uploaded; `completed` says that the
    upload was confirmed.
    """

    id: str
    contact: Contact
    name: str
    content_type: str
    size: int
    body: bytes | None = None
    arrived_at: int | None = None
    completed: bool = False


@dataclass(slots=True, eq=False)
class Contact:
    """A chat or a call. Times are in milliseconds since the epoch; `ends_at` is when its duration is over.

    `moved_before` says how far the clock had been moved when the contact started, in milliseconds.
    """

    id: str
    instance_id: str
    flow_id: str
    channel: str
    started_at: int
    ends_at: int
    moved_before: int
    attributes: dict[str, str]
    content_types: tuple[str, ...]
    segment_attributes: dict[str, Any] = field(default_factory=dict)
    customer_id: str | None = None
    description: str | None = None
    related: Contact | None = None
    continued_from: Contact | None = None
    stage: ContactStage = ContactStage.ACTIVE
    ended_at: int | None = None
    updated_at: int = 0
    end_reason: ContactEvent | None = None
    participants: list[Participant] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    streams: dict[str, str] = field(default_factory=dict)
    sign_in_cancelled: bool = False

    @property
    def active(self) -> bool:
        """Whether the contact has not ended."""
        return self.stage is ContactStage.ACTIVE

    @property
    def present(self) -> list[Participant]:
        """Who is still part of the contact."""
        return [participant for participant in self.participants if participant.present]

    def move(self, event: ContactEvent) -> None:
        """Takes the contact along its life cycle. Raises KeyError where the table has no such step."""
        self.stage = CONTACTS[self.stage, event]
        self.end_reason = event


@dataclass(slots=True)
class State:
    """Everything that a reply can depend on, by the identifier or token that names it."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    participant_tokens: dict[str, Participant] = field(default_factory=dict)
    connection_tokens: dict[str, Connection] = field(default_factory=dict)
    socket_tokens: dict[str, Connection] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    active: Counter[tuple[str, str]] = field(default_factory=Counter)
    deadlines: list[tuple[int, str]] = field(default_factory=list)
