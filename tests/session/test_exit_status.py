"""What is said where a run ends before it has anything to report."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from conformance.session.exit_status import exit_code_of
from conformance.session.state import FAILURES, Failures


def exit_code(code: int) -> int:
    """The exit code of a run without a report that pytest ends with `code`."""
    config = cast("pytest.Config", SimpleNamespace(stash=pytest.Stash()))
    config.stash[FAILURES] = Failures()
    run = exit_code_of(config)
    next(run)
    with pytest.raises(StopIteration) as end:
        run.send(code)
    return cast("int", end.value.value)


def test_an_interrupt_before_the_first_test_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(pytest.ExitCode.INTERRUPTED) == 2
    assert capsys.readouterr().err == "ERROR: the run was interrupted before its first test: nothing was judged\n"


def test_a_wrong_option_has_told_its_own_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(pytest.ExitCode.USAGE_ERROR) == 4
    assert capsys.readouterr().err == ""
