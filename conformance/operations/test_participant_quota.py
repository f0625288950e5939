"""CreateParticipant: the number of participants of a chat, and the answer to the one beyond the quota."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario

MOST_ADDED = 12  # participants after which no quota is looked for any more; the documents speak of 6 in a chat


def _add_until_refusal(chat: Chat) -> list[Exchange]:
    """The answers to adding one bot after another, up to the first refusal."""
    answers: list[Exchange] = []
    for number in range(MOST_ADDED):
        details = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": f"Bot {number}"}
        answers.append(chat.on_contact("CreateParticipant", ParticipantDetails=details))
        if not judged_reply(answers[-1]).succeeded:
            break
    return answers


_WRONG: tuple[Mapping[str, str], ...] = (
    {"ParticipantRole": "AGENT", "DisplayName": "Bea"},
    {"ParticipantRole": "CUSTOMER", "DisplayName": "Bob"},
    {"ParticipantRole": "CUSTOM_BOT", "DisplayName": ""},
    {"ParticipantRole": "UNKNOWN", "DisplayName": "Bea"},
)


@verifies("CreateParticipant.refusal.no-effect")
def test_who_was_refused_takes_no_place(scenario: Scenario) -> None:
    """A chat takes a participant after more refused ones than it has places."""
    chat = scenario.new_chat()
    scenario.working("CreateParticipant")
    refused = [chat.on_contact("CreateParticipant", ParticipantDetails=details) for details in (*_WRONG, *_WRONG[:2])]
    if any(judged_reply(answer).succeeded for answer in refused):
        raise SetupFailed("a wrong call was not refused")
    added = chat.on_contact(
        "CreateParticipant", ParticipantDetails={"ParticipantRole": "CUSTOM_BOT", "DisplayName": "B"}
    )
    with scenario.claim() as claim:
        claim.success(added, f"CreateParticipant of a CUSTOM_BOT after {len(refused)} refused participants")
        claim.success(chat.participant_of(added).connect(), "the connection of the participant that was added then")


@verifies("CreateParticipant.quota.exceeded", "CreateParticipant.quota.participants-number")
def test_the_participant_beyond_the_quota_is_refused(scenario: Scenario) -> None:
    """The participant beyond the quota gets ServiceQuotaExceededException; the test records the quota."""
    *added, last = _add_until_refusal(scenario.new_chat())
    scenario.need(next(iter(added), last))
    full = not judged_reply(last).succeeded
    with scenario.claim("CreateParticipant.quota.participants-number") as claim:
        claim.record(f"{len(added) + 1} with the customer" if full else f"more than {MOST_ADDED}")
    if not full:
        scenario.not_applicable(
            f"a chat took {MOST_ADDED} participants beside its customer", "CreateParticipant.quota.exceeded"
        )
        return
    with scenario.claim("CreateParticipant.quota.exceeded") as claim:
        sent = f"CreateParticipant in a chat of {len(added) + 1} participants"
        claim.failure(last, sent, status=402, types=["ServiceQuotaExceededException"])
