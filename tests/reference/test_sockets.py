"""The web socket: opening, subscribing, what is pushed to whom, and the end."""

from __future__ import annotations

import json

import pytest

from conformance.reference.choices import Choices
from conformance.reference.instances import AUTH_SESSION_ID
from tests.reference.account import Account, Chat, Frames, members_of

EVENT = "application/vnd.amazonaws.connect.event."
SUCCESS = {"topic": "aws/subscribe", "content": {"status": "success", "topics": ["aws/chat"]}}
FAILURE = {"topic": "aws/subscribe", "content": {"status": "failure", "topics": []}}


def subscribe(topics: object) -> str:
    return json.dumps({"topic": "aws/subscribe", "content": {"topics": topics}})


@pytest.mark.parametrize("text", [subscribe(["aws/chat"]), subscribe("aws/chat"), subscribe(["aws/chat"]) + ")"])
def test_a_subscription_is_acknowledged(chat: Chat, text: str) -> None:
    """As a list, as one text of an older document (X-07), and with the stray parenthesis of a client (P-08)."""
    socket = chat.open_socket()
    socket.send(text)
    assert socket.frames() == [SUCCESS]


@pytest.mark.parametrize("topics", [["aws/other"], [], None, 7, ["aws/chat", "aws/other"]])
def test_another_topic_is_no_subscription(chat: Chat, topics: object) -> None:
    """What does not exist is answered with a failure, and nothing is pushed."""
    socket = chat.open_socket()
    socket.send(subscribe(topics))
    chat.say("hello")
    assert socket.frames() == [FAILURE]


def test_heartbeat_and_ping_are_answered(chat: Chat) -> None:
    """Both heartbeats that clients send (P-05, P-06), also before subscribing."""
    socket = chat.open_socket()
    socket.send('{"topic":"aws/heartbeat"}')
    socket.send('{"topic":"aws/ping"}')
    assert socket.frames() == [
        {"topic": "aws/heartbeat"},
        {"topic": "aws/ping", "statusCode": 200, "statusContent": "OK"},
    ]


@pytest.mark.parametrize("text", ["", "hello", "[]", "7", '{"topic":7}', '{"content":{}}', "[" * 100_000])
def test_what_is_no_frame_is_ignored(chat: Chat, text: str) -> None:
    """Nothing that a client writes breaks the socket."""
    socket = chat.open_socket()
    socket.send(text)
    assert socket.texts == []
    socket.send(subscribe(["aws/chat"]))
    assert socket.frames() == [SUCCESS]


def test_nothing_is_pushed_before_subscribing(chat: Chat) -> None:
    """A chat frame comes to those who subscribed."""
    silent, listening = chat.open_socket(), chat.open_socket().subscribe()
    chat.say("hello")
    assert (len(silent.texts), len(listening.items())) == (0, 1)


def test_frame_reply_and_transcript_agree(chat: Chat) -> None:
    """Reply, frame and transcript agree; the frame's content is a JSON text (P-10) with both contact ids (P-11)."""
    socket = chat.open_socket().subscribe()
    sent = chat.say("héllo 😀")
    (frame,) = socket.frames()
    pushed = json.loads(frame["content"])
    assert frame["contentType"] == "application/json"
    assert pushed.pop("InitialContactId") == chat.contact_id
    assert pushed == chat.transcript()[0]
    assert {name: pushed[name] for name in sent} == sent


def test_every_participant_receives_every_item(account: Account, chat: Chat) -> None:
    """Own items come back (P-13), others' items come, other chats' never."""
    bot = chat.with_bot()
    sockets = [chat.open_socket().subscribe(), bot.open_socket().subscribe()]
    other = account.chat().open_socket().subscribe()
    sockets[0].texts.clear()
    chat.say("from the customer")
    bot.say("from the bot")
    for socket in sockets:
        assert [item["Content"] for item in socket.items()] == ["from the customer", "from the bot"]
    assert other.items() == []


def test_opening_a_socket_is_the_join(chat: Chat) -> None:
    """A customer's client never sends ConnectParticipant; the second socket is no second join."""
    chat.open_socket()
    chat.open_socket()
    joined = [item for item in chat.transcript() if item.get("ContentType") == EVENT + "participant.joined"]
    assert [item["ParticipantId"] for item in joined] == [chat.participant_id]


