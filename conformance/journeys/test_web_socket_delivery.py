"""Delivery on the web socket: every item of the chat, once, in order, on each socket, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from conformance.contract.content_types import JSON, MARKDOWN, TYPING
from conformance.contract.limits import MESSAGE_BYTES
from conformance.scenario.markers import verifies
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with
from conformance.scenario.web_socket import WebSocketSession, listen, url_of
from strategies.text import fill

SEVERAL, MANY = 4, 14  # messages in a row, so that what is wrong only now and then shows
SOCKETS = 5  # that a participant may have open


def _claim_delivery(
    scenario: Scenario, requirement: str | None, session: WebSocketSession, *spoken: SentMessage
) -> None:
    with scenario.claim(requirement) as claim:
        for one in spoken:
            claim.holds(session.hear(one), "each message of the chat on the web socket", session.summary())


@verifies("WebSocket.delivery.own-messages")
def test_own_messages_arrive(scenario: Scenario) -> None:
    """A participant's messages arrive on its own socket: each content type, wide characters, the longest message."""
    chat = scenario.typed_chat()
    session = listen(chat)
    spoken = [send_message(chat, " \N{GRINNING FACE} \u00e9\r\n\u4f60 "), send_message(chat, fill(1, MESSAGE_BYTES))]
    spoken += [send_message(chat, fill(4, MESSAGE_BYTES))]  # whose frame is the longest in escapes
    spoken += [send_message(chat, "**bold**", MARKDOWN), send_message(chat, '{"a":1}', JSON), send_message(chat)]
    _claim_delivery(scenario, None, session, *spoken)


@verifies("WebSocket.delivery.others-messages", "WebSocket.delivery.typing", "WebSocket.delivery.typing-echo")
def test_what_others_do_arrives(scenario: Scenario) -> None:
    """Messages and typing events of the other participants arrive."""
    chat = scenario.chat()
    session = listen(chat)
    first, second = chat.add_participant(name="Bea"), chat.add_participant(name="Bob")
    spoken = [send_message(who) for who in (first, second, chat)]
    _claim_delivery(scenario, "WebSocket.delivery.others-messages", session, *spoken)
    with scenario.claim("WebSocket.delivery.typing") as claim:
        for typist in (first, second):
            scenario.need(typist.signal())
            heard = session.event(TYPING, typist.participant_id)
            claim.holds(heard, "a typing event of another participant", session.summary())
    echoed = id_of(chat.signal())
    session.need(send_message(chat))
    with scenario.claim("WebSocket.delivery.typing-echo") as claim:
        claim.record("yes" if echoed in [item.get("Id") for item in session.items()] else "no")


@verifies("WebSocket.delivery.others-messages", "WebSocket.delivery.typing")
def test_an_added_participant_hears_the_customer(scenario: Scenario) -> None:
    """The customer's messages and typing events arrive on the socket of an added participant."""
    chat = scenario.chat()
    session = listen(chat.add_participant())
    _claim_delivery(scenario, "WebSocket.delivery.others-messages", session, send_message(chat), send_message(chat))
    scenario.need(chat.signal())
    with scenario.claim("WebSocket.delivery.typing") as claim:
        claim.holds(session.event(TYPING, chat.participant_id), "a typing event of the customer", session.summary())


@verifies("WebSocket.delivery.once", "WebSocket.delivery.in-order")
def test_each_message_arrives_once_and_in_order(scenario: Scenario) -> None:
    """Messages that were sent one after the other arrive once and in that order on every socket."""
    chat = scenario.chat()
    sessions = [listen(chat), listen(chat)]
    spoken = [send_message(chat) for _ in range(MANY)]
    for session in sessions:
        session.need(*spoken)
        session.catch_up()
        _claim_once(scenario, session, spoken)
        _claim_order(scenario, session, spoken)


@verifies("WebSocket.delivery.once", "WebSocket.delivery.in-order")
def test_messages_of_several_speakers_at_once_keep_their_order(scenario: Scenario) -> None:
    """Messages of two simultaneous senders arrive once, each sender's in the order of sending."""
    chat = scenario.chat()
    session = listen(chat)
    speakers: list[Participant] = [chat, chat.add_participant()]
    for speaker in speakers:
        scenario.need(speaker.transcript())
    rows = scenario.at_once([partial(_row, who) for who in speakers])
    for row in rows:
        session.need(*row)
    session.catch_up()
    for row in rows:
        _claim_once(scenario, session, row)
        _claim_order(scenario, session, row)


