"""A scenario: several calls about one or more chats, in which a test claims requirements as it runs.

A scenario does not stop at its first violation: each claim takes down its own. What a later part needs and cannot
have raises SetupFailed, and the claims that were not reached stay inconclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.checks.value_text import value_text
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.content_types import SUPPORTED
from conformance.contract.model import operations
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import current
from conformance.engine.chat_pool import Kind, Messages, UsedChat
from conformance.engine.depth import Edges
from conformance.engine.disturbed_violations import disturbance
from conformance.engine.plain_call_rule import Unjudged
from conformance.engine.search import drawn
from conformance.results.verdicts import Outcome
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.claim import Claim
from conformance.scenario.left_chats import CONNECTING, ChatHistory, bearer_of, histories, life_sign
from conformance.scenario.participants import Chat

Found = TypeVar("Found")
Drawn = TypeVar("Drawn")
Result = TypeVar("Result")


@dataclass(slots=True)
class Scenario(ScenarioCalls):
    """The calls and claims of one test.

    `claimed` are the requirement ids that the test claims: where it claims one alone, that is the requirement of each
    claim that names none. `reached` are the requirements that it came to speak of. `afresh` says that it
    takes new chats only.
    """

    claimed: tuple[str, ...] = ()
    violations: dict[str, ContractViolation] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    afresh: bool = False
    _used: dict[str, UsedChat] = field(default_factory=dict)
    _used_chats: list[Chat] = field(default_factory=list)
    _held: dict[str, UsedChat | None] = field(default_factory=dict)
    _messages: dict[str, tuple[Messages, int]] = field(default_factory=dict)
    _observed: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verifier.conversations.begin_scenario()

    def note_sent(self, request: Request) -> None:
        """Have customers connect anew whose connections of earlier scenarios another connection may have voided."""
        for chat in self._used_chats if request.operation == CONNECTING else ():
            if bearer_of(request) == chat.participant_token:
                chat.forget_connection()

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
        items or its other participants. One that they leave plain is used by others afterwards.
        Bots may have joined it, unless its customer is to be `alone`: receipts end where there are three.
        """
        return self._used_chat(Kind.PLAIN, alone=alone) or self.new_chat()

    def know_messages(self, chat: Chat, messages: Messages) -> None:
        """Take note that a new chat's customer has sent these messages so far, and no others."""
        self._messages[chat.contact_id] = messages, len(messages.own)

    def seeded(self, number: int) -> tuple[Chat, Messages] | None:
        """A chat that others have only read, with exactly that many messages of its customer; None without one."""
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take_seeded(number)
        if used is None or used.messages is None:
            return None
        self._messages[used.contact_id] = used.messages, 0
        return self._going_on_with(used), used.messages

    def old_chat(self, starts: int) -> tuple[Chat, str] | None:
        """A plain connected chat that is older than so many other contacts, and the Id of a message seen in it."""
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take_old(starts)
        return (self._going_on_with(used), used.seen) if used is not None and used.seen is not None else None

    def typed_chat(self) -> Chat:
        """A chat like `chat`, but for content types other than text: it declares all that are supported."""
        return self._used_chat(Kind.TYPED) or self.new_chat(SupportedMessagingContentTypes=[*SUPPORTED])

    def spendable_chat(self, *, alone: bool = False) -> Chat:
        """A chat like `chat`, but for a test that ends it or uses it up: it may have attributes, types and any name."""
        return self._used_chat(Kind.SPENDABLE, alone=alone) or self.new_chat()

    def webrtc_call(self) -> Chat:
        """The plainest call that others may have used before, or a new one. Raises SetupFailed like `chat`."""
        return self._used_chat(Kind.CALL) or self.register(self.start("StartWebRTCContact"))

    def _used_chat(self, kind: Kind, *, alone: bool = False) -> Chat | None:
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take(kind, alone=alone)
        return self._going_on_with(used) if used is not None else None

    def _going_on_with(self, used: UsedChat) -> Chat:
        self._used[used.contact_id] = self._held[used.contact_id] = used
        self.exchanges.extend(used.origin)
        self._used_chats.append(Chat.used(self, used.origin))
        return self._used_chats[-1]

    def register(self, started: Exchange) -> Chat:
        """The chat that a StartChatContact (or StartWebRTCContact) call started; it is stopped with the scenario."""
        return Chat.of(self, started)

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open as long as the scenario, and stop it then."""
        self.verifier.conversations.contacts.leased.add(contact_id)
        self._held.setdefault(contact_id)

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
        """Record a violation, or why it is none: the line was at fault, or an operation that never works here."""
        unjudged = self.verifier.rule.of_broken(violation)
        if unjudged is None and (disturbed := disturbance(self.verifier, violation)) is not None:
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

    def _never_works(self, name: str) -> bool:
        return name in operations() and not self.works(name)

    def not_applicable(self, reason: str, requirement: str | None = None) -> None:
        """Record that the promise speaks of something that does not occur here."""
        self._leave(requirement or self.only_claim(), Unjudged(Outcome.NOT_APPLICABLE, reason))

    def _leave(self, requirement: str, unjudged: Unjudged) -> None:
        """Record an observation about `requirement` instead of a judgement."""
        self.reached.add(requirement)
        observed = unjudged.observed(requirement, current().test, self.exchanges[-1:])
        self._observe(lambda: self.verifier.recorder.observe(observed))

    def drawn(self, values: SearchStrategy[Drawn], requirement: str | None = None) -> list[Drawn]:
        """Values to judge `requirement` by after its fixed edges; none at smoke depth, the same in a replay."""
        return drawn(self.verifier, requirement or self.only_claim(), values)

    def edges(self, values: Sequence[Drawn], decisive: Collection[Drawn]) -> list[Drawn]:
        """The fixed `values` to judge by, at a depth at which each request costs those that are `decisive`.

        The others are written down as left out of what the scenario claims.
        """
        if self.verifier.depth.edges is Edges.ALL:
            return list(values)
        left = [value_text(value) for value in values if value not in decisive]
        for requirement in self.claimed:
            self.verifier.recorder.ledger.leave_out(requirement, current().test, left)
        return [value for value in values if value in decisive]

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
        self._messages.clear()
        self._used_chats.clear()
        self.afresh = True

    def record(self) -> None:
        """Record what was observed since the scenario began."""
        observed, self._observed = self._observed, []
        for each in observed:
            each()

    def leave_chats(self) -> None:
        """Have the contacts that are good for others left to them when the scenario closes. All of it went well."""
        for chat in histories(self.exchanges):
            left = chat.left()
            if left is not None and chat.contact_id in self.verifier.conversations.contacts.open:
                messages, sent = self._messages.get(chat.contact_id, (None, 0))
                if messages is not None and (left.sent, left.uploads, left.added) == (sent, 0, 0):
                    left = replace(left, messages=messages)
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
        kept = {start.contact for start in list(self.verifier.earlier_starts.values())}
        for contact, left in reversed(held.items()):
            if contact in kept:
                conversations.contacts.leased.discard(contact)
                conversations.contacts.spared.add(contact)  # it goes where room is needed
            elif left is None or left is self._used.get(contact):
                conversations.contacts.release(contact)
            elif contact in conversations.contacts.open:
                conversations.pool.put(left)
