"""GetContactAttributes and UpdateContactAttributes: the attributes of a contact and the effect of an update."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from conformance.checks.replies import judged_reply
from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, object_at
from conformance.scenario.scenario import Scenario
from strategies.attributes import ODD, utf8_bytes
from strategies.text import fill


def _update(chat: Chat, attributes: Mapping[str, str]) -> Exchange:
    return chat.on_contact("UpdateContactAttributes", Attributes=attributes)


def _attributes(chat: Chat) -> Mapping[str, Any]:
    return object_at(chat.scenario.need(chat.on_contact("GetContactAttributes")), "Attributes")


def _attributes_once(chat: Chat, expected: Mapping[str, str]) -> Mapping[str, Any]:
    """The attributes with the names of `expected`, once they have its values; else those at the polling bound."""

    def look() -> Mapping[str, Any] | None:
        own = _of(_attributes(chat), expected)
        return own if own == dict(expected) else None

    return chat.scenario.until(look) or _of(_attributes(chat), expected)


def _of(attributes: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    return {name: value for name, value in attributes.items() if name in names}


@verifies("GetContactAttributes.Attributes.byte-for-byte")
def test_attributes_come_back_as_they_were_given(scenario: Scenario) -> None:
    """The endpoint returns attributes as they were given, with blanks, letter case and wide characters."""
    given, updated = scenario.new_chat(Attributes=ODD), scenario.chat()
    scenario.need(_update(updated, ODD))
    for chat in (given, updated):
        with scenario.claim() as claim:
            claim.equal(_attributes_once(chat, ODD), ODD, "the contact's attributes")


@verifies("GetContactAttributes.Attributes.none", "GetContactAttributes.Attributes.own-only")
def test_a_contact_has_no_attributes_but_its_own(scenario: Scenario) -> None:
    """A contact without attributes has an empty map and shows no attribute of another contact."""
    before, other, after = (
        scenario.chat(),
        scenario.new_chat(Attributes={"another": "contact"}),
        scenario.new_chat(),
    )
    scenario.need(_update(other, {"updated": "there"}))
    for chat in (before, after):
        shown = scenario.need(chat.on_contact("GetContactAttributes"))
        with scenario.claim("GetContactAttributes.Attributes.own-only") as claim:
            foreign = _of(object_at(shown, "Attributes"), {"another": "", "updated": ""})
            claim.holds(not foreign, "no foreign attribute", shown)
        if _set_by_the_flow(chat, shown.get("Attributes")):
            scenario.not_applicable("the flow sets attributes", "GetContactAttributes.Attributes.none")
            continue
        with scenario.claim("GetContactAttributes.Attributes.none") as claim:
            claim.equal(shown.get("Attributes") or {}, {}, "Attributes of a contact without any")


def _bytes_of_the_flow(chat: Chat) -> int:
    """The UTF-8 bytes of what the flow has set on a contact that was given no attributes."""
    shown = _attributes(chat)
    return utf8_bytes(shown) if _set_by_the_flow(chat, shown) else 0


def _set_by_the_flow(chat: Chat, shown: Any) -> bool:
    """Whether the flow set the attributes `shown`: DescribeContact shows them too, and the test gave none."""
    if not shown or not isinstance(shown, Mapping):
        return False
    described = object_at(chat.scenario.need(chat.on_contact("DescribeContact")), "Contact", "Attributes")
    return shown.items() <= described.items()


@verifies(
    "UpdateContactAttributes.Attributes.creates",
    "UpdateContactAttributes.Attributes.replaces",
    "UpdateContactAttributes.Attributes.keeps-others",
    "UpdateContactAttributes.Attributes.other-contacts-untouched",
)
def test_an_update_creates_and_replaces_and_keeps_the_rest(scenario: Scenario) -> None:
    """An update creates new attributes, replaces named ones and keeps all others, on one contact only."""
    start = {"kept": "as it was", "replaced": "before", "Kept": "too", **_many("kept")}
    chat, other = scenario.new_chat(Attributes=start), scenario.new_chat(Attributes=start)
    call = scenario.start("StartWebRTCContact", Attributes=start)
    for updated in (chat, *([scenario.register(call)] if judged_reply(call).succeeded else [])):
        _judge_updates(scenario, updated)
    with scenario.claim("UpdateContactAttributes.Attributes.other-contacts-untouched") as claim:
        claim.equal(_attributes_once(other, start), start, "the other contact's attributes")
        claim.holds(not _of(_attributes(other), {"created": "", "later": ""}), "nothing created there", "created too")


def _judge_updates(scenario: Scenario, contact: Chat) -> None:
    others = _attributes_once(contact, {"kept": "as it was", "Kept": "too", **_many("kept")})
    created = {"created": "new"}, {"later": "newer", "KEPT": "in other case", **_many("created")}
    updates = [{"replaced": "after", **created[0]}, created[1]]
    with scenario.claim("UpdateContactAttributes.Attributes.creates") as claim:
        for update in updates:
            claim.success(_update(contact, update), f"UpdateContactAttributes of {', '.join(list(update)[:3])}")
    wanted = {
        "UpdateContactAttributes.Attributes.creates": created[0] | created[1],
        "UpdateContactAttributes.Attributes.replaces": {"replaced": "after"},
        "UpdateContactAttributes.Attributes.keeps-others": others,
    }
    shown = _attributes_once(contact, {name: value for expected in wanted.values() for name, value in expected.items()})
    for requirement, expected in wanted.items():
        if expected:  # what was lost before is no update's fault, and where nothing was there nothing is kept
            with scenario.claim(requirement) as claim:
                claim.equal(_of(shown, expected), expected, "the updated contact's attributes")


def _many(beginning: str) -> dict[str, str]:
    """More attributes than are usual, far below the documented total."""
    return {f"{beginning}-{number}": str(number) for number in range(60)}


@verifies("UpdateContactAttributes.Attributes.at-the-same-time")
def test_updates_at_the_same_time_are_all_kept(scenario: Scenario) -> None:
    """The endpoint keeps eight simultaneous updates of different attributes, and the attributes set before."""
    chat = scenario.new_chat(Attributes={"before": "them all"})
    updates = [{f"update-{number}": str(number)} for number in range(8)]
    for answer in scenario.at_once([partial(_update, chat, update) for update in updates]):
        scenario.need(answer)
    wanted = {"before": "them all", **{name: value for update in updates for name, value in update.items()}}
    with scenario.claim() as claim:
        claim.equal(_attributes_once(chat, wanted), wanted, "the attributes after eight updates at the same time")


@verifies("GetContactAttributes.Attributes.after-end", "UpdateContactAttributes.Attributes.after-end")
def test_attributes_outlive_the_contact(scenario: Scenario) -> None:
    """Attributes of a contact that has ended, by StopContact or its customer, can be read, created and updated."""
    stopped, left = (
        scenario.new_chat(Attributes={"during": "the chat"}),
        scenario.new_chat(Attributes={"during": "the chat"}),
    )
    scenario.need(stopped.stop())
    scenario.need(left.leave())
    for chat in (stopped, left):
        _judge_attributes_after_end(scenario, chat)


@pytest.mark.moves_clock
@verifies("GetContactAttributes.Attributes.after-end", "UpdateContactAttributes.Attributes.after-end")
def test_attributes_outlive_the_duration(scenario: Scenario) -> None:
    """Attributes of a chat whose duration is over can be read, created and updated."""
    chat = scenario.new_chat(Attributes={"during": "the chat"}, ChatDurationInMinutes=60)
    scenario.need(chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    scenario.advance_clock(61 * 60)
    _judge_attributes_after_end(scenario, chat)


def _judge_attributes_after_end(scenario: Scenario, chat: Chat) -> None:
    read = chat.on_contact("GetContactAttributes")
    with scenario.claim("GetContactAttributes.Attributes.after-end") as claim:
        claim.success(read, "GetContactAttributes of a contact that is over")
        shown, given = object_at(scenario.need(read), "Attributes"), {"during": "the chat"}
        kept = _of(shown, given) if given.items() <= shown.items() else _attributes_once(chat, given)
        claim.equal(kept, given, "the attributes after the end")
    wanted = {"during": "updated", "after": "created"}
    with scenario.claim("UpdateContactAttributes.Attributes.after-end") as claim:
        claim.success(_update(chat, wanted), "UpdateContactAttributes of a contact that is over")
        claim.equal(_attributes_once(chat, wanted), wanted, "the attributes updated after the end")


@verifies(
    "UpdateContactAttributes.Attributes.total-cumulative",
    "UpdateContactAttributes.Attributes.refused-changes-nothing",
    "UpdateContactAttributes.Attributes.replaced-value-counts-once",
)
def test_the_total_is_of_all_attributes_that_the_contact_then_has(scenario: Scenario) -> None:
    """The limit of 32,768 bytes applies to all attributes after the update; a refused update changes nothing."""
    chat = scenario.chat()
    of_the_flow = _bytes_of_the_flow(chat)
    full = {"a": fill(4, ATTRIBUTE_BYTES // 2 - 1), "b": fill(1, ATTRIBUTE_BYTES // 2 - 4 - of_the_flow)}
    scenario.need(_update(chat, full))  # 3 bytes remain
    over = _update(chat, {"c": "123", "b": full["b"]})
    with scenario.claim("UpdateContactAttributes.Attributes.total-cumulative") as claim:
        claim.refusal(over, "an update that brings the contact's attributes to 32,769 bytes")
        claim.refusal(_update(chat, {"c": "123"}), "a small update that brings the attributes to 32,769 bytes")
    with scenario.claim("UpdateContactAttributes.Attributes.refused-changes-nothing") as claim:
        claim.equal(_attributes(chat).get("c"), None, "an attribute of the refused update")
        claim.equal(_attributes_once(chat, full), full, "the attributes that were there before")
        if not judged_reply(_update(chat, {"d": "1", "no key!": ""})).succeeded:
            claim.equal(_attributes(chat).get("d"), None, "an attribute beside one that was refused for its key")
    again = {"a": fill(1, ATTRIBUTE_BYTES // 2 - 1), "c": "12"}
    with scenario.claim("UpdateContactAttributes.Attributes.replaced-value-counts-once") as claim:
        claim.success(_update(chat, again), "an update that replaces a value by one as long, 32,768 bytes in all")


@verifies("UpdateContactAttributes.Attributes.empty-value", "UpdateContactAttributes.Attributes.empty-value-shown")
def test_an_empty_value_is_accepted(scenario: Scenario) -> None:
    """The endpoint accepts an empty value; the test records how the attribute is shown afterwards."""
    chat = scenario.new_chat(Attributes={"gone": "soon"})
    emptied = _update(chat, {"gone": ""})
    with scenario.claim("UpdateContactAttributes.Attributes.empty-value") as claim:
        claim.success(emptied, "an update with an empty value")
        claim.holds(scenario.until(lambda: _lacks_attribute(chat)), "the value is no longer there", _attributes(chat))
    with scenario.claim("UpdateContactAttributes.Attributes.empty-value-shown") as claim:
        claim.record("present with an empty value" if "gone" in _attributes(chat) else "absent")


def _lacks_attribute(chat: Chat) -> bool | None:
    return True if not _attributes(chat).get("gone") else None
