"""StartContactStreaming and StopContactStreaming: the streaming of a chat starts, ends and starts again."""

from __future__ import annotations

import uuid
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario

NO_TOPICS = ("arn:aws:sns:us-east-1:123456789012:topic.fifo", "arn:aws:sqs:us-east-1:123456789012:queue", "no ARN")


def _start(chat: Chat, **members: Any) -> Exchange:
    """Request streaming of the chat, each time with another ClientToken."""
    return chat.scenario.send(chat.resources().plain("StartContactStreaming", **members))


def _streaming(chat: Chat) -> str:
    """The StreamingId of a newly started streaming. Raises SetupFailed where the start is refused."""
    return text_at(chat.scenario.need(_start(chat)), "StreamingId")


def _stop(chat: Chat, streaming: str) -> Exchange:
    return chat.on_contact("StopContactStreaming", StreamingId=streaming)


@verifies("StartContactStreaming.StreamingId.stops")
def test_the_streaming_id_stops_the_streaming(scenario: Scenario) -> None:
    """StopContactStreaming accepts the StreamingId of each reply, also while other chats stream."""
    chats = [scenario.spendable_chat() for _ in range(2)]
    streams = [(chat, _streaming(chat)) for chat in chats]
    for chat, streaming in reversed(streams):
        with scenario.claim() as claim:
            claim.success(_stop(chat, streaming), "StopContactStreaming with the StreamingId of the start")


@verifies("StartContactStreaming.ContactId.ended")
def test_no_streaming_starts_in_a_chat_that_is_over(scenario: Scenario) -> None:
    """The endpoint does not start streaming for a contact that has ended."""
    chat, stopped = scenario.spendable_chat(), scenario.spendable_chat()
    scenario.need(_start(chat))
    scenario.need(stopped.stop())
    refused = scenario.wait_for_refusal(lambda: _start(stopped))
    with scenario.claim() as claim:
        claim.any_refusal(refused, "StartContactStreaming of a chat that is over")


@verifies("StartContactStreaming.again.answer")
def test_what_a_second_streaming_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a second start: another StreamingId, the same or a refusal."""
    chat = scenario.spendable_chat()
    first, answer = _streaming(chat), judged_reply(_start(chat))
    second = answer.members.get("StreamingId")
    with scenario.claim() as claim:
        given = "the same StreamingId" if second == first else "another StreamingId"
        claim.record(given if answer.succeeded else f"refused: {describe(answer)}")


@verifies("StartContactStreaming.StreamingEndpointArn.no-topic")
def test_what_is_no_topic_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether a StreamingEndpointArn that is no ARN of a standard SNS topic is refused."""
    with scenario.claim() as claim:
        for arn in NO_TOPICS:
            answer = _start(scenario.spendable_chat(), ChatStreamingConfiguration={"StreamingEndpointArn": arn})
            claim.record(f"{arn}: {describe(judged_reply(answer))}")


@verifies("StopContactStreaming.effect.restart")
def test_streaming_starts_again_after_it_was_stopped(scenario: Scenario) -> None:
    """StartContactStreaming starts streaming again after StopContactStreaming, several times."""
    chat = scenario.spendable_chat()
    streaming = _streaming(chat)
    for time in ("first", "second", "third"):
        scenario.need(_stop(chat, streaming))
        started = _start(chat)
        with scenario.claim() as claim:
            claim.success(started, f"StartContactStreaming after the {time} StopContactStreaming")
        streaming = text_at(scenario.need(started), "StreamingId")


@verifies("StopContactStreaming.effect.chat-goes-on")
def test_the_chat_goes_on_when_its_streaming_has_ended(scenario: Scenario) -> None:
    """The customer and a bot can make the same calls after the streaming has ended as before."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    streaming = _streaming(chat)
    for who in (chat, bot):
        scenario.need(who.say())
    scenario.need(_stop(chat, streaming))
    with scenario.claim() as claim:
        claim.success(chat.transcript(), "GetTranscript after StopContactStreaming")
        for who in (chat, bot):
            claim.success(who.say(), "SendMessage after StopContactStreaming")
            claim.success(who.connect(), "CreateParticipantConnection after StopContactStreaming")


@verifies("StopContactStreaming.StreamingId.unknown-refused")
def test_an_unknown_streaming_is_not_stopped(scenario: Scenario) -> None:
    """The endpoint refuses a StreamingId that it never issued, also one that resembles an issued one."""
    chat = scenario.spendable_chat()
    scenario.working("StopContactStreaming")
    _refuses(scenario, chat, str(uuid.uuid4()))
    own = _streaming(chat)
    for unknown in (str(uuid.uuid4()), f"{own}0", own[:-1]):
        _refuses(scenario, chat, unknown)
    with scenario.claim() as claim:
        claim.success(_stop(chat, own), "StopContactStreaming of the streaming that went on meanwhile")


def _refuses(scenario: Scenario, chat: Chat, unknown: str) -> None:
    with scenario.claim("StopContactStreaming.StreamingId.unknown-refused") as claim:
        claim.any_refusal(_stop(chat, unknown), f"StopContactStreaming with the unknown StreamingId {unknown}")


@verifies("StopContactStreaming.StreamingId.of-another-contact")
def test_a_streaming_is_stopped_through_its_own_chat_only(scenario: Scenario) -> None:
    """The StreamingId of one chat stops no streaming when it is sent with the ContactId of another chat."""
    one, other, silent = (scenario.spendable_chat() for _ in range(3))
    own, others = _streaming(one), _streaming(other)
    if own == others:
        scenario.not_applicable("each chat counts its streamings for itself")
        return
    with scenario.claim() as claim:
        claim.any_refusal(_stop(one, others), "the StreamingId of another chat that streams")
        claim.any_refusal(_stop(silent, others), "the StreamingId of a chat through one that does not stream")
        claim.success(_stop(one, own), "StopContactStreaming of the chat's own streaming afterwards")
        claim.success(_stop(other, others), "StopContactStreaming of the other chat's streaming afterwards")


@verifies("StopContactStreaming.again.answer")
def test_what_a_second_stop_of_streaming_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether stopping a stopped streaming again is accepted or refused."""
    chat = scenario.spendable_chat()
    streaming = _streaming(chat)
    scenario.need(_stop(chat, streaming))
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(_stop(chat, streaming))))
