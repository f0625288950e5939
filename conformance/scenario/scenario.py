"""A scenario: several calls about one or more chats, in which a test claims requirements as it runs.

A scenario does not stop at its first violation: each claim takes down its own. What a later part needs and cannot
have raises SetupFailed, and the claims that were not reached stay inconclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.checks.disturbances import disturbance_of
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import operation, operations
from conformance.contract.operation_traits import TRAITS
from conformance.contract.resources import CLIENT_TOKEN, fill_in
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.connections import HangUp
from conformance.endpoint.local_time import local_time
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import Standing
from conformance.endpoint.sockets import Socket
from conformance.engine.chat_pool import UsedChat
from conformance.engine.plain_call_rule import Unjudged
from conformance.engine.search import drawn
from conformance.engine.verifier import Verifier
from conformance.examination import carried, current
from conformance.results.verdicts import Outcome
from conformance.scenario.claim import Claim
from conformance.scenario.left_chats import CONNECTING, ChatHistory, bearer_of, histories, life_sign
from conformance.scenario.participants import Chat, members_of
from conformance.wire import SIGNED_URL, Exchange, Request, Response, as_evidence, to_request

Found = TypeVar("Found")
Drawn = TypeVar("Drawn")
Result = TypeVar("Result")


@dataclass(slots=True)
class Scenario:
    """The calls and claims of one test. A `replay` only checks whether a violation appears again.

    `claimed` are the requirement ids that the test claims: where it claims one alone, that is the requirement of each
    claim that names none. `reached` are the requirements that it came to speak of. `afresh` says that it
    takes new chats only.
    """

    verifier: Verifier
    claimed: tuple[str, ...] = ()
    replay: bool = False
    exchanges: list[Exchange] = field(default_factory=list)
    violations: dict[str, ContractViolation] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    afresh: bool = False
    sockets: int = 0
    _used: dict[str, UsedChat] = field(default_factory=dict)
    _used_chats: list[Chat] = field(default_factory=list)
    _held: dict[str, UsedChat | None] = field(default_factory=dict)
    _observed: list[Callable[[], None]] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.verifier.conversations.begin_scenario()

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
        self._forget_connections(request)
        return exchange

    def _forget_connections(self, sent: Request) -> None:
        """Have customers connect anew whose connections of earlier scenarios another connection may have voided."""
        for chat in self._used_chats if sent.operation == CONNECTING else ():
            if bearer_of(sent) == chat.participant_token:
                chat.forget_connection()

    def lose_reply(self, request: Request, when: HangUp = HangUp.DURING_REPLY) -> Exchange:
        """Deliver a request and close the connection before its reply is read."""
        exchange = self.verifier.conversations.calls.send_and_hang_up(request, when)
        self.exchanges.append(as_evidence(exchange))
        self._forget_connections(request)
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
            made = [pool.submit(carried(partial(together, call))) for call in calls]
            return [each.result() for each in made]

    def need(self, exchange: Exchange, what: str = "") -> Mapping[str, Any]:
        """The members of a reply that the scenario cannot go on without. Raises SetupFailed for any but a success."""
        return members_of(exchange, what)

    def new_chat(self, **members: Any) -> Chat:
        """Start a chat; `members` are added to the plainest StartChatContact. Raises SetupFailed when refused.

        Without members the user's own back end, if there is one, starts it.
        """
        given = None if members else self.given_chat()
        return given or self.register(self.start(**members))

    def given_chat(self) -> Chat | None:
        """A new chat of the user's own back end; None where chats start by StartChatContact."""
        given = self.verifier.conversations.calls.given_chat()
        if given is None:
            return None
        self.keep_open(given.contact_id)
        return Chat(self, given.contact_id, given.participant_id, given.participant_token)

    def chat(self, *, alone: bool = False) -> Chat:
        """A plain chat that others may have used before, or a new one. Raises SetupFailed where none can be started.

        It is for tests that look at what they have sent themselves, not at the beginning of a chat, the number of its
        items or its other participants. They may end it. One that they leave plain is used by others afterwards.
        Bots may have joined it, unless its customer is to be `alone`: receipts end where there are three.
        """
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take(alone=alone)
        if used is None:
            return self.new_chat()
        self._used[used.contact_id] = self._held[used.contact_id] = used
        self.exchanges.extend(used.origin)
        self._used_chats.append(Chat.used(self, used.origin))
        return self._used_chats[-1]

    def start(self, name: str = "StartChatContact", /, **members: Any) -> Exchange:
        """Start a contact, by default a chat, with `members` added to the plainest ones; None omits a member.

        It has a fresh ClientToken, by which its contact is found again where its reply is never seen.
        """
        plain = {**TRAITS[name].plain, "ClientToken": CLIENT_TOKEN, **members}
        arguments = {member: value for member, value in plain.items() if value is not None}
        return self.call(name, fill_in(arguments, ChatResources(self)))

    def register(self, started: Exchange) -> Chat:
        """The chat that a StartChatContact (or StartWebRTCContact) call started; it is stopped with the scenario."""
        return Chat.of(self, started)

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open as long as the scenario, and stop it then."""
        self.verifier.conversations.contacts.leased.add(contact_id)
        self._held.setdefault(contact_id)

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
            dropped = self.verifier.drop_of(requirement, wrong)
            if dropped is not None:
                self._judge_broken(dropped)
            else:
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
        after = self.verifier.recorder.effort()
        self._observe(lambda: self.verifier.recorder.broken(violation, "scenario", after=after))

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
            self._observe(lambda: self.verifier.recorder.kept(claim.requirement, "scenario"))

    def _observe(self, record: Callable[[], None]) -> None:
        """Record an observation; one in a used chat only once that is known to be alive. A replay records none."""
        if not self.replay:
            self._observed.append(record)
        if not self._used:
            self.record()

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
            raise found.not_given or SetupFailed(found.reason, found.exchange)

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
        observed = unjudged.observed(requirement, current().test, self.exchanges[-1:])
        self._observe(lambda: self.verifier.recorder.observe(observed))

    def drawn(self, values: SearchStrategy[Drawn], requirement: str | None = None) -> list[Drawn]:
        """Values to judge `requirement` by after its fixed edges; none at smoke depth, the same in a replay."""
        return drawn(self.verifier, requirement or self.only_claim(), values)

    def advance_clock(self, seconds: int) -> None:
        """Move the endpoint's clock. Raises MissingOption where it cannot be moved."""
        self.verifier.conversations.pool.empty()  # what the clock makes of them is not known
        self.verifier.conversations.calls.advance_clock(seconds)
        self.verifier.profile.clocks.move(seconds)

    def rests_on_dead_chats(self) -> bool:
        """Whether a chat that others had used before is over although the scenario did not end it."""
        used = [each for each in histories(self.exchanges) if each.contact_id in self._used]
        return not all(self._is_alive(each) for each in used)

    def _is_alive(self, chat: ChatHistory) -> bool:
        last = chat.last()
        if chat.ended() or last is None or (last.response is not None and last.response.succeeded):
            return True
        shown = self.verifier.conversations.calls.send(life_sign(chat)).response
        return shown is not None and shown.succeeded

    def restart(self) -> None:
        """Forget all that was seen, and begin again with new chats."""
        self._let_go()
        for forgotten in (self.exchanges, self.violations, self.reached, self.judged, self._observed):
            forgotten.clear()
        self._used.clear()
        self._used_chats.clear()
        self.afresh = True

    def record(self) -> None:
        """Record what was observed since the scenario began."""
        observed, self._observed = self._observed, []
        for each in observed:
            each()

    def leave_chats(self) -> None:
        """Have the chats that are plain left to others when the scenario closes. All of it went well."""
        for chat in histories(self.exchanges):
            left = chat.left()
            if left is not None and chat.contact_id in self._held:
                before = self._used.get(chat.contact_id)
                left = left.after(before) if before else left
                joins = self.sockets or self.joins
                self._held[chat.contact_id] = left.unconnected() if joins else left

    def close(self) -> None:
        """Stop every chat of the scenario but those left to others, and loose contacts once there are many."""
        self._let_go()
        self.verifier.conversations.end_scenario()

    def _let_go(self) -> None:
        self._open.close()
        conversations, held = self.verifier.conversations, self._held
        self._held = {}
        kept = {start.contact for start in self.verifier.earlier_starts.values()}
        for contact, left in reversed(held.items()):
            if contact in kept:
                conversations.contacts.leased.discard(contact)  # it goes where room is needed
            elif left is None or left is self._used.get(contact):
                conversations.contacts.release(contact)
            elif contact in conversations.contacts.open:
                conversations.pool.put(left)
