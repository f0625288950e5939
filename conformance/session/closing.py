"""Where a run begins and ends on the disk: files of the run before put away, reports moved into place together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_html.basereport import BaseReport

from conformance.endpoint.settings import SettingsError
from conformance.results.verdicts import ExitCode
from conformance.session.finish import FinishedRun, finish_run
from conformance.session.planning import finish_plan
from conformance.session.processes import process_of
from conformance.session.report_directory import ReportDirectory
from conformance.session.session import Run
from conformance.session.state import (
    DIRECTORY,
    ENDING,
    EVENTS,
    INTERRUPTS,
    OPTIONS,
    PLACES,
    PROGRESS,
    RUN,
    worker_suffix,
)
from connect_conformance_pytest.options import REFERENCE
from reports.writing import refusal

SHOWN = 3  # contacts of an earlier run


def take_over(config: pytest.Config) -> None:
    """The endpoint was reached: from now on the report directory is this run's.

    Raises pytest.UsageError where its files cannot be put away.
    """
    directory = config.stash[DIRECTORY]
    try:
        directory.take_over()
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    if RUN in config.stash:
        config.stash[RUN].files.note_move(directory.path)


def tell_left_open(config: pytest.Config, run: Run) -> None:
    """Note the contacts that earlier runs have left open: their journals stay, and `cleanup` stops them."""
    for sentence in _left_open(config.stash[DIRECTORY]):
        run.ledger.note(sentence)


def _left_open(directory: ReportDirectory) -> Iterator[str]:
    for left in directory.left_open():
        starts = (f"perhaps one whose {start.operation} brought no ContactId" for start in left.unanswered.values())
        contacts = [*left.contacts, *starts]
        number = "1 contact" if len(contacts) == 1 else f"{len(contacts):,} contacts"
        more = f" and {len(contacts) - SHOWN:,} more" if len(contacts) > SHOWN else ""
        yield (
            f"An earlier run has not stopped {number} at {left.target}: {', '.join(contacts[:SHOWN])}{more}."
            f" Its journal stays in {directory.path}: connect-conformance cleanup {directory.path} stops what it names."
        )


def end_processes(config: pytest.Config) -> None:
    """Where the run was interrupted, have the processes that it is spread over end too, in good order."""
    interrupts, directory = config.stash[INTERRUPTS], config.stash[DIRECTORY]
    if interrupts.struck and not worker_suffix(config):
        process_of(config, directory.work).end_all(lambda: not interrupts.hurry)


def close_run(config: pytest.Config, exitstatus: int) -> None:
    """Stop what this process started, and write down how it ended."""
    config.stash[DIRECTORY].make_room()
    run = config.stash.get(RUN, None)
    if run is not None:
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        run.close(interrupted=interrupted, suite_error=exitstatus == pytest.ExitCode.INTERNAL_ERROR)
        run.process.leave()


def finish(session: pytest.Session, exitstatus: int, unwritten: OSError | None) -> None:
    """Write the reports of all processes and give the run its exit code. A usage error leaves everything as it was.

    `unwritten` is the error that kept a plugin from writing its file.
    """
    config = session.config
    options, directory = config.stash[OPTIONS], config.stash[DIRECTORY]
    if worker_suffix(config):
        return
    if options.planned is not None and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        config.stash[ENDING] = finish_plan(session)
        session.exitstatus = config.stash[ENDING].code
        _name_places(config)
        return
    if not directory.taken_over or exitstatus == pytest.ExitCode.USAGE_ERROR:
        _name_places(config)
        _tell_end(config, FinishedRun("", "", ExitCode.USAGE))
        return
    if PROGRESS in config.stash:
        config.stash[PROGRESS].clear()
    ending = _with_caveats(config, _write_reports(config, exitstatus), unwritten)
    config.stash[ENDING] = ending
    session.exitstatus = ending.code
    directory.close()
    _name_places(config)
    _tell_end(config, ending)


def _write_reports(config: pytest.Config, exitstatus: int) -> FinishedRun:
    options = config.stash[OPTIONS]
    return finish_run(
        config.stash[DIRECTORY].path,
        options.tolerance,
        interrupted=exitstatus == pytest.ExitCode.INTERRUPTED,
        written={staged: place for staged, place in config.stash[PLACES].items() if staged.exists()},
        records=Path(options["--history"]) if options["--history"] else None,
    )


def _with_caveats(config: pytest.Config, ending: FinishedRun, unwritten: OSError | None) -> FinishedRun:
    """`ending` with why a report is missing, and with the contacts of earlier runs that no ledger names."""
    directory = config.stash[DIRECTORY]
    if unwritten is not None:
        reason = refusal("--report-dir", directory.path, unwritten)
        ending = replace(ending, line=f"{reason}\n{ending.line}", code=ExitCode.USAGE)
    if config.stash[OPTIONS]["--target"] == REFERENCE and config.pluginmanager.hasplugin("dsession"):
        # Nobody has written it into a ledger: each process has an endpoint and a ledger of its own.
        ending = replace(ending, text="\n\n".join((*_left_open(directory), ending.text)))
    return ending


def _tell_end(config: pytest.Config, ending: FinishedRun) -> None:
    if EVENTS in config.stash:
        config.stash[EVENTS].end(ending.code, ending.report, ending.page)


def _name_places(config: pytest.Config) -> None:
    """Have no plugin name the place aside that its file was written to."""
    places: dict[str, Path] = {str(staged.absolute()): place for staged, place in config.stash[PLACES].items()}
    for plugin in config.pluginmanager.get_plugins():
        if isinstance(plugin, BaseReport):
            config.pluginmanager.unregister(plugin)
        elif (place := places.get(getattr(plugin, "logfile", ""))) is not None:
            plugin.logfile = str(place)
