"""The exit code of a run that asks for the suite, however it ends.

A verdict has a code of its own. No other end may look like one: what nobody foresaw is the suite's error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from typing import Any

import pytest

from conformance.results.verdicts import ExitCode
from conformance.session.state import ENDING, UNCOLLECTED
from connect_conformance_pytest.activation import PACKAGE

UNFORESEEN = "nothing was judged to its end: please report it"


def answered_for(config: pytest.Config) -> Generator[None, Any, int]:
    """Wrap the whole of a pytest run; returns its exit code.

    Raises pytest.UsageError, to which pytest itself gives the code of a wrong option.
    """
    try:
        code = yield
    except pytest.UsageError:
        raise
    except BrokenPipeError:
        _end_output()
        return _finished(config, ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - whatever it is, Python would end with the code of a broken promise
        return _say(config, f"the suite itself failed ({error!r}): {UNFORESEEN}", ExitCode.SUITE_ERROR)
    return _translated(config, code)


def _translated(config: pytest.Config, code: int) -> int:
    if ENDING in config.stash:
        return config.stash[ENDING].code
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        return _say(config, "no test was chosen: no path, -k, -m and --requirement leave one", ExitCode.USAGE)
    if config.stash[UNCOLLECTED].reports:
        return _say_uncollected(config)
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.TESTS_FAILED):
        return _say(config, f"pytest or a plugin failed, as is shown above: {UNFORESEEN}", ExitCode.SUITE_ERROR)
    return code


def _finished(config: pytest.Config, otherwise: ExitCode) -> ExitCode:
    ending = config.stash.get(ENDING, None)
    return otherwise if ending is None else ending.code


def _say_uncollected(config: pytest.Config) -> int:
    """Tests that could not be collected are the suite's error, unless the user named files of others too."""
    failures = config.stash[UNCOLLECTED].reports
    lines = [f"{failure.nodeid}: {_last_line(failure)}" for failure in failures[:3]]
    own = all(PACKAGE in (config.rootpath / failure.fspath).parents for failure in failures)
    where = "the suite itself failed" if own else "a path that is given holds more than the suite"
    text = f"{where}: {len(failures)} files cannot be collected, so nothing was judged: {'; '.join(lines)}"
    return _say(config, text, ExitCode.SUITE_ERROR if own else ExitCode.USAGE)


def _last_line(failure: pytest.CollectReport) -> str:
    return next(reversed(str(failure.longrepr).strip().splitlines()), "").removeprefix("E").strip()


def _say(config: pytest.Config, text: str, code: ExitCode) -> ExitCode:
    if not hasattr(config, "workerinput"):
        sys.stderr.write(f"ERROR: {text}\n")
    return code


def _end_output() -> None:
    """Nobody reads on. Python would fail once more when it flushes what is left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
