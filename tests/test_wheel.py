"""The built wheel in an environment of its own: it holds what it needs, runs the suite, and stays out of other runs.

Slow: it builds, and installs the dependencies.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from conformance.session.reference_process import start_reference

pytestmark = pytest.mark.slow(seconds=90)

ROOT = Path(__file__).parents[1]
PARTS = ("conformance", "strategies", "reports", "connect_conformance_pytest")
SECONDS = 300
# pytest-timeout shares an option's name with this suite and is loaded after it.
PLUGINS = tuple(
    f"pytest-{name}" for name in ("asyncio", "benchmark", "cov", "randomly", "rerunfailures", "timeout", "xdist")
)
FOREIGN_TEST = """\
def test_options(request):
    assert request.config.getoption("target") == "moon"
    assert not hasattr(request.config.option, "conformance_target")
"""
FOREIGN_CONFTEST = """\
def pytest_addoption(parser):
    for name in ("--target", "--header", "--depth", "--report-dir", "--rate"):
        parser.addoption(name, default="moon")
"""

# A project that has packages of the suite's names, and settings that would break off, repeat and shuffle its tests.
OWN_PACKAGES = ("reports", "strategies", "conformance")
OWN_SETTINGS = """\
[pytest]
addopts = --reruns 1 --cov reports --cov-fail-under 99 --randomly-seed 7 -p no:cacheprovider
asyncio_default_fixture_loop_scope = function
asyncio_mode = auto
filterwarnings = error
timeout = 0.01
timeout_method = thread
"""
OWN_TEST = """\
import conformance, reports, strategies

def test_names():
    assert {module.NAME for module in (conformance, reports, strategies)} == {"own"}

async def test_of_pytest_asyncio(): ...

def test_of_pytest_benchmark(benchmark):
    benchmark(len, "")
"""


def run(*command: str | Path, directory: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `command` in `directory` without what belongs to this very run in its environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHONPATH", "GITHUB", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=directory,
        env=kept,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


@dataclass(frozen=True)
class Installed:
    """The wheel, and a foreign project whose environment it is installed in."""

    wheel: Path
    project: Path

    @property
    def python(self) -> Path:
        return self.project / ".venv" / "bin" / "python"

    @property
    def command(self) -> Path:
        return self.python.with_name("connect-conformance")

    def pytest(self, *arguments: str, directory: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run pytest of that environment in `directory`."""
        return run(self.python, "-m", "pytest", *arguments, directory=directory, check=check)


