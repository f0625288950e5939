"""However a run ends, what it saw is kept, what it started is stopped or named, and its directory holds one run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.endpoint.journal import left_open
from conformance.results.verdicts import ExitCode
from tests.suite.conftest import environment, suite_command
from tests.suite.served import COUNTED, serving

Start = Callable[..., "subprocess.Popen[str]"]
SLOW = ("--rate", "60", "--requirement", "StartChatContact.*")  # long enough to be met at work
SHORT = ("--requirement", "DescribeView.ViewToken.*")


@dataclass(frozen=True)
class Counting:
    """A served reference that writes down in `file` what arrives; `options` have a run judge it."""

    file: Path
    options: list[str]

    @property
    def arrived(self) -> list[str]:
        return self.file.read_text().splitlines()

    @property
    def open(self) -> int:
        """How many contacts were open after the last request."""
        return int(self.arrived[-1].split()[-1])

    def wait_for(self, requests: int) -> None:
        end = time.monotonic() + 90
        while len(self.arrived) < requests:
            assert time.monotonic() < end, f"{requests} requests did not arrive"
            time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    (file := tmp_path / "arrived").touch()
    monkeypatch.setenv(COUNTED, str(file))
    with serving("counted") as (url, ids):
        yield Counting(file, ["--target", url, *ids, "--depth", "smoke"])


@pytest.fixture
def start(server: Counting, tmp_path: Path) -> Iterator[Start]:
    """Starts a run against the served reference, which reports to `report` unless a directory is given."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str, directory: Path | None = None) -> subprocess.Popen[str]:
        command = suite_command(*server.options, *options, directory=directory or tmp_path / "report")
        one = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(one)
        return one

    yield run
    for one in started:
        if one.returncode is None:
            one.kill()
        if one.stdout is not None and not one.stdout.closed:
            one.communicate()


