"""What counts as acceptance and as refusal, and what cannot be judged at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.checks.replies import (
    check_accepted,
    check_bad_input,
    check_bearer_refused,
    check_client_error,
    check_denied,
    check_refused,
    judged_reply,
    looked_up,
)
from conformance.checks.violation import ContractViolation, Inconclusive, response_of
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation
from conformance.contract.requirements import Constraint
from conformance.contract.wire import Exchange, Response, as_evidence
from tests.checks.exchanges import call_with_reply as call
from tests.checks.exchanges import error_reply, reply

Check = Callable[[Exchange], None]
RULE = "Tokens.some.rule"
ACCEPTED = reply(200, {})

CHECKS: dict[str, Check] = {
    "accepted": lambda e: check_accepted(RULE, e, "it"),
    "client error": lambda e: check_client_error(RULE, e, "it"),
    "denied": lambda e: check_denied(RULE, e, "it"),
    "bearer": lambda e: check_bearer_refused(RULE, e, "it"),
    "bad input": lambda e: check_bad_input(RULE, operation("SendMessage"), e, "it"),
    "malformed": lambda e: check_bad_input(RULE, operation("SendMessage"), e, "it", malformed=True),
    "bad input to Connect": lambda e: check_bad_input(RULE, operation("StartChatContact"), e, "it"),
}
EXPECTED = {
    "accepted": "it is accepted (status 200)",
    "client error": "it is refused (400 to 499)",
    "denied": "it is denied (403 AccessDeniedException)",
    "bearer": "it is refused (400, 401 or 403)",
    "bad input": "it is refused (400 ValidationException)",
    "malformed": "it is refused (400 SerializationException or ValidationException)",
    "bad input to Connect": "it is refused (400 InvalidParameterException or InvalidRequestException)",
}


def test_a_reply_that_came_whole_is_judged() -> None:
    assert judged_reply(call("SendMessage", ACCEPTED)) is ACCEPTED
    assert response_of(call("SendMessage", ACCEPTED)) is ACCEPTED


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("response", "failure", "reason"),
    [
        (None, "timed out", "timed out"),
        (None, None, "no answer"),
        (Response(200, truncated=True), None, "a reply that did not end in time; --timeout S waits longer"),
        (
            Response(200, (), b" " * 2**21, truncated=True),
            None,
            "a reply of more than 2 MiB; a run reads no more of any",
        ),
        (
            Response(200, (), b"[[]," * 25_001, truncated=True),
            None,
            "a reply of more than 50,000 values; a run reads no more of any",
        ),
        (error_reply(429, "ThrottlingException"), None, "throttled: 429 ThrottlingException"),
        (error_reply(400, "ThrottlingException"), None, "throttled: 400 ThrottlingException"),
    ],
)
def test_what_may_lawfully_happen_to_any_call_is_not_judged(
    check: str, response: Response | None, failure: str | None, reason: str
) -> None:
    exchange = call("SendMessage", response, failure=failure)
    with pytest.raises(Inconclusive) as raised:
        CHECKS[check](exchange)
    assert (raised.value.reason, str(raised.value)) == (reason, reason)
    assert raised.value.exchange == as_evidence(exchange)


@pytest.mark.parametrize(
    ("check", "response"),
    [
        ("accepted", reply(200, {})),
        # That the status is not the modelled one is a warning of its own.
        ("accepted", reply(204)),
        ("accepted", reply(299)),
        ("client error", error_reply(400, None)),
        ("client error", error_reply(499, "NobodysException")),
        ("denied", error_reply(403, "AccessDeniedException")),
        # The real gateway leaves the name out.
        ("denied", error_reply(403, None)),
        ("bearer", error_reply(400, "ValidationException")),
        ("bearer", error_reply(401, None)),
        ("bearer", error_reply(403, "AccessDeniedException")),
        ("bad input", error_reply(400, "ValidationException")),
        ("malformed", error_reply(400, "ValidationException")),
        ("malformed", error_reply(400, "SerializationException")),
        ("bad input to Connect", error_reply(400, "InvalidParameterException")),
        ("bad input to Connect", error_reply(400, "InvalidRequestException")),
    ],
)
def test_what_the_documents_allow_passes(check: str, response: Response) -> None:
    CHECKS[check](call("SendMessage", response))


@pytest.mark.parametrize(
    ("check", "response", "actual"),
    [
        ("accepted", error_reply(400, "ValidationException"), "400 ValidationException"),
        ("accepted", reply(302), "302"),
        ("accepted", reply(199), "199"),
        ("accepted", reply(300), "300"),
        ("client error", ACCEPTED, "200"),
        ("client error", reply(399), "399"),
        ("client error", error_reply(500, None), "500"),
        ("denied", ACCEPTED, "200"),
        ("denied", error_reply(400, "AccessDeniedException"), "400 AccessDeniedException"),
        ("denied", error_reply(404, "ResourceNotFoundException"), "404 ResourceNotFoundException"),
        ("denied", error_reply(403, "ValidationException"), "403 ValidationException"),
        ("bearer", ACCEPTED, "200"),
        ("bearer", error_reply(404, "ResourceNotFoundException"), "404 ResourceNotFoundException"),
        ("bearer", error_reply(402, None), "402"),
        ("bad input", ACCEPTED, "200"),
        ("bad input", error_reply(403, "ValidationException"), "403 ValidationException"),
        ("bad input", error_reply(400, None), "400"),
        ("bad input", error_reply(400, "SerializationException"), "400 SerializationException"),
        ("bad input", error_reply(400, "InvalidParameterException"), "400 InvalidParameterException"),
        ("malformed", error_reply(500, "SerializationException"), "500 SerializationException"),
        ("bad input to Connect", error_reply(400, "ValidationException"), "400 ValidationException"),
    ],
)
def test_anything_else_is_a_violation_with_its_evidence(check: str, response: Response, actual: str) -> None:
    exchange = call("SendMessage", response)
    with pytest.raises(ContractViolation) as raised:
        CHECKS[check](exchange)
    found = raised.value
    assert (found.requirement, found.expected, found.actual) == (RULE, EXPECTED[check], actual)
    assert found.exchanges == (exchange,)
    assert str(found) == f"{RULE}: expected {EXPECTED[check]}; got {actual}"


def limit(rid: str) -> Constraint:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    return constraint


SERIALIZATION = error_reply(400, "SerializationException")
NOT_FOUND = error_reply(404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    ("rid", "response"),
    [
        ("SendMessage.Content.length-max", error_reply(400, "ValidationException")),
        ("StartChatContact.Attributes.type", error_reply(400, "InvalidRequestException")),
        # Broken JSON, a wrong JSON type, a missing member: the protocol's own exception is as lawful.
        ("SendMessage.Content.type", SERIALIZATION),
        ("SendMessage.Content.required", SERIALIZATION),
        ("StartChatContact.Attributes.null", SERIALIZATION),
        ("SendMessage.ConnectionToken.length-max", error_reply(401, None)),
        ("SendMessage.ConnectionToken.required", error_reply(403, None)),
        # A text of unlawful length names nothing either.
        ("DescribeView.ViewToken.length-max", NOT_FOUND),
        ("StartChatContact.InstanceId.length-max", NOT_FOUND),
        ("StartChatContact.InstanceId.length-min", NOT_FOUND),
    ],
)
def test_a_broken_limit_is_refused_in_every_lawful_way(rid: str, response: Response) -> None:
    check_refused(limit(rid), call(rid.partition(".")[0], response), "it")


@pytest.mark.parametrize(
    ("rid", "response"),
    [
        ("SendMessage.Content.length-max", ACCEPTED),
        ("SendMessage.Content.length-max", SERIALIZATION),
        ("SendMessage.ContentType.length-min", SERIALIZATION),
        ("GetTranscript.SortOrder.enum", SERIALIZATION),
        ("SendMessage.Content.type", error_reply(415, "UnsupportedMediaTypeException")),
        ("SendMessage.ConnectionToken.length-max", ACCEPTED),
        ("SendMessage.ConnectionToken.length-max", NOT_FOUND),
        # Not declared by the operation; not the length that is wrong; nothing that is looked up; another error.
        ("GetTranscript.ContactId.length-max", NOT_FOUND),
        ("StartChatContact.InstanceId.type", NOT_FOUND),
        ("StartChatContact.InstanceId.required", NOT_FOUND),
        ("StartChatContact.ParticipantDetails.DisplayName.length-max", NOT_FOUND),
        ("StartChatContact.InstanceId.length-max", error_reply(404, None)),
        ("StartChatContact.InstanceId.length-max", error_reply(400, "ResourceNotFoundException")),
    ],
)
def test_a_broken_limit_that_is_not_refused_so_is_a_violation(rid: str, response: Response) -> None:
    exchange = call(rid.partition(".")[0], response)
    with pytest.raises(ContractViolation) as raised:
        check_refused(limit(rid), exchange, "it")
    assert (raised.value.requirement, raised.value.exchanges) == (rid, (exchange,))
    assert raised.value.expected.startswith("it is refused (40")


def test_a_limit_whose_call_was_not_answered_is_not_judged() -> None:
    with pytest.raises(Inconclusive):
        check_refused(limit("SendMessage.ConnectionToken.length-max"), call("SendMessage", None), "it")


def test_only_an_identifier_of_unlawful_length_is_looked_up() -> None:
    assert looked_up(limit("StartChatContact.InstanceId.length-max"), NOT_FOUND)
    assert not looked_up(limit("StartChatContact.InstanceId.length-max"), error_reply(400, "InvalidRequestException"))
    assert not looked_up(limit("StartChatContact.InstanceId.type"), NOT_FOUND)
