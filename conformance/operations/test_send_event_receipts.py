"""SendEvent: receipts, by which a participant reports that it received or read a message of another."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import pytest

from conformance.checks.errors import describe
from conformance.checks.passive import SERVER_ERROR
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import actual_text, value_text
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Participant, text_at
from conformance.scenario.receipts import STAMPS, Members, ShownReceipts, receipts, stamps_of, times_of
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import instant
from conformance.scenario.transcripts import id_of, items_with
from conformance.scenario.web_socket import listen
from strategies.json_parts import wrong_parts

RECEIPTS = {
    "SendEvent.ContentType.message-delivered": "message.delivered",
    "SendEvent.ContentType.message-read": "message.read",
}
ENDS = tuple(RECEIPTS.values())  # of the content types of receipts
NEAR = timedelta(seconds=60)  # as for messages, a real one of which was 20.9 seconds late


def _content(message: str) -> str:
    return json.dumps({"messageId": message})


def _message(speaker: Participant, reader: Participant) -> str:
    """The Id of a new message that `reader` already finds in the transcript."""
    sent = speaker.say(str(uuid.uuid4()))
    items_with(reader, sent)
    return id_of(sent)


@verifies_each("requirement", *RECEIPTS)
def test_a_receipt_of_anothers_message_is_accepted(scenario: Scenario, requirement: str) -> None:
    """The endpoint accepts a receipt of another's message from the customer and an added participant, repeatedly."""
    end = RECEIPTS[requirement]
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    for reader, speaker in ((chat, bot), (bot, chat)):
        message = _message(speaker, reader)
        for answer in (reader.signal(end, Content=_content(message)), reader.signal(end, Content=_content(message))):
            with scenario.claim(requirement) as claim:
                claim.success(answer, f"{end} about another participant's message")


@verifies(*RECEIPTS)
def test_receipts_are_accepted_again_when_the_third_has_left(scenario: Scenario) -> None:
    """The endpoint accepts receipts again after the third participant has left: only active participants count."""
    chat = scenario.chat(alone=True)
    bot, third = chat.add_participant(name="Bea"), chat.add_participant(name="Bob")
    for who in (chat, bot, third):
        who.reconnect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    message = _message(bot, chat)
    scenario.need(third.leave())
    scenario.wait_for_refusal(third.say)
    scenario.need(chat.say())
    for requirement, end in RECEIPTS.items():
        send = partial(chat.signal, end, Content=_content(message))
        answer = scenario.until(partial(_accepted_answer, send)) or send()
        with scenario.claim(requirement) as claim:
            claim.success(answer, f"{end} in a chat of two that a third participant has left")


def _accepted_answer(send: Callable[[], Exchange]) -> Exchange | None:
    answer = send()
    return answer if answer.response is not None and answer.response.succeeded else None


MANY, FEW = 12, 4  # messages before the first receipt
LAYOUTS = (
    '{{"messageId":"{}"}}',
    '{{ "messageId" : "{}" }}',
    '\n{{\n\t"messageId":\t"{}"\r\n}}\n',
    '{{"message\\u0049d":"{}"}}',
)


@verifies("SendEvent.Content.receipt-json")
def test_a_receipt_names_its_message_in_a_json_text(scenario: Scenario) -> None:
    """The endpoint accepts a receipt in any JSON layout, for old and new messages, in any order."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    messages = [bot.say(f"{number}") for number in range(scenario.times(MANY, FEW))]
    items_with(chat, *messages)
    for number, message in enumerate((messages[2], messages[0], *messages[-3:])):
        content = LAYOUTS[number % len(LAYOUTS)].format(id_of(message))
        with scenario.claim() as claim:
            answer = chat.signal(ENDS[number % 3 % 2], Content=content)
            claim.success(answer, f"a receipt with the Content {value_text(content)}")


NO_JSON = (
    "message {}",
    "messageId={}",
    "{{messageId: {}}}",
    "{{'messageId': '{}'}}",
    '{{"messageId":"{}"',
    '"messageId":"{}"',
    '{{"messageId":"{}"}} and more',
)


@verifies("SendEvent.Content.receipt-not-json", "SendEvent.refusal.no-effect")
def test_a_receipt_without_a_json_text_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a receipt whose Content is no JSON text but a message's Id, and marks no message."""
    chat = scenario.chat(alone=True)
    message = _message(chat.add_participant(), chat)
    ends = {content: ENDS[number % 2] for number, content in enumerate(_no_json(message))}
    answers = {(content, end): chat.signal(end, Content=content) for content, end in ends.items()}
    for (content, end), answer in answers.items():
        with scenario.claim("SendEvent.Content.receipt-not-json") as claim:
            claim.refusal(answer, f"{end} with the Content {value_text(content)}")
    if not any(judged_reply(answer).succeeded for answer in answers.values()):
        with scenario.claim("SendEvent.refusal.no-effect") as claim:
            marked = STAMPS["message.read"] in stamps_of(chat.items(), message)
            claim.holds(not marked, "no ReadTimestamp of a message whose receipts were refused", "one")