def wait_for_end(run: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code of `run` and what it said."""
    said, _ = run.communicate(timeout=90)
    return run.returncode, said


def contents(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def report(place: Path) -> dict[str, Any]:
    return dict(json.loads((place / "compliance.json").read_text()))


@pytest.mark.parametrize(
    ("options", "name", "to_all"),
    [((), "SIGTERM", False), ((), "SIGHUP", False), (("-n", "2"), "SIGTERM", False), (("-n", "2"), "SIGTERM", True)],
    ids=["SIGTERM", "SIGHUP", "SIGTERM to the first of several", "SIGTERM to several"],
)
def test_a_run_that_is_told_to_end_reports_and_leaves_nothing_open(
    start: Start, server: Counting, tmp_path: Path, options: tuple[str, ...], name: str, *, to_all: bool
) -> None:
    """What a cancelled CI job, `timeout`, an orchestrator or a closed terminal does."""
    run = start(*SLOW, *options)
    server.wait_for(80)
    (os.killpg if to_all else os.kill)(run.pid, signal.Signals[name])
    said, _ = run.communicate(timeout=60)
    assert run.returncode == ExitCode.INTERRUPTED, said
    found = report(tmp_path / "report")
    assert (found["interrupted"], found["verdict"]) == (True, "incomplete")
    assert found["contacts"]["leaked"] == 0 < found["contacts"]["opened"] == found["contacts"]["closed"]
    assert server.open == 0


def test_a_run_that_is_killed_names_its_contacts_and_the_next_one_says_so(
    start: Start, server: Counting, tmp_path: Path
) -> None:
    run = start(*SLOW)
    server.wait_for(80)
    run.kill()
    run.communicate()
    assert server.open > 0
    place = tmp_path / "report"
    assert (place / "ledger.jsonl").stat().st_size > 0
    journal = left_open(place / "contacts.jsonl")
    assert journal is not None
    assert len(journal.contacts) + len(journal.unanswered) >= server.open

    said, _ = start(*SHORT).communicate(timeout=60)
    assert f"has not stopped {len(journal.contacts) + len(journal.unanswered):,} contacts at" in said
    assert f"connect-conformance cleanup {place} stops what it names" in " ".join(said.split())
    assert next(iter(journal.contacts)) in said
    assert server.open > 0

    cleaned = CliRunner().invoke(main, ["cleanup", str(place)])
    unknown = sum(start.body is None for start in journal.unanswered.values())
    assert cleaned.exit_code == (ExitCode.INCOMPLETE if unknown else ExitCode.CONFORMANT), cleaned.output
    assert server.open <= unknown
    assert not list(place.glob("contacts-left-open*"))


def test_what_goes_wrong_before_the_first_test_touches_nothing(start: Start, tmp_path: Path) -> None:
    """A wrong id or selection, for which the endpoint has to be asked or tests collected. Others: test_bad_input."""
    place = tmp_path / "report"
    assert wait_for_end(start(*SHORT))[0] == ExitCode.CONFORMANT
    before = contents(place)
    for wrong in (
        ("--contact-flow-id", "no-such-flow"),
        ("--html", str(place / "run.html"), "-k", "no_such_test"),
    ):
        code, said = wait_for_end(start(*SHORT, *wrong))
        assert code == ExitCode.USAGE, said
        assert contents(place) == before, wrong


def test_a_narrowed_run_puts_the_one_before_away_whole(start: Start, tmp_path: Path) -> None:
    place = tmp_path / "report"
    assert wait_for_end(start("--requirement", "DescribeView.*"))[0] == ExitCode.CONFORMANT
    before = {name: text for name, text in contents(place).items() if "/" not in name}
    assert wait_for_end(start(*SHORT))[0] == ExitCode.CONFORMANT
    assert {name: (place / "previous" / name).read_bytes() for name in before} == before
    now = [path.name for path in place.iterdir() if path.is_file()]
    assert sorted(now) == sorted(before)
    started = report(place)["environment"]["started"]
    assert json.loads((place / "ledger.jsonl").read_text().splitlines()[0])["started"] == started
    for name in ("run.html", "junit.xml"):
        assert b"test_send_message" not in (place / name).read_bytes()
        assert (place / name).read_bytes() != before[name]


def test_two_runs_do_not_share_a_directory(start: Start, server: Counting) -> None:
    first = start(*SLOW)
    server.wait_for(40)
    second = start(*SHORT)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == ExitCode.USAGE
    assert "is in use by another run: name another one" in said
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for the reports of a run and little more."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place], check=True)  # noqa: S607
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S607


def test_a_disk_that_is_full_is_told_before_the_first_request(start: Start, server: Counting, disk: Path) -> None:
    (disk / "others").write_bytes(bytes(19 * 2**20))
    run = start(*SHORT, directory=disk / "report")
    said, _ = run.communicate(timeout=60)
    assert run.returncode == ExitCode.USAGE
    assert said.strip() == (
        f"ERROR: --report-dir {disk / 'report'} has no room left (No space left on device): free some, "
        "or name another place"
    )
    assert server.arrived == []


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "spread"])
def test_a_disk_that_becomes_full_loses_nothing(
    start: Start, server: Counting, disk: Path, options: tuple[str, ...]
) -> None:
    run = start(*SLOW, *options, directory=disk / "report")
    server.wait_for(80)
    with (disk / "others").open("wb", buffering=0) as others:
        try:
            while True:
                others.write(bytes(4096))
        except OSError:
            pass
    said, _ = run.communicate(timeout=60)
    assert run.returncode == ExitCode.USAGE, said
    assert "the report directory could not be written any more (No space left on device)" in " ".join(said.split())
    assert "Traceback" not in said
    assert server.open == 0
    found = report(disk / "report")
    assert found["contacts"]["leaked"] == 0
    requests = found["requests"]
    assert requests["total"] - requests["by_operation"].get("web socket", 0) == len(server.arrived)
    assert any(one["verdict"] == "pass" for one in found["requirements"])
