"""A bench: one reference endpoint in a separate process that becomes one wrong or lawful endpoint after another."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from types import FrameType
from typing import Any

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.contract.wire import SIGNED_URL, Exchange
from conformance.endpoint.budget import Budget
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.settings import Settings, build_settings
from conformance.endpoint.throttling import Patience
from conformance.endpoint.transfers import Transfers
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS, Depth, Edges
from conformance.engine.polling import Polling
from conformance.engine.verifier import NotVerified, Verifier
from conformance.power.direct import Direct, DirectEndpoint, DirectTransfers, DirectTransport
from conformance.power.observed import Observed
from conformance.power.scripts import collect
from conformance.results.observation import Effort
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome, Verdict
from conformance.session.budget_order import USUAL_PRICE
from conformance.session.coverage_order import adding_tests
from conformance.session.flight_order import in_flight_order
from conformance.session.flow_start import learn_flow_start
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.script import Script
from conformance.session.in_flight.script_run import ScriptRun
from conformance.session.reference_process import GIVEN_BY_REFERENCE, ReferenceProcess, start_reference

TIMEOUT = 5.0  # seconds of one exchange
POLL = 2.0  # seconds that are waited for what must appear; the reference shows it at once
DIRECT_POLL = 0.3  # the same without a network and without a variant
LONGEST = 600.0  # seconds after which a trial is given up: a deep one over a network takes minutes on a busy machine
HASTY = Patience(attempts=2, first_wait=0.02, longest_wait=0.1, total=0.2)
# One call after another is not throttled twice by an endpoint that throttles each nth; beside others it may be.
HASTY_IN_FLIGHT = replace(HASTY, attempts=Patience().attempts, total=1.0)


class Overtime(BaseException):
    """A trial took longer than it may. No `except Exception` of a test is to take it for an answer."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One endpoint to be judged: with one seeded fault, none or several, in these variants.

    `claims` narrows the tests to those that claim one of these requirements; None runs all of them.
    `over_network` asks for a server in a separate process and real HTTP and web sockets. `in_flight` is how many
    tests are at work at once.
    """

    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    claims: frozenset[str] | None = None
    depth: str = "smoke"
    seed: int = 1
    over_network: bool = False
    in_flight: int = 1


@dataclass(frozen=True, slots=True)
class Findings:
    """What a trial showed: each requirement that turned red and after how much, and what went wrong in the suite.

    `unseen` are the musts that could not be judged: nothing was seen of them but that. `breaches` say of each
    requirement that turned red what was expected and what was seen.
    """

    reds: dict[str, Effort]
    errors: tuple[str, ...]
    requests: int
    seconds: float
    unseen: frozenset[str] = frozenset()
    breaches: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """The reference endpoint and the suite's tests, ready for trials, one after another."""

    direct: Direct = field(default_factory=Direct)
    scripts: tuple[Script, ...] = field(default_factory=collect)
    embedded: ReferenceProcess | None = None
    adding: tuple[Script, ...] | None = None

    def judge(self, trial: Trial) -> Findings:
        """Run the suite's tests against the endpoint that `trial` describes. Raises LookupError for a wrong name."""
        return self.judge_in_words(trial)[0]

    def judge_in_words(self, trial: Trial) -> tuple[Findings, Mapping[str, Verdict]]:
        """The same, and the verdict of each requirement of which anything was seen."""
        reference = self._reference() if trial.over_network else self.direct
        reference.reconfigure(trial.faults, trial.variants)
        began = time.monotonic()
        bound = _Bound(reference, trial)
        try:
            with _limit(LONGEST):
                errors = tuple(_run(bound.verifier, self._choose(trial), trial.in_flight))
        except Overtime:
            errors = (f"it did not end within {LONGEST:g} s",)
        finally:
            bound.target.close()
        seconds, recorder = time.monotonic() - began, bound.recorder
        reds, sent = _reds(recorder), bound.target.budget.sent
        findings = Findings(reds, errors, sent, seconds, _unseen(recorder), _breaches(recorder, reds))
        return findings, bound.observed.verdicts()

    def _reference(self) -> ReferenceProcess:
        if self.embedded is None:
            self.embedded = start_reference()
        return self.embedded

    def _choose(self, trial: Trial) -> Iterable[Script]:
        claims, scripts, depth = trial.claims, self.scripts, DEPTHS[trial.depth]
        if depth.edges is not Edges.ALL:
            scripts = self._adding(depth)
        return scripts if claims is None else [s for s in scripts if claims.intersection(s.claims)]

    def _adding(self, depth: Depth) -> tuple[Script, ...]:
        """The tests that a run of `depth`, the only one that leaves any out, keeps."""
        if self.adding is None:
            names = adding_tests({script.name: script.claims for script in self.scripts}, USUAL_PRICE, depth)
            self.adding = tuple(script for script in self.scripts if script.name in names)
        return self.adding

    def close(self) -> None:
        """End the endpoint's process, if one was started."""
        if self.embedded is not None:
            self.embedded.stop()


