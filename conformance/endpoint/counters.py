"""What a whole run has spent, counted once for all processes that pytest-xdist spreads it over.

The counts stand in one row of an SQLite database: in memory where one process runs alone, in a file that all of them
open where there are several. Every change is one statement or one transaction, so no two processes take the same
place. The row is written over in place, which needs no further room on a disk that has become full.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCKED_SECONDS = 30.0  # that a statement waits for another process; each holds the row for microseconds
_NO_LIMIT = 2**62
_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (
    only INTEGER PRIMARY KEY CHECK (only = 1), requests INTEGER, contacts INTEGER, open INTEGER
)
"""
_ARRIVALS = "CREATE TABLE IF NOT EXISTS arrivals (limiter TEXT PRIMARY KEY, arrival INTEGER)"
_HOLDS = "CREATE TABLE IF NOT EXISTS holds (limiter TEXT PRIMARY KEY, until REAL)"
_HOLD = """
INSERT INTO holds VALUES (:limiter, :until)
ON CONFLICT (limiter) DO UPDATE SET until = max(until, excluded.until)
"""
_SPEND = """
UPDATE spent SET requests = requests + 1, contacts = contacts + :starts, open = open + :starts
WHERE requests + 1 + open + :starts <= :max_requests AND (:starts = 0 OR contacts < :max_contacts)
"""


class RunCounters:
    """Requests sent, contacts started and contacts open of a run. Thread-safe.

    `contacts` counts starts under way, starts whose reply was lost, and one for each contact that the endpoint opened;
    `open` those of them that nothing has ended yet, each of which will take one request to stop.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file that the run's processes share, None where there is only one."""
        self._lock = threading.Lock()
        self._row = sqlite3.connect(
            path or ":memory:", timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF"):  # nothing of it outlives the run
            self._row.execute(f"PRAGMA {pragma}")
        for table in (_SCHEMA, _ARRIVALS, _HOLDS):
            self._row.execute(table)
        self._row.execute("INSERT OR IGNORE INTO spent VALUES (1, 0, 0, 0)")

    def spend(self, *, starts: bool, max_requests: int | None, max_contacts: int | None) -> bool:
        """Count one request, and a contact if it `starts` one. False, and nothing counted, beyond a maximum.

        Of `max_requests` one is kept for each open contact: what was started can always be stopped.
        """
        limits = {
            "starts": int(starts),
            "max_requests": _NO_LIMIT if max_requests is None else max_requests,
            "max_contacts": _NO_LIMIT if max_contacts is None else max_contacts,
        }
        with self._lock:
            return self._row.execute(_SPEND, limits).rowcount == 1

    def add(self, *, requests: int = 0, contacts: int = 0, still_open: int = 0) -> None:
        """Change the counts by so many, whatever the maxima are."""
        change = "UPDATE spent SET requests = requests + ?, contacts = contacts + ?, open = open + ?"
        with self._lock:
            self._row.execute(change, (requests, contacts, still_open))

    def read(self) -> tuple[int, int, int]:
        """Requests sent, contacts started, contacts open."""
        with self._lock:
            requests, contacts, still_open = self._row.execute("SELECT requests, contacts, open FROM spent").fetchone()
        return requests, contacts, still_open

    @contextmanager
    def arrival(self, limiter: str) -> Iterator[list[int]]:
        """The theoretical arrival time that the rate limiter of that name keeps, in a list of one.

        Nobody else reads or writes it inside, and what the list holds at the end is kept.
        """
        with self._lock:
            self._row.execute("BEGIN IMMEDIATE")
            try:
                self._row.execute("INSERT OR IGNORE INTO arrivals VALUES (?, 0)", (limiter,))
                kept = list(self._row.execute("SELECT arrival FROM arrivals WHERE limiter = ?", (limiter,)).fetchone())
                yield kept
                self._row.execute("UPDATE arrivals SET arrival = ? WHERE limiter = ?", (*kept, limiter))
            finally:
                self._row.execute("COMMIT")

    def hold(self, limiter: str, until: float) -> None:
        """Let nothing go that is counted by the limiter of that name before `until`, a time of the monotonic clock."""
        with self._lock:
            self._row.execute(_HOLD, {"limiter": limiter, "until": until})

    def held_until(self, limiter: str) -> float:
        """The time of the monotonic clock before which nothing may go; 0.0 where nothing was held."""
        with self._lock:
            found = self._row.execute("SELECT until FROM holds WHERE limiter = ?", (limiter,)).fetchone()
        return found[0] if found else 0.0

    def close(self) -> None:
        """Close the database."""
        self._row.close()
