"""From observations to requirements: what each one came to, and what speaks for it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from conformance.checks.violation import Breach
from conformance.contract.catalogue import catalogue
from conformance.contract.model import SERVICES, operations
from conformance.contract.requirements import Level, Requirement
from conformance.results.observation import Repetitions
from conformance.results.verdicts import Judged, Outcome, Seen, Verdict, verdict_of
from reports.run import Entry, Run
from reports.safe_text import cut
from reports.scope import requirements_in_scope

TEXT_LIMIT = 4_000  # code points of one sentence about an endpoint
BYSTANDERS_KEPT = 10  # tests that are named where a requirement was judged on their replies in passing only
KINDS_SHOWN = 10  # different answers or reasons that are listed for one requirement

# What a test says that lacks something only the endpoint's owner can give.
_NEEDS = re.compile(r"needs (--[a-z-]+), which was not given")
# What it says that takes an operation of a service that the run's user does not have.
_TAKES = re.compile(r"(?:it )?takes ([A-Za-z]+), which the endpoint does not have")


@dataclass(frozen=True, slots=True)
class Violation:
    """The best example of a broken promise, as it stands in the ledger.

    `by_test` counts the repetitions of its test that judged the promise, `by_script` the runs of the printed script;
    None where there was none. `marks` are a few words each on how the test saw it: only with calls in flight, or after
    the failure that ended the run.
    """

    breach: Breach
    phase: str
    edge: str | None
    test: str | None
    exchanges: tuple[Mapping[str, Any], ...]
    by_test: Repetitions | None = None
    by_script: Repetitions | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a promise could not be judged, with the exchange that shows it, as it stands in the ledger."""

    reason: str
    test: str | None
    exchange: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EdgeResult:
    """One fixed example: how often it came out how, and the statuses seen where exchanges were kept."""

    edge: str
    outcomes: Mapping[str, int]
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """What a run says about one requirement.

    `examples` counts observations by phase and outcome. `observed` is what the endpoint does, for a promise that
    the documents leave open. `reason` says why there is no judgement; `excused` that a written reason stands behind
    an untested one. `tests` are those that asked; where none did, the first whose replies were judged in passing.
    `left_out` are the edges that a run of its depth does not try.
    `violations` counts the observations that broke the promise. `unjudged` shows what kept it from being judged.
    `seen_in` are the tests in which it was seen broken or, where it was not, could not be judged.
    `lacking` are the operations that the endpoint does not implement and without which there is no judgement; none
    where anything else stands in its way.
    """

    requirement: Requirement
    verdict: Verdict
    excused: bool
    reason: str | None
    observed: str | None
    examples: Mapping[str, Mapping[str, int]]
    edges: tuple[EdgeResult, ...]
    tests: tuple[str, ...]
    violation: Violation | None
    violations: int
    lacking: frozenset[str] = frozenset()
    unjudged: Unjudged | None = None
    seen_in: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()

    @property
    def judged(self) -> Judged:
        """This result as far as the run's verdict needs it."""
        return Judged(self.requirement.level, self.verdict, self.excused)

    @property
    def needs(self) -> str | None:
        """The option that would have tested an untested requirement; None where none would."""
        found = _NEEDS.fullmatch(self.reason or "") if self.excused and self.verdict is Verdict.UNTESTED else None
        return found[1] if found else None

    @property
    def takes(self) -> str | None:
        """The service that an untested requirement takes and the endpoint does not have; None for any other reason."""
        found = _TAKES.fullmatch(self.reason or "") if self.excused and self.verdict is Verdict.UNTESTED else None
        return SERVICES[operations()[found[1]].service] if found else None


