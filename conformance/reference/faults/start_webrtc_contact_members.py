"""Faults of StartWebRTCContact: what a call is given, does not keep, and takes or refuses wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import into, lacks, refuses, takes, then
from conformance.reference.faults_kit.operators import BMP_ONLY, LOWER_CASE, NFC, TRIMMED, Place
from conformance.reference.rules import segment_attribute_arns_are_arns
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT

START = "StartWebRTCContact"
ALL_CAPABILITIES = 4  # video and screen of customer and agent


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

    def keep(_: Context, call: Call) -> dict[str, Any]:
        before.append(dict(call.get("Attributes") or {}))
        return {"Attributes": before[-2] if len(before) > 1 else {}}

    takes(service, START, keep)


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

    def resolve(context: Context, call: Call) -> dict[str, Any]:
        known = call.get("RelatedContactId") in context.state.contacts
        return {"RelatedContactId": list(context.state.contacts)[-1]} if known else {}

    takes(service, START, resolve)


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
