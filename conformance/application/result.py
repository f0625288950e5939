"""What a judged endpoint came to, for the program that asked: a verdict, findings in words, the whole report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.application.replies import Exceptions

CONFORMANT, INCOMPLETE = "conformant", "incomplete"
_UNSEEN = frozenset({"inconclusive", "unsupported"})
_SHOWN = 20  # findings in the text of an assertion
_FOLLOWING_SHOWN = 5  # ids of what follows from one of them


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that was broken, or that could not be judged.

    `level` is must, should or record; `verdict` one of the words that docs/verdicts.md defines; `promise` the sentence
    of the requirement. `expected` and `actual` are those of a broken one, `reason` says why another was not judged.
    What is broken, or could not be judged, for the same cause has no separate finding: `follows` are its ids. Where the
    operation gave one wrong answer for several limits, `group` says so in a sentence.
    """

    requirement: str
    operation: str
    level: str
    verdict: str
    promise: str
    expected: str = ""
    actual: str = ""
    reason: str = ""
    follows: tuple[str, ...] = ()
    group: str = ""

    def __str__(self) -> str:
        detail = f"expected {self.expected}; got {self.actual}" if self.actual else self.reason
        text = f"{self.requirement} ({self.level}, {self.verdict}): {self.group or self.promise}\n    {detail}"
        return f"{text}\n    {self._following()}" if self.follows else text

    def _following(self) -> str:
        number, shown = len(self.follows), ", ".join(self.follows[:_FOLLOWING_SHOWN])
        rest = f" and {number - _FOLLOWING_SHOWN:,} more" if number > _FOLLOWING_SHOWN else ""
        words = "for the same cause" if self.group else f"that {'follows' if number == 1 else 'follow'} from it"
        return f"+{number:,} {words}: {shown}{rest}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a run of the suite says of an endpoint.

    `verdict` is conformant, non-conformant or incomplete, and `summary` says it in one sentence, with its scope.
    `report` is the content of compliance.json, `report_dir` the directory with all reports, None where none was asked
    for. `exceptions` are tracebacks of what a judged application raised.
    """

    verdict: str
    summary: str
    report: Mapping[str, Any] = field(repr=False)
    report_dir: Path | None = None
    exceptions: Exceptions = field(default_factory=Exceptions, repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What failed, one for each cause, and what went wrong in the suite itself."""
        return (*_findings(self.report, {"error"}), *_causes(self.report, "must"))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The shoulds that were broken, one for each cause."""
        return tuple(_causes(self.report, "should"))

    @property
    def unjudged(self) -> tuple[Finding, ...]:
        """The musts that nothing was seen of, though they are in scope and can be tested, and that follow from none."""
        explained = {rid for cause in self.report["causes"] for rid in cause["follows"]}
        found = _findings(self.report, _UNSEEN)
        return tuple(each for each in found if each.level == "must" and each.requirement not in explained)

    def assert_conformant(self, *, allow_incomplete: bool = False, fail_on: str = "must") -> None:
        """Raise AssertionError with the findings in words unless the endpoint is conformant.

        With `allow_incomplete` musts that could not be judged are no failure; with `fail_on` "should" warnings are one.
        """
        __tracebackhide__ = True  # pytest then shows the caller's line and the findings, and none of this
        wanted = {CONFORMANT, INCOMPLETE} if allow_incomplete else {CONFORMANT}
        failing = [*self.findings, *(self.warnings if fail_on == "should" else ())]
        if self.verdict not in wanted or failing:
            sentences = [*map(str, failing), *(() if allow_incomplete else _by_reason(self.unjudged))]
            raise AssertionError("\n".join(self._lines(sentences)))

    def _lines(self, findings: list[str]) -> Iterator[str]:
        yield self.summary
        yield from findings[:_SHOWN]
        if len(findings) > _SHOWN:
            yield f"and {len(findings) - _SHOWN:,} more"
        for name, times in self.exceptions.times.most_common(_SHOWN):
            yield f"the application raised {name} ({'once' if times == 1 else f'{times:,} times'})"
        yield from self.exceptions.tracebacks.values()
        if self.report_dir is not None:
            yield f"report: {self.report_dir / 'compliance.html'}"


def _by_reason(unjudged: Iterable[Finding]) -> Iterator[str]:
    """One text for all that was not judged of an operation for the same reason."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for found in unjudged:
        groups.setdefault((found.operation, found.verdict, found.reason), []).append(found)
    for (operation, verdict, reason), alike in groups.items():
        first, more = alike[0], f" and {len(alike) - 1:,} more"
        yield str(first) if len(alike) == 1 else f"{first.requirement}{more} of {operation} ({verdict})\n    {reason}"


def _causes(report: Mapping[str, Any], level: str) -> Iterator[Finding]:
    """A finding for each cause of `level`, which is must where a must is broken."""
    by_id = {requirement["id"]: requirement for requirement in report["requirements"]}
    for cause in report["causes"]:
        if cause["level"] == level:
            group = cause["group"]["headline"] if "group" in cause else ""
            yield _finding(by_id[cause["requirement"]], tuple(cause["follows"]), group)


def _findings(report: Mapping[str, Any], verdicts: Collection[str]) -> Iterator[Finding]:
    yield from (_finding(found) for found in report["requirements"] if found["verdict"] in verdicts)


def _finding(requirement: Mapping[str, Any], follows: tuple[str, ...] = (), group: str = "") -> Finding:
    broken = requirement["violation"] or {}
    return Finding(
        requirement["id"],
        requirement["operation"],
        requirement["level"],
        requirement["verdict"],
        requirement["statement"],
        broken.get("expected", ""),
        broken.get("actual", ""),
        requirement["reason"] or "",
        follows,
        group,
    )
