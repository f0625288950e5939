"""The quick part stays quick: a test that starts the suite without the mark fails, whatever it starts it with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = (
    ("-m", "pytest", "--version"),
    ("-m", "conformance.reference"),
    ("-c", "from conformance.commands.cli import main; main()"),
    ("-m", "tests.benchmarks.bench_requests"),
)


@pytest.mark.parametrize("words", PROGRAMS, ids=" ".join)
def test_a_quick_test_starts_no_suite(words: tuple[str, ...]) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"test_a_quick_test_starts_no_suite.*pytest\.mark\.slow"):
        subprocess.run([sys.executable, *words], check=False)


def test_a_quick_test_starts_other_programs(tmp_path: Path) -> None:
    """Words of paths are no names of modules."""
    subprocess.run([sys.executable, "-c", "import json", tmp_path / "conformance"], check=True)


@pytest.mark.slow
def test_a_slow_test_starts_the_suite() -> None:
    subprocess.run([sys.executable, "-c", "import conformance"], check=True)


@pytest.fixture
def bench() -> None:
    """Stands in for what runs the suite."""


@pytest.mark.usefixtures("bench")
def test_what_uses_a_slow_fixture_is_marked(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("slow")
