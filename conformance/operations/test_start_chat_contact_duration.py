"""StartChatContact: the duration of a chat and of its participant token. The tests move the endpoint's clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, members_of, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import instant

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60  # seconds
WEEK_IN_MINUTES = 7 * 24 * 60


def _subscribing_chat(scenario: Scenario, minutes: int | None = None) -> Chat:
    """A chat of `minutes` with a connected customer: the documents leave open a chat that nobody subscribes to."""
    chat = scenario.new_chat(ChatDurationInMinutes=minutes)
    scenario.need(_connect(chat))
    return chat


def _connect(chat: Chat) -> Exchange:
    return chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True)


@pytest.mark.moves_clock
@verifies("StartChatContact.ChatDurationInMinutes.ends-the-chat")
def test_a_chat_ends_when_its_duration_is_over(scenario: Scenario) -> None:
    """A chat is active a minute before its ChatDurationInMinutes are over and has ended a minute after."""
    hour, longer, week = (_subscribing_chat(scenario, minutes) for minutes in (60, 90, WEEK_IN_MINUTES))
    with scenario.claim() as claim:
        scenario.advance_clock(59 * MINUTE)
        claim.success(_connect(hour), "a chat of 60 minutes after 59 minutes")
        claim.success(hour.say(), "a message in a chat of 60 minutes after 59 minutes")
        scenario.advance_clock(2 * MINUTE)
        for call in (lambda: _connect(hour), hour.say, hour.signal, hour.transcript):
            claim.any_refusal(scenario.wait_for_refusal(call), "a chat of 60 minutes after 61 minutes")
        scenario.advance_clock(28 * MINUTE)
        claim.success(_connect(longer), "a chat of 90 minutes after 89 minutes")
        scenario.advance_clock(2 * MINUTE)
        claim.any_refusal(scenario.wait_for_refusal(lambda: _connect(longer)), "a chat of 90 minutes after 91 minutes")
        claim.success(_connect(week), "a chat of seven days after 91 minutes")


@pytest.mark.moves_clock
@verifies("StartChatContact.ChatDurationInMinutes.default")
def test_a_chat_without_a_duration_ends_after_25_hours(scenario: Scenario) -> None:
    """A chat without ChatDurationInMinutes is active a minute before 25 hours are over and has ended a minute after."""
    chat = _subscribing_chat(scenario)
    with scenario.claim() as claim:
        scenario.advance_clock(25 * HOUR - MINUTE)
        claim.success(_connect(chat), "a chat of no stated duration just before 25 hours have passed")
        scenario.advance_clock(2 * MINUTE)
        claim.any_refusal(scenario.wait_for_refusal(lambda: _connect(chat)), "the same chat just after 25 hours")


@pytest.mark.moves_clock
@verifies("StartChatContact.ParticipantToken.outlives-a-day", "CreateParticipantConnection.ConnectionToken.one-day")
def test_a_participant_token_outlives_a_day(scenario: Scenario) -> None:
    """The ParticipantToken of a chat of seven days opens a working connection after one day, and near the end."""
    chat = _subscribing_chat(scenario, WEEK_IN_MINUTES)
    first, moved = _connect(chat), 0
    for seconds, when in ((DAY + MINUTE, "a day and a minute"), (6 * DAY - HOUR, "nearly seven days")):
        scenario.advance_clock(seconds)
        again, moved = _connect(chat), moved + seconds
        with scenario.claim("StartChatContact.ParticipantToken.outlives-a-day") as claim:
            claim.success(again, f"CreateParticipantConnection {when} after the start")
            claim.success(chat.say(ConnectionToken=token_of(again)), "SendMessage over that connection")
        with scenario.claim("CreateParticipantConnection.ConnectionToken.one-day") as claim:
            later = (_expiry(again) - _expiry(first)).total_seconds() - moved
            passed = again.started - first.started
            claim.holds(abs(later - passed) <= MINUTE, "an Expiry as long after each reply", f"{later} seconds more")


def _expiry(connected: Exchange) -> datetime:
    return instant(text_at(members_of(connected), "ConnectionCredentials", "Expiry"))


@pytest.mark.moves_clock
@verifies("StartChatContact.subscription.within-five-minutes")
def test_what_becomes_of_a_chat_without_a_subscriber_is_written_down(scenario: Scenario) -> None:
    """The test records whether a chat ends that nobody subscribes to within five minutes of its start."""
    chat = scenario.new_chat()
    scenario.advance_clock(6 * MINUTE)
    answer = chat.connect()
    with scenario.claim() as claim:
        claim.record(f"a first connection after six minutes: {describe(judged_reply(answer))}")
