"""ClientToken: the same request with the same token gives the first call's result again."""

from __future__ import annotations

import secrets
import string

from conformance.claims import each_operation_with
from conformance.examination.intents import Intent, intend
from conformance.examination.story import Story
from strategies.tokens import fresh_client_token, long_client_token


@each_operation_with("ClientToken.same-token-same-result")
def test_the_same_token_gives_the_same_result(story: Story, requirement: str) -> None:
    """A request sent again, and again after another one, gives the first call's identifiers."""
    intent, token = intend(story, requirement), fresh_client_token()
    first = intent.perform(token)
    with story.claim(requirement) as claim:
        intent.repeats(claim, first, intent.send(token), "the request sent again")
        other = intend(story, requirement, intent.by)
        other.undo(other.perform(fresh_client_token()))
        intent.repeats(claim, first, intent.send(token), "the request sent again after another one")


@each_operation_with("ClientToken.same-token-succeeds")
def test_the_same_token_succeeds_again(story: Story, requirement: str) -> None:
    """What can be done once only succeeds again and again where it is sent with its ClientToken."""
    intent, token = intend(story, requirement), fresh_client_token()
    first = intent.perform(token)
    with story.claim(requirement) as claim:
        for times in ("a second time", "a third time"):
            intent.repeats(claim, first, intent.send(token), f"the request sent {times}")


@each_operation_with("ClientToken.one-effect")
def test_what_is_sent_again_happens_once(story: Story, requirement: str) -> None:
    """However often a request is sent with its ClientToken, the transcript shows one effect of it."""
    _happens_once(story, requirement)


@each_operation_with("ClientToken.one-transcript-item")
def test_a_message_that_is_sent_again_stands_there_once(story: Story, requirement: str) -> None:
    """However often a message is sent with its ClientToken, the transcript holds it once."""
    _happens_once(story, requirement)


def _happens_once(story: Story, requirement: str) -> None:
    intent, token = intend(story, requirement), fresh_client_token()
    first = intent.perform(token)
    for _ in range(3):
        story.need(intent.send(token))
    with story.claim(requirement) as claim:
        intent.happened_once(claim, first, "the request was sent four times")


@each_operation_with("ClientToken.shortest-and-longest")
def test_the_shortest_and_the_longest_token_repeat(story: Story, requirement: str) -> None:
    """Tokens of 1 and of 500 characters repeat what was done with them like any other."""
    letter = secrets.choice(string.ascii_letters + string.digits)
    intent: Intent | None = None
    for token in (letter, long_client_token()):
        intent = intend(story, requirement, intent.by if intent else None, **_alike(requirement))
        first = intent.perform(token)
        with story.claim(requirement) as claim:
            intent.repeats(claim, first, intent.send(token), f"the request with a token of {len(token)} characters")


def _alike(requirement: str) -> dict[str, None]:
    """What makes all starts of all runs alike: a short token may have been used in an earlier run of this suite."""
    return {"InitialMessage": None} if requirement.startswith("StartChatContact") else {}


@each_operation_with("ClientToken.body-layout")
def test_the_layout_of_the_body_makes_no_difference(story: Story, requirement: str) -> None:
    """The same members in another order, with blanks between them, are the same request."""
    more = {"Attributes": {"one": "1", "two": "2"}} if requirement.startswith("StartChat") else {}
    intent, token = intend(story, requirement, **more), fresh_client_token()
    first = intent.perform(token)
    with story.claim(requirement) as claim:
        intent.repeats(claim, first, intent.send_turned(token), "the request with its members in another order")


# How many others are done in between: few of what is costly or may be had a few times only.
OTHERS = {"StartChatContact": 16, "StartWebRTCContact": 16, "CreateParticipant": 3, "StartAttachmentUpload": 12}
MANY = 100


@each_operation_with("ClientToken.replay-after-many")
def test_a_token_repeats_after_many_others(story: Story, requirement: str) -> None:
    """A token repeats its call's result also after many others were used."""
    intent, token = intend(story, requirement), fresh_client_token()
    first = intent.perform(token)
    for _ in range(OTHERS.get(intent.name, MANY)):
        other = intend(story, requirement, intent.by)
        other.undo(other.perform(fresh_client_token()))
    with story.claim(requirement) as claim:
        intent.repeats(claim, first, intent.send(token), "the request sent again after many others")
