"""DescribeContact: the contact that was asked for, of its kind, from its beginning to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.claims import verifies
from conformance.examination.chat import Chat, object_at
from conformance.examination.story import Story
from conformance.examination.times import endpoint_time

CONTACT = "DescribeContact.Contact"
ATTRIBUTES = {"plan": "gold", "name": "Zo\u00eb \N{GRINNING FACE}"}
SLACK = 2.0  # seconds that a whole-second time may be off


def _described(chat: Chat) -> Mapping[str, Any]:
    """What DescribeContact says of a chat. Raises SetupFailed for a reply without a Contact."""
    return object_at(chat.story.need(chat.on_contact("DescribeContact")), "Contact")


@verifies(f"{CONTACT}.id", f"{CONTACT}.channel-chat", f"{CONTACT}.channel-voice", f"{CONTACT}.after-end")
@verifies("DescribeContact.times.epoch-seconds")
def test_each_contact_is_described_as_itself(story: Story) -> None:
    """A description is of the contact that was asked for, while it is active and when it is over."""
    chats, call = [story.chat(), story.chat()], story.adopt(story.start("StartWebRTCContact"))
    for chat in (*chats, call):
        said = _described(chat)
        with story.claim(f"{CONTACT}.id") as claim:
            claim.equal(said.get("Id"), chat.contact_id, "the Id of the description")
        kind = "voice" if chat is call else "chat"
        with story.claim(f"{CONTACT}.channel-{kind}") as claim:
            claim.equal(said.get("Channel"), kind.upper(), "the Channel of the description")
        with story.claim("DescribeContact.times.epoch-seconds") as claim:
            stated = said.get("InitiationTimestamp")
            number = isinstance(stated, int | float) and not isinstance(stated, bool)
            claim.holds(stated is None or number, "a number of seconds since the epoch", repr(stated))
    for chat in (chats[0], call):
        story.need(chat.stop())
        answer = story.until_refused(chat.connect) and chat.on_contact("DescribeContact")
        with story.claim(f"{CONTACT}.after-end") as claim:
            claim.accepted(answer, "DescribeContact of a contact that is over")
        with story.claim(f"{CONTACT}.id") as claim:
            claim.equal(_described(chat).get("Id"), chat.contact_id, "the Id of a contact that is over")


@verifies(f"{CONTACT}.initiation-time", f"{CONTACT}.disconnect-time")
def test_a_description_has_the_times_of_its_contact(story: Story) -> None:
    """A contact begins when it is started, and has an end from its end on."""
    started = story.start()
    chat = story.adopt(started)
    before = _described(chat)
    begun = before.get("InitiationTimestamp")
    with story.claim(f"{CONTACT}.initiation-time") as claim:
        replied = endpoint_time(started).timestamp()
        right = isinstance(begun, int | float) and replied - started.elapsed - SLACK <= begun <= replied + SLACK
        claim.holds(right, "an InitiationTimestamp between the request and its reply", repr(begun))
    story.need(chat.stop())
    ended = story.until(lambda: _described(chat).get("DisconnectTimestamp"))
    with story.claim(f"{CONTACT}.disconnect-time") as claim:
        claim.equal(before.get("DisconnectTimestamp"), None, "the DisconnectTimestamp of an active contact")
        right = isinstance(ended, int | float) and isinstance(begun, int | float) and ended >= begun
        claim.holds(right, f"a DisconnectTimestamp not before {begun!r}", repr(ended))


@verifies(f"{CONTACT}.attributes")
def test_a_description_has_the_attributes_of_its_contact(story: Story) -> None:
    """Where the description holds Attributes they are the contact's own."""
    chat, other = story.chat(Attributes=ATTRIBUTES), story.chat(Attributes={"plan": "none"})
    for one, own in ((chat, ATTRIBUTES), (other, {"plan": "none"})):
        held = _described(one).get("Attributes")
        with story.claim(f"{CONTACT}.attributes") as claim:
            found = {name: held.get(name) for name in own} if isinstance(held, Mapping) and held else own
            claim.equal(found, own, "the attributes in the description")
