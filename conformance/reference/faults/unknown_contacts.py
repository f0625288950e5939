"""Faults of all operations about one contact: which contact an identifier reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.errors import Refusal, bad_value
from conformance.reference.faults.fault import Fault, Seed
from conformance.reference.faults.seams import on_refusal, takes
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact
from conformance.reference.world import Call, World

MEMBERS = {
    "StopContact": "ContactId",
    "DescribeContact": "ContactId",
    "GetContactAttributes": "InitialContactId",
    "UpdateContactAttributes": "InitialContactId",
    "CreateParticipant": "ContactId",
    "StartContactStreaming": "ContactId",
    "StopContactStreaming": "ContactId",
}
Reach = Callable[[list[Contact], str], str]


def _reaching(name: str, reach: Reach) -> Seed:
    """Operation `name` is about the contact that `reach` finds for the identifier that it was given."""

    def seed(service: ReferenceService) -> None:
        def meant(world: World, call: Call) -> dict[str, Any]:
            known, given = list(world.state.contacts.values()), call.get(MEMBERS[name])
            return {MEMBERS[name]: given if given in world.state.contacts else reach(known, given)}

        takes(service, name, meant)

    return seed


def _latest(known: list[Contact], given: str) -> str:
    return known[-1].id if known else given


def _beginning_so(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if contact.id.startswith(given)), given)


def _begun_so(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if given.startswith(contact.id)), given)


def _looking_at_the_start(known: list[Contact], given: str) -> str:
    return next((contact.id for contact in known if given[:-1] == contact.id[:-1]), given)


def _any_instance(name: str) -> Seed:
    """Operation `name` looks for the contact alone, whatever instance it is of."""

    def seed(service: ReferenceService) -> None:
        def meant(world: World, call: Call) -> dict[str, Any]:
            contact = world.state.contacts.get(call.get(MEMBERS[name]))
            return {"InstanceId": contact.instance_id} if contact else {}

        takes(service, name, meant)

    return seed


def _as_bad_input(name: str) -> Seed:
    """Operation `name` calls an unknown contact bad input."""

    def seed(service: ReferenceService) -> None:
        def act(_: World, call: Call, refusal: Refusal) -> None:
            if refusal.exception == "ResourceNotFoundException":
                raise bad_value(call.operation, refusal.message)

        on_refusal(service, name, act)

    return seed


REACHES: dict[str, tuple[str, Reach]] = {
    "takes-an-unknown-contact": ("is about the latest contact where it is given an unknown one", _latest),
    "takes-a-contact-that-begins-so": ("finds a contact by how its identifier begins", _beginning_so),
    "takes-a-contact-with-more-behind": ("does not look at what stands behind a known identifier", _begun_so),
    "takes-a-contact-but-its-last-character": ("does not look at the last character", _looking_at_the_start),
}


def _unknown(name: str) -> list[Fault]:
    red = f"{name}.{MEMBERS[name]}.unknown-refused"
    may = (f"{name}.{MEMBERS[name]}.unknown-not-found", f"{name}.refusal.no-effect")
    return [
        Fault(f"{fault}-in-{name}", f"{name} {says}.", (red,), may, "unknown-contacts", _reaching(name, reach))
        for fault, (says, reach) in REACHES.items()
    ]


def _others(name: str) -> list[Fault]:
    ids = f"{name}.{MEMBERS[name]}"
    elsewhere = Fault(
        f"takes-contacts-of-other-instances-in-{name}",
        f"{name} takes a contact under the InstanceId of any instance.",
        (f"{ids}.of-another-instance",),
        (f"{name}.InstanceId.*", "StopContact.refusal.no-effect"),
        "unknown-contacts",
        _any_instance(name),
    )
    bad = Fault(
        f"calls-an-unknown-contact-bad-input-in-{name}",
        f"{name} calls an unknown contact bad input.",
        (f"{ids}.unknown-not-found",),
        (),
        "unknown-contacts",
        _as_bad_input(name),
    )
    return [elsewhere, bad]


FAULTS: tuple[Fault, ...] = tuple(fault for name in MEMBERS for fault in (*_unknown(name), *_others(name)))
