"""Sequences of calls over several chats and participants, drawn by Hypothesis and judged by a model of the documents.

The model knows who is part of which chat. What the documents leave open (a bot whose customer has left, an older
connection token) is not asked about.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, precondition, rule

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.claim import Claim
from conformance.scenario.exploration import Exploration
from conformance.scenario.participants import Chat, Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, id_of, ids

LAWFUL, DEAD = "LifeCycle.order.any-lawful-sequence", "LifeCycle.order.dead-stays-dead"
GROWS, CHATS = "LifeCycle.order.transcript-grows", "LifeCycle.chats.independent"
PEOPLE = "LifeCycle.participants.independent"
OPERATIONS = {
    "connect": "CreateParticipantConnection",
    "say": "SendMessage",
    "signal": "SendEvent",
    "transcript": "GetTranscript",
    "leave": "DisconnectParticipant",
    "stop": "StopContact",
    "join": "CreateParticipant",
}
MOST_CHATS = 3
MOST_PEOPLE = 4  # in a chat, past ones too; six at once are the documented quota


@dataclass(slots=True, eq=False)
class Contact:
    """The model of a chat: `sent` has the sender of each message by its id, `seen` the ids seen in a transcript."""

    chat: Chat
    sent: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)
    customer_left: bool = False
    over: bool = False


@dataclass(slots=True, eq=False)
class Person:
    """A participant and its newest connection token."""

    contact: Contact
    participant: Participant
    token: str | None = None
    left: bool = False

    @property
    def here(self) -> bool:
        """Whether the documents say that its tokens work."""
        return not (self.left or self.contact.over or self.contact.customer_left)

    @property
    def gone(self) -> bool:
        """Whether the documents say that its tokens work no more."""
        return self.left or self.contact.over


def _keep_violation(method: Callable[..., Any]) -> Callable[..., Any]:
    """`method`, where a violation is kept and ends the sequence, and what cannot be had ends the search."""

    @wraps(method)
    def step(machine: ChatStateMachine, **drawn: Any) -> Any:
        exploration, before = machine.exploration, len(machine.scenario.exchanges)
        try:
            return method(machine, **drawn)
        except ContractViolation as violation:
            exploration.note(violation)
            raise
        except (SetupFailed, Inconclusive) as wrong:
            exploration.blocked = SetupFailed(wrong.reason, wrong.exchange)
            return multiple() if method.__name__ in ("start", "join") else None
        finally:
            exploration.spent += bool(exploration.found) * (len(machine.scenario.exchanges) - before)

    return step


def _step(method: Callable[..., Any]) -> Callable[..., Any]:
    """A step of a sequence, as long as the search continues."""
    return precondition(lambda machine: not machine.exploration.is_exhausted())(_keep_violation(method))


def _somebody_is_here(machine: ChatStateMachine) -> bool:
    return any(who.here for contact in machine.contacts for who in contact.people)


class ChatStateMachine(RuleBasedStateMachine):
    """Up to three chats, whose participants join, send, read and leave in any order, and which are stopped."""

    people: Bundle[Person] = Bundle("people")

    def __init__(self, exploration: Exploration) -> None:
        super().__init__()
        self.exploration = exploration
        self.scenario = Scenario(exploration.verifier, replay=True)
        self.contacts: list[Contact] = []

    def works(self, step: str) -> bool:
        """Whether the operation of a step works here; a sequence goes without steps that do not."""
        return self.scenario.works(OPERATIONS[step])

    def claim(self, requirement: str) -> Claim:
        """Judges `requirement` by what this sequence saw so far."""
        self.exploration.judged.add(requirement)
        return Claim(requirement, self.scenario.exchanges)

    @rule(target=people)
    @_step
    def start(self) -> Any:
        """A chat is started, unless there are enough."""
        if len(self.contacts) == MOST_CHATS:
            return multiple()
        contact = Contact(self.scenario.given_chat() or self._start_chat())
        self.contacts.append(contact)
        return self._person(contact, contact.chat)

    def _start_chat(self) -> Chat:
        started = self.scenario.start()
        self.claim(LAWFUL).success(started, "StartChatContact beside other chats")
        return self.scenario.register(started)

    @rule(target=people, beside=people)
    @_step
    def join(self, beside: Person) -> Any:
        """A bot joins an active chat."""
        contact = beside.contact
        if not beside.here or len(contact.people) == MOST_PEOPLE or not self.works("join"):
            return multiple()
        return self._person(contact, contact.chat.add_participant())

    def _person(self, contact: Contact, participant: Participant) -> Person:
        contact.people.append(person := Person(contact, participant))
        self._ask(person, "say")
        return person

    @rule(who=people, call=st.sampled_from(["connect", "say", "signal", "transcript"]))
    @_step
    def ask(self, who: Person, call: str) -> None:
        """A participant calls an operation: who is here is served, who is gone is not."""
        self._ask(who, call)

    @rule(of=people, call=st.sampled_from(["connect", "say", "signal", "transcript"]))
    @_step
    def roll_call(self, of: Person, call: str) -> None:
        """Everybody who is or was part of one contact calls the same operation."""
        for who in of.contact.people:
            self._ask(who, call)

    def _ask(self, who: Person, call: str) -> None:
        if not self.works(call):
            return
        if who.gone and (who.token or call == "connect"):
            self._claim_refusal(partial(self._call, who, call))
        elif who.here:
            if who.token is None and call != "connect":
                who.token = token_of(self._claim_call(who, "connect"))
            answer = self._claim_call(who, call)
            if call == "connect":
                who.token = token_of(answer)
            if call == "say":
                who.contact.sent[id_of(answer)] = who.participant.participant_id

    @rule(who=people)
    @_step
    def read(self, who: Person) -> None:
        """A participant reads the transcript: all that was seen is there, from its sender, and nothing else's."""
        self._read(who)

    def _read(self, who: Person) -> None:
        if not who.here or not self.works("transcript"):
            return
        who.token = who.token or token_of(self._claim_call(who, "connect"))
        items = self.scenario.until(partial(self._complete_items, who))
        self.claim(GROWS).holds(items is not None, "all messages that were seen are seen again", "some are gone")
        now, contact = set(ids(items or [])), who.contact
        foreign = {known for other in self.contacts if other is not contact for known in other.sent}
        self.claim(CHATS).holds(foreign.isdisjoint(now), "no message of another chat", foreign & now)
        for item in items or []:
            sender = contact.sent.get(str(item.get("Id")))
            right = sender is None or item.get("ParticipantId") in (None, sender)
            self.claim(PEOPLE).holds(right, f"the sender {sender}", item.get("ParticipantId"))
        contact.seen |= now & contact.sent.keys()

    @precondition(_somebody_is_here)
    @rule(who=people)
    @_step
    def leave(self, who: Person) -> None:
        """A participant who is here disconnects."""
        if who.here and self.works("leave"):
            who.token = who.token or token_of(self._claim_call(who, "connect"))
            self._claim_call(who, "leave")
            who.left = True
            who.contact.customer_left = who.participant is who.contact.chat

    @precondition(_somebody_is_here)
    @rule(who=people)
    @_step
    def stop(self, who: Person) -> None:
        """The contact is stopped."""
        if not self.works("stop"):
            return
        answer = who.contact.chat.stop()
        if who.here:
            self.claim(LAWFUL).success(answer, "StopContact of an active chat")
        who.contact.over = True

    @precondition(lambda machine: machine.exploration.is_exhausted())
    @rule()
    def rest(self) -> None:
        """The search has ended."""

    def teardown(self) -> None:
        """Every participant sends and reads once more; then what this sequence started is stopped."""
        try:
            if not self.exploration.is_exhausted():
                self._last_words()
        finally:
            self.scenario.close()

    @_keep_violation
    def _last_words(self) -> None:
        for who in [who for contact in self.contacts for who in contact.people]:
            for call in ("connect", "say", "transcript"):
                self._ask(who, call)
            self._read(who)

    def _call(self, who: Person, call: str) -> Exchange:
        token = {"ConnectionToken": who.token} if call != "connect" else {}
        content = {"content": str(uuid.uuid4())} if call == "say" else {}
        answer: Exchange = getattr(who.participant, call)(**content, **token)
        return answer

    def _claim_call(self, who: Person, call: str) -> Exchange:
        answer = self._call(who, call)
        self.claim(LAWFUL).success(answer, f"{answer.request.operation} of an active participant")
        return answer

    def _claim_refusal(self, call: Callable[[], Exchange]) -> None:
        answer = call() if DEAD in self.exploration.found else self.scenario.wait_for_refusal(call)
        self.claim(DEAD).any_refusal(answer, f"{answer.request.operation} of a participant who is gone")

    def _complete_items(self, who: Person) -> Items | None:
        items = who.participant.items(ConnectionToken=who.token)
        return items if who.contact.seen <= set(ids(items)) else None
