"""What known deviations do to the verdicts: a listed failure is expected, one that did not happen is a finding.

They are read from the ledger's header, so that a report that is rendered again says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any

from conformance.results.deviations import Deviation
from conformance.results.verdicts import Outcome, Verdict
from reports.requirement_result import RequirementResult
from reports.run import Run

Results = Sequence[RequirementResult]
_BROKEN = frozenset({Verdict.FAIL, Verdict.WARNING})


@dataclass(frozen=True, slots=True)
class Listed:
    """A deviation that was listed for a run. `expired` says that the run began after its last day."""

    deviation: Deviation
    expired: bool

    @property
    def excuse(self) -> str:
        """Why a broken promise is no failure."""
        known = self.deviation
        return f"{known.reason} (known to {known.owner}, excused until {known.expires})"


def listed_deviations(run: Run) -> list[Listed]:
    """The deviations whose condition on the target holds for `run`."""
    address = str(run.header.get("endpoint") or run.header.get("target") or "")
    day = date.fromisoformat(str(run.header.get("started") or "")[:10] or "0001-01-01")
    known = [Deviation.of(plain) for plain in run.header.get("deviations") or ()]
    return [Listed(deviation, deviation.expired_on(day)) for deviation in known if deviation.applies_to(address)]


def deviating(results: Iterable[RequirementResult], run: Run) -> Results:
    """`results` as the deviations listed for `run` change them."""
    known = listed_deviations(run)
    excused = {one.deviation.operation: one for one in known if one.deviation.operation and not one.expired}
    return [_without_lacking(result, excused) for result in reduce(_apply, known, list(results))]


def _without_lacking(result: RequirementResult, known: Mapping[str, Listed]) -> RequirementResult:
    """`result`, excused where only operations keep it from a judgement that are listed as not implemented."""
    if not result.lacking or not result.lacking <= known.keys():
        return result
    excuses = ", ".join(dict.fromkeys(known[name].excuse for name in sorted(result.lacking)))
    return replace(result, excused=True, reason=f"{result.reason}; {excuses}")


def states(results: Results, run: Run) -> list[dict[str, Any]]:
    """Each listed deviation with what became of it, for results that `deviating` has changed.

    The words: expected, unexpected-pass, expired, more-broken (at other edges too), undecided (nothing was judged).
    """
    return [{**known.deviation.plain(), "state": _state(known, results)} for known in listed_deviations(run)]


def _state(known: Listed, results: Results) -> str:
    verdicts = {result.verdict for result in results if _speaks_of(known.deviation, result)}
    if Verdict.UNEXPECTED_PASS in verdicts:
        return "unexpected-pass"
    if known.expired:
        return "expired"
    if verdicts & {Verdict.EXPECTED_DEVIATION, Verdict.UNSUPPORTED}:
        return "expected"
    return "more-broken" if verdicts & _BROKEN else "undecided"


def _speaks_of(deviation: Deviation, result: RequirementResult) -> bool:
    return result.requirement.id == deviation.requirement or result.requirement.operation == deviation.operation


def _apply(results: list[RequirementResult], known: Listed) -> list[RequirementResult]:
    own = [result for result in results if _speaks_of(known.deviation, result)]
    judge = _of_operation(own, known) if known.deviation.operation else _of_requirement(own, known)
    return [judge.get(result.requirement.id, result) for result in results]


def _of_requirement(own: Results, known: Listed) -> dict[str, RequirementResult]:
    return {result.requirement.id: _judge(result, known) for result in own}


def _of_operation(own: Results, known: Listed) -> dict[str, RequirementResult]:
    """Excuses what is unsupported of an operation; where it is implemented after all, its first promise says so."""
    unsupported = [result for result in own if result.verdict is Verdict.UNSUPPORTED]
    if unsupported:
        excused = [] if known.expired else unsupported
        return {r.requirement.id: replace(r, excused=True, reason=f"{r.reason}; {known.excuse}") for r in excused}
    return _of_requirement([result for result in own if result.verdict is Verdict.PASS][:1], known)


def _judge(result: RequirementResult, known: Listed) -> RequirementResult:
    deviation = known.deviation
    if result.verdict is Verdict.PASS:
        listing = f"kept, though {deviation.owner} lists it as broken ({deviation.reason}): take it off the list"
        return replace(result, verdict=Verdict.UNEXPECTED_PASS, reason=listing)
    if result.verdict not in _BROKEN:
        return result
    if known.expired:
        past = f"listed as a deviation until {deviation.expires} only: mend it, or renew the excuse"
        return replace(result, verdict=Verdict.FAIL, reason=past)
    if not _is_meant(result, deviation.edge):
        return replace(result, reason=f"listed as a deviation for {deviation.edge} only, and more broke it")
    return replace(result, verdict=Verdict.EXPECTED_DEVIATION, reason=known.excuse)


def _is_meant(result: RequirementResult, edge: str | None) -> bool:
    """Whether each violation stands at a fixed example that matches `edge`."""
    if edge is None:
        return True
    broken = {tried.edge: tried.outcomes.get(Outcome.BROKEN, 0) for tried in result.edges}
    here = sum(number for name, number in broken.items() if fnmatchcase(name, edge))
    return here == result.violations
