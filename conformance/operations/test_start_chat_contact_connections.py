"""StartChatContact: the connection and streaming information that a start returns, and only where it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.claims import verifies, verifies_each
from conformance.examination.chat import Chat, text_at
from conformance.examination.intents import intend
from conformance.examination.socket_talk import SocketTalk, url_of
from conformance.examination.story import Story
from conformance.examination.times import endpoint_time, instant
from conformance.wire import Exchange
from strategies.tokens import fresh_client_token

WEBSOCKET, CREDENTIALS = "WEBSOCKET", "CONNECTION_CREDENTIALS"
IDLE = ("AUTHENTICATION_SESSION", "WEBRTC_CONNECTION")
INFORMATION = ("Websocket", "ConnectionCredentials")
DAY, TOLERANCE = timedelta(days=1), timedelta(minutes=5)


def _information(members: Mapping[str, Any]) -> list[str]:
    """Which connection information a reply holds."""
    return [name for name in INFORMATION if members.get(name)]


def _holds(chat: Chat, said: Exchange) -> bool | None:
    """Whether what was sent comes to stand in a chat, read with another connection token; None where it does not."""
    own = judged_reply(said).members.get("Id")
    return chat.story.until(lambda: any(item.get("Id") == own for item in chat.items()) or None)


# The lists of ConnectionTypes that are asked for (None: no list), and what each of them returns.
ASKED: Mapping[str, tuple[Sequence[list[str] | None], Sequence[str]]] = {
    "StartChatContact.ConnectionTypes.credentials-only": ([[CREDENTIALS]], ["ConnectionCredentials"]),
    "StartChatContact.ConnectionTypes.websocket-only": ([[WEBSOCKET]], ["Websocket"]),
    "StartChatContact.ConnectionTypes.both": ([[WEBSOCKET, CREDENTIALS], [CREDENTIALS, WEBSOCKET]], INFORMATION),
    "StartChatContact.ConnectionTypes.omitted": ([None], []),
}


@verifies_each("requirement", *ASKED)
def test_a_start_returns_the_connection_information_asked_for(story: Story, requirement: str) -> None:
    """The reply holds the connection information that ConnectionTypes asks for, in any order, and no other."""
    lists, expected = ASKED[requirement]
    for types in lists:
        started = story.start(ConnectionTypes=types)
        with story.claim(requirement) as claim:
            claim.accepted(started, f"a start with the ConnectionTypes {types}")
            claim.equal(_information(judged_reply(started).members), list(expected), "its connection information")


@verifies("StartChatContact.ConnectionTypes.token-works")
def test_the_connection_token_of_a_start_works(story: Story) -> None:
    """The ConnectionToken of each start authorises SendMessage in its own chat, without another call before."""
    for types in ([CREDENTIALS], [WEBSOCKET, CREDENTIALS]):
        started = story.start(ConnectionTypes=types)
        chat, token = story.adopt(started), text_at(story.need(started), "ConnectionCredentials", "ConnectionToken")
        said = chat.say(ConnectionToken=token)
        with story.claim() as claim:
            claim.accepted(said, f"SendMessage with the ConnectionToken of a start with {types}")
            claim.accepted(chat.transcript(ConnectionToken=token), "GetTranscript with that token")
            claim.accepted(chat.signal(ConnectionToken=token), "SendEvent with that token")
            claim.holds(_holds(chat, said), "what was sent stands in the token's own chat", "it is not there")


@verifies("StartChatContact.ConnectionTypes.token-ends", "StartChatContact.ConnectionTypes.token-works")
def test_the_connection_token_of_a_start_ends_with_it(story: Story) -> None:
    """The ConnectionToken of a start is refused when its chat was stopped, and when its customer has left with it."""
    stopped, left = (_with_token(story) for _ in range(2))
    story.need(stopped[0].stop())
    gone = left[0].leave(ConnectionToken=left[1])
    with story.claim("StartChatContact.ConnectionTypes.token-works") as claim:
        claim.accepted(gone, "DisconnectParticipant with the ConnectionToken of a start")
    for chat, token in (stopped, *([left] if judged_reply(gone).succeeded else [])):
        for call in (chat.say, chat.transcript):
            refused = story.until_refused(partial(call, ConnectionToken=token))
            with story.claim("StartChatContact.ConnectionTypes.token-ends") as claim:
                claim.refused_somehow(refused, f"{refused.request.operation} with the ConnectionToken of a start")


def _with_token(story: Story) -> tuple[Chat, str]:
    """A chat and the ConnectionToken that its start returned, with which something was said."""
    started = story.start(ConnectionTypes=[CREDENTIALS])
    chat, token = story.adopt(started), text_at(story.need(started), "ConnectionCredentials", "ConnectionToken")
    story.need(chat.say(ConnectionToken=token))
    return chat, token


@verifies("StartChatContact.ConnectionTypes.expiries", "StartChatContact.ParticipantToken.opens-connection")
def test_connection_information_has_its_times_and_takes_nothing_away(story: Story) -> None:
    """Expiry is a day ahead, ConnectionExpiry in the future, and the ParticipantToken works all the same."""
    started = story.start(ConnectionTypes=[WEBSOCKET, CREDENTIALS])
    members, chat = story.need(started), story.adopt(started)
    with story.claim("StartChatContact.ParticipantToken.opens-connection") as claim:
        claim.accepted(chat.connect(), "CreateParticipantConnection after a start with ConnectionTypes")
    now = endpoint_time(started)
    token, url = text_at(members, "ConnectionCredentials", "Expiry"), text_at(members, "Websocket", "ConnectionExpiry")
    with story.claim("StartChatContact.ConnectionTypes.expiries") as claim:
        claim.holds(abs(instant(token) - now - DAY) <= TOLERANCE, "an Expiry one day after the reply", token)
        claim.holds(instant(url) > now, "a ConnectionExpiry in the future", url)


@verifies("StartChatContact.ConnectionTypes.websocket-connects")
def test_the_web_socket_of_a_start_can_be_connected(story: Story) -> None:
    """The web socket URL of a start connects and serves, without a call of CreateParticipantConnection."""
    for types in ([WEBSOCKET], [WEBSOCKET, CREDENTIALS]):
        started = story.start(ConnectionTypes=types)
        chat = story.adopt(started)
        socket = story.open_socket(url_of(story.need(started)))
        with story.claim() as claim:
            claim.holds(socket.failure is None, "a web socket that opens", socket.failure)
            talk = SocketTalk(story, socket)
            talk.subscribe()
            claim.holds(talk.hears(chat), "a web socket that delivers", talk.told())


@verifies(
    "StartChatContact.ConnectionTypes.other-values", "StartChatContact.ConnectionTypes.other-values-return-nothing"
)
def test_other_connection_types_return_nothing(story: Story) -> None:
    """AUTHENTICATION_SESSION and WEBRTC_CONNECTION return nothing of their own where they are accepted."""
    started = {kind: story.start(ConnectionTypes=[kind]) for kind in IDLE}
    beside = [story.start(ConnectionTypes=[kind, CREDENTIALS]) for kind in IDLE]
    with story.claim("StartChatContact.ConnectionTypes.other-values") as claim:
        for kind, start in started.items():
            claim.record(f"{kind}: {describe(judged_reply(start))}")
    accepted = [start for start in (*started.values(), *beside) if judged_reply(start).succeeded]
    for start in accepted:
        wanted = ["ConnectionCredentials"] if start in beside else []
        with story.claim("StartChatContact.ConnectionTypes.other-values-return-nothing") as claim:
            claim.equal(_information(judged_reply(start).members), wanted, "the connection information")
    if not accepted:
        story.not_applicable(
            "the endpoint refuses the other values", "StartChatContact.ConnectionTypes.other-values-return-nothing"
        )


@verifies("StartChatContact.ChatStreamingConfiguration.only-when-set")
def test_a_plain_chat_is_not_streamed(story: Story) -> None:
    """The reply to a start without ChatStreamingConfiguration holds no StreamingId."""
    for members in ({}, {"ConnectionTypes": [WEBSOCKET, CREDENTIALS]}):
        started = story.adopt(story.start(**members)).started or {}
        with story.claim() as claim:
            claim.equal(started.get("StreamingId"), None, "StreamingId of a start without ChatStreamingConfiguration")


@verifies(
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
    "StartChatContact.ChatStreamingConfiguration.no-connection-information",
)
def test_a_streamed_chat_has_a_streaming_id_and_nothing_to_connect_with(story: Story) -> None:
    """A start with ChatStreamingConfiguration returns a StreamingId that stops it, and no connection information."""
    streaming = {"StreamingEndpointArn": story.option("streaming_endpoint_arn")}
    chats = [story.chat(ChatStreamingConfiguration=streaming) for _ in range(2)]
    for chat in chats:
        with story.claim("StartChatContact.ChatStreamingConfiguration.no-connection-information") as claim:
            claim.equal(_information(chat.started or {}), [], "the connection information of a streamed chat")
        stopped = chat.on_contact("StopContactStreaming", StreamingId=text_at(chat.started or {}, "StreamingId"))
        with story.claim("StartChatContact.ChatStreamingConfiguration.streaming-id-stops") as claim:
            claim.accepted(stopped, "StopContactStreaming with the StreamingId of the start")


@verifies(
    "StartChatContact.ChatStreamingConfiguration.with-connection-types",
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
)
def test_a_streamed_chat_has_the_connection_information_asked_for(story: Story) -> None:
    """A start with both ChatStreamingConfiguration and ConnectionTypes returns all that they ask for, or an error."""
    streaming = {"StreamingEndpointArn": story.option("streaming_endpoint_arn")}
    started = story.start(ChatStreamingConfiguration=streaming, ConnectionTypes=[WEBSOCKET, CREDENTIALS])
    response = judged_reply(started)
    if not response.succeeded:  # as is documented where the information cannot be returned
        story.not_applicable(
            "a start with both is refused", "StartChatContact.ChatStreamingConfiguration.with-connection-types"
        )
        return
    with story.claim("StartChatContact.ChatStreamingConfiguration.with-connection-types") as claim:
        claim.equal(_information(response.members), list(INFORMATION), "its connection information")
    chat = story.adopt(started)
    stopped = chat.on_contact("StopContactStreaming", StreamingId=text_at(chat.started or {}, "StreamingId"))
    with story.claim("StartChatContact.ChatStreamingConfiguration.streaming-id-stops") as claim:
        claim.accepted(stopped, "StopContactStreaming with the StreamingId of the start")


@verifies("StartChatContact.ChatStreamingConfiguration.streaming-id-stops")
def test_the_streaming_id_of_a_repeated_start_stops_the_streaming(story: Story) -> None:
    """The StreamingId that a start returns when it is sent again with its ClientToken stops the chat's streaming."""
    streaming = {"StreamingEndpointArn": story.option("streaming_endpoint_arn")}
    intent, token = intend(story, ChatStreamingConfiguration=streaming), fresh_client_token()
    chat, again = story.adopt(intent.perform(token)), intent.perform(token)
    with story.claim() as claim:
        given = story.need(again).get("StreamingId")
        claim.holds(given, "a StreamingId in the repeated reply", "none")
        claim.accepted(
            chat.on_contact("StopContactStreaming", StreamingId=given),
            "StopContactStreaming with the StreamingId of the repeated reply",
        )
