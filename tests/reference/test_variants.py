"""Lawful variants: that each of them shows, and shows what it says."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from conformance.reference.serving import CHOICES
from conformance.reference.state import Ending
from conformance.reference.variants.registry import VARIANTS, alter, choices_of, wrap_of
from tests.reference.account import ACCESS_DENIED, FLOW, INVALID_PARAMETER, VALIDATION, Account, members_of, refusal_of
from tests.reference.test_attachments import complete, upload

SUBSCRIBE = '{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'


def read(*names: str) -> Account:
    """A caller of an endpoint of its own, in these variants."""
    variants = [VARIANTS[name] for name in names]
    account = Account(choices_of(*variants))
    alter(account.service, *variants)
    service = account.service
    service.handle = wrap_of(*variants)(service.handle)
    return account


def test_every_reading_changes_something_and_says_what_is_open() -> None:
    for variant in VARIANTS.values():
        assert variant.choices or variant.change or variant.before or variant.alter, variant.name
        assert variant.says.endswith("."), variant.name
        assert not variant.choices or choices_of(variant) != CHOICES, variant.name


@pytest.mark.parametrize(
    ("name", "ending"),
    [("ends-with-own-code", Ending(4003, "The chat is over.")), ("ends-going-away", Ending(1001))],
)
def test_a_socket_ends_with_the_code_of_the_reading(name: str, ending: Ending) -> None:
    account = read(name)
    chat = account.chat()
    socket = chat.open_socket().subscribe()
    account.stop(chat.contact_id)
    assert socket.ending == ending


def test_frames_come_twice_among_others_and_with_more_members() -> None:
    socket = read("acknowledged-twice", "other-frames", "frames-with-more").chat().open_socket()
    socket.send(SUBSCRIBE)
    acknowledged = [frame for frame in socket.frames() if frame.get("topic") == "aws/subscribe"]
    assert [frame["content"]["status"] for frame in acknowledged] == ["success", "success"]
    assert all(frame["sentBy"] for frame in acknowledged)


def test_other_frames_stand_around_each_item() -> None:
    chat = read("other-frames").chat()
    socket = chat.open_socket().subscribe()
    chat.say("hello")
    topics = [frame.get("topic") for frame in socket.frames()]
    assert topics.index("aws/chat") == 4
    assert len(topics) == 9


def test_an_acknowledgement_comes_late() -> None:
    async def hear() -> tuple[int, int]:
        socket = read("acknowledged-late").chat().open_socket()
        socket.send(SUBSCRIBE)
        at_once = len(socket.texts)
        await asyncio.sleep(0.3)
        return at_once, len(socket.texts)

    assert asyncio.run(hear()) == (0, 1)


def test_items_come_late_in_their_order_and_are_overtaken_by_heartbeats() -> None:
    async def hear() -> list[str]:
        chat = read("late-frames").chat()
        socket = chat.open_socket().subscribe()
        for text in ("a", "b"):
            chat.say(text)
        socket.send('{"topic":"aws/heartbeat"}')
        chat.account.stop(chat.contact_id)
        await asyncio.sleep(0.3)
        assert socket.texts[-1] is None
        return [frame["topic"] for frame in socket.frames()] + [str(item.get("Content")) for item in socket.items()]

    assert asyncio.run(hear()) == ["aws/heartbeat", *["aws/chat"] * 3, "a", "b", "None"]


def test_typing_comes_back_to_others_only() -> None:
    chat = read("typing-unechoed").chat()
    other = chat.with_bot()
    own, others = chat.open_socket().subscribe(), other.open_socket().subscribe()
    own.texts.clear()
    members_of(chat.call("SendEvent", ContentType="application/vnd.amazonaws.connect.event.typing"))
    assert (len(own.items()), len(others.items())) == (0, 1)


@pytest.mark.parametrize(
    ("name", "sent", "answers"),
    [
        ("topics-as-text-refused", '{"topic":"aws/subscribe","content":{"topics":"aws/chat"}}', 1),
        ("unknown-topic-ignored", '{"topic":"aws/subscribe","content":{"topics":["other"]}}', 0),
        ("broken-frame-answered", "{", 1),
    ],
)
def test_an_odd_frame_is_answered_in_the_way_of_the_reading(name: str, sent: str, answers: int) -> None:
    socket = read(name).chat().open_socket()
    socket.send(sent)
    assert len(socket.frames()) == answers
    assert "success" not in str(socket.frames())
    socket.send(SUBSCRIBE)
    assert socket.frames()[-1]["content"]["status"] == "success"


def test_a_broken_frame_ends_the_socket() -> None:
    socket = read("broken-frame-ends").chat().open_socket()
    socket.send("{")
    assert socket.ending == Ending(1007, "not a frame")


def test_a_url_opens_once() -> None:
    chat = read("url-opens-once").chat()
    assert [chat.open_socket().is_open, chat.open_socket().is_open] == [True, False]


@pytest.mark.parametrize("name", ["counted-ids", "long-ids", "odd-ids"])
def test_identifiers_of_any_form_name_what_they_name(name: str) -> None:
    account = read(name)
    chat = account.chat()
    sent = [chat.say("a")["Id"], chat.say("b")["Id"]]
    assert account.describe(chat.contact_id)["Id"] == chat.contact_id
    assert [item["Id"] for item in chat.transcript()][:2] == sent[::-1]
    assert "-" not in chat.contact_id


@pytest.mark.parametrize(("name", "length"), [("longest-tokens", 1_000), ("short-tokens", 8), ("tokens-in-parts", 406)])
def test_tokens_of_any_form_open_what_they_open(name: str, length: int) -> None:
    chat = read(name).chat()
    assert len(chat.token) == pytest.approx(length, abs=6)
    assert chat.open_socket().is_open
    assert chat.transcript()


def pages(account: Account) -> list[int]:
    """How many items each of the pages has that follow one another, of a chat with 5 messages."""
    chat = account.chat()
    for number in range(5):
        chat.say(str(number))
    members, sizes = members_of(chat.call("GetTranscript", MaxResults=3)), []
    while True:
        sizes.append(len(members["Transcript"]))
        if "NextToken" not in members:
            return sizes
        token = members["NextToken"]
        members = members_of(chat.call("GetTranscript", MaxResults=3, NextToken=token))


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("last-page-leads-on", [3, 2, 0]), ("short-pages", [2, 2, 1]), ("fresh-next-tokens", [3, 2])],
)
def test_pages_have_the_sizes_of_the_reading(name: str, sizes: list[int]) -> None:
    assert pages(read(name)) == sizes


def test_a_next_token_ages_and_belongs_to_its_request_and_its_connection() -> None:
    for name in ("next-token-ages", "next-token-of-its-request", "next-token-of-its-connection"):
        account = read(name)
        chat = account.chat()
        for text in "ab":
            chat.say(text)
        token = members_of(chat.call("GetTranscript", MaxResults=1))["NextToken"]
        assert len(chat.call("GetTranscript", MaxResults=1, NextToken=token).members["Transcript"]) == 1
        account.service.advance(61)
        account.connect(chat.contact_id, chat.participant_id, chat.participant_token)
        changed = {"next-token-of-its-request": 2}.get(name, 1)
        assert refusal_of(chat.call("GetTranscript", MaxResults=changed, NextToken=token)) == VALIDATION, name


def test_a_chat_without_subscribers_ends_and_another_goes_on() -> None:
    account = read("unsubscribed-chats-end")
    deserted, visited = account.chat(), account.chat()
    visited.open_socket()
    account.service.advance(299)
    assert deserted.say("still there")
    account.service.advance(2)
    assert refusal_of(deserted.call("GetTranscript")) == ACCESS_DENIED
    assert visited.say("still here")


def test_a_second_disconnect_succeeds_or_even_a_repeated_one_is_refused() -> None:
    twice, never = read("second-disconnect-succeeds").chat(), read("repeated-disconnect-refused").chat()
    assert [twice.call("DisconnectParticipant", ClientToken=token).status for token in "ab"] == [200, 200]
    assert [never.call("DisconnectParticipant", ClientToken=token).status for token in "aa"] == [200, 403]


def test_a_contact_ends_a_moment_after_it_was_stopped() -> None:
    account = read("late-stop")
    chat = account.chat()
    assert [account.stop(chat.contact_id).status, chat.call("GetTranscript").status] == [200, 200]
    deadline = time.monotonic() + 5
    while chat.call("GetTranscript").status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert refusal_of(chat.call("GetTranscript")) == ACCESS_DENIED


def test_a_file_is_under_way_for_a_moment_after_its_arrival_whenever_it_is_first_asked_for() -> None:
    account = read("late-completion")
    chat = account.chat()
    early, late = (upload(chat, name) for name in ("early.txt", "late.txt"))
    assert refusal_of(complete(chat, early)) == (409, "ConflictException")
    account.service.advance(1)
    assert [complete(chat, early).status, complete(chat, late, "of the late one").status] == [200, 200]


def test_next_tokens_stay_within_their_limit_in_every_form() -> None:
    for form in ("longest-tokens", "short-tokens", "tokens-in-parts"):
        chat = read(form, "fresh-next-tokens").chat()
        for text in "ab":
            chat.say(text)
        assert len(members_of(chat.call("GetTranscript", MaxResults=1))["NextToken"]) <= 1_000


def test_a_chat_goes_on_when_its_customer_has_left() -> None:
    account = read("chat-goes-on")
    chat = account.chat()
    members_of(chat.call("DisconnectParticipant"))
    assert refusal_of(chat.call("GetTranscript")) == ACCESS_DENIED
    assert account.stop(chat.contact_id).status == 200


def test_others_send_at_the_start_on_the_socket_and_after_each_message() -> None:
    chat = read("greeting-at-start", "greeting-on-socket", "echoing-bot").chat()
    assert len(chat.transcript()) == 1
    socket = chat.open_socket().subscribe()
    chat.say("hello")
    assert [item.get("Content") for item in chat.transcript()].count("hello") == 2
    assert [item.get("Content") for item in socket.items()].count("hello") == 2
    assert sum(str(item.get("Content")).startswith("Welcome") for item in chat.transcript()) == 2


def test_a_call_too_many_is_throttled_now_and_then() -> None:
    account = read("calls-throttled")
    statuses = [account.call("StartWebRTCContact", **FLOW).status for _ in range(8)]
    assert sorted(statuses) == [200] * 6 + [429] * 2


def test_what_is_refused_is_bad_input() -> None:
    types = ["text/plain", "text/plain"]
    account = read("doubled-content-types-refused", "other-connections-refused")
    for odd in ({"SupportedMessagingContentTypes": types}, {"ConnectionTypes": ["WEBRTC_CONNECTION"]}):
        assert refusal_of(account.start(**odd)) == INVALID_PARAMETER
    assert account.start(SupportedMessagingContentTypes=types[:1]).status == 200


def test_an_unknown_attachment_is_denied_and_an_odd_bearer_is_unauthorized() -> None:
    account = read("unknown-attachment-denied", "odd-bearer-unauthorized")
    assert refusal_of(account.chat().call("GetAttachment", AttachmentId="none")) == ACCESS_DENIED
    assert account.call("GetTranscript", "a b").status == 401


def test_a_receipt_stands_in_the_transcript_as_it_was_answered() -> None:
    chat = read("receipts-kept").chat()
    message = chat.say("hello")["Id"]
    read_by = chat.with_bot()
    kind = "application/vnd.amazonaws.connect.event.message.read"
    sent = members_of(read_by.call("SendEvent", ContentType=kind, Content=json.dumps({"messageId": message})))
    kept = next(item for item in chat.transcript() if item["Id"] == sent["Id"])
    assert (kept["AbsoluteTime"], kept["ContentType"]) == (sent["AbsoluteTime"], kind)


def test_references_of_the_enumeration_are_taken_but_attachments() -> None:
    account = read("other-references-taken")
    given = {kind: {"a": {"Type": kind, "Value": "b"}} for kind in ("EMAIL_MESSAGE", "ATTACHMENT")}
    statuses = [account.call("StartWebRTCContact", **FLOW, References=refs).status for refs in given.values()]
    assert statuses == [200, 400]


def test_a_file_is_under_way_no_longer_where_the_clocks_of_several_machines_differ() -> None:
    account = read("late-completion", "clocks-apart")
    chat = account.chat()
    files = [upload(chat, f"{number}.txt") for number in range(3)]
    account.service.advance(1)
    answers = [complete(chat, file, f"token {number}") for number, file in enumerate(files)]
    assert [answer.status for answer in answers] == [200, 200, 200]
