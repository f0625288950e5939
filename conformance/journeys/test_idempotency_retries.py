"""ClientToken: what clients on a bad network do, who ask again at the same time or after a lost reply."""

from __future__ import annotations

from conformance.claims import verifies_each
from conformance.examination.intents import intend, intents, only_successes
from conformance.examination.story import Story
from conformance.target.connections import HangUp
from strategies.tokens import fresh_client_token

TIMES = (2, 16)
MORE = (16,)  # where the run's depth allows repetitions: the moment of a race is short


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.concurrent-duplicates",
    "CreateParticipant.ClientToken.concurrent-duplicates",
    "DisconnectParticipant.ClientToken.concurrent-duplicates",
    "StartAttachmentUpload.ClientToken.concurrent-duplicates",
    "CompleteAttachmentUpload.ClientToken.concurrent-duplicates",
    "SendMessage.ClientToken.concurrent-duplicates",
    "SendEvent.ClientToken.concurrent-duplicates",
    "StartChatContact.ClientToken.concurrent-duplicates",
    "StartWebRTCContact.ClientToken.concurrent-duplicates",
)
def test_duplicates_at_the_same_time_come_to_one_effect(story: Story, requirement: str) -> None:
    """Duplicates that are sent at the same time have one effect, and those that succeed give one result."""
    rounds = TIMES + (MORE if story.examiner.depth.examples else ())
    for times, intent in zip(rounds, intents(story, requirement, len(rounds)), strict=True):
        token = fresh_client_token()
        first, *others = only_successes(intent.send_at_once(token, times))
        with story.claim(requirement) as claim:
            for again in (*others, intent.send(token)):
                intent.repeats(claim, first, again, f"one of {times} duplicates")
            intent.happened_once(claim, first, f"{times} duplicates at the same time")
    with story.claim(requirement) as claim:
        other = intend(story, requirement, intent.by)
        claim.accepted(other.send(fresh_client_token()), "another request, for which duplicates have left room")


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.lost-reply",
    "CreateParticipant.ClientToken.lost-reply",
    "DisconnectParticipant.ClientToken.lost-reply",
    "StartAttachmentUpload.ClientToken.lost-reply",
    "CompleteAttachmentUpload.ClientToken.lost-reply",
    "SendMessage.ClientToken.lost-reply",
    "SendEvent.ClientToken.lost-reply",
    "StartChatContact.ClientToken.lost-reply",
    "StartWebRTCContact.ClientToken.lost-reply",
)
def test_a_request_whose_reply_was_lost_is_not_done_again(story: Story, requirement: str) -> None:
    """Sent again after its reply was lost, before it came or while it came, a request succeeds and has one effect."""
    for when, intent in zip(HangUp, intents(story, requirement, len(HangUp)), strict=True):
        token = fresh_client_token()
        for _ in range(2):
            story.lose_reply(intent.request(token), when)
        with story.claim(requirement) as claim:
            first = intent.insist(token)
            claim.accepted(first, f"the request sent again after its reply was lost {when.value}")
            story.lose_reply(intent.request(token), when)
            intent.repeats(claim, first, intent.insist(token), "the request sent again after another reply was lost")
            intent.happened_once(claim, first, "its replies were lost")
