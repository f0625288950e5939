"""What is delivered on the web socket: everything of the chat, once, in order, on each socket, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from conformance.claims import verifies
from conformance.examination.chat import Participant
from conformance.examination.socket_talk import SocketTalk, listen, url_of
from conformance.examination.speech import Said, said
from conformance.examination.story import Story
from conformance.examination.transcripts import id_of, items_with
from strategies.samples import EVENT, JSON, MARKDOWN, TEXT
from strategies.text import filled

TYPING = f"{EVENT}.typing"
MOST_BYTES = 16_384
SEVERAL, MANY = 6, 24  # messages in a row, so that what is wrong only now and then shows
SOCKETS = 5  # that a participant may have open


def _claim_heard(requirement: str | None, talk: SocketTalk, *spoken: Said) -> None:
    with talk.story.claim(requirement) as claim:
        for one in spoken:
            claim.holds(talk.heard(one), "each message of the chat on the web socket", talk.told())


@verifies("WebSocket.delivery.own-messages")
def test_own_messages_arrive(story: Story) -> None:
    """What a participant says arrives on its own socket: each content type, wide characters, the longest message."""
    chat = story.chat(SupportedMessagingContentTypes=[TEXT, MARKDOWN, JSON])
    talk = listen(chat)
    spoken = [said(chat, " \N{GRINNING FACE} \u00e9\r\n\u4f60 "), said(chat, filled(1, MOST_BYTES))]
    spoken += [said(chat, filled(4, MOST_BYTES))]  # whose frame is the longest where it is written in escapes
    spoken += [said(chat, "**bold**", MARKDOWN), said(chat, '{"a":1}', JSON), said(chat)]
    _claim_heard(None, talk, *spoken)


@verifies("WebSocket.delivery.others-messages", "WebSocket.delivery.typing", "WebSocket.delivery.typing-echo")
def test_what_others_do_arrives(story: Story) -> None:
    """Messages and typing of the other participants arrive."""
    chat = story.chat()
    talk = listen(chat)
    first, second = chat.add_participant(name="Bea"), chat.add_participant(name="Bob")
    spoken = [said(who) for who in (first, second, first, chat, second)]
    _claim_heard("WebSocket.delivery.others-messages", talk, *spoken)
    with story.claim("WebSocket.delivery.typing") as claim:
        for typist in (first, second):
            story.need(typist.signal())
            heard = talk.event(TYPING, typist.participant_id)
            claim.holds(heard, "a typing event of another participant", talk.told())
    echoed = id_of(chat.signal())
    talk.need(said(chat))
    with story.claim("WebSocket.delivery.typing-echo") as claim:
        claim.record("yes" if echoed in [item.get("Id") for item in talk.items()] else "no")


@verifies("WebSocket.delivery.others-messages", "WebSocket.delivery.typing")
def test_an_added_participant_hears_the_customer(story: Story) -> None:
    """What the customer says, and that it types, arrives on the socket of a participant that was added."""
    chat = story.chat()
    talk = listen(chat.add_participant())
    _claim_heard("WebSocket.delivery.others-messages", talk, said(chat), said(chat))
    story.need(chat.signal())
    with story.claim("WebSocket.delivery.typing") as claim:
        claim.holds(talk.event(TYPING, chat.participant_id), "a typing event of the customer", talk.told())


@verifies("WebSocket.delivery.once", "WebSocket.delivery.in-order")
def test_each_message_arrives_once_and_in_order(story: Story) -> None:
    """Messages that were sent one after the other arrive so, each once, on every socket."""
    chat = story.chat()
    talks = [listen(chat), listen(chat)]
    spoken = [said(chat) for _ in range(MANY)]
    for talk in talks:
        talk.need(*spoken)
        talk.catch_up()
        _claim_once(story, talk, spoken)
        _claim_order(story, talk, spoken)


@verifies("WebSocket.delivery.once", "WebSocket.delivery.in-order")
def test_messages_of_several_speakers_at_once_keep_their_order(story: Story) -> None:
    """What each of two participants says in a row arrives in that order and once, though both speak at once."""
    chat = story.chat()
    talk = listen(chat)
    speakers: list[Participant] = [chat, chat.add_participant()]
    for speaker in speakers:
        story.need(speaker.transcript())
    rows = story.at_once([partial(_row, who) for who in speakers])
    for row in rows:
        talk.need(*row)
    talk.catch_up()
    for row in rows:
        _claim_once(story, talk, row)
        _claim_order(story, talk, row)


def _row(speaker: Participant) -> list[Said]:
    return [said(speaker) for _ in range(SEVERAL)]


def _claim_once(story: Story, talk: SocketTalk, spoken: Iterable[Said]) -> None:
    for one in spoken:
        with story.claim("WebSocket.delivery.once") as claim:
            claim.equal(len(one.found_in(talk.items())), 1, "how often a message arrives on a socket")


def _claim_order(story: Story, talk: SocketTalk, spoken: Iterable[Said]) -> None:
    items = talk.items()
    places = [items.index(one.found_in(items)[0]) for one in spoken]
    with story.claim("WebSocket.delivery.in-order") as claim:
        claim.equal(places, sorted(places), "the places of the messages among the frames")


@verifies("WebSocket.delivery.other-chats")
def test_nothing_of_another_chat_arrives(story: Story) -> None:
    """Sockets of three chats that run beside one another hear nothing of the other two."""
    chats = [story.chat() for _ in range(3)]
    talks = [listen(chat) for chat in chats]
    spoken = [said(chat) for chat in (*chats, *reversed(chats), *chats)]
    typed = {chat.contact_id: id_of(chat.signal()) for chat in chats} if story.works("SendEvent") else {}
    spoken += [said(chat) for chat in chats]
    for chat, talk in zip(chats, talks, strict=True):
        talk.keep_up(chat)
        strayed = [one.id for one in spoken if one.speaker is not chat and one.found_in(talk.items())]
        foreign = {other: event for other, event in typed.items() if other != chat.contact_id}
        with story.claim() as claim:
            claim.equal(strayed, [], "messages of other chats")
            for item in talk.items():
                named = {item.get("ContactId"), item.get("InitialContactId")} & foreign.keys()
                claim.holds(not named and item.get("Id") not in foreign.values(), "no item of another chat", item)


@verifies("WebSocket.delivery.several-sockets", "WebSocket.delivery.after-one-closes")
def test_several_sockets_hear_the_same_and_survive_one_another(story: Story) -> None:
    """Each of three sockets of a participant gets every item, and those that stay do so after another is closed."""
    chat = story.chat()
    talks = [listen(chat) for _ in range(3)]
    bot = chat.add_participant()
    spoken = [said(who) for who in (chat, bot, chat, bot, chat)]
    for talk in talks:
        _claim_heard("WebSocket.delivery.several-sockets", talk, *spoken)
    for leaving in (talks[2], talks[0]):
        leaving.socket.close()
        later = [said(chat), said(bot)]
        for talk in (talk for talk in talks if talk.socket.is_open):
            _claim_heard("WebSocket.delivery.after-one-closes", talk, *later)


@verifies("WebSocket.delivery.no-replay")
def test_a_new_socket_gets_no_replay(story: Story) -> None:
    """What was said while no socket was open stands in the transcript and does not arrive on the next socket."""
    chat = story.chat()
    talk = listen(chat)
    early = said(chat)
    talk.need(early)
    talk.socket.close()
    missed = said(chat)
    items_with(chat, missed.exchange)
    later = listen(chat)
    later.need(said(chat))
    later.catch_up()
    for one in (early, missed):
        with story.claim() as claim:
            claim.equal(len(one.found_in(later.items())), 0, "how often an item from before the socket arrives on it")


@verifies("WebSocket.sockets.five", "WebSocket.sockets.sixth")
def test_five_sockets_are_open_at_once(story: Story) -> None:
    """Five sockets of a participant are open at the same time and deliver."""
    chat = story.chat()
    talks = [SocketTalk(story, story.open_socket(url_of(chat.reconnect()))) for _ in range(SOCKETS)]
    with story.claim("WebSocket.sockets.five") as claim:
        claim.equal(
            [talk.socket.failure for talk in talks], [None] * SOCKETS, "what keeps five sockets from being open"
        )
        for talk in talks:
            talk.subscribe()
        for talk in talks:
            claim.holds(talk.hears(chat), "what is said on each of five sockets", talk.told())
    sixth = story.open_socket(url_of(chat.reconnect()))
    with story.claim("WebSocket.sockets.sixth") as claim:
        for talk in talks:
            talk.catch_up()
        kept = all(talk.socket.is_open for talk in talks)
        claim.record("refused" if sixth.failure else "accepted" if kept else "the oldest is closed")
