"""Open contacts that no test uses: a test that needs one, but not a new one, takes one of these.

Contacts are not free: each costs a start, a connection and a stop, and counts against a quota. One comes here from a
test that left it open, and is never in use by two tests at once. What it is good for is its kind. Who takes one has to
prove afterwards that it was alive (conformance.scenario.runner).
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from conformance.checks.diagnosis.bodies import text_in
from conformance.contract.content_types import SUPPORTED
from conformance.contract.operation_traits import PLAIN_START
from conformance.contract.wire import Exchange, as_evidence
from conformance.endpoint.contacts import Contacts

MOST_SENT = 60  # messages, after which to read a whole transcript costs more than a new chat
MOST_UPLOADS = 25  # of the 35 attachments that a chat may hold
MOST_ADDED = 2  # of the six participants that a chat may have at once


class Kind(Enum):
    """What a contact is good for. The value is its share of the contacts that a run may leave open.

    A kind may have more than its share while others have less.
    """

    PLAIN = 0.4
    """It is like the plainest chat, but for its messages."""
    TYPED = 0.05
    """It is like the plainest chat of those that declare all supported content types."""
    CALL = 0.1
    """It is like the plainest call."""
    SEEDED = 0.11
    """It is a plain chat whose messages are known: for tests that only read."""
    SPENDABLE = 0.2
    """It is a chat whose attributes, types or names may be any: for tests that end it or use it up."""


@dataclass(frozen=True, slots=True)
class Messages:
    """All messages of a chat's customer: their Ids in the order of the transcript, and their times."""

    own: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsedChat:
    """A contact. `origin` are the calls that started it and, where it has a connection, connected to it.

    `sent` is how many messages, events and files it holds, `uploads` how many uploads were started in it, `added` how
    many participants joined its customer. `altered` says that its attributes are no more those of its start, or that it
    is not known what it holds. `seen` is the Id of a message of the customer that the transcript has shown.
    `messages` are all of the customer's, where they are known.
    """

    origin: tuple[Exchange, ...]
    sent: int = 0
    uploads: int = 0
    added: int = 0
    altered: bool = False
    seen: str | None = None
    messages: Messages | None = None

    @property
    def is_full(self) -> bool:
        """Whether another user might reach one of its limits."""
        return self.sent > MOST_SENT or self.uploads > MOST_UPLOADS or self.added > MOST_ADDED

    @property
    def contact_id(self) -> str:
        """The ContactId that the start returned."""
        return str(members_of(self.origin[0])["ContactId"])

    def after(self, earlier: UsedChat) -> UsedChat:
        """The chat with what was sent in it `earlier`."""
        sent, uploads, added = self.sent + earlier.sent, self.uploads + earlier.uploads, self.added + earlier.added
        altered, seen = self.altered or earlier.altered, earlier.seen or self.seen
        return replace(self, sent=sent, uploads=uploads, added=added, altered=altered, seen=seen)

    def without_connection(self) -> UsedChat:
        """The chat without its connection: its web socket was closed, or never opened, and its token may not do."""
        return replace(self, origin=self.origin[:1])


