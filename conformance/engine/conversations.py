"""Which conversation a request goes to: a shared one, or a separate one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.limits import ATTACHMENTS
from conformance.endpoint.contacts import Contacts
from conformance.endpoint.conversation import Calls, Conversation
from conformance.engine.chat_pool import ChatPool
from conformance.engine.polling import Polling
from strategies.examples import resource_names

UPLOADS_PER_CHAT = ATTACHMENTS - 5  # below what a chat may hold


@dataclass(slots=True)
class Conversations:
    """Hands out conversations. Contacts are not free, so requests that change nothing share one.

    `invented` are the options whose values in `given` are the suite's own.
    """

    calls: Calls
    contacts: Contacts
    given: Mapping[str, str | None]
    polling: Polling
    invented: frozenset[str] = frozenset()
    pool: ChatPool = field(init=False)
    _spendable: dict[str, Conversation] = field(default_factory=dict)
    _shared: Conversation | None = None
    _before_scenario: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.pool = ChatPool(self.contacts, self.given)

    def shared(self) -> Conversation:
        """The conversation for requests that leave it as it is."""
        if self._shared is not None and self._shared.uploads >= UPLOADS_PER_CHAT:
            self.discard()
        if self._shared is None:
            self._shared = self._another()
        return self._shared

    def _another(self) -> Conversation:
        return Conversation(self.calls, self.contacts, self.given, self.polling.until)

    def made_up(self, arguments: Mapping[str, Any]) -> list[str]:
        """The options whose values `arguments` contain and the suite invented."""
        named = {"--" + name.replace("_", "-") for name in resource_names(arguments)}
        return sorted(self.invented & named)

    def discard(self) -> None:
        """Give up the shared conversation: something used it up or broke it."""
        if self._shared is not None:
            shared, self._shared = self._shared, None
            shared.close()

    def tidy(self) -> None:
        """Between tests: stop what nobody holds where more contacts are open than may be, then the shared one too."""
        self.contacts.tidy()
        if self.contacts.too_many:
            self.pool.empty()
            self._close_spendable()
        if self.contacts.too_many:
            self.discard()

    def begin_scenario(self) -> None:
        """From now on a test holds contacts that it has not leased."""
        self._before_scenario = frozenset(self.contacts.open)

    def end_scenario(self) -> None:
        """Nobody holds a contact that is not leased, and there are as few as there should be."""
        self._before_scenario = None
        self.tidy()

    def make_room(self) -> bool:
        """Stop what nobody uses, for the account holds its most contacts, and keep fewer open from now on.

        What a scenario has started since it began stays. Returns whether anything was stopped.
        """
        contacts, before = self.contacts, len(self.contacts.open)
        if self.given.get("probe_limits"):
            return False
        loose = set(contacts.open) if self._before_scenario is None else self._before_scenario & contacts.open.keys()
        contacts.most_open = max(1, min(contacts.most_open, before // 2))
        for contact in loose - contacts.leased - contacts.unstoppable:
            contacts.stop(contact)
        self.pool.empty()
        self._close_spendable()
        return len(contacts.open) < before

    def _close_spendable(self) -> None:
        spendable, self._spendable = self._spendable, {}
        for conversation in spendable.values():
            conversation.close()

    @contextmanager
    def own(self) -> Iterator[Conversation]:
        """A conversation of the caller's own, closed afterwards."""
        conversation = self._another()
        try:
            yield conversation
        finally:
            conversation.close()

    @contextmanager
    def spendable(self, name: str, times: int) -> Iterator[Conversation]:
        """A conversation that `times` successes of operation `name` use up; the next call goes on with it until then.

        Whatever is raised inside ends it, too: it may have been at fault.
        """
        conversation = self._spendable.pop(name, None) or self._from_pool()
        try:
            yield conversation
        except BaseException:
            conversation.close()
            raise
        if conversation.spent >= times:
            conversation.close()
        else:
            self._spendable[name] = conversation

    def _from_pool(self) -> Conversation:
        conversation, used = self._another(), self.pool.take()
        if used is not None:
            conversation.adopt(*used.origin)
        return conversation

    @contextmanager
    def fitting(self, name: str, spends: int) -> Iterator[Conversation]:
        """The conversation for a call of operation `name`: the shared one, or a spendable one if `spends`."""
        if spends:
            with self.spendable(name, spends) as conversation:
                yield conversation
        else:
            yield self.shared()

    @contextmanager
    def own_or_shared(self, *, own: bool) -> Iterator[Conversation]:
        """A conversation of the caller's own, or the shared one."""
        if own:
            with self.own() as conversation:
                yield conversation
        else:
            yield self.shared()

    def close(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Stop whatever is still open, for as long as `go_on` says so."""
        self._shared = None
        self.contacts.stop_all(go_on)
