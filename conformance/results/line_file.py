"""A file that whole lines are appended to during a run, and that a full disk does not corrupt.

Each line is with the operating system before `write` returns, so a run that is killed has written all that it saw. A
line that cannot be written is taken back whole and kept in memory with those that follow, so that what stands in the
file can always be read, and nothing is lost where room is made before the run ends.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO


@dataclass(slots=True)
class LineFile:
    """Appends text to a new file at `path`. Thread-safe; `write` never raises for what the disk does.

    `failure` is the first error that kept a line from being written, until `retry` has written it after all.
    """

    path: Path
    failure: OSError | None = None
    _unwritten: list[bytes] = field(default_factory=list)
    _written: int = 0
    _file: BinaryIO = field(init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Raises OSError where the file cannot be made."""
        self._file = self.path.open("wb", buffering=0)

    def write(self, text: str) -> None:
        """Append `text`, a line or several, or keep it for later where an earlier one could not be written."""
        with self._lock:
            self._unwritten.append(text.encode())
            if self.failure is None:
                self._drain()

    def _drain(self) -> None:
        try:
            while self._unwritten:
                self._append(self._unwritten[0])
                self._unwritten.pop(0)
        except OSError as wrong:
            self.failure = wrong
            with suppress(OSError):  # a broken file may refuse this too
                self._file.truncate(self._written)
                self._file.seek(self._written)

    def _append(self, data: bytes) -> None:
        """Write all of `data`: an operating system may take a part only, and refuse the rest."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._written += len(data)

    def retry(self) -> bool:
        """Write what could not be written before. False where that still cannot be done."""
        with self._lock:
            self.failure = None
            self._drain()
            return self.failure is None

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()
