"""The target over HTTP: a request goes in, what became of it comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError

from conformance.contract.model import CONNECT, PARTICIPANT, operation
from conformance.contract.operation_traits import STARTING
from conformance.contract.wire import Exchange, Headers, Request, has_too_many_values, header_of
from conformance.endpoint.breaker import Breaker
from conformance.endpoint.budget import Budget
from conformance.endpoint.clock_correction import ClockCorrection, is_refused
from conformance.endpoint.connections import Attempt, HangUp
from conformance.endpoint.contacts import contact_of_start
from conformance.endpoint.failures import NOT_CARRIED
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.kept_connections import KeptConnections
from conformance.endpoint.line_faults import LineFaults, is_passing, may_act_twice, may_have_acted
from conformance.endpoint.local_time import local_time, local_time_at
from conformance.endpoint.settings import Settings
from conformance.endpoint.signing import Signer, without_signature
from conformance.endpoint.throttling import Patience, is_full, is_rate_limited
from conformance.endpoint.transport import Address, Transport, address_of

# No compression: a reply is judged by the bytes that it was sent with.
_ALWAYS = (("User-Agent", "connect-chat-conformance"), ("Accept-Encoding", "identity"), ("Accept", "*/*"))
_FRAMING = {"content-length", "transfer-encoding"}


class HttpTarget:
    """The endpoint under test. Thread-safe; up to 16 calls at once keep their connections.

    `send` never raises for what an endpoint does. It raises BudgetSpent when the run may send no more, and KeyError
    for an operation that the contract does not cover.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        budget: Budget | None = None,
        patience: Patience | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        transport: Transport | None = None,
        journal: ContactJournal | None = None,
    ) -> None:
        """`on_exchange` is called with the exchange of every attempt, throttled and failed ones too.

        It is not called where no attempt is made because the endpoint counts as gone. `transport` is by default HTTP.
        `journal` notes each start before it is sent, and when nothing more can come of it.
        """
        self.settings = settings
        self.make_room: Callable[[], bool] = lambda: False
        self.budget = budget or Budget.of(settings)
        self._on_exchange = on_exchange or (lambda _: None)
        self._journal = journal or ContactJournal(lambda _: None)
        self._patience = patience or Patience()
        self.line = LineFaults()
        self._kept = KeptConnections()
        self._breaker = Breaker(patience=2 * settings.timeout)
        self._signer = Signer(settings.credentials, settings.region)
        self.clock = ClockCorrection()
        self._transport = transport or Transport(timeout=settings.timeout, ca_bundle=settings.ca_bundle)
        self._addresses = {
            CONNECT: address_of(settings.target),
            PARTICIPANT: address_of(settings.participant_target),
        }

    @property
    def clock_offset(self) -> float:
        """Seconds that the endpoint's clock is ahead of this machine's; signatures are dated by it."""
        return self._signer.clock_offset

    @clock_offset.setter
    def clock_offset(self, seconds: float) -> None:
        self._signer.clock_offset = seconds

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:
        """The exchange of `request`: the last attempt, where throttling or a stale connection required several.

        After a single server error or closed connection the same request is sent once more, and a start that met a
        quota as long as `make_room` ends other contacts.

        `signed` None signs as the operation documents it, True signs in any case, False sends the request as it
        stands. The exchange holds the request with the signature that it went out with.
        """
        numbers, sent = count(1), list[Exchange]()

        def once() -> Exchange:
            sent.extend(self._once(request, numbers, signed=signed, provisional=True))
            if sent[-1].provisional:
                sent.extend(self._once(request, numbers, signed=signed))
            while is_full(sent[-1]) and self.make_room():
                sent.extend(self._once(request, numbers, signed=signed))
            return sent[-1]

        first = once()
        exchange = self._patience.settle(first, once)
        if is_rate_limited(first) and not is_rate_limited(exchange):
            self.budget.note_retry(request.operation, local_time() - first.started)
        self.line.note_final(exchange)
        *before, _ = map(may_have_acted, sent)
        twice = any(before) and may_act_twice(request) and not may_have_acted(exchange)
        return replace(exchange, repeated=True) if twice else exchange

    def send_and_hang_up(
        self, request: Request, *, signed: bool | None = None, when: HangUp = HangUp.DURING_REPLY
    ) -> Exchange:
        """Deliver `request` on a separate connection and discard the reply on purpose; the failure says so.

        By default the reply has begun before the connection is closed, so the endpoint has acted on the request.
        """
        refusal = self._breaker.refusal()
        if refusal is not None:
            return self._unsent(request, 1, refusal)
        exchange, _ = self._attempt(request, 1, signed=signed, fresh=True, hang_up=when)
        return exchange

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _once(
        self, request: Request, numbers: Iterator[int], *, signed: bool | None, provisional: bool = False
    ) -> list[Exchange]:
        """One attempt, or two where the first met a connection that the endpoint had left in the meantime."""
        sent = self._try(request, numbers, signed=signed, provisional=provisional)
        if not _is_signed(request, signed=signed):
            return sent
        later = self.clock.of(sent[-1])
        if later is None:
            self.clock.note(sent[-1])
            return sent
        return [*sent, *self._signed_later(later, request, numbers, signed=signed, provisional=provisional)]

    def _signed_later(
        self, seconds: float, request: Request, numbers: Iterator[int], *, signed: bool | None, provisional: bool
    ) -> list[Exchange]:
        """The same, dated `seconds` later; where that is refused alike, signatures are dated as before."""
        before = self.clock_offset
        self.clock_offset += seconds
        sent = self._try(request, numbers, signed=signed, provisional=provisional)
        if sent[-1].response is not None and not is_refused(sent[-1]):
            self.clock.seconds += seconds
        else:
            self.clock_offset = before
        self.clock.note(sent[-1])
        return sent

    def _try(
        self, request: Request, numbers: Iterator[int], *, signed: bool | None, provisional: bool
    ) -> list[Exchange]:
        refusal = self._breaker.refusal()
        if refusal is not None:
            return [self._unsent(request, next(numbers), refusal)]
        fresh = self._kept.are_unusable
        first, stale = self._attempt(request, next(numbers), signed=signed, fresh=fresh, provisional=provisional)
        self._kept.note(left=stale)
        if not stale:
            return [first]
        return [first, self._attempt(request, next(numbers), signed=signed, fresh=True, provisional=provisional)[0]]

    def _attempt(
        self,
        request: Request,
        number: int,
        *,
        signed: bool | None,
        fresh: bool = False,
        hang_up: HangUp | None = None,
        provisional: bool = False,
    ) -> tuple[Exchange, bool]:
        """The exchange of one attempt, and whether a stale connection spoilt it.

        With `provisional` it is one that the request is sent again after, if it ends in a fault that may be the line's.
        """
        covered = operation(request.operation)
        address = self._addresses[covered.service]
        self.admit(request)
        if _is_signed(request, signed=signed):
            try:
                request = self._sign(request, covered.service, address)
            except (BotoCoreError, ValueError) as wrong:
                failure = NOT_CARRIED if isinstance(wrong, ValueError) else _credentials_failure(wrong)
                return self._finish(self._unsent(request, number, failure), sent=False), False
        attempt = self._transport.attempt(address, request.path, fresh=fresh, hang_up=hang_up)
        exchange = self._carry(attempt, address, request, number)
        passing = is_passing(exchange, attempt)
        dropped = passing and not provisional and exchange.response is None
        exchange = replace(exchange, provisional=provisional and passing, dropped=dropped)
        self.line.note(exchange)
        sent = attempt.reached and not attempt.not_carried
        return self._finish(exchange, sent=sent), exchange.response is None and attempt.stale

    def _carry(self, attempt: Attempt, address: Address, request: Request, number: int) -> Exchange:
        headers = self._with_framing(self._with_settings(request.headers, address), request)
        response, failure = self._transport.carry(attempt, address, request.method, headers, request.body)
        if response is not None and has_too_many_values(response.body):
            response = replace(response, truncated=True)
        elapsed = attempt.elapsed
        lost = "time-out: the reply did not end in time" if attempt.cut and response else failure
        if not attempt.not_carried:
            self._breaker.note(failure=None if attempt.hung_up else lost, reached=attempt.reached, seconds=elapsed)
        return Exchange(request, response, local_time_at(attempt.began), elapsed, number, failure, address.url)

    def _unsent(self, request: Request, number: int, failure: str) -> Exchange:
        base = self._addresses[operation(request.operation).service].url
        return Exchange(request, None, local_time(), attempt=number, failure=failure, base=base)

    def _finish(self, exchange: Exchange, *, sent: bool) -> Exchange:
        self.budget.note_reply(exchange, self._patience.longest_hold)
        try:
            self._on_exchange(exchange)
        finally:
            self.settle(exchange, sent=sent)
        return exchange

    def admit(self, request: Request) -> None:
        """Count `request`, which is about to be sent, here or by a script of the run; write a start down.

        Waits until the rate allows it. Raises BudgetSpent where the run may send no more.
        """
        self.budget.spend(request.operation)
        if request.operation in STARTING:
            self._journal.starting(request)

    def settle(self, exchange: Exchange, *, sent: bool = True) -> None:
        """Note what came of an admitted request: a start that was not `sent`, or was refused, has opened no contact.

        One whose reply was lost or has no id keeps its place, and stays in the journal: nobody knows what it opened.
        """
        contact, response = contact_of_start(exchange), exchange.response
        if exchange.request.operation not in STARTING:
            return
        if contact is not None or not sent or (response is not None and not response.succeeded):
            self.budget.settle(contact)
            self._journal.write_outcome(exchange.request)

    def _sign(self, request: Request, service: str, address: Address) -> Request:
        """`request` with a new signature; it covers the settings' headers too, but for those that it replaces."""
        own = without_signature(request.headers)
        covered = without_signature(self._with_settings(own, address))
        added = self._signer.sign(service, request.method, address.url + request.path, covered, request.body)
        return replace(request, headers=own + added)

    def _with_settings(self, headers: Headers, address: Address) -> Headers:
        """Host, the request's own headers, and those of the settings that it does not have itself."""
        more = tuple((name, value) for name, value in self.settings.headers if header_of(headers, name) is None)
        if header_of(headers + more, "host") is not None:
            return headers + more
        return (("Host", address.host), *headers, *more)

    def _with_framing(self, headers: Headers, request: Request) -> Headers:
        """`headers` and those that HTTP needs around them, each unless it is there."""
        names = {name.lower() for name, _ in headers}
        more = [pair for pair in _ALWAYS if pair[0].lower() not in names]
        if (request.body or request.method != "GET") and not names & _FRAMING:
            more.append(("Content-Length", str(len(request.body))))
        return (*headers, *more)


def _is_signed(request: Request, *, signed: bool | None) -> bool:
    return operation(request.operation).signed if signed is None else signed


def _credentials_failure(wrong: Exception) -> str:
    return f"not sent: the AWS credentials cannot be refreshed ({type(wrong).__name__})"
