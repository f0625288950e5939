"""What a run keeps in pytest's stash: its options, itself, its tests in flight, its progress, failures and end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.endpoint.network import Network
from conformance.session.events import Events
from conformance.session.finish import FinishedRun
from conformance.session.in_flight.examined import Examined
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.parts import Parts
from conformance.session.interrupts import Interrupts
from conformance.session.options import Options
from conformance.session.output import discard_output
from conformance.session.progress import Progress
from conformance.session.report_directory import ReportDirectory
from conformance.session.session import Run

RUN = pytest.StashKey[Run]()
OPTIONS = pytest.StashKey[Options]()
ENDING = pytest.StashKey[FinishedRun]()
PROGRESS = pytest.StashKey[Progress]()
EVENTS = pytest.StashKey[Events]()
FAILURES = pytest.StashKey["Failures"]()
DIRECTORY = pytest.StashKey[ReportDirectory]()
PLACES = pytest.StashKey[dict[Path, Path]]()
INTERRUPTS = pytest.StashKey[Interrupts]()
NETWORK = pytest.StashKey[Network]()
FLIGHT = pytest.StashKey[LookAhead[pytest.Item]]()
PARTS = pytest.StashKey[Parts]()
EXAMINED = pytest.StashKey[Examined]()  # of an item that was examined in flight


def worker_suffix(config: pytest.Config) -> str:
    """What tells this process's ledger from those of its siblings under pytest-xdist; empty for a lone process."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return f"-{worker}" if worker else ""


@dataclass(eq=False, slots=True)  # pytest puts plugins into sets
class Failures:
    """Keeps what went wrong beside the tests; a pytest plugin.

    pytest ends a run that could not collect everything as it ends one that was interrupted, and one whose output
    nobody reads any more as one that has an error in it. `broken_off` says that somebody stopped the run.
    """

    uncollected: list[pytest.CollectReport] = field(default_factory=list)
    output_ended: bool = False
    broken_off: bool = False

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep `report` where it tells of a failure."""
        if report.failed:
            self.uncollected.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool | None:
        """Take a reader that has gone for an interruption, before pytest writes about it."""
        if not isinstance(excinfo.value, BrokenPipeError):
            return None
        self.end_output()
        return True

    def end_output(self) -> None:
        """Write nothing more: nobody reads it."""
        discard_output()
        self.output_ended = True
