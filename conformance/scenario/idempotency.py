"""One logical operation, sent repeatedly with the same or a different ClientToken.

`conformance.scenario.idempotency_effects` says how each operation with a ClientToken is called, and what its effects
differ by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.contract.model import operation
from conformance.contract.requirements import operation_of
from conformance.contract.resources import fill_in
from conformance.contract.wire import Exchange, Request, as_evidence, to_request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.earlier_starts import EarlierStart
from conformance.scenario.claim import Claim
from conformance.scenario.idempotency_effects import EFFECTS, OperationEffect
from conformance.scenario.participants import Participant, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, items_with
from strategies.examples import plain_arguments
from strategies.tokens import fresh_client_token

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One call of operation `name` by `by` (None: by the account), however often its request is sent.

    `arguments` are all members but the ClientToken.
    """

    scenario: Scenario
    name: str
    by: Participant | None
    arguments: Members

    @property
    def effect(self) -> OperationEffect:
        """What one call of the operation makes."""
        return EFFECTS[self.name]

    def request(self, token: str | None, **changed: Any) -> Request:
        """The request with that ClientToken (None: without one) and with `changed` members."""
        own = {} if token is None else {"ClientToken": token}
        return to_request(operation(self.name), {**self.arguments, **changed, **own})

    def send(self, token: str | None, **changed: Any) -> Exchange:
        """Send it; a contact that it starts is stopped with the scenario."""
        exchange = self._keep_contact(self.scenario.send(self.request(token, **changed)))
        contact = _members(exchange).get("ContactId")
        if token and isinstance(contact, str) and self.by is None and not (changed or self.scenario.replay):
            self._note_start(token, exchange, contact)
        return exchange

    def _note_start(self, token: str, exchange: Exchange, contact: str) -> None:
        """Keep the run's first start of the operation like the plainest one; of the others their tokens."""
        earlier = self.scenario.verifier.earlier_starts
        if self.arguments.keys() <= {*plain_arguments(operation(self.name)), *self.effect.own()}:
            earlier.setdefault(self.name, EarlierStart(self.arguments, token, as_evidence(exchange), contact))
        if (first := earlier.get(self.name)) is not None and token != first.token:
            first.others.add(token)

    def send_in_other_order(self, token: str) -> Exchange:
        """Send it with the same members in another order and with blanks between them."""
        request = self.request(token)
        body = json.dumps(_reverse_members(json.loads(request.body)), indent=3, separators=(" , ", " : "))
        return self._keep_contact(self.scenario.send(replace(request, body=f"\n{body}\n ".encode())))

    def send_at_once(self, token: str, times: int) -> list[Exchange]:
        """Send it `times` at the same time."""
        return self.scenario.at_once([partial(self.send, token)] * times)

    def insist(self, token: str) -> Exchange:
        """Send it, and again within the polling bound while it is refused: an earlier one may still be at work.

        A replay does not wait: what it repeats was seen with patience.
        """
        answers: list[Exchange] = []

        def ask() -> Exchange | None:
            answers.append(self.send(token))
            response = answers[-1].response
            return answers[-1] if response is not None and response.succeeded else None

        found = ask() if self.scenario.replay else self.scenario.until(ask)
        return found or answers[-1]

    def perform(self, token: str | None) -> Exchange:
        """Send it and have it succeed. Raises SetupFailed where it does not."""
        exchange = self.send(token)
        self.scenario.need(exchange)
        return exchange

    def undo(self, performed: Exchange) -> None:
        """Stop a contact that a start call started, so that few are open."""
        if self.by is None:
            self.scenario.release(text_at(_members(performed), "ContactId"))

    def with_members(self, **members: Any) -> IdempotentCall:
        """Another intent, with other members; None leaves one out."""
        merged = {**self.arguments, **fill_in(members, self.by.resources() if self.by else {})}
        return replace(self, arguments={name: value for name, value in merged.items() if value is not None})

    def _keep_contact(self, exchange: Exchange) -> Exchange:
        contact = _members(exchange).get("ContactId")
        if self.by is None and isinstance(contact, str) and contact:
            self.scenario.keep_open(contact)
        return exchange

    def claim_success(self, claim: Claim, answer: Exchange, sent: str) -> None:
        """The call got a success; its ClientToken, or what became of it before, is no reason to refuse it.

        A refusal is judged where the same call with another token succeeds: the chat that it is made in may be the
        reason as well. What can happen only once is judged without. Raises SetupFailed where that call fails too.
        """
        succeeded = answer.response is not None and answer.response.succeeded
        if not (succeeded or self.effect.alone or self.effect.refused):
            self.perform(fresh_client_token())
        claim.success(answer, sent)

    def repeats(self, claim: Claim, first: Exchange, again: Exchange, sent: str) -> None:
        """The reply `again` gives the identifiers of the `first` call."""
        check_repetition(claim, first, again, sent)

    def acts_anew(self, claim: Claim, earlier: Sequence[Exchange], token: str | None, sent: str) -> Exchange:
        """A call with `token` repeats no call of `earlier` and has a separate effect.

        Of what can happen only once the documents say how a second call is refused instead.
        """
        refused = self.effect.refused
        if refused is not None:
            again = (
                self.send(token) if self.scenario.replay else self.scenario.wait_for_refusal(partial(self.send, token))
            )
            refused(claim, again, sent)
            return again
        again = self.send(token)
        claim.success(again, sent)
        identifier = self.effect.gives[0]
        known = [text_at(_members(exchange), identifier) for exchange in earlier]
        made = text_at(_members(again), identifier)
        claim.holds(made not in known, f"{sent} has another {identifier}", f"{identifier} {made} of an earlier call")
        return again

    def claim_one_effect(self, claim: Claim, first: Exchange, sent: str) -> None:
        """The transcript, where it shows the effect, contains it once. `first` is the reply of the call."""
        if self.effect.text is not None:
            text = self.effect.text(self.arguments)
            seen = self.scenario.until(lambda: self._count_in_transcript(first, text) or None)
            claim.equal(seen or 0, 1, f"the number of {self.effect.noun}s after {sent}")

    def claim_no_effect(self, claim: Claim, other: IdempotentCall, first: Exchange, sent: str) -> None:
        """The transcript, where it shows the effect, contains only effects of the `other` intent."""
        if self.effect.text is not None:
            text = self.effect.text(self.arguments)
            seen = self._count_in_transcript(first, text) if text != self.effect.text(other.arguments) else 0
            claim.equal(seen, 0, f"the number of {self.effect.noun}s from {sent}")

    def _count_in_transcript(self, first: Exchange, text: str) -> int:
        """How often the transcript contains `text` before a message that is sent now."""
        reader = self.by or self.scenario.register(first)
        return self.effect.shown(items_with(reader, reader.say()), text)

    def found_in(self, items: Items, first: Exchange) -> Items:
        """The items that this intent had put there: that of the `first` reply, and those alike from its caller."""
        made, sender = text_at(_members(first), "Id"), self.by.participant_id if self.by else None
        alike = {name: self.arguments[name] for name in ("ContentType", "Content") if name in self.arguments}

        def own(item: Members) -> bool:
            shown = {name: item.get(name) for name in alike}
            return item.get("Id") == made or (shown == alike and item.get("ParticipantId", sender) == sender)

        return [item for item in items if own(item)]

    def identifiers(self, exchange: Exchange) -> frozenset[str]:
        """Every identifier and token in a reply, which belong to the caller alone; none of a refusal."""
        response = judged_reply(exchange)
        found = [_at(response.members, path) for path in self.effect.private] if response.succeeded else []
        return frozenset(value for value in found if isinstance(value, str) and value)