class _Bound:
    """The verifier of one trial, and what it is bound to."""

    def __init__(self, reference: ReferenceProcess | Direct, trial: Trial) -> None:
        settings = _settings(reference, trial)
        self._learning = Lock()
        self.observed = Observed()
        self.recorder = Recorder(self.observed)
        transport = DirectTransport(reference) if isinstance(reference, Direct) else None
        patience = replace(HASTY if trial.in_flight == 1 else HASTY_IN_FLIGHT)
        budget = Budget(adapts=False)  # nothing throttles here but a fault or a variant, and not by the rate
        self.target = HttpTarget(
            settings, budget=budget, patience=patience, on_exchange=self._take, transport=transport
        )
        endpoint = _endpoint(self.target, reference)
        self._contacts = Contacts(StopContactCalls(endpoint.send), settings.instance_id, settings.max_open)
        given = {name: getattr(settings, name) for name in GIVEN_BY_REFERENCE}
        conversations = Conversations(endpoint, self._contacts, given, Polling(settings.poll_seconds))
        self.target.make_room = conversations.make_room
        depth = replace(DEPTHS[trial.depth], repetitions=0)
        self.verifier = Verifier(conversations, self.recorder, depth, trial.seed)
        if trial.variants:  # a fault is judged by what the tests ask, and by nothing before them
            learn_flow_start(endpoint, conversations)

    def _take(self, exchange: Exchange) -> None:
        self._contacts.learn(exchange)
        with self._learning:
            self.verifier.profile.learn(exchange)
        self.verifier.polling.asks(exchange.request.operation)
        self.recorder.check_passively(exchange)


def _settings(reference: ReferenceProcess | Direct, trial: Trial) -> Settings:
    """A fault shows at once or never where no network is; what is right may still take its time."""
    facts, hasty = reference.facts, isinstance(reference, Direct) and not trial.variants
    given: Mapping[str, Any] = {name: facts[name] for name in GIVEN_BY_REFERENCE}
    return build_settings(facts["url"], timeout=TIMEOUT, poll_seconds=DIRECT_POLL if hasty else POLL, **given)


def _endpoint(target: HttpTarget, reference: ReferenceProcess | Direct) -> Endpoint:
    settings, admit = target.settings, partial(target.budget.spend, SIGNED_URL)
    if isinstance(reference, Direct):
        return DirectEndpoint(target, DirectTransfers(settings, reference, admit), reference, reference)
    return Endpoint(target, Transfers(settings, admit), reference)


def _run(verifier: Verifier, scripts: Iterable[Script], in_flight: int) -> Iterator[str]:
    """Run each script; yields what is no finding about the endpoint but an error of the suite."""
    for script_run in _script_runs(verifier, scripts, in_flight):
        raised = script_run.raised
        if raised is not None and not isinstance(raised, Exception):
            raise raised
        if raised is not None and not isinstance(raised, (ContractViolation, NotVerified)):
            yield f"{script_run.script.name}: {raised!r}"


def _script_runs(verifier: Verifier, scripts: Iterable[Script], in_flight: int) -> Iterator[ScriptRun]:
    """What came of each script, in their order."""
    if in_flight == 1:
        for script in scripts:
            script_run = ScriptRun(script)
            script_run.run(verifier)
            yield script_run
        return
    named = {script.name: script for script in scripts}
    flight = LookAhead[str](verifier, in_flight, lambda: None)
    flight.start(in_flight_order(named))
    try:
        yield from filter(None, map(flight.take, named))
    finally:
        flight.end()


def _reds(recorder: Recorder) -> dict[str, Effort]:
    return {
        requirement: record.found_after
        for requirement, record in recorder.records.items()
        if record.found_after is not None and catalogue()[requirement].level is not Level.RECORD
    }


def _breaches(recorder: Recorder, reds: Iterable[str]) -> dict[str, str]:
    shown = {requirement: recorder.records[requirement].violation for requirement in reds}
    return {rid: str(violation.breach) for rid, violation in shown.items() if violation is not None}


def _unseen(recorder: Recorder) -> frozenset[str]:
    musts = {
        rid: record
        for rid, record in recorder.records.items()
        if rid in catalogue() and catalogue()[rid].level is Level.MUST
    }
    return frozenset(rid for rid, record in musts.items() if record.outcomes.keys() == {Outcome.INCONCLUSIVE})


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raises Overtime inside when `seconds` are over."""

    def strike(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
        raise Overtime

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
