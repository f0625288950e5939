"""Faults of GetContactAttributes and UpdateContactAttributes: what a contact keeps, and what an update does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import not_found
from conformance.reference.faults_kit.fault import Fault, fault
from conformance.reference.faults_kit.hooks import first, gives, takes
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

GET, START = "GetContactAttributes", "StartChatContact"
SUBJECT = "contact-attributes"
Attributes = dict[str, str]
LAST_OF_BMP = 0xFFFF
STARTED = (
    "StartChatContact.Attributes.returned",
    "StartWebRTCContact.Attributes.returned",
    "UpdateContactAttributes.Attributes.*",
)


def _contact(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get(call.get("InitialContactId"))


# What is shown


def _showing(name: str, words: str, shown: Callable[[Attributes], Attributes]) -> Fault:
    def seed(service: ReferenceService) -> None:
        gives(service, GET, lambda _, __, members: {"Attributes": shown(members["Attributes"])})

    red = ("GetContactAttributes.Attributes.byte-for-byte",)
    return Fault(name, f"GetContactAttributes shows {words}.", red, STARTED, SUBJECT, seed)


SHOWING: tuple[Fault, ...] = (
    _showing(
        "shows-trimmed-values", "values without blanks at their ends", lambda a: {k: v.strip() for k, v in a.items()}
    ),
    _showing("shows-lower-case-keys", "keys in lower case", lambda a: {k.lower(): v for k, v in a.items()}),
    _showing("shows-no-emoji", "question marks beyond the BMP", lambda a: {k: _narrow(v) for k, v in a.items()}),
    _showing("shows-one-line", "the first line of a value", lambda a: {k: v.split("\n")[0] for k, v in a.items()}),
    _showing(
        "shows-no-numeric-keys", "no key that is a number", lambda a: {k: v for k, v in a.items() if not k.isdigit()}
    ),
    _showing("shows-unix-lines", "LF for CR LF", lambda a: {k: v.replace("\r\n", "\n") for k, v in a.items()}),
    _showing("shows-no-nulls", "no value null", lambda a: {k: v for k, v in a.items() if v != "null"}),
    _showing("shows-unquoted-values", "values unquoted", lambda a: {k: unquote(v) for k, v in a.items()}),
    _showing("shows-numbers", "numbers without zeros before them", lambda a: {k: _as_number(v) for k, v in a.items()}),
    _showing("shows-no-prototype", "no key __proto__", lambda a: {k: v for k, v in a.items() if k != "__proto__"}),
    _showing(
        "shows-composed-values",
        "composed characters",
        lambda a: {k: _composed(v) for k, v in a.items()},
    ),
)


def _composed(text: str) -> str:
    return text.replace("e\u0301", "\u00e9")


def _as_number(text: str) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() else text


def _narrow(text: str) -> str:
    return "".join(c if ord(c) <= LAST_OF_BMP else "?" for c in text)


@fault("GetContactAttributes.Attributes.none")
def shows_an_attribute_of_its_own(service: ReferenceService) -> None:
    """Every contact has the attribute channel besides its own."""
    gives(service, GET, lambda _, __, members: {"Attributes": {"channel": "CHAT", **members["Attributes"]}})


@fault(
    "GetContactAttributes.Attributes.own-only",
    may=("GetContactAttributes.Attributes.none", "UpdateContactAttributes.Attributes.*"),
)
def shows_the_attributes_of_the_instance(service: ReferenceService) -> None:
    """GetContactAttributes shows the attributes of all contacts, its own counting."""

    def shown(context: Context, _: Call, members: Members) -> Members:
        every: Attributes = {}
        for contact in context.state.contacts.values():
            every |= contact.attributes
        return {"Attributes": every | members["Attributes"]}

    gives(service, GET, shown)


@fault(
    "GetContactAttributes.Attributes.own-only",
    may=("GetContactAttributes.Attributes.none", "UpdateContactAttributes.Attributes.*"),
)
def starts_with_the_attributes_before(service: ReferenceService) -> None:
    """A chat that is given no attributes gets those of the chat that was started before it."""
    before: list[Attributes] = []

    def given(_: Context, call: Call) -> dict[str, Any]:
        own = call.get("Attributes")
        before.append(own if own is not None else dict(before[-1] if before else {}))
        return {"Attributes": before[-1]}

    takes(service, START, given)


@fault("GetContactAttributes.Attributes.after-end")
def forgets_attributes_at_the_end(service: ReferenceService) -> None:
    """The attributes of a contact that has ended are not found."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and not contact.active:
            raise not_found(call.operation, "The contact has ended.")

    first(service, GET, act)


@fault("GetContactAttributes.Attributes.after-end", may=("*.Attributes.*",))
def shows_no_attributes_after_the_end(service: ReferenceService) -> None:
    """A contact that has ended has no attributes."""

    def shown(context: Context, call: Call, members: Members) -> Members:
        contact = _contact(context, call)
        return members if contact is None or contact.active else {"Attributes": {}}

    gives(service, GET, shown)