def test_types_on_the_socket_are_those_that_clients_know(chat: Chat) -> None:
    """MESSAGE, EVENT, ATTACHMENT and MESSAGEMETADATA only; a receipt has the form of real-clients."""
    socket, bot = chat.open_socket().subscribe(), chat.with_bot()
    message = chat.say("read me")
    members_of(chat.call("SendEvent", ContentType=EVENT + "typing"))
    members_of(chat.call("CancelParticipantAuthentication", SessionId=AUTH_SESSION_ID))
    content = json.dumps({"messageId": message["Id"]})
    receipt = members_of(bot.call("SendEvent", ContentType=EVENT + "message.read", Content=content))
    items = socket.items()
    assert [item["Type"] for item in items] == ["MESSAGE", "EVENT", "EVENT", "MESSAGEMETADATA"]
    assert items[3] == {
        "AbsoluteTime": receipt["AbsoluteTime"],
        "ContentType": EVENT + "message.metadata",
        "Id": receipt["Id"],
        "Type": "MESSAGEMETADATA",
        "MessageMetadata": {
            "MessageId": message["Id"],
            "Receipts": [{"RecipientParticipantId": bot.participant_id, "ReadTimestamp": receipt["AbsoluteTime"]}],
        },
        "ContactId": chat.contact_id,
        "InitialContactId": chat.contact_id,
    }


def test_the_end_is_told_and_then_the_sockets_close(account: Account, chat: Chat) -> None:
    """chat.ended comes to everybody's sockets before they are closed."""
    sockets = [chat.open_socket().subscribe(), chat.with_bot().open_socket().subscribe()]
    account.stop(chat.contact_id)
    for socket in sockets:
        assert socket.items()[-1]["ContentType"] == EVENT + "chat.ended"
        assert socket.texts[-1] is None


def test_the_socket_of_who_leaves_receives_chat_ended(chat: Chat) -> None:
    """After DisconnectParticipant clients wait for chat.ended on their own socket; others hear who left."""
    customer, bot = chat.open_socket().subscribe(), chat.with_bot()
    leaving = bot.open_socket().subscribe()
    members_of(bot.call("DisconnectParticipant"))
    assert [item["ContentType"] for item in leaving.items()] == [EVENT + "participant.left", EVENT + "chat.ended"]
    assert leaving.texts[-1] is None
    assert customer.items()[-1]["ContentType"] == EVENT + "participant.left"
    members_of(chat.call("DisconnectParticipant"))
    assert customer.items()[-1]["ContentType"] == EVENT + "chat.ended"
    assert customer.texts[-1] is None


def test_an_unsubscribed_socket_of_who_leaves_is_closed_without_frames(chat: Chat) -> None:
    """Who did not subscribe gets no chat frame at the end either."""
    bot = chat.with_bot()
    socket = bot.open_socket()
    members_of(bot.call("DisconnectParticipant"))
    assert socket.texts == [None]


def test_a_url_is_to_be_opened_within_100_seconds(account: Account, chat: Chat) -> None:
    """It opens sockets for 100 s; an open one stays open, and a new URL is to be had."""
    open_one = chat.open_socket().subscribe()
    account.service.advance(99)
    assert chat.open_socket().is_open
    account.service.advance(1)
    assert not chat.open_socket().is_open
    chat.say("hello")
    assert open_one.items()[-1]["Content"] == "hello"
    assert account.connect(chat.contact_id, chat.participant_id, chat.participant_token).open_socket().is_open


@pytest.mark.parametrize("url", ["ws://127.0.0.1:4711/participant/websocket", "?token=unknown"])
def test_an_unknown_url_opens_nothing(account: Account, url: str) -> None:
    """A token that was not given out opens no socket."""
    assert not Frames(account, url).is_open


def test_no_socket_opens_after_the_end(account: Account, chat: Chat) -> None:
    """Neither after StopContact nor, without any other call in between, after the chat's duration."""
    other = account.chat(ChatDurationInMinutes=60)
    account.stop(chat.contact_id)
    assert not chat.open_socket().is_open
    account.service.advance(3_599)
    late = account.connect(other.contact_id, other.participant_id, other.participant_token)
    account.context.clock.advance(1)
    assert not late.open_socket().is_open


def test_five_sockets_are_open_at_once(chat: Chat) -> None:
    """The sixth is refused (a choice, U5), and has room when one is closed."""
    sockets = [chat.open_socket() for _ in range(6)]
    assert [socket.is_open for socket in sockets] == [True] * 5 + [False]
    first = sockets[0].socket
    assert first is not None
    chat.account.service.sockets.close(first)
    assert chat.open_socket().is_open


def test_the_sixth_socket_may_replace_the_oldest() -> None:
    """The other lawful variant."""
    chat = Account(Choices(sixth_socket="replaces the oldest")).chat()
    sockets = [chat.open_socket() for _ in range(6)]
    assert all(socket.is_open for socket in sockets)
    assert [socket.texts for socket in sockets] == [[None], [], [], [], [], []]


def test_closing_twice_is_closing_once(chat: Chat) -> None:
    """A socket that the endpoint closed may be reported as closed by its client."""
    socket = chat.open_socket()
    members_of(chat.call("DisconnectParticipant"))
    assert socket.socket is not None
    chat.account.service.sockets.close(socket.socket)
    assert socket.texts == [None]
