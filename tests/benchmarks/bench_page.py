"""Size and render time of compliance.html: `python tests/benchmarks/bench_page.py [FAILURES] [DIRECTORY]`.

The run has all requirements of the catalogue, filled up to 1,700, and FAILURES (default 100) musts that failed, every
third of them with a text of 16,385 different characters, every fourth with a story of four calls.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.ledger import Observation
from reports import compliance, page
from tests.reports.ledgers import CONTACT, INSTANCE, broken, entries_of, everything_kept, exchange, replied

REQUIREMENTS = 1_700


def failures(number: int) -> Iterator[Observation]:
    """Violations of the first `number` musts of the operations that carry text."""
    chosen = random.Random(1)
    musts = [r for r in catalogue().values() if r.level is Level.MUST and r.operation.startswith("S")]
    for place, requirement in enumerate(musts[:number]):
        text = "".join(chosen.choices("abcdefgh \u00e9\U0001f600", k=16_385)) if place % 3 == 0 else "a" * 16_385
        send = exchange("SendMessage", {"ContentType": "text/plain", "Content": text}, replied(200, {"Id": "x" * 36}))
        before = (
            exchange("StartChatContact", {"InstanceId": INSTANCE}, replied(200, {"ContactId": CONTACT})),
            exchange("CreateParticipantConnection", {"Type": ["CONNECTION_CREDENTIALS"]}, replied(200)),
            exchange("GetTranscript", {"ContactId": CONTACT}, replied(200, {"Transcript": []})),
        )
        yield broken(requirement.id, exchanges=(*before, send) if place % 4 == 0 else (send,))


def filled_up(report: dict[str, Any]) -> dict[str, Any]:
    """`report` with copies of its own requirements until there are 1,700."""
    own: list[dict[str, Any]] = report["requirements"]
    passed = [requirement for requirement in own if requirement["violation"] is None]
    more = [{**passed[n % len(passed)], "id": f"{passed[n % len(passed)]['id']}-{n}"} for n in range(REQUIREMENTS)]
    return {**report, "requirements": [*own, *more[: max(0, REQUIREMENTS - len(own))]]}


def main() -> None:
    """Print seconds and bytes, and keep the files for a look."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    directory = Path(sys.argv[2] if len(sys.argv) > 2 else mkdtemp())
    entries = entries_of((*everything_kept(), *failures(number)))
    started = time.perf_counter()
    report = filled_up(compliance.build(entries))
    built = time.perf_counter()
    size = len(page.render(report).encode())
    rendered = time.perf_counter()
    path = compliance.write(report, directory)
    found = sum(requirement["verdict"] == "fail" for requirement in report["requirements"])
    print(f"{len(report['requirements']):,} requirements, {found} failures: build {built - started:.2f} s,")
    print(f"render {rendered - built:.2f} s, {size / 1e6:.2f} MB; compliance.json beside {path}")


if __name__ == "__main__":
    main()
