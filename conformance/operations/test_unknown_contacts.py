"""Operations about one contact: an identifier that names no contact of the instance reaches none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from conformance.checks.replies import judged_reply
from conformance.claims import verifies
from conformance.examination.provisions import Provisions
from conformance.examination.story import Story
from conformance.wire import Exchange

ABOUT_CONTACTS = {
    "StopContact": "ContactId",
    "DescribeContact": "ContactId",
    "GetContactAttributes": "InitialContactId",
    "UpdateContactAttributes": "InitialContactId",
    "CreateParticipant": "ContactId",
    "StartContactStreaming": "ContactId",
    "StopContactStreaming": "ContactId",
}


def _each_operation(rule: str) -> pytest.MarkDecorator:
    ids = {name: f"{name}.{member}.{rule}" for name, member in ABOUT_CONTACTS.items()}
    return pytest.mark.parametrize(
        ("name", "requirement"), [pytest.param(name, rid, id=rid, marks=verifies(rid)) for name, rid in ids.items()]
    )


LONG = 20  # characters from which an identifier is no counter, so that one like it names nothing


def _about_nobody(story: Story, name: str) -> Iterator[Exchange]:
    """The plainest calls of operation `name`, all in order but for a contact that does not exist.

    The first contact is one of the usual form; the others resemble one that does exist.
    """
    own = Provisions(story.chat())
    known = own.participant.contact_id
    alike = (known[:-1] + ("0" if known[-1] != "0" else "1"), known[:-1], f"{known}0") if len(known) >= LONG else ()
    for unknown in (str(uuid.uuid4()), *alike):
        yield story.send(own.plain(name, **{ABOUT_CONTACTS[name]: unknown}))


@_each_operation("unknown-refused")
def test_an_unknown_contact_is_refused(story: Story, name: str, requirement: str) -> None:
    """An identifier that names no contact is refused, also where it resembles one that does."""
    for answer in _about_nobody(story, name):
        with story.claim(requirement) as claim:
            claim.refused_somehow(answer, f"{name} for a contact that does not exist")


@_each_operation("unknown-not-found")
def test_an_unknown_contact_is_not_found(story: Story, name: str, requirement: str) -> None:
    """An identifier that names no contact is refused as not found."""
    answer = next(_about_nobody(story, name))
    gone = name == "StopContact" and judged_reply(answer).error_name == "ContactNotFoundException"
    status, error = (410, "ContactNotFoundException") if gone else (404, "ResourceNotFoundException")
    with story.claim(requirement) as claim:
        claim.failed_with(answer, f"{name} for a contact that does not exist", status=status, types=[error])


@_each_operation("of-another-instance")
def test_a_contact_is_not_reached_through_another_instance(story: Story, name: str, requirement: str) -> None:
    """A contact is not reached under the InstanceId of another instance."""
    other = story.option("second_instance_id")
    answer = story.send(Provisions(story.chat()).plain(name, InstanceId=other))
    with story.claim(requirement) as claim:
        claim.refused_somehow(answer, f"{name} for a contact of another instance")
