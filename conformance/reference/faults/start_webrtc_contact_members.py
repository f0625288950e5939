"""Faults of StartWebRTCContact: what a call is given and does not keep, and what it takes or refuses wrongly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import into, lacks, refuses, takes, then
from conformance.reference.faults_kit.operators import BMP_ONLY, LOWER_CASE, NFC, TRIMMED, Place
from conformance.reference.rules import a_date_is_an_epoch_time, segment_attribute_arns_are_arns
from conformance.reference.rules import references_have_the_types_of_creation as types_of_creation
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT

START = "StartWebRTCContact"
MOST_REFERENCES = 2
ALL_CAPABILITIES = 4  # video and screen of customer and agent
ISO_CHARACTERS = frozenset("0123456789-:TZ")


# Attributes

Attributes = dict[str, str]
RETURNED = "StartWebRTCContact.Attributes.returned"


def _keeping(kept: Callable[[Attributes], Attributes]) -> Seed:
    return lambda service: takes(
        service, START, lambda _, call: {"Attributes": kept(dict(call.get("Attributes") or {}))}
    )


def _values(change: Callable[[str], str]) -> Seed:
    return _keeping(lambda attributes: {key: change(value) for key, value in attributes.items()})


def _keys(change: Callable[[str], str]) -> Seed:
    return _keeping(lambda attributes: {change(key): value for key, value in attributes.items()})


_attributes = Rows(_keeping, RETURNED)
ATTRIBUTES = (
    *Place("The endpoint stores a value of a call's Attributes", _values, RETURNED).faults(
        {"call-trims-its-attributes": TRIMMED, "call-composes-its-attributes": NFC, "call-drops-emoji": BMP_ONLY}
    ),
    *Place("The endpoint stores a key of a call's Attributes", _keys, RETURNED).faults(
        {"call-keeps-the-last-case-of-keys": LOWER_CASE}
    ),
    _attributes("call-forgets-its-attributes", "The endpoint does not store a call's Attributes.", lambda _: {}),
    _attributes(
        "call-keeps-32-attributes",
        "The endpoint stores only 32 of a call's Attributes.",
        lambda attributes: dict(list(attributes.items())[:32]),
    ),
)


@fault("StartWebRTCContact.Attributes.returned")
def swaps_the_attributes_of_calls(service: ReferenceService) -> None:
    """StartWebRTCContact gives a call the attributes of the one before it."""
    before: list[Attributes] = []

    def kept(_: Context, call: Call) -> dict[str, Any]:
        before.append(dict(call.get("Attributes") or {}))
        return {"Attributes": before[-2] if len(before) > 1 else {}}

    takes(service, START, kept)


# Capabilities and segment attributes


def _sides(call: Call, kind: str) -> int:
    return sum(kind in (side or {}) for side in (call.get("AllowedCapabilities") or {}).values())


def _lacking(call: Call) -> bool:
    return _sides(call, "ScreenShare") + _sides(call, "Video") < ALL_CAPABILITIES


_refusing = Rows(into(refuses, START))
REFUSED_CAPABILITIES = (
    _refusing(
        "refuses-capabilities-of-nobody",
        "The endpoint refuses AllowedCapabilities that speak neither of the customer nor of the agent.",
        lambda call: call.get("AllowedCapabilities") == {},
        "StartWebRTCContact.AllowedCapabilities.Customer.optional",
    ),
    _refusing(
        "refuses-an-agent-of-no-capability",
        "The endpoint refuses capabilities of an agent that name none.",
        lambda call: (call.get("AllowedCapabilities") or {}).get("Agent") == {},
        "StartWebRTCContact.AllowedCapabilities.Agent.Video.optional",
    ),
    _refusing(
        "refuses-screens-of-both-sides",
        "The endpoint refuses a call both sides of which may share their screen.",
        lambda call: _sides(call, "ScreenShare") > 1,
        "StartWebRTCContact.AllowedCapabilities.both-sides",
        may=("StartWebRTCContact.success.valid-request",),  # members that are accepted alone are sent together, too
    ),
    _refusing(
        "refuses-a-screen-without-video",
        "The endpoint refuses a call with a shared screen and no video.",
        lambda call: _sides(call, "ScreenShare") > 0 == _sides(call, "Video"),
        "StartWebRTCContact.AllowedCapabilities.both-sides",
        may=("StartWebRTCContact.AllowedCapabilities.*.Video.optional",),
    ),
    _refusing(
        "refuses-an-agent-alone",
        "The endpoint refuses capabilities of the agent without those of the customer.",
        lambda call: list(call.get("AllowedCapabilities") or {}) == ["Agent"],
        "StartWebRTCContact.AllowedCapabilities.both-sides",
        may=("StartWebRTCContact.AllowedCapabilities.Customer.optional",),
    ),
    _refusing(
        "refuses-everything-at-once",
        "The endpoint refuses a call with all four capabilities.",
        lambda call: not _lacking(call),
        "StartWebRTCContact.AllowedCapabilities.both-sides",
        may=("StartWebRTCContact.success.valid-request",),
    ),
    _refusing(
        "refuses-the-subtype-of-calls",
        "The endpoint refuses the subtype connect:WebRTC.",
        lambda call: call.get("SegmentAttributes") == {"connect:Subtype": {"ValueString": "connect:WebRTC"}},
        "StartWebRTCContact.SegmentAttributes.subtype-accepted",
        may=("StartWebRTCContact.SegmentAttributes.*", "StartWebRTCContact.success.valid-request"),
    ),
)


# References

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


# Related contacts


@fault(
    "StartWebRTCContact.RelatedContactId.accepted",
    may=("StartWebRTCContact.RelatedContactId.*", "StartWebRTCContact.success.valid-request"),
)
def refuses_a_related_chat(service: ReferenceService) -> None:
    """StartWebRTCContact refuses the RelatedContactId of a chat."""

    def act(context: Context, call: Call) -> dict[str, Any]:
        related = context.state.contacts.get(call.get("RelatedContactId"))
        if related is not None and related.channel == CHAT:
            raise bad_value(call.operation, "A call is related to a call.")
        return {}

    takes(service, START, act)


@fault("StartWebRTCContact.RelatedContactId.returned")
def forgets_what_a_call_is_related_to(service: ReferenceService) -> None:
    """The endpoint does not store the RelatedContactId of a call."""

    def act(context: Context, _: Call, members: Members) -> None:
        context.state.contacts[members["ContactId"]].related = None

    then(service, START, act)


@fault("StartWebRTCContact.RelatedContactId.returned")
def relates_calls_to_the_latest(service: ReferenceService) -> None:
    """StartWebRTCContact relates a call to the contact that was started last."""

    def meant(context: Context, call: Call) -> dict[str, Any]:
        known = call.get("RelatedContactId") in context.state.contacts
        return {"RelatedContactId": list(context.state.contacts)[-1]} if known else {}

    takes(service, START, meant)


@fault("StartWebRTCContact.SegmentAttributes.value-arn-valid", may=("StartWebRTCContact.SegmentAttributes.*",))
def takes_any_segment_arn_of_a_call(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any text as a ValueArn."""
    lacks(service, START, segment_attribute_arns_are_arns)


@fault("StartWebRTCContact.SegmentAttributes.value-arn-valid", may=("StartWebRTCContact.SegmentAttributes.*",))
def looks_at_the_outer_segment_arn_of_a_call(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any text as a ValueArn inside a map or a list."""

    def outer(call: Call) -> None:
        values = (call.get("SegmentAttributes") or {}).values()
        flat = {str(place): {"ValueArn": value.get("ValueArn")} for place, value in enumerate(values)}
        segment_attribute_arns_are_arns(replace(call, arguments={**call.arguments, "SegmentAttributes": flat}))

    lacks(service, START, segment_attribute_arns_are_arns, outer)
