"""Chats of an endpoint that has the Participant Service alone: the user's own back end starts them.

The back end is a command, run anew for each chat, or a URL, asked by POST. Either gives one JSON object with ContactId,
ParticipantId and ParticipantToken. What it gives is never shown or written down: it holds a token. Such a chat ends
when its customer leaves, for there is no StopContact.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.checks.diagnosis.bodies import text_in
from conformance.checks.diagnosis.failures import cause_of_failure
from conformance.contract.model import CONNECT, operation
from conformance.contract.wire import BACK_END, Exchange, Request, to_request
from conformance.endpoint.budget import Budget
from conformance.endpoint.hosts import host_of, is_own
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import FORBIDDEN, is_unrouted
from conformance.endpoint.settings import Settings
from conformance.endpoint.transport import Transport, address_of
from conformance.endpoint.user_commands import NotRun, output_of

COMMAND_SECONDS = 30.0  # how long the command may take for one chat
MEMBERS = ("ContactId", "ParticipantId", "ParticipantToken")
_START = Request(BACK_END, "POST", "")  # stands for each start in the journal
_OVER = (FORBIDDEN, 404, 410)  # statuses by which an endpoint says that the customer, or the chat, is gone
_ADVICE = f"have it give one JSON object with {', '.join(MEMBERS[:-1])} and {MEMBERS[-1]}"

Send = Callable[[Request], Exchange]


class NotStarted(SetupFailed):
    """The back end started no chat, and said so or could not be asked. Its text says which and what to do."""


class Source(Protocol):
    """Where chats come from."""

    def __call__(self) -> str:
        """Start a chat and return the text that describes it. Raises NotStarted; SetupFailed if that is unknown."""


@dataclass(frozen=True, slots=True)
class Command:
    """The user's command, split as a shell would and run without one."""

    command: str

    def __call__(self) -> str:
        """What the command prints."""
        try:
            return output_of("--start-chat", shlex.split(self.command), COMMAND_SECONDS, late="have it start one chat")
        except NotRun as wrong:
            raise NotStarted(wrong.reason) from wrong
        except ValueError as wrong:
            raise NotStarted(f"the --start-chat command cannot be run ({wrong}): correct it") from wrong


@dataclass(frozen=True, slots=True)
class Url:
    """The user's URL, asked by POST with an empty body. The headers of `settings` go there if the host is its own."""

    settings: Settings
    url: str

    def __call__(self) -> str:
        """The body of the reply."""
        address = address_of(self.url)
        own = self.settings.headers if is_own(self.settings, host_of(self.url)) else ()
        headers = (("Host", address.host), ("Accept", "application/json"), ("Content-Length", "0"), *own)
        transport = Transport(timeout=self.settings.timeout, ca_bundle=self.settings.ca_bundle)
        try:
            attempt = transport.attempt(address, "" if address.base else "/")
            reply, failure = transport.carry(attempt, address, "POST", headers, b"")
        finally:
            transport.close()
        if reply is None:
            raise SetupFailed(f"--start-chat-url gave no reply: {cause_of_failure(failure or '', '--start-chat-url')}")
        if not reply.succeeded:
            raise NotStarted(f"--start-chat-url answered {reply.status}: correct the URL or what answers there")
        return reply.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class GivenChat:
    """A chat that the user's own back end has started."""

    contact_id: str
    participant_id: str
    participant_token: str = field(repr=False)


@dataclass(slots=True)
class BackEnd:
    """Starts chats by `source` within the run's `budget`, writes them down in its `journal`, and ends them by `send`.

    `option` is the one that names the back end. `started` is called with each new contact.
    """

    option: str
    source: Source
    send: Send
    budget: Budget
    journal: ContactJournal
    started: Callable[[str], None] = lambda _: None
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def start(self) -> GivenChat:
        """Start a chat. Raises SetupFailed where none came of it, BudgetSpent where the run may start no more."""
        self.budget.spend(BACK_END)
        self.journal.starting(_START)
        try:
            chat = _chat_of(self.option, self.source())
        except NotStarted:
            self.budget.settle(None)
            self.journal.write_outcome(_START)
            raise
        self.budget.settle(chat.contact_id)
        self.journal.write_outcome(_START)
        if chat.contact_id in self._tokens:
            reason = (
                f"{self.option} gave the contact {chat.contact_id} a second time: have it start a new chat each time"
            )
            raise SetupFailed(reason)
        self._tokens[chat.contact_id] = chat.participant_token
        self.started(chat.contact_id)
        return chat

    def end(self, contact: str, _: str) -> bool:
        """Have the customer of `contact` leave by a new connection. Whether the endpoint says that the chat is over."""
        connecting = {"ParticipantToken": self._tokens[contact], "Type": ["CONNECTION_CREDENTIALS"]}
        connected = self.send(to_request(operation("CreateParticipantConnection"), connecting)).response
        token = None if connected is None else text_in(connected.members, ("ConnectionCredentials", "ConnectionToken"))
        if connected is None or not connected.succeeded or token is None:
            return connected is not None and connected.status in _OVER
        leaving = operation("DisconnectParticipant")
        left = self.send(to_request(leaving, {"ConnectionToken": token})).response
        if left is None or is_unrouted(leaving, left):
            return False
        return left.succeeded or left.status in _OVER


def _chat_of(option: str, output: str) -> GivenChat:
    """The chat that the command printed as `output`. Raises SetupFailed, which shows nothing of it."""
    try:
        document = json.loads(output)
    except (ValueError, RecursionError) as wrong:
        raise SetupFailed(f"{option} gave no JSON: {_ADVICE}") from wrong
    members = document if isinstance(document, dict) else {}
    lacking = [name for name in MEMBERS if not isinstance(members.get(name), str) or not members[name]]
    if lacking:
        raise SetupFailed(f"{option} gave no {' and no '.join(lacking)}: {_ADVICE}")
    return GivenChat(*(members[name] for name in MEMBERS))


def named_back_end(settings: Settings) -> dict[str, Any] | None:
    """The back end as plain data: the words of its command, or its URL; None without one."""
    if settings.absent != CONNECT:
        return None
    command = shlex.split(settings.start_chat) if settings.start_chat else None
    return {"command": command, "url": settings.start_chat_url}


def back_end_of(settings: Settings, send: Send, budget: Budget, journal: ContactJournal) -> BackEnd | None:
    """The back end that the settings name; None where chats are started by StartChatContact."""
    if settings.start_chat is not None:
        return BackEnd("--start-chat", Command(settings.start_chat), send, budget, journal)
    if settings.start_chat_url is not None:
        return BackEnd("--start-chat-url", Url(settings, settings.start_chat_url), send, budget, journal)
    return None
