"""What a judged endpoint came to, for the program that asked: a verdict, findings in words, the whole report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.application.replies import Exceptions

CONFORMANT, INCOMPLETE = "conformant", "incomplete"
_BROKEN = frozenset({"fail", "unexpected-pass", "error"})
_UNSEEN = frozenset({"inconclusive", "unsupported"})
_SHOWN = 20  # findings in the text of an assertion


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that was broken, or that could not be judged.

    `level` is must, should or record; `verdict` one of the words that docs/verdicts.md defines; `promise` the sentence
    of the requirement. `expected` and `actual` tell of a broken one, `reason` why another was not judged.
    """

    requirement: str
    operation: str
    level: str
    verdict: str
    promise: str
    expected: str = ""
    actual: str = ""
    reason: str = ""

    def __str__(self) -> str:
        said = f"expected {self.expected}; got {self.actual}" if self.actual else self.reason
        return f"{self.requirement} ({self.level}, {self.verdict}): {self.promise}\n    {said}"


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
        """The musts that were broken, and what went wrong in the suite itself."""
        return tuple(_findings(self.report, _BROKEN))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The shoulds that were broken."""
        return tuple(_findings(self.report, {"warning"}))

    @property
    def unjudged(self) -> tuple[Finding, ...]:
        """The musts that nothing was seen of, though they are in scope and can be tested."""
        return tuple(found for found in _findings(self.report, _UNSEEN) if found.level == "must")

    def assert_conformant(self, *, allow_incomplete: bool = False, fail_on: str = "must") -> None:
        """Raise AssertionError with the findings in words unless the endpoint is conformant.

        With `allow_incomplete` musts that could not be judged are no failure; with `fail_on` "should" warnings are one.
        """
        wanted = {CONFORMANT, INCOMPLETE} if allow_incomplete else {CONFORMANT}
        told = [*self.findings, *(self.warnings if fail_on == "should" else ())]
        if self.verdict not in wanted or told:
            raise AssertionError("\n".join(self._told([*told, *(() if allow_incomplete else self.unjudged)])))

    def _told(self, findings: list[Finding]) -> Iterator[str]:
        yield self.summary
        yield from map(str, findings[:_SHOWN])
        if len(findings) > _SHOWN:
            yield f"and {len(findings) - _SHOWN:,} more"
        for name, times in self.exceptions.times.most_common(_SHOWN):
            yield f"the application raised {name} ({'once' if times == 1 else f'{times:,} times'})"
        yield from self.exceptions.tracebacks.values()
        if self.report_dir is not None:
            yield f"report: {self.report_dir / 'compliance.html'}"


def _findings(report: Mapping[str, Any], verdicts: frozenset[str] | set[str]) -> Iterator[Finding]:
    for requirement in report["requirements"]:
        if requirement["verdict"] in verdicts:
            broken = requirement["violation"] or {}
            yield Finding(
                requirement["id"],
                requirement["operation"],
                requirement["level"],
                requirement["verdict"],
                requirement["statement"],
                broken.get("expected", ""),
                broken.get("actual", ""),
                requirement["reason"] or "",
            )
