"""Moving an endpoint's clock, so that expiries of a day or a week can be seen."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Protocol

from conformance.endpoint.user_commands import output_of

COMMAND_SECONDS = 60.0  # how long the command may take


class Clock(Protocol):
    """A clock that can be moved forward."""

    def advance(self, seconds: int) -> None:
        """Move forward by `seconds`."""


@dataclass(frozen=True, slots=True)
class ClockCommand:
    """A command of the user's that moves the clock, run without a shell with ``{seconds}`` filled in."""

    command: str

    def advance(self, seconds: int) -> None:
        """Run the command. Raises SetupFailed when it fails."""
        words = [word.replace("{seconds}", str(seconds)) for word in shlex.split(self.command)]
        output_of("--advance-clock", words, COMMAND_SECONDS, late="have it move the clock and end")
