"""What was last sent to each channel, in a file of the history: a message that could not be sent is not lost.

The last whole report is kept with it, for `connect-conformance compare`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.comparison import REPORT
from reports.notification.changes import Report, Standing
from reports.writing import write_file

FILE, LAST = "sent.json", "last"
FORM = 1


@dataclass(frozen=True, slots=True)
class LastSent:
    """What was last sent, in the history `directory`."""

    directory: Path

    def read(self) -> Mapping[str, Standing]:
        """The last standing that each channel was sent; empty where none was, or where the file cannot be read."""
        try:
            kept = json.loads((self.directory / FILE).read_text(encoding="utf-8"))
            return {name: Standing.read(one) for name, one in kept["channels"].items() if kept["form"] == FORM}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def note(self, channel: str, standing: Standing) -> None:
        """Write that `channel` was sent `standing`. Raises OSError."""
        known = {name: one.as_json() for name, one in {**self.read(), channel: standing}.items()}
        self.directory.mkdir(parents=True, exist_ok=True)
        write_file(self.directory / FILE, json.dumps({"form": FORM, "channels": known}, indent=1) + "\n")

    def keep(self, report: Report) -> None:
        """Keep `report` as the last one, unless its run was cut short. Raises OSError."""
        if report["finished"] and not report["interrupted"]:
            place = self.directory / LAST
            place.mkdir(parents=True, exist_ok=True)
            write_file(place / REPORT, json.dumps(report) + "\n")
