"""What the run has learned of an endpoint: one value, filled at the start and read by all."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.checks.diagnosis.cause import Cause
from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.model import Operation, operation, operations
from conformance.contract.wire import Exchange
from conformance.endpoint.probe import Finding, Standing, may_have_lost_signature, speaks_api
from conformance.engine.clocks import EndpointClocks

ASKED_AT_MOST = 3  # times that the plain call of one operation is made, where others of its calls succeed


@dataclass(slots=True)
class EndpointProfile:
    """What the plainest valid call of each operation got, and what replies show of the endpoint's clocks.

    `ask` makes that call of an operation; `note` is called with each new finding. A finding stays, unless a later
    call of the operation succeeds although the plain one did not: then the plain one is made again, for what kept it
    from working may be over.

    `speaks` says that some reply was one that the API may give. Until then `strange` holds, for each operation that
    was called, what it got instead. `invented` are those that could only be called with invented ids.
    """

    ask: Callable[[Operation], Finding]
    note: Callable[[str, Finding], None]
    plain_calls: dict[str, Finding] = field(default_factory=dict)
    clocks: EndpointClocks = field(default_factory=EndpointClocks)
    speaks: bool = False
    strange: dict[str, Cause] = field(default_factory=dict)
    invented: set[str] = field(default_factory=set)
    _asked: Counter[str] = field(default_factory=Counter)
    _answered: set[str] = field(default_factory=set)
    _doubted: set[str] = field(default_factory=set)
    _asking: threading.RLock = field(default_factory=threading.RLock)

    def fill(self, names: Iterable[str]) -> None:
        """Make the plain call of each operation of `names` that was not made yet."""
        for name in names:
            self.of(name)

    def of(self, name: str) -> Finding:
        """What the plain call of operation `name` got."""
        if name not in self.plain_calls or name in self._doubted:
            with self._asking:
                self._ask_once(name)
        return self.plain_calls[name]

    def _ask_once(self, name: str) -> None:
        """Make the plain call, unless another test has made it while this one waited."""
        if name not in self.plain_calls or name in self._doubted:
            self._doubted.discard(name)
            self._asked[name] += 1
            self._keep(name, self.ask(operation(name)))

    def finding_of(self, name: str) -> Finding | None:
        """What the plain call of operation `name` got, None where it was not made yet."""
        return self.plain_calls.get(name)

    def works(self, name: str) -> bool:
        """Whether the plain call of operation `name` was accepted."""
        return self.of(name).standing is Standing.WORKS

    def others_answered(self, subject: Operation) -> bool:
        """Whether another operation of the same service as `subject`, and so at the same address, was accepted."""
        return any(operation(name).service == subject.service for name in list(self._answered) if name != subject.name)

    def learn(self, exchange: Exchange) -> None:
        """Take note of a reply to any call: of its times, and that an operation that answers 2xx is implemented."""
        self.clocks.learn(exchange)
        name, response = exchange.request.operation, exchange.response
        if not self.speaks:
            self._listen(name, exchange)
        if response is None or not response.succeeded:
            return
        self._answered.add(name)
        found = self.plain_calls.get(name)
        if found and found.standing is not Standing.WORKS and self._asked[name] < ASKED_AT_MOST:
            self._doubted.add(name)

    def _listen(self, name: str, exchange: Exchange) -> None:
        self.speaks = speaks_api(operation(name), exchange)
        if not self.speaks:
            self.strange[name] = cause_of(exchange, invented=name in self.invented)

    def _keep(self, name: str, found: Finding) -> None:
        if found.standing is Standing.UNSUPPORTED and found.exchange is not None:
            found = self._confirm_lack(operation(name), found, found.exchange)
        if self.plain_calls.get(name) != found:
            self.plain_calls[name] = found
            self.note(name, found)

    def _confirm_lack(self, subject: Operation, found: Finding, refusal: Exchange) -> Finding:
        """`found`, which says that the endpoint lacks `subject`, unless other calls show that it may well have it."""
        if subject.name in self._answered:
            return Finding(Standing.REFUSED, f"{found.reason}, though another call was accepted", refusal)
        if may_have_lost_signature(subject, refusal) and not self._takes_signatures:
            return Finding(Standing.BLOCKED, f"the plainest valid call got {cause_of(refusal)}", refusal)
        return found

    @property
    def _takes_signatures(self) -> bool:
        """Whether a signed call was accepted, so that signatures reach the endpoint."""
        signed = {name for name, subject in operations().items() if subject.signed}
        return bool(signed & self._answered)
