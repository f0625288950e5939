"""Requests and seconds of a run against an endpoint that is 50 ms away, with 1, 4, 16 and 64 calls in flight.

Usage: python -m tests.benchmarks.bench_distance [SCOPE [IN_FLIGHT ...]]      default: SendMessage.* 1 4 16 64

A proxy holds all bytes back for 25 ms in each direction. The limit is what the round trips take where as many of them
are always under way as there are calls in flight. The picture of docs/limits-and-ends.md is written anew.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.delaying_proxy import delaying_proxy
from tests.benchmarks.in_flight_picture import picture

PICTURE = Path(__file__).parents[2] / "docs" / "in-flight.svg"
ONE_WAY = 0.025  # seconds
RUN = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "conformance", "--depth", "smoke")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run with `in_flight` calls at once took, in seconds; `share` is its limit's share of that."""

    in_flight: int
    verdict: str
    requests: int
    seconds: float
    limit: float
    share: float
    cpu: float

    def line(self) -> str:
        """The figures in one row of a Markdown table."""
        figures = (
            f"{self.requests:,} | {self.seconds:.1f} | {self.limit:.1f} | {100 * self.share:.0f} % | {self.cpu:.1f}"
        )
        return f"| {self.in_flight} | {self.verdict} | {figures} |"


HEAD = "| in flight | verdict | requests | seconds | limit | share | CPU seconds |\n" + 7 * "| --- " + "|"


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
    print(HEAD)
    found = []
    with delaying_proxy(port, ONE_WAY) as far, tempfile.TemporaryDirectory() as place:
        process, ids = served(port, far)
        try:
            for number in map(int, wanted or ["1", "4", "16", "64"]):
                found.append(measured(number, far, [*ids, "--requirement", scope], Path(place, str(number))))
                print(found[-1].line(), flush=True)
        finally:
            process.terminate()
    PICTURE.write_text(picture([(each.in_flight, each.seconds, each.limit) for each in found]))


def measured(number: int, port: int, options: list[str], directory: Path) -> Measured:
    """A run with `number` calls in flight."""
    spread = ["--in-flight", str(number), "--max-open", str(max(20, number))]
    words = [*RUN, *spread, "--target", f"http://127.0.0.1:{port}", f"--report-dir={directory}", *options]
    before = os.times()
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    after = os.times()
    if not (directory / "compliance.json").exists():
        raise SystemExit(done.stdout[-2_000:] + done.stderr[-2_000:])
    report = json.loads((directory / "compliance.json").read_text())
    requests, seconds = report["requests"]["total"], report["duration_seconds"]
    limit = requests * 2 * ONE_WAY / number
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Measured(number, report["verdict"], requests, seconds, limit, limit / seconds, cpu)


main()
