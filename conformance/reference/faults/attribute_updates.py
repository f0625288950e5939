"""Faults of UpdateContactAttributes: what an update does to a contact, and what it may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.reference.attributes import attribute_bytes
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, bad_value, not_found
from conformance.reference.faults_kit.fault import Fault, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, on_refusal, refuses, takes
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, Contact

UPDATE = "UpdateContactAttributes"
SUBJECT = "attribute-updates"
Attributes = dict[str, str]
UPDATES = (
    "UpdateContactAttributes.Attributes.*",
    "GetContactAttributes.Attributes.byte-for-byte",
    "DescribeContact.Contact.attributes",
)
WHERE_VALUES_ARE_EMPTY = (
    "UpdateContactAttributes.Attributes.value.length-min",
    "UpdateContactAttributes.Attributes.total-*",
)


def _contact(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get(call.get("InitialContactId"))


Updated = Callable[[Contact, Attributes], Mapping[str, str] | None]


def _updating(name: str, says: str, red: str, updated: Updated) -> Fault:
    """An update leaves the contact with what `updated` makes of it and the request, or goes on where that is None."""

    def seed(service: ReferenceService) -> None:
        perform = service.handlers[UPDATE]

        def update(context: Context, call: Call) -> Members:
            contact = _contact(context, call)
            after = updated(contact, dict(call.get("Attributes"))) if contact is not None else None
            members = perform(context, call)
            if contact is not None and after is not None:
                contact.attributes = dict(after)
            return members

        service.handlers[UPDATE] = update

    return declare(name, says, seed, red, may=UPDATES)


def _existing(contact: Contact, given: Attributes) -> Attributes:
    return {key: given.get(key, value) for key, value in contact.attributes.items()}


UPDATING: tuple[Fault, ...] = (
    _updating(
        "updates-what-exists-only",
        "An update creates no attribute.",
        "UpdateContactAttributes.Attributes.creates",
        _existing,
    ),
    _updating(
        "updates-nothing-that-exists",
        "An update does not replace existing values.",
        "UpdateContactAttributes.Attributes.replaces",
        lambda c, a: a | c.attributes,
    ),
    _updating(
        "updates-the-last-forty",
        "An update leaves the 40 attributes that were set last.",
        "UpdateContactAttributes.Attributes.keeps-others",
        lambda c, a: dict(list((c.attributes | a).items())[-40:]),
    ),
    _updating(
        "updates-all",
        "An update drops what it does not name.",
        "UpdateContactAttributes.Attributes.keeps-others",
        lambda _, a: a,
    ),
    _updating(
        "updates-drop-the-case",
        "An update drops a key that it names in other letter case.",
        "UpdateContactAttributes.Attributes.keeps-others",
        lambda c, a: {k: v for k, v in c.attributes.items() if k.lower() not in {x.lower() for x in a}} | a,
    ),
    _updating(
        "updates-keep-three",
        "A contact keeps three attributes beside those of an update.",
        "UpdateContactAttributes.Attributes.keeps-others",
        lambda c, a: dict(list((c.attributes | a).items())[-3:]),
    ),
)


@fault("UpdateContactAttributes.Attributes.at-the-same-time", may=("UpdateContactAttributes.Attributes.*",))
def loses_updates_that_cross(service: ReferenceService) -> None:
    """An update within 200 ms of another starts from what the contact had before that one."""
    earlier: dict[str, tuple[int, Attributes]] = {}

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
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
    """An update changes every contact of the instance that is active."""

    def act(context: Context, call: Call) -> None:
        for contact in context.state.contacts.values():
            if contact.active:
                contact.attributes = contact.attributes | call.get("Attributes")

    first(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.after-end")
def updates_active_contacts_only(service: ReferenceService) -> None:
    """An update of a contact that has ended is refused."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and not contact.active:
            raise bad_value(call.operation, "The contact has ended.")

    first(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.after-end")
def creates_nothing_after_the_end(service: ReferenceService) -> None:
    """An update of a contact that has ended changes what exists and creates nothing."""

    def meant(context: Context, call: Call) -> dict[str, Any]:
        contact = _contact(context, call)
        given = call.get("Attributes")
        late = contact is not None and not contact.active
        return {"Attributes": {k: v for k, v in given.items() if k in contact.attributes}} if contact and late else {}

    takes(service, UPDATE, meant)


def measured(size: Callable[[Contact, Attributes], int]) -> Seed:
    """An update is refused where `size` (UTF-8 bytes) of the contact and the request is too much, and only there."""

    def seed(service: ReferenceService) -> None:
        def update(context: Context, call: Call) -> Members:
            contact, given = _contact(context, call), dict(call.get("Attributes"))
            if contact is None or contact.instance_id != call.get("InstanceId"):
                raise not_found(call.operation, "No such contact in this instance.")
            if size(contact, given) > ATTRIBUTE_BYTES:
                raise bad_value(call.operation, "The attributes would have too many bytes.")
            contact.attributes = contact.attributes | given
            return {}

        service.handlers[UPDATE] = update

    return seed


def _measuring(name: str, says: str, red: str, size: Callable[[Contact, Attributes], int]) -> Fault:
    return declare(name, says, measured(size), red, may=UPDATES)


def _of_the_update(_: Contact, given: Attributes) -> int:
    return attribute_bytes(given)


MEASURING: tuple[Fault, ...] = (
    _measuring(
        "counts-the-update-only",
        "The total is of one update.",
        "UpdateContactAttributes.Attributes.total-cumulative",
        _of_the_update,
    ),
    _measuring(
        "counts-new-keys-only",
        "The total leaves out the keys of what the contact has.",
        "UpdateContactAttributes.Attributes.total-cumulative",
        lambda c, a: attribute_bytes(c.attributes | a) - sum(len(key) for key in c.attributes),
    ),
    _measuring(
        "counts-a-replaced-value-twice",
        "The endpoint still counts a replaced value towards the total.",
        "UpdateContactAttributes.Attributes.replaced-value-counts-once",
        lambda c, a: attribute_bytes(c.attributes) + attribute_bytes(a),
    ),
)


@fault("UpdateContactAttributes.Attributes.refused-changes-nothing")
def keeps_what_fits_of_a_refused_update(service: ReferenceService) -> None:
    """A refused update has created its first attribute."""

    def act(context: Context, call: Call, _: Refusal) -> None:
        contact, given = _contact(context, call), call.get("Attributes")
        if contact is not None and contact.instance_id == call.get("InstanceId"):
            contact.attributes = contact.attributes | dict(list(given.items())[:1])

    on_refusal(service, UPDATE, act)


@fault(
    "UpdateContactAttributes.Attributes.refused-changes-nothing",
    may=("UpdateContactAttributes.Attributes.total-cumulative",),
)
def empties_a_contact_that_is_too_full(service: ReferenceService) -> None:
    """A refused update has removed what the contact had."""

    def act(context: Context, call: Call, _: Refusal) -> None:
        contact = _contact(context, call)
        if contact is not None and contact.instance_id == call.get("InstanceId"):
            contact.attributes = {}

    on_refusal(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.empty-value", may=WHERE_VALUES_ARE_EMPTY)
def refuses_empty_values(service: ReferenceService) -> None:
    """An update with an empty value is refused."""
    refuses(service, UPDATE, lambda call: "" in call.get("Attributes").values())


@fault("UpdateContactAttributes.Attributes.empty-value", may=WHERE_VALUES_ARE_EMPTY)
def ignores_empty_values(service: ReferenceService) -> None:
    """An update with an empty value leaves the attribute as it was."""
    takes(service, UPDATE, lambda _, call: {"Attributes": {k: v for k, v in call.get("Attributes").items() if v}})


@fault("UpdateContactAttributes.Attributes.refused-changes-nothing", may=UPDATES)
def keeps_what_was_right_beside_a_wrong_key(service: ReferenceService) -> None:
    """An update that is refused for a key sets the attributes whose keys are right."""
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            contact = _contact(service.context, call) if call.operation.name == UPDATE else None
            given: Attributes = call.get("Attributes") or {}
            if contact is not None and not all(map(_is_plain, given)):
                contact.attributes |= {key: value for key, value in given.items() if _is_plain(key)}
            raise

    service.perform = perform


def _is_plain(key: str) -> bool:
    return key.isascii() and key.replace("-", "").replace("_", "").isalnum()


def _unheard(name: str, says: str, red: str, when: Callable[[Contact], bool]) -> Fault:
    """An update of a contact that `when` is true of is not found."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and when(contact):
            raise not_found(call.operation, "No attributes of it are kept.")

    return declare(name, says, lambda service: first(service, UPDATE, act), red, may=UPDATES)


UNHEARD = (
    _unheard(
        "updates-no-calls",
        "An update of a call is not found.",
        "UpdateContactAttributes.Attributes.creates",
        lambda c: c.channel != CHAT,
    ),
    _unheard(
        "updates-nothing-where-the-customer-left",
        "An update of a chat that its customer has left is not found.",
        "UpdateContactAttributes.Attributes.after-end",
        lambda c: c.end_reason is ContactEvent.CUSTOMER_LEAVES,
    ),
    _unheard(
        "updates-nothing-when-the-time-was-up",
        "An update of a chat whose duration has passed is not found.",
        "UpdateContactAttributes.Attributes.after-end",
        lambda c: c.end_reason is ContactEvent.TIME_IS_UP,
    ),
)
