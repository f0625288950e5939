"""ClientToken: no other instance, contact or participant gets the identifiers of the first call."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.model import operation
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import Standing
from conformance.scenario.attachments import File, attach, upload
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of
from strategies.tokens import fresh_client_token


def _judge(
    scenario: Scenario, requirement: str, same: str, idempotent: IdempotentCall, others: dict[str, IdempotentCall]
) -> dict[str, Exchange]:
    """Claim that `others` with the ClientToken of `intent` get none of its identifiers. Returns the answers."""
    token = fresh_client_token()
    first = idempotent.perform(token)
    answers = {words: other.send(token) for words, other in others.items()}
    with scenario.claim(requirement) as claim:
        for words, answer in answers.items():
            shared = idempotent.identifiers(first) & idempotent.identifiers(answer)
            claim.holds(not shared, f"{words} gets identifiers of its own", f"{len(shared)} of the first caller's")
    with scenario.claim(same) as claim:
        idempotent.repeats(claim, first, idempotent.send(token), "the first caller's request sent again afterwards")
    return answers


def _note(scenario: Scenario, requirement: str, answers: dict[str, Exchange]) -> None:
    with scenario.claim(requirement) as claim:
        for words, answer in answers.items():
            response = judged_reply(answer)
            claim.record(f"{words}: {'one of its own' if response.succeeded else describe(response)}")


@verifies_each(
    "requirement, answer, same",
    (
        "StartAttachmentUpload.ClientToken.another-participant",
        "StartAttachmentUpload.ClientToken.another-participant-answer",
        "StartAttachmentUpload.ClientToken.same-token-same-result",
    ),
    (
        "SendMessage.ClientToken.another-participant",
        "SendMessage.ClientToken.another-participant-answer",
        "SendMessage.ClientToken.same-token-same-result",
    ),
    (
        "SendEvent.ClientToken.another-participant",
        "SendEvent.ClientToken.another-participant-answer",
        "SendEvent.ClientToken.same-token-same-result",
    ),
)
def test_another_participant_gets_nothing_of_the_first(
    scenario: Scenario, requirement: str, answer: str, same: str
) -> None:
    """A participant of another chat gets no identifier of the participant that used the same ClientToken first.

    Whether it may within the same chat no document says: what another participant of the chat gets is written down.
    """
    chat = scenario.chat()
    idempotent = idempotent_call(scenario, requirement, chat)
    others = {"the customer of another chat": _by(scenario.chat(), idempotent)}
    _note(scenario, answer, _judge(scenario, requirement, same, idempotent, others))
    within = scenario.edges(("a bot of the same chat",), ())
    if within and scenario.verifier.probe(operation("CreateParticipant")).standing is Standing.WORKS:
        token, bot = fresh_client_token(), _by(chat.add_participant(), idempotent)
        idempotent.perform(token)
        _note(scenario, answer, {within[0]: bot.send(token)})


@verifies_each(
    "requirement",
    "StartAttachmentUpload.ClientToken.another-participant",
    "SendMessage.ClientToken.another-participant",
    "SendEvent.ClientToken.another-participant",
)
def test_participants_that_use_one_token_at_the_same_time_get_their_own(scenario: Scenario, requirement: str) -> None:
    """Two participants who use one ClientToken at the same time get different identifiers."""
    chat, token = scenario.chat(), fresh_client_token()
    idempotent = idempotent_call(scenario, requirement, chat)
    other = _by(scenario.chat(), idempotent)
    replies = scenario.at_once([partial(each.send, token) for _ in range(4) for each in (idempotent, other)])
    ours, theirs = (frozenset[str]().union(*map(idempotent.identifiers, replies[i::2])) for i in range(2))
    with scenario.claim(requirement) as claim:
        shared = len(ours & theirs)
        claim.holds(not shared, "each of two callers gets identifiers of its own", f"{shared} went to both")


def _by(who: Participant, idempotent: IdempotentCall) -> IdempotentCall:
    return replace(idempotent, by=who, arguments={**idempotent.arguments, "ConnectionToken": who.connection_token})


@verifies("DisconnectParticipant.ClientToken.own-leaving")
def test_the_token_of_who_left_does_not_stand_for_another(scenario: Scenario) -> None:
    """A disconnect with the ClientToken of another participant's disconnect is refused, or disconnects the caller."""
    first, other, token = scenario.chat(), scenario.chat(), fresh_client_token()
    scenario.need(other.say())
    scenario.need(first.leave(ClientToken=token))
    left = other.leave(ClientToken=token)
    with scenario.claim() as claim:
        refused = scenario.wait_for_refusal(other.say) if judged_reply(left).succeeded else left
        claim.any_refusal(refused, "a message after a disconnect that succeeded, or that disconnect,")


