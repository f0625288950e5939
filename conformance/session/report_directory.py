"""The directory that a run reports to. Its files belong to one run at any time.

- `.run` holds what a run needs for itself while it goes on: a lock, its counters, some room that is kept free for the
  reports, and the files that pytest's plugins write. It is gone at the end.
- Until the endpoint was reached, a run's ledger and journal stand there too: a wrong option, id or URL touches nothing.
- Then the files of the run before go to `previous`, and the ledger and the journal to their places.
- The reports are written aside, and moved into place together at the end.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from conformance.endpoint.journal import LeftOpen, left_open
from conformance.endpoint.settings import SettingsError
from reports.writing import refusal

ROOM = 16 * 2**20  # bytes: what the reports of an ordinary run need
WORK, PREVIOUS = ".run", "previous"
LEDGERS, JOURNALS = "ledger*.jsonl", "contacts*.jsonl"
LEFT_OPEN = "contacts-left-open"  # begins the name of a journal of an earlier run
RENDERED = (
    *("compliance.json", "compliance.html", "compliance.md", "findings.sarif", "badge.json", "badge.svg"),
    *("run.html", "junit.xml"),
)


@dataclass(slots=True)
class ReportDirectory:
    """The report directory at `path`, named by `option` in what is said about it. One run at a time may hold it.

    Who writes other files than a run does takes another `work_name`, and so gets in no run's way. With `ignored`, a
    directory that is made for the run gets a .gitignore that keeps all of it out of its project's history.
    """

    path: Path
    option: str = "--report-dir"
    work_name: str = WORK
    taken_over: bool = False
    ignored: bool = False
    _lock: sqlite3.Connection | None = None
    _made: list[Path] = field(default_factory=list)

    @property
    def work(self) -> Path:
        """What the run keeps for itself while it goes on."""
        return self.path / self.work_name

    def open(self, room: int = ROOM) -> None:
        """Take the directory, which is made if it is not there, and keep `room` bytes in it.

        Raises SettingsError with one sentence where it cannot be written, is full, or another run has it.
        """
        try:
            self._made = [path for path in (self.path, *self.path.parents) if not path.exists()]
            self.work.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._clear()
            if room:
                _fill(self.work / "room", room)
        except OSError as wrong:
            self.abandon()
            raise SettingsError(refusal(self.option, self.path, wrong)) from wrong

    def _take_lock(self) -> None:
        """An open transaction on a database is a lock that the system gives back whatever ends the process."""
        (self.work / "lock").touch()
        lock = sqlite3.connect(self.work / "lock", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as wrong:
            lock.close()
            if "locked" in str(wrong):
                raise SettingsError(f"{self.option} {self.path} is in use by another run: name another one") from wrong
            raise OSError(str(wrong)) from wrong
        self._lock = lock

    def _clear(self) -> None:
        """Remove what a run that was killed has left here."""
        self._keep_journals(self.work)
        for path in self.work.iterdir():
            if not path.name.startswith("lock"):
                _remove(path)

    def _keep_journals(self, place: Path) -> None:
        """Keep each journal in `place` that names open contacts, under a name that no run takes."""
        for path in sorted(place.glob(JOURNALS)):
            if not path.name.startswith(LEFT_OPEN) and _names_open_contacts(path):
                path.replace(_free_name(self.path / f"{LEFT_OPEN}.jsonl"))

    def make_room(self) -> None:
        """Give back the room that was kept: the reports, or the last lines of a ledger, need it now."""
        (self.work / "room").unlink(missing_ok=True)

    def take_over(self) -> None:
        """Move the files of the run before to `previous`, and this run's own into their places.

        Journals that name open contacts stay. Raises SettingsError where files cannot be moved.
        """
        try:
            self._keep_journals(self.path)
            self._put_away()
            for path in _matching(self.work, LEDGERS, JOURNALS):
                path.replace(self.path / path.name)
            if self.ignored and self.path in self._made:
                (self.path / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as wrong:
            raise SettingsError(refusal(self.option, self.path, wrong)) from wrong
        self.taken_over = True

    def left_open(self) -> list[LeftOpen]:
        """What the journals of earlier runs name as open, until this one has taken the directory over, and after it."""
        found = (left_open(path) for path in _matching(self.path, JOURNALS))
        return [left for left in found if left is not None and left.matters]

    def _put_away(self) -> None:
        before = [path for path in _matching(self.path, *RENDERED, LEDGERS, JOURNALS) if not _still_matters(path)]
        if before:
            shutil.rmtree(self.path / PREVIOUS, ignore_errors=True)
            (self.path / PREVIOUS).mkdir()
        for path in before:
            path.replace(self.path / PREVIOUS / path.name)

    def close(self) -> None:
        """Remove what the run needed for itself, and let the directory go."""
        if self._lock is not None:
            shutil.rmtree(self.work, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def abandon(self) -> None:
        """Close it, and leave nothing but contacts that are still open: a directory made for this run goes too."""
        if self._lock is not None:
            with suppress(OSError):
                self._keep_journals(self.work)
        self.close()
        with suppress(OSError):
            for path in self._made:
                path.rmdir()


@contextmanager
def hold(place: ReportDirectory) -> Iterator[ReportDirectory]:
    """Hold `place` while what it is needed for is done.

    Raises SettingsError with one sentence where it cannot be held, or not be written any more.
    """
    place.open()
    try:
        yield place
    except OSError as wrong:
        raise SettingsError(refusal(place.option, place.path, wrong)) from wrong
    finally:
        place.abandon()


def _matching(place: Path, *patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in sorted(place.glob(pattern))]


def _still_matters(path: Path) -> bool:
    return path.name.startswith(LEFT_OPEN) and _names_open_contacts(path)


def _names_open_contacts(path: Path) -> bool:
    """Whether a contact in the journal at `path` may still be open; True if the journal cannot be read."""
    try:
        left = left_open(path)
    except OSError:
        return True
    return left is not None and left.matters


def _fill(path: Path, size: int) -> None:
    """Take up `size` bytes of the disk. Raises OSError where there is no room for them."""
    with path.open("wb", buffering=0) as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.write(bytes(size))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _free_name(path: Path) -> Path:
    """`path`, or where something stands there the first name like it that is free."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in range(1, 10_000))
    return path if not path.exists() else next(name for name in names if not name.exists())
