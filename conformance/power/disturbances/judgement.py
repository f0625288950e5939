"""What came out of the runs under disturbances, held against what must come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.disturbances.disturbance import Disturbance
from conformance.power.disturbances.disturbed_run import LONGEST, DisturbedRun, RunResult
from conformance.results.verdicts import ExitCode

FEW_LINES = 12  # what a run may say that ends before it began: one sentence, broken into lines, beside pytest's own
_SIGNS_OF_A_CRASH = ("Traceback (most recent call last)", "INTERNALERROR", "Segmentation fault", "Fatal Python error")
Document = dict[str, Any]


def document(results: Mapping[DisturbedRun, RunResult]) -> list[Document]:
    """The disturbances that runs were made under, with what came out, as power.schema.json describes them."""
    by_disturbance: dict[str, dict[DisturbedRun, RunResult]] = {}
    for run, result in results.items():
        by_disturbance.setdefault(run.disturbance.name, {})[run] = result
    return [_disturbance(runs) for runs in by_disturbance.values()]


def _disturbance(runs: Mapping[DisturbedRun, RunResult]) -> Document:
    disturbance = next(iter(runs)).disturbance
    return {
        "name": disturbance.name,
        "kind": disturbance.kind.value,
        "says": disturbance.says,
        "expected": {
            "exit_codes": list(disturbance.expected.codes),
            "refused": disturbance.expected.refused,
            "warnings": list(disturbance.expected.warns),
        },
        "runs": [_run(run, result) for run, result in runs.items()],
    }


def _run(run: DisturbedRun, result: RunResult) -> Document:
    report = result.report or {}
    return {
        "endpoint": run.endpoint,
        "exit_code": result.code,
        "verdict": report.get("verdict"),
        "requests": report["requests"]["total"] if report else 0,
        "seconds": round(result.seconds, 1),
        "false_alarms": _false_alarms(run, result),
        "lost": [] if run.fault is None else _losses(run.fault.red, result),
        "unseen": result.with_verdict("inconclusive", "unsupported"),
        "troubles": list(_troubles(run, result)),
    }


def _false_alarms(run: DisturbedRun, result: RunResult) -> list[str]:
    """What was reported as broken and is not: on the endpoint, or, for shoulds that the line breaks, as it is seen."""
    lawful = [*run.disturbance.expected.warns, *((*run.fault.red, *run.fault.may) if run.fault else ())]
    return [rid for rid in _reds(result) if not any(fnmatchcase(rid, glob) for glob in lawful)]


def _losses(red: Sequence[str], result: RunResult) -> list[str]:
    found = set(_reds(result))
    return [rid for rid in red if rid not in found]


def _reds(result: RunResult) -> list[str]:
    return result.with_verdict("fail", "warning")


def _troubles(run: DisturbedRun, result: RunResult) -> Iterator[str]:
    """What went wrong with the run itself, each in a sentence."""
    if result.code is None:
        yield f"it did not end within {LONGEST:g} s"
        return
    right = _codes(run)
    if result.code not in right:
        yield f"it ended with exit code {result.code} in place of {_either(right)}: {_last_line(result)}"
    yield from (f"it said {sign!r}" for sign in _SIGNS_OF_A_CRASH if sign in result.output)
    yield from (f"the suite itself went wrong about {rid}" for rid in result.with_verdict("error"))
    if run.disturbance.expected.refused:
        yield from _poor_refusal(run.disturbance, result)


def _codes(run: DisturbedRun) -> tuple[int, ...]:
    if run.fault is None:
        return run.disturbance.expected.codes
    breaks_a_must = any(catalogue()[rid].level is Level.MUST for rid in run.fault.red)
    return (ExitCode.NON_CONFORMANT,) if breaks_a_must else run.disturbance.expected.codes


def _poor_refusal(disturbance: Disturbance, result: RunResult) -> Iterator[str]:
    lines = [line for line in result.output.splitlines() if line.strip()]
    if len(lines) > FEW_LINES:
        yield f"it said {len(lines)} lines in place of a sentence"
    for word in disturbance.expected.says:
        if word not in result.output:
            yield f"it did not say {word}: {_last_line(result)}"


def _last_line(result: RunResult) -> str:
    lines = (line.strip() for line in reversed(result.output.splitlines()))
    return next((line for line in lines if line and not line.startswith("report: ")), "nothing was said")


def _either(codes: Iterable[int]) -> str:
    return " or ".join(str(int(code)) for code in codes)


def totals(disturbances: Sequence[Document]) -> Document:
    """Figures over all runs."""
    runs = [run for one in disturbances for run in one["runs"]]
    return {
        "disturbances": len(disturbances),
        "runs": len(runs),
        "false_alarms": sum(len(run["false_alarms"]) for run in runs),
        "lost": sum(bool(run["lost"]) for run in runs),
        "troubled": sum(bool(run["troubles"]) for run in runs),
    }


def flaws(disturbances: Sequence[Document]) -> list[str]:
    """What must not be, each in a sentence."""
    return [flaw for one in disturbances for run in one["runs"] for flaw in _flaws(one["name"], run)]


def _flaws(name: str, run: Document) -> Iterator[str]:
    where = f"{name} before {run['endpoint']}"
    yield from (f"false alarm: {where} accuses it of breaking {rid}" for rid in run["false_alarms"])
    yield from (f"lost: {where} does not turn {rid} red" for rid in run["lost"])
    yield from (f"trouble: {where}: {trouble}" for trouble in run["troubles"])
