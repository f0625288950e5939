"""The pytest side: options, scope, outcomes, and the hooks that begin and end a run.

It is loaded in every pytest run of its environment, so it acts only when tests of the package `conformance` are
collected. It sends nothing, judges nothing and renders nothing itself.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pytest_html import extras

from conformance import options as given
from conformance.checks.violation import ContractViolation
from conformance.claims import MARKERS, claimed, in_scope, running_order
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.embedded import NotStarted
from conformance.ending import Ending, conclude, forget, ledgers_of
from conformance.examination.beginnings import learn_how_chats_begin
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.story import Story
from conformance.examination.telling import tell
from conformance.first_look import first_look
from conformance.presence import PACKAGE, may_name_suite, names_suite
from conformance.progress import Progress
from conformance.run import Run
from conformance.run_log import RunLog
from conformance.target.conversation import SetupFailed
from conformance.target.settings import SettingsError
from conformance.verdicts import ExitCode, Outcome
from reports.run_log import STYLE, evidence

RUN = pytest.StashKey[Run]()
OPTIONS = pytest.StashKey[given.Options]()
ENDING = pytest.StashKey[Ending]()
PROGRESS = pytest.StashKey[Progress]()
EVIDENCE = pytest.StashKey[list[dict[str, Any]]]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the suite's options to a run that may be about it; in any other, names belong to others."""
    config: Any = pluginmanager.get_plugin("pytestconfig")
    invocation = config.invocation_params
    if may_name_suite([str(word) for word in invocation.args], invocation.dir):
        _add_options(parser)
        if not pluginmanager.hasplugin("cacheprovider"):  # the project's settings name its directory all the same
            parser.addini("cache_dir", "where no cache is kept")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Take back the names that plugins loaded later have taken."""
    invocation = early_config.invocation_params
    if may_name_suite([str(word) for word in invocation.args], invocation.dir):
        _add_options(parser)


def _add_options(parser: pytest.Parser) -> None:
    """Options mean what this suite says in its own runs, also where another plugin has one of that name."""
    parser.optparser.conflict_handler = "resolve"
    group = parser.getgroup("conformance", "conformance of a chat endpoint")
    for name, settings in given.OPTIONS.items():
        with suppress(ValueError):  # it is there already
            group.addoption(name, dest=given.destination(name), **settings)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; if conformance tests are asked for, read the options and set up the run's own files."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if not _concerned(config) or config.option.collectonly:
        return
    try:
        options = given.read_options(_values(config), _seed(config))
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.stash[OPTIONS] = options
    config.option.hypothesis_seed = str(options.seed)
    config.option.htmlpath = config.getoption("htmlpath", None) or str(options.report_dir / "run.html")
    config.option.self_contained_html = True
    config.option.css = [*config.getoption("css", ()), str(STYLE)]
    if config.pluginmanager.hasplugin("html"):
        config.pluginmanager.register(RunLog())
    config.option.xmlpath = config.getoption("xmlpath", None) or str(options.report_dir / "junit.xml")
    if config.option.tbstyle == "auto":
        config.option.tbstyle, config.option.reportchars = "no", ""


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget the run before, and show how far this one is instead of a header, names of files and dots.

    Who asks for -v gets pytest's own lines.
    """
    config = session.config
    if OPTIONS in config.stash and not _worker(config):
        forget(config.stash[OPTIONS].report_dir)
    if OPTIONS not in config.stash or config.option.verbose > 0 or _worker(config):
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


def _concerned(config: pytest.Config) -> bool:
    return names_suite(config.args, config.invocation_params.dir, by_module=config.option.pyargs)


def _values(config: pytest.Config) -> dict[str, Any]:
    return {name: config.getoption(given.destination(name)) for name in given.OPTIONS}


def _seed(config: pytest.Config) -> int | None:
    seed = config.getoption("hypothesis_seed", None)
    return None if seed is None else int(seed)


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


def _worker(config: pytest.Config) -> str:
    """What tells this process's ledger from those of its siblings under pytest-xdist; empty for a lone process."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return f"-{worker}" if worker else ""


@pytest.fixture(scope="session")
def examiner(request: pytest.FixtureRequest) -> Examiner:
    """Looks at the endpoint of this run."""
    return request.config.stash[RUN].examiner


@pytest.fixture
def story(examiner: Examiner) -> Iterator[Story]:
    """A story to tell; its chats are stopped when it has been told."""
    told = Story(examiner)
    yield told
    with suppress(SetupFailed):  # where no more may be sent, the end of the run stops what is open
        told.close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Reach the endpoint before the first test, and lose no Ctrl-C while the tests run."""
    options = session.config.stash.get(OPTIONS, None)
    if options is None:
        return (yield)
    if not session.items:
        if session.config.pluginmanager.hasplugin("dsession"):
            _look_for_all(session.config, options)
        return (yield)
    run = _begin(session.config, options)
    try:
        with run.interrupts:
            if not _worker(session.config):
                _look(run, options)
            if options["--target"] != given.REFERENCE:
                learn_how_chats_begin(run.endpoint, run.examiner.conversations)
            try:
                return (yield)
            finally:
                _reproduce(session, run)
    except KeyboardInterrupt:
        raise pytest.exit.Exception("interrupted", ExitCode.INTERRUPTED) from None


