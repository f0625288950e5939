"""Bearer tokens: each authorises the operations of its participant, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import FORBIDDEN, judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange, Request
from conformance.scenario.bearer_tokens import (
    bearer_of,
    plain_requests,
    with_bearer,
    working_requests,
)
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from strategies import forged_tokens

Judge = Callable[[Claim, Exchange, str], None]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A way to make wrong tokens from a valid one, and their expected refusal.

    Those that are `quiet` are sent once while no other test can get a newer token. The `signed` ones are sent with a
    signature.
    """

    requirements: tuple[str, ...]
    tokens: Callable[[str], tuple[str, ...]]
    refused: Judge = Claim.bearer_refusal
    quiet: bool = False
    signed: Callable[[str], tuple[str, ...]] = lambda _: ()

    def requests(self, plain: Request) -> Iterator[tuple[Request, bool]]:
        """`plain` with each token, and whether it is to be signed."""
        for made, signed in ((self.tokens, False), (self.signed, True)):
            yield from ((with_bearer(plain, token), signed) for token in made(bearer_of(plain)))


UNKNOWN = (
    "CompleteAttachmentUpload.bearer.unknown-token",
    "CreateParticipantConnection.bearer.unknown-token",
    "DescribeView.bearer.unknown-token",
    "GetAttachment.bearer.unknown-token",
    "GetAuthenticationUrl.bearer.unknown-token",
    "GetTranscript.bearer.unknown-token",
    "SendEvent.bearer.unknown-token",
    "SendMessage.bearer.unknown-token",
    "StartAttachmentUpload.bearer.unknown-token",
    "CancelParticipantAuthentication.bearer.unknown-token",
    "DisconnectParticipant.bearer.unknown-token",
)
ALTERED = (
    "CompleteAttachmentUpload.bearer.altered-token",
    "CreateParticipantConnection.bearer.altered-token",
    "DescribeView.bearer.altered-token",
    "GetAttachment.bearer.altered-token",
    "GetAuthenticationUrl.bearer.altered-token",
    "GetTranscript.bearer.altered-token",
    "SendEvent.bearer.altered-token",
    "SendMessage.bearer.altered-token",
    "StartAttachmentUpload.bearer.altered-token",
    "CancelParticipantAuthentication.bearer.altered-token",
    "DisconnectParticipant.bearer.altered-token",
)
TRUNCATED = (
    "CompleteAttachmentUpload.bearer.truncated-token",
    "CreateParticipantConnection.bearer.truncated-token",
    "DescribeView.bearer.truncated-token",
    "GetAttachment.bearer.truncated-token",
    "GetAuthenticationUrl.bearer.truncated-token",
    "GetTranscript.bearer.truncated-token",
    "SendEvent.bearer.truncated-token",
    "SendMessage.bearer.truncated-token",
    "StartAttachmentUpload.bearer.truncated-token",
    "CancelParticipantAuthentication.bearer.truncated-token",
    "DisconnectParticipant.bearer.truncated-token",
)
NEVER_ISSUED = {
    "unknown-token0": Wrong(
        UNKNOWN,
        lambda token: (forged_tokens.unknown(token),),
        Claim.denial,
        quiet=True,
        signed=lambda token: (forged_tokens.in_other_case(token) or forged_tokens.unknown(token),),
    ),
    "unknown-token1": Wrong(UNKNOWN, forged_tokens.resembling),
    "altered-token": Wrong(ALTERED, lambda token: (forged_tokens.alter(token),)),
    "truncated-token": Wrong(TRUNCATED, forged_tokens.truncations),
}


@pytest.mark.parametrize(
    "wrong",
    [pytest.param(wrong, id=words, marks=verifies(*wrong.requirements)) for words, wrong in NEVER_ISSUED.items()],
)
def test_a_token_that_was_never_handed_out_is_refused(scenario: Scenario, wrong: Wrong) -> None:
    """No participant operation serves a token that resembles a valid one, signed or not."""
    chat = scenario.chat()
    wrong_requests = {
        requirement: list(wrong.requests(plain))
        for requirement, plain in plain_requests(scenario, chat, scenario.claimed)
    }
    with scenario.quiet() if wrong.quiet else nullcontext():
        if wrong.quiet:  # an endpoint that takes any token for the newest one has a living one of each kind then
            scenario.new_chat()
            chat.reconnect()
        sent = {requirement: _send(scenario, requests[:1]) for requirement, requests in wrong_requests.items()}
    for requirement, requests in wrong_requests.items():
        with scenario.claim(requirement) as claim:
            for each in (*sent[requirement], *_send(scenario, requests[1:])):
                wrong.refused(claim, each, f"{each.request.operation} with a token that was never handed out")


