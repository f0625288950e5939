"""The processes of a run: a lone one, or those that pytest-xdist spreads it over, and what they share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

LONGEST_END = 20.0  # seconds that processes may take to stop their contacts and write what they saw


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run: number `index` of `count`, from 0. `suffix` distinguishes its files from its siblings'.

    `shared` is a folder that all processes of the run know; None where there is only one.
    """

    suffix: str = ""
    index: int = 0
    count: int = 1
    shared: Path | None = None

    @property
    def counters(self) -> Path | None:
        """The file of the counters that all processes share."""
        return None if self.shared is None else self.shared / "counters"

    @property
    def _mark(self) -> Path | None:
        return None if self.shared is None or not self.suffix else self.shared / f"worker{self.suffix}"

    def enter(self) -> None:
        """Let the process that started this one know that it has begun to work."""
        if self._mark is not None:
            self._mark.touch()

    def leave(self) -> None:
        """Let it know that all is stopped and written."""
        if self._mark is not None:
            self._mark.unlink(missing_ok=True)

    def must_end(self) -> bool:
        """Whether another process of the run has ended it."""
        return self.shared is not None and (self.shared / "end").exists()

    def end_all(self, go_on: Callable[[], bool]) -> None:
        """Have the processes that this one started end at their next clean place, and wait for it while `go_on`."""
        if self.shared is None or not self.shared.is_dir():
            return
        (self.shared / "end").touch()
        deadline = time.monotonic() + LONGEST_END
        while any(self.shared.glob("worker-*")) and go_on() and time.monotonic() < deadline:
            time.sleep(0.05)


def process_of(config: pytest.Config, shared: Path) -> Process:
    """This process, as pytest-xdist knows it."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        name, count = worker["workerid"], worker["workercount"]
        return Process(f"-{name}", int(name.removeprefix("gw")) % count, count, shared)
    return Process(shared=shared if config.pluginmanager.hasplugin("dsession") else None)
