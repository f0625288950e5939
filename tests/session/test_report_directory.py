"""A report directory: one run's at any time, checked before the first request, and left alone by what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from conformance.endpoint.settings import SettingsError
from conformance.session.report_directory import ReportDirectory

BEFORE = {"compliance.html": "old", "run.html": "old", "ledger.jsonl": "old", "ledger-gw1.jsonl": "old"}


def journal(*entries: Mapping[str, object], reference: bool = False) -> str:
    """The text of a journal."""
    head = {"entry": "journal", "target": "http://127.0.0.1:8000", "region": "us-east-1", "reference": reference}
    return "".join(f"{json.dumps(entry)}\n" for entry in (head, *entries))


OPENED = {"entry": "open", "contact": "c-1", "instance": "i-1"}
CLOSED = {"entry": "closed", "contact": "c-1"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A report directory with an earlier run's files and one of somebody else's."""
    for name, text in {**BEFORE, "notes.txt": "mine"}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def directory(place: Path) -> Iterator[ReportDirectory]:
    one = ReportDirectory(place)
    one.open()
    yield one
    one.abandon()


def contents(place: Path) -> dict[str, str]:
    """The files below `place` with what stands in them."""
    return {str(path.relative_to(place)): path.read_text() for path in place.rglob("*") if path.is_file()}


def test_until_it_is_taken_over_nothing_changes(place: Path) -> None:
    before = contents(place)
    directory = ReportDirectory(place)
    directory.open()
    (directory.work / "ledger.jsonl").write_text("new")
    directory.abandon()
    assert contents(place) == before


def test_a_directory_that_was_made_for_nothing_is_gone_again(tmp_path: Path) -> None:
    directory = ReportDirectory(tmp_path / "a" / "b")
    directory.open()
    assert directory.path.is_dir()
    directory.abandon()
    assert list(tmp_path.iterdir()) == []


def test_the_run_before_is_put_away_whole(directory: ReportDirectory, place: Path) -> None:
    for name in ("ledger.jsonl", "contacts.jsonl"):
        (directory.work / name).write_text("new")
    directory.take_over()
    directory.close()
    kept = {f"previous/{name}": text for name, text in BEFORE.items()}
    assert contents(place) == {"notes.txt": "mine", "ledger.jsonl": "new", "contacts.jsonl": "new", **kept}


def test_only_the_last_run_but_one_is_kept(place: Path) -> None:
    for text in ("first", "second"):
        directory = ReportDirectory(place)
        directory.open()
        (directory.work / "ledger.jsonl").write_text(text)
        directory.take_over()
        directory.close()
    assert contents(place) == {"notes.txt": "mine", "ledger.jsonl": "second", "previous/ledger.jsonl": "first"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (journal(OPENED), True),
        (journal(OPENED, CLOSED), False),
        (journal(OPENED, reference=True), False),
        (journal(OPENED)[:-1] + "\n" + '{"entry": "clo', True),
        (journal({"entry": "starting", "number": 0, "operation": "StartChatContact", "body": "{}"}), True),
    ],
    ids=["open", "stopped", "of an endpoint that is gone", "killed while it wrote", "a start without a reply"],
)
def test_a_journal_that_names_open_contacts_is_never_put_away(place: Path, text: str, *, kept: bool) -> None:
    for name in ("contacts.jsonl", "contacts-gw0.jsonl"):
        (place / name).write_text(text)
    for _ in range(3):
        directory = ReportDirectory(place)
        directory.open()
        (directory.work / "contacts.jsonl").write_text(journal())
        directory.take_over()
        directory.close()
    found = [name for name, held in contents(place).items() if held == text]
    assert sorted(found) == (["contacts-left-open-1.jsonl", "contacts-left-open.jsonl"] if kept else [])


def test_contacts_of_a_run_that_reached_no_test_are_kept_too(place: Path) -> None:
    directory = ReportDirectory(place)
    directory.open()
    (directory.work / "contacts.jsonl").write_text(journal(OPENED))
    directory.abandon()
    assert (place / "contacts-left-open.jsonl").read_text() == journal(OPENED)


def test_what_a_killed_run_left_is_removed_but_for_its_open_contacts(place: Path) -> None:
    work = place / ".run"
    work.mkdir()
    (work / "room").write_text("room")
    (work / "contacts.jsonl").write_text(journal(OPENED))
    (work / "htmlpath").mkdir()
    directory = ReportDirectory(place)
    directory.open()
    assert sorted(path.name for path in work.iterdir() if not path.name.startswith("lock")) == ["room"]
    directory.abandon()
    assert (place / "contacts-left-open.jsonl").read_text() == journal(OPENED)


def test_two_runs_cannot_have_it_at_once(directory: ReportDirectory, place: Path) -> None:
    with pytest.raises(SettingsError, match=f"--report-dir {place} is in use by another run: name another one"):
        ReportDirectory(place).open()
    directory.abandon()
    again = ReportDirectory(place)
    again.open()
    again.abandon()


@pytest.mark.parametrize("made", ["file", "below a file", "read-only"])
def test_a_directory_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path, made: str) -> None:
    (tmp_path / "file").write_text("")
    places = {"file": tmp_path / "file", "below a file": tmp_path / "file" / "x", "read-only": Path("/proc/x")}
    with pytest.raises(SettingsError, match=r"^--report-dir \S+ cannot be written \([^)]+\): name another place$"):
        ReportDirectory(places[made]).open()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)  # noqa: S607
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S607


def test_a_full_disk_is_told_before_anything_is_written(full: Path) -> None:
    with pytest.raises(SettingsError, match=r"has no room left \(No space left on device\): free some"):
        ReportDirectory(full / "report").open()
    assert list(full.iterdir()) == []
