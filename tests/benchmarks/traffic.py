"""What a run against the embedded reference endpoint sends for each test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def traffic(depth: str, *options: str) -> dict[str, dict[str, int]]:
    """The counts of `tests.benchmarks.traffic_by_test` by pytest id, of a run at `depth` with more `options`."""
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "traffic.json"
        plugin = ("-p", "tests.benchmarks.traffic_by_test")
        place = f"--report-dir={directory}/report"
        command = [sys.executable, "-m", "pytest", *plugin, "--depth", depth, "-q", place, *options]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RECORD_TO": str(written)})
        found: dict[str, dict[str, int]] = json.loads(written.read_text())
    return found
