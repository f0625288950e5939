"""The chats of a scenario: new ones, those that other scenarios have left, and what is left to others in turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.content_types import SUPPORTED
from conformance.contract.wire import Exchange, Request
from conformance.engine.chat_pool import Kind, Messages, UsedChat
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.left_chats import CONNECTING, ChatHistory, bearer_of, histories, life_sign
from conformance.scenario.participants import Chat


@dataclass(slots=True)
class ScenarioChats(ScenarioCalls):
    """The chats of one scenario. `afresh` says that it takes new chats only."""

    afresh: bool = field(default=False, kw_only=True)
    _used: dict[str, UsedChat] = field(default_factory=dict, kw_only=True)
    _used_chats: list[Chat] = field(default_factory=list, kw_only=True)
    _held: dict[str, UsedChat | None] = field(default_factory=dict, kw_only=True)
    _messages: dict[str, tuple[Messages, int]] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        self.verifier.conversations.begin_scenario()

    def note_sent(self, request: Request) -> None:
        """Have customers connect anew whose connections of earlier scenarios another connection may have voided."""
        for chat in self._used_chats if request.operation == CONNECTING else ():
            if bearer_of(request) == chat.participant_token:
                chat.forget_connection()

    def new_chat(self, **members: Any) -> Chat:
        """Start a chat; `members` are added to the plainest StartChatContact. Raises SetupFailed when refused.

        Without members the user's own back end, if there is one, starts it.
        """
        given = None if members else self.given_chat()
        return given or self.register(self.start(**members))

    def given_chat(self) -> Chat | None:
        """A new chat of the user's own back end; None where chats start by StartChatContact."""
        given = self.verifier.conversations.calls.given_chat()
        if given is None:
            return None
        self.keep_open(given.contact_id)
        return Chat(self, given.contact_id, given.participant_id, given.participant_token)

    def chat(self, *, alone: bool = False) -> Chat:
        """A plain chat that others may have used before, or a new one. Raises SetupFailed where none can be started.

        It is for tests that look at what they have sent themselves, not at the beginning of a chat, the number of its
        items or its other participants. One that they leave plain is used by others afterwards.
        Bots may have joined it, unless its customer is to be `alone`: receipts end where there are three.
        """
        return self._used_chat(Kind.PLAIN, alone=alone) or self.new_chat()

    def know_messages(self, chat: Chat, messages: Messages) -> None:
        """Take note that a new chat's customer has sent these messages so far, and no others."""
        self._messages[chat.contact_id] = messages, len(messages.own)

    def seeded_chat(self, number: int) -> tuple[Chat, Messages] | None:
        """A chat that others have only read, with exactly that many messages of its customer; None without one."""
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take_seeded(number)
        if used is None or used.messages is None:
            return None
        self._messages[used.contact_id] = used.messages, 0
        return self._going_on_with(used), used.messages

    def old_chat(self, starts: int) -> tuple[Chat, str] | None:
        """A plain connected chat that is older than so many other contacts, and the Id of a message seen in it."""
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take_old(starts)
        return (self._going_on_with(used), used.seen) if used is not None and used.seen is not None else None

    def typed_chat(self) -> Chat:
        """A chat like `chat`, but for content types other than text: it declares all that are supported."""
        return self._used_chat(Kind.TYPED) or self.new_chat(SupportedMessagingContentTypes=[*SUPPORTED])

    def spendable_chat(self, *, alone: bool = False) -> Chat:
        """A chat like `chat`, but for a test that ends it or uses it up: it may have attributes, types and any name."""
        return self._used_chat(Kind.SPENDABLE, alone=alone) or self.new_chat()

    def webrtc_call(self) -> Chat:
        """The plainest call that others may have used before, or a new one. Raises SetupFailed like `chat`."""
        return self._used_chat(Kind.CALL) or self.register(self.start("StartWebRTCContact"))

    def _used_chat(self, kind: Kind, *, alone: bool = False) -> Chat | None:
        used = None if self.afresh or self.replay else self.verifier.conversations.pool.take(kind, alone=alone)
        return self._going_on_with(used) if used is not None else None

    def _going_on_with(self, used: UsedChat) -> Chat:
        self._used[used.contact_id] = self._held[used.contact_id] = used
        self.exchanges.extend(used.origin)
        self._used_chats.append(Chat.of_used_chat(self, used.origin))
        return self._used_chats[-1]

    def register(self, started: Exchange) -> Chat:
        """The chat that a StartChatContact (or StartWebRTCContact) call started; it is stopped with the scenario."""
        return Chat.of(self, started)

    def require_new(self, start: Exchange) -> None:
        """Raise SetupFailed where another start, by its ClientToken, has returned the contact of `start` before."""
        self.verifier.conversations.contacts.require_new(start)

    def keep_open(self, contact_id: str) -> None:
        """Keep a contact open as long as the scenario, and stop it then."""
        self.verifier.conversations.contacts.leased.add(contact_id)
        self._held.setdefault(contact_id)

    def advance_clock(self, seconds: int) -> None:
        """Move the endpoint's clock. Raises MissingOption where it cannot be moved."""
        self.verifier.conversations.pool.empty()  # what the clock makes of them is not known
        self.verifier.conversations.calls.advance_clock(seconds)
        self.verifier.profile.clocks.move(seconds)

    def rests_on_dead_chats(self) -> bool:
        """Whether a chat that others had used before is over although the scenario did not end it."""
        used = [each for each in histories(self.exchanges) if each.contact_id in self._used]
        return not all(self._is_alive(each) for each in used)

    def _is_alive(self, chat: ChatHistory) -> bool:
        last = chat.last()
        if chat.has_ended() or last is None or (last.response is not None and last.response.succeeded):
            return True
        shown = self.verifier.conversations.calls.send(life_sign(chat)).response
        return shown is not None and shown.succeeded

    def start_afresh(self) -> None:
        """Forget the chats and their calls, and take new chats only."""
        self._let_go()
        for forgotten in (self.exchanges, self._used, self._messages, self._used_chats):
            forgotten.clear()
        self.afresh = True

    def leave_chats(self) -> None:
        """Have the contacts that are good for others left to them when the scenario closes. All of it went well."""
        for chat in histories(self.exchanges):
            left = chat.used_chat()
            if left is not None and chat.contact_id in self.verifier.conversations.contacts.open:
                messages, sent = self._messages.get(chat.contact_id, (None, 0))
                if messages is not None and (left.sent, left.uploads, left.added) == (sent, 0, 0):
                    left = replace(left, messages=messages)
                before = self._used.get(chat.contact_id)
                left = left.after(before) if before else left
                joins = self.sockets or self.joins
                self._held[chat.contact_id] = left.without_connection() if joins else left

    def close(self) -> None:
        """Stop every chat of the scenario but those left to others, and loose contacts once there are many."""
        self._let_go()
        self.verifier.conversations.end_scenario()

    def _let_go(self) -> None:
        self._open.close()
        conversations, held = self.verifier.conversations, self._held
        self._held = {}
        kept = {start.contact for start in list(self.verifier.earlier_starts.values())}
        for contact, left in reversed(held.items()):
            if contact in kept:
                conversations.contacts.leased.discard(contact)
                conversations.contacts.spared.add(contact)  # it goes where room is needed
            elif left is None or left is self._used.get(contact):
                conversations.contacts.release(contact)
            elif contact in conversations.contacts.open:
                conversations.pool.put(left)
