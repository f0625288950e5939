"""Where a run asks for the suite and a project's package hides a part of it, one sentence says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from connect_conformance_pytest.activation import PARTS
from tests.plugin.conftest import PLUGIN, ROOT, Environment

ASKED = ("--pyargs", "conformance", "--target", "http://127.0.0.1:9")
USAGE = 4


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("form", ["{}/__init__.py", "{}.py"], ids=["package", "module"])
def test_what_hides_a_part_is_named(environment: Environment, tmp_path: Path, part: str, form: str) -> None:
    hiding = tmp_path / form.format(part)
    hiding.parent.mkdir(exist_ok=True)
    hiding.write_text("")
    done = environment.pytest(*ASKED, directory=tmp_path)
    assert done.returncode == USAGE, done.stdout + done.stderr
    (sentence,) = [line for line in done.stderr.splitlines() if line.strip()]
    for word in (part, str(tmp_path), str(environment.packages), "another directory"):
        assert word in sentence


def test_what_a_conftest_has_imported_already_hides_too(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "lib" / "reports").mkdir(parents=True)
    (tmp_path / "lib" / "reports" / "__init__.py").write_text("")
    (tmp_path / "conftest.py").write_text("import sys\nsys.path.insert(0, 'lib')\nimport reports\nsys.path.pop(0)\n")
    done = environment.pytest(*ASKED, directory=tmp_path, with_directory=False)
    assert done.returncode == USAGE
    assert "the package reports of" in done.stderr


@pytest.mark.parametrize(
    ("name", "what"), [("secrets", "a part of Python"), ("tenacity", "a library that the suite needs")]
)
def test_a_file_that_hides_a_library_is_named(environment: Environment, tmp_path: Path, name: str, what: str) -> None:
    """A folder called test hides a part of Python that nobody needs."""
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "__init__.py").write_text("")
    (tmp_path / f"{name}.py").write_text("")
    done = environment.pytest(*ASKED, directory=tmp_path)
    assert done.returncode == USAGE, done.stdout + done.stderr
    assert f"{tmp_path / name}.py hides {what}: call pytest in another directory" in done.stderr


def test_a_module_made_at_run_time_hides_too(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys, types\nsys.modules['reports'] = types.ModuleType('reports')\n")
    done = environment.pytest(*ASKED, directory=tmp_path)
    assert done.returncode == USAGE
    assert "the package reports of a module without a file hides" in done.stderr


@pytest.mark.parametrize("switched_off", ["-p no:conformance.plugin", "--disable-plugin-autoload"])
def test_a_suite_without_its_plugin_judges_nothing(switched_off: str, environment: Environment, tmp_path: Path) -> None:
    done = environment.pytest("--pyargs", "conformance", "-q", PYTEST_ADDOPTS=switched_off, directory=tmp_path)
    assert done.returncode == USAGE, done.stdout[-2_000:] + done.stderr
    assert "call pytest with -p conformance.plugin" in done.stdout


def test_variables_of_a_library_break_no_run(environment: Environment, tmp_path: Path) -> None:
    asked = (*ASKED, "--requirement", "Nothing.like.it")
    done = environment.pytest(
        *asked, directory=tmp_path, WEBSOCKETS_MAX_LOG_SIZE="abc", WEBSOCKETS_BACKOFF_FACTOR="soon"
    )
    assert done.returncode == USAGE
    assert "Nothing.like.it" in done.stderr  # so the suite was loaded


def test_packages_that_are_not_on_the_path_hide_nothing(environment: Environment, tmp_path: Path) -> None:
    """Nor in the processes that a run starts: the reference endpoint is one."""
    for part in PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / "__init__.py").write_text("raise RuntimeError('imported')\n")
    one = ("--pyargs", "conformance", "--depth", "smoke", "--requirement", "SendEvent.Content.length-max")
    done = environment.pytest(*one, directory=tmp_path, with_directory=False, PYTHONWARNINGS="error")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_conftest_above_the_environment_keeps_its_options(environment: Environment, tmp_path: Path) -> None:
    """An environment lies inside of a project, and pytest is called elsewhere."""
    above = environment.packages.parent / "conftest.py"
    above.write_text("def pytest_addoption(parser):\n    parser.addoption('--target', default='moon')\n")
    try:
        done = environment.pytest("--pyargs", "conformance", "--collect-only", "-q", directory=tmp_path)
    finally:
        above.unlink()
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr


def test_a_folder_of_other_things_hides_nothing(environment: Environment, tmp_path: Path) -> None:
    for part in PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / "run.html").write_text("")
    done = environment.pytest(*ASKED, "--requirement", "Nothing.like.it", directory=tmp_path)
    assert done.returncode == USAGE
    assert "Nothing.like.it" in done.stderr  # so it was the suite that read its options


def test_the_suites_options_mean_the_suite_where_a_folder_of_modules_has_its_name(
    environment: Environment, tmp_path: Path
) -> None:
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance" / "start.py").write_text("")
    done = environment.pytest(*ASKED, "--requirement", "Nothing.like.it", directory=tmp_path)
    assert "Nothing.like.it" in done.stderr


def test_a_clone_is_tested_by_itself_where_another_copy_is_installed(environment: Environment, tmp_path: Path) -> None:
    for part in (*PARTS, PLUGIN, "conftest.py", "pyproject.toml"):
        (tmp_path / part).symlink_to(ROOT / part)
    done = environment.pytest("--requirement", "Nothing.like.it", directory=tmp_path, with_directory=False)
    assert done.returncode == USAGE
    assert "Nothing.like.it" in done.stderr
