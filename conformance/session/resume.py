"""What an earlier run has witnessed of the same endpoint is not paid for again.

A test counts as done where the earlier run ended it and saw whatever it claims kept, broken or recorded. What it
observed goes from the earlier ledger into ``ledger_earlier.jsonl`` of this run, with the time of the run that saw it;
the test is not run. All else is run: what was inconclusive, untested or never reached.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.endpoint.settings import SettingsError
from conformance.results.ledger_files import LedgerError, LedgerFiles, read_ledger
from conformance.results.verdicts import Outcome
from conformance.session.finish import ledgers_of
from conformance.session.versions import SUITE

EARLIER = "ledger_earlier.jsonl"  # sorts behind the ledgers of this run's processes, the first of which has the header
_OBSERVED = frozenset({"observation", "tally", "repetition", "mark", "left-out"})
_JUDGED = frozenset({Outcome.KEPT, Outcome.BROKEN, Outcome.RECORDED, Outcome.NOT_APPLICABLE})
_ENDED = frozenset({"passed", "failed", "xfailed"})
# What must be the same, by the members of a ledger's header, in the words of the sentence that says so.
_SAME: Mapping[str, str] = {
    "target": "--target",
    "endpoint": "the address of the endpoint",
    "participant_endpoint": "the address of the Participant Service",
    "absent": "the service that the endpoint lacks",
    "region": "--region",
    "instance_id": "--instance-id",
    "contact_flow_id": "--contact-flow-id",
    "depth": "--depth",
    "catalogue": "the catalogue of requirements",
    "sources": "the model of the API",
    "suite": "the version of this suite",
}
_OF_ADDRESS = ("endpoint", "participant_endpoint")  # of the embedded reference they are others each time
_SHOWN = 100  # code points of a value


def carry_over(directory: Path, header: Mapping[str, Any], place: Path) -> frozenset[str]:
    """Write what the run that reported to `directory` has witnessed into `place`. The ids of the tests that are done.

    `header` is that of the ledger of this run. Raises SettingsError with one sentence where that was another kind of
    run, or there is no ledger.
    """
    files = ledgers_of(directory)
    if not files:
        raise SettingsError(f"--resume {directory} holds no ledger: give the --report-dir of a run")
    try:
        entries = read_ledger(files)
        earlier = next(iter(entries))
        _require_same(directory, earlier, header)
        done = _finished_tests(entries)
        _write(entries, str(earlier.get("started")), done, place / EARLIER)
    except LedgerError as wrong:
        raise SettingsError(f"--resume {directory}: {wrong}") from wrong
    return done


def _require_same(directory: Path, earlier: Mapping[str, Any], header: Mapping[str, Any]) -> None:
    before, now = _facts(earlier), _facts(header)
    for member, words in _SAME.items():
        if before[member] != now[member] and not (header["target"] == "reference" and member in _OF_ADDRESS):
            seen = f"{words} was {_show(before[member])} and is {_show(now[member])} now"
            raise SettingsError(f"--resume {directory} is of another run: {seen}; leave --resume out, or give the same")


def _facts(header: Mapping[str, Any]) -> Mapping[str, Any]:
    return {member: header.get(member) for member in _SAME} | {"suite": (header.get("versions") or {}).get(SUITE)}


def _show(value: Any) -> str:
    if isinstance(value, list):
        return f"botocore {' and '.join(sorted({str(source.get('botocore')) for source in value}))}"
    return str(value)[:_SHOWN] if value is not None else "none"


def _finished_tests(entries: LedgerFiles) -> frozenset[str]:
    """The tests that ended and whose own observations are all judgements."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    ended: set[str] = set()
    for entry in entries:
        if entry["entry"] == "test" and entry["outcome"] in _ENDED:
            ended.add(entry["nodeid"])
        elif entry["entry"] in ("observation", "tally") and entry["test"] and entry["phase"] != "passive":
            seen[entry["test"]].add(entry["outcome"])
    return frozenset(test for test in ended if seen[test] <= _JUDGED)


def _write(entries: Iterable[Mapping[str, Any]], started: str, done: frozenset[str], file: Path) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for entry in entries:
            if entry["entry"] in _OBSERVED and entry["test"] in done:
                lines.write(json.dumps(entry) + "\n")
            elif entry["entry"] == "test" and entry["nodeid"] in done:
                lines.write(json.dumps({"from": started, **entry}) + "\n")
