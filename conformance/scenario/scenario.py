"""A scenario: several calls about one or more chats, in which a test claims requirements as it runs.

A scenario does not stop at its first violation: each claim takes down its own. What a later part needs and cannot
have raises SetupFailed, and the claims that were not reached stay inconclusive.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.checks.disturbances import disturbance_of
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import operation, operations
from conformance.endpoint.connections import HangUp
from conformance.endpoint.conversation import MissingOption, SetupFailed
from conformance.endpoint.probe import Standing
from conformance.endpoint.sockets import Socket
from conformance.engine.plain_call_rule import Unjudged
from conformance.engine.search import drawn
from conformance.engine.verifier import Verifier
from conformance.results.verdicts import Outcome
from conformance.scenario.claim import Claim
from conformance.scenario.participants import Chat, members_of
from conformance.wire import SIGNED_URL, Exchange, Request, Response, as_evidence, to_request
from strategies.tokens import fresh_client_token

Found = TypeVar("Found")
Drawn = TypeVar("Drawn")
Result = TypeVar("Result")


@dataclass(slots=True)
class Scenario:
    """The calls and claims of one test. A `replay` only checks whether a violation appears again.

    `claimed` are the requirement ids that the test claims: where it claims one alone, that is the requirement of each
    claim that names none. `told` are the requirements that it came to speak of.
    """

    verifier: Verifier
    claimed: tuple[str, ...] = ()
    replay: bool = False
    exchanges: list[Exchange] = field(default_factory=list)
    violations: dict[str, ContractViolation] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    _open: ExitStack = field(default_factory=ExitStack)

    def option(self, name: str) -> str:
        """What the run's option gives for `name` (instance_id, view_token, ...). Raises MissingOption without it."""
        value = self.verifier.conversations.given.get(name)
        if value is None:
            raise MissingOption("--" + name.replace("_", "-"))
        return value

    def call(self, name: str, arguments: Mapping[str, Any], *, signed: bool | None = None) -> Exchange:
        """Make one call and add it to the scenario. `signed` None signs as the operation documents it."""
        return self.send(to_request(operation(name), arguments), signed=signed)

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:
        """Send a request unchanged and add it to the scenario."""
        exchange = self.verifier.conversations.calls.send(request, signed=signed)
        self.exchanges.append(as_evidence(exchange))
        return exchange

    def lose_reply(self, request: Request, when: HangUp = HangUp.DURING_REPLY) -> Exchange:
        """Deliver a request and close the connection before its reply is read."""
        exchange = self.verifier.conversations.calls.send_and_hang_up(request, when)
        self.exchanges.append(as_evidence(exchange))
        return exchange

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned; it is added to the scenario.

        Raises SetupFailed when it may not or cannot be asked.
        """
        began = time.time()
        response = self.verifier.conversations.calls.fetch(method, url, headers, content)
        request = Request(SIGNED_URL, method, url, tuple(headers.items()), content)
        self.exchanges.append(as_evidence(Exchange(request, response, began, time.time() - began)))
        return response

    def open_socket(self, url: str) -> Socket:
        """Open a web socket at a returned URL; it closes with the scenario. `failure` says why it did not open.

        Raises SetupFailed for a host that the run may not follow.
        """
        opened = self.verifier.conversations.calls.open_socket(url)
        self._open.callback(opened.close)
        return opened

    def at_once(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """Make up to 16 calls at the same time and wait for all."""
        start = Barrier(len(calls))

        def together(call: Callable[[], Result]) -> Result:
            start.wait()
            return call()

        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            return list(pool.map(together, calls))

    def need(self, exchange: Exchange, what: str = "") -> Mapping[str, Any]:
        """The members of a reply that the scenario cannot go on without. Raises SetupFailed for any but a success."""
        return members_of(exchange, what)

    def chat(self, **members: Any) -> Chat:
        """Start a chat; `members` are added to the plainest StartChatContact. Raises SetupFailed when refused."""
        return self.register(self.start(**members))

    def start(self, name: str = "StartChatContact", /, **members: Any) -> Exchange:
        """Start a contact, by default a chat, with `members` added to the plainest ones; None omits a member.

        It has a fresh ClientToken, by which its contact is found again where its reply is never seen.
        """
        plain = {
            "InstanceId": self.option("instance_id"),
            "ContactFlowId": self.option("contact_flow_id"),
            "ParticipantDetails": {"DisplayName": "Ann"},
            "ClientToken": fresh_client_token(),
        }
        arguments = {name: value for name, value in {**plain, **members}.items() if value is not None}
        return self.call(name, arguments)

    def register(self, started: Exchange) -> Chat:
        """The chat that a StartChatContact (or StartWebRTCContact) call started; it is stopped with the scenario."""
        chat = Chat.of(self, self.need(started))
        self.keep_open(chat.contact_id)
        return chat

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open as long as the scenario, and stop it then."""
        contacts = self.verifier.conversations.contacts
        contacts.leased.add(contact_id)
        self._open.callback(contacts.release, contact_id)

    def release(self, contact_id: str) -> None:
        """Stop a contact that the scenario needs no more, so that few are open."""
        self.verifier.conversations.contacts.release(contact_id)

    def until(self, look: Callable[[], Found | None], seconds: float | None = None) -> Found | None:
        """The result of `look`, called repeatedly until it is not None or the time for such a wait is over.

        That time is `seconds` where given, else the polling bound, or less after waits in vain
        (conformance.engine.polling).
        """
        return self.verifier.polling.until(look, seconds, again=self.replay)

    def until_refused(self, call: Callable[[], Exchange]) -> Exchange:
        """The answer to `call`, which is made again until it is no success or the polling bound is reached."""
        answers: list[Exchange] = []

        def refused() -> Exchange | None:
            answers.append(call())
            response = answers[-1].response
            return None if response is not None and response.succeeded else answers[-1]

        return self.until(refused) or answers[-1]

    @contextmanager
    def claim(self, requirement: str | None = None) -> Iterator[Claim]:
        """Judge `requirement` in a block; the outcome is recorded and the scenario continues.

        Not so where the scenario itself ends inside: the requirement then counts as one that it did not reach.
        Without `requirement` it is the only one that the test claims. Raises ValueError for a test of several.
        """
        requirement = requirement or self.only_claim()
        claim = Claim(requirement, self.exchanges, self._never_works)
        try:
            yield claim
        except ContractViolation as violation:
            self._judge_broken(violation)
        except Inconclusive as wrong:
            self._leave(requirement, Unjudged(Outcome.INCONCLUSIVE, wrong.reason, exchanges=(wrong.exchange,)))
        else:
            self._conclude(claim)
        self.reached.add(requirement)

    def only_claim(self) -> str:
        """The requirement that the test claims. Raises ValueError for a test that claims several, or none."""
        if len(self.claimed) != 1:
            several = ", ".join(self.claimed) or "no requirement"
            raise ValueError(f"this test claims {several}: name the id that is judged here, as in scenario.claim(id)")
        return self.claimed[0]

    def _judge_broken(self, violation: ContractViolation) -> None:
        """Take down a violation, or why it is none: the line was at fault, or an operation that never works here."""
        unjudged = self.verifier.rule.of_broken(violation)
        if unjudged is None and (disturbed := disturbance_of(violation)) is not None:
            unjudged = Unjudged(Outcome.INCONCLUSIVE, disturbed.reason, exchanges=(disturbed.exchange,))
        if unjudged is not None:
            self._leave(violation.requirement, unjudged)
        else:
            self._broken(violation)

    def _broken(self, violation: ContractViolation) -> None:
        self.violations[violation.requirement] = violation
        self.judged.add(violation.requirement)
        if not self.replay:
            self.verifier.recorder.broken(violation, "scenario")

    def _conclude(self, claim: Claim) -> None:
        unjudged = self.verifier.rule.of_kept(claim.requirement)
        if unjudged is not None:
            self._leave(claim.requirement, unjudged)
            return
        for observed in claim.records:
            self._leave(claim.requirement, Unjudged(Outcome.RECORDED, observed))
        if claim.left_out and not claim.judged and not claim.records:
            self._judge_broken(claim.left_out[0])
        elif not claim.records:
            self.judged.add(claim.requirement)
            if not self.replay:
                self.verifier.recorder.kept(claim.requirement, "scenario")

    @contextmanager
    def optional(self, requirement: str | None = None) -> Iterator[None]:
        """Run an optional block for `requirement`. If its set-up fails, record that for it and continue."""
        requirement = requirement or self.only_claim()
        try:
            yield
        except SetupFailed as wrong:
            self._leave(requirement, self.verifier.rule.of_unreached(requirement, wrong))
        except Inconclusive as wrong:
            self._leave(requirement, Unjudged(Outcome.INCONCLUSIVE, wrong.reason, exchanges=(wrong.exchange,)))

    def working(self, name: str) -> None:
        """Go on only where a plain call of operation `name` works. Raises SetupFailed with the reason where not."""
        found = self.verifier.profile.of(name)
        if found.standing is not Standing.WORKS:
            raise MissingOption(found.option) if found.option else SetupFailed(found.reason, found.exchange)

    def works(self, name: str) -> bool:
        """Whether a plain call of operation `name` works here, so that a scenario may have a step more."""
        return self.verifier.profile.works(name)

    def _never_works(self, name: str) -> bool:
        return name in operations() and not self.works(name)

    def not_applicable(self, reason: str, requirement: str | None = None) -> None:
        """Take down that the promise speaks of something that does not occur here."""
        self._leave(requirement or self.only_claim(), Unjudged(Outcome.NOT_APPLICABLE, reason))

    def _leave(self, requirement: str, unjudged: Unjudged) -> None:
        """Record an observation about `requirement` instead of a judgement."""
        self.reached.add(requirement)
        if not self.replay:
            observed = unjudged.observed(requirement, self.verifier.recorder.test, self.exchanges[-1:])
            self.verifier.recorder.observe(observed)

    def drawn(self, values: SearchStrategy[Drawn], requirement: str | None = None) -> list[Drawn]:
        """Values to judge `requirement` by after its fixed edges; none at smoke depth, the same in a replay."""
        return drawn(self.verifier, requirement or self.only_claim(), values)

    def advance_clock(self, seconds: int) -> None:
        """Move the endpoint's clock. Raises MissingOption where it cannot be moved."""
        self.verifier.conversations.calls.advance_clock(seconds)

    def close(self) -> None:
        """Stop every chat of the scenario, and the contacts that it left loose once there are many."""
        self._open.close()
        self.verifier.conversations.tidy()
