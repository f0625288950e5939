"""Who the endpoints of a comparison are, and how their last runs went.

A report says at which address an endpoint was judged, not what it is. The file endpoint.json beside a report says that:
``{"name": "Prism", "version": "5.14.2"}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.comparison import NotComparable, Report
from reports.history import earlier_runs, history_of

FILE = "endpoint.json"
FORM = '{"name": "...", "version": "..."}'


def introduce(comparison: Report, reports: Mapping[str, Report], records: Path | None) -> dict[str, Any]:
    """`comparison` with the name and version of each endpoint, and its last runs as the directory `records` has them.

    `reports` are the reports of the runs by their places. Raises NotComparable for an endpoint.json of another form.
    """
    runs = [
        {**run, "endpoint": identity_of(Path(run["name"])), "history": _last_runs(reports[run["name"]], records)}
        for run in comparison["runs"]
    ]
    return {**comparison, "runs": runs}


def identity_of(run: Path) -> dict[str, str]:
    """Name and version of the endpoint of the report at `run`; without endpoint.json the directory's name.

    Raises NotComparable for a file of another form.
    """
    place = run if run.is_dir() else run.parent
    file = place / FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"name": place.resolve().name, "version": ""}
    except (OSError, ValueError) as wrong:
        raise NotComparable(f"{file} cannot be read ({wrong}): write {FORM}") from wrong
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in ("name", "version")):
        raise NotComparable(f"{file} names no endpoint: write {FORM}")
    return {"name": found["name"], "version": found["version"]}


def _last_runs(report: Report, records: Path | None) -> list[dict[str, Any]]:
    earlier = earlier_runs(report, records) if records else []
    return list(history_of(report, earlier)["runs"])
