"""Faults show beside other tests, too, with which a run shares what one request has shown."""

from __future__ import annotations

import pytest

from conformance.journeys.test_token_secrecy import _is_of
from conformance.power.bench import Bench, Trial

ODD_TEXTS = frozenset(f"CreateParticipant.robustness.{what}" for what in ("nul", "non-bmp", "lone-surrogate"))


@pytest.mark.parametrize("broken", sorted(ODD_TEXTS))
def test_a_text_that_is_taken_speaks_for_no_other_text(bench: Bench, broken: str) -> None:
    """The same members are sent with each of the odd texts, several members by one request."""
    reds = bench.judge(Trial((f"{broken}.crash",), claims=ODD_TEXTS)).reds
    assert ODD_TEXTS.intersection(reds) == {broken}


@pytest.mark.parametrize("fault", ["reads-two-types-of-the-list", "refuses-json-beside-markdown"])
def test_a_type_that_is_refused_says_nothing_of_a_limit(bench: Bench, fault: str) -> None:
    """Where not even a short message of a type is accepted, a long one is not refused for its bytes."""
    limit = "SendMessage.Content.bytes-max-every-type"
    findings = bench.judge(Trial((fault,), claims=frozenset({limit})))
    assert limit not in findings.reds
    assert not findings.errors


@pytest.mark.parametrize("attachments", ["0", 0, [0], {"0": 0}])
def test_attachments_of_another_form_are_no_error_of_the_suite(attachments: object) -> None:
    assert not _is_of({"Content": "a", "Attachments": attachments}, "b", [])
