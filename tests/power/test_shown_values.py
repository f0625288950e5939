"""What is said of seeded faults: the texts hold no value as Python writes it."""

from __future__ import annotations

import re

import pytest

from conformance.checks.violation import ContractViolation
from conformance.power.bench import Bench, Trial
from conformance.reference.faults import faults
from conformance.results.recorder import Recorder

PYTHON = re.compile(
    r"set\(|\b(None|True|False)\b|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\bb'|[\[({]'|': |datetime\.|<[\w.]+ object"
)
# Each of their sentences holds a list, an object, a set, an absent member or a text that was a text of Python's.
FAULTS = (
    "always-descending",
    "call-without-SignalingUrl",
    "continues-active-sessions",
    "drops-nulls-from-lists-of-a-start",
    "ends-connections-by-refusals",
    "forgets-the-delivery-of-read-messages",
    "gives-the-first-type-only",
    "loses-each-seventh-message",
    "returns-a-void-connection-token",
    "shows-files-on-first-pages-only",
    "takes-any-date",
)


@pytest.mark.parametrize("name", FAULTS)
def test_no_sentence_holds_a_python_representation(bench: Bench, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    broken = Recorder.record_broken

    def listen(recorder: Recorder, violation: ContractViolation, *more: object, **named: object) -> None:
        texts.extend((violation.expected, violation.actual))
        broken(recorder, violation, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "record_broken", listen)
    bench.judge(Trial((name,), claims=frozenset(faults()[name].red)))
    assert texts
    assert [text for text in texts if PYTHON.search(text)] == []
