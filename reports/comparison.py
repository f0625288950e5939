"""Several runs side by side, as data: each requirement's verdict in each run, what got worse and what got better."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.results.verdicts import Verdict
from reports.cause_entries import failing, of_warnings
from reports.judgement import quantity
from reports.side_by_side import by_operation

SCHEMA_VERSION = 1
REPORT = "compliance.json"
Report = Mapping[str, Any]

# How far a verdict is from a promise that was seen to be kept: a step up is worse, a step down better. Whatever says
# that nothing is to be judged stands with what was judged, so that a requirement that does not apply is no loss.
GRAVITY: Mapping[Verdict, int] = {
    Verdict.PASS: 0,
    Verdict.RECORDED: 0,
    Verdict.NOT_APPLICABLE: 0,
    Verdict.UNTESTED: 1,
    Verdict.EXPECTED_DEVIATION: 2,
    Verdict.WARNING: 3,
    Verdict.INCONCLUSIVE: 4,
    Verdict.UNSUPPORTED: 5,
    Verdict.UNEXPECTED_PASS: 6,
    Verdict.FAIL: 7,
    Verdict.ERROR: 8,
}


class NotComparable(ValueError):
    """These runs cannot be compared; the text says which, why, and what to do."""


def read_report(path: Path) -> Report:
    """The compliance.json at `path`, or in the directory `path`. Raises NotComparable without one of this form."""
    file = path / REPORT if path.is_dir() else path
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise NotComparable(f"{file} cannot be read ({wrong.strerror}): give the --report-dir of a run") from wrong
    except ValueError as wrong:
        raise NotComparable(f"{file} is no JSON: give the {REPORT} of a run") from wrong
    if not isinstance(report, dict) or report.get("schema_version") != SCHEMA_VERSION:
        form = report.get("schema_version") if isinstance(report, dict) else None
        raise NotComparable(f"{file} has form {form}, not {SCHEMA_VERSION}: render it again with the command report")
    if "causes" not in report:
        raise NotComparable(f"{file} was written by an earlier version: render it again with the command report")
    return report


def compare(
    runs: Mapping[str, Report],
    *,
    allow_truncated: bool = False,
    allow_different: bool = False,
    endpoints: bool = False,
) -> dict[str, Any]:
    """The comparison of `runs`, which are named, in their order; the last is held against the first.

    With `endpoints` they are of several endpoints, none of which is held against another: nothing is worse or better.
    Raises NotComparable for a run that was cut short, and for runs of different requirements, unless that is allowed:
    then the comparison says so.
    """
    verdicts = {name: {r["id"]: r for r in report["requirements"]} for name, report in runs.items()}
    cut_short, lacking = _cut_short(runs), _lacking(verdicts)
    if cut_short and not allow_truncated:
        raise NotComparable(
            f"{cut_short[0]} was cut short, so what it lacks says nothing: repeat it, or give --allow-truncated"
        )
    if lacking and not allow_different:
        raise _different(lacking)
    return {
        "schema_version": SCHEMA_VERSION,
        "runs": [_run(name, report) for name, report in runs.items()],
        "cut_short": cut_short,
        "lacking": lacking,
        "endpoints": endpoints,
        **_changes(list(verdicts.values())[:1] if endpoints else list(verdicts.values()), list(runs.values())),
        "causes": {"new": [], "gone": []} if endpoints else _causes(list(runs.values())),
        "operations": by_operation(list(runs.values())),
        "requirements": _rows(list(verdicts.values())),
    }


def _cut_short(runs: Mapping[str, Report]) -> list[str]:
    """The names of the runs that did not come to their end."""
    return [name for name, report in runs.items() if report["interrupted"] or not report["finished"]]


def _different(lacking: Mapping[str, list[str]]) -> NotComparable:
    name, missing = next(iter(lacking.items()))
    return NotComparable(
        f"{name} lacks {len(missing):,} requirements that another run judged, first {missing[0]}: "
        "compare runs of one version and scope, or give --allow-different"
    )


def _lacking(verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Per run the requirements that another run judged and it does not know."""
    known = dict.fromkeys(rid for found in verdicts.values() for rid in found)
    missing = {name: [rid for rid in known if rid not in found] for name, found in verdicts.items()}
    return {name: ids for name, ids in missing.items() if ids}


def _run(name: str, report: Report) -> dict[str, Any]:
    kept = ("target", "verdict", "summary", "causes", "scope", "reason", "seed", "depth", "duration_seconds", "totals")
    environment = report["environment"]
    more = {"started": environment.get("started"), "versions": environment.get("versions")}
    unnamed = {"endpoint": {"name": name, "version": ""}, "history": []}
    total = report["requests"]["total"]
    return {"name": name, **unnamed, **{key: report[key] for key in kept}, **more, "requests": total}


