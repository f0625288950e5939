"""What a run came to as a whole: its verdict, the sentence that says why, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.verdicts import Outcome, Verdict, is_witnessed, run_verdict
from reports.cause_entries import failing
from reports.requirement_result import RequirementResult
from reports.run import Run
from reports.safe_text import brief
from reports.scope import words

Results = Sequence[RequirementResult]
Causes = Sequence[Mapping[str, Any]]


def judgement(
    results: Results, run: Run, scope: Mapping[str, Any], causes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The verdict. A run that was cut short cannot be conformant: what it would have seen is unknown."""
    verdict = run_verdict(result.judged for result in results)
    if verdict == "conformant" and (run.interrupted or not run.finished or run.stopped_early):
        verdict = "incomplete"
    failed = verdict == "non-conformant"
    return {
        "verdict": verdict,
        "summary": _failure(results, run, scope, causes) if failed else _summary(verdict, results, run, scope),
        "reason": _reason(verdict, results, run),
        "finished": run.finished,
        "interrupted": run.interrupted,
        "suite_error": run.suite_error or any(result.verdict is Verdict.ERROR for result in results),
    }


def _failure(results: Results, run: Run, scope: Mapping[str, Any], causes: Causes) -> str:
    """That a run failed, with its scope, and by how many causes.

    ``non-conformant within SendEvent.*: 2 causes, 8 of 66 musts broken (1,463 of 1,529 not in scope); 3 warnings``
    """
    within = words(scope)
    musts = [result for result in results if result.requirement.level is Level.MUST]
    found = Counter(result.verdict for result in musts)
    broken = f"{quantity(len(failing(causes)), 'cause')}, {found[Verdict.FAIL]:,} of {len(musts):,} musts broken"
    limits = "; ".join(_limits(musts, run, scope))
    phrases = {verdict: phrase for verdict, phrase in _PHRASES.items() if verdict in _BESIDE}
    beside = [f"{found[verdict]:,} {phrase}" for verdict, phrase in phrases.items() if found[verdict]]
    headline = f"non-conformant{f' within {within}' if within else ''}: {broken}{f' ({limits})' if limits else ''}"
    return "; ".join((headline, *_warnings(results), *beside))


def _summary(verdict: str, results: Results, run: Run, scope: Mapping[str, Any]) -> str:
    """The verdict with its scope, in the sentence that each form of the report shows.

    ``conformant within SendEvent.* (65 of 66 musts, 1 untested; 1,463 of 1,529 not in scope); 3 warnings``
    """
    within = words(scope)
    musts = [result for result in results if result.requirement.level is Level.MUST]
    parts = "; ".join((_witness_counts(musts), *_limits(musts, run, scope)))
    return "; ".join((f"{verdict}{f' within {within}' if within else ''} ({parts})", *_warnings(results)))


def _warnings(results: Results) -> Iterator[str]:
    if warnings := sum(result.verdict is Verdict.WARNING for result in results):
        yield quantity(warnings, "warning")


