"""A run from its first hook to its last: collection, scope, the endpoint reached, reports and exit code.

Loaded by the plugin only where the suite was asked for. Nothing is sent, judged or rendered here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.results.verdicts import ExitCode
from conformance.scenario.markers import in_scope
from conformance.session import left_out_tests, narrowed_collection, outcomes
from conformance.session.beginning import begin, look, open_run
from conformance.session.closing import close_run, end_processes, finish, take_over, tell_left_open
from conformance.session.configuration import configure
from conformance.session.coverage_order import in_running_order
from conformance.session.estimate import words_of
from conformance.session.exit_status import exit_code_of
from conformance.session.finish import FinishedRun
from conformance.session.flight import begin_flight, end_flight
from conformance.session.isolation import isolate
from conformance.session.options import Options
from conformance.session.planning import is_billable, plan_before, write_plan
from conformance.session.progress import Progress
from conformance.session.selection import explain_empty_selection
from conformance.session.state import (
    DIRECTORY,
    ENDING,
    EVENTS,
    FAILURES,
    INTERRUPTS,
    OPTIONS,
    PROGRESS,
    RUN,
    SCOPE,
    Failures,
    worker_suffix,
)
from connect_conformance_pytest.activation import HOME, PACKAGE, names_path
from connect_conformance_pytest.options import REFERENCE

_WITHOUT_NUMBERS, _WITH_NUMBERS = -2, -1  # pytest's verbosity: as quiet, but with its line of tests passed and failed

# Of the closing line; pytest's writer keeps NO_COLOR and FORCE_COLOR.
_COLOURS = dict.fromkeys(ExitCode, "red") | {
    ExitCode.CONFORMANT: "green",
    ExitCode.INCOMPLETE: "yellow",
    ExitCode.INTERRUPTED: "yellow",
}


def run(config: pytest.Config) -> Generator[None, Any, int]:
    """Wrap the whole of a pytest run that asks for the suite; returns its exit code."""
    config.stash[FAILURES] = Failures()
    isolate(config)
    config.pluginmanager.register(config.stash[FAILURES], "conformance.failures")
    config.pluginmanager.register(sys.modules[__name__], "conformance.session")
    config.pluginmanager.register(outcomes, "conformance.outcomes")
    config.pluginmanager.register(left_out_tests, "conformance.left_out_tests")
    config.pluginmanager.register(narrowed_collection, "conformance.narrowed_collection")
    return (yield from exit_code_of(config))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options."""
    configure(config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suite's own tests, which lie beside it in a clone, unless an argument leads there."""
    own = HOME / "tests"
    if collection_path != own or names_path(config.args, config.invocation_params.dir, own):
        return None
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Show how far the run is instead of a header, names of files, dots and numbers of tests.

    Who asks for -v gets pytest's own lines. Its closing line counts tests; the suite's counts requirements, and two
    numbers of failures that differ cannot both be believed.
    """
    config = session.config
    if OPTIONS not in config.stash or config.option.verbose > 0 or worker_suffix(config):
        return
    config.option.verbose = _WITHOUT_NUMBERS
    writer = config.get_terminal_writer()
    config.stash[PROGRESS] = progress = Progress(writer, over=_is_terminal(config))
    config.pluginmanager.register(progress)


def _is_terminal(config: pytest.Config) -> bool:
    """Whether a line can be written over. FORCE_COLOR makes no terminal of a log, nor NO_COLOR a log of a terminal."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return bool(getattr(reporter, "isatty", False)) and os.environ.get("TERM") != "dumb"


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """No dot for a test that the line of progress counts."""
    if PROGRESS not in config.stash or not (report.when == "call" or report.skipped):
        return None
    return "xfailed" if hasattr(report, "wasxfail") else report.outcome, "", ""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Know how many tests there are; where some are not the suite's, pytest says how many of them failed."""
    if session.items:
        _tell_start(session.config, len(session.items))
    if PROGRESS in session.config.stash:
        session.config.stash[PROGRESS].begin(len(session.items))
        if not all(item.path.is_relative_to(PACKAGE) for item in session.items):
            session.config.option.verbose = _WITH_NUMBERS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Know how many tests there are where pytest-xdist spreads them over processes."""
    if OPTIONS in node.config.stash and ids and not node.config.stash[DIRECTORY].taken_over:
        take_over(node.config)
    _tell_start(node.config, len(ids))
    if PROGRESS in node.config.stash:
        node.config.stash[PROGRESS].begin(len(ids))


def _tell_start(config: pytest.Config, tests: int) -> None:
    """Tell other programs that this many tests are about to begin."""
    if EVENTS in config.stash:
        options = config.stash[OPTIONS]
        facts = {"target": options["--target"], "depth": options.depth.name, "seed": options.seed}
        config.stash[EVENTS].start(tests, **facts, scope=options["--requirement"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is in scope, and put first what shows most for what it costs; also where tests are only listed."""
    scope = config.stash.get(SCOPE, None)
    if scope is None:
        return
    ours = [item for item in items if item.path.is_relative_to(PACKAGE)]
    chosen, left = in_scope(ours, scope)
    config.hook.pytest_deselected(items=left)
    own = frozenset(ours)
    items[:] = [item for item in items if item not in own] + in_running_order(chosen)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Reach the endpoint before the first test, and lose no Ctrl-C while the tests run."""
    options = session.config.stash.get(OPTIONS, None)
    if options is None or session.config.stash[FAILURES].uncollected:
        return (yield)
    spread = session.config.pluginmanager.hasplugin("dsession")
    if not (session.items or spread):
        return (yield)
    plan = _show_plan(session.config, options)
    try:
        if spread:
            _look_for_all(session.config, options)
            return (yield)
        with session.config.stash[INTERRUPTS].waiting():
            if not worker_suffix(session.config):
                begin(session)
                if plan is not None:
                    write_plan(plan, options.report_dir)
                begin_flight(session)
            try:
                return (yield)
            finally:
                end_flight(session)
                _reproduce(session)
    except KeyboardInterrupt as stop:
        if _somebody_stopped_it(stop):
            _break_off(session.config)
        raise session.Failed(str(stop)) from None


def _break_off(config: pytest.Config) -> None:
    """End the run as interrupted. A worker of pytest-xdist reports that to the first process, which ends the run."""
    if worker_suffix(config):
        raise pytest.exit.Exception("interrupted", ExitCode.INTERRUPTED) from None
    config.stash[FAILURES].broken_off = True


def _show_plan(config: pytest.Config, options: Options) -> Mapping[str, Any] | None:
    """Show what a run that costs money will send and cost, before it sends anything; None for any other run."""
    if worker_suffix(config) or not is_billable(options):
        return None
    plan = plan_before(config)
    config.get_terminal_writer().line(words_of(plan, options["--target"]))
    return plan


def _somebody_stopped_it(error: BaseException | None) -> bool:
    """Whether `error` came from outside. An option that stops a run, as -x with -n does, raises a kind of its own."""
    return type(error) is KeyboardInterrupt or isinstance(error, pytest.exit.Exception)


def _reproduce(session: pytest.Session) -> None:
    """Try the scripts of what was broken, unless the run was interrupted."""
    run = session.config.stash.get(RUN, None)
    if run is not None and run.hopeless is None and not _somebody_stopped_it(sys.exception()):
        progress = session.config.stash.get(PROGRESS, None)
        run.reproduce(progress.say if progress else lambda _: None)
        if progress:
            progress.clear()


def _look_for_all(config: pytest.Config, options: Options) -> None:
    """Look once for all processes that pytest-xdist spreads the run over: none of them can show its user anything."""
    if options["--resume"]:
        raise pytest.UsageError("--resume goes on in one process: leave -n out")
    if options["--target"] == REFERENCE:
        return
    with config.stash[INTERRUPTS].waiting():
        run = open_run(config, None)
        try:
            if (objection := look(run, options)) is not None:
                run.ledger.note(objection)
            tell_left_open(config, run)
        finally:
            del config.stash[RUN]
            run.close(interrupted=False, suite_error=False)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
    """Stop what was started, have plugins write their files, then move all reports into place together."""
    config = session.config
    if OPTIONS not in config.stash:
        return (yield)
    if config.stash[FAILURES].output_ended or config.stash[FAILURES].broken_off:
        exitstatus = pytest.ExitCode.INTERRUPTED
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and not worker_suffix(config):
        config.stash[ENDING] = FinishedRun("", explain_empty_selection(config), ExitCode.USAGE)
        session.exitstatus = ExitCode.USAGE
    unwritten = None
    with config.stash[INTERRUPTS].closing():
        end_processes(config)
        close_run(config, exitstatus)
        try:
            yield
        except OSError as wrong:
            if not config.stash[FAILURES].has_ended_output(wrong):
                unwritten = wrong
        finally:  # another plugin's mistake costs no report
            finish(session, exitstatus, unwritten)
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what failed, shortly."""
    ending = terminalreporter.config.stash.get(ENDING, None)
    if ending is not None and ending.text:
        terminalreporter.write_line(ending.text)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Close with the verdict, below pytest's own closing line."""
    ending = config.stash.get(ENDING, None)
    if ending is not None:
        writer = config.get_terminal_writer()
        first, *others = ending.line.splitlines()
        writer.line(first, bold=True, **{_COLOURS[ending.code]: True})
        for line in others:
            writer.line(line)
