"""Every option of a run can be given to the job and the action of GitHub, and no form names one that there is not."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.commands.options import PREFIX, variable_of
from connect_conformance_pytest.options import COMMAND_OPTIONS, OPTIONS
from tests.forms.github import Contexts, Job, play_called_workflow, read_yaml
from tests.forms.machine import ROOT, bare_machine

NIGHTLY = read_yaml(ROOT / ".github" / "workflows" / "nightly.yml")
ROWS = {**OPTIONS, **COMMAND_OPTIONS}
SET_BY_THE_ACTION = {"--report-dir", "--history", "--settings"}
FORMS = [
    "action.yml",
    ".github/workflows/conformance.yml",
    ".github/workflows/nightly.yml",
    *(f"ci/{name}" for name in ("gitlab-ci.yml", "Jenkinsfile", "nightly.sh", "Dockerfile", "crontab")),
]
# In place of the suite's command: writes down what it is called with.
RECORDER = """\
import json, os, pathlib, sys
if sys.argv[1] == "run":
    settings = os.environ.get("CONNECT_CONFORMANCE_SETTINGS")
    text = pathlib.Path(settings).read_text() if settings else ""
    pathlib.Path("seen.json").write_text(json.dumps({**os.environ, "settings": text}))
    for name in ("badge.svg", "badge.json", "findings.sarif"):
        place = pathlib.Path(os.environ["CONNECT_CONFORMANCE_REPORT_DIR"])
        place.mkdir(exist_ok=True)
        (place / name).write_text(name)
    sys.exit(int(os.environ["ENDS_WITH"]))
with open("called", "a") as called:
    print(*sys.argv[1:], file=called)
"""


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job of a repository without variables, in which the suite's command is the recorder."""
    machine = bare_machine(tmp_path / "machine", PROGRAM=RECORDER, ENDS_WITH="0")
    github = {"run_id": "1", "run_attempt": "1", "token": "token", "repository": "acme/gateway"}
    suite = {"workflow_repository": "acme/suite", "workflow_sha": "0" * 40}
    contexts = {"github": github, "job": suite, "vars": {}, "secrets": {}, "env": {}, "steps": {}}
    return Job(machine, tmp_path / "kept", "1", Contexts(contexts))


def play(job: Job, **call: Any) -> dict[str, str]:
    """Play a job that calls the workflow; returns the variables that the run saw."""
    play_called_workflow(job, {"uses": ".github/workflows/conformance.yml", "with": call})
    seen: dict[str, str] = json.loads((job.workspace / "seen.json").read_text())
    return seen


def test_each_option_is_given_by_a_repository_variable(job: Job) -> None:
    given = {variable_of(option): f"{option}\nin two lines" for option in ROWS if option not in SET_BY_THE_ACTION}
    job.contexts.values["vars"] = {**given, "OTHER": "not for the run"}
    seen = play(job)
    assert {name: value for name, value in seen.items() if name in given} == given
    assert "OTHER" not in seen


def test_each_option_is_given_by_a_line_of_the_settings(job: Job) -> None:
    lines = "\n".join(f'{option.removeprefix("--")} = "it\'s $HOME"' for option in ROWS)
    seen = play(job, settings=lines)
    assert seen["settings"] == f"{lines}\n"
    assert {name for name in seen if name.startswith(PREFIX) and seen[name]} == {
        variable_of(option) for option in (*SET_BY_THE_ACTION, "--max-minutes")
    }


def test_what_is_secret_is_given_by_a_secret_and_goes_to_the_run_and_the_messages_alone(job: Job) -> None:
    secrets = {"header": "X-Key: a\nX-Other: b", "view-token": "view", "auth-session-id": "session", "webhook": "hook"}
    job.contexts.values["secrets"] = secrets
    seen = play(job)
    assert [seen[variable_of(f"--{name}")] for name in ("header", "view-token", "auth-session-id")] == [
        "X-Key: a\nX-Other: b",
        "view",
        "session",
    ]
    assert "hook" not in seen.values()
    assert not any(secret in job.output + job.summary for secret in secrets.values())


