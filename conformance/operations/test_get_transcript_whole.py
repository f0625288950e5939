"""GetTranscript: a transcript of more messages than the largest page can contain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conformance.contract.limits import MESSAGE_BYTES
from conformance.scenario.idempotency import check_repetition
from conformance.scenario.markers import verifies
from conformance.scenario.paging import ASCENDING, DESCENDING, FORWARD, Walk, page, walk
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import LARGEST
from conformance.scenario.transcripts import Items, id_of, ids, wait_for_items
from strategies.text import fill
from strategies.tokens import fresh_client_token

LONG_ONES = 18  # messages that are as long as a message can be
MOST = 4  # pages to read at most, where two suffice for the messages


@verifies(
    "GetTranscript.Transcript.holds-what-was-sent",
    "GetTranscript.MaxResults.never-exceeded",
    "GetTranscript.NextToken.nothing-lost",
    "GetTranscript.NextToken.nothing-repeated",
)
@verifies("SendMessage.ClientToken.replay-after-many")
def test_a_transcript_longer_than_the_largest_page(scenario: Scenario) -> None:
    """The transcript loses none of more messages than one page can contain, and the largest page has exactly 100.

    The first message's ClientToken repeats its result after those of all others.
    """
    chat = scenario.new_chat()
    requests = [(f"Message {number}", fresh_client_token()) for number in range(LARGEST + 1)]
    sent = [chat.say(text, ClientToken=token) for text, token in requests]
    own = [id_of(exchange) for exchange in sent]
    text, token = requests[0]
    with scenario.claim("SendMessage.ClientToken.replay-after-many") as claim:
        again = chat.say(text, ClientToken=token)
        check_repetition(claim, sent[0], again, f"a message sent again after {LARGEST} others")

    def odd(items: Items) -> list[str]:
        """Messages that do not occur exactly once: some may still be missing and move other items between pages."""
        stored = Counter(ids(items))
        return [item for item in own if stored[item] != 1]

    whole = wait_for_items(chat, *sent)
    in_order = not odd(whole) or scenario.until(lambda: True if not odd(chat.items()) else None)
    with scenario.claim("GetTranscript.Transcript.holds-what-was-sent") as claim:
        claim.equal(
            [] if in_order else odd(chat.items()), [], "messages that the transcript does not contain exactly once"
        )
    walks = [walk(chat, MOST, MaxResults=LARGEST, SortOrder=order) for order in (DESCENDING, ASCENDING)]
    forward = page(chat, MaxResults=LARGEST, StartPosition={"Id": own[0]}, ScanDirection=FORWARD)
    with scenario.claim("GetTranscript.MaxResults.never-exceeded") as claim:
        for held in (len(one.items) for one in (*walks[0].pages, forward)):
            claim.holds(held <= LARGEST, f"at most {LARGEST} items", held)
    for seen in walks:
        _judge_pages(scenario, own, seen)


def _judge_pages(scenario: Scenario, own: Sequence[str], seen: Walk) -> None:
    """The pages together contain each of the messages `own`, and nothing twice."""
    with scenario.claim("GetTranscript.NextToken.nothing-lost") as claim:
        missing = [item for item in own if item not in seen.ids]
        claim.equal(missing, [], f"messages missing from the pages, with {seen}")
    with scenario.claim("GetTranscript.NextToken.nothing-repeated") as claim:
        twice = [item for item, number in Counter(seen.ids).items() if number > 1]
        claim.equal(twice, [], f"Ids that were seen more than once, with {seen}")


@verifies("GetTranscript.Transcript.holds-what-was-sent")
def test_a_transcript_of_long_messages(scenario: Scenario) -> None:
    """The transcript returns many messages of the largest size, each as it was sent."""
    chat = scenario.new_chat()
    sent = [chat.say(fill(width, MESSAGE_BYTES)) for width in (1, 4) * (LONG_ONES // 2)]
    own = [id_of(exchange) for exchange in sent]
    read = chat.transcript(MaxResults=LARGEST)
    with scenario.claim() as claim:
        claim.success(read, f"GetTranscript of {LONG_ONES} messages of {MESSAGE_BYTES:,} bytes")
        stored = {str(item.get("Id")): len(str(item.get("Content")).encode()) for item in wait_for_items(chat, *sent)}
        lost = [one for one in own if one not in stored]
        claim.equal(lost, [], f"messages of {MESSAGE_BYTES:,} bytes missing from the transcript")
        claim.equal([stored[one] for one in own], [MESSAGE_BYTES] * len(own), "the bytes of each message")
