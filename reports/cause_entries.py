"""The causes of what a run found, as the report holds them: `conformance.results.causes` says what a cause is.

Wherever causes are counted, a *cause* is one that makes a run fail. What breaks shoulds alone is a *cause of warnings*,
which is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.causes import Cause, causes_of
from conformance.results.findings import Finding
from conformance.results.verdicts import Verdict
from reports.requirement_result import RequirementResult

_BROKEN = (Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.WARNING)
_SEEN = (*_BROKEN, Verdict.INCONCLUSIVE)
_STATUS_DIGITS, _REFUSED = 3, "300"  # statuses from here on say no


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
            **_group(cause),
        }
        for cause in causes_of(findings)
    ]


def _group(cause: Cause) -> dict[str, Any]:
    """The group of `cause` where an operation gave one wrong answer for many limits; nothing where it gave not."""
    alike = [found.id for found in cause.alike]
    if not alike:
        return {}
    operation, _, first = cause.finding.id.partition(".")
    status = cause.finding.actual[:_STATUS_DIGITS]
    does = "accepts what it must refuse" if status < _REFUSED else f"answers {status} where it must not"
    return {"group": {"headline": f"{operation} {does}: {len(alike):,} limits, first {first}.", "alike": alike}}


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


def explained_ids(report: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the requirements in `report` that belong to a cause."""
    return frozenset(rid for cause in report["causes"] for rid in (cause["requirement"], *cause["follows"]))


def title(cause: Mapping[str, Any]) -> str:
    """What `cause` is headed with: of a group what the operation does, else the promise's own sentence."""
    headline: str = cause["group"]["headline"] if "group" in cause else cause["headline"]
    return headline


def alike(cause: Mapping[str, Any]) -> list[str]:
    """The ids of the group at the head of `cause`, but for its first; none where it is no group."""
    return cause["group"]["alike"][1:] if "group" in cause else []


def consequences(cause: Mapping[str, Any]) -> list[str]:
    """The ids of what follows from `cause`: the others of a group do not."""
    group = frozenset(alike(cause))
    return [rid for rid in cause["follows"] if rid not in group]


def beside(cause: Mapping[str, Any]) -> str:
    """How much follows from `cause`, and how many others its group has; empty where it stands alone."""
    more, ids = len(alike(cause)), consequences(cause)
    counted = [f"{more:,} more alike"] if more else []
    counted.extend([f"+{len(ids):,} that {'follows' if len(ids) == 1 else 'follow'} from it"] if ids else [])
    return ", ".join(counted)


def in_lines(cause: Mapping[str, Any], most: int) -> Iterator[tuple[str, str]]:
    """What stands beside a `cause`, in labelled lines with the first `most` ids of each; nothing where it is alone."""
    if "group" in cause:
        yield "group", title(cause)
        yield "alike", _first(alike(cause), most)
    if ids := consequences(cause):
        yield "follows", f"+{len(ids):,} that {'follows' if len(ids) == 1 else 'follow'} from it: {_first(ids, most)}"


def _first(ids: Sequence[str], most: int) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most:,} more" if len(ids) > most else "")
