"""The web socket beside everything else: whatever happens in a chat, and on whichever socket, what is said arrives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from conformance.claims import verifies
from conformance.examination.chat import Chat, Participant
from conformance.examination.provisions import Provisions
from conformance.examination.socket_talk import listen
from conformance.examination.story import Story
from conformance.examination.transcripts import id_of
from conformance.target.conversation import MissingOption, SetupFailed
from strategies.samples import EVENT

JOINED, LEFT = f"{EVENT}.participant.joined", f"{EVENT}.participant.left"


def _receipt(chat: Chat) -> None:
    sent = chat.add_participant(name="Bea").say()
    chat.signal("message.read", Content=json.dumps({"messageId": id_of(sent)}))


def _stream(chat: Chat) -> None:
    chat.on_contact("StopContactStreaming", StreamingId=Provisions(chat).stream())


BESIDE: Mapping[str, Callable[[Chat], object]] = {
    "typing": lambda chat: chat.signal(),
    "reading the transcript": lambda chat: chat.transcript(),
    "a message of a type that the chat did not declare": lambda chat: chat.say("A text", "text/markdown"),
    "new attributes": lambda chat: chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"}),
    "a receipt of another participant's message": _receipt,
    "the leaving of another participant": lambda chat: chat.add_participant(name="Bob").leave(),
    "a streaming that starts and stops": _stream,
    "an attachment": lambda chat: Provisions(chat).attach(),
    "a web socket that nobody opens": lambda chat: chat.connect("WEBSOCKET"),
    "a connection without a web socket": lambda chat: chat.connect("CONNECTION_CREDENTIALS"),
}


@verifies("WebSocket.delivery.goes-on")
def test_a_socket_goes_on_whatever_is_done_beside_it(story: Story) -> None:
    """A subscribed socket delivers after each other call of the chat, where the endpoint serves that call at all."""
    chat = story.chat()
    talk = listen(chat)
    for name, act in BESIDE.items():
        with suppress(SetupFailed, MissingOption):
            act(chat)
        with story.claim() as claim:
            claim.holds(talk.hears(chat), f"a message on the web socket after {name}", talk.told())


@verifies("Surfaces.frame-and-transcript.same-events")
def test_who_comes_and_goes_shows_on_the_socket_too(story: Story) -> None:
    """That another participant joined or left arrives on a socket where it stands in the transcript."""
    chat = story.chat()
    talk, bot = listen(chat), chat.add_participant()
    story.need(bot.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    for kind, act in ((JOINED, bot.say), (LEFT, bot.leave)):
        story.need(act())
        if story.until(partial(_shown, chat, kind, bot)) is None:
            continue
        with story.claim() as claim:
            heard = talk.event(kind, bot.participant_id)
            claim.holds(heard, f"{kind} of another participant, which stands in the transcript", talk.told())
    if not story.told:
        story.not_applicable("no transcript tells who came and went")


def _shown(chat: Chat, kind: str, who: Participant) -> bool | None:
    """True where the transcript tells that of `who`, else None."""
    told = (item.get("ParticipantId") for item in chat.items() if item.get("ContentType") == kind)
    return who.participant_id in told or None
