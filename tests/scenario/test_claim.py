"""One requirement inside a scenario: each way to judge it, with the whole scenario as evidence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.wire import Exchange, Response
from conformance.scenario.claim import Claim
from tests.checks.exchanges import call_with_reply, error_reply, reply

RULE = "Tokens.some.rule"
BEFORE, AFTER = call_with_reply("StartChatContact", reply(200, {})), call_with_reply("StopContact", reply(200, {}))

JUDGES: dict[str, Callable[[Claim, Exchange], None]] = {
    "accepted": lambda claim, e: claim.success(e, "it"),
    "refused": lambda claim, e: claim.refusal(e, "it"),
    "malformed": lambda claim, e: claim.refusal(e, "it", malformed=True),
    "refused somehow": lambda claim, e: claim.any_refusal(e, "it"),
    "denied": lambda claim, e: claim.denial(e, "it"),
    "bearer refused": lambda claim, e: claim.bearer_refusal(e, "it"),
    "failed": lambda claim, e: claim.failure(e, "it", status=404, types=("OneException", "OtherException")),
}


@pytest.mark.parametrize(
    ("judge", "response"),
    [
        ("accepted", reply(200, {})),
        ("refused", error_reply(400, "ValidationException")),
        ("malformed", error_reply(400, "SerializationException")),
        ("refused somehow", error_reply(418, None)),
        ("denied", error_reply(403, "AccessDeniedException")),
        ("bearer refused", error_reply(401, None)),
        ("failed", error_reply(404, "OneException")),
        ("failed", error_reply(404, "OtherException")),
    ],
)
def test_what_was_promised_passes(judge: str, response: Response) -> None:
    exchange = call_with_reply("SendMessage", response)
    JUDGES[judge](Claim(RULE, [exchange]), exchange)


@pytest.mark.parametrize(
    ("judge", "response", "expected", "actual"),
    [
        ("accepted", error_reply(403, None), "it is accepted (status 200)", "403"),
        (
            "refused",
            error_reply(400, "SerializationException"),
            "it is refused (400 ValidationException)",
            "400 SerializationException",
        ),
        (
            "malformed",
            reply(200, {}),
            "it is refused (400 SerializationException or ValidationException)",
            "200",
        ),
        ("refused somehow", reply(200, {}), "it is refused (400 to 499)", "200"),
        ("denied", error_reply(400, None), "it is denied (403 AccessDeniedException)", "400"),
        ("bearer refused", reply(200, {}), "it is refused (400, 401 or 403)", "200"),
        ("failed", error_reply(400, "OneException"), "it gets 404 OneException or OtherException", "400 OneException"),
        (
            "failed",
            error_reply(404, "ThirdException"),
            "it gets 404 OneException or OtherException",
            "404 ThirdException",
        ),
    ],
)
def test_a_violation_has_the_whole_scenario_behind_it(
    judge: str, response: Response, expected: str, actual: str
) -> None:
    exchange = call_with_reply("SendMessage", response)
    with pytest.raises(ContractViolation) as raised:
        JUDGES[judge](Claim(RULE, [BEFORE, exchange, AFTER]), exchange)
    found = raised.value
    assert (found.requirement, found.expected, found.actual) == (RULE, expected, actual)
    assert set(map(id, found.exchanges)) == set(map(id, (BEFORE, exchange, AFTER)))
    if judge != "failed":
        assert found.exchanges == (BEFORE, AFTER, exchange)


@pytest.mark.parametrize("judge", JUDGES)
def test_a_call_that_was_not_answered_is_not_judged(judge: str) -> None:
    exchange = call_with_reply("SendMessage", None)
    with pytest.raises(Inconclusive):
        JUDGES[judge](Claim(RULE, [exchange]), exchange)


def test_the_operation_that_was_called_says_how_it_refuses() -> None:
    exchange = call_with_reply("StartChatContact", error_reply(400, "ValidationException"))
    with pytest.raises(ContractViolation, match="400 InvalidParameterException or InvalidRequestException"):
        Claim(RULE, []).refusal(exchange, "it")


@pytest.mark.parametrize("condition", [True, 1, "text", [0]])
def test_what_holds_passes(condition: object) -> None:
    Claim(RULE, [BEFORE]).holds(condition, "so", "not so")


@pytest.mark.parametrize("condition", [False, 0, None, "", []])
def test_what_does_not_hold_is_a_violation(condition: object) -> None:
    with pytest.raises(ContractViolation) as raised:
        Claim(RULE, [BEFORE, AFTER]).holds(condition, "so", 7)
    found = raised.value
    assert (found.requirement, found.expected, found.actual) == (RULE, "so", "7")
    assert found.exchanges == (BEFORE, AFTER)


def test_equal_values_pass_and_others_are_shown() -> None:
    claim = Claim(RULE, [])
    for value in ({"a": 1}, "x" * 500, ["y" * 300], [], None):
        claim.equal(value, value, "it")
    with pytest.raises(ContractViolation) as raised:
        claim.equal("b", "a", "the name")
    assert (raised.value.expected, raised.value.actual) == ('the name is "a"', '"b"')


def test_of_a_long_text_the_place_that_differs_is_shown() -> None:
    with pytest.raises(ContractViolation) as raised:
        Claim(RULE, []).equal("x" * 199, "x" * 198, "it")
    assert raised.value.expected == f'it is "{"x" * 60}" around code point 199 of 198'
    assert raised.value.actual == f'"{"x" * 61}" around code point 199 of 199'


def test_what_is_recorded_is_kept_in_order() -> None:
    claim = Claim(RULE, [])
    claim.record("one")
    claim.record("two")
    assert claim.records == ["one", "two"]
    assert Claim(RULE, []).records == []
