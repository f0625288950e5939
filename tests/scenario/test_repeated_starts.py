"""A run's first start is repeated after those of others, which are made only where the run has made too few."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.engine.earlier_starts import EarlierStart
from conformance.engine.verifier import Verifier
from conformance.scenario.idempotency_effects import FEW_CONTACTS
from conformance.scenario.repeated_starts import repeat_first_start
from conformance.scenario.scenario import Scenario

NAME = "StartWebRTCContact"
FIRST = Exchange(Request(NAME, "PUT", "/", (), b"{}"), Response(200, (), b'{"ContactId": "c"}'), 0, 0)


def _scenario(others: int, *, replay: bool = False, is_open: bool = True) -> Scenario:
    start = EarlierStart({}, "token", FIRST, "c", {str(number) for number in range(others)})
    contacts = SimpleNamespace(open={"c": "i"} if is_open else {}, leased=set())
    verifier = Mock(earlier_starts={NAME: start}, conversations=Mock(contacts=contacts, given={}))
    verifier.conversations.calls.send = Mock(return_value=FIRST)
    return Scenario(cast("Verifier", verifier), replay=replay)


@pytest.mark.parametrize("scenario", [_scenario(0, replay=True), _scenario(0, is_open=False)], ids=["replay", "over"])
def test_a_replay_and_a_contact_that_is_over_have_no_earlier_start(scenario: Scenario) -> None:
    assert repeat_first_start(scenario, NAME) is None
    assert repeat_first_start(scenario, "StartChatContact") is None


def test_enough_others_are_not_made_again() -> None:
    scenario = _scenario(FEW_CONTACTS)
    start = repeat_first_start(scenario, NAME)
    assert start is not None
    assert start.has_the_same_result
    assert [exchange.request.operation for exchange in scenario.exchanges] == [NAME, NAME]
