"""The forms for GitLab, Jenkins, cron and a container: their steps, run one by one on a bare machine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.forms.github import read_yaml
from tests.forms.machine import ROOT, Ended, Machine, bare_machine

pytestmark = pytest.mark.slow(seconds=10)

FORMS = ROOT / "ci"
JENKINS = ("sh", "-xe", "{0}")
REPORT = "connect-conformance-report"


def verdict(place: Path) -> str:
    """The verdict of the run that reported to `place`."""
    found: str = json.loads((place / "compliance.json").read_text())["verdict"]
    return found


def test_the_job_of_gitlab(machine: Machine, reference_options: dict[str, str]) -> None:
    job = read_yaml(FORMS / "gitlab-ci.yml")["conformance"]
    ended = machine.run("\n".join(job["script"]), {**job["variables"], **reference_options})
    assert ended.code == 0, ended.output
    assert "nothing has changed" not in ended.output
    assert verdict(machine.home / REPORT) == "conformant"
    history, _ = job["cache"]["paths"]  # counterexamples are kept where there are some
    kept = [history, *job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert [path for path in kept if not (machine.home / path).exists()] == []
    assert machine.installed == [job["variables"]["CONFORMANCE_SUITE"]]


def test_the_pipeline_of_jenkins(machine: Machine, reference_options: dict[str, str]) -> None:
    pipeline = (FORMS / "Jenkinsfile").read_text()
    variables = dict(re.findall(r"^    (\w+) = '(.*?)'", pipeline, re.MULTILINE))
    install, judge = re.findall(r"sh '''(.*?)'''", pipeline, re.DOTALL)
    for _ in range(2):  # the second build finds what the first has left in the workspace
        assert machine.run(install, variables, words=JENKINS).code == 0
    ended = machine.run(judge, {**variables, **reference_options}, words=JENKINS)
    assert ended.code == 0, ended.output
    named = re.findall(r"(?:testResults|artifacts): '([\w./-]+?)(?:/\*\*)?'", pipeline)
    assert named == [f"{REPORT}/junit.xml", REPORT]
    assert [path for path in named if not (machine.home / path).exists()] == []


def at_night(machine: Machine) -> Ended:
    """What cron does at the time of the one line of the crontab, from the machine's root."""
    *_, line = (FORMS / "crontab").read_text().splitlines()
    command = line.split(maxsplit=5)[5].replace("/opt/", f"{machine.home}/")
    return machine.run(command, place=Path("/"))


def test_the_line_of_cron(machine: Machine, reference_options: dict[str, str]) -> None:
    place = machine.home / "connect-conformance"
    place.mkdir()
    shutil.copy(FORMS / "nightly.sh", place)
    settings = {name.removeprefix("CONNECT_CONFORMANCE_").lower(): text for name, text in reference_options.items()}
    scope = settings.pop("requirement").splitlines()
    lines = [f"{name.replace('_', '-')} = {json.dumps(text)}" for name, text in settings.items()]
    (place / "connect-conformance.toml").write_text("\n".join([*lines, f"requirement = {json.dumps(scope)}"]))
    ended = at_night(machine)
    assert (ended.code, ended.output) == (0, "")
    assert verdict(place / "report") == verdict(place / "history" / "last") == "conformant"
    (place / "connect-conformance.toml").write_text('target = "http://127.0.0.1:1"\n')
    failed = at_night(machine)
    assert failed.code == 4
    assert "not judged: the run ended with exit code 4" in failed.output
    assert at_night(machine).output == ""
    assert "--instance-id" in (place / "night.log").read_text()


def instructions(port: int = 8000) -> list[tuple[str, str]]:
    """Those of the container file, continued lines joined; it serves at `port` of loopback."""
    text = (FORMS / "Dockerfile").read_text().replace("\\\n", " ").replace("8000", str(port))
    text = text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what the container listens on
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line and line[0] != "#"]


@pytest.fixture
def container(tmp_path: Path) -> Machine:
    """A machine on which the instructions of the container file were carried out, its absolute paths below its home."""
    machine = bare_machine(tmp_path / "container")
    shutil.copytree(FORMS, machine.home / "suite")
    for name, words in instructions():
        if name == "RUN" and not words.startswith("useradd"):
            ended = machine.run(re.sub(r"(?<= )/(?=\w)|^/", f"{machine.home}/", words))
            assert ended.code == 0, ended.output
    return machine


def test_the_container_serves_and_knows_that_it_is_healthy_and_judges(
    container: Machine, reference_options: dict[str, str], port: int
) -> None:
    found = dict(instructions(port))
    path = found["ENV"].removeprefix("PATH=").split(":")[0]
    inside = f"{container.home}{path}:"
    entry, serve = json.loads(found["ENTRYPOINT"]), json.loads(found["CMD"])
    check = json.loads(found["HEALTHCHECK"].split("CMD ")[1])
    assert container.run(shlex.join(check), path=inside).code == 1
    script = f"{shlex.join([*entry, *serve])} > served 2>&1 & echo $! > pid; for _ in $(seq 100); do sleep 0.1; "
    healthy = f"if {shlex.join(check)} 2> check; then exit 0; fi; done; exit 1"
    try:
        assert container.run(script + healthy, path=inside).code == 0
    finally:
        container.run("kill $(cat pid)")
    judged = container.run(shlex.join([*entry, "run"]), reference_options, path=inside)
    assert judged.code == 0, judged.output
    assert verdict(container.home / REPORT) == "conformant"


def test_the_container_gets_what_the_wheel_is_made_of() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {*packages, project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    assert kept == needed