def quantity(number: int, noun: str) -> str:
    """`number` of what `noun` names."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _witness_counts(musts: Results) -> str:
    """How many musts were witnessed and what became of the others."""
    found = Counter(result.verdict for result in musts)
    seen = f"{sum(is_witnessed(result.judged) for result in musts):,} of {len(musts):,} musts" if musts else "no must"
    return ", ".join(
        (seen, *(f"{found[verdict]:,} {phrase}" for verdict, phrase in _PHRASES.items() if found[verdict]))
    )


def _limits(musts: Results, run: Run, scope: Mapping[str, Any]) -> Iterator[str]:
    """What is out of scope, and what cut the run short."""
    if partly := sum(result.requirement.id in scope["partly_tested"] for result in musts):
        yield f"{partly:,} of them by some of their tests only"
    if left := scope["musts"]["not_in_scope"]:
        yield f"{left:,} of {scope['musts']['of']:,} not in scope"
    if run.interrupted:
        yield "interrupted"
    elif not run.finished:
        yield "not finished"
    elif run.stopped_early:
        by = {0: "", 1: " by -x"}.get(run.stops_after, f" by --maxfail={run.stops_after}")
        yield f"stopped{by} after {run.tests_ran:,} of {run.tests_selected:,} tests"


def _reason(verdict: str, results: Results, run: Run) -> str:
    """Why the verdict is what it is, in one sentence or two."""
    musts = [result for result in results if result.requirement.level is Level.MUST]
    ending = "The run was interrupted. " if run.interrupted else "" if run.finished else "The run did not finish. "
    if verdict == "non-conformant":
        return ending + _failures(results, len(musts))
    if not musts:
        return ending + "No must is in scope, so there was none to fail."
    seen = f"{sum(is_witnessed(result.judged) for result in musts):,} of {len(musts):,} musts were witnessed"
    rest = _set_aside(results, musts)
    if verdict == "conformant":
        return f"{seen} and none failed{rest}."
    return f"{ending}No must failed, but only {seen}{_gaps(musts)}{rest}."


def _set_aside(results: Results, musts: Results) -> str:
    """What does not count against a run, and why."""
    excused = Counter(result.verdict for result in musts if result.excused)
    deviating = sum(result.verdict is Verdict.EXPECTED_DEVIATION for result in results)
    counts = {
        "are untested for a written reason": excused[Verdict.UNTESTED],
        "belong to operations listed as not implemented": excused[Verdict.UNSUPPORTED],
        "take operations listed as not implemented": excused[Verdict.INCONCLUSIVE],
        "are broken and listed as known deviations": deviating,
    }
    return "".join(f"; {number:,} {words}" for words, number in counts.items() if number)


_PLACES_SHOWN = 4
_REASON_SHOWN = 160  # code points


def _where(failed: Sequence[str]) -> str:
    """The one requirement that failed, or the operations with the most that did."""
    if len(failed) == 1:
        return failed[0]
    places = Counter(rid.partition(".")[0] for rid in failed).most_common()
    shown = ", ".join(f"{place} {number:,}" for place, number in places[:_PLACES_SHOWN])
    rest = len(places) - _PLACES_SHOWN
    return shown + (f" and {rest} more operations or topics" if rest > 0 else "")


# What the verdict's sentence says of musts that were not simply kept, gravest first.
_PHRASES: Mapping[Verdict, str] = {
    Verdict.ERROR: "lost by errors of the suite",
    Verdict.FAIL: "failed",
    Verdict.UNEXPECTED_PASS: "kept though listed as broken",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.EXPECTED_DEVIATION: "broken as listed",
    Verdict.UNTESTED: "untested",
    Verdict.NOT_APPLICABLE: "not applicable",
}
# Of these, what stands beside the causes of a run that failed.
_BESIDE = frozenset(_PHRASES) - {Verdict.FAIL, Verdict.NOT_APPLICABLE}
_GAPS = frozenset({Verdict.UNTESTED, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED, Verdict.ERROR})


def _failures(results: Results, musts: int) -> str:
    failed = [result.requirement.id for result in results if result.verdict is Verdict.FAIL]
    surprises = [result.requirement.id for result in results if result.verdict is Verdict.UNEXPECTED_PASS]
    parts = [f"{len(failed):,} of {musts:,} musts failed: {_where(failed)}"] if failed else []
    if surprises:
        parts.append(f"{len(surprises)} listed deviations did not occur, first {surprises[0]}")
    return "; ".join(parts) + "."


def _gaps(musts: Results) -> str:
    gaps = [result for result in musts if result.verdict in _GAPS and not result.excused]
    if not gaps:
        return ""
    words = Counter(result.verdict.value for result in gaps).most_common()
    reasons = Counter(result.reason for result in gaps if result.reason)
    mostly = f" (mostly: {brief(reasons.most_common(1)[0][0], _REASON_SHOWN)})" if reasons else ""
    return ": " + ", ".join(f"{number:,} {word}" for word, number in words) + mostly


def totals(results: Results) -> dict[str, Any]:
    """Requirements by level and verdict, and how many musts were witnessed."""
    levels = {level.value: Counter[str]() for level in Level}
    for result in results:
        levels[result.requirement.level.value][result.verdict.value] += 1
    musts = [result for result in results if result.requirement.level is Level.MUST]
    untested = [result for result in musts if result.verdict is Verdict.UNTESTED]
    return {
        "requirements": len(results),
        **{level: dict(counts) for level, counts in levels.items()},
        "musts": {
            "in_scope": len(musts),
            "witnessed": sum(is_witnessed(result.judged) for result in musts),
            "untested": len(untested),
            "untested_with_reason": sum(result.excused for result in untested),
        },
    }


def untested_entries(results: Results) -> list[dict[str, Any]]:
    """How much is untested for want of an option, by option, or of a service; and last (null) for another reason.

    What no test came to is not among it: that is a gap.
    """
    reasons: dict[tuple[str, str], list[RequirementResult]] = {}
    for result in results:
        if result.verdict is Verdict.UNTESTED and result.excused:
            reasons.setdefault((result.needs or "", result.takes or ""), []).append(result)
    return [
        {
            "option": option or None,
            "service": service or None,
            "musts": sum(result.requirement.level is Level.MUST for result in found),
            "requirements": len(found),
        }
        for (option, service), found in sorted(reasons.items(), key=lambda one: (not one[0][0], not one[0][1], one[0]))
    ]


def was_asked(requirements: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a request that was sent for one of the `requirements` of a report had its promise judged.

    They are the musts, or all where none is among them. What is judged in passing, on each reply, may be kept by an
    endpoint that serves nothing at all.
    """
    found = list(requirements)
    musts = [requirement for requirement in found if requirement["level"] == Level.MUST]
    return any(
        phase != "passive" and outcomes.keys() & {Outcome.KEPT, Outcome.BROKEN, Outcome.RECORDED}
        for requirement in musts or found
        if requirement["verdict"] not in _GAPS
        for phase, outcomes in requirement["examples"].items()
    )


def unsupported_operations(results: Results) -> list[dict[str, Any]]:
    """One finding per operation that the endpoint does not implement."""
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        if result.verdict is Verdict.UNSUPPORTED:
            name = result.requirement.operation
            first = {"operation": name, "reason": result.reason, "requirements": 0}
            found.setdefault(name, first)["requirements"] += 1
    return list(found.values())
