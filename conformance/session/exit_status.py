"""The exit code of a run that asks for the suite, however it ends.

Each verdict has its code. No other end may have one of these: an unforeseen end is the suite's error.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Generator
from typing import Any

import pytest

from conformance.results.verdicts import ExitCode
from conformance.session.output import discard_output
from conformance.session.state import ENDING, FAILURES, OPTIONS
from connect_conformance_pytest.activation import PACKAGE

SHOWN = 3  # of the files that cannot be collected
ADVICE = "a plugin of pytest can be left out with -p no:NAME; if none is to blame, please report it"


def exit_code_of(config: pytest.Config) -> Generator[None, Any, int]:
    """Wrap the whole of a pytest run; returns its exit code.

    Raises pytest.UsageError, to which pytest itself gives the code of a wrong option.
    """
    try:
        code = yield
        sys.stdout.flush()  # pytest flushes only later, where a failure is not handled any more
    except pytest.UsageError:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever it is, Python would end with the code of a broken promise
        if not isinstance(wrong, OSError) or not config.stash[FAILURES].has_ended_output(wrong):
            traceback.print_exc()
            return _unforeseen(config)
        code = ExitCode.INTERRUPTED
    failures = config.stash[FAILURES]
    if failures.output_ended:  # pytest has given its capturing up, and standard output with it
        discard_output()
    return _unshown(config) if failures.full else _translate(config, code)


def _unshown(config: pytest.Config) -> ExitCode:
    """The end of a run that could not say what it found; its reports stand elsewhere."""
    directory = config.stash[OPTIONS].report_dir if OPTIONS in config.stash else None
    where = f"; the reports are in {directory}" if directory and (directory / "compliance.html").exists() else ""
    _say(config, f"the output cannot be written ({config.stash[FAILURES].full}): free some room{where}")
    return ExitCode.USAGE


def _translate(config: pytest.Config, code: int) -> int:
    if ENDING in config.stash:
        return config.stash[ENDING].code
    if config.stash[FAILURES].uncollected:
        return _collection_error(config)
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.TESTS_FAILED):
        return _unforeseen(config)
    if code == pytest.ExitCode.INTERRUPTED:
        _say(config, "the run was interrupted before its first test: nothing was judged")
    return ExitCode.USAGE if code == pytest.ExitCode.NO_TESTS_COLLECTED else code


def _unforeseen(config: pytest.Config) -> ExitCode:
    _say(config, f"pytest or one of its plugins failed, as is shown above: {ADVICE}")
    return ExitCode.SUITE_ERROR


def _collection_error(config: pytest.Config) -> ExitCode:
    """Tests that could not be collected are the suite's error, unless the user named files of others too."""
    failures = config.stash[FAILURES].uncollected
    shown = "; ".join(f"{failure.nodeid}: {_last_line(failure)}" for failure in failures[:SHOWN])
    own = all(PACKAGE in (config.rootpath / failure.fspath).parents for failure in failures)
    whose = "the suite's own tests" if own else "tests beside the suite's, which an argument names,"
    more = f"; and {len(failures) - SHOWN} files more" if len(failures) > SHOWN else ""
    _say(config, f"nothing was judged: {whose} cannot be collected: {shown}{more}")
    return ExitCode.SUITE_ERROR if own else ExitCode.USAGE


def _last_line(failure: pytest.CollectReport) -> str:
    lines = str(failure.longrepr).strip().splitlines()
    return lines[-1].removeprefix("E").strip() if lines else "no reason is given"


def _say(config: pytest.Config, text: str) -> None:
    if not hasattr(config, "workerinput"):
        sys.stderr.write(f"ERROR: {text}\n")
