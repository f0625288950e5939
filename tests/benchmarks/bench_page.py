"""Size and render time of compliance.html: `python tests/benchmarks/bench_page.py [FAILURES] [DIRECTORY] [LEDGER]`.

The run has all requirements of the catalogue and FAILURES (default 100) musts that failed, every third of them with a
text of 16,385 different characters, every fourth with a scenario of four calls. With the LEDGER of a real run
everything else is what that run saw.
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
from conformance.results.ledger_files import read_ledger
from conformance.results.observation import Observation
from reports import compliance, page
from tests.reports.ledgers import CONTACT, INSTANCE, all_promises, answer, entries_of, exchange, violate


def failures(number: int) -> Iterator[Observation]:
    """Violations of the first `number` musts of the operations that carry text."""
    chosen = random.Random(1)
    musts = [r for r in catalogue().values() if r.level is Level.MUST and r.operation.startswith("S")]
    for place, requirement in enumerate(musts[:number]):
        text = "".join(chosen.choices("abcdefgh \u00e9\U0001f600", k=16_385)) if place % 3 == 0 else "a" * 16_385
        send = exchange("SendMessage", {"ContentType": "text/plain", "Content": text}, answer(200, {"Id": "x" * 36}))
        before = (
            exchange("StartChatContact", {"InstanceId": INSTANCE}, answer(200, {"ContactId": CONTACT})),
            exchange("CreateParticipantConnection", {"Type": ["CONNECTION_CREDENTIALS"]}, answer(200)),
            exchange("GetTranscript", {"ContactId": CONTACT}, answer(200, {"Transcript": []})),
        )
        yield violate(requirement.id, exchanges=(*before, send) if place % 4 == 0 else (send,))


def entries_with(number: int, ledger: Path | None) -> list[dict[str, Any]]:
    """The entries of a run with `number` failures, beside what the run of `ledger` saw."""
    if ledger is None:
        return entries_of((*all_promises(), *failures(number)))
    header, *seen = read_ledger([ledger])
    return [header, *(e for e in entries_of(failures(number)) if e["entry"] == "observation"), *seen]


def main() -> None:
    """Print seconds and bytes, and keep the files for a look."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    directory = Path(sys.argv[2] if len(sys.argv) > 2 else mkdtemp())
    entries = entries_with(number, Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    started = time.perf_counter()
    report = compliance.build(entries)
    built = time.perf_counter()
    size = len(page.render(report).encode())
    rendered = time.perf_counter()
    path = compliance.write(report, directory)
    written = time.perf_counter()
    found = sum(requirement["verdict"] == "fail" for requirement in report["requirements"])
    print(f"{len(report['requirements']):,} requirements, {found} failures: build {built - started:.2f} s,")
    print(
        f"render {rendered - built:.2f} s, {size / 1e6:.2f} MB; all forms written in {written - rendered:.2f} s: {path}"
    )


if __name__ == "__main__":
    main()
