"""StartWebRTCContact: the returned members of a call, and the capabilities, references and attributes it accepts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.wire import Exchange
from conformance.scenario.combined_starts import Part, side_by_side, start_with
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, object_at
from conformance.scenario.scenario import Scenario
from strategies.attributes import (
    AT_LIMIT,
    DECISIVE_AT_LIMIT,
    ODD,
    OF_THE_ALPHABET,
    Attributes,
    attributes_of_bytes,
    spread,
    utf8_bytes,
)

START = "StartWebRTCContact"


Reference = Mapping[str, str]
CAPABILITIES = tuple((side, kind) for side in ("Customer", "Agent") for kind in ("Video", "ScreenShare"))
VALUES: Mapping[str, tuple[str, ...]] = {
    "URL": ("https://example.com/orders/1?view=all#top", "http://example.com"),
    "NUMBER": ("42", "0", "1000000"),
    "STRING": ("A-1", "two words", "na\u00efve \U0001f600"),
    "DATE": ("1763683200", "951782400"),
    "EMAIL": ("ann@example.com", "ann.lee+orders@mail.example.org"),
}
ACCEPTED = {
    "URL": "StartWebRTCContact.References.url-accepted",
    "NUMBER": "StartWebRTCContact.References.number-accepted",
    "STRING": "StartWebRTCContact.References.string-accepted",
    "DATE": "StartWebRTCContact.References.date-accepted",
    "EMAIL": "StartWebRTCContact.References.email-accepted",
}
SHOWN = (ODD, spread(40, 3, ATTRIBUTE_BYTES), {"0": "another call's"})


def _reference(kind: str, value: str) -> Reference:
    return {"Type": kind, "Value": value}


PLAIN = {f"the {kind.lower()}": _reference(kind, values[0]) for kind, values in VALUES.items()}


def _capabilities(*chosen: tuple[str, str]) -> Part:
    """Capabilities of a call."""
    sides = {side: {kind: "SEND" for of, kind in chosen if of == side} for side, _ in chosen}
    words = " and ".join(f"{side} {kind}" for side, kind in chosen)
    return Part("StartWebRTCContact.AllowedCapabilities.both-sides", words, {"AllowedCapabilities": sides})


def _referring(kind: str, values: Sequence[str]) -> Part:
    """References of one type, each under a name of its own."""
    named = {f"{kind} {number}": _reference(kind, value) for number, value in enumerate(values)}
    return Part(ACCEPTED[kind], f"the references {value_text(named)}", {"References": named})


_OF_ALL_TYPES = [Part(rid, "references of all five types", {"References": PLAIN}) for rid in ACCEPTED.values()]


def _of_bytes(attributes: Attributes) -> Part:
    return Part(
        "StartWebRTCContact.Attributes.total-bytes-at-limit",
        f"Attributes of {utf8_bytes(attributes):,} UTF-8 bytes",
        {"Attributes": attributes},
    )


SUBTYPE = Part(
    "StartWebRTCContact.SegmentAttributes.subtype-accepted",
    "the segment attribute connect:WebRTC",
    {"SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:WebRTC"}}},
)
KEYS = Part(
    "StartWebRTCContact.Attributes.key-alphabet-accepted",
    "attribute keys of letters, digits, dashes and underscores",
    {"Attributes": OF_THE_ALPHABET},
)


@verifies(
    "StartWebRTCContact.References.url-accepted",
    "StartWebRTCContact.References.number-accepted",
    "StartWebRTCContact.References.string-accepted",
    "StartWebRTCContact.References.date-accepted",
    "StartWebRTCContact.References.email-accepted",
)
@verifies(
    "StartWebRTCContact.AllowedCapabilities.both-sides",
    "StartWebRTCContact.SegmentAttributes.subtype-accepted",
    "StartWebRTCContact.Attributes.total-bytes-at-limit",
    "StartWebRTCContact.Attributes.key-alphabet-accepted",
    "StartWebRTCContact.success.valid-request",
)
def test_what_a_call_may_be_started_with(scenario: Scenario) -> None:
    """The endpoint accepts Video and ScreenShare for both sides, references of all types and 32,768 attribute bytes."""
    several = [[_referring(kind, values) for kind, values in VALUES.items()]]
    alone = [[_referring(kind, VALUES[kind][-1:])] for kind in scenario.edges([*VALUES], ("URL", "DATE"))]
    references = [_OF_ALL_TYPES, *several, *alone]
    ways = [*((one,) for one in CAPABILITIES), CAPABILITIES[:2], CAPABILITIES[2:], CAPABILITIES]
    chosen = scenario.edges(ways, (*ways[:2], CAPABILITIES))
    drawn = scenario.draw(attributes_of_bytes(ATTRIBUTE_BYTES), "StartWebRTCContact.Attributes.total-bytes-at-limit")
    fixed = scenario.edges(AT_LIMIT, DECISIVE_AT_LIMIT)
    attributes = [[KEYS], *([_of_bytes(given)] for given in (*fixed, *drawn))]
    for parts in side_by_side(references, [[_capabilities(*pairs)] for pairs in chosen], attributes, [[SUBTYPE]]):
        _release(scenario, start_with(scenario, "StartWebRTCContact.success.valid-request", parts))


def _release(scenario: Scenario, started: Exchange) -> None:
    """Stop a call at once, so that few are open."""
    if started.response and isinstance(contact := started.response.members.get("ContactId"), str):
        scenario.release(contact)


@verifies("StartWebRTCContact.Attributes.returned")
def test_attributes_of_a_call_come_back(scenario: Scenario) -> None:
    """GetContactAttributes returns all attributes of each start byte for byte."""
    beside: dict[str, Any] = {"AllowedCapabilities": {"Customer": {"Video": "SEND"}}, "Description": "An order"}
    for given, more in zip(SHOWN, ({}, {}, beside), strict=True):
        call = scenario.register(scenario.start(START, Attributes=given, **more))
        found = scenario.until(partial(_has, call, given))
        with scenario.claim() as claim:
            claim.holds(found, f"the {len(given)} attributes of the start come back", "some differ or lack")


def _has(call: Chat, given: Mapping[str, str]) -> bool | None:
    shown = object_at(call.scenario.need(call.on_contact("GetContactAttributes")), "Attributes")
    return True if given.items() <= shown.items() else None


@verifies("StartWebRTCContact.SegmentAttributes.value-arn-valid")
def test_a_value_arn_of_a_call_is_an_arn(scenario: Scenario) -> None:
    """The endpoint refuses a ValueArn that is no ARN, also inside a map or a list."""
    value, *others = ({"ValueArn": wrong} for wrong in ("nonsense", "arn:aws:connect", "https://example.com/arn"))
    inside = ({"ValueMap": {"connect:Subtype": value}}, {"ValueList": [value]})
    for held in scenario.edges((value, *inside, *others), (value, *inside)):
        answer = scenario.start(START, SegmentAttributes={"connect:Subtype": held})
        with scenario.claim() as claim:
            claim.refusal(answer, f"the segment attribute value {value_text(held)}")


def _refuses(scenario: Scenario, *wrong: Reference) -> None:
    """The endpoint refuses each reference, in turn alone, behind correct references and before them."""
    nothing: Mapping[str, Reference] = {}
    beside = ((nothing, nothing), (PLAIN, nothing), (nothing, PLAIN))
    for reference, (before, behind) in zip(wrong, cycle(beside), strict=False):
        references = {**before, "order": reference, **behind}
        answer = scenario.start(START, References=references)
        with scenario.claim() as claim:
            claim.refusal(answer, f"the reference {value_text(reference)} among {len(references)}")


@verifies("StartWebRTCContact.References.attachment-refused")
def test_an_attachment_is_refused_as_reference(scenario: Scenario) -> None:
    """The endpoint refuses a reference of type ATTACHMENT at creation, alone and among others."""
    scenario.need(scenario.start(START, References=PLAIN))
    url = {"Value": "https://example.com/file.pdf"}
    _refuses(
        scenario, *({"Type": "ATTACHMENT", **more} for more in ({"Value": "file"}, {**url, "Status": "APPROVED"}, url))
    )


@verifies("StartWebRTCContact.References.date-is-epoch")
def test_a_date_that_is_no_epoch_time_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a DATE reference whose Value is no epoch timestamp, alone and among others."""
    scenario.need(scenario.start(START, References=PLAIN))
    values = ("2026-01-31T12:00:00Z", "1763683200 or so", "\U0001f4c5", "tomorrow", "2026-01-31")
    _refuses(scenario, *(_reference("DATE", value) for value in scenario.edges(values, values[:3])))


