"""What wrong endpoints cost beside the reference as it is: `python -m tests.benchmarks.bench_deviating [DEPTH]`.

Prints a JSON object for each endpoint: the reference, the reference with every seeded fault that takes what has to be
refused, and a mock that says yes to every call and keeps nothing. `ratio` is its requests for each one that the
reference as it is gets.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.reference.faults import faults
from conformance.session.reference_process import GIVEN_BY_REFERENCE, ReferenceProcess, start_reference
from tests.benchmarks.mock import mock
from tests.suite.conftest import environment, suite_command

LENIENT = (".too-lax", "-taken", ".taken", ".not-checked", ".any-text")


@contextmanager
def reference() -> Iterator[ReferenceProcess]:
    """The reference endpoint in a process of its own."""
    process = start_reference()
    try:
        yield process
    finally:
        process.stop()


def lenient() -> list[str]:
    """The derived faults that take what has to be refused."""
    return [name for name, each in faults().items() if each.subject.startswith("derived-") and name.endswith(LENIENT)]


def measure(name: str, url: str, depth: str, ids: tuple[str, ...]) -> dict[str, Any]:
    """One run of `depth` against the endpoint at `url`, however long it takes."""
    with tempfile.TemporaryDirectory() as place:
        command = suite_command("--target", url, *ids, "--depth", depth, "--allow-incomplete", directory=Path(place))
        subprocess.run(command, cwd=place, env=environment(), capture_output=True, check=False)
        report = json.loads(Path(place, "compliance.json").read_text())
    failed = sum(each["verdict"] == "fail" for each in report["requirements"])
    opened, seconds = report["contacts"]["opened"], report["duration_seconds"]
    requests = report["requests"]["total"]
    return {"endpoint": name, "failed": failed, "requests": requests, "contacts": opened, "seconds": seconds}


def measure_all(depth: str) -> Iterator[dict[str, Any]]:
    """The figures of each endpoint."""
    with reference() as process, mock() as mocked:
        url = process.facts["url"]
        ids = tuple(f"--{name.replace('_', '-')}={process.facts[name]}" for name in GIVEN_BY_REFERENCE)
        yield measure("the reference", url, depth, ids)
        process.reconfigure(chosen := lenient())
        yield measure(f"the reference with {len(chosen)} faults", url, depth, ids)
        yield measure("a mock", mocked, depth, ids)


def main() -> None:
    """Measure and print."""
    plain = None
    for figures in measure_all(sys.argv[1] if len(sys.argv) > 1 else "smoke"):
        plain = plain or figures["requests"]
        print(json.dumps({**figures, "ratio": round(figures["requests"] / plain, 2)}), flush=True)


if __name__ == "__main__":
    main()
