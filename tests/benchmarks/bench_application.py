"""The reference judged in this process, without a network, beside the same over HTTP.

Usage: python tests/benchmarks/bench_application.py [SCOPE ...]      default: SendMessage.*

Seconds of CPU are those of all processes: this one (with the application), the judge's, the server's.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from conformance.api import Judgement, judge, reference_app, served_reference


def measure(name: str, run: Callable[[], Judgement]) -> None:
    """Print what `run` took."""
    before, began = os.times(), time.monotonic()
    judged = run()
    wall, after = time.monotonic() - began, os.times()
    own, others = sum(after[:2]) - sum(before[:2]), sum(after[2:4]) - sum(before[2:4])
    print(
        f"{name}: {judged.verdict}, {judged.report['requests']['total']:,} requests,"
        f" {own + others:.1f} s of CPU ({own:.1f} in this process), {wall:.1f} s"
    )


def over_http(scope: list[str]) -> Judgement:
    """The reference in a process of its own."""
    with served_reference() as endpoint:
        return judge(endpoint.url, scope, **endpoint.ids)


def main() -> None:
    """Measure both."""
    scope = sys.argv[1:] or ["SendMessage.*"]
    reference = reference_app()
    measure("in process", lambda: judge(reference, scope, **reference.ids))
    measure("over HTTP", lambda: over_http(scope))


main()
