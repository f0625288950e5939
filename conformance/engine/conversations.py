"""Which conversation a request goes to: a shared one, or a separate one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.contract.limits import ATTACHMENTS
from conformance.endpoint.contacts import Contacts
from conformance.endpoint.conversation import Calls, Conversation
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
    _shared: Conversation | None = None

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
            self.discard()

    @contextmanager
    def own(self) -> Iterator[Conversation]:
        """A conversation of the caller's own, closed afterwards."""
        conversation = self._another()
        try:
            yield conversation
        finally:
            conversation.close()

    @contextmanager
    def fitting(self, *, own: bool) -> Iterator[Conversation]:
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
