"""Which conversation a request goes to: a shared one, or a separate one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conformance.contract.limits import ATTACHMENTS
from conformance.contract.operation_traits import TRAITS
from conformance.contract.resources import CLIENT_TOKEN, resource_names
from conformance.contract.wire import Exchange, Request, Response, as_evidence
from conformance.endpoint.chat_member import ChatMember
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.contacts import Contacts, contact_of_start
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.preconditions import MissingOption, NoRoom, SetupFailed
from conformance.endpoint.running_tests import PerTest, current
from conformance.engine.chat_pool import CHAT, ChatPool, Kind
from conformance.engine.polling import Polling
from conformance.engine.replicas import Replicas

Found = TypeVar("Found")
UPLOADS_PER_CHAT = ATTACHMENTS - 5  # below what a chat may hold
KEPT_TO_END = 4  # chats that are no plain ones, for calls that end one


@dataclass(slots=True)
class _Own:
    """What one test has: its shared conversation, and the contacts that were open before its scenario.

    `discarded` says that one was at fault, so that the next is to be a new one.
    """

    shared: ChatResources | None = None
    discarded: bool = False
    before_scenario: frozenset[str] | None = None


@dataclass(slots=True)
class Conversations:
    """Hands out conversations. Contacts are not free, so requests that change nothing share one. Thread-safe.

    No conversation is in use by two tests at once. One that a test leaves is the next one's.
    `invented` are the options whose values in `given` are the suite's own.
    """

    calls: Endpoint
    contacts: Contacts
    given: Mapping[str, str | None]
    polling: Polling
    invented: frozenset[str] = frozenset()
    replicas: Replicas = field(default_factory=Replicas)
    pool: ChatPool = field(init=False)
    _used: list[ChatResources] = field(default_factory=list)
    _left: list[ChatResources] = field(default_factory=list)
    _per_test: PerTest[_Own] = field(default_factory=lambda: PerTest(_Own))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.pool = ChatPool(self.contacts, self.given)

    def shared_conversation(self) -> ChatResources:
        """The conversation for requests that leave it as it is."""
        own = self._per_test.own
        if own.shared is not None and own.shared.uploads >= UPLOADS_PER_CHAT:
            self.discard()
        if own.shared is None:
            own.shared = (None if own.discarded else self._take(self._left)) or ChatResources(self)
        return own.shared

    def _take(self, left: list[ChatResources]) -> ChatResources | None:
        """The last of `left`, which is the caller's from now on; None where there is none."""
        with self._lock:
            conversation = left.pop() if left else None
        for contact in conversation.contacts if conversation is not None else ():
            self.contacts.use(contact)
        return conversation

    @property
    def joins(self) -> bool:
        """Whether a chat begins only with its customer's first web socket."""
        return self.calls.joins

    def send(self, request: Request) -> Exchange:
        """Make one call of an operation. Raises SetupFailed when the run may send no more."""
        return self.calls.send(request)

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned. Raises SetupFailed when the call is not allowed or fails."""
        return self.calls.fetch(method, url, headers, content)

    def join(self, connected: Mapping[str, Any]) -> None:
        """Where a chat begins with that, open and close the web socket of a CreateParticipantConnection reply."""
        self.calls.join(connected)

    def option(self, name: str) -> str:
        """What the run's option gives for `name` (instance_id, view_token, ...). Raises MissingOption without it."""
        value = self.given.get(name)
        if value is None:
            raise MissingOption("--" + name.replace("_", "-"))
        return value

    def until(self, look: Callable[[], Found | None]) -> Found | None:
        """The result of `look`, called until it is not None or the time for such a wait is over."""
        return self.polling.until(look)

    def new_chat(self) -> ChatMember[Conversations]:
        """The customer of a new plain chat. Raises SetupFailed where none can be started."""
        given = self.calls.given_chat()
        if given is not None:
            self.keep_open(given.contact_id)
            return ChatMember(self, given.contact_id, given.participant_id, given.participant_token)
        return ChatMember.of(self, ChatResources(self).perform("StartChatContact", ClientToken=CLIENT_TOKEN))

    def settle(self, look: Callable[[], bool | None], since: float) -> None:
        """Wait until no replica of the endpoint lacks what `look` has seen, which was sent at `since`."""
        self.replicas.confirm(look, since, self.calls.quiet.alone, self.until)

    def require_new(self, start: Exchange) -> None:
        """Raise SetupFailed where another start, by its ClientToken, has returned the contact of `start` before."""
        self.contacts.require_new(start)

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open until it is released."""
        self.contacts.leased.add(contact_id)

    def release(self, contact_id: str) -> None:
        """Stop a contact that is needed no more."""
        self.contacts.release(contact_id)

    def invented_options(self, arguments: Mapping[str, Any]) -> list[str]:
        """The options whose values `arguments` contain and the suite invented."""
        named = {"--" + name.replace("_", "-") for name in resource_names(arguments)}
        return sorted(self.invented & named)

    def discard(self) -> None:
        """Give up the shared conversation: something used it up or broke it."""
        own = self._per_test.own
        if own.shared is not None:
            shared, own.shared, own.discarded = own.shared, None, True
            shared.close()

    def leave(self) -> None:
        """At the end of a test: leave its conversation to others, and as few contacts as there should be."""
        own = self._per_test.own
        if own.shared is not None:
            with self._lock:
                self._left.append(own.shared)
            own.shared = None
        self.tidy()

    def tidy(self) -> None:
        """Between tests, where too many contacts are open: stop those that no test holds, then shared ones too."""
        self.contacts.tidy(self.pool.stop_one)
        if self.contacts.too_many:
            self._close_used()
        if self.contacts.too_many:
            self.discard()
            self._close_left()

    def begin_scenario(self) -> None:
        """From now on a test holds contacts that it has not leased."""
        self._per_test.own.before_scenario = frozenset(self.contacts.open)

    def end_scenario(self) -> None:
        """Nobody holds a contact that is not leased, and there are as few as there should be."""
        self._per_test.own.before_scenario = None
        self.tidy()

    def make_room(self) -> bool:
        """Stop what nobody uses, for the account holds its most contacts, and keep fewer open from now on.

        What a scenario has started since it began stays. Returns whether anything was stopped. Raises NoRoom where
        nothing was, and other tests at work may hold what there is.
        """
        contacts, before = self.contacts, len(self.contacts.open)
        before_scenario = self._per_test.own.before_scenario
        if self.given.get("probe_limits"):
            return False
        contacts.most_open = max(1, min(contacts.most_open, before // 2))
        for contact in contacts.loose():
            if before_scenario is None or contact in before_scenario:
                contacts.stop(contact)
        self.pool.empty()
        self._close_used()
        self._close_left()
        made = len(contacts.open) < before
        if not made and current().others_run():
            raise NoRoom
        return made

    def _close_used(self) -> None:
        with self._lock:
            used, self._used = self._used, []
        for conversation in used:
            conversation.close()

    def _close_left(self) -> None:
        with self._lock:
            left, self._left = self._left, []
        for conversation in left:
            conversation.close()

    @contextmanager
    def own(self) -> Iterator[ChatResources]:
        """A conversation of the caller's own, closed afterwards."""
        conversation = ChatResources(self)
        try:
            yield conversation
        finally:
            conversation.close()

    @contextmanager
    def spendable(self, name: str, times: int) -> Iterator[ChatResources]:
        """A conversation that bears one more success of operation `name`, of which `times` use it up.

        Calls of other operations may have used it: what uses it up for one leaves it as it is for the others, until one
        ends it. Whatever is raised inside ends it, too: it may have been at fault.
        """
        conversation = self._bearing(name, times) or self._from_pool(name)
        try:
            yield conversation
        except BaseException:
            conversation.close()
            raise
        self._keep_used(conversation)

    def _bearing(self, name: str, times: int) -> ChatResources | None:
        """The most used conversation that bears a success of `name`, which is the caller's from now on."""
        with self._lock:
            fitting = [conversation for conversation in self._used if conversation.bears(name, times)]
            if not fitting:
                return None
            found = max(fitting, key=lambda each: (each.only_to_end, each.spent.total()))
            self._used = [each for each in self._used if each is not found]
        for contact in found.contacts:
            self.contacts.use(contact)
        return found

    def _keep_used(self, conversation: ChatResources) -> None:
        """Keep a conversation for the next call that it bears; stop it where it is over, or the oldest of too many."""
        if conversation.over:
            conversation.close()
            return
        with self._lock:
            self._used.append(conversation)
            oldest = self._used.pop(0) if len(self._used) > self.pool.room(Kind.PLAIN) else None
        if oldest is not None:
            oldest.close()

    def take_in(self, start: Exchange) -> None:
        """Keep the contact that a successful `start` opened: for what it is good for, any other chat to be ended.

        A start that is repeated returns the contact of the first one, which somebody may use by now.
        """
        contact = contact_of_start(start)
        if contact is None or contact in self.contacts.leased or contact not in self.contacts.open:
            return
        self.pool.offer(start)
        if start.request.operation != CHAT or contact in self.contacts.leased:
            return
        with self._lock:
            ending = sum(conversation.only_to_end for conversation in self._used)
        if ending >= KEPT_TO_END:
            return
        with suppress(SetupFailed):  # a reply without an identifier is judged as such
            conversation = ChatResources(self, ChatMember.of_used_chat(self, (as_evidence(start),)))
            conversation.only_to_end = True
            self._keep_used(conversation)

    def _from_pool(self, name: str) -> ChatResources:
        used = self.pool.take(Kind.SPENDABLE if TRAITS[name].ends else Kind.PLAIN)
        return ChatResources(self, ChatMember.of_used_chat(self, used.origin) if used is not None else None)

    @contextmanager
    def fitting(self, name: str, spends: int) -> Iterator[ChatResources]:
        """The conversation for a call of operation `name`: the shared one, or a spendable one if `spends`."""
        if spends:
            with self.spendable(name, spends) as conversation:
                yield conversation
        else:
            yield self.shared_conversation()

    @contextmanager
    def own_or_shared_conversation(self, *, own: bool) -> Iterator[ChatResources]:
        """A conversation of the caller's own, or the shared one."""
        if own:
            with self.own() as conversation:
                yield conversation
        else:
            yield self.shared_conversation()

    def close(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Stop whatever is still open, for as long as `go_on` says so."""
        self._per_test.own.shared = None
        self._left.clear()
        self.contacts.stop_all(go_on)
