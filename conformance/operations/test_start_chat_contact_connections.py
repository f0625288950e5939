"""StartChatContact: the connection and streaming information of a reply, only where it was requested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange
from conformance.scenario.idempotency import idempotent_call
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import instant, present_of
from conformance.scenario.web_socket import WebSocketSession, url_of
from strategies.tokens import fresh_client_token

WEBSOCKET, CREDENTIALS = "WEBSOCKET", "CONNECTION_CREDENTIALS"
IDLE = ("AUTHENTICATION_SESSION", "WEBRTC_CONNECTION")
INFORMATION = ("Websocket", "ConnectionCredentials")
DAY, TOLERANCE = timedelta(days=1), timedelta(minutes=5)


def _information(members: Mapping[str, Any]) -> list[str]:
    """The kinds of connection information in a reply."""
    return [name for name in INFORMATION if members.get(name)]


def _holds(chat: Chat, sent: Exchange) -> bool | None:
    """Whether a message sent in a chat appears there, read with another connection token; None where it does not."""
    own = judged_reply(sent).members.get("Id")
    return chat.scenario.until(lambda: any(item.get("Id") == own for item in chat.items()) or None)


# The requirements that speak of each list of ConnectionTypes (None: no list), and the information that it asks for.
ASKED: Sequence[tuple[str, list[str] | None, Sequence[str]]] = (
    ("StartChatContact.ConnectionTypes.credentials-only", [CREDENTIALS], ["ConnectionCredentials"]),
    ("StartChatContact.ConnectionTypes.websocket-only", [WEBSOCKET], ["Websocket"]),
    ("StartChatContact.ConnectionTypes.both", [WEBSOCKET, CREDENTIALS], INFORMATION),
    ("StartChatContact.ConnectionTypes.both", [CREDENTIALS, WEBSOCKET], INFORMATION),
    ("StartChatContact.ConnectionTypes.omitted", None, []),
)
DECISIVE = [ASKED[0], ASKED[1], ASKED[3], ASKED[4]]


@verifies(
    "StartChatContact.ConnectionTypes.credentials-only",
    "StartChatContact.ConnectionTypes.websocket-only",
    "StartChatContact.ConnectionTypes.both",
    "StartChatContact.ConnectionTypes.omitted",
)
@verifies(
    "StartChatContact.ConnectionTypes.token-works",
    "StartChatContact.ConnectionTypes.websocket-connects",
    "StartChatContact.ConnectionTypes.expiries",
    "StartChatContact.ParticipantToken.opens-connection",
    "StartChatContact.ChatStreamingConfiguration.only-when-set",
)
def test_a_start_returns_the_connection_information_asked_for(scenario: Scenario) -> None:
    """The reply has the connection information of ConnectionTypes, in any order, and no other, and all of it works."""
    for requirement, types, expected in scenario.edges(ASKED, DECISIVE):
        started = scenario.start(ConnectionTypes=types)
        with scenario.claim(requirement) as claim:
            claim.success(started, f"a start with the ConnectionTypes {value_text(types)}")
            claim.equal(_information(judged_reply(started).members), list(expected), "its connection information")
        with scenario.optional("StartChatContact.ChatStreamingConfiguration.only-when-set"):
            streaming = scenario.need(started).get("StreamingId")
            with scenario.claim("StartChatContact.ChatStreamingConfiguration.only-when-set") as claim:
                claim.equal(streaming, None, "StreamingId of a start without ChatStreamingConfiguration")
        if types and CREDENTIALS in types:
            with scenario.optional("StartChatContact.ConnectionTypes.token-works"):
                _judge_token(scenario, started)
        if types and WEBSOCKET in types:
            with scenario.optional("StartChatContact.ConnectionTypes.websocket-connects"):
                _judge_socket(scenario, started)
        if types and len(types) > 1:
            with scenario.optional("StartChatContact.ConnectionTypes.expiries"):
                _judge_times(scenario, started)


def _judge_token(scenario: Scenario, started: Exchange) -> None:
    """The ConnectionToken of a start works in its chat, without any call before."""
    chat, token = scenario.register(started), _token(scenario, started)
    sent = chat.say(ConnectionToken=token)
    with scenario.claim("StartChatContact.ConnectionTypes.token-works") as claim:
        claim.success(sent, "SendMessage with the ConnectionToken of a start")
        claim.success(chat.transcript(ConnectionToken=token), "GetTranscript with that token")
        claim.success(chat.signal(ConnectionToken=token), "SendEvent with that token")
        claim.holds(_holds(chat, sent), "what was sent stands in the token's own chat", "it is not there")


def _judge_socket(scenario: Scenario, started: Exchange) -> None:
    """The web socket URL of a start connects and delivers without CreateParticipantConnection."""
    chat, socket = scenario.register(started), scenario.open_socket(url_of(scenario.need(started)))
    with scenario.claim("StartChatContact.ConnectionTypes.websocket-connects") as claim:
        claim.holds(socket.failure is None, "a web socket that opens", socket.failure)
        session = WebSocketSession(scenario, socket)
        session.subscribe()
        claim.holds(session.hears(chat), "a web socket that delivers", session.summary())


def _judge_times(scenario: Scenario, started: Exchange) -> None:
    """Expiry is a day ahead, ConnectionExpiry in the future, and the ParticipantToken still works."""
    members, present = scenario.need(started), present_of(scenario, started)
    with scenario.claim("StartChatContact.ParticipantToken.opens-connection") as claim:
        connected = scenario.register(started).connect()
        claim.success(connected, "CreateParticipantConnection after a start with ConnectionTypes")
    token, url = text_at(members, "ConnectionCredentials", "Expiry"), text_at(members, "Websocket", "ConnectionExpiry")
    with scenario.claim("StartChatContact.ConnectionTypes.expiries") as claim:
        near = present.fits(lambda now, apart: abs(instant(token) - now - DAY) <= TOLERANCE + apart)
        claim.holds(near, "an Expiry one day after the reply", token)
        claim.holds(
            present.fits(lambda now, apart: instant(url) > now - apart), "a ConnectionExpiry in the future", url
        )


def _token(scenario: Scenario, started: Exchange) -> str:
    return text_at(scenario.need(started), "ConnectionCredentials", "ConnectionToken")


@verifies("StartChatContact.ConnectionTypes.token-ends", "StartChatContact.ConnectionTypes.token-works")
def test_the_connection_token_of_a_start_ends_with_it(scenario: Scenario) -> None:
    """The endpoint refuses the ConnectionToken of a start after its chat was stopped or its customer disconnected."""
    stopped, left = (_with_token(scenario) for _ in range(2))
    scenario.need(stopped[0].stop())
    gone = left[0].leave(ConnectionToken=left[1])
    with scenario.claim("StartChatContact.ConnectionTypes.token-works") as claim:
        claim.success(gone, "DisconnectParticipant with the ConnectionToken of a start")
    for chat, token in (stopped, *([left] if judged_reply(gone).succeeded else [])):
        for call in (chat.say, chat.transcript):
            refused = scenario.wait_for_refusal(partial(call, ConnectionToken=token))
            with scenario.claim("StartChatContact.ConnectionTypes.token-ends") as claim:
                claim.any_refusal(refused, f"{refused.request.operation} with the ConnectionToken of a start")


def _with_token(scenario: Scenario) -> tuple[Chat, str]:
    """A chat and the ConnectionToken of its start, with which a message was sent."""
    started = scenario.start(ConnectionTypes=[CREDENTIALS])
    chat, token = scenario.register(started), _token(scenario, started)
    scenario.need(chat.say(ConnectionToken=token))
    return chat, token


@verifies(
    "StartChatContact.ConnectionTypes.other-values", "StartChatContact.ConnectionTypes.other-values-return-nothing"
)
def test_other_connection_types_return_nothing(scenario: Scenario) -> None:
    """AUTHENTICATION_SESSION and WEBRTC_CONNECTION, where accepted, add no connection information to the reply."""
    started = {kind: scenario.start(ConnectionTypes=[kind]) for kind in IDLE}
    beside = [scenario.start(ConnectionTypes=[kind, CREDENTIALS]) for kind in IDLE]
    with scenario.claim("StartChatContact.ConnectionTypes.other-values") as claim:
        for kind, start in started.items():
            claim.record(f"{kind}: {describe(judged_reply(start))}")
    accepted = [start for start in (*started.values(), *beside) if judged_reply(start).succeeded]
    for start in accepted:
        wanted = ["ConnectionCredentials"] if start in beside else []
        with scenario.claim("StartChatContact.ConnectionTypes.other-values-return-nothing") as claim:
            claim.equal(_information(judged_reply(start).members), wanted, "the connection information")
    if not accepted:
        scenario.not_applicable(
            "the endpoint refuses the other values", "StartChatContact.ConnectionTypes.other-values-return-nothing"
        )


@verifies(
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
    "StartChatContact.ChatStreamingConfiguration.no-connection-information",
)
def test_a_streamed_chat_has_a_streaming_id_and_nothing_to_connect_with(scenario: Scenario) -> None:
    """A start with ChatStreamingConfiguration returns a working StreamingId and no connection information."""
    streaming = {"StreamingEndpointArn": scenario.option("streaming_endpoint_arn")}
    chats = [scenario.new_chat(ChatStreamingConfiguration=streaming) for _ in range(2)]
    for chat in chats:
        with scenario.claim("StartChatContact.ChatStreamingConfiguration.no-connection-information") as claim:
            claim.equal(_information(chat.started or {}), [], "the connection information of a streamed chat")
        stopped = chat.on_contact("StopContactStreaming", StreamingId=text_at(chat.started or {}, "StreamingId"))
        with scenario.claim("StartChatContact.ChatStreamingConfiguration.streaming-id-stops") as claim:
            claim.success(stopped, "StopContactStreaming with the StreamingId of the start")


@verifies(
    "StartChatContact.ChatStreamingConfiguration.with-connection-types",
    "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
)
def test_a_streamed_chat_has_the_connection_information_asked_for(scenario: Scenario) -> None:
    """A start with ChatStreamingConfiguration and ConnectionTypes returns the requested information, or an error."""
    streaming = {"StreamingEndpointArn": scenario.option("streaming_endpoint_arn")}
    started = scenario.start(ChatStreamingConfiguration=streaming, ConnectionTypes=[WEBSOCKET, CREDENTIALS])
    response = judged_reply(started)
    if not response.succeeded:  # as is documented where the information cannot be returned
        scenario.not_applicable(
            "a start with both is refused", "StartChatContact.ChatStreamingConfiguration.with-connection-types"
        )
        return
    with scenario.claim("StartChatContact.ChatStreamingConfiguration.with-connection-types") as claim:
        claim.equal(_information(response.members), list(INFORMATION), "its connection information")
    chat = scenario.register(started)
    stopped = chat.on_contact("StopContactStreaming", StreamingId=text_at(chat.started or {}, "StreamingId"))
    with scenario.claim("StartChatContact.ChatStreamingConfiguration.streaming-id-stops") as claim:
        claim.success(stopped, "StopContactStreaming with the StreamingId of the start")


@verifies("StartChatContact.ChatStreamingConfiguration.streaming-id-stops")
def test_the_streaming_id_of_a_repeated_start_stops_the_streaming(scenario: Scenario) -> None:
    """The StreamingId of a start repeated with its ClientToken stops the streaming of the chat."""
    streaming = {"StreamingEndpointArn": scenario.option("streaming_endpoint_arn")}
    idempotent, token = idempotent_call(scenario, ChatStreamingConfiguration=streaming), fresh_client_token()
    chat, again = scenario.register(idempotent.perform(token)), idempotent.perform(token)
    with scenario.claim() as claim:
        given = scenario.need(again).get("StreamingId")
        claim.holds(given, "a StreamingId in the repeated reply", "none")
        claim.success(
            chat.on_contact("StopContactStreaming", StreamingId=given),
            "StopContactStreaming with the StreamingId of the repeated reply",
        )
