"""A lawful endpoint whose machines answer in turn is not accused where calls of other tests shift the turns."""

from __future__ import annotations

import pytest

from conformance.power.bench import Bench, Trial
from conformance.power.direct import Direct
from conformance.wire import Headers, Response

TOLD_AGAIN = frozenset({"DescribeContact.Contact.disconnect-time"})


@pytest.mark.parametrize("number", range(1, 7))
def test_a_description_of_a_replica_that_lags_is_no_other_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Another test has a contact described after the description of that number."""
    answer, described = Direct.answer, 0

    def beside_another(self: Direct, method: str, path: str, headers: Headers, body: bytes) -> Response:
        nonlocal described
        described += path.startswith("/contacts/")
        if path.startswith("/contacts/") and described == number:
            answer(self, method, path, headers, body)
        return answer(self, method, path, headers, body)

    monkeypatch.setattr(Direct, "answer", beside_another)
    findings = bench.judge(Trial(variants=("contact-behind",), claims=TOLD_AGAIN))
    assert (findings.reds, findings.errors, findings.unseen) == ({}, (), frozenset())
    assert described > number
