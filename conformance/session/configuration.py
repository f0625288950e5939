"""What a run sets in pytest's configuration: options read, files named, the terminal made quiet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from conformance.endpoint.settings import SettingsError
from conformance.scenario.markers import MARKERS
from conformance.session.events import JSON_LINES, open_events
from conformance.session.interrupts import Interrupts
from conformance.session.options import Options, read_options
from conformance.session.planning import check_plan, for_reference
from conformance.session.report_directory import ReportDirectory
from conformance.session.run_log import RunLog
from conformance.session.run_settings import check_settings
from conformance.session.state import DIRECTORY, EVENTS, INTERRUPTS, OPTIONS, PLACES, SCOPE, worker_suffix
from connect_conformance_pytest.options import BY_COMMAND, destination
from connect_conformance_pytest.options import OPTIONS as NAMES
from reports.run_log import STYLE
from reports.writing import make_room_for, refusal

# The options with which pytest shows something instead of running tests.
_RUNS_NOTHING = ("collectonly", "help", "version", "markers", "showfixtures", "show_fixtures_per_test", "cacheshow")


def configure(config: pytest.Config) -> None:
    """Register the markers; where tests are run, read the options and set up the run's own files.

    Raises pytest.UsageError with one sentence for a wrong option.
    """
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    runs_nothing = any(getattr(config.option, name, None) for name in _RUNS_NOTHING)
    if runs_nothing and not config.option.collectonly:
        return
    try:
        values = _values(config) | ({"--deviations": None} if runs_nothing else {})
        options = read_options(values, _seed(config), by_command=called_by_command(config))
        config.stash[SCOPE] = options.scope
        if runs_nothing:
            return
        check_plan(options, spread=config.pluginmanager.hasplugin("dsession"))
        check_settings(options)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.stash[OPTIONS] = for_reference(options) if options["--estimate"] else options
    _take_directory(config, options)
    _open_events(config, options)
    config.stash[INTERRUPTS] = interrupts = Interrupts()
    interrupts.listen()
    config.add_cleanup(interrupts.restore)
    config.option.hypothesis_seed = str(options.seed)
    _name_files(config, options)
    if config.option.tbstyle == "auto":
        config.option.tbstyle, config.option.reportchars = "no", ""


def called_by_command(config: pytest.Config) -> bool:
    """Whether `connect-conformance run` has called pytest, and not its user."""
    return bool(config.getoption(destination(BY_COMMAND), default=False))


def _values(config: pytest.Config) -> dict[str, Any]:
    return {name: config.getoption(destination(name)) for name in NAMES}


def _seed(config: pytest.Config) -> int | None:
    seed = config.getoption("hypothesis_seed", None)
    try:
        return None if seed is None else int(seed)
    except ValueError as wrong:
        raise SettingsError(f"--hypothesis-seed {seed!r} cannot be used: give a whole number") from wrong


def _take_directory(config: pytest.Config, options: Options) -> None:
    """Have the report directory for this run alone. Of several processes the one that starts the others takes it."""
    config.stash[DIRECTORY] = directory = ReportDirectory(options.report_dir, ignored=options.by_command)
    if worker_suffix(config):
        return
    try:
        directory.open()
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.add_cleanup(directory.abandon)


def _open_events(config: pytest.Config, options: Options) -> None:
    """Tell other programs what happens, where the options ask for it."""
    if options["--progress"] != JSON_LINES or worker_suffix(config):
        return
    try:
        config.stash[EVENTS] = events = open_events(options["--progress-file"], config)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.pluginmanager.register(events)


def _name_files(config: pytest.Config, options: Options) -> None:
    """Have the plugins' files written aside; PLACES says where each belongs."""
    staged = config.stash[DIRECTORY].work
    config.stash[PLACES] = {}
    for option, spelled, name in (("htmlpath", "--html", "run.html"), ("xmlpath", "--junitxml", "junit.xml")):
        wanted = getattr(config.option, option, None)
        place = _place_of(spelled, wanted) if wanted else options.report_dir / name
        written = staged / option / place.name
        config.stash[PLACES][written] = place
        setattr(config.option, option, str(written))
    config.option.self_contained_html = True
    config.option.css = [*config.getoption("css", ()), str(STYLE)]
    if config.pluginmanager.hasplugin("html"):
        config.pluginmanager.register(RunLog())


def _place_of(option: str, wanted: str) -> Path:
    """Where the file goes that pytest's own `option` names. Raises pytest.UsageError where it cannot be written.

    It is written last, and moved there together with the reports.
    """
    place = Path(os.path.expandvars(wanted)).expanduser().absolute()
    try:
        make_room_for(place)
    except OSError as wrong:
        raise pytest.UsageError(refusal(option, place, wrong)) from wrong
    return place
