"""The end of a run: its reports, its exit code, and its page in a CI job."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from conformance.results.verdicts import ExitCode, Outcome, Tolerance
from conformance.session.finish import JOB_SUMMARY, finish_run
from tests.reports.conftest import only  # noqa: F401 - a fixture
from tests.reports.ledgers import CLEAN, FAILED, FOOTER, Catalogue, entries_of, kept_promise, requirement, violate


def _write_ledger(directory: Path, *observations: Observation, name: str = "ledger.jsonl") -> None:
    entries: Iterable[object] = entries_of(observations)
    (directory / name).write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))


@pytest.fixture(autouse=True)
def two_musts(only: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 - the fixture
    monkeypatch.delenv(JOB_SUMMARY, raising=False)
    only(requirement(FAILED, Level.MUST), requirement(CLEAN, Level.MUST))


def test_a_failed_must_ends_a_run_with_1_its_block_and_both_reports(tmp_path: Path) -> None:
    _write_ledger(tmp_path, violate(), kept_promise())
    ending = finish_run(tmp_path, Tolerance())
    assert ending.code is ExitCode.NON_CONFORMANT
    assert FAILED in ending.text
    assert str(tmp_path / "compliance.html") in ending.line
    assert json.loads((tmp_path / "compliance.json").read_text())["verdict"] == "non-conformant"
    assert (tmp_path / "compliance.html").exists()


@pytest.mark.parametrize(("allow", "code"), [(False, ExitCode.INCOMPLETE), (True, ExitCode.CONFORMANT)])
def test_a_must_that_nobody_saw_ends_a_run_with_6_unless_that_is_allowed(
    tmp_path: Path, *, allow: bool, code: ExitCode
) -> None:
    _write_ledger(tmp_path, kept_promise())
    assert finish_run(tmp_path, Tolerance(incomplete=allow)).code is code


def test_a_run_that_asked_and_saw_nothing_ends_with_6_though_that_is_allowed(
    tmp_path: Path,
    only: Catalogue,  # noqa: F811 - the fixture
) -> None:
    """What was kept by replies to other questions, or is only recorded, shows in an endpoint that serves nothing."""
    only(requirement(FAILED), requirement(CLEAN), requirement("SendEvent.facet.odd", Level.RECORD))
    refused = Observation(FAILED, Outcome.INCONCLUSIVE, "edge", "t", "e", reason="no answer: connection refused")
    odd = Observation("SendEvent.facet.odd", Outcome.RECORDED, "edge", "t", "e", reason="501")
    _write_ledger(tmp_path, refused, kept_promise(CLEAN, edge=None, phase="passive"), odd)
    assert finish_run(tmp_path, Tolerance(incomplete=True)).code is ExitCode.INCOMPLETE


@pytest.mark.parametrize(("warnings", "code"), [(True, ExitCode.CONFORMANT), (False, ExitCode.NON_CONFORMANT)])
def test_a_broken_should_ends_a_run_with_1_where_it_is_not_tolerated(
    tmp_path: Path,
    only: Catalogue,  # noqa: F811 - the fixture
    *,
    warnings: bool,
    code: ExitCode,
) -> None:
    only(requirement(FAILED, Level.SHOULD), requirement(CLEAN, Level.MUST))
    _write_ledger(tmp_path, violate(), kept_promise())
    ending = finish_run(tmp_path, Tolerance(warnings=warnings))
    assert ending.code is code
    assert json.loads((tmp_path / "compliance.json").read_text())["verdict"] == "conformant"


def test_the_ledgers_of_all_processes_make_one_report(tmp_path: Path) -> None:
    _write_ledger(tmp_path, kept_promise(CLEAN), name="ledger-gw0.jsonl")
    _write_ledger(tmp_path, kept_promise(FAILED), name="ledger-gw1.jsonl")
    assert finish_run(tmp_path, Tolerance()).code is ExitCode.CONFORMANT


def test_a_ledger_that_could_not_even_be_begun_is_told(tmp_path: Path) -> None:
    """The disk was full from the first entry on, and nobody made room."""
    (tmp_path / "ledger.jsonl").write_text("")
    finished = finish_run(tmp_path, Tolerance())
    assert (finished.code, finished.text) == (ExitCode.USAGE, "")
    assert finished.line.startswith("no report was written: the ledger has no header")


def test_files_of_plugins_are_moved_where_the_user_wants_them(tmp_path: Path) -> None:
    _write_ledger(tmp_path, kept_promise(), kept_promise(CLEAN))
    aside = tmp_path / "aside.xml"
    aside.write_text("tests")
    finish_run(tmp_path, Tolerance(), written={aside: tmp_path / "made" / "for" / "it.xml"})
    assert (tmp_path / "made" / "for" / "it.xml").read_text() == "tests"
    assert not aside.exists()


def test_the_summary_is_added_below_what_the_job_has_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "summary.md"
    page.write_text("earlier step\n")
    monkeypatch.setenv(JOB_SUMMARY, str(page))
    _write_ledger(tmp_path, violate(), kept_promise())
    finish_run(tmp_path, Tolerance())
    earlier, summary = page.read_text().split("\n", 1)
    assert earlier == "earlier step"
    assert summary.startswith("## non-conformant")
    assert FAILED in summary


def test_a_summary_that_cannot_be_written_is_said_and_changes_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOB_SUMMARY, str(tmp_path / "absent" / "summary.md"))
    _write_ledger(tmp_path, kept_promise(FAILED), kept_promise(CLEAN))
    ending = finish_run(tmp_path, Tolerance())
    assert ending.code is ExitCode.CONFORMANT
    assert JOB_SUMMARY in ending.text


def test_without_a_job_nothing_but_the_reports_is_written(tmp_path: Path) -> None:
    _write_ledger(tmp_path, kept_promise())
    finish_run(tmp_path, Tolerance())
    forms = {"badge.json", "badge.svg", "compliance.html", "compliance.json", "compliance.md", "findings.sarif"}
    assert {path.name for path in tmp_path.iterdir()} == {"ledger.jsonl", *forms}


def test_an_interrupted_run_ends_with_2_whatever_it_saw(tmp_path: Path) -> None:
    entries = entries_of([violate(), kept_promise()], footer={**FOOTER, "interrupted": True})
    (tmp_path / "ledger.jsonl").write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
    assert finish_run(tmp_path, Tolerance()).code is ExitCode.INTERRUPTED