def _send(scenario: Scenario, requests: Iterable[tuple[Request, bool]]) -> list[Exchange]:
    return [scenario.send(request, signed=signed) for request, signed in requests]


@verifies(
    "CompleteAttachmentUpload.bearer.connection-token-only",
    "CreateParticipantConnection.bearer.participant-token-only",
    "DescribeView.bearer.connection-token-only",
    "GetAttachment.bearer.connection-token-only",
    "GetAuthenticationUrl.bearer.connection-token-only",
    "GetTranscript.bearer.connection-token-only",
    "SendEvent.bearer.connection-token-only",
    "SendMessage.bearer.connection-token-only",
    "StartAttachmentUpload.bearer.connection-token-only",
    "CancelParticipantAuthentication.bearer.connection-token-only",
    "DisconnectParticipant.bearer.connection-token-only",
)
def test_a_token_of_the_other_kind_is_denied(scenario: Scenario) -> None:
    """A participant token authorises connections only, and a connection token all other operations only."""
    chat = scenario.chat()
    other = {chat.participant_token: chat.connection_token, chat.connection_token: chat.participant_token}
    for requirement, request in plain_requests(scenario, chat, scenario.claimed):
        with scenario.claim(requirement) as claim:
            sent = scenario.send(with_bearer(request, other[bearer_of(request)]))
            claim.denial(sent, f"{request.operation} with the other kind of token")


DECISIVE = ("!", "null")