@verifies("SendEvent.Content.receipt-parts", "SendEvent.refusal.no-effect", "SendEvent.reply.no-server-error")
def test_a_receipt_is_wrong_in_one_part(scenario: Scenario) -> None:
    """A receipt that is wrong in one part is no server error and, where it is refused, marks no message."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    control, named, latest = (_message(bot, chat) for _ in range(3))
    wrong = {"another message": {"messageId": str(uuid.uuid4())}, **wrong_parts({"messageId": named})}
    accepted: list[str] = []
    for number, (words, document) in enumerate(wrong.items()):
        content = json.dumps(document)
        reply = judged_reply(chat.signal(ENDS[number % 2], Content=content))
        accepted += [content] if reply.succeeded else []
        with scenario.claim("SendEvent.reply.no-server-error") as claim:
            claim.holds(reply.status < SERVER_ERROR, f"a receipt with {words} gets a status below 500", describe(reply))
        with scenario.claim("SendEvent.Content.receipt-parts") as claim:
            claim.record(f"{words}: {describe(reply)}")
    if not all(named in content for content in accepted):
        scenario.not_applicable("a receipt that names no message was accepted", "SendEvent.refusal.no-effect")
        return
    marks = stamps_of(chat.items(), latest) - stamps_of(chat.items(), control)
    with scenario.claim("SendEvent.refusal.no-effect") as claim:
        claim.equal(sorted(marks), [], "the times that the latest message got by refused receipts")


def _no_json(message: str) -> list[str]:
    return [form.format(message) for form in NO_JSON]


@pytest.mark.parametrize("ends", [pytest.param(ends, id="-".join(ends)) for ends in (ENDS[:1], ENDS)])
@verifies("SendEvent.receipt.recipient", "SendEvent.receipt.read-timestamp")
def test_a_receipt_tells_who_received_or_read_what(scenario: Scenario, ends: tuple[str, ...]) -> None:
    """A shown receipt names its reader and has the times of the reader's calls, and no other time."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    for reader, speaker in ((bot, chat), (chat, bot)):
        shown = ShownReceipts(speaker, listen(speaker))
        message, _ = _message(speaker, reader), _message(speaker, reader)
        replies = {STAMPS[end]: scenario.need(reader.signal(end, Content=_content(message))) for end in ends}
        times = {stamp: text_at(reply, "AbsoluteTime") for stamp, reply in replies.items()}
        _judge_receipts(scenario, shown, message, reader, times)


def _judge_receipts(
    scenario: Scenario, shown: ShownReceipts, message: str, reader: Participant, times: Mapping[str, str]
) -> None:
    """Judge each place that shows the receipts of `message`; `times` are those of the replies."""
    due = set(times)
    places = shown.wait_for(message, due)
    if not places:
        scenario.not_applicable("no receipt is shown", "SendEvent.receipt.recipient")
        scenario.not_applicable("no receipt is shown", "SendEvent.receipt.read-timestamp")
    for items in places:
        stamps = stamps_of(items, message)
        with scenario.claim("SendEvent.receipt.read-timestamp") as claim:
            claim.holds(due <= stamps, f"{', '.join(sorted(due))} in the receipts of the message", sorted(stamps))
            early = STAMPS["message.read"] in stamps - due
            claim.holds(not early, "no ReadTimestamp of a message that was only delivered", sorted(stamps))
            for stamp, shown_at in times_of(items, message):
                near = abs(instant(shown_at) - instant(times.get(stamp, shown_at))) <= NEAR
                claim.holds(near, f"a {stamp} near the time of the call, {actual_text(times.get(stamp))}", shown_at)
        names = {receipt.get("RecipientParticipantId") for about, receipt in receipts(items) if about == message}
        with scenario.claim("SendEvent.receipt.recipient") as claim:
            claim.equal(names, {reader.participant_id}, "whom the receipts of the message name")


