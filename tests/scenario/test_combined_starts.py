"""A start with several members shows that each is accepted; one that is refused is sent in parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from conformance.engine.verifier import Verifier
from conformance.scenario.combined_starts import Part, side_by_side, start_with
from conformance.scenario.scenario import Scenario
from conformance.wire import Exchange, Request, Response

VALID = "StartWebRTCContact.success.valid-request"
SHORT, PAIRS = (
    Part("StartWebRTCContact.Description.length-max", "a description", {"Description": "short"}),
    Part("StartWebRTCContact.Attributes.total-bytes-at-limit", "attributes", {"Attributes": {"a": "1"}}),
)


def _scenario(refuses: Callable[[Mapping[str, Any]], bool]) -> Scenario:
    """A scenario at an endpoint that refuses starts with certain members."""

    def answer(request: Request, **_: object) -> Exchange:
        refused = refuses(json.loads(request.body))
        headers = (("x-amzn-ErrorType", "InvalidRequestException"),) if refused else ()
        body = b"{}" if refused else b'{"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "t"}'
        return Exchange(request, Response(400 if refused else 200, headers, body), 0, 0)

    conversations = Mock(contacts=SimpleNamespace(open={}, leased=set()), given={})
    conversations.option = Mock(return_value="an-option")
    conversations.calls.send = Mock(side_effect=answer)
    verifier = Mock(conversations=conversations)
    verifier.rule.of_broken = verifier.rule.of_kept = Mock(return_value=None)
    return Scenario(cast("Verifier", verifier), claimed=(VALID, SHORT.requirement, PAIRS.requirement))


def _sent(scenario: Scenario) -> list[set[str]]:
    """Which of the two members each start had."""
    bodies = [json.loads(exchange.request.body) for exchange in scenario.exchanges]
    return [set(body) & {"Description", "Attributes"} for body in bodies]


def test_one_accepted_start_shows_each_part_and_the_whole() -> None:
    scenario = _scenario(lambda _: False)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert _sent(scenario) == [{"Description", "Attributes"}]
    assert scenario.judged == {VALID, SHORT.requirement, PAIRS.requirement}
    assert not scenario.violations


def test_a_part_that_is_refused_alone_is_the_only_violation() -> None:
    scenario = _scenario(lambda body: "Description" in body)
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert _sent(scenario) == [{"Description", "Attributes"}, {"Description"}, {"Attributes"}]
    assert set(scenario.violations) == {SHORT.requirement}
    assert scenario.judged == {SHORT.requirement, PAIRS.requirement}


def test_parts_that_are_refused_together_only_break_that_valid_requests_are_accepted() -> None:
    scenario = _scenario(lambda body: {"Description", "Attributes"} <= set(body))
    start_with(scenario, VALID, [SHORT, PAIRS])
    assert set(scenario.violations) == {VALID}


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
