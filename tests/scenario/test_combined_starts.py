"""A start with several members shows that each is accepted; one that is refused is sent in parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from conformance.checks.disturbances import dropping
from conformance.contract.wire import Exchange, Request, Response
from conformance.engine.verifier import Verifier
from conformance.scenario.combined_starts import Part, side_by_side, start_with
from conformance.scenario.scenario import Scenario

VALID = "StartWebRTCContact.success.valid-request"
SHORT, PAIRS = (
    Part("StartWebRTCContact.Description.length-max", "a description", {"Description": "short"}),
    Part("StartWebRTCContact.Attributes.total-bytes-at-limit", "attributes", {"Attributes": {"a": "1"}}),
)


def _refusal(request: Request, status: int = 400, error: str = "InvalidRequestException") -> Exchange:
    return Exchange(request, Response(status, (("x-amzn-ErrorType", error),), b"{}"), 0, 0)


def _throttle(request: Request) -> Exchange:
    return _refusal(request, 429, "ThrottlingException")


def _closing(request: Request) -> Exchange:
    return Exchange(request, None, 0, 0, failure="the connection was closed", dropped=True)


def _silence(request: Request) -> Exchange:
    return Exchange(request, None, 0, 0, failure="no reply came in time")


def _scenario(
    refuses: Callable[[Mapping[str, Any]], bool], refusal: Callable[[Request], Exchange] = _refusal
) -> Scenario:
    """A scenario at an endpoint that answers starts with certain members by a refusal."""

    def answer(request: Request, **_: object) -> Exchange:
        if refuses(json.loads(request.body)):
            return refusal(request)
        body = b'{"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "t"}'
        return Exchange(request, Response(200, (), body), 0, 0)

    conversations = Mock(contacts=SimpleNamespace(open={}, leased=set()), given={})
    conversations.option = Mock(return_value="an-option")
    conversations.calls.send = Mock(side_effect=answer)
    verifier = Mock(conversations=conversations)
    verifier.drop_of = lambda requirement, wrong: dropping(requirement, wrong.exchange)
    verifier.rule.of_violation = verifier.rule.of_promise = Mock(return_value=None)
    return Scenario(cast("Verifier", verifier), claimed=(VALID, SHORT.requirement, PAIRS.requirement))


def _members_sent_by(scenario: Scenario) -> list[set[str]]:
    """Which of the two members each start had."""
    bodies = [json.loads(exchange.request.body) for exchange in scenario.exchanges]
    return [set(body) & {"Description", "Attributes"} for body in bodies]


def test_one_accepted_start_shows_each_part_and_the_whole() -> None:
    scenario = _scenario(lambda _: False)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert _members_sent_by(scenario) == [{"Description", "Attributes"}]
    assert scenario.judged == {VALID, SHORT.requirement, PAIRS.requirement}
    assert not scenario.violations


@pytest.mark.parametrize("refusal", [_refusal, _closing])
def test_a_part_that_is_refused_alone_is_the_only_violation(refusal: Callable[[Request], Exchange]) -> None:
    scenario = _scenario(lambda body: "Description" in body, refusal)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert _members_sent_by(scenario) == [{"Description", "Attributes"}, {"Description"}, {"Attributes"}]
    assert set(scenario.violations) == {SHORT.requirement}
    assert scenario.judged == {SHORT.requirement, PAIRS.requirement}


@pytest.mark.parametrize("refusal", [_refusal, _closing])
def test_parts_that_are_refused_together_only_break_that_valid_requests_are_accepted(
    refusal: Callable[[Request], Exchange],
) -> None:
    scenario = _scenario(lambda body: {"Description", "Attributes"} <= set(body), refusal)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert set(scenario.violations) == {VALID}


@pytest.mark.parametrize("refusal", [_throttle, _silence])
def test_a_start_that_came_to_nothing_for_another_reason_is_not_sent_in_parts(
    refusal: Callable[[Request], Exchange],
) -> None:
    scenario = _scenario(lambda _: True, refusal)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert len(scenario.exchanges) == 1
    assert scenario.reached == {VALID, SHORT.requirement, PAIRS.requirement}
    assert not scenario.judged


def test_a_part_that_could_not_be_judged_alone_leaves_the_others_judged() -> None:
    def refusal(request: Request) -> Exchange:
        return (_refusal if "Attributes" in json.loads(request.body) else _silence)(request)

    scenario = _scenario(lambda body: "Description" in body, refusal)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert scenario.judged == {PAIRS.requirement}
    assert not scenario.violations


def test_a_part_without_others_is_judged_by_its_own_requirement() -> None:
    scenario = _scenario(lambda _: True)
    start_with(scenario, VALID, [SHORT])
    assert set(scenario.violations) == {SHORT.requirement}


def test_maps_of_one_name_are_joined() -> None:
    scenario = _scenario(lambda _: False)
    start_with(scenario, VALID, [PAIRS, Part(PAIRS.requirement, "another", {"Attributes": {"b": "2"}})])
    assert json.loads(scenario.exchanges[0].request.body)["Attributes"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize("columns", [([[SHORT], [SHORT]], [[PAIRS]]), ([[SHORT, PAIRS], [SHORT]],)])
def test_columns_stand_side_by_side(columns: tuple[list[list[Part]], ...]) -> None:
    assert [*side_by_side(*columns)] == [[SHORT, PAIRS], [SHORT]]
