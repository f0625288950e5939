"""The plain-call rule: a promise about an operation is judged only where its plain valid call has worked.

What an operation refuses shows nothing where it refuses everything, and a scenario that fails because one of its calls
is always refused shows nothing about the rest. Exempt are the promises that the refused plain call itself breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation, operations
from conformance.contract.requirements import Requirement
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import NotGiven, SetupFailed
from conformance.endpoint.probe import Finding, Standing, is_own_refusal
from conformance.engine.profile import EndpointProfile
from conformance.engine.request_forms import VALID_REQUEST
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome

CHAT = "StartChatContact"
_OUTCOMES = {
    Standing.UNSUPPORTED: Outcome.UNSUPPORTED,
    Standing.REFUSED: Outcome.INCONCLUSIVE,
    Standing.BLOCKED: Outcome.INCONCLUSIVE,
    Standing.UNANSWERED: Outcome.INCONCLUSIVE,
    Standing.NOT_READY: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What is noted of a requirement instead of a judgement, and why.

    `lacking` is the operation that the judgement takes and the endpoint does not implement. `exchanges` is what made
    it so: the refused plain call, the call that got no answer.
    """

    outcome: Outcome
    reason: str
    lacking: str | None = None
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False)

    def observation(self, requirement: str, test: str | None, last: Sequence[Exchange] = ()) -> Observation:
        """What a scenario's `test` records about `requirement`.

        An inconclusive observation without exchanges shows `last`, the last exchange of the scenario.
        """
        inconclusive = self.outcome is Outcome.INCONCLUSIVE
        return Observation(
            requirement,
            self.outcome,
            "scenario",
            test,
            edge=test if inconclusive else None,
            reason=self.reason,
            lacking=self.lacking,
            exchanges=self.exchanges or (tuple(last) if inconclusive else ()),
        )


@dataclass(frozen=True, slots=True)
class PlainCallRule:
    """Says of a requirement why it is not judged, by what the plain calls got. Each answer is None where it is."""

    profile: EndpointProfile

    def of_operation(self, name: str) -> Unjudged | None:
        """Why nothing about operation `name` is judged. Makes its plain call if that was not made yet."""
        return _obstacle_of(self.profile.of(name))

    def of_promise(self, requirement: str) -> Unjudged | None:
        """Why a promise that seems kept is not judged: its operation does not work, so that it says nothing."""
        subject = _own_operation(requirement)
        found = self.profile.finding_of(subject) if subject else None
        return _obstacle_of(found) if found and not _is_exempt(catalogue()[requirement], found) else None

    def of_violation(self, violation: ContractViolation) -> Unjudged | None:
        """Why `violation` is not one: the operation that it is about, or one that it rests on, does not work."""
        requirement = catalogue()[violation.requirement]
        subject = _own_operation(requirement.id)
        if subject and not _is_exempt(requirement, self.profile.of(subject)):
            own = self.of_operation(subject)
            if own is not None:
                return own
        return self._of_exchanges(requirement, violation.exchanges)

    def of_setup_failure(self, requirement: str, wrong: SetupFailed) -> Unjudged:
        """What is noted of `requirement` where `wrong` kept it from being judged."""
        subject = _own_operation(requirement)
        known = self.profile.finding_of(subject) if subject else None
        if known is not None and (own := _obstacle_of(known)) is not None:
            return own
        if isinstance(wrong, NotGiven):
            return Unjudged(Outcome.UNTESTED, wrong.reason)
        exchanges = (wrong.exchange,) if wrong.exchange is not None else ()
        needed = self._of_exchanges(catalogue()[requirement], exchanges)
        return needed or Unjudged(Outcome.INCONCLUSIVE, wrong.reason, exchanges=exchanges)

    def of_hopeless(self, requirement: str, reason: str) -> Unjudged:
        """What is noted of `requirement` where no test is run since no plain call got a reply of the API."""
        name = _own_operation(requirement)
        found = self.profile.finding_of(name or CHAT)
        if found is None:
            return Unjudged(Outcome.INCONCLUSIVE, reason)
        own = _obstacle_of(found) if name is not None else _of_other(CHAT, found)
        if own is not None and own.outcome is not Outcome.INCONCLUSIVE:
            return own
        return Unjudged(Outcome.INCONCLUSIVE, reason, own.lacking if own is not None else None, found.exchanges)

    def _of_exchanges(self, requirement: Requirement, exchanges: Iterable[Exchange]) -> Unjudged | None:
        """Why nothing follows from `exchanges`: one of them is a refused call of an operation that never works."""
        for name, last in _last_refusals(exchanges).items():
            if name in (requirement.operation, taker_of_promise(requirement.id, last)):
                continue
            if found := _of_other(name, self.profile.of(name)):
                return found
        return None


def _own_operation(requirement: str) -> str | None:
    """The operation that a requirement is about, None where it is about a topic."""
    name = requirement.partition(".")[0]
    return name if name in operations() else None


def _is_exempt(requirement: Requirement, found: Finding) -> bool:
    """Whether the promise is one that the plain call itself shows to be broken."""
    return requirement.id in {f"{requirement.operation}.{rule}" for rule in (VALID_REQUEST, found.breaks)}


# Promises of a value that another operation takes. That operation's own refusal of the value shows them to be broken,
# also where its plain call, which takes such a value, is refused for the same reason.
_TAKEN_BY = {
    "StartContactStreaming.StreamingId.stops": "StopContactStreaming",
    "StartChatContact.ContactId.names-the-contact": "DescribeContact",
}


def taker_of_promise(requirement: str, refused: Exchange) -> str | None:
    """The operation that takes the promised value, where it refused the value itself; else None."""
    name = _TAKEN_BY.get(requirement)
    if name != refused.request.operation or refused.response is None:
        return None
    return name if is_own_refusal(operation(name), refused.response) else None


def _last_refusals(exchanges: Iterable[Exchange]) -> dict[str, Exchange]:
    """The last refused call of each operation among `exchanges`, the last first."""
    refused = [e for e in exchanges if e.response is None or not e.response.succeeded]
    found: dict[str, Exchange] = {}
    for exchange in reversed(refused):
        if exchange.request.operation in operations():
            found.setdefault(exchange.request.operation, exchange)
    return found


def _obstacle_of(found: Finding) -> Unjudged | None:
    if found.standing is Standing.WORKS:
        return None
    if found.not_given is not None and found.standing is Standing.NOT_READY:
        return Unjudged(Outcome.UNTESTED, found.reason)
    return Unjudged(_OUTCOMES[found.standing], found.reason, exchanges=found.exchanges)


def _of_other(name: str, found: Finding) -> Unjudged | None:
    """What another operation `name`, which a test has called, does to its requirement."""
    unjudged = _obstacle_of(found)
    if unjudged is None or unjudged.outcome is Outcome.UNTESTED:
        return unjudged
    lacking = name if found.standing is Standing.UNSUPPORTED else None
    return Unjudged(Outcome.INCONCLUSIVE, f"it takes {name}: {found.reason}", lacking, found.exchanges)
