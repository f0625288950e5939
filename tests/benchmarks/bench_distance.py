"""Requests and seconds of a run against an endpoint that is 50 ms away, in 1, 4 and 8 processes.

Usage: python tests/benchmarks/bench_distance.py [SCOPE [PROCESSES ...]]      default: SendMessage.* 1 4 8

A proxy holds all bytes back for 25 ms in each direction. The limit is what the round trips of one process take alone.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.delaying_proxy import delaying_proxy

ONE_WAY = 0.025  # seconds
RUN = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "conformance", "--depth", "smoke")


def served(port: int, public: int) -> tuple[subprocess.Popen[str], list[str]]:
    """The reference at `port`, whose URLs lead to `public`, and the options with the ids that it knows."""
    words = ["serve", "--port", str(port), "--public-url", f"http://127.0.0.1:{public}"]
    program = [sys.executable, "-c", "from conformance.cli import main; main()", *words]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    said = ""
    while "--auth-session-id" not in said and process.stdout is not None:
        said += process.stdout.readline()
    return process, [f"{name}={value}" for name, value in re.findall(r"(--[a-z-]+-(?:id|token)) (\S+)", said)]


def main() -> None:
    """Measure."""
    scope, *wanted = sys.argv[1:] or ["SendMessage.*"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with delaying_proxy(port, ONE_WAY) as far, tempfile.TemporaryDirectory() as place:
        process, ids = served(port, far)
        try:
            for number in wanted or ["1", "4", "8"]:
                print(measured(number, far, [*ids, "--requirement", scope], Path(place, number)), flush=True)
        finally:
            process.terminate()


def measured(number: str, port: int, options: list[str], directory: Path) -> str:
    """What a run in `number` processes took."""
    spread = ["-n", number] if number != "1" else []
    words = [*RUN, *spread, "--target", f"http://127.0.0.1:{port}", f"--report-dir={directory}", *options]
    before, began = os.times(), time.monotonic()
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - began, os.times()
    if not (directory / "compliance.json").exists():
        raise SystemExit(done.stdout[-2_000:] + done.stderr[-2_000:])
    report = json.loads((directory / "compliance.json").read_text())
    limit = report["requests"]["limit"]
    return (
        f"-n {number}: {report['verdict']}, {report['requests']['total']:,} requests, {wall:.1f} s in all,"
        f" run {report['duration_seconds']:.1f} s, round trips {limit['round_trips_seconds']:.1f} s in each process"
        f" ({100 * limit['share']:.0f} %), {sum(after[2:4]) - sum(before[2:4]):.1f} s of CPU"
    )


main()
