"""ClientTokens that are sent again after many others: the run's own ones where there are enough, else some more."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange
from conformance.engine.earlier_starts import EarlierStart
from conformance.scenario.claim import Claim
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token


@dataclass(frozen=True, slots=True)
class RepeatedStart:
    """The run's `first` start of an operation, and the reply to the same request `again` after all others."""

    idempotent: IdempotentCall
    first: Exchange
    again: Exchange

    @property
    def has_the_same_result(self) -> bool:
        """Whether both replies have the same identifiers."""
        seen = [e.response.members if e.response is not None else {} for e in (self.first, self.again)]
        return all(seen[0].get(member) == seen[1].get(member) for member in self.idempotent.effect.gives)

    def judge(self, claim: Claim) -> None:
        """The second reply has the result of the first. Raises ContractViolation where it has another."""
        self.idempotent.repeats(claim, self.first, self.again, "the run's first start sent again after all others")


def repeat_first_start(scenario: Scenario, name: str) -> RepeatedStart | None:
    """Send the run's first start of operation `name` again, after as many others as an endpoint has to distinguish.

    None where there is none whose contact is open, and in a replay, which is to show a violation by itself.
    """
    first = first_start(scenario, name)
    if first is None:
        return None
    idempotent, start = first
    make_others(idempotent, idempotent.effect.most - 1 - len(start.others))
    return RepeatedStart(idempotent, start.exchange, idempotent.send(start.token))


def first_start(scenario: Scenario, name: str) -> tuple[IdempotentCall, EarlierStart] | None:
    """The run's first start of operation `name` with a ClientToken, which becomes part of the scenario.

    None where there is none whose contact is open, and in a replay, which is to show a violation by itself.
    """
    first = scenario.verifier.earlier_starts.get(name)
    if first is None or scenario.replay or first.contact not in scenario.verifier.conversations.contacts.open:
        return None
    scenario.exchanges.append(first.exchange)
    return IdempotentCall(scenario, name, None, first.arguments), first


def first_call(scenario: Scenario, requirement: str) -> tuple[IdempotentCall, str, Exchange]:
    """A call of the requirement's operation, its ClientToken and its exchange: the run's first start, or a new call."""
    first = first_start(scenario, operation_of(requirement))
    if first is not None:
        return first[0], first[1].token, first[1].exchange
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    return idempotent, token, idempotent.perform(token)


def make_others(idempotent: IdempotentCall, number: int) -> None:
    """Call the operation so many times with other ClientTokens. Raises SetupFailed where one is refused."""
    for _ in range(number):
        other = idempotent_call(idempotent.scenario, f"{idempotent.name}.ClientToken", idempotent.by)
        other.undo(other.perform(fresh_client_token()))