def _row(speaker: Participant) -> list[SentMessage]:
    return [send_message(speaker) for _ in range(SEVERAL)]


def _claim_once(scenario: Scenario, session: WebSocketSession, spoken: Iterable[SentMessage]) -> None:
    for one in spoken:
        with scenario.claim("WebSocket.delivery.once") as claim:
            claim.equal(len(one.found_in(session.items())), 1, "how often a message arrives on a socket")


def _claim_order(scenario: Scenario, session: WebSocketSession, spoken: Iterable[SentMessage]) -> None:
    items = session.items()
    places = [items.index(one.found_in(items)[0]) for one in spoken]
    with scenario.claim("WebSocket.delivery.in-order") as claim:
        claim.equal(places, sorted(places), "the places of the messages among the frames")


@verifies("WebSocket.delivery.other-chats")
def test_nothing_of_another_chat_arrives(scenario: Scenario) -> None:
    """Sockets of three simultaneous chats receive nothing of the other two."""
    chats = [scenario.chat() for _ in range(3)]
    sessions = [listen(chat) for chat in chats]
    spoken = [send_message(chat) for chat in chats]
    typed = {chat.contact_id: id_of(chat.signal()) for chat in chats} if scenario.works("SendEvent") else {}
    for chat, session in zip(chats, sessions, strict=True):
        session.keep_up(chat)
        strayed = [one.id for one in spoken if one.speaker is not chat and one.found_in(session.items())]
        foreign = {other: event for other, event in typed.items() if other != chat.contact_id}
        with scenario.claim() as claim:
            claim.equal(strayed, [], "messages of other chats")
            for item in session.items():
                named = {item.get("ContactId"), item.get("InitialContactId")} & foreign.keys()
                claim.holds(not named and item.get("Id") not in foreign.values(), "no item of another chat", item)


@verifies("WebSocket.delivery.several-sockets", "WebSocket.delivery.after-one-closes")
def test_several_sockets_hear_the_same_and_survive_one_another(scenario: Scenario) -> None:
    """Each of three sockets of a participant receives every item, also after another one is closed."""
    chat = scenario.chat()
    sessions = [listen(chat) for _ in range(3)]
    bot = chat.add_participant()
    spoken = [send_message(who) for who in (chat, bot, chat)]
    for session in sessions:
        _claim_delivery(scenario, "WebSocket.delivery.several-sockets", session, *spoken)
    for leaving in (sessions[2], sessions[0]):
        leaving.socket.close()
        later = send_message(bot)
        for session in (session for session in sessions if session.socket.is_open):
            _claim_delivery(scenario, "WebSocket.delivery.after-one-closes", session, later)


@verifies("WebSocket.delivery.no-replay")
def test_a_new_socket_gets_no_replay(scenario: Scenario) -> None:
    """Messages sent while no socket was open are in the transcript and do not arrive on the next socket."""
    chat = scenario.chat()
    session = listen(chat)
    early = send_message(chat)
    session.need(early)
    session.socket.close()
    missed = send_message(chat)
    items_with(chat, missed.exchange)
    later = listen(chat)
    later.need(send_message(chat))
    later.catch_up()
    for one in (early, missed):
        with scenario.claim() as claim:
            claim.equal(len(one.found_in(later.items())), 0, "how often an item from before the socket arrives on it")


@verifies("WebSocket.sockets.five", "WebSocket.sockets.sixth")
def test_five_sockets_are_open_at_once(scenario: Scenario) -> None:
    """Five sockets of a participant can be open at the same time, and all of them deliver."""
    chat = scenario.chat()
    sessions = [WebSocketSession(scenario, scenario.open_socket(url_of(chat.reconnect()))) for _ in range(SOCKETS)]
    with scenario.claim("WebSocket.sockets.five") as claim:
        claim.equal(
            [session.socket.failure for session in sessions],
            [None] * SOCKETS,
            "what keeps five sockets from being open",
        )
        for session in sessions:
            session.subscribe()
        sent = send_message(chat)
        for session in sessions:
            heard = session.hear(sent) is not None or session.hears(chat)
            claim.holds(heard, "what is said on each of five sockets", session.summary())
    sixth = scenario.open_socket(url_of(chat.reconnect()))
    with scenario.claim("WebSocket.sockets.sixth") as claim:
        for session in sessions:
            session.catch_up()
        kept = all(session.socket.is_open for session in sessions)
        claim.record("refused" if sixth.failure else "accepted" if kept else "the oldest is closed")
