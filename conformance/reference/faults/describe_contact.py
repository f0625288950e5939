"""Faults of what DescribeContact says of a contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import not_found
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, gives, then
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService

NAME = "DescribeContact"
DESCRIBED = ("*.ContactId.names-the-contact", "DescribeContact.*")
Described = dict[str, Any]
END = "DisconnectTimestamp"
HOUR = 3_600  # seconds


def _describe(change: Callable[[Context, Described], Described]) -> Seed:
    def alter(context: Context, _: Call, members: Members) -> Members:
        return {**members, "Contact": change(context, dict(members["Contact"]))}

    return lambda service: gives(service, NAME, alter)


def _channel(channel: str) -> Callable[[Context, Described], Described]:
    return lambda _, contact: {**contact, "Channel": channel}


def _later(name: str, seconds: int) -> Callable[[Context, Described], Described]:
    return lambda _, contact: {**contact, name: contact[name] + seconds} if name in contact else contact


def _texts(_: Context, contact: Described) -> Described:
    times = {k: iso(int(v * 1000)) for k, v in contact.items() if k.endswith("Timestamp")}
    return {**contact, **times}


_said = Rows(_describe, may=DESCRIBED)
SAID = (
    _said(
        "describes-calls-as-chats",
        "DescribeContact shows each contact with the Channel CHAT.",
        _channel("CHAT"),
        "DescribeContact.Contact.channel-voice",
    ),
    _said(
        "describes-chats-as-calls",
        "DescribeContact shows each contact with the Channel VOICE.",
        _channel("VOICE"),
        "DescribeContact.Contact.channel-chat",
    ),
    _said(
        "describes-another-id",
        "DescribeContact shows another Id than the ContactId.",
        lambda context, contact: {**contact, "Id": context.identifiers.uuid()},
        "DescribeContact.Contact.id",
    ),
    _said(
        "describes-contacts-as-an-hour-old",
        "A contact began an hour before it was started.",
        _later("InitiationTimestamp", -HOUR),
        "DescribeContact.Contact.initiation-time",
    ),
    _said(
        "describes-ends-before-beginnings",
        "DescribeContact dates the DisconnectTimestamp of an ended contact an hour ago.",
        _later("DisconnectTimestamp", -HOUR),
        "DescribeContact.Contact.disconnect-time",
    ),
    _said(
        "describes-active-contacts-as-over",
        "DescribeContact shows each contact with a DisconnectTimestamp.",
        lambda _, contact: {"DisconnectTimestamp": contact["InitiationTimestamp"], **contact},
        "DescribeContact.Contact.disconnect-time",
    ),
    _said(
        "describes-ends-in-milliseconds",
        "The DisconnectTimestamp of an ended contact counts milliseconds since the epoch.",
        lambda _, contact: {**contact, **{n: contact[n] * 1_000 for n in (END,) if n in contact}},
        "DescribeContact.Contact.disconnect-time",
    ),
    _said(
        "describes-contacts-as-just-begun",
        "DescribeContact shows the time of the reply as the InitiationTimestamp.",
        lambda context, contact: {**contact, "InitiationTimestamp": context.now() / 1_000},
        "DescribeContact.Contact.initiation-time",
    ),
    _said(
        "describes-contacts-as-just-over",
        "DescribeContact shows the time of the reply as the DisconnectTimestamp of an ended contact.",
        lambda context, contact: {**contact, **{n: context.now() / 1_000 for n in (END,) if n in contact}},
        "DescribeContact.Contact.disconnect-time",
    ),
    _said(
        "describes-calls-without-an-end",
        "DescribeContact shows an ended call without a DisconnectTimestamp.",
        lambda _, contact: {
            n: v for n, v in contact.items() if contact["Channel"] == "CHAT" or n != "DisconnectTimestamp"
        },
        "DescribeContact.Contact.disconnect-time",
    ),
    _said(
        "describes-chats-as-inbound",
        "DescribeContact shows each contact with the InitiationMethod INBOUND.",
        lambda _, contact: {**contact, "InitiationMethod": "INBOUND"},
        "DescribeContact.Contact.initiation-method",
    ),
    _said(
        "describes-the-first-contact-as-initial",
        "DescribeContact shows the first contact that was ever started as the InitialContactId of each.",
        lambda context, contact: {**contact, "InitialContactId": next(iter(context.state.contacts))},
        "DescribeContact.Contact.no-other-contact",
    ),
    _said(
        "describes-every-contact-as-related",
        "Each contact has a RelatedContactId.",
        lambda context, contact: {"RelatedContactId": next(iter(context.state.contacts)), **contact},
        "DescribeContact.Contact.no-other-contact",
    ),
    _said(
        "describes-one-arn",
        "DescribeContact shows each contact with the Arn of the first one.",
        lambda context, contact: {
            **contact,
            "Arn": contact["Arn"].replace(contact["Id"], next(iter(context.state.contacts))),
        },
        "DescribeContact.Contact.arn",
    ),
    _said(
        "describes-times-as-texts",
        "DescribeContact shows times as texts.",
        _texts,
        "DescribeContact.times.epoch-seconds",
    ),
    _said(
        "describes-other-attributes",
        "The attributes of a description lack their last letters.",
        lambda _, contact: {**contact, "Attributes": {"plan": "go", "name": "Zo"}},
        "DescribeContact.Contact.attributes",
    ),
)


@fault("DescribeContact.Contact.after-end", may=(*DESCRIBED, "StopContact.*"))
def describes_no_contact_that_is_over(service: ReferenceService) -> None:
    """DescribeContact does not find a contact that has ended."""

    def act(context: Context, call: Call) -> None:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and not contact.active:
            raise not_found(call.operation, "It is over.")

    first(service, NAME, act)


@fault("DescribeContact.Contact.disconnect-time", may=DESCRIBED)
def describes_no_end_when_the_time_was_up(service: ReferenceService) -> None:
    """DescribeContact shows a chat whose duration has passed without a DisconnectTimestamp."""

    def endless(context: Context, call: Call, members: Members) -> Members:
        over = context.state.contacts[call.get("ContactId")].end_reason is ContactEvent.TIME_IS_UP
        return {"Contact": {k: v for k, v in members["Contact"].items() if not over or k != "DisconnectTimestamp"}}

    gives(service, NAME, endless)


@fault("DescribeContact.Contact.attributes")
def describes_attributes_of_the_start(service: ReferenceService) -> None:
    """DescribeContact shows the attributes of the start, whatever was updated since."""
    given: dict[str, dict[str, str]] = {}
    for start in ("StartChatContact", "StartWebRTCContact"):
        then(service, start, lambda _, call, m: given.update({m["ContactId"]: dict(call.get("Attributes") or {})}))
    gives(
        service,
        NAME,
        lambda _, call, m: {"Contact": {**m["Contact"], "Attributes": given.get(call.get("ContactId"), {})}},
    )


@fault("DescribeContact.Contact.after-end", may=DESCRIBED)
def describes_what_is_over_once(service: ReferenceService) -> None:
    """The endpoint describes an ended contact once and does not find it afterwards."""
    described: set[str] = set()

    def act(context: Context, call: Call) -> None:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and contact.id in described:
            raise not_found(call.operation, "It is over.")
        described.update([contact.id] if contact is not None and not contact.active else [])

    first(service, NAME, act)
