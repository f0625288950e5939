"""The calls of a scenario, each kept as evidence, and the waits between them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

from conformance.contract.model import operation
from conformance.contract.operation_traits import TRAITS
from conformance.contract.resources import CLIENT_TOKEN, fill_in
from conformance.contract.wire import SIGNED_URL, Exchange, Request, Response, as_evidence, to_request
from conformance.endpoint.chat_member import ChatMember
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.connections import HangUp
from conformance.endpoint.local_time import local_time
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.endpoint.probe import Standing
from conformance.endpoint.running_tests import bind_context
from conformance.endpoint.sockets import Socket
from conformance.engine.replicas import Replicas
from conformance.engine.verifier import Verifier

Found = TypeVar("Found")
Result = TypeVar("Result")


@dataclass(slots=True)
class ScenarioCalls(ABC):
    """What the participants of a scenario call by: `exchanges` are its calls so far, `sockets` the web sockets opened.

    A `replay` only checks whether a violation appears again, and waits no longer than for that.
    """

    verifier: Verifier
    replay: bool = field(default=False, kw_only=True)
    exchanges: list[Exchange] = field(default_factory=list, kw_only=True)
    sockets: int = field(default=0, kw_only=True)
    _open: ExitStack = field(default_factory=ExitStack, kw_only=True)

    @abstractmethod
    def new_chat(self) -> ChatMember[Any]:
        """The customer of a new plain chat. Raises SetupFailed where none can be started."""

    @abstractmethod
    def chat(self, *, alone: bool = False) -> ChatMember[Any]:
        """The customer of a plain chat, which others may have used. Raises SetupFailed where none can be started."""

    @abstractmethod
    def require_new(self, start: Exchange) -> None:
        """Raise SetupFailed where another start, by its ClientToken, has returned the contact of `start` before."""

    @abstractmethod
    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open as long as the scenario, and stop it then."""

    @abstractmethod
    def note_sent(self, request: Request) -> None:
        """Take note that `request` was sent."""

    def option(self, name: str) -> str:
        """What the run's option gives for `name` (instance_id, view_token, ...). Raises MissingOption without it."""
        return self.verifier.conversations.option(name)

    def call(self, name: str, arguments: Mapping[str, Any], *, signed: bool | None = None) -> Exchange:
        """Make one call and add it to the scenario. `signed` None signs as the operation documents it."""
        return self.send(to_request(operation(name), arguments), signed=signed)

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:
        """Send a request unchanged and add it to the scenario."""
        exchange = self.verifier.conversations.calls.send(request, signed=signed)
        self.exchanges.append(as_evidence(exchange))
        self.note_sent(request)
        return exchange

    def quiet(self) -> AbstractContextManager[None]:
        """Make the calls inside with no call of another test between them (--in-flight). Nothing is judged inside."""
        return self.verifier.conversations.calls.quiet.alone()

    def lose_reply(self, request: Request, when: HangUp = HangUp.DURING_REPLY) -> Exchange:
        """Deliver a request and close the connection before its reply is read."""
        exchange = self.verifier.conversations.calls.send_and_hang_up(request, when)
        self.exchanges.append(as_evidence(exchange))
        self.note_sent(request)
        return exchange

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned; it is added to the scenario.

        Raises SetupFailed when it may not or cannot be asked.
        """
        began = local_time()
        response = self.verifier.conversations.calls.fetch(method, url, headers, content)
        request = Request(SIGNED_URL, method, url, tuple(headers.items()), content)
        self.exchanges.append(as_evidence(Exchange(request, response, began, local_time() - began)))
        return response

    @property
    def joins(self) -> bool:
        """Whether a chat begins only with its customer's first web socket."""
        return self.verifier.conversations.joins

    def join(self, connected: Mapping[str, Any]) -> None:
        """Where a chat begins with that, open and close the web socket of a CreateParticipantConnection reply."""
        self.verifier.conversations.join(connected)

    def open_socket(self, url: str) -> Socket:
        """Open a web socket at a returned URL; it closes with the scenario. `failure` says why it did not open.

        Raises SetupFailed for a host that the run may not follow.
        """
        opened = self.verifier.conversations.calls.open_socket(url)
        self.sockets += 1
        self._open.callback(opened.close)
        return opened

    def at_once(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """Make up to 16 calls at the same time and wait for all."""
        start = Barrier(len(calls))

        def together(call: Callable[[], Result]) -> Result:
            start.wait()
            return call()

        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            made = [pool.submit(bind_context(partial(together, call))) for call in calls]
            return [each.result() for each in made]

    def need(self, exchange: Exchange, what: str = "") -> Mapping[str, Any]:
        """The members of a reply that the scenario cannot go on without. Raises SetupFailed for any but a success."""
        return usable_reply(exchange, what).members

    def start(self, name: str = "StartChatContact", /, **members: Any) -> Exchange:
        """Start a contact, by default a chat, with `members` added to the plainest ones; None omits a member.

        It has a fresh ClientToken, by which its contact is found again where its reply is never seen.
        """
        plain = {**TRAITS[name].plain, "ClientToken": CLIENT_TOKEN, **members}
        arguments = {member: value for member, value in plain.items() if value is not None}
        return self.call(name, fill_in(arguments, ChatResources(self)))

    def release(self, contact_id: str) -> None:
        """Stop a contact that the scenario needs no more, so that few are open."""
        self.verifier.conversations.contacts.release(contact_id)

    def until(self, look: Callable[[], Found | None], seconds: float | None = None) -> Found | None:
        """The result of `look`, called repeatedly until it is not None or the time for such a wait is over.

        That time is `seconds` where given, else the polling bound, or less after waits in vain
        (conformance.engine.polling).
        """
        return self.verifier.polling.until(look, seconds, again=self.replay)

    @property
    def replicas(self) -> Replicas:
        """What the run knows of replicas that lag behind others."""
        return self.verifier.conversations.replicas

    def settle(self, look: Callable[[], bool | None], since: float) -> None:
        """Wait until no replica of the endpoint lacks what `look` has seen, which was sent at `since`.

        The scenario keeps none of these reads.
        """
        recorded = len(self.exchanges)
        self.replicas.confirm(look, since, self.quiet, self.until)
        del self.exchanges[recorded:]

    def wait_for_refusal(self, call: Callable[[], Exchange]) -> Exchange:
        """The answer to `call`, which is made again until it is no success or the polling bound is reached."""
        answers: list[Exchange] = []

        def ask() -> Exchange | None:
            answers.append(call())
            response = answers[-1].response
            return None if response is not None and response.succeeded else answers[-1]

        return self.until(ask) or answers[-1]

    def works(self, name: str) -> bool:
        """Whether a plain call of operation `name` works here, so that a scenario may have a step more."""
        return self.verifier.profile.works(name)

    def working(self, name: str) -> None:
        """Go on only where a plain call of operation `name` works. Raises SetupFailed with the reason where not."""
        found = self.verifier.profile.of(name)
        if found.standing is not Standing.WORKS:
            raise found.not_given or SetupFailed(found.reason, found.exchange)