def _share(malformed: Sequence[str], number: int) -> list[str]:
    """What the operation with that number is sent where few requests are: two of many values, or one of few."""
    each = max(1, len(malformed) // 5)
    return [malformed[(each * number + place) % len(malformed)] for place in range(each)]


@verifies("Tokens.refusal.malformed")
def test_what_cannot_be_a_token_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a bearer value of blanks, punctuation or words such as null."""
    malformed = scenario.edges(forged_tokens.MALFORMED, DECISIVE)
    whole, chat = scenario.verifier.depth.examples, scenario.chat()
    sent = list[list[tuple[str, Exchange]]]()
    requests = list(working_requests(chat))
    with scenario.quiet():
        chat.reconnect()  # an endpoint that takes such a value for the newest token has a living one then
        for number, request in enumerate(requests):
            values = malformed if whole else _share(malformed, number)
            sent.append([(value, scenario.send(with_bearer(request, value))) for value in values])
    for answers in sent:
        with scenario.claim() as claim:
            for value, answer in answers:
                claim.bearer_refusal(answer, f"the bearer {value_text(value)}")


@verifies("Tokens.refusal.status-of-malformed")
def test_the_status_of_what_cannot_be_a_token_is_written_down(scenario: Scenario) -> None:
    """The test records the status of a missing, an empty, an over-long and a malformed bearer."""
    request = scenario.chat().resources().plain("GetTranscript")
    bearers = {"missing": None, "empty": "", "over-long": "a" * 1001, "malformed": "!"}
    with scenario.claim() as claim:
        for words, bearer in bearers.items():
            claim.record(f"{words}: {describe(judged_reply(scenario.send(with_bearer(request, bearer))))}")


@verifies("Tokens.refusal.order")
def test_what_counts_first_of_a_wrong_token_and_a_wrong_body_is_written_down(scenario: Scenario) -> None:
    """The test records whether a wrong token or a wrong body is refused first."""
    wrong = scenario.chat().resources().plain("SendMessage", ContentType="")
    with scenario.claim() as claim:
        sent = scenario.send(with_bearer(wrong, forged_tokens.unknown(bearer_of(wrong))))
        claim.record(describe(judged_reply(sent)))


def _claim_dead_tokens(scenario: Scenario, chat: Chat, end: Callable[[], Exchange], after: str) -> None:
    """Claim that no operation serves the tokens after `end`, which may take effect within the polling bound."""
    requests = dict(plain_requests(scenario, chat, scenario.claimed))
    scenario.need(end())
    served = dict(requests)
    answers: dict[str, Exchange] = {}

    def deny_all() -> bool | None:
        for requirement, request in list(served.items()):
            answers[requirement] = scenario.send(request)
            response = answers[requirement].response
            # One that was still served may have changed what the next is refused for, so a denial is waited for.
            if response is None or response.status == FORBIDDEN:
                del served[requirement]
        return None if served else True

    scenario.until(deny_all)
    for requirement, answer in answers.items():
        with scenario.claim(requirement) as claim:
            claim.denial(answer, f"{answer.request.operation} {after}")


@verifies(
    "CompleteAttachmentUpload.bearer.after-disconnect",
    "CreateParticipantConnection.bearer.after-disconnect",
    "DescribeView.bearer.after-disconnect",
    "GetAttachment.bearer.after-disconnect",
    "GetAuthenticationUrl.bearer.after-disconnect",
    "GetTranscript.bearer.after-disconnect",
    "SendEvent.bearer.after-disconnect",
    "SendMessage.bearer.after-disconnect",
    "StartAttachmentUpload.bearer.after-disconnect",
    "CancelParticipantAuthentication.bearer.after-disconnect",
)
def test_who_has_left_is_denied(scenario: Scenario) -> None:
    """No operation serves the tokens of a disconnected participant."""
    chat = scenario.chat()
    _claim_dead_tokens(scenario, chat, chat.leave, "after the disconnect")


@verifies(
    "CompleteAttachmentUpload.bearer.after-stop",
    "CreateParticipantConnection.bearer.after-stop",
    "DescribeView.bearer.after-stop",
    "GetAttachment.bearer.after-stop",
    "GetAuthenticationUrl.bearer.after-stop",
    "GetTranscript.bearer.after-stop",
    "SendEvent.bearer.after-stop",
    "SendMessage.bearer.after-stop",
    "StartAttachmentUpload.bearer.after-stop",
    "CancelParticipantAuthentication.bearer.after-stop",
    "DisconnectParticipant.bearer.after-stop",
)
def test_after_the_contact_was_stopped_its_tokens_are_denied(scenario: Scenario) -> None:
    """No operation serves the tokens of a stopped contact."""
    chat = scenario.chat()
    _claim_dead_tokens(scenario, chat, chat.stop, "after the stop")


DAY, MINUTES = 24 * 60 * 60, 5 * 60  # seconds
EXPIRED = (
    "CompleteAttachmentUpload.bearer.expired",
    "DescribeView.bearer.expired",
    "GetAttachment.bearer.expired",
    "GetAuthenticationUrl.bearer.expired",
    "GetTranscript.bearer.expired",
    "SendEvent.bearer.expired",
    "SendMessage.bearer.expired",
    "StartAttachmentUpload.bearer.expired",
    "CancelParticipantAuthentication.bearer.expired",
    "DisconnectParticipant.bearer.expired",
)


@pytest.mark.moves_clock
@verifies("CreateParticipantConnection.ConnectionToken.alive-before-a-day", *EXPIRED)
def test_a_connection_token_lives_for_a_day(scenario: Scenario) -> None:
    """A connection token works until shortly before it is one day old and is refused afterwards."""
    chat = scenario.chat()
    scenario.need(chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True), "a participant that came in time")
    requests = dict(plain_requests(scenario, chat, EXPIRED))
    scenario.advance_clock(DAY - MINUTES)
    with scenario.claim("CreateParticipantConnection.ConnectionToken.alive-before-a-day") as claim:
        claim.success(chat.say(), "SendMessage five minutes before the token's day is over")
    scenario.advance_clock(2 * MINUTES)
    scenario.need(chat.connect(), "CreateParticipantConnection in a chat that is still active")
    for requirement, request in requests.items():
        with scenario.claim(requirement) as claim:
            claim.bearer_refusal(scenario.send(request), f"{request.operation} with a token older than a day")
