"""A chat that continues an ended one: which chat it continues, and which past items its transcript returns."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.claim import Claim
from conformance.scenario.idempotency import idempotent_call
from conformance.scenario.markers import verifies
from conformance.scenario.paging import ASCENDING, BACKWARD, FORWARD, page, walk
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, due_order, id_of, ids, wait_for_items
from strategies.tokens import fresh_client_token

SEGMENT, SESSION = "FROM_SEGMENT", "ENTIRE_PAST_SESSION"
CONTENTS = ("  first \N{GRINNING FACE} ", "second <b> & \u00e9", "third")
ONE = CONTENTS[:1]
LONGER = tuple(f"{number} of more than a page" for number in range(1, 13))
PAGES = 12  # pages after which a walk through a few items is given up


@dataclass(frozen=True, slots=True)
class Past:
    """A chat that has ended. `messages` are the contents of its messages by their Ids, in order."""

    contact_id: str
    messages: dict[str, str]


def _send_all(chat: Chat, contents: Sequence[str] = CONTENTS) -> dict[str, str]:
    """Send messages in a chat. Returns the contents by their Ids, once the transcript contains them."""
    sent = [(chat.say(content), content) for content in contents]
    items, messages = (
        wait_for_items(chat, *(exchange for exchange, _ in sent)),
        {id_of(one): content for one, content in sent},
    )
    return {one: messages[one] for one in due_order(chat.scenario, items, list(messages))}


def _past_chat(scenario: Scenario, chat: Chat | None = None, contents: Sequence[str] = CONTENTS) -> Past:
    """A chat with messages that has ended."""
    chat = chat or scenario.spendable_chat()
    messages = _send_all(chat, contents)
    scenario.need(chat.stop())
    return Past(chat.contact_id, messages)


def _start(scenario: Scenario, source: str, kind: str) -> Exchange:
    """Start a persistent chat, repeatedly while the source may still be unsettled, until that succeeds."""
    answers: list[Exchange] = []

    def attempt() -> Exchange | None:
        answers.append(scenario.start(PersistentChat={"RehydrationType": kind, "SourceContactId": source}))
        response = answers[-1].response
        return answers[-1] if response is not None and response.succeeded else None

    return scenario.until(attempt) or answers[-1]


def _continue(scenario: Scenario, source: str, kind: str = SEGMENT) -> Chat:
    """A chat that continues `source`. Raises SetupFailed when it cannot be started within the polling bound."""
    return scenario.register(_start(scenario, source, kind))


@verifies(
    "StartChatContact.PersistentChat.rehydration-type-required",
    "StartChatContact.PersistentChat.source-contact-required",
)
@verifies(
    "StartChatContact.PersistentChat.unknown-source-refused", "StartChatContact.PersistentChat.active-source-refused"
)
def test_only_an_ended_chat_can_be_continued(scenario: Scenario) -> None:
    """The endpoint refuses a PersistentChat without kind or source, and a source that is no ended chat."""
    active, ended = scenario.chat(), _past_chat(scenario, contents=ONE)
    incomplete = (
        ("StartChatContact.PersistentChat.rehydration-type-required", {"SourceContactId": ended.contact_id}),
        ("StartChatContact.PersistentChat.source-contact-required", {"RehydrationType": SEGMENT}),
    )
    wrong = [
        (requirement, {"RehydrationType": kind, "SourceContactId": source})
        for requirement, source, kinds in (
            ("StartChatContact.PersistentChat.unknown-source-refused", str(uuid.uuid4()), (SEGMENT,)),
            ("StartChatContact.PersistentChat.active-source-refused", active.contact_id, (SEGMENT, SESSION)),
        )
        for kind in scenario.edges((SEGMENT, SESSION), kinds)
    ]
    for requirement, persistent in (*incomplete, *wrong):
        with scenario.claim(requirement) as claim:
            claim.any_refusal(scenario.start(PersistentChat=persistent), f"a PersistentChat of {', '.join(persistent)}")


@verifies("StartChatContact.PersistentChat.of-another-instance")
def test_a_chat_of_another_instance_is_not_continued(scenario: Scenario) -> None:
    """The endpoint refuses the SourceContactId of a contact in another instance."""
    ids = {
        "InstanceId": scenario.option("second_instance_id"),
        "ContactFlowId": scenario.option("second_contact_flow_id"),
    }
    there = scenario.register(scenario.start(**ids))
    scenario.release(there.contact_id)
    for kind in (SEGMENT, SESSION):
        with scenario.claim() as claim:
            answer = scenario.start(PersistentChat={"RehydrationType": kind, "SourceContactId": there.contact_id})
            claim.any_refusal(answer, "the ended chat of another instance as a source")


@verifies(
    "StartChatContact.PersistentChat.from-segment",
    "StartChatContact.PersistentChat.entire-past-session-of-one",
    "StartChatContact.PersistentChat.new-contact",
)
@verifies("StartChatContact.PersistentChat.soon-after-end")
def test_a_persistent_chat_says_what_it_continues(scenario: Scenario) -> None:
    """A persistent chat is a new contact and names the contact that it continues."""
    for kind, requirement in (
        (SEGMENT, "StartChatContact.PersistentChat.from-segment"),
        (SESSION, "StartChatContact.PersistentChat.entire-past-session-of-one"),
    ):
        past = _past_chat(scenario, contents=ONE)
        first = scenario.start(PersistentChat={"RehydrationType": kind, "SourceContactId": past.contact_id})
        at_once = first.response is not None and first.response.succeeded
        with scenario.claim("StartChatContact.PersistentChat.soon-after-end") as claim:
            claim.record(
                "accepted at once" if at_once else f"{first.response.status if first.response else 'no answer'}"
            )
        started = first if at_once else _start(scenario, past.contact_id, kind)
        with scenario.claim(requirement) as claim:
            claim.success(started, f"a persistent chat, {kind}, of a chat that has ended")
            continued = scenario.need(started).get("ContinuedFromContactId")
            claim.equal(continued, past.contact_id, "the ContinuedFromContactId")
        members = scenario.need(started)
        with scenario.claim("StartChatContact.PersistentChat.new-contact") as claim:
            own = members.get("ContactId") != past.contact_id
            claim.holds(own, "a ContactId of its own", "the SourceContactId")
            scenario.need(scenario.register(started).say())


@verifies("StartChatContact.PersistentChat.from-segment", "StartChatContact.ClientToken.same-token-same-result")
def test_a_persistent_start_is_repeated(scenario: Scenario) -> None:
    """A repeated persistent start returns the first contact and names the continued one again."""
    persistent = {"RehydrationType": SEGMENT, "SourceContactId": _past_chat(scenario, contents=ONE).contact_id}
    idempotent, token = (
        idempotent_call(scenario, "StartChatContact.ClientToken.same-token-same-result", PersistentChat=persistent),
        fresh_client_token(),
    )
    first = idempotent.insist(token)
    scenario.need(first)
    for again in (idempotent.send(token), idempotent.send(token)):
        with scenario.claim("StartChatContact.ClientToken.same-token-same-result") as claim:
            idempotent.repeats(claim, first, again, "the request with PersistentChat sent again")
        with scenario.claim("StartChatContact.PersistentChat.from-segment") as claim:
            continued = scenario.need(again).get("ContinuedFromContactId")
            claim.equal(continued, persistent["SourceContactId"], "the ContinuedFromContactId of the repeated reply")


@verifies(
    "StartChatContact.PersistentChat.past-items-shown",
    "StartChatContact.PersistentChat.past-items-related-contact",
    "StartChatContact.PersistentChat.current-items-contact",
)
@verifies(
    "StartChatContact.PersistentChat.past-before-current",
    "StartChatContact.PersistentChat.other-chats-hidden",
    "StartChatContact.PersistentChat.initial-contact-id",
)
def test_the_transcript_reaches_the_past_chat(scenario: Scenario) -> None:
    """The transcript of a persistent chat contains the messages of the past chat, marked as such."""
    unrelated = _past_chat(scenario, contents=ONE)
    for kind, contents in ((SEGMENT, LONGER), (SESSION, CONTENTS)):
        past = _past_chat(scenario, contents=contents)
        chat = _continue(scenario, past.contact_id, kind)
        current = {id_of(chat.say(content)): content for content in ("current 1", "current 2")}
        items = _wait_for_transcript(chat, [*past.messages, *current])
        with scenario.claim("StartChatContact.PersistentChat.past-items-shown") as claim:
            _judge_contents(claim, items, past.messages)
        with scenario.claim("StartChatContact.PersistentChat.past-items-related-contact") as claim:
            _judge_chat(claim, _of(items, past.messages), {"RelatedContactId": past.contact_id, "ContactId": None})
        with scenario.claim("StartChatContact.PersistentChat.current-items-contact") as claim:
            _judge_chat(claim, _of(items, current), {"RelatedContactId": None, "ContactId": chat.contact_id})
        with scenario.claim("StartChatContact.PersistentChat.past-before-current") as claim:
            order = [item for item in ids(items) if item in past.messages or item in current]
            messages = ([item for item in one if item in order] for one in (past.messages, current))
            known = [item for one in messages for item in due_order(scenario, items, one)]
            claim.equal(order, known, "the order of past and current messages")
        with scenario.claim("StartChatContact.PersistentChat.other-chats-hidden") as claim:
            claim.equal(
                [i for i in ids(items) if i in unrelated.messages], [], "messages of an ended chat of nobody's concern"
            )
        with scenario.claim("StartChatContact.PersistentChat.initial-contact-id") as claim:
            named = scenario.need(scenario.exchanges[-1], "GetTranscript").get("InitialContactId")
            own = {chat.contact_id: "the persistent chat's own", past.contact_id: "the first past chat's"}
            claim.record(own.get(str(named), "another"))


def _wait_for_transcript(chat: Chat, wanted: Iterable[str]) -> Items:
    """The whole transcript once it contains the items `wanted`, or at the polling bound."""
    every = set(wanted)

    def look() -> Items | None:
        items = chat.items()
        return items if every <= set(ids(items)) else None

    return chat.scenario.until(look) or chat.items()


def _of(items: Items, contents: dict[str, str]) -> Items:
    return [item for item in items if item.get("Id") in contents]


def _judge_contents(claim: Claim, items: Items, contents: dict[str, str]) -> None:
    found = [(item.get("Id"), item.get("Content")) for item in _of(items, contents)]
    claim.equal(found, list(contents.items()), "the past messages, each once")


def _judge_chat(claim: Claim, items: Items, wanted: dict[str, str | None]) -> None:
    for item in items:
        claim.equal({name: item.get(name) for name in wanted}, wanted, "the chat that an item names")


@verifies(
    "StartChatContact.PersistentChat.first-page-has-next-token",
    "StartChatContact.PersistentChat.next-token-only-backward",
)
@verifies(
    "StartChatContact.PersistentChat.start-position-current-only",
    "StartChatContact.PersistentChat.contact-id-current-only",
)
def test_only_a_plain_backward_scan_reaches_the_past(scenario: Scenario) -> None:
    """The first page leads to past items; a StartPosition or a ContactId stays in the current chat."""
    past = _past_chat(scenario)
    chat = _continue(scenario, past.contact_id)
    current = [id_of(chat.say(content)) for content in CONTENTS]
    _wait_for_transcript(chat, [*past.messages, *current])
    with scenario.claim("StartChatContact.PersistentChat.first-page-has-next-token") as claim:
        for size in (1, len(current)):
            claim.holds(page(chat, MaxResults=size).next_token, f"a NextToken on a first page of {size}", "none")
    with scenario.claim("StartChatContact.PersistentChat.start-position-current-only") as claim:
        found = walk(chat, PAGES, StartPosition={"Id": current[-1]}, ScanDirection=BACKWARD, MaxResults=2)
        claim.equal(found.of(list(past.messages)), [], "past items from a StartPosition")
    with scenario.claim("StartChatContact.PersistentChat.contact-id-current-only") as claim:
        found = walk(chat, PAGES, ContactId=chat.contact_id, MaxResults=2)
        claim.equal(found.of(list(past.messages)), [], "past items under the current chat's ContactId")
    with scenario.claim("StartChatContact.PersistentChat.next-token-only-backward") as claim:
        start = {"StartPosition": {"Id": current[0]}, "ScanDirection": FORWARD}
        found = walk(chat, PAGES, **start, MaxResults=2, SortOrder=ASCENDING)
        claim.record("also forward" if found.of(list(past.messages)) else "never")


@verifies(
    "StartChatContact.PersistentChat.entire-past-session-continued", "StartChatContact.PersistentChat.from-segment"
)
@verifies(
    "StartChatContact.PersistentChat.linkage-accumulates",
    "StartChatContact.PersistentChat.from-segment-leaves-later-out",
)
def test_a_chain_of_chats_is_continued(scenario: Scenario) -> None:
    """A chat is continued with all past chats, and an earlier chat of the chain without the later ones."""
    first = _past_chat(scenario, contents=CONTENTS[:2])
    second = _past_chat(scenario, _continue(scenario, first.contact_id), ONE)
    with scenario.claim("StartChatContact.PersistentChat.entire-past-session-continued") as claim:
        found = str(scenario.need(_start(scenario, first.contact_id, SESSION)).get("ContinuedFromContactId"))
        claim.record({first.contact_id: "the source", second.contact_id: "what continued it"}.get(found, "another"))
    wanted = {**first.messages, **second.messages}
    third = _start(scenario, second.contact_id, SEGMENT)
    with scenario.claim("StartChatContact.PersistentChat.from-segment") as claim:
        claim.equal(scenario.need(third).get("ContinuedFromContactId"), second.contact_id, "the ContinuedFromContactId")
    items = _wait_for_transcript(scenario.register(third), wanted)
    with scenario.claim("StartChatContact.PersistentChat.linkage-accumulates") as claim:
        _judge_contents(claim, items, wanted)
    segment = _continue(scenario, first.contact_id)
    items = _wait_for_transcript(segment, first.messages)
    if not set(first.messages) <= set(ids(items)):
        raise SetupFailed("the items of the past chat did not appear")
    with scenario.claim("StartChatContact.PersistentChat.from-segment-leaves-later-out") as claim:
        claim.equal([i for i in ids(items) if i in second.messages], [], "messages of the segment after the source")
