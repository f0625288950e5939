"""A run that is killed leaves nothing open on the endpoint's side once it was cleaned up after."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.benchmarks.bench_killed import run_until, serve


@pytest.mark.slow
def test_nothing_is_open_after_a_kill_and_a_clean_up(tmp_path: Path) -> None:
    with serve() as url:
        ended = run_until(url, tmp_path / "report", 60, signal.SIGKILL, "--requirement", "Start*Contact.*")
    assert ended.code == -signal.SIGKILL
    assert ended.starts >= 60
    assert ended.left > 0
    assert ended.open == 0
