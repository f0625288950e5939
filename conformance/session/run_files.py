"""What one process of a run writes while it goes on: its ledger and its journal of contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from conformance.endpoint.settings import SettingsError
from conformance.results.line_file import LineFile
from reports.writing import refusal


@dataclass(slots=True)
class RunFiles:
    """The files below `directory`; `suffix` distinguishes those of one process from its siblings'.

    Raises SettingsError where they cannot be made.
    """

    directory: Path
    suffix: str = ""
    ledger: LineFile = field(init=False)
    journal: LineFile = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.ledger, self.journal = LineFile(self._place("ledger")), LineFile(self._place("contacts"))
        except OSError as wrong:
            raise SettingsError(refusal("--report-dir", self.directory, wrong)) from wrong

    def _place(self, name: str) -> Path:
        return self.directory / f"{name}{self.suffix}.jsonl"

    @property
    def failure(self) -> OSError | None:
        """What kept a line from being written, if anything did."""
        return self.ledger.failure or self.journal.failure

    def note_move(self, directory: Path) -> None:
        """Know that both were moved to `directory`."""
        self.directory = directory
        self.ledger.path, self.journal.path = self._place("ledger"), self._place("contacts")

    def close(self) -> None:
        """Write what could not be written before, as far as there is room now, and close both."""
        for file in (self.ledger, self.journal):
            file.retry()
            file.close()


def unwritable(wrong: OSError) -> str:
    """The sentence for a run that ends because its directory cannot be written any more."""
    return (
        f"the report directory could not be written any more ({wrong.strerror}), so the run ended: "
        "this is what was seen until then"
    )