@pytest.fixture(scope="module", autouse=True)
def compile_aside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps compiled modules where no project sees them; each is compiled once, and only if it is imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture(scope="module")
def wheel_installation(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    project = tmp_path_factory.mktemp("project")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", project / "wheels", ROOT, directory=project)
    (wheel,) = (project / "wheels").iterdir()
    venv.create(project / ".venv", with_pip=False)
    found = Installed(wheel, project)
    run(*pip, "--python", found.python, "install", "--no-compile", wheel, *PLUGINS, directory=project)
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    directory = tmp_path / "empty"
    directory.mkdir()
    return directory


@pytest.fixture
def options() -> Iterator[list[str]]:
    """The options that name a served reference endpoint and its ids."""
    served = start_reference()
    facts = served.facts
    yield [
        *("--target", facts["url"]),
        *("--instance-id", facts["instance_id"]),
        *("--contact-flow-id", facts["contact_flow_id"]),
    ]
    served.stop()


def collected_items(output: str) -> list[str]:
    """The items of a quiet collection, counted from the package."""
    return sorted(line.removeprefix("conformance/") for line in output.splitlines() if "::" in line)


def kept_files() -> set[str]:
    """The files of the packages that are under version control, or would be."""
    ask = ("git", "ls-files", "--cached", "--others", "--exclude-standard", *PARTS)
    return {name for name in run(*ask, directory=ROOT).stdout.splitlines() if (ROOT / name).exists()}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel_installation: Installed) -> None:
    names = zipfile.ZipFile(wheel_installation.wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == kept_files()
    assert {Path(name).suffix for name in names} >= {".py", ".toml", ".j2", ".css", ".js", ".json", ".typed"}


def test_the_plugin_is_entered_under_its_own_name(wheel_installation: Installed) -> None:
    archive = zipfile.ZipFile(wheel_installation.wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
    points = configparser.ConfigParser()
    points.read_string(archive.read(name).decode())
    assert dict(points["pytest11"]) == {"conformance.plugin": "connect_conformance_pytest"}
    assert dict(points["console_scripts"]) == {"connect-conformance": "conformance.commands.cli:main"}


def test_an_empty_directory_is_enough_to_judge_an_endpoint(
    wheel_installation: Installed, options: list[str], empty: Path
) -> None:
    scope = ("--requirement", "SendMessage.*", "--requirement", "WebSocket.*")
    done = run(wheel_installation.command, "run", "--depth", "smoke", *scope, *options, directory=empty)
    place = empty / "connect-conformance-report"
    report = json.loads((place / "compliance.json").read_text())
    assert report["verdict"] == "conformant"
    assert report["target"] == options[1]
    verdict, _, link = done.stdout.strip().splitlines()[-3:]
    assert verdict.startswith("conformant within SendMessage.*")
    assert link == f"report: {(place / 'compliance.html').as_uri()}"
    assert list(empty.iterdir()) == [place]


def test_the_installed_suite_has_the_items_of_the_tree(wheel_installation: Installed, empty: Path) -> None:
    collect = ("--collect-only", "--quiet")
    there = wheel_installation.pytest(*collect, "--pyargs", "conformance", directory=empty)
    here = run(sys.executable, "-m", "pytest", *collect, "conformance", directory=ROOT)
    assert len(collected_items(here.stdout)) > 1000
    assert collected_items(there.stdout) == collected_items(here.stdout)


def test_another_project_keeps_its_options_and_gets_no_files(wheel_installation: Installed) -> None:
    (wheel_installation.project / "test_foreign.py").write_text(FOREIGN_TEST)
    (wheel_installation.project / "conftest.py").write_text(FOREIGN_CONFTEST)
    before = {path.name for path in wheel_installation.project.iterdir()}
    done = wheel_installation.pytest(
        "-p", "no:cacheprovider", "-p", "no:benchmark", "--timeout", "60", directory=wheel_installation.project
    )
    assert "1 passed" in done.stdout
    assert "timeout: 60" in done.stdout
    assert "verdict" not in done.stdout
    assert {path.name for path in wheel_installation.project.iterdir()} == before


@pytest.fixture
def crowded_project(tmp_path: Path) -> Path:
    """A project with packages of the suite's names, and settings for every plugin."""
    for name in OWN_PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("NAME = 'own'\n")
    (tmp_path / "pytest.ini").write_text(OWN_SETTINGS)
    (tmp_path / "test_own.py").write_text(OWN_TEST)
    return tmp_path


def test_the_command_takes_nothing_from_a_crowded_project(wheel_installation: Installed, crowded_project: Path) -> None:
    """Neither its packages nor its settings, nor the plugins of its environment."""
    before = {path.name for path in crowded_project.iterdir()}
    scope = ("--depth", "smoke", "--requirement", "SendEvent.Content.length-max", "-n", "2")
    done = run(wheel_installation.command, "run", *scope, directory=crowded_project)
    assert "conformant within SendEvent.Content.length-max (1 of 1 musts" in done.stdout
    assert {path.name for path in crowded_project.iterdir()} == {*before, "connect-conformance-report"}


@pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["alone", "spread"])
def test_a_crowded_project_is_as_it_was(
    wheel_installation: Installed, crowded_project: Path, spread: tuple[str, ...]
) -> None:
    done = wheel_installation.pytest("--timeout", "60", *spread, directory=crowded_project)
    assert "3 passed" in done.stdout
    assert "Total coverage: 100.00%" in done.stdout


def test_a_crowded_project_is_told_what_hides_the_suite(wheel_installation: Installed, crowded_project: Path) -> None:
    done = wheel_installation.pytest(
        "--pyargs", "conformance", "--target", "http://127.0.0.1:9", directory=crowded_project, check=False
    )
    assert done.returncode == ExitCode.USAGE
    assert str(crowded_project / "conformance") in done.stderr


def test_no_plugin_and_no_setting_reaches_a_verdict(wheel_installation: Installed, crowded_project: Path) -> None:
    """Called as pytest, which leaves the working directory off Python's path."""
    scope = ("--depth", "smoke", "--requirement", "SendEvent.Content.length-max")
    command = (wheel_installation.python.with_name("pytest"), "--pyargs", "conformance", *scope, "-n", "2")
    done = run(*command, directory=crowded_project, check=False)
    assert done.returncode == ExitCode.CONFORMANT, done.stdout + done.stderr
    assert "conformant within SendEvent.Content.length-max (1 of 1 musts" in done.stdout


def test_the_command_is_installed(wheel_installation: Installed, empty: Path) -> None:
    listed = run(wheel_installation.command, "requirements", "SendEvent.Content.*", directory=empty).stdout
    assert "SendEvent.Content.length-max" in listed
