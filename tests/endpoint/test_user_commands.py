"""Commands of the user's own: what goes wrong with one is told in one sentence, in no words of Python."""

from __future__ import annotations

import pytest

from conformance.endpoint.clocks import ClockCommand
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.user_commands import output_of


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("sh -c 'exit 3' {seconds}", "ended with exit code 3: run it by hand to see why"),
        ("/no/such/program {seconds}", "cannot be run (No such file or directory): correct it"),
    ],
)
def test_a_command_that_moves_no_clock_is_told(command: str, words: str) -> None:
    with pytest.raises(SetupFailed) as failed:
        ClockCommand(command).advance(60)
    assert str(failed.value) == f"the --advance-clock command {words}"


def test_a_command_that_does_not_end_is_ended() -> None:
    with pytest.raises(SetupFailed) as failed:
        output_of("--advance-clock", ["sleep", "9"], 1.0, late="have it end")
    assert str(failed.value) == "the --advance-clock command did not end within 1 s: have it end"


def test_a_command_gets_the_seconds() -> None:
    ClockCommand("test {seconds} -eq 60").advance(60)
