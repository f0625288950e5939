"""The runs before this one: a short record of each is kept, and says since when each finding is there.

Only runs of the same target are held together. A run that was cut short leaves no record: what it lacks says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.verdicts import Verdict
from reports.judgement import quantity
from reports.writing import write_file

MOST_RUNS = 30  # that are shown; older records stay where they are
FORM = 1
PATTERNS = ("*.json", "*/compliance.json")  # records, and report directories that were kept beside them
_BROKEN = frozenset({Verdict.FAIL, Verdict.WARNING, Verdict.UNEXPECTED_PASS, Verdict.EXPECTED_DEVIATION})
_JUDGED = _BROKEN | {Verdict.PASS}
_LEVELS = (Level.MUST, Level.SHOULD)
Report = Mapping[str, Any]


def record_of(report: Report) -> dict[str, Any]:
    """What is kept of `report`: a report's own members, as few as a history needs."""
    return {
        "schema_version": FORM,
        "target": report["target"],
        "verdict": report["verdict"],
        "summary": report["summary"],
        "environment": {"started": report["environment"]["started"]},
        "requirements": [
            {name: requirement[name] for name in ("id", "level", "verdict")}
            for requirement in report["requirements"]
            if requirement["level"] in _LEVELS
        ],
    }


def keep(report: Report, directory: Path) -> Path | None:
    """Write the record of `report` into `directory`, which is made if it is not there; returns its place.

    None, and no record, for a run that was cut short. Raises OSError.
    """
    started = report["environment"]["started"]
    if report["interrupted"] or not report["finished"] or not started:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    place = directory / f"{re.sub(r'[^0-9T]', '', started[:19])}-{report['seed']}.json"
    write_file(place, json.dumps(record_of(report)) + "\n")
    return place


def earlier_runs(report: Report, directory: Path) -> list[Report]:
    """The runs of the target of `report` that began before it, as records or reports in `directory`, oldest first.

    What is in there beside them, or cannot be read, is left out.
    """
    found = (_read(path) for pattern in PATTERNS for path in sorted(directory.glob(pattern)))
    began = report["environment"]["started"] or "9"
    runs = {
        run["environment"]["started"]: run
        for run in found
        if run is not None and run["target"] == report["target"] and run["environment"]["started"] < began
    }
    return [runs[started] for started in sorted(runs)]


def _read(path: Path) -> Report | None:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        whole = run["schema_version"] == FORM and run.get("finished", True) and not run.get("interrupted")
        usable = whole and all(key in run for key in ("target", "verdict", "summary"))
        usable = usable and isinstance(run["environment"]["started"], str)
        return run if usable and {requirement["id"] for requirement in run["requirements"]} else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def history_of(report: Report, earlier: Sequence[Report]) -> dict[str, Any]:
    """The member `history` of `report`: the last runs, this one included, and each finding's past, gravest first.

    A finding is a must or should that this run saw broken, or that was seen broken in some of the runs and kept in
    others. `since` is the begin of the run from which on it was broken each time it was judged, None where this run saw
    it kept; `broken` of `judged` says in how many of the runs shown it was broken.
    """
    runs = [*earlier[-(MOST_RUNS - 1) :], report]
    nights = [
        _Night(run["environment"]["started"], {r["id"]: r["verdict"] for r in run["requirements"]}) for run in runs
    ]
    now = {requirement["id"]: requirement for requirement in report["requirements"] if requirement["level"] in _LEVELS}
    broken = [rid for rid in now if any(night.breaks(rid) for night in nights)]
    broken.sort(key=lambda rid: not nights[-1].breaks(rid))
    return {
        "runs": [
            {"started": run["environment"]["started"], "verdict": run["verdict"], "summary": run["summary"]}
            for run in runs
        ],
        "findings": [_finding(now[rid], [n for n in nights if n.verdicts.get(rid) in _JUDGED]) for rid in broken],
    }


@dataclass(frozen=True, slots=True)
class _Night:
    """One of the runs: when it began, and its verdicts by requirement."""

    started: str
    verdicts: Mapping[str, str]

    def breaks(self, rid: str) -> bool:
        return self.verdicts.get(rid) in _BROKEN


def _finding(requirement: Mapping[str, Any], judged: Sequence[_Night]) -> dict[str, Any]:
    """The past of `requirement` in the runs that judged it, oldest first."""
    rid = requirement["id"]
    states = [night.breaks(rid) for night in judged]
    changes = sum(before != now for before, now in pairwise(states))
    return {
        **{name: requirement[name] for name in ("id", "level", "verdict")},
        "since": _since(judged, states),
        "broken": sum(states),
        "judged": len(states),
        "flaky": changes > 1,  # one change is the endpoint's, for better or worse
    }


def _since(judged: Sequence[_Night], states: Sequence[bool]) -> str | None:
    since = None
    for night, broken in zip(judged, states, strict=True):
        since = (since or night.started) if broken else None
    return since


def sentence(history: Mapping[str, Any]) -> str:
    """What the terminal says of `history`: how many runs there are, what is new in this one, what is flaky."""
    runs, findings = history["runs"], history["findings"]
    new = sum(found["since"] == runs[-1]["started"] and not found["flaky"] for found in findings)
    gone = sum(found["since"] is None and not found["flaky"] for found in findings)
    flaky = sum(found["flaky"] for found in findings)
    since = f"HISTORY {quantity(len(runs), 'run')} since {runs[0]['started']}"
    return f"{since}: {quantity(new, 'new finding')}, {gone:,} gone, {flaky:,} flaky"
