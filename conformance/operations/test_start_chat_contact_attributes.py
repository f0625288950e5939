"""StartChatContact: its attributes, and the segment attributes that it accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, JSON, MARKDOWN, TEXT
from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, object_at
from conformance.scenario.scenario import Scenario
from strategies.attributes import ODD, OUTSIDE_KEY_ALPHABET, spread

SUBTYPE = "connect:Subtype"
GUIDE: Mapping[str, Any] = {SUBTYPE: {"ValueString": "connect:Guide"}}
INTERACTIVES = [TEXT, INTERACTIVE, INTERACTIVE_RESPONSE]
FULL = spread(40, 3, ATTRIBUTE_BYTES)


def _start(scenario: Scenario, attributes: Mapping[str, Any], types: Sequence[str] | None = INTERACTIVES) -> Exchange:
    listed = None if types is None else list(types)
    return scenario.start(SegmentAttributes=attributes, SupportedMessagingContentTypes=listed)


@verifies("StartChatContact.Attributes.returned")
def test_attributes_of_the_start_come_back(scenario: Scenario) -> None:
    """GetContactAttributes returns all attributes of each start byte for byte."""
    chats = [(scenario.new_chat(Attributes=given), given) for given in (ODD, FULL, {"0": "another chat's"})]
    for chat, given in chats:

        def look(chat: Any = chat, given: Mapping[str, str] = given) -> bool | None:
            shown = object_at(scenario.need(chat.on_contact("GetContactAttributes")), "Attributes")
            return True if {name: shown.get(name) for name in given} == given else None

        found = scenario.until(look)
        with scenario.claim() as claim:
            claim.holds(found, f"the {len(given)} attributes of the start come back", "some differ or lack")


@verifies("StartChatContact.Attributes.returned")
def test_attributes_stay_whatever_happens_in_the_chat(scenario: Scenario) -> None:
    """Attributes of the start do not change through later calls of the chat."""
    chat = scenario.new_chat(Attributes=ODD)
    scenario.need(chat.on_contact("DescribeContact"))
    bot = chat.add_participant()
    scenario.need(bot.say())
    scenario.need(chat.say())
    scenario.need(bot.leave())
    scenario.need(chat.leave())
    shown = object_at(scenario.need(chat.on_contact("GetContactAttributes")), "Attributes")
    with scenario.claim() as claim:
        claim.equal({name: shown.get(name) for name in ODD}, ODD, "the attributes when all that had happened")


@verifies("StartChatContact.SegmentAttributes.key-alphabet")
def test_segment_attributes_have_names_of_a_small_alphabet(scenario: Scenario) -> None:
    """The endpoint refuses a name with a character other than letters, digits, dash, underscore and the colon."""
    characters = [character for character in OUTSIDE_KEY_ALPHABET if character != ":"]
    inside = [f"connect:Sub{character}type" for character in characters]
    for name in scenario.edges((" connect:Subtype", "connect:Subtype ", *inside), ("connect:Subtype ", *inside[:3])):
        answer = _start(scenario, {name: GUIDE[SUBTYPE]})
        with scenario.claim() as claim:
            claim.refusal(answer, f"the segment attribute {value_text(name)}")


@verifies("StartChatContact.SegmentAttributes.subtype-accepted", "StartChatContact.SegmentAttributes.returned")
def test_a_guide_starts_where_both_interactive_types_are_supported(scenario: Scenario) -> None:
    """The endpoint accepts connect:Guide where the list has both interactive types, in any order, and describes it."""
    lists = (INTERACTIVES[::-1], [TEXT, INTERACTIVE, MARKDOWN, JSON, INTERACTIVE_RESPONSE], INTERACTIVES)
    for types in scenario.edges(lists, lists[:2]):
        answer = _start(scenario, GUIDE, types)
        with scenario.claim("StartChatContact.SegmentAttributes.subtype-accepted") as claim:
            claim.success(answer, f"connect:Guide with the content types {', '.join(types)}")
        with scenario.optional("StartChatContact.SegmentAttributes.returned"):
            _judge_described(scenario, scenario.register(answer))


def _judge_described(scenario: Scenario, chat: Chat) -> None:
    """DescribeContact returns the segment attribute of a chat that was started with it."""

    def look() -> Any:
        described = scenario.need(chat.on_contact("DescribeContact"))
        return object_at(described, "Contact", "SegmentAttributes").get(SUBTYPE)

    found = scenario.until(look)
    with scenario.claim("StartChatContact.SegmentAttributes.returned") as claim:
        shown = found.get("ValueString") if isinstance(found, dict) else found
        claim.equal(shown, "connect:Guide", "the described connect:Subtype")


LACKING: Mapping[str, Sequence[Sequence[str] | None]] = {
    "StartChatContact.SegmentAttributes.guide-needs-interactive": [
        [TEXT, INTERACTIVE_RESPONSE],
        [TEXT, MARKDOWN, JSON, INTERACTIVE_RESPONSE],
    ],
    "StartChatContact.SegmentAttributes.guide-needs-interactive-response": [
        [TEXT, INTERACTIVE],
        [TEXT, MARKDOWN, JSON, INTERACTIVE],
    ],
    "StartChatContact.SegmentAttributes.guide-needs-types-list": [None],
}


@verifies_each("requirement", *LACKING)
def test_a_guide_is_refused_where_an_interactive_type_is_lacking(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses connect:Guide where the list lacks one of the two interactive types."""
    for types in LACKING[requirement]:
        answer = _start(scenario, GUIDE, types)
        with scenario.claim(requirement) as claim:
            claim.refusal(answer, f"connect:Guide with the content types {value_text(types)}")


@verifies("StartChatContact.SegmentAttributes.value-arn-valid")
def test_a_value_arn_is_an_arn(scenario: Scenario) -> None:
    """The endpoint refuses a ValueArn that is no ARN, also inside a map or a list."""
    value, *others = ({"ValueArn": wrong} for wrong in ("nonsense", "arn:aws:connect", "https://example.com/arn", " "))
    inside = ({"ValueMap": {SUBTYPE: value}}, {"ValueList": [value]})
    for held in scenario.edges((value, *inside, *others), (value, *inside)):
        answer = _start(scenario, {SUBTYPE: held})
        with scenario.claim() as claim:
            claim.refusal(answer, f"the segment attribute value {value_text(held)}")


_OPEN = {
    "StartChatContact.SegmentAttributes.colon": "connect:Something",
    "StartChatContact.SegmentAttributes.user-defined-name": "something",
}


@verifies_each("requirement", *_OPEN)
def test_what_an_undefined_segment_attribute_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answer to a segment attribute that the system does not define."""
    answer = _start(scenario, {_OPEN[requirement]: {"ValueString": "x"}})
    with scenario.claim(requirement) as claim:
        claim.record(describe(judged_reply(answer)))