@dataclass(slots=True)
class ChatPool:
    """The open contacts that no test uses. `given` are the run's options."""

    contacts: Contacts
    given: Mapping[str, str | None]
    _idle: list[tuple[Kind, UsedChat]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: Kind = Kind.PLAIN, *, alone: bool = False) -> UsedChat | None:
        """The fullest contact of a kind, which is the taker's from now on; None where there is none.

        If `alone`, the fullest of those that nobody has joined. A plain chat can be spent, too.
        """
        with self._lock:
            self._idle = [each for each in self._idle if each[1].contact_id in self.contacts.open]
            fitting = [each for each in self._idle if not (alone and each[1].added)]
            found = self._fullest(fitting, kind) or (kind is Kind.SPENDABLE and self._fullest(fitting, Kind.PLAIN))
            if not found:
                return None
            self._idle.remove(found)
        self.contacts.use(found[1].contact_id)
        return found[1]

    def take_seeded(self, number: int) -> UsedChat | None:
        """A chat with exactly that many known messages, and no other of its customer."""
        return self._take_first(lambda chat: chat.messages is not None and len(chat.messages.own) == number)

    def take_old(self, starts: int) -> UsedChat | None:
        """A plain chat with a connection and a seen message, after which at least so many contacts were opened.

        One whose messages are known is taken last: it is of no use for tests that only read afterwards.
        """
        unread = self._take_first(lambda chat: chat.messages is None and self._is_old(chat, starts))
        return unread or self._take_first(lambda chat: self._is_old(chat, starts))

    def _take_first(self, fits: Callable[[UsedChat], bool]) -> UsedChat | None:
        with self._lock:
            plain = (each for each in self._idle if each[0] in (Kind.PLAIN, Kind.SEEDED))
            found = next((each for each in plain if each[1].contact_id in self.contacts.open and fits(each[1])), None)
            if found is None:
                return None
            self._idle.remove(found)
        self.contacts.use(found[1].contact_id)
        return found[1]

    def _is_old(self, chat: UsedChat, starts: int) -> bool:
        connected = len(chat.origin) > 1 and chat.seen is not None
        return connected and self.contacts.opened_since(chat.contact_id) >= starts

    @staticmethod
    def _fullest(idle: list[tuple[Kind, UsedChat]], kind: Kind) -> tuple[Kind, UsedChat] | None:
        of_kind = [each for each in idle if each[0] is kind]
        return max(of_kind, key=lambda each: (each[1].added, each[1].sent), default=None)

    def put(self, chat: UsedChat) -> None:
        """Take in a contact that nobody uses any more, or stop it where it is good for nothing.

        Where there are too many then, one is stopped.
        """
        kind = None if chat.is_full else self.kind_of(chat)
        if kind is None:
            self.contacts.release(chat.contact_id)
            return
        with self._lock:
            self.contacts.leased.add(chat.contact_id)
            self._idle.append((kind, chat))
            too_many = len(self._idle) > sum(map(self.room, Kind))
        if too_many:
            self.stop_one()

    def offer(self, start: Exchange) -> None:
        """Take in the contact that a successful call of `start` opened, where it is good for something."""
        started = UsedChat((as_evidence(start),))
        if self.kind_of(started) is not None:
            self.put(started)

    def stop_one(self) -> bool:
        """Stop the oldest contact of the kind that has most beyond its share. Whether there was any."""
        with self._lock:
            of_kind = Counter(kind for kind, _ in self._idle)
            most = max(of_kind, key=lambda kind: of_kind[kind] / kind.value, default=None)
            if most is None:
                return False
            oldest = next(each for each in self._idle if each[0] is most)
            self._idle.remove(oldest)
        self.contacts.release(oldest[1].contact_id)
        return True

    def room(self, kind: Kind) -> int:
        """How many contacts are the share of a kind."""
        return int(kind.value * self.contacts.most_open)

    def kind_of(self, chat: UsedChat) -> Kind | None:
        """What a contact is good for; None for one that another test might be surprised by."""
        start = chat.origin[0]
        more = self._beside_the_plainest(start)
        if more is None or not all(text_in(members_of(start), (name,)) for name in _IDENTIFIERS):
            return None
        if start.request.operation != CHAT:
            return None if more or chat.altered else Kind.CALL
        if not chat.altered and not more:
            return Kind.PLAIN if chat.messages is None else Kind.SEEDED
        if not chat.altered and more == {_TYPES: [*SUPPORTED]}:
            return Kind.TYPED
        return Kind.SPENDABLE if more.keys() <= _ANY_TO_BE_SPENT else None

    def _beside_the_plainest(self, start: Exchange) -> dict[str, Any] | None:
        """What a start asked for beside the plainest and what makes no difference later; None in another instance."""
        asked = json_members(start)
        ids = {"InstanceId": self.given["instance_id"], "ContactFlowId": self.given["contact_flow_id"]}
        if any(asked.get(name) != value for name, value in ids.items()):
            return None
        plainest = {**PLAIN_START, **ids}
        more = {name: value for name, value in asked.items() if plainest.get(name) != value}
        return {name: value for name, value in more.items() if not _is_harmless(name, value)}

    def empty(self) -> None:
        """Stop every contact here."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, chat in idle:
            self.contacts.release(chat.contact_id)


def _is_harmless(name: str, value: object) -> bool:
    """Whether a member of a start makes no difference to who uses the contact later."""
    connections = name == "ConnectionTypes" and isinstance(value, list) and all(each in _CONNECTIONS for each in value)
    return connections or name in ("ClientToken", "InitialMessage")


CHAT = "StartChatContact"
_TYPES = "SupportedMessagingContentTypes"
_CONNECTIONS = ("WEBSOCKET", "CONNECTION_CREDENTIALS")
_ANY_TO_BE_SPENT = {_TYPES, "Attributes", "CustomerId", "ParticipantDetails", "RelatedContactId"}
_IDENTIFIERS = ("ContactId", "ParticipantId", "ParticipantToken")


def members_of(exchange: Exchange) -> dict[str, Any]:
    """The members of a successful reply; none of any other."""
    response = exchange.response
    return dict(response.members) if response is not None and response.succeeded else {}


def json_members(exchange: Exchange) -> dict[str, Any]:
    """The members of a request's body; none where it is no JSON object."""
    try:
        body = json.loads(exchange.request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
