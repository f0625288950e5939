"""Each start has a ClientToken, by which its contact is found again, unless its point is that it has none."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import pytest

from conformance.contract.catalogue import select
from conformance.contract.operation_traits import STARTING
from conformance.contract.wire import Request
from conformance.endpoint.journal import ContactJournal
from conformance.power.bench import Bench, Trial

pytestmark = pytest.mark.slow

START = "StartChatContact"
TRIED = ("ParticipantDetails.*", "ConnectionTypes.*", "request.*", "robustness.*", "refusal.*", "error.*")
# What is said of another JSON type than that of an object, and of a body that is none.
WITHOUT = ("request.broken-json", "request.not-an-object", "request.empty-body", "robustness.deep-nesting")


def test_only_starts_whose_point_it_is_have_no_client_token(monkeypatch: pytest.MonkeyPatch) -> None:
    untraceable: Counter[str] = Counter()
    starting = ContactJournal.starting

    def listen(self: ContactJournal, request: Request) -> None:
        starting(self, request)
        if self._starts[request.operation, request.body][1].body is None:
            untraceable[request.body.decode("utf-8", "replace")[:100]] += 1

    monkeypatch.setattr(ContactJournal, "starting", listen)
    others = select([f"{START}.{rule}" for rule in TRIED]) - {f"{START}.{rule}" for rule in WITHOUT}
    with closing(Bench()) as bench:
        assert not bench.judge(Trial(claims=others)).reds
    assert untraceable.total() <= len(STARTING), untraceable  # the plain calls, by which all else is judged
