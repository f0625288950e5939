"""The web socket during other calls: whatever happens in a chat, and on any socket, messages arrive."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from conformance.contract.content_types import JOINED, LEFT
from conformance.endpoint.preconditions import MissingOption, SetupFailed
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of
from conformance.scenario.web_socket import listen


def _receipt(chat: Chat) -> None:
    sent = chat.add_participant(name="Bea").say()
    chat.signal("message.read", Content=json.dumps({"messageId": id_of(sent)}))


def _stream(chat: Chat) -> None:
    chat.on_contact("StopContactStreaming", StreamingId=chat.resources().stream())


BESIDE: Mapping[str, Callable[[Chat], object]] = {
    "typing": lambda chat: chat.signal(),
    "reading the transcript": lambda chat: chat.transcript(),
    "a message of a type that the chat did not declare": lambda chat: chat.say("A text", "text/markdown"),
    "new attributes": lambda chat: chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"}),
    "a receipt of another participant's message": _receipt,
    "the leaving of another participant": lambda chat: chat.add_participant(name="Bob").leave(),
    "a streaming that starts and stops": _stream,
    "an attachment": lambda chat: chat.resources().attach(),
    "a web socket that nobody opens": lambda chat: chat.connect("WEBSOCKET"),
    "a connection without a web socket": lambda chat: chat.connect("CONNECTION_CREDENTIALS"),
}


@verifies("WebSocket.delivery.goes-on")
def test_a_socket_goes_on_whatever_is_done_beside_it(scenario: Scenario) -> None:
    """A subscribed socket delivers after each other call of the chat that the endpoint serves."""
    chat = scenario.chat(alone=True)
    session = listen(chat)
    for name, act in BESIDE.items():
        with suppress(SetupFailed, MissingOption):
            act(chat)
        with scenario.claim() as claim:
            claim.holds(session.hears(chat), f"a message on the web socket after {name}", session.summary())


@verifies("Surfaces.frame-and-transcript.same-events")
def test_who_comes_and_goes_shows_on_the_socket_too(scenario: Scenario) -> None:
    """A socket receives the events of joining and leaving participants where the transcript contains them."""
    chat = scenario.chat(alone=True)
    session, bot = listen(chat), chat.add_participant()
    scenario.need(bot.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    for kind, act in ((JOINED, bot.say), (LEFT, bot.leave)):
        scenario.need(act())
        if scenario.until(partial(_shows_event, chat, kind, bot)) is None:
            continue
        with scenario.claim() as claim:
            heard = session.event(kind, bot.participant_id)
            claim.holds(heard, f"{kind} of another participant, which stands in the transcript", session.summary())
    if not scenario.reached:
        scenario.not_applicable("no transcript tells who came and went")


def _shows_event(chat: Chat, kind: str, who: Participant) -> bool | None:
    """True where the transcript contains that event of `who`, else None."""
    participants = (item.get("ParticipantId") for item in chat.items() if item.get("ContentType") == kind)
    return who.participant_id in participants or None
