"""The command connect-conformance, as a user meets it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import botocore
import pytest
from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.results.ledger import Ledger
from conformance.results.observation import Observation
from conformance.results.verdicts import ExitCode, Outcome
from tests.reports.ledgers import entries_of, violate


def test_the_version_names_the_editions_of_the_models() -> None:
    suite, *models = CliRunner().invoke(main, ["--version"]).output.splitlines()
    assert suite.split() == ["connect-chat-conformance", metadata.version("connect-chat-conformance")]
    folder = Path(botocore.__file__).parent / "data"
    for line, service in zip(models, ("connectparticipant", "connect"), strict=True):
        edition, digest = line.split()[1].rstrip(","), line.split()[-1]
        model = next((folder / service / edition).glob("service-2.json*"))
        assert hashlib.sha256(model.read_bytes()).hexdigest().startswith(digest)
        assert line.startswith(f"{service} ")
        assert f"botocore {botocore.__version__}, " in line


def test_the_requirements_are_listed_in_three_forms() -> None:
    glob, only = "SendMessage.Content.length-ma?", "SendMessage.Content.length-max"
    text = CliRunner().invoke(main, ["requirements", glob]).output
    assert text.splitlines()[0].split() == ["must", only]
    listed = json.loads(CliRunner().invoke(main, ["requirements", glob, "--format", "json"]).output)
    assert [row["id"] for row in listed] == [only]
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(main, ["requirements", "--format", "csv"]).output)))
    assert len(rows) > 1_000
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_glob_without_a_match_is_named() -> None:
    done = CliRunner().invoke(main, ["requirements", "Nothing.*"])
    assert done.exit_code == ExitCode.USAGE
    assert "Nothing.*" in done.output


def test_a_report_is_rendered_again(tmp_path: Path) -> None:
    with (tmp_path / "ledger.jsonl").open("w") as file:
        ledger = Ledger(file)
        ledger.header(target="http://127.0.0.1:1", depth="smoke", scope=["SendMessage.Content.length-max"])
    done = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "incomplete" in done.output
    assert (tmp_path / "compliance.html").stat().st_size > 0


def _report(directory: Path, outcome: Outcome, reason: str | None = None) -> Path:
    """A run that saw one requirement come to `outcome`, with its report."""
    directory.mkdir()
    with (directory / "ledger.jsonl").open("w") as file:
        ledger = Ledger(file)
        ledger.header(target="http://127.0.0.1:1", depth="smoke", scope=["SendMessage.Content.length-max"])
        ledger.observe(Observation("SendMessage.Content.length-max", outcome, "edge", "t::t", "an edge", reason))
        ledger.footer(interrupted=False, suite_error=False)
    assert CliRunner().invoke(main, ["report", str(directory)]).exit_code == 0
    return directory


def test_a_comparison_ends_with_one_where_the_last_run_is_worse(tmp_path: Path) -> None:
    good, bad = _report(tmp_path / "good", Outcome.KEPT), _report(tmp_path / "bad", Outcome.BROKEN)
    out = ["--report-dir", str(tmp_path / "out")]
    worse = CliRunner().invoke(main, ["compare", str(good), str(bad), *out])
    assert worse.exit_code == ExitCode.NON_CONFORMANT
    assert "non-conformant within SendMessage.Content.length-max: 1 cause, 1 of 1 musts broken" in worse.output
    assert "; 1 worse, 0 better, 0 different; comparison: " in worse.output
    better = CliRunner().invoke(main, ["compare", str(bad), str(good), *out])
    assert better.exit_code == ExitCode.CONFORMANT
    assert (tmp_path / "out" / "comparison.html").exists()


def test_a_violation_can_be_printed_as_a_program(tmp_path: Path) -> None:
    rid = "SendMessage.Content.length-max"
    tmp_path.joinpath("ledger.jsonl").write_text("\n".join(map(json.dumps, entries_of([violate(rid)], scope=[rid]))))
    assert CliRunner().invoke(main, ["report", str(tmp_path)]).exit_code == 0
    script = CliRunner().invoke(main, ["reproduce", str(tmp_path), rid]).output
    compile(script, "reproduction", "exec")
    assert rid in script
    assert CliRunner().invoke(main, ["reproduce", str(tmp_path), rid, "--curl"]).output.startswith(f": {rid}\n")
    by_boto3 = CliRunner().invoke(main, ["reproduce", str(tmp_path), rid, "--form", "boto3"])
    compile(by_boto3.output, "reproduction", "exec")
    assert "import boto3" in by_boto3.output


def test_what_cannot_be_repeated_is_told_in_one_sentence(tmp_path: Path) -> None:
    rid = "SendMessage.Content.length-max"
    good, bad = _report(tmp_path / "good", Outcome.KEPT), _report(tmp_path / "bad", Outcome.BROKEN)
    unseen = _report(tmp_path / "unseen", Outcome.INCONCLUSIVE, "no answer came")
    cases = (
        (tmp_path, rid, "cannot be read"),
        (good, rid, f"did not see {rid} broken: nor any other requirement"),
        (unseen, rid, f"{rid} is inconclusive: no answer came"),
        (bad, "Nope", "there is no requirement 'Nope': connect-conformance requirements lists all"),
        (bad, "SendMessage.Content.length-maxx", f"there is no requirement '{rid}x': did you mean {rid} or "),
        (good, "Nope", "there is no requirement 'Nope'"),
        (bad, "SendMessage.Content.required", "SendMessage.Content.required was not in the scope of the run"),
        (bad, rid, "no call was recorded"),
    )
    for run, requirement, sentence in cases:
        done = CliRunner().invoke(main, ["reproduce", str(run), requirement])
        assert done.exit_code == ExitCode.USAGE
        assert sentence in done.output


def test_the_summaries_of_the_commands_are_whole() -> None:
    """click cuts them at 45 characters by default."""
    shown = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    assert "..." not in shown.partition("Commands:")[2]
    for name, command in main.commands.items():
        first = " ".join((command.help or "").split()).split(". ")[0].rstrip(".")
        assert f"{name} {first}" in shown


def test_what_cannot_be_compared_is_told_in_one_sentence(tmp_path: Path) -> None:
    good = _report(tmp_path / "good", Outcome.KEPT)
    for runs, text in (([good, tmp_path], "cannot be read"), ([good], "two or more"), ([good, good], "two or more")):
        done = CliRunner().invoke(main, ["compare", *map(str, runs)])
        assert done.exit_code == ExitCode.USAGE
        assert text in done.output
        assert len(done.output.splitlines()) == 1


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "ledger.jsonl"):
        done = CliRunner().invoke(main, ["report", str(path)])
        assert done.exit_code == ExitCode.USAGE
        assert str(path) in done.output


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == ExitCode.USAGE
    assert "--port" in done.output


def test_an_unknown_variant_is_named_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["serve", "--variant", "nonsense"])
    assert done.exit_code == ExitCode.USAGE
    assert "type-in-body" in done.output


def test_an_unknown_fault_is_named_with_where_to_find_those_there_are() -> None:
    done = CliRunner().invoke(main, ["serve", "--fault", "nonsense"])
    assert done.exit_code == ExitCode.USAGE
    assert "connect-conformance faults" in done.output


def test_two_faults_are_refused_and_named() -> None:
    """Else the last one would be served, and a user would take it for both."""
    done = CliRunner().invoke(main, ["serve", "--fault", "loses-each-seventh-message", "--fault", "pages-of-nine"])
    assert done.exit_code == ExitCode.USAGE
    assert "loses-each-seventh-message, pages-of-nine" in done.output


@pytest.mark.slow
def test_a_wrong_option_has_the_exit_code_of_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from conformance.commands.cli import main; main()", "requirements", "--nope"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert "--nope" in done.stderr


def test_a_public_url_that_is_none_is_told_in_one_sentence() -> None:
    done = CliRunner().invoke(main, ["serve", "--public-url", "gateway:8080"])
    assert done.exit_code == ExitCode.USAGE
    assert "--public-url 'gateway:8080' is no address: give one that starts with http:// or https://" in done.output


@pytest.mark.slow
@pytest.mark.parametrize("command", [["faults"], ["serve", "--fault", "too-lax"], ["power", "--only", "loses-*"]])
def test_without_docstrings_no_fault_is_described(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-OO", "-c", "from conformance.commands.cli import main; main()", *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert "Traceback" not in done.stderr
    assert "PYTHONOPTIMIZE" in done.stderr