@pytest.mark.parametrize("code", [0, 1, 6])
def test_the_job_ends_as_the_run_did_and_tells_it(job: Job, code: int) -> None:
    job.machine.variables["ENDS_WITH"] = str(code)
    play(job, **{"github-issue": True})
    assert job.code == code
    (called,) = (job.workspace / "called").read_text().splitlines()
    assert called.startswith("notify connect-conformance-report --history connect-conformance-history ")
    assert called.endswith(f"--exit-code {code} --github-issue acme/gateway")


def test_the_badge_is_pushed_to_a_branch_and_the_token_is_not_shown(job: Job, tmp_path: Path) -> None:
    job.contexts.values["env"].update(GITHUB_SERVER_URL=str(tmp_path), GITHUB_REPOSITORY="acme/gateway")
    repository = tmp_path / "acme" / "gateway"
    assert job.machine.run(f"git init --quiet --bare {repository}").code == 0
    for _ in range(2):
        play(job, **{"badge-branch": "badges"})
    assert job.code == 0, job.output
    listed = job.machine.run(f"git -C {repository} ls-tree --name-only badges")
    assert listed.output.split() == ["badge.json", "badge.svg"]
    assert "token" not in job.output


def test_the_findings_are_handed_to_the_code_scanning_page_where_that_is_asked_for(job: Job) -> None:
    upload = "github/codeql-action/upload-sarif"
    play(job)
    assert upload not in job.used
    play(job, **{"code-scanning": True})
    assert job.used.count(upload) == 1


def test_the_nightly_job_judges_what_the_variables_name(job: Job) -> None:
    job.contexts.values["vars"] = {"CONNECT_CONFORMANCE_TARGET": "aws", "CONFORMANCE_ROLE_ARN": ""}
    nightly = NIGHTLY["jobs"]["endpoint"]
    job.contexts.values["inputs"] = {"depth": ""}
    assert job.contexts.holds(nightly["if"])
    play_called_workflow(job, nightly)
    seen = json.loads((job.workspace / "seen.json").read_text())
    assert tomllib.loads(seen["settings"]) == {"depth": "aws", "aws-credentials": False, "allow-billable": True}


def test_the_jobs_of_the_suite_itself_stay_out_of_forks() -> None:
    contexts = Contexts({"vars": {}})
    night_long = {name for name, job in NIGHTLY["jobs"].items() if not contexts.holds(job.get("if"))}
    assert night_long >= {"endpoint", "mutation", "power", "disturbances", "readings"}
    contexts.values["vars"] = {"CONFORMANCE_OWN_JOBS": "true"}
    assert [name for name in night_long if not contexts.holds(NIGHTLY["jobs"][name].get("if"))] == ["endpoint"]


def test_the_action_and_the_workflow_take_the_same() -> None:
    action, workflow = read_yaml(ROOT / "action.yml"), read_yaml(ROOT / ".github" / "workflows" / "conformance.yml")
    called = workflow["on"]["workflow_call"]
    of_the_job = {"runs-on", "timeout-minutes", "role-arn", "region"}
    assert set(action["inputs"]) - {"token", "python-version"} == {*called["inputs"], *called["secrets"]} - of_the_job


@pytest.mark.parametrize("form", FORMS)
def test_a_form_names_no_variable_of_an_option_that_there_is_not(form: str) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", (ROOT / form).read_text()))
    assert named <= {variable_of(option) for option in ROWS}


def test_what_the_page_tells_others_to_write_gives_inputs_that_there_are() -> None:
    written = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "nightly.md").read_text(), re.DOTALL)
    calling, acting = (next(iter(yaml.safe_load(text)["jobs"].values())) for text in written)
    workflow = read_yaml(ROOT / ".github" / "workflows" / "conformance.yml")["on"]["workflow_call"]
    assert set(calling["with"]) <= set(workflow["inputs"])
    assert set(calling["secrets"]) <= set(workflow["secrets"])
    assert set(acting["steps"][-1]["with"]) <= set(read_yaml(ROOT / "action.yml")["inputs"])
    assert calling["uses"].partition("connect-chat-conformance/")[2].partition("@")[0] in FORMS
