"""The contacts that a run opens: counted, capped, and stopped again whatever happens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.contract.model import operation
from conformance.contract.operation_traits import STARTING
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import NOT_FOUND, is_unrouted
from conformance.endpoint.running_tests import RunningTest, current

Send = Callable[[Request], Exchange]

_GONE = 410
_FORBIDDING = (401, 403)
_CONVINCING, _SELDOM = 3, 10
_SEVERAL = 2  # contacts


@dataclass(slots=True)
class Contacts:
    """Knows every contact that a successful start call returned.

    `end` has a contact, of an instance, ended, and says whether it is over; `instance_id` is the instance they were
    started in unless their request named another.
    `most_open` is how many may stay open between tests. `journal` receives each contact before it is used, `ended`
    of each that is over. `most_at_once` is how many were open at most. `open` are contacts with their instances,
    `unstoppable` those of them that the endpoint has not stopped when it was asked to, `spared` those that go last.
    """

    end: Callable[[str, str], bool]
    instance_id: str
    most_open: int
    journal: ContactJournal | None = None
    ended: Callable[[str], None] = lambda _: None
    opened: int = 0
    closed: int = 0
    most_at_once: int = 0
    open: dict[str, str] = field(default_factory=dict)
    leased: set[str] = field(default_factory=set)
    unstoppable: set[str] = field(default_factory=set)
    spared: set[str] = field(default_factory=set)
    _known: dict[str, int] = field(default_factory=dict)  # how many were opened when each was
    _tokens: dict[str, str | None] = field(default_factory=dict)  # the ClientToken by which each was first returned
    _returned: dict[str, set[str]] = field(default_factory=dict)  # the contacts that starts of each operation returned
    _users: dict[str, RunningTest] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, exchange: Exchange) -> None:
        """Take note of the contact that `exchange` started or stopped, if any."""
        contact = contact_of_start(exchange)
        if contact is not None:
            self._note(contact, instance_of(exchange.request) or self.instance_id)
            self._tokens.setdefault(contact, _member_of(exchange.request, "ClientToken"))
            self._returned.setdefault(exchange.request.operation, set()).add(contact)
        elif (contact := contact_of_stop(exchange)) is not None:
            self._forget(contact)

    def require_new(self, start: Exchange) -> None:
        """Raise SetupFailed where another start, by its ClientToken, has returned the contact of `start` before.

        Its endpoint takes one start for another. Whoever went on would share a chat without knowing it. An endpoint
        that returns one and the same contact to all starts is a mock that has no other, and is judged by that one.
        """
        contact, token = contact_of_start(start), _member_of(start.request, "ClientToken")
        if len(self._returned.get(start.request.operation, ())) < _SEVERAL:
            return
        if contact is not None and self._tokens.get(contact, token) != token:
            raise SetupFailed(
                f"{start.request.operation} returned contact {contact}, which another start had returned "
                "before: there is no chat of its own to go on with",
                start,
            )

    def add(self, contact: str) -> None:
        """Take note of a contact that the user's own back end started."""
        self._note(contact, self.instance_id)

    def _note(self, contact: str, instance: str) -> None:
        with self._lock:  # replies of concurrent duplicates arrive on their own threads
            if contact in self._known:  # a start that is repeated later returns a contact that may be over
                return
            self._users[contact] = current()
            self.open[contact] = instance
            self.opened += 1
            self._known[contact] = self.opened
            self.most_at_once = max(self.most_at_once, len(self.open))
        if self.journal is not None:
            self.journal.write_open(contact, instance)

    def _forget(self, contact: str) -> None:
        with self._lock:
            if self.open.pop(contact, None) is None:
                return
            self.closed += 1
            self.unstoppable.discard(contact)
            self.spared.discard(contact)
            self._users.pop(contact, None)
        if self.journal is not None:
            self.journal.write_over(contact)
        self.ended(contact)

    def stop(self, contact: str) -> bool:
        """Stop a contact. Returns False if the endpoint did not confirm that the contact has ended."""
        stopped = self.end(contact, self.open.get(contact, self.instance_id))
        self.leased.discard(contact)
        if stopped:
            self._forget(contact)
        elif contact in self.open:
            self.unstoppable.add(contact)
        return stopped

    def release(self, contact: str) -> None:
        """Stop a contact that was held, unless it was stopped already."""
        self.leased.discard(contact)
        if contact in self.open:
            self.stop(contact)

    def sweep(self) -> None:
        """Stop every contact that no conversation holds, but for the spared and those that could not be stopped."""
        for contact in self.loose():
            if contact not in self.spared:
                self.stop(contact)

    def opened_since(self, contact: str) -> int:
        """How many contacts were opened after this one."""
        return self.opened - self._known[contact]

    def use(self, contact: str) -> None:
        """Take note that the test at work goes on with a contact that another one may have started."""
        self._users[contact] = current()

    def loose(self) -> list[str]:
        """The open contacts that no conversation holds and no other test at work uses."""
        held = self.leased | self.unstoppable
        return [contact for contact in list(self.open) if contact not in held and not self._is_in_use(contact)]

    def _is_in_use(self, contact: str) -> bool:
        user = self._users.get(contact)
        return user is not None and user.at_work and user is not current()

    def tidy(self, stop_one: Callable[[], bool] = lambda: False) -> None:
        """Stop every contact that no conversation holds once more than `most_open` are open.

        Where that does not suffice, `stop_one` is asked to stop one contact after the other, until it returns False;
        then the spared ones are stopped.
        """
        if self.too_many:
            self.sweep()
        while self.too_many and stop_one():
            pass
        for contact in self.spared & set(self.loose()):
            if self.too_many:
                self.stop(contact)

    @property
    def too_many(self) -> bool:
        """Whether more are open than may stay so between tests.

        Those that cannot be stopped are left out, and those that another test uses at this time.
        """
        counted = [contact for contact in list(self.open) if contact not in self.unstoppable]
        if len(counted) <= self.most_open:  # then it does not matter who uses them
            return False
        return sum(not self._is_in_use(contact) for contact in counted) > self.most_open

    def stop_all(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Stop every contact that is still open, each tried once more, for as long as `go_on` says so."""
        for contact in list(self.open):
            if go_on():
                self.stop(contact)

    @property
    def leaked(self) -> int:
        """How many contacts could not be stopped."""
        return len(self.open)


@dataclass(slots=True)
class StopContactCalls:
    """Ends contacts by StopContact, which is sent by `send`; whether the endpoint says that the contact is over.

    After three replies in a row by which a router says that it does not know the operation, or which forbid it, only
    each tenth contact is stopped so: the three may have been over, and the replies may have lacked an error's name.
    """

    send: Send
    _works: bool = False
    _refused: int = 0

    def __call__(self, contact: str, instance: str) -> bool:
        """Ask for the end of `contact`, which was started in `instance`."""
        if self._refused >= _CONVINCING and self._refused % _SELDOM:
            self._refused += 1
            return False
        stop = operation("StopContact")
        response = self.send(to_request(stop, {"InstanceId": instance, "ContactId": contact})).response
        if response is None:
            return False
        if not self._works and (is_unrouted(stop, response) or response.status in _FORBIDDING):
            self._refused += 1
            return False
        self._works, self._refused = self._works or response.succeeded, 0
        return response.succeeded or is_over(response)


def contact_of_start(exchange: Exchange) -> str | None:
    """The contact that a successful start call returned, or None."""
    response = exchange.response
    if response is None or not response.succeeded or exchange.request.operation not in STARTING:
        return None
    contact = response.members.get("ContactId")
    return contact if isinstance(contact, str) and contact else None


def contact_of_stop(exchange: Exchange) -> str | None:
    """The contact that a successful StopContact named, or None."""
    response = exchange.response
    if response is None or not response.succeeded or exchange.request.operation != "StopContact":
        return None
    return _member_of(exchange.request, "ContactId")


def instance_of(request: Request) -> str | None:
    """The instance that a start call names, or None where its body is no JSON object that names one."""
    return _member_of(request, "InstanceId")


def _member_of(request: Request, member: str) -> str | None:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    named = body.get(member) if isinstance(body, dict) else None
    return named if isinstance(named, str) else None


def is_over(response: Response) -> bool:
    """Whether a reply to StopContact says that the contact has ended before (410, or not found)."""
    return response.status in (NOT_FOUND, _GONE)
