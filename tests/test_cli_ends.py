"""However a command ends, it says why in one sentence, leaves no half-written file, and its exit code means that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.reports.ledgers import entries_of, violate

pytestmark = pytest.mark.slow

UNWRITABLE = "/proc/x"  # nobody makes files there, root neither


def command(*arguments: str, stdout: IO[str] | int | None = None) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", "from conformance.commands.cli import main; main()", *arguments]
    return subprocess.run(words, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=100)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The directory of a run with its reports."""
    place = tmp_path / "run"
    place.mkdir()
    (place / "ledger.jsonl").write_text("".join(f"{json.dumps(entry)}\n" for entry in entries_of([violate()])))
    assert command("report", str(place), stdout=subprocess.DEVNULL).returncode == 0
    return place


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kilobytes."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=True)  # noqa: S607
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S607


def one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    for word in words:
        assert word in line
    assert done.returncode == 4


@pytest.mark.parametrize(
    "arguments",
    [("openapi",), ("requirements", "--json"), ("faults",), ("--help",), ("--version",), ("run", "--help")],
)
def test_output_to_a_full_disk_is_told(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as device:
        one_sentence(command(*arguments, stdout=device), "the output cannot be written (No space left on device)")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_ends_as_always_where_an_output_is_closed(closed: str) -> None:
    """As a supervisor may start it; no file that it opens takes the place of one."""
    program = "from conformance.commands.cli import main; main()"
    words = f'{sys.executable} -c "{program}" requirements "SendEvent.Content.*" {closed}'
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=False, timeout=100)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")


def test_output_that_nobody_reads_on_is_no_worse_run(run: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    other = tmp_path / "other"
    other.mkdir()
    (other / "compliance.json").write_text((run / "compliance.json").read_text())
    done = command("compare", str(run), str(other), "--report-dir", str(tmp_path / "c"), stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")


def test_a_report_that_cannot_be_written_is_told(run: Path) -> None:
    done = command("report", str(run), "--report-dir", UNWRITABLE)
    one_sentence(done, f"--report-dir {UNWRITABLE} cannot be written")


def test_a_comparison_that_cannot_be_written_is_told(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "compliance.json").write_text((run / "compliance.json").read_text())
    done = command("compare", str(run), str(other), "--report-dir", UNWRITABLE)
    one_sentence(done, f"--report-dir {UNWRITABLE} cannot be written")


def test_a_kill_matrix_that_cannot_be_written_is_told_before_the_first_trial(full: Path) -> None:
    began = time.monotonic()
    for place, words in ((UNWRITABLE, "cannot be written"), (str(full), "has no room left")):
        done = command("power", "--only", "loses-each-seventh-message", "--claims-only", "--report-dir", place)
        one_sentence(done, f"--report-dir {place} {words}")
    assert time.monotonic() - began < 60
    assert list(full.iterdir()) == []


def test_a_document_on_a_full_disk_is_written_whole_or_not_at_all(full: Path) -> None:
    (full / "connect.json").write_text("older")
    done = command("openapi", "--output", str(full / "connect.json"))
    one_sentence(done, "has no room left (No space left on device)")
    assert (full / "connect.json").read_text() == "older"
    assert [path.name for path in full.iterdir()] == ["connect.json"]


def test_a_device_stays_a_device() -> None:
    one_sentence(command("openapi", "--output", "/dev/full"), "--output /dev/full has no room left")
    assert Path("/dev/full").is_char_device()


def test_a_report_into_the_directory_of_another_run_puts_that_one_away(run: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    for name in ("run.html", "compliance.html", "ledger.jsonl"):
        (there / name).write_text("another run's")
    assert command("report", str(run), "--report-dir", str(there), stdout=subprocess.DEVNULL).returncode == 0
    kept = {path.name: path.read_text() for path in (there / "previous").iterdir()}
    assert kept == dict.fromkeys(("run.html", "compliance.html", "ledger.jsonl"), "another run's")
    assert {path.name for path in there.iterdir()} == {
        "previous",
        "badge.json",
        "badge.svg",
        "compliance.html",
        "compliance.json",
        "compliance.md",
        "findings.sarif",
    }


def test_a_kill_matrix_that_is_ended_writes_what_it_knows(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "from conformance.commands.cli import main; main()", "power", "--jobs", "1"]
    matrix = subprocess.Popen(
        [*words, "--claims-only", "--only", "loses-*", "--report-dir", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lock = tmp_path / ".power"
    end = time.monotonic() + 60
    while not lock.exists() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(1)
    matrix.send_signal(signal.SIGTERM)
    _, printed = matrix.communicate(timeout=30)
    assert matrix.returncode == 2, printed
    assert json.loads((tmp_path / "power.json").read_text())["finished"] is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["power.html", "power.json"]
