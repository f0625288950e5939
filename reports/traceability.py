"""From observations to requirements: what each one came to, and what speaks for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import partial

from conformance.checks.violation import Breach
from conformance.contract.model import operations
from conformance.contract.requirements import Level, Requirement
from conformance.results.verdicts import Outcome, Seen, Verdict, verdict_of
from reports.gathered_evidence import TEXT_LIMIT, Evidence, evidence_of
from reports.requirement_result import NEEDS, TAKES, EdgeResult, RequirementResult, Unjudged, Violation
from reports.run import Entry, Run
from reports.safe_text import cut
from reports.scope import requirements_in_scope

BYSTANDERS_KEPT = 10  # tests that are named where a requirement was judged on their replies in passing only
KINDS_SHOWN = 10  # different answers or reasons that are listed for one requirement


def requirement_results(entries: Iterable[Entry], run: Run) -> list[RequirementResult]:
    """The results of `run` by its `entries`, as results_of."""
    return results_of(evidence_of(entries), run)


def results_of(evidence: Mapping[str, Evidence], run: Run) -> list[RequirementResult]:
    """One result per requirement in the scope of `run`, in the catalogue's order.

    Raises ValueError, naming the glob, when the run's scope names nothing in the catalogue.
    """
    chosen = requirements_in_scope(run, (rid for rid, found in evidence.items() if found.count(Outcome.BROKEN)))
    return [_result(requirement, evidence.get(requirement.id) or Evidence(), run) for requirement in chosen]


def _result(requirement: Requirement, evidence: Evidence, run: Run) -> RequirementResult:
    verdict = _verdict(requirement, evidence, run)
    excuse = _excuse(requirement, evidence, run) if verdict is Verdict.UNTESTED else None
    return RequirementResult(
        requirement=requirement,
        verdict=verdict,
        excused=excuse is not None,
        reason=excuse or _reason(verdict, evidence, run),
        observed=_observation(requirement, evidence),
        examples=_examples(evidence),
        edges=_edges(evidence),
        left_out=tuple(evidence.left_out),
        tests=tuple(evidence.tests) or tuple(evidence.bystanders)[:BYSTANDERS_KEPT],
        violation=_violation(evidence) if requirement.level is not Level.RECORD else None,
        violations=evidence.count(Outcome.BROKEN),
        lacking=_lacking(evidence) if verdict is Verdict.INCONCLUSIVE else frozenset(),
        unjudged=_obstacle(verdict, evidence),
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


def _obstacle(verdict: Verdict, evidence: Evidence) -> Unjudged | None:
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
    needed = (NEEDS.fullmatch(reason) for reason in evidence.reasons[Outcome.UNTESTED])
    return next((found[0] for found in needed if found and found[1] not in run.given), None)


def _absent(evidence: Evidence, run: Run) -> str | None:
    """The reason that names an operation of the service which the endpoint does not have; None where none does."""
    taken = (TAKES.fullmatch(reason) for reason in evidence.reasons[Outcome.UNTESTED])
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
    reasons = evidence.reasons[_OUTCOME_OF[verdict]]
    if verdict is Verdict.INCONCLUSIVE:
        reasons = reasons + evidence.reasons[Outcome.UNSUPPORTED]
    if reasons:
        return _list(reasons)
    if verdict is not Verdict.UNTESTED:
        return "no reason was given"
    if run.interrupted or not run.finished or run.stopped_early:
        return "the run ended before a test came to it"
    return "no test that ran claims it"


def _observation(requirement: Requirement, evidence: Evidence) -> str | None:
    answers = evidence.answers[Outcome.RECORDED]
    if requirement.level is Level.RECORD:
        answers = answers + evidence.answers[Outcome.BROKEN]
    return _list(answers) if answers else None


def _list(texts: Counter[str]) -> str:
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