@verifies("CompleteAttachmentUpload.ClientToken.own-completion")
def test_the_token_of_one_completion_does_not_stand_for_anothers(scenario: Scenario) -> None:
    """A completion with another participant's ClientToken is refused, or completes the caller's attachment."""
    first, other, token = idempotent_call(scenario), idempotent_call(scenario), fresh_client_token()
    first.perform(token)
    answer = other.send(token)
    with scenario.claim() as claim:
        if judged_reply(answer).succeeded:
            other.claim_one_effect(claim, answer, "its completion succeeded")
        else:
            claim.any_refusal(answer, "a completion with the token of another chat's")


@verifies("Idempotency.token.one-operation")
def test_the_token_of_one_operation_does_not_stand_for_another(scenario: Scenario) -> None:
    """A ClientToken of one operation does not make a call of another operation a repetition."""
    chat, token = scenario.chat(), fresh_client_token()
    message, event = chat.say(ClientToken=token), chat.signal(ClientToken=token)
    with scenario.claim() as claim:
        if judged_reply(event).succeeded:
            claim.holds(id_of(event) != id_of(message), "an Id of its own for the event", "that of the message")
    made = upload(chat, File(), ClientToken=token)
    made.put()
    answer = made.complete(token)
    if judged_reply(answer).succeeded:
        there = made.item() is not None
        if not there and attach(chat, File()).item() is None:
            raise SetupFailed("no attachment comes to stand in the transcript, whatever its tokens")
        with scenario.claim() as claim:
            claim.holds(there, "the attachment in the transcript", "none")


@verifies_each(
    "requirement, answer, same",
    (
        "StartContactStreaming.ClientToken.another-contact",
        "StartContactStreaming.ClientToken.another-contact-answer",
        "StartContactStreaming.ClientToken.same-token-same-result",
    ),
    (
        "CreateParticipant.ClientToken.another-contact",
        "CreateParticipant.ClientToken.another-contact-answer",
        "CreateParticipant.ClientToken.same-token-same-result",
    ),
)
def test_another_contact_gets_nothing_of_the_first(
    scenario: Scenario, requirement: str, answer: str, same: str
) -> None:
    """A ClientToken that was used for one contact returns none of its identifiers for another contact."""
    other = {"another contact": idempotent_call(scenario, requirement, scenario.chat())}
    _note(
        scenario,
        answer,
        _judge(scenario, requirement, same, idempotent_call(scenario, requirement, scenario.chat()), other),
    )


@verifies_each(
    "requirement, answer, same",
    (
        "StartChatContact.ClientToken.another-instance",
        "StartChatContact.ClientToken.another-instance-answer",
        "StartChatContact.ClientToken.same-token-same-result",
    ),
    (
        "StartWebRTCContact.ClientToken.another-instance",
        "StartWebRTCContact.ClientToken.another-instance-answer",
        "StartWebRTCContact.ClientToken.same-token-same-result",
    ),
)
def test_another_instance_gets_nothing_of_the_first(
    scenario: Scenario, requirement: str, answer: str, same: str
) -> None:
    """A ClientToken that was used in one instance returns none of its identifiers in another instance."""
    names = {"InstanceId": "second_instance_id", "ContactFlowId": "second_contact_flow_id"}
    elsewhere = {member: scenario.option(name) for member, name in names.items()}
    idempotent = idempotent_call(scenario, requirement)
    _note(
        scenario,
        answer,
        _judge(scenario, requirement, same, idempotent, {"another instance": idempotent.with_members(**elsewhere)}),
    )