def idempotent_call(
    scenario: Scenario, requirement: str | None = None, by: Participant | None = None, **members: Any
) -> IdempotentCall:
    """A new intent to call the operation of `requirement`, with `members` added to the plainest ones.

    Without `requirement` it is the only one that the test claims. Without `by` a participant is made for operations
    that need one. Raises SetupFailed where the operation does not work or what it needs cannot be made.
    """
    requirement = requirement or scenario.only_claim()
    name = operation_of(requirement)
    scenario.working(name)
    effect = EFFECTS[name]
    caller = effect.caller(scenario) if by is None or effect.alone else by
    given: Mapping[str, str] = caller.resources() if caller else ChatResources(scenario)
    plain = {key: value for key, value in plain_arguments(operation(name)).items() if key != "ClientToken"}
    arguments = fill_in({**plain, **effect.own(), **members}, given)
    return IdempotentCall(scenario, name, caller, {key: value for key, value in arguments.items() if value is not None})


def idempotent_calls(scenario: Scenario, requirement: str, number: int, **members: Any) -> Iterator[IdempotentCall]:
    """So many new intents, all by one participant where it can do what they ask for more than once."""
    caller: Participant | None = None
    for _ in range(number):
        idempotent = idempotent_call(scenario, requirement, caller, **members)
        caller = idempotent.by
        yield idempotent


def check_repetition(claim: Claim, first: Exchange, again: Exchange, sent: str) -> None:
    """The reply `again` gives the identifiers of the `first` call of the same operation. `sent` names its request."""
    claim.success(again, sent)
    for member in EFFECTS[first.request.operation].gives:
        claim.equal(_members(again).get(member), text_at(_members(first), member), f"the {member} of {sent}")


def only_successes(replies: Sequence[Exchange]) -> list[Exchange]:
    """The calls that succeeded. Raises SetupFailed where none did."""
    found = [exchange for exchange in replies if exchange.response is not None and exchange.response.succeeded]
    if not found:
        raise SetupFailed(f"none of {len(replies)} calls at the same time succeeded", replies[0])
    return found


def _members(exchange: Exchange) -> Members:
    return exchange.response.members if exchange.response is not None and exchange.response.succeeded else {}


def _at(members: Any, path: str) -> Any:
    for name in path.split("."):
        members = members.get(name) if isinstance(members, Mapping) else None
    return members


def _reverse_members(value: Any) -> Any:
    """The same JSON value with the members of every object in reverse order."""
    if isinstance(value, dict):
        return {name: _reverse_members(value[name]) for name in reversed(value)}
    return [_reverse_members(below) for below in value] if isinstance(value, list) else value