def _rows(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each requirement with its verdict in each run; None where a run does not know it."""
    found = {rid: requirement for run in reversed(runs) for rid, requirement in run.items()}
    order = dict.fromkeys(rid for run in runs for rid in run)
    return [
        {
            **{key: found[rid][key] for key in ("id", "operation", "level", "statement")},
            "verdicts": [run[rid]["verdict"] if rid in run else None for run in runs],
        }
        for rid in order
    ]


def _causes(runs: Sequence[Report]) -> dict[str, list[dict[str, Any]]]:
    """The causes of the last run that the first does not have, and those of the first that the last does not have.

    A finding that became a consequence, or the head of one, is no new one: its cause was there before.
    """
    first, last = runs[0]["causes"], runs[-1]["causes"]
    return {"new": _beyond(last, first), "gone": _beyond(first, last)}


def _beyond(causes: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = {rid for cause in others for rid in (cause["requirement"], *cause["follows"])}
    return [dict(cause) for cause in causes if cause["requirement"] not in known]


def _changes(runs: Sequence[Mapping[str, Any]], reports: Sequence[Report]) -> dict[str, Any]:
    """What became of the first run's requirements in the last one; `reports` say which follow from another."""
    first, last = runs[0], runs[-1]
    causes_before, causes_now = (_heads(report["causes"]) for report in (reports[0], reports[-1]))
    both = [(first[rid], last[rid]) for rid in first if rid in last]
    return {
        "worse": _entries_of(both, lambda old, new: old < new, causes_now),
        "better": _entries_of(both, lambda old, new: old > new, causes_before),
        "different": [
            {"id": now["id"], "before": before["observed"], "now": now["observed"]}
            for before, now in both
            if before["verdict"] == now["verdict"] == Verdict.RECORDED and before["observed"] != now["observed"]
        ],
    }


def _heads(causes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The requirement at the head of its cause, for each that merely follows from one."""
    return {rid: cause["requirement"] for cause in causes for rid in cause["follows"]}


def _entries_of(
    both: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
    moved: Callable[[int, int], bool],
    heads: Mapping[str, str],
) -> list[dict[str, Any]]:
    return [
        {
            **{key: now[key] for key in ("id", "level", "statement")},
            "before": before["verdict"],
            "now": now["verdict"],
            "said": _description(now) or _description(before),
            "follows": heads.get(now["id"]),
        }
        for before, now in both
        if moved(GRAVITY[Verdict(before["verdict"])], GRAVITY[Verdict(now["verdict"])])
    ]


def _description(requirement: Mapping[str, Any]) -> str | None:
    """What is to be said of a requirement that is not simply kept."""
    violation = requirement["violation"]
    if violation is not None:
        return f"expected {violation['expected']}; got {violation['actual']}"
    reason: str | None = requirement["reason"]
    return reason


def closing_line(comparison: Mapping[str, Any], page: Path) -> str:
    """What got worse and better between the first run and the last, or how many endpoints there are, in one line."""
    return f"{_outcome(comparison)}; comparison: {page.resolve().as_uri()}"


def title_of(run: Mapping[str, Any]) -> str:
    """How a table names a run of a comparison: by its endpoint and that one's version, where they are known."""
    endpoint = run["endpoint"]
    return f"{endpoint['name']} {endpoint['version']}".strip()


def heading(comparison: Mapping[str, Any]) -> str:
    """The title of `comparison`."""
    if comparison["endpoints"]:
        return f"{quantity(len(comparison['runs']), 'endpoint')} side by side"
    worse = f"{len(comparison['worse']):,} worse, {len(comparison['better']):,} better"
    return "; ".join(filter(None, (_changed_causes(comparison), worse)))


def _changed_causes(comparison: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{quantity(len(found), f'{kind} cause')}{of_what}"
        for kind, causes in comparison["causes"].items()
        for found, of_what in ((failing(causes), ""), (of_warnings(causes), " of warnings"))
        if found
    )


def _outcome(comparison: Mapping[str, Any]) -> str:
    if comparison["endpoints"]:
        return heading(comparison)
    numbers = ", ".join(f"{len(comparison[kind]):,} {kind}" for kind in ("worse", "better", "different"))
    first, last = comparison["runs"][0], comparison["runs"][-1]
    changes = "; ".join(filter(None, (_changed_causes(comparison), numbers)))
    return f"{first['summary']} -> {last['summary']}; {changes}"
