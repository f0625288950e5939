"""Bearer tokens: each opens its own participant's operations, and nothing else opens anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import FORBIDDEN, judged_reply
from conformance.claims import verifies
from conformance.examination.bearers import (
    NAMES,
    WITH_CONNECTION,
    bearer_of,
    plain_requests,
    rule_ids,
    with_bearer,
    working_requests,
    wrong_kind,
)
from conformance.examination.claim import Claim
from conformance.examination.provisions import Provisions
from conformance.examination.story import Story
from conformance.wire import Exchange
from strategies import forgeries

Judge = Callable[[Claim, Exchange, str], None]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A way to make wrong tokens of a right one, and how they are refused."""

    rule: str
    tokens: Callable[[str], tuple[str, ...]]
    refused: Judge = Claim.bearer_refused


NEVER_ISSUED = (
    Wrong("unknown-token", lambda token: (forgeries.unknown(token),), Claim.denied),
    Wrong("unknown-token", forgeries.resembling),
    Wrong("altered-token", lambda token: (forgeries.altered(token),)),
    Wrong("truncated-token", forgeries.truncated),
)


@pytest.mark.parametrize("wrong", [pytest.param(w, id=w.rule, marks=verifies(*rule_ids(w.rule))) for w in NEVER_ISSUED])
def test_a_token_that_was_never_handed_out_is_refused(story: Story, wrong: Wrong) -> None:
    """No participant operation serves a token that resembles a right one, signed or not."""
    own = Provisions(story.chat())
    for requirement, request in plain_requests(story, own, {n: f"{n}.bearer.{wrong.rule}" for n in NAMES}):
        with story.claim(requirement) as claim:
            for token in wrong.tokens(bearer_of(request)):
                for signed in (False, True):
                    sent = story.send(with_bearer(request, token), signed=signed)
                    wrong.refused(claim, sent, f"{request.operation} with a token that was never handed out")


@verifies(*map(wrong_kind, NAMES))
def test_a_token_of_the_other_kind_is_denied(story: Story) -> None:
    """A participant token opens connections only, and a connection token everything but connections."""
    chat = story.chat()
    other = {chat.participant_token: chat.connection_token, chat.connection_token: chat.participant_token}
    for requirement, request in plain_requests(story, Provisions(chat), {n: wrong_kind(n) for n in NAMES}):
        with story.claim(requirement) as claim:
            sent = story.send(with_bearer(request, other[bearer_of(request)]))
            claim.denied(sent, f"{request.operation} with the other kind of token")


@verifies("Tokens.refusal.malformed")
def test_what_cannot_be_a_token_is_refused(story: Story) -> None:
    """A bearer value of blanks, punctuation or words for nothing opens no operation."""
    for request in working_requests(Provisions(story.chat())):
        with story.claim("Tokens.refusal.malformed") as claim:
            for value in forgeries.MALFORMED:
                claim.bearer_refused(story.send(with_bearer(request, value)), f"the bearer {value!r}")


@verifies("Tokens.refusal.status-of-malformed")
def test_the_status_of_what_cannot_be_a_token_is_written_down(story: Story) -> None:
    """A missing, an empty, an over-long and a malformed bearer get one status or another."""
    request = Provisions(story.chat()).plain("GetTranscript")
    bearers = {"missing": None, "empty": "", "over-long": "a" * 1001, "malformed": "!"}
    with story.claim("Tokens.refusal.status-of-malformed") as claim:
        for words, bearer in bearers.items():
            claim.record(f"{words}: {describe(judged_reply(story.send(with_bearer(request, bearer))))}")


@verifies("Tokens.refusal.order")
def test_what_counts_first_of_a_wrong_token_and_a_wrong_body_is_written_down(story: Story) -> None:
    """A request with a wrong token and a wrong body is refused for the one or the other."""
    wrong = Provisions(story.chat()).plain("SendMessage", ContentType="")
    with story.claim("Tokens.refusal.order") as claim:
        sent = story.send(with_bearer(wrong, forgeries.unknown(bearer_of(wrong))))
        claim.record(describe(judged_reply(sent)))


def _gone(story: Story, own: Provisions, rule: str, names: tuple[str, ...], end: Callable[[], Exchange]) -> None:
    """Claim `rule` on the operations `names` after `end` was called; an end may take effect within the poll bound."""
    requests = dict(plain_requests(story, own, {n: f"{n}.bearer.{rule}" for n in names}))
    story.need(end())
    served = dict(requests)
    answers: dict[str, Exchange] = {}

    def all_denied() -> bool | None:
        for requirement, request in list(served.items()):
            answers[requirement] = story.send(request)
            response = answers[requirement].response
            # One that was still served may have changed what the next is refused for, so a denial is waited for.
            if response is None or response.status == FORBIDDEN:
                del served[requirement]
        return None if served else True

    story.until(all_denied)
    for requirement, answer in answers.items():
        with story.claim(requirement) as claim:
            claim.denied(answer, f"{answer.request.operation} {rule.replace('-', ' the ')}")


@verifies(*rule_ids("after-disconnect", tuple(name for name in NAMES if name != "DisconnectParticipant")))
def test_who_has_left_is_denied(story: Story) -> None:
    """No operation serves the tokens of a participant who has disconnected."""
    chat = story.chat()
    names = tuple(name for name in NAMES if name != "DisconnectParticipant")
    _gone(story, Provisions(chat), "after-disconnect", names, chat.leave)


@verifies(*rule_ids("after-stop"))
def test_after_the_contact_was_stopped_its_tokens_are_denied(story: Story) -> None:
    """No operation serves the tokens of a contact that was stopped."""
    chat = story.chat()
    _gone(story, Provisions(chat), "after-stop", NAMES, chat.stop)


DAY, MINUTES = 24 * 60 * 60, 5 * 60  # seconds


@pytest.mark.moves_clock
@verifies("CreateParticipantConnection.ConnectionToken.alive-before-a-day", *rule_ids("expired", WITH_CONNECTION))
def test_a_connection_token_lives_for_a_day(story: Story) -> None:
    """A connection token works until shortly before its day is over and is refused afterwards."""
    chat = story.chat()
    story.need(chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True), "a participant that came in time")
    own = Provisions(chat)
    requests = dict(plain_requests(story, own, {n: f"{n}.bearer.expired" for n in WITH_CONNECTION}))
    story.advance_clock(DAY - MINUTES)
    with story.claim("CreateParticipantConnection.ConnectionToken.alive-before-a-day") as claim:
        claim.accepted(chat.say(), "SendMessage five minutes before the token's day is over")
    story.advance_clock(2 * MINUTES)
    story.need(chat.connect(), "CreateParticipantConnection in a chat that is still active")
    for requirement, request in requests.items():
        with story.claim(requirement) as claim:
            claim.bearer_refused(story.send(request), f"{request.operation} with a token older than a day")
