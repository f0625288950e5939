"""ClientToken: the same request with the same token returns the result of the first call."""

from __future__ import annotations

import secrets
import string
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.contract.content_types import LEFT
from conformance.endpoint.connections import HangUp
from conformance.scenario.idempotency import IdempotentCall, idempotent_call, idempotent_calls, only_successes
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.messages import send_message
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with, lasting
from conformance.scenario.web_socket import listen
from strategies.tokens import fresh_client_token, long_client_token


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
    "StartAttachmentUpload.ClientToken.same-token-same-result",
    "SendMessage.ClientToken.same-token-same-result",
    "SendEvent.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
)
def test_the_same_token_gives_the_same_result(scenario: Scenario, requirement: str) -> None:
    """A repeated request returns the first call's identifiers, also after another request."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first = idempotent.perform(token)
    with scenario.claim(requirement) as claim:
        idempotent.repeats(claim, first, idempotent.send(token), "the request sent again")
    for form in idempotent.effect.forms:
        with scenario.optional(requirement):
            _repeats_too(idempotent_call(scenario, requirement, idempotent.by, **form), requirement, " and ".join(form))
    if not idempotent.effect.forms:
        idempotent_call(scenario, requirement, idempotent.by).perform(fresh_client_token())
    with scenario.claim(requirement) as claim:
        idempotent.repeats(claim, first, idempotent.send(token), "the request sent again after another one")


def _repeats_too(idempotent: IdempotentCall, requirement: str, words: str) -> None:
    """Claim that another request, with more than the plainest members, repeats too where the endpoint accepts it."""
    token = fresh_client_token()
    first = idempotent.send(token)
    if judged_reply(first).succeeded:
        with idempotent.scenario.claim(requirement) as claim:
            idempotent.repeats(claim, first, idempotent.send(token), f"the request with {words} sent again")


@verifies_each(
    "requirement",
    "DisconnectParticipant.ClientToken.same-token-succeeds",
    "CompleteAttachmentUpload.ClientToken.same-token-succeeds",
)
def test_the_same_token_succeeds_again(scenario: Scenario, requirement: str) -> None:
    """A call that can take effect only once succeeds repeatedly with its ClientToken."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first = idempotent.perform(token)
    with scenario.claim(requirement) as claim:
        for times in ("a second time", "a third time"):
            idempotent.repeats(claim, first, idempotent.send(token), f"the request sent {times}")


SHOWN_ONCE = (
    "StartChatContact.ClientToken.one-effect",
    "SendMessage.ClientToken.one-transcript-item",
    "CompleteAttachmentUpload.ClientToken.one-effect",
)


