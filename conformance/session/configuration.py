"""What a run sets in pytest's configuration: options read, files named, the terminal made quiet."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.claims import MARKERS
from conformance.endpoint.settings import SettingsError
from conformance.session.options import Options, read_options
from conformance.session.run_log import RunLog
from conformance.session.state import OPTIONS
from connect_conformance_pytest.options import OPTIONS as NAMES
from connect_conformance_pytest.options import destination
from reports.run_log import STYLE


def configure(config: pytest.Config) -> None:
    """Register the markers; where tests are run, read the options and set up the run's own files.

    Raises pytest.UsageError with one sentence for a wrong option.
    """
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if config.option.collectonly:
        return
    try:
        options = read_options(_values(config), _seed(config))
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.stash[OPTIONS] = options
    config.option.hypothesis_seed = str(options.seed)
    _name_files(config, options)
    if config.option.tbstyle == "auto":
        config.option.tbstyle, config.option.reportchars = "no", ""


def _values(config: pytest.Config) -> dict[str, Any]:
    return {name: config.getoption(destination(name)) for name in NAMES}


def _seed(config: pytest.Config) -> int | None:
    seed = config.getoption("hypothesis_seed", None)
    return None if seed is None else int(seed)


def _name_files(config: pytest.Config, options: Options) -> None:
    config.option.htmlpath = config.getoption("htmlpath", None) or str(options.report_dir / "run.html")
    config.option.self_contained_html = True
    config.option.css = [*config.getoption("css", ()), str(STYLE)]
    if config.pluginmanager.hasplugin("html"):
        config.pluginmanager.register(RunLog())
    config.option.xmlpath = config.getoption("xmlpath", None) or str(options.report_dir / "junit.xml")
