"""Faults of UpdateContactAttributes: which updates it refuses, and what a refusal leaves."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.reference.attributes import attribute_bytes
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, bad_value, not_found
from conformance.reference.faults.attribute_updates import UPDATES, contact_to_update
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import on_refusal, refuses, takes
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

UPDATE = "UpdateContactAttributes"
Attributes = dict[str, str]
WHERE_VALUES_ARE_EMPTY = (
    "UpdateContactAttributes.Attributes.value.length-min",
    "UpdateContactAttributes.Attributes.total-*",
)


def measure_updates(size: Callable[[Contact, Attributes], int]) -> Seed:
    """An update is refused where `size` (UTF-8 bytes) of the contact and the request is too much, and only there."""

    def seed(service: ReferenceService) -> None:
        def update(context: Context, call: Call) -> Members:
            contact, given = contact_to_update(context, call), dict(call.get("Attributes"))
            if contact is None or contact.instance_id != call.get("InstanceId"):
                raise not_found(call.operation, "No such contact in this instance.")
            if size(contact, given) > ATTRIBUTE_BYTES:
                raise bad_value(call.operation, "The attributes would have too many bytes.")
            contact.attributes = contact.attributes | given
            return {}

        service.handlers[UPDATE] = update

    return seed


_measuring = Rows(measure_updates, may=UPDATES)
MEASURING = (
    _measuring(
        "counts-the-update-only",
        "The endpoint counts the bytes of one update only.",
        lambda _, given: attribute_bytes(given),
        "UpdateContactAttributes.Attributes.total-cumulative",
    ),
    _measuring(
        "counts-new-keys-only",
        "The endpoint does not count the keys of what the contact has.",
        lambda c, a: attribute_bytes(c.attributes | a) - sum(len(key) for key in c.attributes),
        "UpdateContactAttributes.Attributes.total-cumulative",
    ),
    _measuring(
        "counts-a-replaced-value-twice",
        "The endpoint still counts a replaced value towards the total.",
        lambda c, a: attribute_bytes(c.attributes) + attribute_bytes(a),
        "UpdateContactAttributes.Attributes.replaced-value-counts-once",
    ),
)


@fault(
    "UpdateContactAttributes.Attributes.refused-changes-nothing",
    may=("UpdateContactAttributes.Attributes.key-alphabet-accepted",),  # the contact is full of what was refused
)
def keeps_what_fits_of_a_refused_update(service: ReferenceService) -> None:
    """UpdateContactAttributes creates the first attribute of an update that it refuses."""

    def act(context: Context, call: Call, _: Refusal) -> None:
        contact, given = contact_to_update(context, call), call.get("Attributes")
        if contact is not None and contact.instance_id == call.get("InstanceId"):
            contact.attributes = contact.attributes | dict(list(given.items())[:1])

    on_refusal(service, UPDATE, act)


@fault(
    "UpdateContactAttributes.Attributes.refused-changes-nothing",
    may=("UpdateContactAttributes.Attributes.total-cumulative",),
)
def empties_a_contact_that_is_too_full(service: ReferenceService) -> None:
    """UpdateContactAttributes removes what a contact had when it refuses an update."""

    def act(context: Context, call: Call, _: Refusal) -> None:
        contact = contact_to_update(context, call)
        if contact is not None and contact.instance_id == call.get("InstanceId"):
            contact.attributes = {}

    on_refusal(service, UPDATE, act)


@fault("UpdateContactAttributes.Attributes.empty-value", may=WHERE_VALUES_ARE_EMPTY)
def refuses_empty_values(service: ReferenceService) -> None:
    """UpdateContactAttributes refuses an empty value."""
    refuses(service, UPDATE, lambda call: "" in call.get("Attributes").values())


@fault("UpdateContactAttributes.Attributes.empty-value", may=WHERE_VALUES_ARE_EMPTY)
def ignores_empty_values(service: ReferenceService) -> None:
    """An update with an empty value leaves the attribute as it was."""
    takes(service, UPDATE, lambda _, call: {"Attributes": {k: v for k, v in call.get("Attributes").items() if v}})


@fault("UpdateContactAttributes.Attributes.refused-changes-nothing", may=UPDATES)
def keeps_what_was_right_beside_a_wrong_key(service: ReferenceService) -> None:
    """UpdateContactAttributes sets the attributes with right keys of a request that it refuses for another key."""
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            contact = contact_to_update(service.context, call) if call.operation.name == UPDATE else None
            given: Attributes = call.get("Attributes") or {}
            if contact is not None and not all(map(_is_plain, given)):
                contact.attributes |= {key: value for key, value in given.items() if _is_plain(key)}
            raise

    service.perform = perform


def _is_plain(key: str) -> bool:
    return key.isascii() and key.replace("-", "").replace("_", "").isalnum()