OPEN_TYPES = (
    "CONTACT_ANALYSIS",
    "EMAIL_MESSAGE",
    "EMAIL_MESSAGE_PLAIN_TEXT",
    "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
    "EMAIL_MESSAGE_REDACTED",
)
ODD_VALUES = (("URL", "no address"), ("NUMBER", "many"), ("EMAIL", "nobody"))


@verifies("StartWebRTCContact.References.other-types")
def test_what_other_types_of_references_get_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a reference of a type that the text does not list at creation."""
    with scenario.claim() as claim:
        for kind in OPEN_TYPES:
            answer = scenario.start(START, References={"order": _reference(kind, "A-1")})
            claim.record(f"{kind}: {describe(judged_reply(answer))}")


@verifies("StartWebRTCContact.References.value-fits-type")
def test_what_a_value_of_another_form_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a URL, NUMBER or EMAIL reference whose Value has another form."""
    with scenario.claim() as claim:
        for kind, value in ODD_VALUES:
            answer = scenario.start(START, References={"order": _reference(kind, value)})
            claim.record(f"{kind} {value_text(value)}: {describe(judged_reply(answer))}")


@verifies("StartWebRTCContact.RelatedContactId.accepted", "StartWebRTCContact.RelatedContactId.returned")
def test_a_call_may_be_related_to_a_contact(scenario: Scenario) -> None:
    """The endpoint accepts the RelatedContactId of a chat or of a call, and DescribeContact returns it."""
    contacts = [scenario.spendable_chat(), scenario.webrtc_call()]
    started = [scenario.start(START, RelatedContactId=contact.contact_id) for contact in contacts]
    with scenario.claim("StartWebRTCContact.RelatedContactId.accepted") as claim:
        for answer in started:
            claim.success(answer, f"{START} with the RelatedContactId of an existing contact")
    scenario.working("DescribeContact")
    for contact, answer in zip(contacts, started, strict=True):
        described = scenario.until(partial(_described_member, scenario.register(answer), "RelatedContactId"))
        with scenario.claim("StartWebRTCContact.RelatedContactId.returned") as claim:
            claim.equal(described, contact.contact_id, "the RelatedContactId in the description of the call")


def _described_member(call: Chat, name: str) -> str | None:
    """A member of the call's description, None while it is missing."""
    response = call.on_contact("DescribeContact").response
    return object_at(response.members, "Contact").get(name) if response and response.succeeded else None


@verifies("StartWebRTCContact.RelatedContactId.unknown")
def test_what_an_unknown_related_contact_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a RelatedContactId that names no contact."""
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(scenario.start(START, RelatedContactId=str(uuid.uuid4())))))


@verifies("StartWebRTCContact.Description.returned")
def test_whether_the_description_comes_back_is_written_down(scenario: Scenario) -> None:
    """The test records whether DescribeContact returns the Description of the start."""
    call = scenario.register(scenario.start(START, Description="An order that was lost"))
    scenario.until(partial(_described_member, call, "Id"))
    with scenario.claim() as claim:
        described = _described_member(call, "Description")
        claim.record("reported" if described == "An order that was lost" else f"not reported: {value_text(described)}")
