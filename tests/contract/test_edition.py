"""Judged by another edition of the models: what it lacks is not in it, what it has besides counts, and drift tells."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.botocore_data import own_loader
from conformance.contract.catalogue import catalogue
from conformance.contract.edition import EditionError, choose_edition, edition_in_use, not_in_edition
from conformance.contract.model import CONNECT, PARTICIPANT

LACKING = {
    "DescribeView.success.valid-request",  # an operation
    "SendEvent.ClientToken.length-max",  # a member
    "SendEvent.ClientToken.same-token-same-result",  # what prose says of that member
    "CreateParticipantConnection.Type.webrtc-on-call",  # what prose says of a value
}


def model_of(service: str) -> dict[str, Any]:
    return copy.deepcopy(dict(own_loader().load_service_model(service, "service-2")))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition without an operation, a member and a value, in which a text may be longer and one more is required."""
    place = tmp_path_factory.mktemp("models")
    participant = model_of(PARTICIPANT)
    shapes = participant["shapes"]
    del participant["operations"]["DescribeView"]
    del shapes["SendEventRequest"]["members"]["ClientToken"]
    shapes["SendEventRequest"]["required"].append("Content")
    connect = model_of(CONNECT)
    for shape in (*shapes.values(), *connect["shapes"].values()):
        if "WEBRTC_CONNECTION" in shape.get("enum", ()):
            shape["enum"].remove("WEBRTC_CONNECTION")
    for service, model in ((PARTICIPANT, participant), (CONNECT, connect)):
        (file := place / service / "2018-09-07" / "service-2.json").parent.mkdir(parents=True)
        file.write_text(json.dumps(model))
    return place


def command(*words: str) -> Any:
    """What a command prints as JSON, in a process of its own: an edition is chosen once."""
    run = [sys.executable, "-c", "from conformance.commands.cli import main; main()", *words]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_requirements_are_those_of_the_edition(directory: Path) -> None:
    listed = {row["id"] for row in command("requirements", "--json", "--models", str(directory))}
    assert catalogue().keys() >= LACKING
    assert not listed & LACKING
    assert "SendEvent.Content.required" in listed - catalogue().keys()
    assert "SendMessage.ClientToken.same-token-same-result" in listed


@pytest.mark.slow
def test_drift_holds_the_edition_against_the_installed_models(directory: Path) -> None:
    found = command("drift", "--models", str(directory), "--format", "json")
    assert "SendEvent.Content.required" in {row["id"] for row in found["new"]}
    assert {row["id"] for row in found["vanished"]} >= LACKING
    assert "CreateParticipantConnection.Type.member.enum" in {row["id"] for row in found["changed"]}
    assert [model["botocore"] for model in found["models"]["now"]] == ["those of --models"] * 2


@pytest.mark.slow
def test_the_document_says_what_the_edition_has(directory: Path) -> None:
    document = command("openapi", "--models", str(directory))
    assert "/participant/views/{ViewToken}" not in document["paths"]
    body = document["paths"]["/participant/event"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "ClientToken" not in body["properties"]
    assert set(body["required"]) == {"ContentType", "Content"}


@pytest.mark.parametrize("text", [None, "{", "[]", "{}"])
def test_a_directory_without_models_is_refused_in_one_sentence(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (file := tmp_path / PARTICIPANT / "2018-09-07" / "service-2.json").parent.mkdir(parents=True)
        file.write_text(text)
    with pytest.raises(EditionError, match=r"--models .* has .*connectparticipant.*: give a directory"):
        choose_edition(str(tmp_path))


def test_without_one_nothing_is_lacking() -> None:
    assert (edition_in_use(), not_in_edition()) == (None, frozenset())
