"""What a refusal of a request that was sent before says about its ClientToken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.scenario.claim import Claim
from conformance.scenario.idempotency import IdempotentCall
from conformance.scenario.scenario import Scenario

LOST = "a-token-whose-reply-was-lost"
SENT = "the request sent again after its reply was lost"


def _call(name: str, refuses: Callable[[str], bool]) -> IdempotentCall:
    """A call of an endpoint that refuses some ClientTokens."""

    def send(request: Request) -> Exchange:
        refused = refuses(json.loads(request.body)["ClientToken"])
        headers = (("x-amzn-ErrorType", "ValidationException"),) if refused else ()
        return Exchange(request, Response(400 if refused else 200, headers, b"{}"), 0, 0)

    scenario = Mock(send=Mock(side_effect=send), need=Mock(side_effect=usable_reply))
    return IdempotentCall(cast("Scenario", scenario), name, Mock(), {"ConnectionToken": "a-token"})


def _judge(call: IdempotentCall) -> None:
    call.claim_success(Claim(f"{call.name}.ClientToken.lost-reply", ()), call.send(LOST), SENT)


def _count_calls(call: IdempotentCall) -> int:
    return cast("Mock", call.scenario.send).call_count


def test_an_accepted_request_is_judged_without_another() -> None:
    call = _call("SendMessage", lambda _: False)
    _judge(call)
    assert _count_calls(call) == 1


def test_a_refusal_of_that_token_alone_breaks_the_claim() -> None:
    with pytest.raises(ContractViolation, match=SENT):
        _judge(_call("SendMessage", lambda token: token == LOST))


def test_a_refusal_of_each_token_says_nothing_about_one() -> None:
    """A chat may take no more bots once somebody has spoken in it, which is no fault of a lost reply."""
    with pytest.raises(SetupFailed):
        _judge(_call("SendMessage", lambda _: True))


@pytest.mark.parametrize("name", ["DisconnectParticipant", "CompleteAttachmentUpload"])
def test_what_happens_only_once_is_judged_without_another(name: str) -> None:
    call = _call(name, lambda _: True)
    with pytest.raises(ContractViolation):
        _judge(call)
    assert _count_calls(call) == 1
