"""GetContactAttributes and UpdateContactAttributes."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.reference.contacts import contact_of
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value


def get_contact_attributes(context: Context, call: Call) -> Members:
    """GetContactAttributes: all attributes of the contact, also after its end."""
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("InitialContactId"))
    return {"Attributes": dict(contact.attributes)}


def update_contact_attributes(context: Context, call: Call) -> Members:
    """UpdateContactAttributes: adds to and overwrites the attributes of the contact, also after its end.

    Raises Refusal when all of them together would have more than 32,768 UTF-8 bytes; nothing is changed then.
    """
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("InitialContactId"))
    merged = contact.attributes | call.get("Attributes")
    if attribute_bytes(merged) > ATTRIBUTE_BYTES:
        raise bad_value(call.operation, f"All attributes would have more than {ATTRIBUTE_BYTES:,} UTF-8 bytes.")
    contact.attributes = merged
    contact.updated_at = context.now()
    return {}


def attribute_bytes(attributes: Mapping[str, str]) -> int:
    """The UTF-8 bytes of all keys and values together."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
