"""What holds for the suite's own tests, and for no run that judges an endpoint."""

from __future__ import annotations

import gc
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from conformance.scenario.markers import MARKERS

# What runs the suite, or starts it, a browser or an environment with it.
SLOW_FIXTURES = frozenset(
    {"alike", "bench", "browser", "environment", "judge", "run_suite", "start", "wheel_installation"}
)
SLOW = "slow(seconds=5): starts the suite in a process, runs it, or takes seconds; -m 'not slow' leaves the quick part"
USUAL_SECONDS = 5  # of a slow test whose mark names no number; it takes part in the order alone
_OURS = re.compile(r"(?<![\w/.-])(pytest|conformance|tests)(?![\w/-])")  # no part of a path
_quick: list[str] = []  # the quick test that is being run


def pytest_configure(config: pytest.Config) -> None:
    """A warning, an unknown marker and a test that passes though it should not are mistakes here."""
    for marker in (SLOW, *MARKERS):  # the suite's own are those of the tests that tests collect
        config.addinivalue_line("markers", marker)
    if not config.pluginmanager.hasplugin("conformance.session"):
        config.addinivalue_line("filterwarnings", "error")
        # The project's settings name the cache's directory also where nobody keeps one.
        config.addinivalue_line("filterwarnings", "ignore:Unknown config option.*cache_dir:pytest.PytestConfigWarning")
        config.option.loadscopereorder = False  # pytest-xdist would begin with files of many tests
        _keep_compiled_modules(config)
        sys.addaudithook(_refuse_the_suite)


def _keep_compiled_modules(config: pytest.Config) -> None:
    """Have the hundreds of processes that tests start share compiled modules where none may be kept.

    Each would compile all that it imports, which takes longer than what most of them do.
    """
    if sys.dont_write_bytecode and os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = compiled = mkdtemp(prefix="compiled-")
        config.add_cleanup(lambda: shutil.rmtree(compiled))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Any:
    """Look for no garbage among what lasts as long as the process: it was a seventh of what tests in it take."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a slow fixture, and begin with what takes longest: no core is idle at the end."""
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())) and not item.get_closest_marker("slow"):
            item.add_marker("slow")
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("slow")
    return 0 if mark is None else float(mark.kwargs.get("seconds", USUAL_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Note whether a quick test is being run, for the rule below."""
    _quick[:] = [] if item.get_closest_marker("slow") else [item.nodeid]
    try:
        return (yield)
    finally:
        _quick.clear()


def _refuse_the_suite(event: str, arguments: Sequence[Any]) -> None:
    """Keep the quick part quick: none of its tests starts a Python that loads the suite, or Node, as browsers do."""
    if event == "subprocess.Popen" and _quick:
        program, words, *_ = arguments
        name = Path(os.fsdecode(program)).name
        if name == "node" or (name.startswith("python") and any(_OURS.search(str(word)) for word in words[1:])):
            pytest.fail(f"{_quick[0]} starts the suite, or Node: mark it with pytest.mark.slow")
