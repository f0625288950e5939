"""Faults of the References of StartWebRTCContact: which ones it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.reference.context import Call
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import into, lacks, refuses
from conformance.reference.faults_kit.operators import BMP_ONLY
from conformance.reference.rules import a_date_is_an_epoch_time
from conformance.reference.rules import references_have_the_types_of_creation as types_of_creation
from conformance.reference.service import ReferenceService

START = "StartWebRTCContact"
MOST_REFERENCES = 2
ISO_CHARACTERS = frozenset("0123456789-:TZ")

WITH_REFERENCES = ("StartWebRTCContact.References.*", "StartWebRTCContact.success.valid-request")


def _references(call: Call) -> list[Mapping[str, str]]:
    return list((call.get("References") or {}).values())


def _has(kind: str, value: Callable[[str | None], object]) -> Callable[[Call], bool]:
    """Whether a call has a reference of a type whose value `value` is true of."""
    return lambda call: any(one["Type"] == kind and bool(value(one.get("Value"))) for one in _references(call))


_of_references = Rows(into(refuses, START), may=WITH_REFERENCES)
REFUSED = tuple(
    _of_references(
        f"refuses-references-of-type-{kind}",
        f"The endpoint refuses a reference of type {kind}.",
        _has(kind, lambda _: True),
        red,
    )
    for kind, red in (
        ("DATE", "StartWebRTCContact.References.date-accepted"),
        ("EMAIL", "StartWebRTCContact.References.email-accepted"),
        ("NUMBER", "StartWebRTCContact.References.number-accepted"),
        ("STRING", "StartWebRTCContact.References.string-accepted"),
        ("URL", "StartWebRTCContact.References.url-accepted"),
    )
)
DEMANDED = tuple(
    _of_references(
        f"demands-a-value-of-{kind.lower()}",
        f"The endpoint refuses a reference of type {kind} without a Value.",
        _has(kind, lambda value: not value),
        "StartWebRTCContact.References.value.Value.optional",
    )
    for kind in ("URL", "DATE", "EMAIL")
)
REFUSED_REFERENCES = (
    _of_references(
        "refuses-three-references",
        "The endpoint refuses a call with more than two references.",
        lambda call: len(_references(call)) > MOST_REFERENCES,
        "StartWebRTCContact.References.string-accepted",
    ),
    _of_references(
        "refuses-queries-in-references",
        "The endpoint refuses a URL with a query as a reference.",
        lambda call: any("?" in (one.get("Value") or "") for one in _references(call)),
        "StartWebRTCContact.References.url-accepted",
    ),
    _of_references(
        "refuses-wide-references",
        "The endpoint refuses a reference with a character beyond the BMP.",
        lambda call: any(BMP_ONLY(value) != value for one in _references(call) if (value := one.get("Value") or "")),
        "StartWebRTCContact.References.string-accepted",
    ),
)


@fault("StartWebRTCContact.References.attachment-refused")
def takes_attachments(service: ReferenceService) -> None:
    """The endpoint accepts every reference type of the enumeration at creation."""
    lacks(service, START, types_of_creation)


def _looking_at(place: int) -> Seed:
    def rule(call: Call) -> None:
        references = _references(call)
        if references and references[place]["Type"] == "ATTACHMENT":
            raise bad_value(call.operation, "An attachment cannot be given when the contact is created.")

    return lambda service: lacks(service, START, types_of_creation, rule)


_looking = Rows(_looking_at, "StartWebRTCContact.References.attachment-refused")
LOOKING = tuple(
    _looking(
        f"looks-at-the-{words}-reference", f"The endpoint refuses an ATTACHMENT as the {words} reference only.", place
    )
    for words, place in (("first", 0), ("last", -1))
)


def _judge_dates(right: Callable[[str], bool]) -> Seed:
    def rule(call: Call) -> None:
        if not all(right(one.get("Value", "0")) for one in _references(call) if one["Type"] == "DATE"):
            raise bad_value(call.operation, "A date is an epoch time.")

    return lambda service: lacks(service, START, a_date_is_an_epoch_time, rule)


_dates = Rows(_judge_dates, "StartWebRTCContact.References.date-is-epoch")
DATES = (
    _dates("takes-any-date", "The endpoint accepts any text as a DATE.", lambda _: True),
    _dates(
        "takes-iso-dates",
        "The endpoint accepts an ISO 8601 date as a DATE.",
        lambda value: value[:4].isdigit() and set(value) <= ISO_CHARACTERS,
    ),
    _dates(
        "takes-a-date-that-begins-so",
        "The endpoint accepts a DATE that begins with a digit.",
        lambda value: value[:1].isdigit(),
    ),
    _dates(
        "takes-a-date-of-one-character",
        "The endpoint accepts a DATE of any one character.",
        lambda value: len(value) == 1 or value.isdigit(),
    ),
)