@verifies_each("requirement", *SHOWN_ONCE)
def test_what_is_sent_again_happens_once(scenario: Scenario, requirement: str) -> None:
    """The transcript shows one effect of a request that was sent several times with its ClientToken."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first = idempotent.perform(token)
    for _ in range(2):
        scenario.need(idempotent.send(token))
    with scenario.claim(requirement) as claim:
        idempotent.claim_one_effect(claim, first, "the request was sent three times")


@verifies("SendMessage.ClientToken.one-transcript-item")
def test_a_repeated_message_stays_as_it_stood(scenario: Scenario) -> None:
    """A repeated message keeps its place and its time among messages that were sent in between."""
    chat, token = scenario.chat(), fresh_client_token()
    sent = [chat.say("Once", ClientToken=token), chat.say("Between"), chat.say("Behind")]
    own = {id_of(one) for one in sent}
    before = [lasting(item) for item in items_with(chat, *sent) if item.get("Id") in own]
    scenario.need(chat.say("Once", ClientToken=token))
    after = [lasting(item) for item in items_with(chat, chat.say("Last")) if item.get("Id") in own]
    with scenario.claim() as claim:
        claim.equal(after, before, "the messages in their order after the first one was sent again")


@verifies("DisconnectParticipant.ClientToken.one-effect")
def test_who_leaves_again_with_the_same_token_leaves_once(scenario: Scenario) -> None:
    """No transcript has a second participant.left event of a bot that repeats its disconnect with one ClientToken."""
    chat = scenario.chat()
    bot, token = chat.add_participant(), fresh_client_token()
    for _ in range(3):
        scenario.need(bot.leave(ClientToken=token))
    items = items_with(chat, chat.say())
    with scenario.claim() as claim:
        seen = [item for item in items if item.get("ContentType") == LEFT]
        times = [item.get("ParticipantId") for item in seen].count(bot.participant_id)
        claim.holds(times <= 1, "at most one event of the bot's leaving", f"{times} such events")


@verifies_each(
    "requirement",
    "SendMessage.ClientToken.one-frame",
    "SendEvent.ClientToken.one-frame",
)
def test_what_is_sent_again_arrives_once(scenario: Scenario, requirement: str) -> None:
    """Each web socket receives a repeated request once, also with simultaneous duplicates and lost replies."""
    chat = scenario.chat()
    sessions = [listen(chat), listen(chat.add_participant())]
    idempotent, token = idempotent_call(scenario, requirement, chat), fresh_client_token()
    for when in HangUp:
        scenario.lose_reply(idempotent.request(token), when)
    first = idempotent.insist(token)
    only_successes([first, idempotent.send(token), *idempotent.send_at_once(token, 4)])
    last = send_message(chat)
    for session in sessions:
        session.need(last)
        session.catch_up()
        with scenario.claim(requirement) as claim:
            times = len(idempotent.found_in(session.items(), first))
            claim.holds(times <= 1, f"a socket that shows the {idempotent.effect.noun} once", f"{times} frames with it")


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.shortest-and-longest",
    "CreateParticipant.ClientToken.shortest-and-longest",
    "DisconnectParticipant.ClientToken.shortest-and-longest",
    "StartAttachmentUpload.ClientToken.shortest-and-longest",
    "CompleteAttachmentUpload.ClientToken.shortest-and-longest",
    "SendMessage.ClientToken.shortest-and-longest",
    "SendEvent.ClientToken.shortest-and-longest",
    "StartChatContact.ClientToken.shortest-and-longest",
    "StartWebRTCContact.ClientToken.shortest-and-longest",
)
def test_the_shortest_and_the_longest_token_repeat(scenario: Scenario, requirement: str) -> None:
    """ClientTokens of 1 and of 500 code points repeat their calls like any other."""
    letter = secrets.choice(string.ascii_letters + string.digits)
    tokens = (letter, long_client_token())
    for token, idempotent in zip(
        tokens, idempotent_calls(scenario, requirement, len(tokens), **_alike(requirement)), strict=True
    ):
        first = idempotent.perform(token)
        with scenario.claim(requirement) as claim:
            idempotent.repeats(
                claim, first, idempotent.send(token), f"the request with a token of {len(token)} characters"
            )


def _alike(requirement: str) -> dict[str, Any]:
    """The values that make all starts of all runs equal: an earlier run of this suite may have used a short token."""
    return {"InitialMessage": None} if requirement.startswith("StartChatContact") else {}


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.body-layout",
    "CreateParticipant.ClientToken.body-layout",
    "DisconnectParticipant.ClientToken.body-layout",
    "StartAttachmentUpload.ClientToken.body-layout",
    "CompleteAttachmentUpload.ClientToken.body-layout",
    "SendMessage.ClientToken.body-layout",
    "SendEvent.ClientToken.body-layout",
    "StartChatContact.ClientToken.body-layout",
    "StartWebRTCContact.ClientToken.body-layout",
)
def test_the_layout_of_the_body_makes_no_difference(scenario: Scenario, requirement: str) -> None:
    """The same members in another order, with blanks between them, are the same request."""
    more: dict[str, Any] = {"Attributes": {"one": "1", "two": "2"}} if requirement.startswith("StartChat") else {}
    idempotent, token = idempotent_call(scenario, requirement, **more), fresh_client_token()
    first = idempotent.perform(token)
    with scenario.claim(requirement) as claim:
        idempotent.repeats(
            claim, first, idempotent.send_in_other_order(token), "the request with its members in another order"
        )
