"""Which scripts are tried, in which order and how often, and what their replies say about the promise."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from conformance.checks.passive import judge_reply
from conformance.contract.model import operations
from conformance.contract.wire import Exchange
from conformance.endpoint.budget import Budget
from conformance.endpoint.settings import Settings
from conformance.reproduction.exchange_diff import CLIENT_ERROR, difference
from conformance.reproduction.script_runner import ScriptOutcome
from conformance.results.ledger_entries import exchange_entry
from conformance.results.observation import Repetitions
from conformance.results.verdicts import Verdict
from reports.cause_entries import causes_in
from reports.reproduction import script_of
from reports.requirement_result import RequirementResult, Violation
from reports.run import Run, run_of
from reports.traceability import requirement_results

MOST_SCRIPTS = 40
OF_ONE_CAUSE = 3  # scripts
REPEATED = 10  # scripts; where these showed their violations each time, the others are run once
MOST_SECONDS = 10.0  # for all scripts of a run
SET_UP_REQUESTS, SET_UP_CONTACTS = 16, 3  # that a script may need beside the calls that were recorded
_LISTENS = "websockets"  # a script that opens sockets waits for them, so it comes after those that do not


@dataclass(frozen=True, slots=True)
class Attempt:
    """The script for one violation."""

    requirement: str
    violation: Violation
    script: str

    @property
    def needs(self) -> tuple[int, int]:
        """The most requests and contacts that running it may take."""
        starts = sum(exchange["operation"].startswith("Start") for exchange in self.violation.exchanges)
        return len(self.violation.exchanges) + SET_UP_REQUESTS, starts + SET_UP_CONTACTS


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """How often a script showed its violation, of the runs that came to the judged call as the recorded ones did."""

    attempt: Attempt
    seen: Repetitions


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An attempt, whether the run fails by its violation, and how many others of its cause come before it."""

    attempt: Attempt
    fails: bool
    before: int


def attempts_of(entries: Iterable[Mapping[str, Any]]) -> list[Attempt]:
    """The scripts of the run that `entries` of a ledger record: failures first, those that wait for sockets later.

    Of each cause there are the first few, the first of each before the second of any. The entries are gone through
    several times.
    """
    run = run_of(entries)
    broken = [result for result in requirement_results(entries, run) if result.violation is not None]
    found = list(_first_of_each_cause(broken, run))
    found.sort(key=lambda each: (not each.fails, _LISTENS in each.attempt.script, each.before))
    return [each.attempt for each in found]


def _first_of_each_cause(broken: Sequence[RequirementResult], run: Run) -> Iterator[_Ranked]:
    """The first few of each cause, before all what it is named by: what they show, the others show too."""
    causes = causes_in(broken)
    cause_of = {rid: cause["requirement"] for cause in causes for rid in (cause["requirement"], *cause["follows"])}
    tried: Counter[str] = Counter()
    for result in sorted(broken, key=lambda each: cause_of.get(each.requirement.id) != each.requirement.id):
        cause = cause_of.get(result.requirement.id, result.requirement.id)
        if tried[cause] < OF_ONE_CAUSE and (attempt := _attempt(result, run)) is not None:
            yield _Ranked(attempt, result.verdict is Verdict.FAIL, tried[cause])
            tried[cause] += 1


def _attempt(result: RequirementResult, run: Run) -> Attempt | None:
    script = script_of(result, run)
    if script is None or result.violation is None:
        return None
    return Attempt(result.requirement.id, result.violation, script)


class RunsScripts(Protocol):
    """Whoever runs scripts."""

    def run(self, script: str) -> ScriptOutcome:
        """Run `script`."""


def try_all(
    attempts: Sequence[Attempt], script_runner: RunsScripts, budget: Budget, repetitions: int
) -> Iterator[ScriptResult]:
    """Try each script `repetitions` times, as far as MOST_SCRIPTS, MOST_SECONDS and the run's own maxima allow.

    Once is enough where each of the first ones showed its violation each time.
    """
    deadline, is_steady = time.monotonic() + MOST_SECONDS, True
    for number, attempt in enumerate(attempts[:MOST_SCRIPTS]):
        times = min(repetitions, 1) if is_steady and number >= REPEATED else repetitions
        requests, contacts = attempt.needs
        if time.monotonic() > deadline or not budget.allows(requests * times, contacts * times):
            return
        tried = _result(attempt, [_compare(attempt, script_runner.run(attempt.script)) for _ in range(times)])
        is_steady &= tried.seen.times == tried.seen.of == times
        yield tried


