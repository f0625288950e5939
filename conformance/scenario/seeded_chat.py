"""A chat with many messages, read in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.chat_pool import Messages
from conformance.scenario.paging import Page, page
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, due_order, id_of, item_of, wait_for_items

LARGEST = 100  # items, the most that a page may hold
SEEDED_MESSAGES = 24  # messages, more than two default pages


@dataclass(frozen=True, slots=True)
class SeededChat:
    """A chat and its messages: `own` are their Ids in the order of the transcript, `times` their times.

    `total` is how many items the transcript held when it held all of them.
    """

    chat: Chat
    own: Sequence[str]
    times: Sequence[str]
    total: int

    def read(self, **parameters: Any) -> Page:
        """One page. Raises SetupFailed when it is refused."""
        return page(self.chat, **parameters)

    def own_ids(self, **parameters: Any) -> list[str]:
        """Those of the own messages that a page holds, as they came."""
        known = set(self.own)
        return [item for item in self.read(**parameters).ids if item in known]


def seeded_chat(scenario: Scenario, number: int = SEEDED_MESSAGES) -> SeededChat:
    """A chat with `number` messages, all of which its transcript contains: a new one, or one that others have read.

    Raises SetupFailed where two of them have one Id: SendMessage.Id.unique judges that, and nothing else can be judged.
    """
    known = scenario.seeded_chat(number)
    if known is not None:
        return SeededChat(known[0], known[1].own, known[1].times, len(known[0].items()))
    chat = scenario.new_chat()
    sent = [chat.say(f"Message {place}") for place in range(number)]
    for exchange in sent:
        scenario.need(exchange)
    if len({id_of(exchange) for exchange in sent}) < number:
        raise SetupFailed("two messages of one chat got the same Id")
    return know(scenario, chat, sent, wait_for_items(chat, *sent))


def know(scenario: Scenario, chat: Chat, sent: Sequence[Exchange], items: Items) -> SeededChat:
    """A new chat whose customer has `sent` these messages and no others, all of them among `items`, its transcript.

    Raises SetupFailed where one is missing.
    """
    times = {id_of(exchange): str(item_of(items, exchange).get("AbsoluteTime")) for exchange in sent}
    own = due_order(scenario, items, list(times))
    messages = Messages(tuple(own), tuple(times[one] for one in own))
    scenario.know_messages(chat, messages)
    return SeededChat(chat, messages.own, messages.times, len(items))
