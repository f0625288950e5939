"""The command connect-conformance, as a user meets it."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from conformance.cli import main
from conformance.ledger import Ledger
from conformance.verdicts import ExitCode


def test_the_requirements_are_listed_in_three_forms() -> None:
    glob = "SendMessage.Content.length-max"
    text = CliRunner().invoke(main, ["requirements", glob]).output
    assert text.splitlines()[0].split() == ["must", glob]
    listed = json.loads(CliRunner().invoke(main, ["requirements", glob, "--format", "json"]).output)
    assert [row["id"] for row in listed] == [glob]
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


def test_an_unknown_reading_is_named_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["serve", "--reading", "nonsense"])
    assert done.exit_code == ExitCode.USAGE
    assert "type-in-body" in done.output


def test_a_wrong_option_has_the_exit_code_of_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from conformance.cli import main; main()", "requirements", "--nope"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert "--nope" in done.stderr
