"""A run from its first hook to its last: collection, scope, the endpoint reached, reports and exit code.

Loaded by the plugin only where the suite was asked for. Nothing is sent, judged or rendered here.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.claims import in_scope, operations_in, running_order
from conformance.endpoint.settings import SettingsError
from conformance.results.verdicts import ExitCode
from conformance.session import outcomes
from conformance.session.configuration import configure
from conformance.session.exit_status import answered_for
from conformance.session.finish import FinishedRun, finish_run, forget, ledgers_of
from conformance.session.flow_start import learn_flow_start
from conformance.session.isolation import isolate
from conformance.session.options import Options
from conformance.session.preflight import preflight
from conformance.session.progress import Progress
from conformance.session.reference_process import NotStarted
from conformance.session.selection import Selection, nothing_selected, selection_of
from conformance.session.session import Run
from conformance.session.state import ENDING, OPTIONS, PROGRESS, RUN, UNCOLLECTED, Uncollected, worker_suffix
from connect_conformance_pytest.activation import HOME, PACKAGE, names_path
from connect_conformance_pytest.options import REFERENCE


def run(config: pytest.Config) -> Generator[None, Any, int]:
    """Wrap the whole of a pytest run that asks for the suite; returns its exit code."""
    config.stash[UNCOLLECTED] = Uncollected()
    isolate(config)
    config.pluginmanager.register(config.stash[UNCOLLECTED], "conformance.uncollected")
    config.pluginmanager.register(sys.modules[__name__], "conformance.session")
    config.pluginmanager.register(outcomes, "conformance.outcomes")
    return (yield from answered_for(config))


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
    """Forget the run before, and show how far this one is instead of a header, names of files and dots.

    Who asks for -v gets pytest's own lines.
    """
    config = session.config
    if OPTIONS in config.stash and not worker_suffix(config):
        forget(config.stash[OPTIONS].report_dir)
    if OPTIONS not in config.stash or config.option.verbose > 0 or worker_suffix(config):
        return
    config.option.verbose = -1
    writer = config.get_terminal_writer()
    config.stash[PROGRESS] = progress = Progress(writer, over=writer.hasmarkup)
    config.pluginmanager.register(progress)


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """No dot for a test that the line of progress counts."""
    if PROGRESS not in config.stash or not (report.when == "call" or report.skipped):
        return None
    return "xfailed" if hasattr(report, "wasxfail") else report.outcome, "", ""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Know how many tests there are."""
    if PROGRESS in session.config.stash:
        session.config.stash[PROGRESS].begin(len(session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Know how many tests there are where pytest-xdist spreads them over processes."""
    if PROGRESS in node.config.stash:
        node.config.stash[PROGRESS].begin(len(ids))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is in scope, and put last what ends an authentication session that other tests need."""
    options = config.stash.get(OPTIONS, None)
    if options is None:
        return
    ours = [item for item in items if item.path.is_relative_to(PACKAGE)]
    chosen, left = in_scope(ours, options.scope)
    config.hook.pytest_deselected(items=left)
    chosen.sort(key=running_order)
    items[:] = [item for item in items if item not in set(ours)] + chosen


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Reach the endpoint before the first test, and lose no Ctrl-C while the tests run."""
    options = session.config.stash.get(OPTIONS, None)
    if options is None or session.config.stash[UNCOLLECTED].reports:
        return (yield)
    if not session.items:
        if session.config.pluginmanager.hasplugin("dsession"):
            _look_for_all(session.config, options)
        return (yield)
    run = _begin(session.config, options, selection_of(session.config, session.items, options.scope))
    try:
        with run.interrupts:
            if not worker_suffix(session.config):
                _look(run, options)
            if options["--target"] != REFERENCE:
                learn_flow_start(run.endpoint, run.verifier.conversations)
            run.verifier.profile.fill(operations_in(session.items))
            try:
                return (yield)
            finally:
                _reproduce(session, run)
    except KeyboardInterrupt:
        raise pytest.exit.Exception("interrupted", ExitCode.INTERRUPTED) from None


def _begin(config: pytest.Config, options: Options, selection: Selection | None = None) -> Run:
    run = Run(options, options.report_dir / f"ledger{worker_suffix(config)}.jsonl", selection)
    try:
        run.open()
    except (SettingsError, NotStarted) as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.stash[RUN] = run
    return run


def _reproduce(session: pytest.Session, run: Run) -> None:
    """Try the scripts of what was broken, unless the run was broken off by somebody."""
    if not isinstance(sys.exception(), KeyboardInterrupt | pytest.exit.Exception):
        progress = session.config.stash.get(PROGRESS, None)
        run.reproduce(progress.say if progress else lambda _: None)
        if progress:
            progress.clear()


def _look_for_all(config: pytest.Config, options: Options) -> None:
    """Look once for all processes that pytest-xdist spreads the run over: none of them can tell its user anything."""
    if options["--target"] == REFERENCE:
        return
    run = _begin(config, options)
    try:
        _look(run, options)
    finally:
        del config.stash[RUN]
        run.close(interrupted=False, suite_error=False)


def _look(run: Run, options: Options) -> None:
    """See whether the endpoint is there and knows its ids; the embedded one does."""
    if options["--target"] == REFERENCE:
        return
    try:
        said = preflight(run.verifier, run.endpoint.target.settings)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    if said is not None:
        run.ledger.note(said)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop what was started, write the reports, and give the run its exit code."""
    run, options = session.config.stash.get(RUN, None), session.config.stash.get(OPTIONS, None)
    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    if run is not None:
        run.close(interrupted=interrupted, suite_error=exitstatus == pytest.ExitCode.INTERNAL_ERROR)
    if options is None or hasattr(session.config, "workerinput"):
        return
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.config.stash[ENDING] = FinishedRun("", nothing_selected(session.config), ExitCode.USAGE)
        session.exitstatus = ExitCode.USAGE
        return
    if not ledgers_of(options.report_dir):
        return
    if exitstatus == pytest.ExitCode.USAGE_ERROR:
        return
    ending = finish_run(options.report_dir, options.tolerance)
    session.config.stash[ENDING] = ending
    session.exitstatus = ending.code


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
        config.get_terminal_writer().line(ending.line)
