"""The causes of what a run found, as the report holds them: `conformance.results.causes` says what a cause is.

Wherever causes are counted, a *cause* is one that makes a run fail. What breaks shoulds alone is a *cause of warnings*,
which is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.causes import Finding, causes_of
from conformance.results.verdicts import Verdict
from reports.traceability import RequirementResult

_BROKEN = (Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.WARNING)
_SEEN = (*_BROKEN, Verdict.INCONCLUSIVE)


def causes_in(results: Iterable[RequirementResult]) -> list[dict[str, Any]]:
    """The causes of what `results` show broken, as compliance.schema.json describes them."""
    findings = [_finding(result) for result in results if result.verdict in _SEEN]
    return [
        {
            "requirement": cause.finding.id,
            "headline": cause.finding.requirement.statement,
            "operation": cause.finding.requirement.operation,
            "level": cause.level.value,
            "follows": [found.id for found in cause.follows],
        }
        for cause in causes_of(findings)
    ]


def _finding(result: RequirementResult) -> Finding:
    violation, unjudged = result.violation, result.unjudged
    return Finding(
        result.requirement,
        broken=result.verdict in _BROKEN,
        expected=violation.breach.expected if violation else "",
        actual=violation.breach.actual if violation else (unjudged.reason if unjudged else result.reason) or "",
        phase=violation.phase if violation else "scenario",
        tests=result.seen_in,
        exchanges=violation.exchanges if violation else (unjudged.exchange,) if unjudged else (),
    )


def failing(causes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of `causes` that make a run fail."""
    return [cause for cause in causes if cause["level"] == Level.MUST]


def of_warnings(causes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of `causes` that make no run fail."""
    return [cause for cause in causes if cause["level"] != Level.MUST]


def explained(report: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the requirements in `report` that belong to a cause."""
    return frozenset(rid for cause in report["causes"] for rid in (cause["requirement"], *cause["follows"]))


def with_what_follows(cause: Mapping[str, Any], most: int) -> Iterator[str]:
    """How much follows from `cause`, with the first `most` ids; nothing where nothing does."""
    ids: Sequence[str] = cause["follows"]
    if ids:
        rest = f" and {len(ids) - most:,} more" if len(ids) > most else ""
        yield f"+{len(ids):,} that {'follows' if len(ids) == 1 else 'follow'} from it: {', '.join(ids[:most])}{rest}"
