"""GetAuthenticationUrl and CancelParticipantAuthentication: a session is valid for one minute or until cancelled."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest

from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.attachments import alter
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import seconds_apart

GET, CANCEL = "GetAuthenticationUrl", "CancelParticipantAuthentication"
REDIRECT = "https://example.com/back"
MINUTE = 60  # seconds


def _url(chat: Chat, session: str, redirect: str = REDIRECT) -> Exchange:
    return chat.call(GET, SessionId=session, RedirectUri=redirect)


@verifies(
    "GetAuthenticationUrl.AuthenticationUrl.sign-in",
    "GetAuthenticationUrl.SessionId.again",
    "GetAuthenticationUrl.RedirectUri.no-url",
)
def test_a_session_has_a_url_to_sign_in_at(scenario: Scenario) -> None:
    """The endpoint returns an https URL of an authorize endpoint for a running session."""
    session, chat = scenario.option("auth_session_id"), scenario.chat()
    url = str(scenario.need(_url(chat, session)).get("AuthenticationUrl"))
    with scenario.claim("GetAuthenticationUrl.AuthenticationUrl.sign-in") as claim:
        parts = urlsplit(url)
        claim.holds(parts.scheme == "https" and "authorize" in parts.path, "an https URL of an authorize endpoint", url)
    with scenario.claim("GetAuthenticationUrl.SessionId.again") as claim:
        claim.success(_url(chat, session), "a second call within the minute")
    answer = _url(chat, session, "no url").response
    with scenario.claim("GetAuthenticationUrl.RedirectUri.no-url") as claim:
        claim.record("no answer" if answer is None else "accepted" if answer.succeeded else str(answer.status))


@verifies("GetAuthenticationUrl.SessionId.unknown-refused", "CancelParticipantAuthentication.SessionId.unknown-refused")
def test_an_unknown_session_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a session that no event named, in both operations."""
    chat, known = scenario.chat(), scenario.verifier.conversations.given.get("auth_session_id")
    for unknown in (str(uuid.uuid4()), "0" * 36, *([alter(known)] if known else [])):
        with scenario.claim("GetAuthenticationUrl.SessionId.unknown-refused") as claim:
            claim.any_refusal(_url(chat, unknown), "a SessionId that no event named")
        with scenario.claim("CancelParticipantAuthentication.SessionId.unknown-refused") as claim:
            claim.any_refusal(chat.call(CANCEL, SessionId=unknown), "a SessionId that no event named")


@verifies("CancelParticipantAuthentication.refusal.no-effect")
def test_a_refused_cancelling_cancels_nothing(scenario: Scenario) -> None:
    """After a refused cancellation the endpoint still returns the URL of the running session."""
    session, chat = scenario.option("auth_session_id"), scenario.new_chat()  # nobody was refused in it before
    scenario.need(_url(chat, session))
    answers = [chat.call(CANCEL, SessionId=wrong) for wrong in (str(uuid.uuid4()), alter(session), session[:-1])]
    if any(judged_reply(answer).succeeded for answer in answers):
        raise SetupFailed("the cancelling of another session was not refused")
    with scenario.claim() as claim:
        claim.success(_url(chat, session), "GetAuthenticationUrl after cancellings that were refused")


@verifies("GetAuthenticationUrl.SessionId.cancelled", "CancelParticipantAuthentication.effect.session-cancelled")
def test_a_cancelled_session_is_over(scenario: Scenario) -> None:
    """A running session can be cancelled, and the endpoint returns no URL for it afterwards."""
    session, chat = scenario.option("auth_session_id"), scenario.chat()
    scenario.need(_url(chat, session))
    cancelled = chat.call(CANCEL, SessionId=session)
    with scenario.claim("CancelParticipantAuthentication.effect.session-cancelled") as claim:
        claim.success(cancelled, "the cancelling of a running session")
    with scenario.claim("GetAuthenticationUrl.SessionId.cancelled") as claim:
        claim.any_refusal(scenario.wait_for_refusal(lambda: _url(chat, session)), "a session that was cancelled")


@pytest.mark.moves_clock
@verifies("GetAuthenticationUrl.SessionId.one-minute")
def test_a_session_is_over_after_a_minute(scenario: Scenario) -> None:
    """The endpoint refuses a session more than one minute after its event."""
    session, chat = scenario.option("auth_session_id"), scenario.chat()
    scenario.need(_url(chat, session))
    scenario.advance_clock(MINUTE + 5 + seconds_apart(scenario))  # machines that judge it may differ
    with scenario.claim() as claim:
        claim.any_refusal(_url(chat, session), "a session that began more than a minute ago")
