"""StartChatContact: no chat starts in an unknown instance, or with a flow that its instance does not have."""

from __future__ import annotations

import uuid

from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.scenario import Scenario
from strategies.unknown_identifiers import unknown_identifiers

MEMBERS = ("InstanceId", "ContactFlowId")


@verifies_each(
    "requirement",
    "StartChatContact.InstanceId.unknown-refused",
    "StartChatContact.ContactFlowId.unknown-refused",
)
def test_an_unknown_identifier_starts_no_chat(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses an identifier that names nothing, also one that resembles a known one."""
    _, member, _ = requirement.split(".")
    scenario.working("StartChatContact")
    known = scenario.option({"InstanceId": "instance_id", "ContactFlowId": "contact_flow_id"}[member])
    for unknown in unknown_identifiers(known):
        answer = scenario.start(**{member: unknown})
        with scenario.claim(requirement) as claim:
            claim.any_refusal(answer, f"StartChatContact with the {member} {unknown}")


@verifies_each(
    "requirement",
    "StartChatContact.InstanceId.unknown-not-found",
    "StartChatContact.ContactFlowId.unknown-not-found",
)
def test_an_unknown_identifier_is_not_found(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses an identifier that names nothing with ResourceNotFoundException."""
    _, member, _ = requirement.split(".")
    answer = scenario.start(**{member: str(uuid.uuid4())})
    with scenario.claim(requirement) as claim:
        sent = f"StartChatContact with an unknown {member}"
        claim.failure(answer, sent, status=404, types=["ResourceNotFoundException"])


@verifies("StartChatContact.ContactFlowId.of-another-instance")
def test_a_flow_starts_chats_in_its_own_instance_only(scenario: Scenario) -> None:
    """The endpoint does not start a chat with the flow of another instance."""
    flow = scenario.option("second_contact_flow_id")
    scenario.working("StartChatContact")
    answer = scenario.start(ContactFlowId=flow)
    with scenario.claim() as claim:
        claim.any_refusal(answer, "StartChatContact with the flow of another instance")
