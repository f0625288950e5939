"""Lines that a run writes while it goes on survive a disk that becomes full."""

from __future__ import annotations

import json
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.results.ledger import Ledger
from conformance.results.ledger_files import read_ledger
from conformance.results.line_file import LineFile
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome

LIMIT = 2_000  # bytes that a file may have


@contextmanager
def small_disk() -> Iterator[None]:
    """No file of this process may grow beyond LIMIT: what does not fit is cut in the middle, as on a full disk.

    No fixture, for pytest writes of a test before it takes fixtures down, and its output may be a file as well.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[LineFile]:
    one = LineFile(tmp_path / "lines")
    yield one
    one.close()


def test_a_line_that_does_not_fit_is_not_begun(file: LineFile) -> None:
    with small_disk():
        for number in range(100):
            file.write(f"{number} {'x' * 70}\n")
        assert not file.retry()
    written = file.path.read_text()
    assert written.endswith("x\n")
    assert 1_900 < len(written) <= LIMIT
    assert file.failure is not None


def test_what_did_not_fit_follows_in_order_where_room_is_made(file: LineFile) -> None:
    with small_disk():
        for number in range(100):
            file.write(f"{number} {'x' * 70}\n")
    file.write("last\n")
    assert file.retry()
    assert [line.split()[0] for line in file.path.read_text().splitlines()] == [*map(str, range(100)), "last"]


def test_a_device_that_is_full_is_noticed_and_nothing_is_raised() -> None:
    file = LineFile(Path("/dev/full"))
    file.write("a line\n")
    assert file.failure is not None
    assert file.failure.strerror == "No space left on device"
    file.close()


def test_what_is_written_can_be_read_at_once(file: LineFile) -> None:
    file.write("a line\n")
    assert file.path.read_text() == "a line\n"


def test_threads_write_whole_lines(file: LineFile) -> None:
    def write(name: str) -> None:
        for _ in range(200):
            file.write(f"{name * 50}\n")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(file.path.read_text().splitlines())) == [name * 50 for name in "abcd"]


def test_a_ledger_on_a_full_disk_can_be_read(file: LineFile) -> None:
    ledger = Ledger(file)
    with small_disk():
        ledger.header(target="here")
        for number in range(50):
            ledger.observe(Observation("A.b.c", Outcome.INCONCLUSIVE, "edge", reason=f"reason {number}"))
    entries = list(read_ledger([file.path]))
    assert [entry["entry"] for entry in entries[:2]] == ["header", "observation"]
    assert json.loads(file.path.read_text().splitlines()[-1])["reason"] == f"reason {len(entries) - 2}"
