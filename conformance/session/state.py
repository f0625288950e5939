"""What a run keeps in pytest's stash: its options, itself, its tests in flight, its progress, failures and end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.endpoint.network import Network
from conformance.session.events import Events
from conformance.session.finish import FinishedRun
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.parts import Parts
from conformance.session.in_flight.script_run import ScriptRun
from conformance.session.interrupts import Interrupts
from conformance.session.options import Options
from conformance.session.output import discard_output, takes_nothing
from conformance.session.progress import Progress
from conformance.session.report_directory import ReportDirectory
from conformance.session.session import Run

RUN = pytest.StashKey[Run]()
OPTIONS = pytest.StashKey[Options]()
SCOPE = pytest.StashKey[frozenset[str]]()  # the requirements asked for, also where tests are only listed
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
SCRIPT_RUN = pytest.StashKey[ScriptRun]()  # of an item that was run in flight


def worker_suffix(config: pytest.Config) -> str:
    """What distinguishes this process's ledger from its siblings' under pytest-xdist; empty for a lone process."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return f"-{worker}" if worker else ""


@dataclass(eq=False, slots=True)  # pytest puts plugins into sets
class Failures:
    """Keeps what went wrong outside of the tests; a pytest plugin.

    pytest ends a run that could not collect everything as it ends one that was interrupted, and one whose output
    takes nothing more as one that has an error in it. `full` says why the output cannot be written, where that is not
    for lack of a reader. `broken_off` says that somebody stopped the run.
    """

    uncollected: list[pytest.CollectReport] = field(default_factory=list)
    output_ended: bool = False
    full: str = ""
    broken_off: bool = False

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep `report` if it reports a failure."""
        if report.failed:
            self.uncollected.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool | None:
        """Take output that cannot be written for an interruption, before pytest writes about it."""
        wrong = excinfo.value
        return True if isinstance(wrong, OSError) and self.has_ended_output(wrong) else None

    def has_ended_output(self, wrong: OSError) -> bool:
        """Whether `wrong` says that nothing more can be written to standard output; nothing more is, then."""
        is_full = takes_nothing(wrong)
        if not is_full and not isinstance(wrong, BrokenPipeError):
            return False
        if is_full:
            self.full = wrong.strerror or type(wrong).__name__
        discard_output()
        self.output_ended = True
        return True
