"""The words of a verdict, their order, and how observations become one.

An *observation* is what one look at the endpoint showed about one requirement; its `Outcome` says whether
the promise was kept. A *verdict* is what all observations of a requirement come to. The ledger's
observations decide, never pytest's outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from conformance.contract.requirements import Level


class Outcome(StrEnum):
    """What one observation showed."""

    KEPT = "kept"
    BROKEN = "broken"
    RECORDED = "recorded"
    NOT_APPLICABLE = "not-applicable"
    INCONCLUSIVE = "inconclusive"
    UNSUPPORTED = "unsupported"
    UNTESTED = "untested"
    ERROR = "error"


class Verdict(StrEnum):
    """What a requirement came to, mildest first."""

    UNTESTED = "untested"
    NOT_APPLICABLE = "not-applicable"
    RECORDED = "recorded"
    PASS = "pass"
    EXPECTED_DEVIATION = "expected-deviation"
    WARNING = "warning"
    INCONCLUSIVE = "inconclusive"
    UNSUPPORTED = "unsupported"
    UNEXPECTED_PASS = "unexpected-pass"
    FAIL = "fail"
    ERROR = "error"


MEANINGS: Mapping[Verdict, str] = {
    Verdict.UNTESTED: "not tested, for the reason given; counted apart, never as a pass",
    Verdict.NOT_APPLICABLE: "the promise speaks of something that did not occur on this endpoint",
    Verdict.RECORDED: "the documents are silent or disagree; what the endpoint does is written down, not judged",
    Verdict.PASS: "every deterministic edge was tried and the promise was kept each time",
    Verdict.EXPECTED_DEVIATION: "broken, and listed as a known deviation",
    Verdict.WARNING: "a should was broken: reported, no failure",
    Verdict.INCONCLUSIVE: "no judgement was possible: throttled, timed out, or a precondition was not met",
    Verdict.UNSUPPORTED: "the endpoint does not implement the operation",
    Verdict.UNEXPECTED_PASS: "kept, though listed as a known deviation",
    Verdict.FAIL: "a must was broken; one fully observed violation is enough",
    Verdict.ERROR: "the suite itself went wrong: please report it",
}

RUN_MEANINGS: Mapping[str, str] = {
    "conformant": "every applicable must in scope was witnessed and none failed",
    "non-conformant": "at least one must failed",
    "incomplete": "no must failed, but some applicable must was not witnessed",
}


class ExitCode(IntEnum):
    """The exit codes of a run."""

    CONFORMANT = 0
    NON_CONFORMANT = 1
    INTERRUPTED = 2
    USAGE = 4
    INCOMPLETE = 6
    SUITE_ERROR = 7


EXIT_MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.CONFORMANT: "conformant, or incomplete with `--allow-incomplete` where something was witnessed",
    ExitCode.NON_CONFORMANT: "non-conformant, or a should was broken under `--fail-on should`",
    ExitCode.INTERRUPTED: (
        "interrupted by Ctrl-C, SIGTERM or SIGHUP, or nobody reads the output any more; "
        "the report holds what was seen until then"
    ),
    ExitCode.USAGE: "a wrong option, URL, id or file, no test is selected, or a full disk; one sentence says which",
    ExitCode.INCOMPLETE: "incomplete",
    ExitCode.SUITE_ERROR: "the suite itself failed, or a plugin of pytest did",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation as far as a verdict needs it. `edge` is None for examples that are no fixed edge."""

    outcome: Outcome
    edge: str | None = None


def verdict_of(level: Level, observations: Iterable[Seen]) -> Verdict:
    """What `observations` of a requirement of `level` come to.

    A fully observed violation counts even once. Of the rest, each deterministic edge must have been judged at
    least once; inconclusive examples beyond the edges are only counted.
    """
    seen = list(observations)
    outcomes = {o.outcome for o in seen}
    if Outcome.ERROR in outcomes:
        return Verdict.ERROR
    if level is Level.RECORD and outcomes & {Outcome.RECORDED, Outcome.BROKEN, Outcome.KEPT}:
        return Verdict.RECORDED
    if Outcome.BROKEN in outcomes:
        return Verdict.FAIL if level is Level.MUST else Verdict.WARNING
    if Outcome.UNSUPPORTED in outcomes:
        return Verdict.UNSUPPORTED
    return _unbroken(seen, outcomes)


