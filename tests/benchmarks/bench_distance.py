"""Requests and seconds of a run against an endpoint that is 50 ms away, with 1, 4, 16 and 64 calls in flight.

Usage: python -m tests.benchmarks.bench_distance [SCOPE [IN_FLIGHT ...]]      default: SendMessage.* 1 4 16 64

A proxy holds all bytes back for 25 ms in each direction. The limit is what the round trips of the requests that may
overlap take where as many of them are always under way as there are calls in flight; its share is that of the seconds
in which they were sent. What one test sends while the others wait is told apart, and what is sent before and after the
tests is in neither part. Without IN_FLIGHT the picture of docs/limits-and-ends.md is written anew.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.delaying_proxy import delaying_proxy
from tests.benchmarks.in_flight_picture import picture

PICTURE = Path(__file__).parents[2] / "docs" / "in-flight.svg"
ONE_WAY = 0.025  # seconds
RUN = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "conformance", "--depth", "smoke")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run with `in_flight` calls at once took: in all, and its two parts, in requests and seconds."""

    in_flight: int
    verdict: str
    requests: int
    seconds: float
    cpu: float
    overlapping: tuple[int, float]
    alone: tuple[int, float]

    @property
    def limit(self) -> float:
        """The seconds that the requests which may overlap take at least."""
        return self.overlapping[0] * 2 * ONE_WAY / self.in_flight

    def line(self) -> str:
        """The figures in one row of a Markdown table."""
        (overlapping, took), (alone, waited) = self.overlapping, self.alone
        share = 100 * self.limit / took
        run = (self.in_flight, self.verdict, f"{self.requests:,}", f"{self.seconds:.1f}")
        parts = (
            f"{overlapping:,}",
            f"{took:.1f}",
            f"{self.limit:.1f}",
            f"{share:.0f} %",
            f"{alone:,}",
            f"{waited:.1f}",
        )
        return f"| {' | '.join(map(str, (*run, *parts, round(self.cpu, 1))))} |"


COLUMNS = (
    "in flight",
    "verdict",
    "requests",
    "seconds",
    "overlapping",
    "seconds",
    "limit",
    "share",
    "alone",
    "seconds",
)
HEAD = f"| {' | '.join((*COLUMNS, 'CPU seconds'))} |\n{11 * '| --- '}|"


def serve(port: int, public: int) -> tuple[subprocess.Popen[str], list[str]]:
    """The reference at `port`, whose URLs lead to `public`, and the options with the ids that it knows."""
    words = ["serve", "--port", str(port), "--public-url", f"http://127.0.0.1:{public}"]
    program = [sys.executable, "-c", "from conformance.commands.cli import main; main()", *words]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    printed = ""
    while "--auth-session-id" not in printed and process.stdout is not None:
        printed += process.stdout.readline()
    return process, [f"{name}={value}" for name, value in re.findall(r"(--[a-z-]+-(?:id|token)) (\S+)", printed)]


def main() -> None:
    """Measure."""
    scope, *wanted = sys.argv[1:] or ["SendMessage.*"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    print(HEAD)
    found = []
    with delaying_proxy(port, ONE_WAY) as far, tempfile.TemporaryDirectory() as place:
        process, ids = serve(port, far)
        try:
            for number in map(int, wanted or ["1", "4", "16", "64"]):
                found.append(measure(number, far, [*ids, "--requirement", scope], Path(place, str(number))))
                print(found[-1].line(), flush=True)
        finally:
            process.terminate()
    if not wanted:
        PICTURE.write_text(picture([(each.in_flight, each.seconds, each.limit) for each in found]))


def measure(number: int, port: int, options: list[str], directory: Path) -> Measured:
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
    parts = report["requests"]["limit"]["parts"] or {"overlapping": {"requests": requests, "seconds": seconds}}
    overlapping, alone = (_figures(parts.get(name)) for name in ("overlapping", "alone"))
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Measured(number, report["verdict"], requests, seconds, cpu, overlapping, alone)


def _figures(part: Mapping[str, float] | None) -> tuple[int, float]:
    """The requests and the seconds of a part; none where one test ran after the other."""
    return (int(part["requests"]), part["seconds"]) if part else (0, 0.0)


main()
