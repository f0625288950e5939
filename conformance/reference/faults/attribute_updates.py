"""Faults of UpdateContactAttributes: what an update does to a contact, and which contacts it reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value, not_found
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, takes
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, Contact

UPDATE = "UpdateContactAttributes"
Attributes = dict[str, str]
UPDATES = (
    "UpdateContactAttributes.Attributes.*",
    "GetContactAttributes.Attributes.byte-for-byte",
    "DescribeContact.Contact.attributes",
)


def contact_to_update(context: Context, call: Call) -> Contact | None:
    """The contact that an update names; None for an unknown one."""
    return context.state.contacts.get(call.get("InitialContactId"))


Updated = Callable[[Contact, Attributes], Mapping[str, str] | None]


def _leaving(updated: Updated) -> Seed:
    """An update leaves the contact with what `updated` makes of it and the request, or goes on where that is None."""

    def seed(service: ReferenceService) -> None:
        perform = service.handlers[UPDATE]

        def update(context: Context, call: Call) -> Members:
            contact = contact_to_update(context, call)
            after = updated(contact, dict(call.get("Attributes"))) if contact is not None else None
            members = perform(context, call)
            if contact is not None and after is not None:
                contact.attributes = dict(after)
            return members

        service.handlers[UPDATE] = update

    return seed


def _existing(contact: Contact, given: Attributes) -> Attributes:
    return {key: given.get(key, value) for key, value in contact.attributes.items()}


_updating = Rows(_leaving, may=UPDATES)
UPDATING = (
    _updating(
        "updates-what-exists-only",
        "An update creates no attribute.",
        _existing,
        "UpdateContactAttributes.Attributes.creates",
    ),
    _updating(
        "updates-nothing-that-exists",
        "An update does not replace existing values.",
        lambda c, a: a | c.attributes,
        "UpdateContactAttributes.Attributes.replaces",
    ),
    _updating(
        "updates-the-last-forty",
        "An update leaves only the 40 attributes that were set last.",
        lambda c, a: dict(list((c.attributes | a).items())[-40:]),
        "UpdateContactAttributes.Attributes.keeps-others",
    ),
    _updating(
        "updates-all",
        "An update drops what it does not name.",
        lambda _, a: a,
        "UpdateContactAttributes.Attributes.keeps-others",
    ),
    _updating(
        "updates-drop-the-case",
        "An update drops a key that it names in other letter case.",
        lambda c, a: {k: v for k, v in c.attributes.items() if k.lower() not in {x.lower() for x in a}} | a,
        "UpdateContactAttributes.Attributes.keeps-others",
    ),
    _updating(
        "updates-keep-three",
        "A contact keeps three attributes beside those of an update.",
        lambda c, a: dict(list((c.attributes | a).items())[-3:]),
        "UpdateContactAttributes.Attributes.keeps-others",
    ),
)


@fault("UpdateContactAttributes.Attributes.at-the-same-time", may=("UpdateContactAttributes.Attributes.*",))
def loses_updates_that_cross(service: ReferenceService) -> None:
    """An update within 200 ms of another starts from what the contact had before that one."""
    earlier: dict[str, tuple[int, Attributes]] = {}

    def act(context: Context, call: Call) -> None:
        contact = contact_to_update(context, call)
        if contact is not None:
            at, before = earlier.get(contact.id, (0, contact.attributes))
            crossing = context.now() - at < 200  # noqa: PLR2004 - milliseconds
            earlier[contact.id] = (at, before) if crossing else (context.now(), dict(contact.attributes))
            contact.attributes = dict(before) if crossing else contact.attributes

    first(service, UPDATE, act)


@fault(
    "UpdateContactAttributes.Attributes.other-contacts-untouched", may=(*UPDATES, "GetContactAttributes.Attributes.*")
)
def updates_all_contacts_of_an_instance(service: ReferenceService) -> None:
    """UpdateContactAttributes changes every active contact of the instance."""

    def act(context: Context, call: Call) -> None:
        for contact in context.state.contacts.values():
            if contact.active:
                contact.attributes = contact.attributes | call.get("Attributes")

    first(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.after-end")
def updates_active_contacts_only(service: ReferenceService) -> None:
    """UpdateContactAttributes refuses a contact that has ended."""

    def act(context: Context, call: Call) -> None:
        contact = contact_to_update(context, call)
        if contact is not None and not contact.active:
            raise bad_value(call.operation, "The contact has ended.")

    first(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.after-end")
def creates_nothing_after_the_end(service: ReferenceService) -> None:
    """UpdateContactAttributes creates no attribute of a contact that has ended."""

    def resolve(context: Context, call: Call) -> dict[str, Any]:
        contact = contact_to_update(context, call)
        given = call.get("Attributes")
        late = contact is not None and not contact.active
        return {"Attributes": {k: v for k, v in given.items() if k in contact.attributes}} if contact and late else {}

    takes(service, UPDATE, resolve)


def _lose_contacts(when: Callable[[Contact], bool]) -> Seed:
    """An update of a contact that `when` is true of is not found."""

    def act(context: Context, call: Call) -> None:
        contact = contact_to_update(context, call)
        if contact is not None and when(contact):
            raise not_found(call.operation, "No attributes of it are kept.")

    return lambda service: first(service, UPDATE, act)


_unheard = Rows(_lose_contacts, may=UPDATES)
UNHEARD = (
    _unheard(
        "updates-no-calls",
        "UpdateContactAttributes does not find a call.",
        lambda c: c.channel != CHAT,
        "UpdateContactAttributes.Attributes.creates",
    ),
    _unheard(
        "updates-nothing-where-the-customer-left",
        "UpdateContactAttributes does not find a chat that its customer has left.",
        lambda c: c.end_reason is ContactEvent.CUSTOMER_LEAVES,
        "UpdateContactAttributes.Attributes.after-end",
    ),
    _unheard(
        "updates-nothing-when-the-time-was-up",
        "UpdateContactAttributes does not find a chat whose duration has passed.",
        lambda c: c.end_reason is ContactEvent.TIME_IS_UP,
        "UpdateContactAttributes.Attributes.after-end",
    ),
)