def _result(attempt: Attempt, runs: Sequence[_Compared]) -> ScriptResult:
    came = [run.difference for run in runs if run.came]
    differences = came or [run.difference for run in runs]
    seen = Repetitions(came.count(None), len(came), next((words for words in differences if words), None))
    return ScriptResult(attempt, seen)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One run of a script. `came` says that it came to the judged call; `difference` is None where it got the same."""

    came: bool
    difference: str | None


def _compare(attempt: Attempt, outcome: ScriptOutcome) -> _Compared:
    recorded = attempt.violation.exchanges
    if outcome.gave_up is None and outcome.broken:
        return _Compared(came=True, difference=None)
    if outcome.gave_up is not None or len(outcome.exchanges) < len(recorded):
        return _Compared(came=False, difference=outcome.gave_up or "the script did not make all calls")
    now = _named_alike(recorded, outcome)
    before = difference(recorded[:-1], [exchange_entry(exchange) for exchange in now[:-1]], bodies=False)
    before = before or _of_accepted_call(attempt, now[-1])
    return _Compared(came=before is None, difference=before or _difference(attempt, now))


def _of_accepted_call(attempt: Attempt, now: Exchange) -> str | None:
    """Why an accepted call is another one than a recorded one that was refused, and seen to be wrong in passing.

    It may have been refused for its token or for what it names, in whose place the script has valid ones.
    """
    recorded = attempt.violation.exchanges[-1]["response"]
    if attempt.violation.phase != "passive" or recorded is None or now.response is None:
        return None
    if recorded["status"] < CLIENT_ERROR or not now.response.succeeded:
        return None
    return (
        f"it got {now.response.status} with a token and ids of its own, where the run's call got {recorded['status']}"
    )


def _named_alike(recorded: Sequence[Mapping[str, Any]], outcome: ScriptOutcome) -> list[Exchange]:
    """The last exchanges of a script, under the operations of the recorded ones."""
    return [
        replace(exchange, request=replace(exchange.request, operation=before["operation"]))
        for before, exchange in zip(recorded, outcome.exchanges[-len(recorded) :], strict=True)
    ]


def _difference(attempt: Attempt, now: Sequence[Exchange]) -> str | None:
    """In what the script's replies do not show the violation, or None: they do."""
    recorded = attempt.violation.exchanges
    if _judged_in_passing(attempt.requirement, now):
        return None
    if attempt.violation.phase == "passive":
        return "the reply keeps the promise"
    if recorded[-1]["dropped"]:
        return "a reply came"
    scenario = attempt.violation.phase == "scenario"  # any other example is accepted or refused, and nothing more
    return difference(recorded, [exchange_entry(exchange) for exchange in now], bodies=scenario)


def _judged_in_passing(requirement: str, exchanges: Sequence[Exchange]) -> bool:
    """Whether the last reply breaks `requirement` by what holds for each reply of its operation."""
    last = exchanges[-1]
    passing = judge_reply(last) if last.request.operation in operations() else ()
    return any(judged == requirement and broken is not None for judged, broken in passing)


# What the scripts look up: a variable of the tester's machine that happens to be called so must not lead them astray.
_LOOKED_UP = frozenset(
    {
        *("ENDPOINT", "PARTICIPANT_ENDPOINT", "CA_BUNDLE", "INSTANCE_ID", "CONTACT_FLOW_ID"),
        *("VIEW_TOKEN", "STREAMING_ENDPOINT_ARN"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    }
)


def environment_of(settings: Settings, *, real: bool) -> dict[str, str]:
    """The environment in which the scripts find what they do not hold: keys, if `real`, and what the owner gave."""
    found = {
        "VIEW_TOKEN": settings.view_token,
        "STREAMING_ENDPOINT_ARN": settings.streaming_endpoint_arn,
    }
    if real:
        keys = settings.credentials.get_frozen_credentials()
        found |= {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
        found["AWS_SESSION_TOKEN"] = keys.token
    others = {name: value for name, value in os.environ.items() if name not in _LOOKED_UP}
    return {**others, **{name: value for name, value in found.items() if value}}
