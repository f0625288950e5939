"""Requests a second of a whole run, against a bare requests.Session loop with the same requests at the same time.

Usage: python -m tests.benchmarks.bench_suite [DEPTH]
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import requests

from conformance.contract.wire import Request
from conformance.session.reference_process import start_reference


def whole_run(depth: str, directory: Path, *more: str) -> tuple[int, float]:
    """Requests and seconds of a run against the embedded reference."""
    command = [sys.executable, "-m", "pytest", *more, "--depth", depth, "-q", f"--report-dir={directory}"]
    environment = {**os.environ, "RECORD_TO": str(directory / "requests.pickle")}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    report = json.loads((directory / "compliance.json").read_text())
    return report["requests"]["total"], report["duration_seconds"]


def record(depth: str, directory: Path) -> list[Request]:
    """The requests of such a run."""
    whole_run(depth, directory, "-p", "tests.benchmarks.recorder")
    kept: list[Request] = pickle.loads((directory / "requests.pickle").read_bytes())
    return kept


def bare_loop(sent: list[Request]) -> tuple[int, float]:
    """How many of the requests a bare session can send, and its seconds for them, whatever they are answered."""
    embedded = start_reference()
    session = requests.Session()
    session.trust_env = False
    carried, began = 0, time.perf_counter()
    for request in sent:
        url = embedded.facts["url"] + request.path
        with suppress(requests.exceptions.InvalidHeader):
            session.request(
                request.method, url, data=request.body, headers=dict(request.headers), allow_redirects=False
            )
            carried += 1
    seconds = time.perf_counter() - began
    embedded.stop()
    return carried, seconds


def main() -> None:
    """Measure and print."""
    depth = sys.argv[1] if len(sys.argv) > 1 else "default"
    with tempfile.TemporaryDirectory() as directory:
        kept = record(depth, Path(directory))
        sent, seconds = whole_run(depth, Path(directory))
        carried, bare = bare_loop(kept)
    rate, bare_rate = sent / seconds, carried / bare
    print(f"run: {sent} requests in {seconds:.1f} s = {rate:.0f}/s")
    print(f"bare session: {carried} requests in {bare:.1f} s = {bare_rate:.0f}/s")
    print(f"ratio: {rate / bare_rate:.0%}")


if __name__ == "__main__":
    main()
