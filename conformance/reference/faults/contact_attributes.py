"""Faults of GetContactAttributes and UpdateContactAttributes: what a contact keeps, and what an update does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import not_found
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, gives, takes
from conformance.reference.faults_kit.operators import (
    FIRST_LINE,
    LOWER_CASE,
    NFC,
    NUMBER,
    QUESTION_MARKS_BEYOND_BMP,
    TRIMMED,
    UNIX_LINES,
    UNQUOTED,
    Place,
)
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

GET, START = "GetContactAttributes", "StartChatContact"
Attributes = dict[str, str]


def _contact(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get(call.get("InitialContactId"))


# What is shown


RED = "GetContactAttributes.Attributes.byte-for-byte"


def _showing(shown: Callable[[Attributes], Attributes]) -> Seed:
    return lambda service: gives(
        service, GET, lambda _, __, members: {"Attributes": shown(dict(members["Attributes"]))}
    )


def _values(change: Callable[[str], str]) -> Seed:
    return _showing(lambda attributes: {key: change(value) for key, value in attributes.items()})


def _keys(change: Callable[[str], str]) -> Seed:
    return _showing(lambda attributes: {change(key): value for key, value in attributes.items()})


SHOWING = (
    *Place("GetContactAttributes shows a value", _values, RED).faults(
        {
            "shows-trimmed-values": TRIMMED,
            "shows-no-emoji": QUESTION_MARKS_BEYOND_BMP,
            "shows-one-line": FIRST_LINE,
            "shows-unix-lines": UNIX_LINES,
            "shows-unquoted-values": UNQUOTED,
            "shows-numbers": NUMBER,
            "shows-composed-values": NFC,
        }
    ),
    *Place("GetContactAttributes shows a key", _keys, RED).faults({"shows-lower-case-keys": LOWER_CASE}),
)
_lacking = Rows(_showing, RED)
LACKING = (
    _lacking(
        "shows-no-numeric-keys",
        "GetContactAttributes shows no key that is a number.",
        lambda attributes: {key: value for key, value in attributes.items() if not key.isdigit()},
    ),
    _lacking(
        "shows-no-nulls",
        "GetContactAttributes shows no value null.",
        lambda attributes: {key: value for key, value in attributes.items() if value != "null"},
    ),
    _lacking(
        "shows-no-prototype",
        "GetContactAttributes shows no key __proto__.",
        lambda attributes: {key: value for key, value in attributes.items() if key != "__proto__"},
    ),
)


@fault("GetContactAttributes.Attributes.none")
def shows_an_attribute_of_its_own(service: ReferenceService) -> None:
    """GetContactAttributes shows the attribute channel beside those of the contact."""
    gives(service, GET, lambda _, __, members: {"Attributes": {"channel": "CHAT", **members["Attributes"]}})


@fault(
    "GetContactAttributes.Attributes.own-only",
    may=("GetContactAttributes.Attributes.none", "UpdateContactAttributes.Attributes.*"),
)
def shows_the_attributes_of_the_instance(service: ReferenceService) -> None:
    """GetContactAttributes shows the attributes of all contacts, its own counting."""

    def show(context: Context, _: Call, members: Members) -> Members:
        every: Attributes = {}
        for contact in context.state.contacts.values():
            every |= contact.attributes
        return {"Attributes": every | members["Attributes"]}

    gives(service, GET, show)


@fault(
    "GetContactAttributes.Attributes.own-only",
    may=("GetContactAttributes.Attributes.none", "UpdateContactAttributes.Attributes.*"),
)
def starts_with_the_attributes_before(service: ReferenceService) -> None:
    """StartChatContact gives a chat without Attributes those of the chat that was started before it."""
    before: list[Attributes] = []

    def give(_: Context, call: Call) -> dict[str, Any]:
        own = call.get("Attributes")
        before.append(own if own is not None else dict(before[-1] if before else {}))
        return {"Attributes": before[-1]}

    takes(service, START, give)


@fault("GetContactAttributes.Attributes.after-end")
def forgets_attributes_at_the_end(service: ReferenceService) -> None:
    """GetContactAttributes does not find a contact that has ended."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and not contact.active:
            raise not_found(call.operation, "The contact has ended.")

    first(service, GET, act)


@fault("GetContactAttributes.Attributes.after-end", may=("*.Attributes.*",))
def shows_no_attributes_after_the_end(service: ReferenceService) -> None:
    """GetContactAttributes shows no attributes of a contact that has ended."""

    def show(context: Context, call: Call, members: Members) -> Members:
        contact = _contact(context, call)
        return members if contact is None or contact.active else {"Attributes": {}}

    gives(service, GET, show)
