"""What changed in the contract since it was kept: requirements by id, and texts of the models by place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.commands import drift as command
from conformance.commands.cli import main
from conformance.contract.catalogue import catalogue
from conformance.contract.drift import edition
from conformance.results.verdicts import ExitCode

LIMIT, TEXT = "SendEvent.Content.length-max", "SendEvent request Content"
ADDED = "SendEvent.Colour.required"
PROMISE = {
    "operation": "SendEvent",
    "level": "must",
    "statement": "Colour is *required*.",
    "source": "model",
    "untested": None,
    "needs": None,
    "superseded_by": None,
}


@pytest.fixture(scope="module")
def installed_contract() -> dict[str, Any]:
    """The installed contract, as the command keeps it."""
    return dict(json.loads(json.dumps(edition())))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["drift", *arguments])


@pytest.fixture
def earlier_contract(installed_contract: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contract of an earlier day. Today's is the installed one with a requirement more, one less, and changes."""
    place = tmp_path / "contract.json"
    place.write_text(json.dumps(installed_contract))
    today = copy.deepcopy(installed_contract)
    gone = next(rid for rid in today["requirements"] if rid.startswith("SendEvent.") and rid != LIMIT)
    monkeypatch.setattr(command, "edition", lambda: today)
    today["requirements"][ADDED] = PROMISE
    today["requirements"][LIMIT]["statement"] = "Content has at most 5 code points."
    del today["requirements"][gone]
    today["texts"][TEXT] = "0" * 16
    today["models"][0]["botocore"] = today["models"][1]["botocore"] = "2.0.0"
    return place


def test_the_kept_contract_is_the_catalogue(installed_contract: dict[str, Any], tmp_path: Path) -> None:
    place = tmp_path / "contract.json"
    done = call("--keep", str(place))
    assert (done.exit_code, done.output) == (0, f"{place}\n")
    document = json.loads(place.read_text())
    assert document == installed_contract
    assert list(document["requirements"]) == list(catalogue())
    assert document["texts"][TEXT]
    assert "maximum" not in json.dumps(document["texts"])  # digests, no text of the documents
    same = call(str(place))
    assert same.exit_code == 0
    assert same.output.startswith("nothing changed: botocore ")


def test_what_changed_is_told_by_id(earlier_contract: Path) -> None:
    done = call(str(earlier_contract))
    assert done.exit_code == ExitCode.NON_CONFORMANT
    assert f"new      {ADDED}\n         must: Colour is *required*.\n" in done.output
    assert f"changed  {LIMIT}\n         statement: " in done.output
    assert " -> Content has at most 5 code points.\n" in done.output
    assert f"text     {TEXT}\n" in done.output
    last = done.output.splitlines()[-1]
    assert last.startswith(
        "1 new requirement, 1 vanished requirement, 1 changed requirement, 1 changed text: botocore "
    )
    assert last.endswith(" -> 2.0.0")


def test_programs_and_job_summaries_are_told_too(earlier_contract: Path) -> None:
    found = json.loads(call(str(earlier_contract), "--format", "json").output)
    assert [one["id"] for one in found["new"]] == [ADDED]
    assert [one["id"] for one in found["changed"]] == [LIMIT]
    assert found["changed"][0]["now"] == {"statement": "Content has at most 5 code points."}
    assert len(found["vanished"]) == 1
    markdown = call(str(earlier_contract), "--format", "markdown").output
    assert f"### New requirements\n\n- ` {ADDED} `\n  - must: Colour is \\*required\\*.\n" in markdown


def test_what_is_kept_is_compared_first(earlier_contract: Path) -> None:
    assert call(str(earlier_contract), "--keep", str(earlier_contract)).exit_code == ExitCode.NON_CONFORMANT
    assert call(str(earlier_contract)).exit_code == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "cannot be read"), ("{", "is no JSON"), ("[]", "is no contract"), ("{}", "is no contract")],
)
def test_what_is_no_contract_gets_one_sentence(tmp_path: Path, text: str | None, sentence: str) -> None:
    place = tmp_path / "contract.json"
    if text is not None:
        place.write_text(text)
    done = call(str(place))
    assert done.exit_code == ExitCode.USAGE
    assert sentence in done.output
    assert len(done.output.splitlines()) == 1
    assert call().exit_code == ExitCode.USAGE
    assert "--keep /proc/x/y cannot be written" in call("--keep", "/proc/x/y").output
