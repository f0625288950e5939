"""An endpoint that is right, wrong, still wrong and right again, judged each night by the job that others call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.forms.conftest import CAUSE, FAULT, SCOPE, serve
from tests.forms.github import Contexts, Job, play_called_workflow
from tests.forms.machine import ROOT, Machine
from tests.notification.services import HOOK, REPOSITORY, TOKEN, Services, serving

pytestmark = pytest.mark.slow(seconds=20)

INSTANCE, FLOW = "0d8f7e6a-4c1b-4f0e-9a7d-2b6c5e4f3a21", "846ec553-a005-41c0-8341-5b7d9e1f3c20"
HEADLINE = "The endpoint accepts a request inside all documented limits."
WHOLE_EXAMPLE = re.compile(r"```yaml\n(name: conformance\n.*?)```", re.DOTALL)


def example(port: int) -> dict[str, Any]:
    """The job that docs/nightly.md tells other projects to write, about the endpoint at `port` of this machine."""
    (written,) = WHOLE_EXAMPLE.findall((ROOT / "docs" / "nightly.md").read_text())
    text = written.replace("https://staging.example", f"http://127.0.0.1:{port}")
    (job,) = yaml.safe_load(text.replace("INSTANCE", INSTANCE).replace("FLOW", FLOW))["jobs"].values()
    return {**job, "uses": re.sub(r"^OWNER/[\w-]+/|@.*", "", job["uses"])}


def night(number: int, call: dict[str, Any], machine: Machine, services: Services) -> Job:
    """One night: a new workspace, and what the nights before have kept."""
    github = {"run_id": str(number), "run_attempt": "1", "token": TOKEN, "repository": REPOSITORY}
    runner = {
        "GITHUB_API_URL": services.url,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": str(number),
    }
    contexts = {
        "github": github,
        "job": {"workflow_repository": "acme/suite", "workflow_sha": "0" * 40},
        "vars": {"CONNECT_CONFORMANCE_REQUIREMENT": SCOPE, "CONNECT_CONFORMANCE_DEPTH": "smoke"},
        "secrets": {"CHAT_WEBHOOK": services.url + HOOK},
        "env": runner,
        "steps": {},
    }
    job = Job(machine, machine.home / "kept", str(number), Contexts(contexts))
    secrets = {name: job.contexts.text(value) for name, value in call["secrets"].items()}
    contexts["secrets"] = secrets
    play_called_workflow(job, call)
    return job


def history(machine: Machine, number: int) -> dict[str, Any]:
    """What the report of a night says of the nights before."""
    report = machine.home / "kept" / f"conformance-{number}" / "compliance.json"
    found: dict[str, Any] = json.loads(report.read_text())["history"]
    return found


@pytest.fixture
def services() -> Any:
    with serving() as running:
        yield running


def test_a_fault_that_comes_stays_and_goes_is_told_when_it_comes_and_when_it_goes(
    machine: Machine, port: int, services: Services
) -> None:
    call, nights, messages = example(port), [], []
    for number, fault in enumerate([(), (FAULT,), (FAULT,), ()], start=1):
        with serve(port, *fault):
            nights.append(night(number, call, machine, services))
        messages.append(len(services.hooked))
    right, comes, stays, goes = nights

    assert [job.code for job in nights] == [0, 1, 1, 0], "".join(job.output for job in nights)
    assert messages == [0, 1, 1, 2]
    assert "New causes" not in right.summary
    assert f"### New causes\n\n- **{HEADLINE}** ` {CAUSE} ` must, +" in comes.summary.replace("\\", "")
    assert "Worse beside these" not in comes.summary
    assert "0 worse, 0 better" in stays.summary.replace("\\", "")
    assert "### Causes that are gone" in goes.summary

    came, went = services.hooked
    assert [one["requirement"] for one in came["new"]] == [one["requirement"] for one in went["gone"]] == [CAUSE]
    assert len(came["new"][0]["follows"]) > 1
    assert came["link"] == f"https://github.example/{REPOSITORY}/actions/runs/2"
    (issue,) = services.issues
    assert issue["state"] == "closed"
    assert [HEADLINE in comment.replace("\\", "") for comment in issue["comments"]] == [True]

    starts = [run["started"] for run in history(machine, 4)["runs"]]
    findings = {found["id"]: found for found in history(machine, 3)["findings"]}
    assert (findings[CAUSE]["since"], findings[CAUSE]["broken"], findings[CAUSE]["judged"]) == (starts[1], 2, 3)
    assert [run["verdict"] for run in history(machine, 4)["runs"]] == [
        "conformant",
        "non-conformant",
        "non-conformant",
        "conformant",
    ]
    secret = services.url + HOOK
    kept = [path for path in Path(machine.home, "kept").rglob("*") if path.is_file()]
    assert not any(word.encode() in path.read_bytes() for path in kept for word in (secret, TOKEN))
