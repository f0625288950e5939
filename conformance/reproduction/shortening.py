"""Shorter scenarios: calls that a violation does not need are left out, and the shorter scenario is tried again.

A scenario is shortened only where its script judges by itself, and by no more than the judgement bears. Calls that only
read, or that were refused, have changed nothing: without them the same is promised. Where a message is missing, any
call can go whose reply no later call needs; where a request was refused that must be accepted, calls about other chats.
What is tried is sent to the endpoint, so few trials are made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.checks.violation import Breach
from conformance.contract.wire import Exchange
from conformance.endpoint.budget import Budget
from conformance.reproduction.attempts import SET_UP_CONTACTS, SET_UP_REQUESTS, RunsScripts
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports.cause_entries import causes_in
from reports.excerpt import deciding_values
from reports.reproduction import script_of
from reports.requirement_result import RequirementResult, Violation
from reports.run import Entry, Run, run_of
from reports.scenario_calls import ScenarioCalls, changes_nothing
from reports.script_judgement import CHANGING, SUCCESS, ScriptJudgement, judgement_for, normal
from reports.traceability import requirement_results

CAUSES, EXAMPLES, TRIALS = 3, 3, 20  # at most: causes of a run, examples of one, trials of one
_NARROWS = re.compile("NextToken|StartPosition")  # members of a request for a part of a transcript
_ACCEPTED = "is accepted"  # what a sentence says of a request that must not be refused
SHORT = 6  # calls: a scenario of no more is short enough


def shorter_scenarios(entries: Iterable[Entry], script_runner: RunsScripts, budget: Budget) -> Iterator[Observation]:
    """What was seen of the first causes of a run by scenarios that are shorter than those in `entries` of its ledger.

    The entries are gone through several times.
    """
    run = run_of(entries)
    results = requirement_results(entries, run)
    by_id = {result.requirement.id: result for result in results}
    for cause in causes_in(results)[:CAUSES]:
        result = by_id[cause["requirement"]]
        violation = result.violation
        if violation is not None and violation.phase == "scenario" and len(violation.exchanges) > SHORT:
            found = (
                _shortest(replace(result, violation=example), run, script_runner, budget)
                for example in _scenario_violations(entries, result)
            )
            if scenarios := [scenario for scenario in found if scenario is not None]:
                yield min(scenarios, key=lambda scenario: len(scenario.exchanges))


def _scenario_violations(entries: Iterable[Entry], result: RequirementResult) -> list[Violation]:
    """The examples of a broken promise that scenarios gave."""
    seen = [
        entry
        for entry in entries
        if entry["entry"] == "observation"
        and (entry["requirement"], entry["outcome"], entry["phase"])
        == (result.requirement.id, Outcome.BROKEN, "scenario")
        and entry["exchanges"]
    ]
    return [
        Violation(
            Breach.of(entry),
            **{name: entry[name] for name in ("phase", "edge", "test")},
            exchanges=tuple(entry["exchanges"]),
        )
        for entry in seen[:EXAMPLES]
    ]


def _shortest(result: RequirementResult, run: Run, script_runner: RunsScripts, budget: Budget) -> Observation | None:
    """The shortest scenario of `result` that showed the violation again; None where none is shorter."""
    violation = result.violation
    if violation is None:
        return None
    judgement = judgement_for(violation.breach.expected, violation.breach.actual, violation.exchanges)
    if judgement is None or _speaks_of_replies(violation, judgement):
        return None
    trials = _Trials(result, violation, judgement, run, script_runner, budget)
    quiet, scenario = changes_nothing(violation.exchanges), ScenarioCalls(violation.exchanges)
    calls = scenario.without(quiet)
    if not trials.show(calls):
        calls = list(range(len(violation.exchanges)))
        if judgement.kind == "missing":
            return None
    _fewest(calls, scenario, trials.show, quiet | _others(violation, judgement, scenario))
    return trials.observation()


def _speaks_of_replies(violation: Violation, judgement: ScriptJudgement) -> bool:
    """Whether the sentences name what a reply of the recorded scenario gave: another one is given other things."""
    if judgement.kind == "missing":
        return False
    if any(call is not None for _, call, _ in judgement.values):
        return True
    named = deciding_values(violation.breach.expected, violation.breach.actual)
    return any(re.fullmatch(CHANGING, value, re.DOTALL) and _is_given(value, violation.exchanges) for value in named)


def _is_given(value: str, exchanges: Iterable[Entry]) -> bool:
    """Whether `value` stands in a reply before any request holds it."""
    for exchange in exchanges:
        if value in exchange["request"]["body"]:
            return False
        if exchange["response"] is not None and value in exchange["response"]["body"]:
            return True
    return False


def _others(violation: Violation, judgement: ScriptJudgement, scenario: ScenarioCalls) -> frozenset[int]:
    """The calls that the judged reply does not depend on.

    A whole transcript contains each sent message, whatever else was sent: any call, or messages with other texts. A
    request is accepted without any other chat.
    """
    exchanges = violation.exchanges
    if judgement.kind == "missing":
        return frozenset(range(len(exchanges)))
    if judgement.kind == "status" and judgement.status not in SUCCESS and _ACCEPTED in violation.breach.expected:
        return scenario.of_other_chats()
    last = exchanges[-1]
    whole = last["operation"] == "GetTranscript" and not _NARROWS.search(last["request"]["body"])
    if judgement.kind != "values" or judgement.recorded != "[]" or not whole:
        return frozenset()
    texts = [text for text, _, _ in judgement.values]
    return frozenset(
        number
        for number, exchange in enumerate(exchanges)
        if exchange["operation"] == "SendMessage"
        and not any(text in normal(exchange["request"]["body"]) for text in texts)
    )


def _fewest(
    calls: list[int], scenario: ScenarioCalls, shows: Callable[[Sequence[int]], bool], may_go: Collection[int]
) -> None:
    """Leave out of `calls` what may go, tried in halves, quarters and so on down to single calls."""
    size = max(1, len([call for call in calls if call in may_go]) // 2)
    while size:
        place = 0
        while place < len(left := [call for call in calls[:-1] if call in may_go]):
            gone = set(left[place : place + size])
            fewer = scenario.needs_of([call for call in calls if call not in gone], calls[-1])
            if len(fewer) < len(calls) and shows(fewer):
                calls = fewer
            else:
                place += size
        size //= 2


class _Trials:
    """Tries scenarios made of some of the calls of `violation`, and keeps what the shortest that showed it saw."""

    def __init__(
        self,
        result: RequirementResult,
        violation: Violation,
        judgement: ScriptJudgement,
        run: Run,
        script_runner: RunsScripts,
        budget: Budget,
    ) -> None:
        self._result, self._violation, self._judgement = result, violation, judgement
        self._run, self._script_runner, self._budget = run, script_runner, budget
        self._left = TRIALS
        self._seen: tuple[Exchange, ...] = ()

    def show(self, calls: Sequence[int]) -> bool:
        """Whether the scenario of these `calls` shows the violation; False too where no more may be tried."""
        starts = sum(self._violation.exchanges[call]["operation"].startswith("Start") for call in calls)
        if not self._left or not self._budget.allows(len(calls) + SET_UP_REQUESTS, starts + SET_UP_CONTACTS):
            return False
        self._left -= 1
        shorter = replace(self._violation, exchanges=tuple(self._violation.exchanges[call] for call in calls))
        script = script_of(replace(self._result, violation=shorter), self._run, self._judgement.of_calls(calls))
        done = self._script_runner.run(script) if script else None
        if done is None or not done.broken:
            return False
        names = [exchange["operation"] for exchange in shorter.exchanges]
        self._seen = (*done.exchanges[: -len(names)], *map(_under_operation, done.exchanges[-len(names) :], names))
        return True

    def observation(self) -> Observation | None:
        """What the shortest scenario saw; None where it is not shorter than what was recorded."""
        if not self._seen or len(self._seen) >= len(self._violation.exchanges):
            return None
        missing, breach = self._judgement.kind == "missing", self._violation.breach
        return Observation(
            self._result.requirement.id,
            Outcome.BROKEN,
            "scenario",
            self._violation.test,
            breach=replace(breach, actual=json.dumps(list(_missing(self._seen)))) if missing else breach,
            exchanges=self._seen,
        )


def _under_operation(exchange: Exchange, operation: str) -> Exchange:
    """`exchange` of a script, under the operation that was recorded: no path with ids in it names one."""
    return replace(exchange, request=replace(exchange.request, operation=operation))


def _missing(exchanges: Sequence[Exchange]) -> Iterator[str]:
    """The Ids of messages that the last reply does not hold."""
    last = exchanges[-1].response
    held = last.body.decode("utf-8", "replace") if last else ""
    for exchange in exchanges:
        found = _document(exchange).get("Id") if exchange.request.operation == "SendMessage" else None
        if isinstance(found, str) and found not in held:
            yield found


def _document(exchange: Exchange) -> Mapping[str, Any]:
    try:
        document = exchange.response.document if exchange.response else None
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
