"""Quotas and rates, where the owner of the endpoint opts in (--probe-limits)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from conformance.checks.errors import error_text
from conformance.checks.replies import judged_reply
from conformance.contract.operation_traits import STARTING, TRAITS
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange
from conformance.endpoint.chat_resources import ChatResources
from conformance.scenario.attachments import File, start, upload
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario

pytestmark = pytest.mark.alone  # they fill quotas and measure rates
CHATS, CALLS, FILES = 130, 130, 40  # after so many no quota is looked for; the documents speak of 100 and of 35
BURST = 30  # calls, more than any burst that the documents tell of
FULL = 402
TOO_MANY = 429
LIMIT = "LimitExceededException"


@contextmanager
def _start_until_refusal(scenario: Scenario, name: str, most: int) -> Iterator[list[Exchange]]:
    """Start contacts up to the first refusal, at most `most`; they end with the block."""
    answers: list[Exchange] = []
    while len(answers) < most and all(judged_reply(answer).succeeded for answer in answers[-1:]):
        answers.append(scenario.start(name))
    started = [text_at(judged_reply(a).members, "ContactId") for a in answers if judged_reply(a).succeeded]
    yield answers
    for contact in started:
        scenario.release(contact)


@verifies(
    "StartChatContact.quota.concurrent-chats",
    "StartChatContact.quota.concurrent-chats-number",
    "StartChatContact.quota.ended-chats-are-free",
)
@verifies("StartChatContact.throttling.exception-type")
def test_the_chat_beyond_the_quota_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses the chat beyond the quota, and does not count one that has ended."""
    scenario.option("probe_limits")
    with _start_until_refusal(scenario, "StartChatContact", CHATS) as answers:
        *_, last = answers
        full = _is_full(last)
        with scenario.claim("StartChatContact.quota.concurrent-chats-number") as claim:
            claim.record(f"{len(answers) - 1} beside those of other tests" if full else f"more than {len(answers) - 1}")
        with scenario.claim("StartChatContact.throttling.exception-type") as claim:
            seen = judged_reply(last).status == TOO_MANY
            claim.record(error_text(last) if seen else "none was seen")
        if not full:
            for requirement in (
                "StartChatContact.quota.concurrent-chats",
                "StartChatContact.quota.ended-chats-are-free",
            ):
                scenario.not_applicable(f"{len(answers) - 1} chats at once were not the most", requirement)
            return
        with scenario.claim("StartChatContact.quota.concurrent-chats") as claim:
            claim.failure(last, "the chat beyond the quota", status=TOO_MANY, types=[LIMIT])
        scenario.release(text_at(judged_reply(answers[0]).members, "ContactId"))
        again = scenario.until(lambda: answer if judged_reply(answer := scenario.start()).succeeded else None)
        with scenario.claim("StartChatContact.quota.ended-chats-are-free") as claim:
            claim.holds(again, "a chat can be started once another has ended", "it is refused still")
        if again is not None:
            scenario.release(text_at(judged_reply(again).members, "ContactId"))


def _is_full(answer: Exchange) -> bool:
    """Whether a start was refused for a quota; a refusal for a rate is temporary."""
    response = judged_reply(answer)
    return not response.succeeded and response.error_name not in ("ThrottlingException", "TooManyRequestsException")


@verifies("StartWebRTCContact.quota.limit-exceeded")
def test_the_call_beyond_the_quota_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses the call beyond the quota with LimitExceededException."""
    scenario.option("probe_limits")
    with _start_until_refusal(scenario, "StartWebRTCContact", CALLS) as answers:
        if not _is_full(answers[-1]):
            scenario.not_applicable(f"{len(answers) - 1} calls at once were not the most")
            return
        with scenario.claim() as claim:
            claim.failure(answers[-1], "the call beyond the quota", status=TOO_MANY, types=[LIMIT])


@verifies("StartAttachmentUpload.quota.attachments", "StartAttachmentUpload.quota.attachments-number")
@verifies("CompleteAttachmentUpload.quota.attachments")
def test_the_attachment_beyond_the_quota_is_refused(scenario: Scenario) -> None:
    """The attachment beyond the quota gets ServiceQuotaExceededException, when it is started or completed."""
    scenario.option("probe_limits")
    chat, refused, completed = scenario.new_chat(), None, 0
    while refused is None and completed < FILES:
        refused = _attach(chat)
        completed += refused is None
    with scenario.claim("StartAttachmentUpload.quota.attachments-number") as claim:
        claim.record(str(completed) if refused else f"more than {completed}")
    if refused is None:
        for rule in ("StartAttachmentUpload.quota.attachments", "CompleteAttachmentUpload.quota.attachments"):
            scenario.not_applicable(f"a chat took {FILES} attachments", rule)
        return
    with scenario.claim("CompleteAttachmentUpload.quota.attachments") as claim:
        claim.record(f"at {refused.request.operation}")
    with scenario.claim("StartAttachmentUpload.quota.attachments") as claim:
        sent = f"the attachment after {completed}"
        claim.failure(refused, sent, status=FULL, types=["ServiceQuotaExceededException"])


def _attach(chat: Chat) -> Exchange | None:
    """Attach one more file. Returns its refusal, or None."""
    started = start(chat, File())
    if not judged_reply(started).succeeded:
        return started
    made = upload(chat, File())
    made.put()
    completion = made.complete()
    return None if judged_reply(completion).succeeded else completion


@verifies_each(
    "requirement",
    "StartChatContact.throttling.rate",
    "CreateParticipantConnection.throttling.rate",
    "SendMessage.throttling.rate",
    "SendEvent.throttling.rate",
    "GetTranscript.throttling.rate",
    "StartAttachmentUpload.throttling.rate",
    "CompleteAttachmentUpload.throttling.rate",
    "GetAttachment.throttling.rate",
    "DisconnectParticipant.throttling.rate",
    "Throttling.rate.other-connect-operations",
)
def test_how_many_calls_are_served_at_a_stretch(scenario: Scenario, requirement: str) -> None:
    """The test records how many calls a second the endpoint serves before it throttles one."""
    scenario.option("probe_limits")
    own, name = scenario.new_chat().resources(), operation_of(requirement)
    call = partial(_call_plainly, scenario, own, name if name in TRAITS else "DescribeContact")
    call()  # whatever it needs exists from now on
    began, served = time.monotonic(), 0
    while served < BURST and not _is_throttled(call()):
        served += 1
    seconds = max(time.monotonic() - began, 0.001)
    with scenario.claim(requirement) as claim:
        rate = f"{served} calls at {served / seconds:.0f} a second"
        claim.record(f"{rate}, then one was throttled" if served < BURST else f"{rate}, none was throttled")


def _call_plainly(scenario: Scenario, own: ChatResources, name: str) -> Exchange:
    return scenario.start(name) if name in STARTING else scenario.send(own.plain(name))


def _is_throttled(answer: Exchange) -> bool:
    """Whether the endpoint throttled a call, even if it served the repetition of that call."""
    return answer.attempt > 1 or judged_reply(answer).status == TOO_MANY
