"""The failures of a run in the order in which they were seen, for whoever shows them while it lasts.

A broken promise may be seen long before pytest comes to its test: in a reply to another test's call, or by a test in
flight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.session.session import Run
from reports.run_log import sentence


@dataclass(slots=True)
class SeenFailures:
    """Hands out the failures of `run`, each once. Those that a listed deviation excuses are none."""

    run: Run
    _read: int = 0

    def __call__(self) -> Iterator[str]:
        """What each failure is, in one line that begins with its requirement, of those seen since the last call."""
        recorder = self.run.verifier.recorder
        new = recorder.broken_in_order[self._read :]
        self._read += len(new)
        for requirement in new:
            violation = recorder.records[requirement].violation
            is_must = catalogue()[requirement].level is Level.MUST
            if violation is not None and is_must and self.run.excuse(requirement) is None:
                yield sentence(self.run.evidence(violation))
