"""Faults of all operations about one contact: which contact an identifier reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.context import Call, Context
from conformance.reference.errors import Refusal, bad_value
from conformance.reference.faults_kit.fault import Fault, Seed, declare
from conformance.reference.faults_kit.hooks import on_refusal, takes
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

# Of each operation: an unknown contact is refused; as one that is not found; so is one of another instance.
PROMISES = (
    (
        "StopContact.ContactId.unknown-refused",
        "StopContact.ContactId.unknown-not-found",
        "StopContact.ContactId.of-another-instance",
    ),
    (
        "DescribeContact.ContactId.unknown-refused",
        "DescribeContact.ContactId.unknown-not-found",
        "DescribeContact.ContactId.of-another-instance",
    ),
    (
        "GetContactAttributes.InitialContactId.unknown-refused",
        "GetContactAttributes.InitialContactId.unknown-not-found",
        "GetContactAttributes.InitialContactId.of-another-instance",
    ),
    (
        "UpdateContactAttributes.InitialContactId.unknown-refused",
        "UpdateContactAttributes.InitialContactId.unknown-not-found",
        "UpdateContactAttributes.InitialContactId.of-another-instance",
    ),
    (
        "CreateParticipant.ContactId.unknown-refused",
        "CreateParticipant.ContactId.unknown-not-found",
        "CreateParticipant.ContactId.of-another-instance",
    ),
    (
        "StartContactStreaming.ContactId.unknown-refused",
        "StartContactStreaming.ContactId.unknown-not-found",
        "StartContactStreaming.ContactId.of-another-instance",
    ),
    (
        "StopContactStreaming.ContactId.unknown-refused",
        "StopContactStreaming.ContactId.unknown-not-found",
        "StopContactStreaming.ContactId.of-another-instance",
    ),
)
Reach = Callable[[list[Contact], str], str]


def _reaching(name: str, member: str, reach: Reach) -> Seed:
    """Operation `name` is about the contact that `reach` finds for the identifier that its `member` was given."""

    def seed(service: ReferenceService) -> None:
        def resolve(context: Context, call: Call) -> dict[str, Any]:
            known, given = list(context.state.contacts.values()), call.get(member)
            return {member: given if given in context.state.contacts else reach(known, given)}

        takes(service, name, resolve)

    return seed


def _latest(known: list[Contact], given: str) -> str:
    return known[-1].id if known else given


def _beginning_so(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if contact.id.startswith(given)), given)


def _begun_so(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if given.startswith(contact.id)), given)


def _looking_at_the_start(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if given[:-1] == contact.id[:-1]), given)


def _any_instance(name: str, member: str) -> Seed:
    """Operation `name` looks for the contact alone, whatever instance it is of."""

    def seed(service: ReferenceService) -> None:
        def resolve(context: Context, call: Call) -> dict[str, Any]:
            contact = context.state.contacts.get(call.get(member))
            return {"InstanceId": contact.instance_id} if contact else {}

        takes(service, name, resolve)

    return seed


def _as_bad_input(name: str) -> Seed:
    """Operation `name` calls an unknown contact bad input."""

    def seed(service: ReferenceService) -> None:
        def act(_: Context, call: Call, refusal: Refusal) -> None:
            if refusal.exception == "ResourceNotFoundException":
                raise bad_value(call.operation, refusal.message)

        on_refusal(service, name, act)

    return seed


REACHES: dict[str, tuple[str, Reach]] = {
    "takes-an-unknown-contact": ("uses the latest contact in place of an unknown one", _latest),
    "takes-a-contact-that-begins-so": ("finds a contact by the beginning of its identifier", _beginning_so),
    "takes-a-contact-with-more-behind": ("ignores what follows a known identifier", _begun_so),
    "takes-a-contact-but-its-last-character": ("ignores the last character of an identifier", _looking_at_the_start),
}
# What such a call does to the contact that it reaches: it ends, or it is full of participants.
_EFFECTS = {
    "StopContact": ("StopContact.refusal.no-effect",),
    "CreateParticipant": ("CreateParticipant.ClientToken.*",),
}


def _unknown(refused: str, not_found: str) -> list[Fault]:
    name, member, _ = refused.split(".")
    effects = _EFFECTS.get(name, ())
    return [
        declare(
            f"{fault}-in-{name}", f"{name} {says}.", _reaching(name, member, reach), refused, may=(not_found, *effects)
        )
        for fault, (says, reach) in REACHES.items()
    ]


def _others(elsewhere: str, not_found: str) -> list[Fault]:
    name, member, _ = elsewhere.split(".")
    return [
        declare(
            f"takes-contacts-of-other-instances-in-{name}",
            f"{name} accepts a contact under the InstanceId of any instance.",
            _any_instance(name, member),
            elsewhere,
            may=(f"{name}.InstanceId.*", "StopContact.refusal.no-effect"),
        ),
        declare(
            f"calls-an-unknown-contact-bad-input-in-{name}",
            f"{name} calls an unknown contact bad input.",
            _as_bad_input(name),
            not_found,
        ),
    ]


FAULTS: tuple[Fault, ...] = tuple(
    fault
    for refused, not_found, elsewhere in PROMISES
    for fault in (*_unknown(refused, not_found), *_others(elsewhere, not_found))
)
