"""DescribeContact: the requested contact, its kind, its start and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, object_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import Present, is_near, present_of

ATTRIBUTES = {"plan": "gold", "name": "Zo\u00eb \N{GRINNING FACE}"}
MINUTE = 60  # seconds
SLACK = 2.0  # seconds that a whole-second time may be off
CHAT, CALL = ("CHAT", "DescribeContact.Contact.channel-chat"), ("VOICE", "DescribeContact.Contact.channel-voice")


def _describe(chat: Chat) -> Mapping[str, Any]:
    """The Contact of DescribeContact for a chat. Raises SetupFailed for a reply without a Contact."""
    return object_at(chat.scenario.need(chat.on_contact("DescribeContact")), "Contact")


@verifies(
    "DescribeContact.Contact.id",
    "DescribeContact.Contact.channel-chat",
    "DescribeContact.Contact.channel-voice",
    "DescribeContact.Contact.after-end",
)
@verifies("DescribeContact.times.epoch-seconds")
def test_each_contact_is_described_as_itself(scenario: Scenario) -> None:
    """The described contact is the requested one, while it is active and after it has ended."""
    contacts = [(scenario.chat(), "chat"), (scenario.spendable_chat(), "chat")]
    with scenario.optional("DescribeContact.Contact.channel-voice"):
        contacts.append((scenario.webrtc_call(), "voice"))
    for chat, kind in contacts:
        contact = _describe(chat)
        with scenario.claim("DescribeContact.Contact.id") as claim:
            claim.equal(contact.get("Id"), chat.contact_id, "the Id of the description")
        channel, requirement = CALL if kind == "voice" else CHAT
        with scenario.claim(requirement) as claim:
            claim.equal(contact.get("Channel"), channel, "the Channel of the description")
        with scenario.claim("DescribeContact.times.epoch-seconds") as claim:
            stated = contact.get("InitiationTimestamp")
            number = isinstance(stated, int | float) and not isinstance(stated, bool)
            claim.holds(stated is None or number, "a number of seconds since the epoch", value_text(stated))
    for chat, kind in contacts[1:]:
        scenario.need(chat.stop())
        scenario.wait_for_refusal(chat.connect)
        answer, again = (chat.on_contact("DescribeContact") for _ in range(2))
        with scenario.claim("DescribeContact.Contact.after-end") as claim:
            claim.success(answer, "DescribeContact of a contact that is over")
            claim.success(again, "DescribeContact of it once more")
        contact = object_at(scenario.need(again), "Contact")
        with scenario.claim("DescribeContact.Contact.id") as claim:
            claim.equal(contact.get("Id"), chat.contact_id, "the Id of a contact that is over")
        channel, requirement = CALL if kind == "voice" else CHAT
        with scenario.claim(requirement) as claim:
            claim.equal(contact.get("Channel"), channel, "the Channel of a contact that is over")


@verifies("DescribeContact.Contact.initiation-time", "DescribeContact.Contact.disconnect-time")
def test_a_description_has_the_times_of_its_contact(scenario: Scenario) -> None:
    """A contact has a start time and, once it has ended, an end time, and later descriptions repeat both."""
    call = scenario.start("StartWebRTCContact")
    for started in (scenario.start(), *([call] if judged_reply(call).succeeded else [])):
        chat = scenario.register(started)
        before = _describe(chat)
        begun, again = before.get("InitiationTimestamp"), _describe(chat).get("InitiationTimestamp")
        with scenario.claim("DescribeContact.Contact.initiation-time") as claim:
            right = _is_between(present_of(scenario, started), begun)
            claim.holds(right, "an InitiationTimestamp between the request and its reply", value_text(begun))
            claim.equal(again, begun, "the InitiationTimestamp of another description")
        scenario.need(chat.stop())
        with scenario.claim("DescribeContact.Contact.disconnect-time") as claim:
            claim.equal(before.get("DisconnectTimestamp"), None, "the DisconnectTimestamp of an active contact")
            _judge_end(claim, chat, begun)


def _is_between(present: Present, begun: Any) -> bool:
    """Whether the epoch seconds `begun` lie between the request of a reply and that reply."""
    return isinstance(begun, int | float) and present.fits(
        lambda now, apart: abs(begun - now.timestamp()) <= SLACK + apart.total_seconds()
    )


def _judge_end(claim: Claim, chat: Chat, begun: Any, lasted: float | None = None) -> None:
    """The end of an ended contact lies between its start and now, and later descriptions that state it repeat it.

    Now is `lasted` seconds after the beginning, or when the endpoint describes it, which need not move with the clock.
    A replica that lags behind may still state none after another one has stated it.
    """
    ended, again = _end_time(chat), chat.on_contact("DescribeContact")
    present = present_of(chat.scenario, again)
    right = isinstance(ended, int | float) and isinstance(begun, int | float) and _is_end(present, begun, ended, lasted)
    claim.holds(right, f"a DisconnectTimestamp not before {value_text(begun)} and not in the future", value_text(ended))
    repeated = object_at(chat.scenario.need(again), "Contact").get("DisconnectTimestamp") or _end_time(chat)
    claim.equal(repeated, ended, "the DisconnectTimestamp of another description")


def _end_time(chat: Chat) -> Any:
    """The DisconnectTimestamp of the first description that states one, None at the polling bound."""
    return chat.scenario.until(lambda: _describe(chat).get("DisconnectTimestamp"))


def _is_end(present: Present, begun: float, ended: float, lasted: float | None) -> bool:
    before = timedelta(seconds=max(0.0, begun - ended))
    if not is_near(present.scenario, before, timedelta(0)):
        return False
    if lasted is not None:
        return ended <= begun + lasted
    return present.fits(lambda now, apart: ended <= now.timestamp() + SLACK + apart.total_seconds())


@pytest.mark.moves_clock
@verifies("DescribeContact.Contact.initiation-time", "DescribeContact.Contact.disconnect-time")
def test_the_times_of_a_contact_stay_where_they_are(scenario: Scenario) -> None:
    """A chat whose duration is over has an end time, and neither that nor its start time changes later."""
    chat = scenario.new_chat(ChatDurationInMinutes=60)
    scenario.need(chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    begun = _describe(chat).get("InitiationTimestamp")
    scenario.advance_clock(61 * MINUTE)
    with scenario.claim("DescribeContact.Contact.disconnect-time") as claim:
        _judge_end(claim, chat, begun, 65 * MINUTE)
    with scenario.claim("DescribeContact.Contact.initiation-time") as claim:
        claim.equal(_describe(chat).get("InitiationTimestamp"), begun, "the InitiationTimestamp an hour later")


@verifies("DescribeContact.Contact.initiation-method")
def test_a_chat_was_initiated_by_the_api(scenario: Scenario) -> None:
    """The InitiationMethod of a chat that StartChatContact started is API, where the reply has it."""
    for chat in (scenario.chat(), scenario.new_chat(Attributes=ATTRIBUTES)):
        with scenario.claim() as claim:
            claim.equal(_describe(chat).get("InitiationMethod", "API"), "API", "the InitiationMethod of a chat")


OTHERS = ("InitialContactId", "ContactAssociationId", "PreviousContactId", "RelatedContactId")


@verifies("DescribeContact.Contact.no-other-contact", "DescribeContact.Contact.arn")
def test_a_description_names_no_contact_of_nobodys_concern(scenario: Scenario) -> None:
    """A contact without related contacts names no other contact, and has an Arn that no other contact has."""
    contacts = [_describe(chat) for chat in (scenario.chat(), scenario.chat(), scenario.new_chat())]
    for contact in contacts:
        with scenario.claim("DescribeContact.Contact.no-other-contact") as claim:
            named = {name: contact[name] for name in OTHERS if contact.get(name)}
            own = {name: contact.get("Id") for name in named}
            claim.equal(named, own, "the contacts that the description names")
    with scenario.claim("DescribeContact.Contact.arn") as claim:
        arns = [contact["Arn"] for contact in contacts if contact.get("Arn")]
        claim.equal(len(set(map(str, arns))), len(arns), "the number of different Arns")


@verifies("DescribeContact.Contact.attributes")
def test_a_description_has_the_attributes_of_its_contact(scenario: Scenario) -> None:
    """Attributes of the described contact, where the reply has them, are those of that contact."""
    chat, other = scenario.new_chat(Attributes=ATTRIBUTES), scenario.new_chat(Attributes={"plan": "none"})
    scenario.need(other.on_contact("UpdateContactAttributes", Attributes={"plan": "silver"}))
    for one, own in ((chat, ATTRIBUTES), (other, {"plan": "silver"})):
        found = scenario.until(partial(_shows, one, own)) or _attributes_in(one, own)
        with scenario.claim() as claim:
            claim.equal(found, own, "the attributes in the description")


def _attributes_in(chat: Chat, own: Mapping[str, str]) -> Mapping[str, Any]:
    """The described attributes with the names of `own`; a description without attributes is no violation."""
    held = _describe(chat).get("Attributes")
    return {name: held.get(name) for name in own} if isinstance(held, Mapping) and held else own


def _shows(chat: Chat, own: Mapping[str, str]) -> Mapping[str, Any] | None:
    found = _attributes_in(chat, own)
    return found if found == own else None
