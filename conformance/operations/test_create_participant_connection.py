"""CreateParticipantConnection: connection information for a participant, in one call or several."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.limits import LONGEST_CHAT, SHORTEST_CHAT
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Participant, object_at, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import Present, instant, present_of
from conformance.scenario.transcripts import Items, id_of, items_with

WEBSOCKET, CREDENTIALS, WEBRTC = "WEBSOCKET", "CONNECTION_CREDENTIALS", "WEBRTC_CONNECTION"
MEMBERS = {WEBSOCKET: "Websocket", CREDENTIALS: "ConnectionCredentials", WEBRTC: "WebRTCConnection"}
DAY, TOLERANCE = timedelta(days=1), timedelta(minutes=5)


def _describe_reply(connected: Exchange) -> str:
    """A reply in a few words: its refusal, or the kinds of connection information in it."""
    response = judged_reply(connected)
    kinds = [name for name in MEMBERS.values() if response.members.get(name)]
    return f"200 with {', '.join(kinds) or 'no connection information'}" if response.succeeded else describe(response)


@verifies("CreateParticipantConnection.Type.only-what-is-asked")
def test_only_what_is_asked_for_comes_back(scenario: Scenario) -> None:
    """The reply contains no connection information of a Type that the request did not name."""
    chat = scenario.chat()
    for kind in (WEBSOCKET, CREDENTIALS):
        members = scenario.need(chat.connect(kind))
        more = [name for other, name in MEMBERS.items() if other != kind and members.get(name)]
        with scenario.claim() as claim:
            claim.holds(not more, f"nothing beside {MEMBERS[kind]} when {kind} is asked for", more)


@verifies("CreateParticipantConnection.refusal.no-effect")
def test_a_refused_connection_leaves_the_others_as_they_were(scenario: Scenario) -> None:
    """After refused calls the open connection still works, and the same participant token opens another."""
    chat = scenario.chat()
    scenario.need(chat.say())
    for members in (*WRONG, WRONG[0]):
        refused = _is_refused(chat, members)
        with scenario.claim() as claim:
            claim.success(
                chat.say(), f"SendMessage after {'a refused' if refused else 'an accepted'} {value_text(members)}"
            )
    again = chat.connect()
    with scenario.claim() as claim:
        claim.success(again, "CreateParticipantConnection after refused ones")
        sent = chat.say(ConnectionToken=token_of(again))
        claim.success(sent, "SendMessage over the connection that was opened after refused ones")


WRONG: tuple[dict[str, Any], ...] = ({"Type": []}, {"Type": ["UNKNOWN"]}, {"Type": 5}, {"ConnectParticipant": "no"})


def _is_refused(who: Participant, members: Mapping[str, Any]) -> bool:
    """Whether a CreateParticipantConnection with these members is refused."""
    token = {"ParticipantToken": who.participant_token}
    return not judged_reply(who.scenario.call("CreateParticipantConnection", {**token, **members})).succeeded


@verifies("CreateParticipantConnection.refusal.no-effect")
def test_a_refused_connection_lets_nobody_join(scenario: Scenario) -> None:
    """A participant whose calls were all refused is not told to have joined, unless one without any call is."""
    chat = scenario.chat()
    refused, silent = chat.add_participant(name="Bea"), chat.add_participant(name="Bob")
    for members in WRONG:
        if not _is_refused(refused, {**members, "ConnectParticipant": members.get("ConnectParticipant", True)}):
            raise SetupFailed("a wrong call was not refused")
    items = items_with(chat, chat.say())
    with scenario.claim() as claim:
        joined = _tell_of_joining(items, refused) and not _tell_of_joining(items, silent)
        claim.holds(not joined, "no participant.joined of who was refused every connection", "one")


def _tell_of_joining(items: Items, who: Participant) -> bool:
    """Whether the items tell that somebody has joined."""
    joined = "application/vnd.amazonaws.connect.event.participant.joined"
    return any(i.get("ContentType") == joined and i.get("ParticipantId") == who.participant_id for i in items)


@verifies("CreateParticipantConnection.Type.any-order")
def test_both_types_are_accepted_in_either_order(scenario: Scenario) -> None:
    """The endpoint accepts WEBSOCKET and CONNECTION_CREDENTIALS together in either order and returns both."""
    chat = scenario.chat()
    for types in ((WEBSOCKET, CREDENTIALS), (CREDENTIALS, WEBSOCKET)):
        connected = chat.connect(*types)
        with scenario.claim() as claim:
            claim.success(connected, f"Type {value_text(types)}")
            lacking = [MEMBERS[kind] for kind in types if not judged_reply(connected).members.get(MEMBERS[kind])]
            claim.holds(
                not lacking, f"connection information for both of {value_text(types)}", f"no {', '.join(lacking)}"
            )


@verifies("CreateParticipantConnection.Type.webrtc-on-call")
def test_a_call_gets_a_web_rtc_connection(scenario: Scenario) -> None:
    """The endpoint returns Attendee and Meeting for WEBRTC_CONNECTION of a participant of a call."""
    connected = scenario.webrtc_call().connect(WEBRTC)
    with scenario.claim() as claim:
        claim.success(connected, "Type WEBRTC_CONNECTION on a call")
        webrtc = object_at(judged_reply(connected).members, "WebRTCConnection")
        lacking = [name for name in ("Attendee", "Meeting") if not webrtc.get(name)]
        claim.holds(not lacking, "a WebRTCConnection with Attendee and Meeting", f"no {', '.join(lacking)}")


@verifies("CreateParticipantConnection.WebRTCConnection.one-meeting")
def test_everybody_in_a_call_is_given_one_meeting(scenario: Scenario) -> None:
    """All participants of a call get the meeting of the reply that started the call, and no other call's meeting."""
    for call in [scenario.webrtc_call() for _ in range(2)]:
        meeting = text_at(call.started or {}, "ConnectionData", "Meeting", "MeetingId")
        for who in (call, call.add_participant("CUSTOMER", "Bea"), call):
            given = text_at(scenario.need(who.connect(WEBRTC)), "WebRTCConnection", "Meeting", "MeetingId")
            with scenario.claim() as claim:
                claim.equal(given, meeting, "the MeetingId of a participant's WebRTCConnection")


