"""The calls of one ClientToken that an endpoint refuses before their request is corrected."""

from __future__ import annotations

import json
from typing import Any, cast
from unittest.mock import Mock

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.preconditions import SetupFailed
from conformance.journeys.test_idempotency_changes import _refused_members
from conformance.scenario.idempotency import IdempotentCall
from conformance.scenario.scenario import Scenario

ARGUMENTS = {"ContactId": "c", "ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}}


class Endpoint:
    """One that accepts some wrong calls, and every call with a token that has been accepted before."""

    def __init__(self, *accepted: str) -> None:
        self.accepted, self.used, self.tokens = accepted, set[str](), list[str]()

    def send(self, request: Request) -> Exchange:
        body = json.loads(request.body)
        self.tokens.append(body["ClientToken"])
        succeeds = body["ClientToken"] in self.used or any(word in request.body.decode() for word in self.accepted)
        if succeeds:
            self.used.add(body["ClientToken"])
        return Exchange(request, Response(200 if succeeds else 400, (), b"{}"), 0, 0)

    def call(self) -> IdempotentCall:
        scenario = Mock(send=Mock(side_effect=self.send), edges=lambda values, _: list(values))
        return IdempotentCall(cast("Scenario", scenario), "CreateParticipant", Mock(), ARGUMENTS)


def _members(wrong: Any) -> list[list[str]]:
    return [list(each) for each in wrong]


def test_all_that_is_refused_has_one_token() -> None:
    endpoint = Endpoint()
    wrong, token = _refused_members(endpoint.call())
    assert _members(wrong) == [["ParticipantDetails"], ["ContactId"]]
    assert endpoint.tokens == [token, token]


def test_a_wrong_call_that_is_accepted_is_left_out_and_the_others_get_another_token() -> None:
    """Its token repeats it from then on: with the same one no other wrong call would be refused."""
    endpoint = Endpoint('"CUSTOMER"')
    wrong, token = _refused_members(endpoint.call())
    assert _members(wrong) == [["ContactId"]]
    assert token not in endpoint.used


def test_where_all_are_accepted_nothing_can_be_corrected() -> None:
    with pytest.raises(SetupFailed):
        _refused_members(Endpoint("{").call())