@verifies("SendEvent.receipt.in-transcript")
def test_where_a_receipt_shows_in_the_transcript_is_written_down(scenario: Scenario) -> None:
    """The test records where the transcript shows a receipt: in metadata, in a separate item, or nowhere."""
    chat = scenario.chat(alone=True)
    message = _message(chat.add_participant(), chat)
    scenario.need(chat.signal("message.read", Content=_content(message)))
    items = items_with(chat, chat.say())
    about = [item for item in items if any(subject == message for subject, _ in receipts([item]))]
    named = [item for item in items if message in str(item.get("Content"))]
    with scenario.claim() as claim:
        own = "in the message's MessageMetadata" if message in map(_id, about) else "in an item of its own"
        claim.record(own if about or named else "nowhere")


def _id(item: Members) -> str:
    return str(item.get("Id"))


@verifies("SendEvent.receipt.three-participants")
def test_what_a_receipt_among_three_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether the endpoint accepts a receipt in a chat of three connected participants."""
    chat = scenario.chat(alone=True)
    bots = [chat.add_participant(name=name) for name in ("Bea", "Bob")]
    message = _message(bots[0], chat)
    for who in (chat, *bots):
        scenario.need(who.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(chat.signal("message.read", Content=_content(message)))))


_UNKNOWN = "00000000-0000-4000-8000-000000000000"
Doubtful = Callable[[str, str], tuple[str | None, ...]]  # the Ids of a message here and of one in another chat
_DOUBTFUL: Mapping[str, Doubtful] = {
    "SendEvent.Content.receipt-without": lambda *_: (None,),
    "SendEvent.Content.receipt-unknown-message": lambda _, other: (_content(_UNKNOWN), _content(other)),
    "SendEvent.Content.length-1024": lambda own, _: (_content(own)[:-1] + " " * 1_024 + "}",),
    "SendEvent.Content.not-supported": lambda own, _: (_content(own), "{}", '{"message":"x"}'),
    "SendEvent.ContentType.two-types-only": lambda own, _: (_content(own),),
}


@verifies(*_DOUBTFUL)
def test_what_a_doubtful_receipt_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answers to receipts that the documents, or their older editions, leave open."""
    chat, other = scenario.chat(alone=True), scenario.chat(alone=True)
    own, others = _message(chat.add_participant(), chat), _message(other, other)
    for requirement, contents in _DOUBTFUL.items():
        for number, content in enumerate(contents(own, others)):
            end = ENDS[number % 2]
            answer = chat.signal(end) if content is None else chat.signal(end, Content=content)
            with scenario.claim(requirement) as claim:
                claim.record(f"{end} {_in_words(content, own)}: {describe(judged_reply(answer))}")


_SHOWN = 200  # code points of a Content that a report shows


def _in_words(content: str | None, own: str) -> str:
    if content is None:
        return "without Content"
    shown = content.replace(own, "a message's Id")
    return f"of {len(content):,} code points" if len(content) > _SHOWN else f"with {shown}"


@verifies("SendEvent.receipt.own-chat-only")
def test_a_receipt_from_another_chat_shows_nowhere(scenario: Scenario) -> None:
    """A receipt of a message of another chat appears neither on a socket nor in the transcript of that chat."""
    chat, other = scenario.chat(alone=True), scenario.chat(alone=True)
    session, sent = listen(chat), chat.say(str(uuid.uuid4()))
    for end in ENDS:
        other.signal(end, Content=_content(id_of(sent)))
    session.keep_up(chat)
    foreign = [item for item in (*session.items(), *items_with(chat, sent)) if other.participant_id in json.dumps(item)]
    with scenario.claim() as claim:
        claim.equal(foreign, [], "what names the participant of another chat")