@verifies("CreateParticipantConnection.WebRTCConnection.own-attendee")
def test_nobody_joins_a_call_in_the_place_of_another(scenario: Scenario) -> None:
    """No two participants of a call get the same attendee or join token."""
    call = scenario.webrtc_call()
    people = [call, *(call.add_participant("CUSTOMER", name) for name in ("Bea", "Cid"))]
    given = [scenario.need(who.connect(WEBRTC)) for who in people]
    for member in ("AttendeeId", "JoinToken"):
        own = [text_at(members, "WebRTCConnection", "Attendee", member) for members in given]
        with scenario.claim() as claim:
            claim.equal(len(set(own)), len(people), f"the number of different {member}s in a call of three")


_ODD: dict[str, dict[str, Any]] = {
    "CreateParticipantConnection.Type.webrtc-on-chat": {"Type": [WEBRTC]},
    "CreateParticipantConnection.Type.duplicates": {"Type": [CREDENTIALS, CREDENTIALS]},
    "CreateParticipantConnection.Type.nothing-asked": {},
    "CreateParticipantConnection.Type.required": {},
    "CreateParticipantConnection.ConnectParticipant.without-type": {"ConnectParticipant": True},
}


@verifies_each("requirement", *_ODD)
def test_what_an_odd_request_for_a_connection_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answers that the documents leave open for Type and ConnectParticipant."""
    chat = scenario.chat()
    asked = {"ParticipantToken": chat.participant_token, **_ODD[requirement]}
    with scenario.claim(requirement) as claim:
        claim.record(_describe_reply(scenario.call("CreateParticipantConnection", asked)))


@verifies("CreateParticipantConnection.ConnectParticipant.with-credentials")
def test_credentials_work_without_a_web_socket(scenario: Scenario) -> None:
    """CONNECTION_CREDENTIALS with ConnectParticipant true returns credentials that work without a web socket."""
    chat = scenario.chat()
    connected = chat.connect(CREDENTIALS, ConnectParticipant=True)
    with scenario.claim() as claim:
        claim.success(connected, "CONNECTION_CREDENTIALS with ConnectParticipant")
        sent = chat.say(ConnectionToken=token_of(connected))
        claim.success(sent, "SendMessage with these credentials")
        claim.success(chat.transcript(ConnectionToken=token_of(connected)), "GetTranscript with these credentials")


@verifies("CreateParticipantConnection.ConnectionToken.works")
def test_a_connection_token_authorises_all_other_operations(scenario: Scenario) -> None:
    """Every other participant operation accepts the ConnectionToken of the reply."""
    chat = scenario.chat()
    token = token_of(chat.connect(CREDENTIALS))
    with scenario.claim() as claim:
        claim.success(chat.say(ConnectionToken=token), "SendMessage with a new connection token")
        claim.success(chat.signal(ConnectionToken=token), "SendEvent with a new connection token")
        claim.success(chat.transcript(ConnectionToken=token), "GetTranscript with a new connection token")
        claim.success(chat.leave(ConnectionToken=token), "DisconnectParticipant with a new connection token")


@verifies("CreateParticipantConnection.ConnectionToken.one-day")
def test_a_connection_token_says_that_it_lives_for_a_day(scenario: Scenario) -> None:
    """Expiry lies one day after the reply, whatever the duration of the chat is."""
    starts = [scenario.start(ChatDurationInMinutes=minutes) for minutes in (SHORTEST_CHAT, LONGEST_CHAT)]
    lasting = [scenario.register(start) for start in starts if judged_reply(start).succeeded]
    for chat in (scenario.chat(), *lasting):
        connected = chat.connect()
        expiry = instant(text_at(scenario.need(connected), "ConnectionCredentials", "Expiry"))
        _judge_expiry(scenario, present_of(scenario, connected), expiry)


def _judge_expiry(scenario: Scenario, present: Present, expiry: datetime) -> None:
    with scenario.claim() as claim:
        right = present.fits(lambda now, apart: abs(expiry - now - DAY) <= TOLERANCE + apart)
        claim.holds(right, "an Expiry one day after the reply", f"{present.miss(expiry)} after it")


@verifies(
    "CreateParticipantConnection.Websocket.expiry-in-the-future", "CreateParticipantConnection.Websocket.expiry-value"
)
def test_the_web_socket_url_expires_in_the_future(scenario: Scenario) -> None:
    """ConnectionExpiry lies in the future."""
    connected = scenario.chat().connect(WEBSOCKET)
    expiry = instant(text_at(scenario.need(connected), "Websocket", "ConnectionExpiry"))
    present = present_of(scenario, connected)
    ahead = present.miss(expiry)
    with scenario.claim("CreateParticipantConnection.Websocket.expiry-in-the-future") as claim:
        right = present.fits(lambda now, apart: expiry > now - apart)
        claim.holds(right, "a ConnectionExpiry after the reply", f"{ahead} after it")
    with scenario.claim("CreateParticipantConnection.Websocket.expiry-value") as claim:
        claim.record(f"{round(ahead.total_seconds())} seconds ahead")


MANY = 6  # connections of one participant


@verifies(
    "CreateParticipantConnection.again.accepted",
    "CreateParticipantConnection.again.works",
    "CreateParticipantConnection.again.same-participant",
    "CreateParticipantConnection.again.earlier-token",
)
def test_a_participant_connects_again_and_again(scenario: Scenario) -> None:
    """The same participant token opens several connections, each of which works for the same participant."""
    chat = scenario.chat()
    marked = [chat.connect(CREDENTIALS, ConnectParticipant=True) for _ in range(2)]
    connections = [chat.connect() for _ in range(MANY)]
    with scenario.claim("CreateParticipantConnection.again.accepted") as claim:
        for connected in (*marked, *connections):
            claim.success(connected, "CreateParticipantConnection with the same participant token")
    first, *_, last = [token_of(connected) for connected in connections]
    with scenario.claim("CreateParticipantConnection.again.earlier-token") as claim:
        claim.record(f"SendMessage with the first of {MANY} tokens: {_describe_reply(chat.say(ConnectionToken=first))}")
    sent = [chat.say(str(uuid.uuid4()), ConnectionToken=last)]
    sent += [chat.say(str(uuid.uuid4()), ConnectionToken=token_of(chat.connect(CREDENTIALS)))]
    with scenario.claim("CreateParticipantConnection.again.works") as claim:
        for exchange in sent:
            claim.success(exchange, "SendMessage with the token of a later connection")
        with scenario.optional("CreateParticipantConnection.again.works"):
            socket = scenario.open_socket(text_at(scenario.need(connections[-1]), "Websocket", "Url"))
            claim.holds(socket.failure is None, "the web socket URL of a later connection opens", socket.failure)
    seen = items_with(chat, *sent)
    senders = {item.get("ParticipantId") for item in seen if item.get("Id") in [id_of(exchange) for exchange in sent]}
    with scenario.claim("CreateParticipantConnection.again.same-participant") as claim:
        claim.equal(senders, {chat.participant_id}, "the sender over every connection")
