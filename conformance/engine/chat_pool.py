"""Chats that are open, plain and in nobody's use: a test that needs a chat, but not a new one, takes one of these.

Contacts are not free: each costs a start, a connection and a stop, and counts against a quota. A chat comes here from a
test that left it as a new one but for its messages, and is never in use by two tests at once. Who takes one has to
prove afterwards that it was alive (conformance.scenario.runner).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.operation_traits import PLAIN_START
from conformance.endpoint.contacts import Contacts
from conformance.wire import Exchange, as_evidence

MOST_SENT = 60  # messages, after which to read a whole transcript costs more than a new chat
MOST_UPLOADS = 25  # of the 35 attachments that a chat may hold
MOST_ADDED = 2  # of the six participants that a chat may have at once
MOST_IDLE = 10  # chats, fewer where a run may leave few open


@dataclass(frozen=True, slots=True)
class UsedChat:
    """A plain chat. `origin` are the calls that started it and, where it has a connection, connected to it.

    `sent` is how many messages, events and files it holds, `uploads` how many uploads were started in it, `added` how
    many participants joined its customer.
    """

    origin: tuple[Exchange, ...]
    sent: int = 0
    uploads: int = 0
    added: int = 0

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
        return replace(self, sent=sent, uploads=uploads, added=added)

    def unconnected(self) -> UsedChat:
        """The chat without its connection: its web socket was closed, or never opened, and its token may not do."""
        return replace(self, origin=self.origin[:1])


@dataclass(slots=True)
class ChatPool:
    """The chats in nobody's use. `given` are the run's options."""

    contacts: Contacts
    given: Mapping[str, str | None]
    _idle: list[UsedChat] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, *, alone: bool = False) -> UsedChat | None:
        """The fullest chat, which is the taker's from now on; None where there is none.

        If `alone`, the fullest of those that nobody has joined.
        """
        with self._lock:
            self._idle = [chat for chat in self._idle if chat.contact_id in self.contacts.open]
            fitting = [chat for chat in self._idle if not (alone and chat.added)]
            if not fitting:
                return None
            fullest = max(fitting, key=lambda chat: (chat.added, chat.sent))
            self._idle.remove(fullest)
        self.contacts.use(fullest.contact_id)
        return fullest

    def put(self, chat: UsedChat) -> None:
        """Take in a chat that nobody uses any more, or stop its contact where it is full or there are enough."""
        if chat.is_full or not self.is_plain(chat.origin[0]) or not self._keeps(chat):
            self.contacts.release(chat.contact_id)

    def offer(self, start: Exchange) -> None:
        """Take in the chat that a successful StartChatContact started, where it is plain and there is room."""
        if len(self._idle) < self.room and self.is_plain(start):
            self.put(UsedChat((as_evidence(start),)))

    def _keeps(self, chat: UsedChat) -> bool:
        """Keep `chat` where there is room. Whether there was."""
        with self._lock:
            if len(self._idle) >= self.room:
                return False
            self.contacts.leased.add(chat.contact_id)
            self._idle.append(chat)
            return True

    @property
    def room(self) -> int:
        """How many chats may be here at once."""
        return min(MOST_IDLE, self.contacts.most_open // 2)

    def is_plain(self, start: Exchange) -> bool:
        """Whether a successful StartChatContact started a chat like the plainest one but for a first message."""
        asked = {name: value for name, value in json_members(start).items() if name not in _HARMLESS}
        ids = {"InstanceId": self.given["instance_id"], "ContactFlowId": self.given["contact_flow_id"]}
        complete = all(isinstance(members_of(start).get(name), str) for name in _IDENTIFIERS)
        return complete and asked == {**PLAIN_START, **ids}

    def empty(self) -> None:
        """Stop every chat here."""
        with self._lock:
            idle, self._idle = self._idle, []
        for chat in idle:
            self.contacts.release(chat.contact_id)


_HARMLESS = ("ClientToken", "InitialMessage")
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
