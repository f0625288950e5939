"""Faults of StartWebRTCContact: what a call is given and does not keep, and what it takes or refuses wrongly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import lacks, refuses, takes, then
from conformance.reference.rules import a_date_is_an_epoch_time, segment_attribute_arns_are_arns
from conformance.reference.rules import references_have_the_types_of_creation as types_of_creation
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT

START = "StartWebRTCContact"
SUBJECT = "start-webrtc-contact-members"
LAST_OF_BMP = 0xFFFF
MOST_REFERENCES = 2
ALL_CAPABILITIES = 4  # video and screen of customer and agent
ISO_CHARACTERS = frozenset("0123456789-:TZ")


# Attributes

Attributes = dict[str, str]
KEPT: Mapping[str, tuple[str, Callable[[Attributes], Attributes]]] = {
    "call-forgets-its-attributes": ("no attributes", lambda _: {}),
    "call-trims-its-attributes": (
        "attributes without blanks at the ends of their values",
        lambda a: {k: v.strip() for k, v in a.items()},
    ),
    "call-keeps-the-last-case-of-keys": (
        "attributes with lower-case keys",
        lambda a: {k.lower(): v for k, v in a.items()},
    ),
    "call-composes-its-attributes": (
        "attributes with composed characters",
        lambda a: {k: v.replace("e\u0301", "\u00e9") for k, v in a.items()},
    ),
    "call-drops-emoji": (
        "attributes without characters beyond the BMP",
        lambda a: {k: "".join(c for c in v if ord(c) <= LAST_OF_BMP) for k, v in a.items()},
    ),
    "call-keeps-32-attributes": ("only 32 attributes", lambda a: dict(list(a.items())[:32])),
}


def _keeping(name: str, words: str, kept: Callable[[Attributes], Attributes]) -> Fault:
    def seed(service: ReferenceService) -> None:
        takes(service, START, lambda _, call: {"Attributes": kept(dict(call.get("Attributes") or {}))})

    return declare(
        name, f"The endpoint stores {words} of the start of a call.", seed, "StartWebRTCContact.Attributes.returned"
    )


ATTRIBUTES: tuple[Fault, ...] = tuple(_keeping(name, words, kept) for name, (words, kept) in KEPT.items())


@fault("StartWebRTCContact.Attributes.returned")
def swaps_the_attributes_of_calls(service: ReferenceService) -> None:
    """A call has the attributes of the one that was started before it."""
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


@fault("StartWebRTCContact.AllowedCapabilities.Customer.optional")
def refuses_capabilities_of_nobody(service: ReferenceService) -> None:
    """AllowedCapabilities must speak of the customer or the agent."""
    refuses(service, START, lambda call: call.get("AllowedCapabilities") == {})


@fault("StartWebRTCContact.AllowedCapabilities.Agent.Video.optional")
def refuses_an_agent_of_no_capability(service: ReferenceService) -> None:
    """The capabilities of an agent must name one."""
    refuses(service, START, lambda call: (call.get("AllowedCapabilities") or {}).get("Agent") == {})


@fault("StartWebRTCContact.AllowedCapabilities.both-sides")
def refuses_screens_of_both_sides(service: ReferenceService) -> None:
    """Only one side of a call may share its screen."""
    refuses(service, START, lambda call: _sides(call, "ScreenShare") > 1)


@fault("StartWebRTCContact.AllowedCapabilities.both-sides")
def refuses_a_screen_without_video(service: ReferenceService) -> None:
    """A screen is shared only where there is video as well."""
    refuses(service, START, lambda call: _sides(call, "ScreenShare") > 0 == _sides(call, "Video"))


@fault("StartWebRTCContact.AllowedCapabilities.both-sides")
def refuses_an_agent_alone(service: ReferenceService) -> None:
    """The agent gets capabilities only beside the customer."""
    refuses(service, START, lambda call: list(call.get("AllowedCapabilities") or {}) == ["Agent"])


@fault("StartWebRTCContact.AllowedCapabilities.both-sides")
def refuses_everything_at_once(service: ReferenceService) -> None:
    """No call has all four capabilities."""
    refuses(service, START, lambda call: not _lacking(call))


@fault(
    "StartWebRTCContact.SegmentAttributes.subtype-accepted",
    may=("StartWebRTCContact.SegmentAttributes.*", "StartWebRTCContact.success.valid-request"),
)
def refuses_the_subtype_of_calls(service: ReferenceService) -> None:
    """connect:WebRTC is no subtype here."""
    subtype = {"connect:Subtype": {"ValueString": "connect:WebRTC"}}
    refuses(service, START, lambda call: call.get("SegmentAttributes") == subtype)


# References

WITH_REFERENCES = ("StartWebRTCContact.References.*", "StartWebRTCContact.success.valid-request")


def _references(call: Call) -> list[Mapping[str, str]]:
    return list((call.get("References") or {}).values())


def _refusing(kind: str, requirement: str) -> Fault:
    def seed(service: ReferenceService) -> None:
        refuses(service, START, lambda call: kind in [reference["Type"] for reference in _references(call)])

    says = f"A call takes no reference of type {kind}."
    return declare(f"refuses-references-of-type-{kind}", says, seed, requirement, may=WITH_REFERENCES)


REFUSED = (
    _refusing("DATE", "StartWebRTCContact.References.date-accepted"),
    _refusing("EMAIL", "StartWebRTCContact.References.email-accepted"),
    _refusing("NUMBER", "StartWebRTCContact.References.number-accepted"),
    _refusing("STRING", "StartWebRTCContact.References.string-accepted"),
    _refusing("URL", "StartWebRTCContact.References.url-accepted"),
)


def _demanding_the_value_of(kind: str) -> Fault:
    def seed(service: ReferenceService) -> None:
        refuses(service, START, lambda call: any(r["Type"] == kind and not r.get("Value") for r in _references(call)))

    name, says = f"demands-a-value-of-{kind.lower()}", f"A reference of type {kind} must have a Value."
    return declare(name, says, seed, "StartWebRTCContact.References.value.Value.optional", may=WITH_REFERENCES)


DEMANDED: tuple[Fault, ...] = tuple(map(_demanding_the_value_of, ("URL", "DATE", "EMAIL")))


@fault("StartWebRTCContact.References.string-accepted", may=WITH_REFERENCES)
def refuses_three_references(service: ReferenceService) -> None:
    """The endpoint refuses a call with more than two references."""
    refuses(service, START, lambda call: len(_references(call)) > MOST_REFERENCES)


@fault("StartWebRTCContact.References.url-accepted", may=WITH_REFERENCES)
def refuses_queries_in_references(service: ReferenceService) -> None:
    """A URL reference has no query."""
    refuses(service, START, lambda call: any("?" in (r.get("Value") or "") for r in _references(call)))


@fault("StartWebRTCContact.References.string-accepted", may=WITH_REFERENCES)
def refuses_wide_references(service: ReferenceService) -> None:
    """A reference holds no character beyond the BMP."""
    refuses(
        service,
        START,
        lambda call: any(ord(c) > LAST_OF_BMP for r in _references(call) for c in (r.get("Value") or "")),
    )


@fault("StartWebRTCContact.References.attachment-refused")
def takes_attachments(service: ReferenceService) -> None:
    """Every reference type of the enumeration is accepted at creation."""
    lacks(service, START, types_of_creation)


def _looking_at(which: int, words: str) -> Fault:
    def seed(service: ReferenceService) -> None:
        def rule(call: Call) -> None:
            references = _references(call)
            if references and references[which]["Type"] == "ATTACHMENT":
                raise bad_value(call.operation, "An attachment cannot be given when the contact is created.")

        lacks(service, START, types_of_creation, rule)

    says = f"An ATTACHMENT is refused as the {words} reference only."
    red = ("StartWebRTCContact.References.attachment-refused",)
    return declare(f"looks-at-the-{words}-reference", says, seed, *red)


LOOKING: tuple[Fault, ...] = (_looking_at(0, "first"), _looking_at(-1, "last"))


def _dates(name: str, says: str, right: Callable[[str], bool]) -> Fault:
    def seed(service: ReferenceService) -> None:
        def rule(call: Call) -> None:
            if not all(right(r.get("Value", "0")) for r in _references(call) if r["Type"] == "DATE"):
                raise bad_value(call.operation, "A date is an epoch time.")

        lacks(service, START, a_date_is_an_epoch_time, rule)

    return declare(name, says, seed, "StartWebRTCContact.References.date-is-epoch")


DATES: tuple[Fault, ...] = (
    _dates("takes-any-date", "The endpoint accepts any text as a DATE.", lambda _: True),
    _dates(
        "takes-iso-dates",
        "The endpoint accepts an ISO 8601 date as a DATE.",
        lambda v: v[:4].isdigit() and set(v) <= ISO_CHARACTERS,
    ),
    _dates(
        "takes-a-date-that-begins-so",
        "The endpoint accepts a DATE that begins with a digit.",
        lambda v: v[:1].isdigit(),
    ),
    _dates(
        "takes-a-date-of-one-character",
        "A DATE is not checked when it is one character.",
        lambda v: len(v) == 1 or v.isdigit(),
    ),
)


# Related contacts


@fault(
    "StartWebRTCContact.RelatedContactId.accepted",
    may=("StartWebRTCContact.RelatedContactId.*", "StartWebRTCContact.success.valid-request"),
)
def refuses_a_related_chat(service: ReferenceService) -> None:
    """A call is related to calls only."""

    def act(context: Context, call: Call) -> dict[str, Any]:
        related = context.state.contacts.get(call.get("RelatedContactId"))
        if related is not None and related.channel == CHAT:
            raise bad_value(call.operation, "A call is related to a call.")
        return {}

    takes(service, START, act)


@fault("StartWebRTCContact.RelatedContactId.returned")
def forgets_what_a_call_is_related_to(service: ReferenceService) -> None:
    """The RelatedContactId of a call is checked and forgotten."""

    def act(context: Context, _: Call, members: Members) -> None:
        context.state.contacts[members["ContactId"]].related = None

    then(service, START, act)


@fault("StartWebRTCContact.RelatedContactId.returned")
def relates_calls_to_the_latest(service: ReferenceService) -> None:
    """A call with a RelatedContactId is related to the contact that was started last."""

    def meant(context: Context, call: Call) -> dict[str, Any]:
        known = call.get("RelatedContactId") in context.state.contacts
        return {"RelatedContactId": list(context.state.contacts)[-1]} if known else {}

    takes(service, START, meant)


@fault("StartWebRTCContact.SegmentAttributes.value-arn-valid", may=("StartWebRTCContact.SegmentAttributes.*",))
def takes_any_segment_arn_of_a_call(service: ReferenceService) -> None:
    """A ValueArn of a call is any text."""
    lacks(service, START, segment_attribute_arns_are_arns)


@fault("StartWebRTCContact.SegmentAttributes.value-arn-valid", may=("StartWebRTCContact.SegmentAttributes.*",))
def looks_at_the_outer_segment_arn_of_a_call(service: ReferenceService) -> None:
    """A ValueArn inside a map or a list of a call's segment attributes is any text."""

    def outer(call: Call) -> None:
        values = (call.get("SegmentAttributes") or {}).values()
        flat = {str(place): {"ValueArn": value.get("ValueArn")} for place, value in enumerate(values)}
        segment_attribute_arns_are_arns(replace(call, arguments={**call.arguments, "SegmentAttributes": flat}))

    lacks(service, START, segment_attribute_arns_are_arns, outer)
