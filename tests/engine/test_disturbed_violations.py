"""A refusal by something before the endpoint breaks no promise where it has begun to refuse every call."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.wire import Response
from conformance.engine.disturbed_violations import disturbance
from tests.checks.exchanges import call_with_reply, error_reply, reply

START = "StartChatContact"
LOGIN = Response(302, (("Location", "https://login.example/authorize"),))
PAGE = Response(403, (("Content-Type", "text/html"), ("Server", "CloudFront")), b"<html><title>Blocked</title></html>")
EXPIRED = error_reply(403, "ExpiredTokenException")


@dataclass
class Server:
    """Knows whether plain calls are served, and counts who asked."""

    serving: bool
    asked: list[str] = field(default_factory=list)
    broken_by_plain_call: str | None = None

    def serves(self, name: str) -> bool:
        self.asked.append(name)
        return self.serving

    def is_broken_by_plain_call(self, requirement: str) -> bool:
        return requirement == self.broken_by_plain_call


def violation(*replies: tuple[str, Response]) -> ContractViolation:
    exchanges = tuple(call_with_reply(name, response) for name, response in replies)
    return ContractViolation(f"{START}.Attributes.total-bytes-at-limit", "is accepted", "302", exchanges)


@pytest.mark.parametrize("refusal", [LOGIN, PAGE, EXPIRED, Response(401), Response(502)], ids=lambda one: one.status)
def test_who_refuses_every_call_breaks_no_promise_about_one(refusal: Response) -> None:
    """A login expires in the middle of a run: each start is led to it, whatever it holds."""
    server = Server(serving=False)
    disturbed = disturbance(server, violation((START, refusal)))
    assert disturbed is not None
    assert disturbed.reason.startswith(f"{START} got {refusal.status}")
    assert disturbed.reason.endswith("and so did its plain call afterwards")
    assert server.asked == [START]


@pytest.mark.parametrize("refusal", [LOGIN, PAGE, EXPIRED], ids=lambda one: one.status)
def test_a_refusal_counts_where_the_plain_call_is_still_served(refusal: Response) -> None:
    """A firewall that blocks long bodies breaks the promise about them."""
    assert disturbance(Server(serving=True), violation((START, refusal))) is None


@pytest.mark.parametrize(
    "own", [reply(200, {}), error_reply(400, "InvalidRequestException"), error_reply(500, "InternalServiceException")]
)
def test_what_the_operation_itself_replies_is_not_asked_about(own: Response) -> None:
    server = Server(serving=False)
    assert disturbance(server, violation((START, own))) is None
    assert server.asked == []


def test_another_call_of_the_scenario_may_be_the_refused_one() -> None:
    disturbed = disturbance(Server(serving=False), violation((START, reply(200, {})), ("SendMessage", LOGIN)))
    assert disturbed is not None
    assert disturbed.reason.startswith("SendMessage got 302 to https://login.example/authorize")


def test_a_call_that_is_accepted_in_another_form_alone_is_the_endpoints_refusal() -> None:
    """A Participant Service that wants a signature refuses each plain call, by words that gateways have, too."""
    requirement = "CreateParticipantConnection.bearer.unsigned-accepted"
    refusal = error_reply(403, "MissingAuthenticationTokenException")
    found = ContractViolation(requirement, "", "403", (call_with_reply("CreateParticipantConnection", refusal),))
    assert disturbance(Server(serving=False, broken_by_plain_call=requirement), found) is None
    assert disturbance(Server(serving=False), found) is not None
