"""The contacts that a run opens: counted, capped, and stopped again whatever happens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.contract.model import operation
from conformance.endpoint.budget import STARTING
from conformance.wire import Exchange, Request, to_request

Send = Callable[[Request], Exchange]


@dataclass(slots=True)
class Contacts:
    """Knows every contact that a successful start call returned.

    `send` asks the endpoint; `instance_id` is the instance they were started in unless their request named another.
    `most_open` is how many may stay open between tests.
    """

    send: Send
    instance_id: str
    most_open: int
    opened: int = 0
    closed: int = 0
    open: dict[str, str] = field(default_factory=dict)
    leased: set[str] = field(default_factory=set)
    unstoppable: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, exchange: Exchange) -> None:
        """Take note of the contact that `exchange` started or stopped, if any."""
        contact = started_by(exchange)
        if contact is not None:
            self._note(contact, instance_of(exchange.request) or self.instance_id)
        elif (contact := stopped_by(exchange)) is not None:
            self._forget(contact)

    def _forget(self, contact: str) -> None:
        with self._lock:
            if self.open.pop(contact, None) is not None:
                self.closed += 1

    def _note(self, contact: str, instance: str) -> None:
        with self._lock:  # replies of concurrent duplicates arrive on their own threads
            if contact not in self.open:
                self.open[contact] = instance
                self.opened += 1

    def stop(self, contact: str) -> bool:
        """Stop a contact. False when the endpoint did not say that it is over."""
        instance = self.open.pop(contact, self.instance_id)
        exchange = self.send(to_request(operation("StopContact"), {"InstanceId": instance, "ContactId": contact}))
        self.leased.discard(contact)
        stopped = exchange.response is not None and (exchange.response.succeeded or is_over(exchange))
        if stopped:
            self.closed += 1
        else:
            self.unstoppable.add(contact)
        return stopped

    def release(self, contact: str) -> None:
        """Stop a contact that was held, unless it was stopped already."""
        self.leased.discard(contact)
        if contact in self.open:
            self.stop(contact)

    def sweep(self) -> None:
        """Stop every contact that no conversation holds."""
        for contact in [c for c in self.open if c not in self.leased]:
            self.stop(contact)

    def tidy(self) -> None:
        """Stop every contact that no conversation holds once more than `most_open` are open."""
        if len(self.open) > self.most_open:
            self.sweep()

    def stop_all(self) -> None:
        """Stop every contact that is still open."""
        for contact in list(self.open):
            self.stop(contact)

    @property
    def leaked(self) -> int:
        """How many contacts could not be stopped."""
        return len(self.unstoppable) + len(self.open)


def started_by(exchange: Exchange) -> str | None:
    """The contact that a successful start call returned, or None."""
    response = exchange.response
    if response is None or not response.succeeded or exchange.request.operation not in STARTING:
        return None
    contact = response.members.get("ContactId")
    return contact if isinstance(contact, str) and contact else None


def stopped_by(exchange: Exchange) -> str | None:
    """The contact that a successful StopContact named, or None."""
    response = exchange.response
    if response is None or not response.succeeded or exchange.request.operation != "StopContact":
        return None
    return _named(exchange.request, "ContactId")


def ended_by(exchange: Exchange) -> str | None:
    """The contact of a StopContact call that the endpoint stopped, or says is over or unknown; None of any other."""
    if exchange.request.operation != "StopContact" or exchange.response is None:
        return None
    return _named(exchange.request, "ContactId") if exchange.response.succeeded or is_over(exchange) else None


def instance_of(request: Request) -> str | None:
    """The instance that a start call names, or None where its body is no JSON object that names one."""
    return _named(request, "InstanceId")


def _named(request: Request, member: str) -> str | None:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    named = body.get(member) if isinstance(body, dict) else None
    return named if isinstance(named, str) else None


def is_over(exchange: Exchange) -> bool:
    """Whether the endpoint says that the contact of a StopContact call has ended before (410, or not found)."""
    return exchange.response is not None and exchange.response.status in (404, 410)
