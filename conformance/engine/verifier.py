"""The verifier: sends requests for one requirement, has the replies judged and records the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conformance.checks.disturbances import dropping
from conformance.checks.replies import judged_reply
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import Operation, operation, operations
from conformance.contract.operation_traits import CONSUMING, STARTING, TRAITS
from conformance.contract.requirements import Constraint
from conformance.contract.resources import fill_in
from conformance.contract.wire import Exchange, Request, to_request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import AbsentOperation, SetupFailed
from conformance.endpoint.probe import Finding
from conformance.endpoint.running_tests import RunningTest, current
from conformance.engine.conversations import Conversations
from conformance.engine.depth import Depth
from conformance.engine.earlier_starts import EarlierStart
from conformance.engine.kinds_of_failure import KindsOfFailure
from conformance.engine.once import Once
from conformance.engine.plain_call_rule import PlainCallRule
from conformance.engine.plain_calls import plain_call
from conformance.engine.polling import Polling
from conformance.engine.profile import EndpointProfile
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from strategies.examples import plain_arguments, traceable


class NotVerified(Exception):
    """A requirement was neither kept nor broken; `outcome` and `reason` say why."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(f"{outcome}: {reason}")
        self.outcome = outcome
        self.reason = reason


@dataclass(slots=True)
class Verifier:
    """Looks at one endpoint for the length of a run.

    `seed` makes drawn examples repeatable. `examples` is the folder that keeps counterexamples between runs.
    `provoked` are replies by operation that several tests judge, `earlier_starts` the first start of each operation.
    `used_up` are chats that wrong calls of an operation, which were accepted, have used up.
    """

    conversations: Conversations
    recorder: Recorder
    depth: Depth
    seed: int
    examples: Path | None = None
    _flow_attributes: bool | None = None
    provoked: Once[tuple[Exchange, ...]] = field(default_factory=Once)
    earlier_starts: dict[str, EarlierStart] = field(default_factory=dict)
    used_up: dict[str, ChatResources] = field(default_factory=dict)
    _answers: Once[bool] = field(default_factory=Once)
    _done: dict[str, tuple[object, RunningTest]] = field(default_factory=dict)
    failures: KindsOfFailure = field(default_factory=KindsOfFailure)
    profile: EndpointProfile = field(init=False)
    rule: PlainCallRule = field(init=False)

    def __post_init__(self) -> None:
        self.profile = EndpointProfile(partial(plain_call, self), self._note_operation)
        self.rule = PlainCallRule(self.profile)

    @property
    def polling(self) -> Polling:
        """The polling policy of the run, which all waits share: what one learns, the others know."""
        return self.conversations.polling

    def _note_operation(self, name: str, found: Finding) -> None:
        if isinstance(found.not_given, AbsentOperation):
            return
        self.recorder.ledger.operation(
            name, standing=found.standing.value, implemented=found.implemented, reason=found.reason
        )

    def send(
        self, operation: Operation, arguments: dict[str, Any], conversation: ChatResources, *, exact: bool = False
    ) -> Exchange:
        """Make a call with `arguments`, resources filled in. Raises SetupFailed when one cannot be made.

        A start that has no ClientToken gets a fresh one, unless it is to be `exact`.
        """
        sent = arguments if exact else traceable(operation, arguments)
        return self.send_request(to_request(operation, fill_in(sent, conversation)), conversation)

    def send_request(self, request: Request, conversation: ChatResources) -> Exchange:
        """Make a call. A success that uses up the shared conversation gives that up; an upload is counted."""
        exchange = self.conversations.calls.send(request)
        succeeded = exchange.response is not None and exchange.response.succeeded
        if succeeded:
            conversation.count(request.operation)
        if succeeded and request.operation in CONSUMING and conversation is self.conversations.shared_conversation():
            self.conversations.discard()
        if succeeded and request.operation in STARTING:
            self.conversations.take_in(exchange)
        return exchange

    def send_made_up(self, operation: Operation, arguments: dict[str, Any], resources: Mapping[str, str]) -> Exchange:
        """Make a call that belongs to no conversation, with `resources` filled in."""
        self.profile.invented.add(operation.name)
        return self.conversations.calls.send(to_request(operation, fill_in(arguments, resources)))

    def probe(self, operation: Operation) -> Finding:
        """The result of the plainest valid call of `operation`, which is sent once."""
        return self.profile.of(operation.name)

    def allows(self, constraint: Constraint, arguments: dict[str, Any]) -> bool:
        """Whether the endpoint accepts the constraint's member with a value well inside its limits; tried once."""
        key = f"allows {constraint.operation.name}.{constraint.member.dotted}"
        return self.once(key, partial(self._accepts, constraint.operation, arguments))

    def _accepts(self, operation: Operation, arguments: dict[str, Any]) -> bool:
        with self.conversations.own() as conversation:
            try:
                response = self.send(operation, arguments, conversation).response
            except SetupFailed:
                return False
        return response is not None and response.succeeded

    def once(self, what: str, ask: Callable[[], bool]) -> bool:
        """The answer to `ask`, which is asked the first time that this is called for `what` in this run."""
        return self._answers.get(what, ask)

    def flow_sets_attributes(self) -> bool:
        """Whether a plain contact has attributes, which only its flow can have set; looked up once."""
        reading = operation("GetContactAttributes")
        if self._flow_attributes is None:
            try:
                seen = self.send(reading, plain_arguments(reading), self.conversations.shared_conversation())
            except SetupFailed:
                return False
            self._flow_attributes = bool(seen.members.get("Attributes"))
        return self._flow_attributes

    def first_time(self, what: str) -> bool:
        """True the first time that this is called for `what` in this run."""
        mine = object(), current()
        return self._done.setdefault(what, mine) is mine

    def forget(self, test: RunningTest) -> None:
        """Have what `test` did the first time done by the next: it has come to no end."""
        for what in [what for what, (_, doer) in list(self._done.items()) if doer is test]:
            del self._done[what]

    def knows(self, what: str) -> bool:
        """Whether `first_time` was called for `what` in this run."""
        return what in self._done

    def require_working(self, requirement: str, operation: Operation) -> None:
        """Raises NotVerified, and notes it, unless a plain valid call of `operation` was accepted."""
        unjudged = self.rule.of_operation(operation.name)
        if unjudged is not None:
            self.give_up(requirement, unjudged.outcome, unjudged.reason, unjudged.exchanges)

    def give_up(self, requirement: str, outcome: Outcome, reason: str, exchanges: tuple[Exchange, ...] = ()) -> None:
        """Note that `requirement` cannot be witnessed, with the `exchanges` that show why, and raise NotVerified."""
        self.recorder.note(requirement, outcome, reason, "edge", exchanges=exchanges)
        raise NotVerified(outcome, reason)

    def conclude(self, requirement: str, unseen: str = "nothing was seen of it", tried: Iterable[str] = ()) -> None:
        """Raise what was seen of `requirement`: its violation, or NotVerified when nothing was.

        Where it was never judged, `unseen` is noted as the reason, with what broke the requirements `tried` for it.
        """
        record = self.recorder.records[requirement]
        if record.violation is not None:
            raise record.violation.with_traceback(None)
        if not record.outcomes:
            self.give_up(requirement, Outcome.INCONCLUSIVE, unseen, self._evidence_of(tried))
        if not record.outcomes[Outcome.KEPT] and not record.outcomes[Outcome.RECORDED]:
            raise NotVerified(next(iter(record.outcomes)), record.reason or unseen)

    def _evidence_of(self, tried: Iterable[str]) -> tuple[Exchange, ...]:
        broken = (self.recorder.records[requirement].violation for requirement in tried)
        return next((violation.exchanges for violation in broken if violation is not None), ())

    def drop_of(self, requirement: str, wrong: Inconclusive) -> ContractViolation | None:
        """The violation of `requirement` that a connection closed twice is, where a plain valid call is still served.

        None where the line, or all of the endpoint, may be at fault.
        """
        violation = dropping(requirement, wrong.exchange)
        if violation is None or wrong.exchange.request.operation not in operations():
            return None
        return violation if self.serves(wrong.exchange.request.operation) else None

    def serves(self, name: str) -> bool:
        """Whether a plain valid call of operation `name` is accepted now.

        It is made in the shared conversation, unless it would end that or use it up, and where it is refused there, in
        one of its own, which costs a chat.
        """
        subject = operation(name)
        uses_up = name in CONSUMING or TRAITS[name].ends
        if not uses_up and self.takes_plain_call(subject, self.conversations.shared_conversation()):
            return True
        with self.conversations.own() as conversation:
            return self.takes_plain_call(subject, conversation)

    def is_broken_by_plain_call(self, requirement: str) -> bool:
        """Whether the plain call itself shows `requirement` to be broken, for it is accepted in another form alone."""
        name, _, rule = requirement.partition(".")
        found = self.profile.finding_of(name) if name in operations() else None
        return found is not None and found.breaks == rule

    def takes_plain_call(self, operation: Operation, conversation: ChatResources) -> bool:
        """Whether a plain valid call of `operation` is accepted in `conversation` now."""
        try:
            return judged_reply(self.send(operation, plain_arguments(operation), conversation)).succeeded
        except (Inconclusive, SetupFailed):
            return False
