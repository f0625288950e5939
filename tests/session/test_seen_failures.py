from __future__ import annotations

import io
from unittest.mock import MagicMock

from conformance.checks.violation import ContractViolation
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.session.seen_failures import SeenFailures

MUST, OTHER_MUST, SHOULD = "SendMessage.Id.unique", "SendMessage.Content.bytes-max", "SendMessage.input.unknown-member"


def seen_failures(excused: str | None = None) -> tuple[Recorder, SeenFailures]:
    recorder = Recorder(Ledger(io.StringIO()))
    run = MagicMock()
    run.verifier.recorder = recorder
    run.excuse = lambda requirement: "known" if requirement == excused else None
    run.evidence = lambda violation: {
        "requirement": violation.requirement,
        "expected": violation.expected,
        "actual": violation.actual,
        "exchanges": [],
    }
    return recorder, SeenFailures(run)


def test_a_must_is_handed_out_once_in_the_order_in_which_musts_were_seen_broken() -> None:
    recorder, failures = seen_failures()
    for requirement in (OTHER_MUST, SHOULD, MUST, OTHER_MUST):
        recorder.record_broken(ContractViolation(requirement, "this", "that", ()), "passive")
    assert [line.partition(":")[0] for line in failures()] == [OTHER_MUST, MUST]
    recorder.record_broken(ContractViolation(MUST, "this", "that", ()), "edge")
    assert list(failures()) == []


def test_what_a_listed_deviation_excuses_is_no_failure() -> None:
    recorder, failures = seen_failures(excused=MUST)
    recorder.record_broken(ContractViolation(MUST, "this", "that", ()), "passive")
    assert list(failures()) == []