@dataclass(slots=True)
class Evidence:
    """All that the ledger holds about one requirement, gathered entry by entry."""

    seen: Counter[tuple[str, Outcome, str | None]] = field(default_factory=Counter)
    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    tests: dict[str, None] = field(default_factory=dict)
    bystanders: dict[str, None] = field(default_factory=dict)
    answers: defaultdict[Outcome, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: defaultdict[Outcome, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    repetitions: dict[tuple[str, str | None, str | None], Repetitions] = field(default_factory=dict)
    marks: defaultdict[str | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    obstacles: set[str | None] = field(default_factory=set)
    seen_in: defaultdict[Outcome, set[str]] = field(default_factory=lambda: defaultdict(set))
    left_out: dict[str, None] = field(default_factory=dict)
    best: Entry | None = None
    unjudged: dict[tuple[Outcome, str], Unjudged] = field(default_factory=dict)

    def take_repetition(self, entry: Entry) -> None:
        """Take note of how often a violation was shown again."""
        seen = Repetitions(entry["times"], entry["of"], entry["difference"])
        self.repetitions[entry["by"], entry["test"], entry["edge"]] = seen

    def take(self, entry: Entry) -> None:
        """Take in an observation, or several that were counted together."""
        outcome = Outcome(entry["outcome"])
        if outcome is Outcome.INCONCLUSIVE:
            self.obstacles.add(entry.get("lacking"))
        self.seen[entry["phase"], outcome, entry["edge"]] += entry.get("count", 1)
        if entry["test"]:
            self.seen_in[outcome].add(entry["test"])
            (self.bystanders if entry["phase"] == "passive" else self.tests)[entry["test"]] = None
        if entry["entry"] == "observation":
            self._take_observation(entry, outcome)

    def _take_observation(self, entry: Entry, outcome: Outcome) -> None:
        if entry["edge"] is not None:
            self.statuses[entry["edge"]] |= _last_status(entry)
        if entry["reason"]:
            reason = cut(entry["reason"], TEXT_LIMIT)
            self.reasons[outcome][reason] += 1
            if entry["exchanges"]:
                self.unjudged.setdefault((outcome, reason), Unjudged(reason, entry["test"], entry["exchanges"][-1]))
        if answer := entry["actual"] or entry["reason"]:
            self.answers[outcome][cut(answer, TEXT_LIMIT)] += 1
        if outcome is Outcome.BROKEN and (self.best is None or _rank(entry) < _rank(self.best)):
            self.best = entry

    def count(self, outcome: Outcome) -> int:
        """How many observations came out so."""
        return sum(number for (_, found, _), number in self.seen.items() if found is outcome)


def _last_status(entry: Entry) -> set[int]:
    response = entry["exchanges"][-1]["response"] if entry["exchanges"] else None
    return {response["status"]} if response else set()


def _rank(entry: Entry) -> tuple[bool, bool, int, int]:
    """The best violation has evidence, comes from a fixed edge, and takes the fewest calls and bytes."""
    exchanges = entry["exchanges"]
    size = sum(exchange["request"]["body_bytes"] + len(exchange["request"]["path"]) for exchange in exchanges)
    return not exchanges, entry["phase"] != "edge", len(exchanges), size


def requirement_results(entries: Iterable[Entry], run: Run) -> list[RequirementResult]:
    """The results of `run` by its `entries`, as results_of."""
    return results_of(evidence_of(entries), run)


def evidence_of(entries: Iterable[Entry]) -> Mapping[str, Evidence]:
    """All that `entries` hold about each requirement that they speak of."""
    evidence: defaultdict[str, Evidence] = defaultdict(Evidence)
    for entry in entries:
        if entry["entry"] in ("observation", "tally"):
            evidence[entry["requirement"]].take(entry)
        elif entry["entry"] == "repetition":
            evidence[entry["requirement"]].take_repetition(entry)
        elif entry["entry"] == "mark":
            evidence[entry["requirement"]].marks[entry["test"]].append(entry["words"])
        elif entry["entry"] == "left-out":
            evidence[entry["requirement"]].left_out |= dict.fromkeys(entry["edges"])
    return dict(evidence)


def results_of(evidence: Mapping[str, Evidence], run: Run) -> list[RequirementResult]:
    """One result per requirement in the scope of `run`, in the catalogue's order.

    Raises ValueError, naming the glob, when the run's scope names nothing in the catalogue.
    """
    chosen = requirements_in_scope(run, (rid for rid, found in evidence.items() if found.count(Outcome.BROKEN)))
    return [_result(requirement, evidence.get(requirement.id) or Evidence(), run) for requirement in chosen]


def broken_promises(evidence: Mapping[str, Evidence]) -> frozenset[str]:
    """The musts and shoulds that `evidence` shows broken, in scope or not."""
    broken = {rid for rid, found in evidence.items() if found.count(Outcome.BROKEN)}
    return frozenset(rid for rid in broken if rid in catalogue() and catalogue()[rid].level is not Level.RECORD)


def unknown_requirements(evidence: Mapping[str, Evidence]) -> list[str]:
    """The ids that `evidence` is about and the catalogue lacks: the ledger is of another version of the contract."""
    return sorted({rid for rid, found in evidence.items() if found.seen} - set(catalogue()))


def _result(requirement: Requirement, evidence: Evidence, run: Run) -> RequirementResult:
    verdict = _verdict(requirement, evidence, run)
    excuse = _excuse(requirement, evidence, run) if verdict is Verdict.UNTESTED else None
    return RequirementResult(
        requirement=requirement,
        verdict=verdict,
        excused=excuse is not None,
        reason=excuse or _reason(verdict, evidence, run),
        observed=_observed(requirement, evidence),
        examples=_examples(evidence),
        edges=_edges(evidence),
        left_out=tuple(evidence.left_out),
        tests=tuple(evidence.tests) or tuple(evidence.bystanders)[:BYSTANDERS_KEPT],
        violation=_violation(evidence) if requirement.level is not Level.RECORD else None,
        violations=evidence.count(Outcome.BROKEN),
        lacking=_lacking(evidence) if verdict is Verdict.INCONCLUSIVE else frozenset(),
        unjudged=_unjudged(verdict, evidence),
        seen_in=frozenset(evidence.seen_in[Outcome.BROKEN] or evidence.seen_in[Outcome.INCONCLUSIVE]),
    )


def _verdict(requirement: Requirement, evidence: Evidence, run: Run) -> Verdict:
    """What the observations come to. An operation that turned out to be implemented is not unsupported."""
    verdict = verdict_of(requirement.level, (Seen(outcome, edge) for _, outcome, edge in evidence.seen))
    plain_call = run.plain_calls.get(requirement.operation)
    if verdict is Verdict.UNSUPPORTED and plain_call is not None and plain_call["implemented"]:
        return Verdict.INCONCLUSIVE
    return verdict


def _lacking(evidence: Evidence) -> frozenset[str]:
    """The operations that are not implemented, where nothing else stands in the way of a judgement."""
    known = frozenset(name for name in evidence.obstacles if name is not None)
    return known if None not in evidence.obstacles else frozenset()


def _unjudged(verdict: Verdict, evidence: Evidence) -> Unjudged | None:
    """What shows the commonest reason why the promise was not judged; None where it was, or nothing was exchanged."""
    if verdict not in (Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED):
        return None
    outcomes = (Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED)
    reasons = Counter({(outcome, reason): n for outcome in outcomes for reason, n in evidence.reasons[outcome].items()})
    shown = (evidence.unjudged.get(known) for known, _ in reasons.most_common())
    return next(filter(None, shown), None)


def _excuse(requirement: Requirement, evidence: Evidence, run: Run) -> str | None:
    """The written reason why `requirement` could not be tested in `run`, or None."""
    if requirement.untested:
        return requirement.untested
    if requirement.superseded_by:
        return f"superseded by {requirement.superseded_by}, which is judged instead"
    if requirement.needs and requirement.needs not in run.given:
        return f"needs {requirement.needs}, which was not given"
    if absent := _absent(evidence, run):
        return absent
    needed = (_NEEDS.fullmatch(reason) for reason in evidence.reasons[Outcome.UNTESTED])
    return next((found[0] for found in needed if found and found[1] not in run.given), None)


def _absent(evidence: Evidence, run: Run) -> str | None:
    """The reason that names an operation of the service which the endpoint does not have; None where none does."""
    taken = (_TAKES.fullmatch(reason) for reason in evidence.reasons[Outcome.UNTESTED])
    owned = {name for name, covered in operations().items() if covered.service == run.absent}
    return next((found[0] for found in taken if found and found[1] in owned), None)


_OUTCOME_OF = {
    Verdict.UNTESTED: Outcome.UNTESTED,
    Verdict.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
    Verdict.INCONCLUSIVE: Outcome.INCONCLUSIVE,
    Verdict.UNSUPPORTED: Outcome.UNSUPPORTED,
    Verdict.ERROR: Outcome.ERROR,
}


def _reason(verdict: Verdict, evidence: Evidence, run: Run) -> str | None:
    if verdict not in _OUTCOME_OF:
        return None
    said = evidence.reasons[_OUTCOME_OF[verdict]]
    if verdict is Verdict.INCONCLUSIVE:
        said = said + evidence.reasons[Outcome.UNSUPPORTED]
    if said:
        return _listed(said)
    if verdict is not Verdict.UNTESTED:
        return "no reason was given"
    if run.interrupted or not run.finished or run.stopped_early:
        return "the run ended before a test came to it"
    return "no test that ran claims it"


def _observed(requirement: Requirement, evidence: Evidence) -> str | None:
    answers = evidence.answers[Outcome.RECORDED]
    if requirement.level is Level.RECORD:
        answers = answers + evidence.answers[Outcome.BROKEN]
    return _listed(answers) if answers else None


def _listed(texts: Counter[str]) -> str:
    """The commonest of `texts`, with how often each occurred where they differ."""
    if len(texts) == 1:
        return next(iter(texts))
    shown = [f"{text} ({number} times)" if number > 1 else text for text, number in texts.most_common(KINDS_SHOWN)]
    left_out = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {left_out} more kinds" if left_out else "")


def _examples(evidence: Evidence) -> Mapping[str, Mapping[str, int]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (phase, outcome, _), number in evidence.seen.items():
        found[phase][outcome.value] += number
    return found


def _edges(evidence: Evidence) -> tuple[EdgeResult, ...]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_, outcome, edge), number in evidence.seen.items():
        if edge is not None:
            found[edge][outcome.value] += number
    return tuple(EdgeResult(edge, outcomes, tuple(sorted(evidence.statuses[edge]))) for edge, outcomes in found.items())


def _violation(evidence: Evidence) -> Violation | None:
    entry = evidence.best
    if entry is None:
        return None
    example = entry["test"], entry["edge"]
    return Violation(
        breach=Breach.of(entry).with_texts(partial(cut, limit=TEXT_LIMIT)),
        phase=entry["phase"],
        edge=entry["edge"],
        test=entry["test"],
        exchanges=tuple(entry["exchanges"]),
        by_test=evidence.repetitions.get(("test", *example)),
        by_script=evidence.repetitions.get(("script", *example)),
        marks=tuple(evidence.marks[entry["test"]]),
    )