def _unbroken(seen: list[Seen], outcomes: set[Outcome]) -> Verdict:
    judged = {o.edge for o in seen if o.outcome in (Outcome.KEPT, Outcome.NOT_APPLICABLE)}
    missed = {o.edge for o in seen if o.outcome is Outcome.INCONCLUSIVE and o.edge is not None} - judged
    if missed:
        return Verdict.INCONCLUSIVE
    if Outcome.KEPT in outcomes:
        return Verdict.PASS
    if Outcome.INCONCLUSIVE in outcomes:
        return Verdict.INCONCLUSIVE
    if Outcome.RECORDED in outcomes:
        return Verdict.RECORDED
    return Verdict.NOT_APPLICABLE if Outcome.NOT_APPLICABLE in outcomes else Verdict.UNTESTED


@dataclass(frozen=True, slots=True)
class Judged:
    """A requirement in scope with its verdict.

    `excused` says that there is a written reason for `untested`, or a listed deviation behind `unsupported` or
    behind what is `inconclusive` for lack of an operation that is not implemented.
    """

    level: Level
    verdict: Verdict
    excused: bool = False


_WITNESSED = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.EXPECTED_DEVIATION, Verdict.UNEXPECTED_PASS})


def is_witnessed(judged: Judged) -> bool:
    """Whether a must was seen to be kept or broken."""
    return judged.level is Level.MUST and judged.verdict in _WITNESSED


_EXCUSABLE = frozenset({Verdict.UNTESTED, Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE})


def _left_open(judged: Judged) -> bool:
    """Whether a must that applies was neither witnessed nor excused by a written reason."""
    excused = judged.excused and judged.verdict in _EXCUSABLE
    applies = judged.level is Level.MUST and judged.verdict is not Verdict.NOT_APPLICABLE
    return applies and not excused and not is_witnessed(judged)


def run_verdict(requirements: Iterable[Judged]) -> str:
    """The word for the whole run: conformant, non-conformant or incomplete.

    A run that witnessed no must at all is incomplete, whatever else it holds, unless nothing in its scope is
    a must that applies.
    """
    judged = list(requirements)
    if any(j.verdict in (Verdict.FAIL, Verdict.UNEXPECTED_PASS) for j in judged):
        return "non-conformant"
    if any(_left_open(j) or j.verdict is Verdict.ERROR for j in judged):
        return "incomplete"
    return "conformant" if any(is_witnessed(j) for j in judged) or _only_records(judged) else "incomplete"


def _only_records(judged: list[Judged]) -> bool:
    """Whether the scope was narrowed to requirements that no must is among, and something was seen of them."""
    return all(j.level is not Level.MUST for j in judged) and any(
        j.verdict in (Verdict.PASS, Verdict.WARNING, Verdict.RECORDED) for j in judged
    )


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a run's user accepts.

    `incomplete`: that some musts were not witnessed, as long as something was. `warnings`: that shoulds were broken.
    """

    incomplete: bool = False
    warnings: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to, as far as its exit code needs it.

    `asked` says that some promise was judged by a request that was sent for it; replies that were judged in passing
    alone show nothing of an endpoint that serves nothing. `warned` says that a should was broken.
    """

    verdict: str
    interrupted: bool = False
    suite_error: bool = False
    asked: bool = True
    warned: bool = False


def exit_code(result: Result, tolerance: Tolerance) -> ExitCode:
    """The exit code of a run that came to `result`."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.suite_error:
        return ExitCode.SUITE_ERROR
    if result.verdict == "non-conformant" or (result.warned and not tolerance.warnings):
        return ExitCode.NON_CONFORMANT
    if result.verdict == "incomplete" and not (tolerance.incomplete and result.asked):
        return ExitCode.INCOMPLETE
    return ExitCode.CONFORMANT
