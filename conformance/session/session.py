"""One run: the endpoint it judges, the ledger it writes, and the report it ends with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from conformance.checks.diagnosis.traffic import Traffic
from conformance.checks.violation import ContractViolation
from conformance.contract.wire import SIGNED_URL, Exchange
from conformance.endpoint.back_end import back_end_of
from conformance.endpoint.budget import Budget
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.clocks import Clock, ClockCommand
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.counters import RunCounters
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.network import Network
from conformance.endpoint.settings import Settings
from conformance.endpoint.shares import open_share
from conformance.engine.conversations import Conversations
from conformance.engine.polling import Polling
from conformance.engine.verifier import Verifier
from conformance.results.ledger import Ledger
from conformance.results.observation import Observation
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.session.garbage import GarbageCollection
from conformance.session.in_flight.dispatcher import is_in_flight
from conformance.session.in_flight.number import calls_in_flight
from conformance.session.in_flight.parts import Part
from conformance.session.interrupts import Interrupts
from conformance.session.options import Options
from conformance.session.processes import Process
from conformance.session.reference_process import ReferenceProcess, start_reference
from conformance.session.reply_times import ReplyTimes
from conformance.session.run_files import RunFiles, unwritable
from conformance.session.run_footer import clock_notes, ledger_footer
from conformance.session.run_headers import journal_header, ledger_header
from conformance.session.run_settings import facts_of_owner, proxies_of, secrets_of, settings_of
from conformance.session.selection import Selection
from conformance.session.violation_scripts import ViolationScripts
from connect_conformance_pytest.options import REFERENCE


@dataclass(slots=True)
class Run:
    """A run of the suite against one endpoint, in one process, writing its ledger and its journal below `directory`.

    `header` is what its ledger begins with. `hopeless` is why no test is run, where the first calls have
    shown that none can show anything. `in_flight` is how many tests are at work at once; of a run that is spread over
    processes, or that makes a plan, one in each. `parts` is what those in flight took, when they have ended.
    """

    options: Options
    directory: Path
    process: Process = field(default_factory=Process)
    interrupts: Interrupts = field(default_factory=Interrupts)
    selection: Selection | None = None
    machine: Mapping[str, Any] = field(default_factory=dict)
    embedded: ReferenceProcess | None = None
    network: Network = field(default_factory=Network)
    verifier: Verifier = field(init=False)
    endpoint: Endpoint = field(init=False)
    ledger: Ledger = field(init=False)
    started: float = field(default_factory=time.time)
    files: RunFiles = field(init=False)
    broken_off: bool = False
    hopeless: str | None = None
    in_flight: int = 1
    parts: Mapping[str, Part] | None = None
    traffic: Traffic = field(default_factory=Traffic)
    garbage: GarbageCollection = field(default_factory=GarbageCollection)
    reply_times: ReplyTimes = field(default_factory=ReplyTimes)
    header: Mapping[str, Any] = field(default_factory=dict)
    _learning: Lock = field(default_factory=Lock)

    def open(self) -> None:
        """Start or reach the endpoint and begin the ledger and the journal.

        Raises SettingsError for unusable options, and where the files cannot be written.
        """
        settings = self._settings()
        proxies = proxies_of(settings)
        self.files = RunFiles(self.directory, self.process.suffix)
        self._begin_ledger(settings, proxies)
        journal = self._begin_journal(settings)
        target = self._target(settings, journal)
        self.endpoint = self._endpoint(target, journal)
        contacts = self._contacts(target, journal)
        given = {**facts_of_owner(settings), "probe_limits": "yes" if self.options["--probe-limits"] else None}
        conversations = Conversations(
            self.endpoint, contacts, given, Polling(settings.poll_seconds), self._invented_options()
        )
        target.make_room = conversations.make_room
        examples = self.options.report_dir / ".hypothesis"
        recorder = Recorder(self.ledger)
        self.verifier = Verifier(conversations, recorder, self.options.depth, self.options.seed, examples)
        self.garbage.begin()

    def _begin_ledger(self, settings: Settings, proxies: Mapping[str, str]) -> None:
        self.ledger = Ledger(self.files.ledger, secrets_of(self.options, settings))
        if not self.process.suffix and self.options.planned is None:
            self.in_flight = calls_in_flight(self.options["--in-flight"], settings)
        header = ledger_header(self.options, settings, self.selection, proxies, self.started)
        self.header = {**header, "in_flight": self.in_flight, **self.machine}
        self.ledger.header(**self.header)
        for url, proxy in proxies.items():
            self.ledger.note(
                f"Everything that goes to {url} goes through the proxy {proxy}, which the environment names."
            )
        if self.network.left_out is not None:
            self.ledger.note(self.network.left_out)

    def _begin_journal(self, settings: Settings) -> ContactJournal:
        journal = ContactJournal(self.files.journal.write)
        journal.begin(**journal_header(self.options, settings, self.started))
        return journal

    def _target(self, settings: Settings, journal: ContactJournal) -> HttpTarget:
        return HttpTarget(
            settings,
            budget=Budget.of(settings, RunCounters(self.process.counters)),
            on_exchange=self._take,
            transport=self.network.transport(settings),
            journal=journal,
        )

    def _endpoint(self, target: HttpTarget, journal: ContactJournal) -> Endpoint:
        transfers = self.network.transfers(target.settings, lambda: target.budget.spend(SIGNED_URL))
        endpoint = self.network.endpoint(target, transfers, self._clock())
        endpoint.back_end = back_end_of(target.settings, endpoint.stop, target.budget, journal)
        return endpoint

    def _contacts(self, target: HttpTarget, journal: ContactJournal) -> Contacts:
        """Nothing is started yet. Of several processes each may keep its share of the contacts open."""
        settings, back_end = target.settings, self.endpoint.back_end
        most_open = open_share(settings.max_open, self.process.index, self.process.count)
        end = back_end.end if back_end else StopContactCalls(self.endpoint.stop)
        contacts = Contacts(end, settings.instance_id, most_open, journal, target.budget.note_end)
        if back_end is not None:
            back_end.started = contacts.add
        return contacts

    def _invented_options(self) -> frozenset[str]:
        """The options whose values the suite makes up; those of the embedded reference are right."""
        known = self.embedded is not None or self.options["--streaming-endpoint-arn"]
        return frozenset() if known else frozenset({"--streaming-endpoint-arn"})

    def _clock(self) -> Clock | None:
        if self.embedded is not None and not self.options.lacks("--advance-clock"):
            return self.embedded
        command = self.options["--advance-clock"]
        return ClockCommand(command) if command else self.network.clock

    def _take(self, exchange: Exchange) -> None:
        """Learn from each exchange of the run, and judge it by what holds for every reply."""
        self.verifier.conversations.contacts.learn(exchange)
        self.verifier.polling.asks(exchange.request.operation)
        with self._learning:  # replies of calls in flight arrive on their own threads
            self.reply_times.add(exchange)
            self.verifier.profile.learn(exchange)
            if not self.endpoint.target.settings.on_aws:  # there web sockets and files lie elsewhere by design
                self.traffic.learn(exchange)
            self.garbage.note(exchange)
        self.verifier.recorder.check_passively(exchange)
        self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt where the run is to end: a signal, a sibling that ended, a full disk.

        Once for pytest's thread, whose closing goes on, and for each call of a test in flight.
        """
        if self.broken_off:
            if is_in_flight():
                raise KeyboardInterrupt
            return
        self.broken_off = self.interrupts.pending or self.process.must_end() or self.files.failure is not None
        if self.broken_off:
            raise KeyboardInterrupt

    def end_if_broken_off(self) -> None:
        """Raise KeyboardInterrupt where the run is to end, also where a test in flight has met that before."""
        self.check()
        if self.broken_off:
            raise KeyboardInterrupt

    def _settings(self) -> Settings:
        if self.options["--target"] != REFERENCE:
            return settings_of(self.options)
        self.embedded = start_reference()
        return settings_of(self.options, self.options.usable_facts(self.embedded.facts))

    def excuse(self, requirement: str) -> str | None:
        """Why a failure of `requirement` is expected today, from the list of known deviations; None where it is not."""
        address, day = self.endpoint.target.settings.target, datetime.now(UTC).date()
        known = (d for d in self.options.deviations if d.requirement == requirement and d.applies_to(address))
        return next((f"known deviation: {d.reason}" for d in known if not d.expired_on(day)), None)

    def evidence(self, violation: ContractViolation) -> dict[str, Any]:
        """What `violation` shows, as the ledger has it: no secret stands in it."""
        seen, exchanges = violation.breach, violation.exchanges
        return self.ledger.plain(
            Observation(violation.requirement, Outcome.BROKEN, "edge", breach=seen, exchanges=exchanges)
        )

    def end_of_test(self, nodeid: str, title: str, outcome: str, seconds: float) -> None:
        """Write down that a pytest item ended, and everything counted during it."""
        self.ledger.flush()
        traffic = self.endpoint.target.budget.take()
        if traffic.by_operation:
            self.ledger.traffic(traffic.by_operation, traffic.shrinking, self.reply_times.take())
        self.ledger.test(nodeid, title, outcome, seconds)

    def reproduce(self, say: Callable[[str], None]) -> None:
        """Run the very scripts that the report will print, and write down how often each showed its violation again.

        `say` takes a few words about the progress.
        """
        violations = any(record.violation for record in self.verifier.recorder.records.values())
        if self.network.is_real and violations:
            contacts, path = self.verifier.conversations.contacts, self.files.ledger.path
            ViolationScripts(self.options, self.endpoint.target, contacts, self.ledger, path, self.check).run(say)

    def close(self, *, interrupted: bool, suite_error: bool) -> None:
        """Stop every contact that was started, end the ledger, the journal and the embedded endpoint.

        A signal meanwhile leaves the contacts that are still open to the journal, and the rest is done.
        """
        failure = self.files.failure
        with self.endpoint.target.budget.closing():
            self.verifier.conversations.close(lambda: not self.interrupts.hurry)
        self._end_ledger(failure, interrupted=interrupted, suite_error=suite_error)
        self.files.close()
        self.endpoint.target.close()
        self.endpoint.transfers.close()
        if self.embedded is not None:
            self.embedded.stop()

    def _end_ledger(self, failure: OSError | None, *, interrupted: bool, suite_error: bool) -> None:
        """Write the traffic that no test has counted, the closing notes and how the run ended."""
        traffic = self.endpoint.target.budget.take()
        self.ledger.traffic(traffic.by_operation, traffic.shrinking, self.reply_times.take())
        for sentence in self._closing_notes(failure):
            self.ledger.note(sentence)
        contacts, clocks = self.verifier.conversations.contacts, self.verifier.profile.clocks
        self.ledger.footer(
            **ledger_footer(contacts, clocks, self.started),
            interrupted=interrupted,
            suite_error=suite_error,
            unwritable=failure is not None,
            parts=self.parts,
        )

    def _closing_notes(self, failure: OSError | None) -> Iterator[str]:
        """Sentences about the line, the clocks, a full disk, and what stands between the run and its endpoint."""
        yield from self.endpoint.target.line.sentences()
        yield from clock_notes(self.endpoint.target, self.verifier.profile.clocks)
        if failure is not None:
            yield unwritable(failure)
        broken = [record.violation for record in self.verifier.recorder.records.values() if record.violation]
        yield from self.traffic.notes(violation.exchanges for violation in broken)
