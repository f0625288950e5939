"""Operations about one contact: an identifier that names no contact of the instance is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from conformance.checks.replies import judged_reply
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies_each
from conformance.scenario.scenario import Scenario

LONG = 20  # characters from which an identifier is no counter, so that one like it names nothing


def _about_nobody(scenario: Scenario, requirement: str) -> Iterator[Exchange]:
    """The plainest calls of the operation of `requirement`, correct except for a contact that does not exist.

    The first contact is one of the usual form; the others resemble one that does exist. An endpoint that takes its
    latest contact instead refuses all the same where that one does not stream: the chat that does is the latest.
    """
    name, member, _ = requirement.split(".")
    own = (scenario.new_chat() if name == "StopContactStreaming" else scenario.chat()).resources()
    known = own["contact_id"]
    alike = (known[:-1] + ("0" if known[-1] != "0" else "1"), known[:-1], f"{known}0") if len(known) >= LONG else ()
    for unknown in (str(uuid.uuid4()), *alike):
        yield scenario.send(own.plain(name, **{member: unknown}))


@verifies_each(
    "refused, not_found",
    ("StopContact.ContactId.unknown-refused", "StopContact.ContactId.unknown-not-found"),
    ("DescribeContact.ContactId.unknown-refused", "DescribeContact.ContactId.unknown-not-found"),
    (
        "GetContactAttributes.InitialContactId.unknown-refused",
        "GetContactAttributes.InitialContactId.unknown-not-found",
    ),
    (
        "UpdateContactAttributes.InitialContactId.unknown-refused",
        "UpdateContactAttributes.InitialContactId.unknown-not-found",
    ),
    ("CreateParticipant.ContactId.unknown-refused", "CreateParticipant.ContactId.unknown-not-found"),
    ("StartContactStreaming.ContactId.unknown-refused", "StartContactStreaming.ContactId.unknown-not-found"),
    ("StopContactStreaming.ContactId.unknown-refused", "StopContactStreaming.ContactId.unknown-not-found"),
)
def test_an_unknown_contact_is_refused(scenario: Scenario, refused: str, not_found: str) -> None:
    """The endpoint refuses as not found an identifier of no contact, also one that resembles an existing one."""
    name = operation_of(refused)
    first, *others = _about_nobody(scenario, refused)
    for answer in (first, *others):
        with scenario.claim(refused) as claim:
            claim.any_refusal(answer, f"{name} for a contact that does not exist")
    gone = name == "StopContact" and judged_reply(first).error_name == "ContactNotFoundException"
    status, error = (410, "ContactNotFoundException") if gone else (404, "ResourceNotFoundException")
    with scenario.claim(not_found) as claim:
        claim.failure(first, f"{name} for a contact that does not exist", status=status, types=[error])


@verifies_each(
    "requirement",
    "StopContact.ContactId.of-another-instance",
    "DescribeContact.ContactId.of-another-instance",
    "GetContactAttributes.InitialContactId.of-another-instance",
    "UpdateContactAttributes.InitialContactId.of-another-instance",
    "CreateParticipant.ContactId.of-another-instance",
    "StartContactStreaming.ContactId.of-another-instance",
    "StopContactStreaming.ContactId.of-another-instance",
)
def test_a_contact_is_not_reached_through_another_instance(scenario: Scenario, requirement: str) -> None:
    """The endpoint does not serve a contact under the InstanceId of another instance."""
    name = operation_of(requirement)
    other = scenario.option("second_instance_id")
    answer = scenario.send(scenario.chat().resources().plain(name, InstanceId=other))
    with scenario.claim(requirement) as claim:
        claim.any_refusal(answer, f"{name} for a contact of another instance")