def _begin(config: pytest.Config, options: given.Options) -> Run:
    run = Run(options, options.report_dir / f"ledger{_worker(config)}.jsonl")
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


def _look_for_all(config: pytest.Config, options: given.Options) -> None:
    """Look once for all processes that pytest-xdist spreads the run over: none of them can tell its user anything."""
    if options["--target"] == given.REFERENCE:
        return
    run = _begin(config, options)
    try:
        _look(run, options)
    finally:
        del config.stash[RUN]
        run.close(interrupted=False, suite_error=False)


def _look(run: Run, options: given.Options) -> None:
    """See whether the endpoint is there and knows its ids; the embedded one does."""
    if options["--target"] == given.REFERENCE:
        return
    try:
        said = first_look(run.examiner, run.endpoint.target.settings)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    if said is not None:
        run.ledger.note(said)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tell the witness which item is at work."""
    run = item.config.stash.get(RUN, None)
    if run is not None:
        run.interrupts.check()
        run.examiner.witness.test = item.nodeid
        item.user_properties.append(("requirements", " ".join(claimed(item))))
    return (yield)


@pytest.hookimpl(specname="pytest_pyfunc_call", tryfirst=True)
def pytest_pyfunc_call_of_a_story(pyfuncitem: pytest.Function) -> bool | None:
    """Tell a story instead of calling its test once; None leaves any other test to pytest."""
    run = pyfuncitem.config.stash.get(RUN, None)
    if run is None or "story" not in pyfuncitem.funcargs:
        return None
    tell(run.examiner, pyfuncitem.obj, pyfuncitem.funcargs, claimed(pyfuncitem))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Translate what an examination came to into pytest's outcomes; anything else is the suite's own error."""
    run = pyfuncitem.config.stash.get(RUN, None)
    if run is None:
        return (yield)
    try:
        yield
    except Unwitnessed as unseen:
        pytest.skip(f"{unseen.outcome}: {unseen.reason}")
    except ContractViolation as violation:
        pyfuncitem.stash[EVIDENCE] = [run.evidence(broken) for broken in _violations(pyfuncitem, violation)]
        if excuse := run.excuse(violation.requirement):
            pytest.xfail(excuse)
        if catalogue()[violation.requirement].level is Level.MUST:
            raise
    except SetupFailed as failed:
        for requirement in claimed(pyfuncitem):
            run.examiner.witness.note(requirement, Outcome.INCONCLUSIVE, failed.reason, "edge")
        pytest.skip(f"{Outcome.INCONCLUSIVE}: {failed.reason}")
    except Exception as error:
        for requirement in claimed(pyfuncitem):
            run.examiner.witness.note(requirement, Outcome.ERROR, repr(error), "edge")
        raise
    return True


def _violations(item: pytest.Function, raised: ContractViolation) -> list[ContractViolation]:
    """All that a story broke, the one that it ended with first; of any other test that one."""
    story = item.funcargs.get("story")
    told = story.violations.values() if isinstance(story, Story) else ()
    return [raised, *(violation for violation in told if violation is not raised)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a violation as a sentence instead of a traceback, and write the item down when it has run."""
    report = yield
    run = item.config.stash.get(RUN, None)
    if run is None:
        return report
    broken = item.stash.get(EVIDENCE, ())
    if broken and call.excinfo is not None and isinstance(call.excinfo.value, ContractViolation):
        report.longrepr = "{requirement}: expected {expected}; got {actual}".format_map(broken[0])
    if report.when == "call":
        # pytest-html takes them from here, and pytest-xdist sends them on, for they are plain values.
        report.extras = [extras.html(evidence(shown)) for shown in broken]  # type: ignore[attr-defined]
        title = (getattr(item, "obj", None).__doc__ or item.name).splitlines()[0]
        run.end_of_test(item.nodeid, title, report.outcome, report.duration)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop what was started, write the reports, and give the run its exit code."""
    run, options = session.config.stash.get(RUN, None), session.config.stash.get(OPTIONS, None)
    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    if run is not None:
        run.close(interrupted=interrupted, suite_error=exitstatus == pytest.ExitCode.INTERNAL_ERROR)
    if options is None or hasattr(session.config, "workerinput") or not ledgers_of(options.report_dir):
        return
    if exitstatus == pytest.ExitCode.USAGE_ERROR:
        return
    ending = conclude(options.report_dir, allow_incomplete=options["--allow-incomplete"])
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
