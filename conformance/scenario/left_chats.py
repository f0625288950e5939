"""Which contacts a scenario leaves for others to use, and whether those that it used were alive.

All of it is read from the scenario's exchanges. What is not known for certain counts as changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.contract.model import operation, operations
from conformance.contract.operation_traits import STARTING, names_where
from conformance.contract.resources import SESSION
from conformance.contract.wire import SIGNED_URL, Exchange, Request, to_request
from conformance.engine.chat_pool import CHAT, UsedChat, json_members, members_of

CONNECTING, SENDING, READING = "CreateParticipantConnection", "SendMessage", "GetTranscript"
LEAVING, STOPPING = "DisconnectParticipant", "StopContact"
_UPLOADING, _ADDING, _UPDATING = "StartAttachmentUpload", "CreateParticipant", "UpdateContactAttributes"
_HARMLESS = frozenset({*names_where(lambda traits: traits.reads), _ADDING, _UPDATING})
_SENDING = names_where(lambda traits: traits.adds_item)
_ADDING_ITEMS = frozenset({*_SENDING, _UPLOADING})
_OF_A_SESSION = names_where(lambda traits: SESSION in traits.plain.values())
_CONTACTS = ("ContactId", "InitialContactId", "RelatedContactId", "SourceContactId")
# A body that has none of these names no contact and need not be read: the members' names stand in it as they are, with
# letters escaped, or in an encoding other than UTF-8.
_NAMING = (b"ContactId", b"\\u", b"\0")


def bearer_of(request: Request) -> str | None:
    """The bearer token that a request was sent with; None for an operation that takes none."""
    known = operations().get(request.operation)
    return request.header(known.bearer.wire_name) if known is not None and known.bearer is not None else None


@dataclass(frozen=True, slots=True)
class ChatHistory:
    """What a scenario did with one contact, by its exchanges.

    `start` is the call that started it, `tokens` are those of its customer: the participant token and those of its
    connections. `others` are those of the customers of the scenario's other contacts.
    """

    start: Exchange
    exchanges: Sequence[Exchange]
    tokens: frozenset[str]
    others: frozenset[str] = frozenset()

    @property
    def contact_id(self) -> str:
        """The ContactId that the start returned."""
        return str(members_of(self.start)["ContactId"])

    def concerns(self, exchange: Exchange) -> bool:
        """Whether a call was made by the chat's customer or names the contact."""
        return bearer_of(exchange.request) in self.tokens or self.contact_id in _contacts_in(exchange)

    def has_ended(self) -> bool:
        """Whether the scenario ended the chat: its customer left, or the contact was stopped."""
        return any(_is_success(e, LEAVING, STOPPING) and self.concerns(e) for e in self.exchanges)

    def last(self) -> Exchange | None:
        """The last call of the scenario that concerns the chat."""
        return next((e for e in reversed(self.exchanges) if e is not self.start and self.concerns(e)), None)

    def connection(self) -> Exchange | None:
        """The customer's latest connection, where it returned a token."""
        latest = [e for e in self.exchanges if _is_success(e, CONNECTING) and bearer_of(e.request) in self.tokens]
        return latest[-1] if latest and _connection_token(latest[-1]) else None

    def used_chat(self) -> UsedChat | None:
        """The contact as the scenario leaves it, None where others might be surprised by it."""
        own = [exchange for exchange in self.exchanges if not self._is_of_another(exchange)]
        if any(self._changes(exchange) for exchange in own):
            return None
        connection = self.connection()
        origin = (self.start,) if connection is None else (self.start, connection)
        done = Counter(exchange.request.operation for exchange in own if _is_success(exchange))
        items = (members_of(e).get("Id", place) for place, e in enumerate(own) if _is_success(e, *_SENDING))
        sent = len({str(item) for item in items})  # a repeated call adds none
        altered = bool(done[_UPDATING]) or any(exchange.response is None for exchange in own)
        return UsedChat(origin, sent, done[_UPLOADING], done[_ADDING], altered, self._seen_message())

    def _seen_message(self) -> str | None:
        """The Id of a message of the customer that the scenario has seen in the customer's transcript."""
        own = [e for e in self.exchanges if _is_success(e) and bearer_of(e.request) in self.tokens]
        sent = {str(members_of(e).get("Id")) for e in own if e.request.operation == SENDING}
        read = (members_of(e).get("Transcript") for e in own if e.request.operation == READING)
        shown = (
            item.get("Id") for items in read if isinstance(items, list) for item in items if isinstance(item, dict)
        )
        return next((str(one) for one in shown if one in sent), None)

    def _is_of_another(self, exchange: Exchange) -> bool:
        """Whether a call was made by another contact's customer, names other contacts alone, or started one."""
        if exchange.response is None and exchange.request.operation in STARTING:
            return True
        named = _contacts_in(exchange)
        return bearer_of(exchange.request) in self.others or (bool(named) and self.contact_id not in named)

    def _changes(self, exchange: Exchange) -> bool:
        name = exchange.request.operation
        if exchange.response is None:
            return name not in _ADDING_ITEMS
        if name in _OF_A_SESSION and exchange.response.succeeded:
            return True
        if name == SIGNED_URL or not exchange.response.succeeded or members_of(exchange) == members_of(self.start):
            return False
        if name == LEAVING:
            return True  # by the customer, or by a participant who was added
        signed = name in operations() and operation(name).signed
        return signed and name not in _HARMLESS and self.contact_id in _contacts_in(exchange)


def histories(exchanges: Sequence[Exchange]) -> Iterator[ChatHistory]:
    """One for each contact that a call among `exchanges` started."""
    starts: dict[str, Exchange] = {}
    for exchange in exchanges:
        contact = members_of(exchange).get("ContactId") if exchange.request.operation in STARTING else None
        if isinstance(contact, str):
            starts.setdefault(contact, exchange)
    tokens = {contact: _tokens(start, exchanges) for contact, start in starts.items()}
    for contact, start in starts.items():
        others = frozenset[str]().union(*(held for other, held in tokens.items() if other != contact))
        yield ChatHistory(start, exchanges, tokens[contact], others - tokens[contact])


def _tokens(start: Exchange, exchanges: Sequence[Exchange]) -> frozenset[str]:
    participant = str(members_of(start).get("ParticipantToken"))
    connections = (e for e in exchanges if e.request.operation == CONNECTING and bearer_of(e.request) == participant)
    return frozenset({participant, *filter(None, map(_connection_token, connections))})


def _is_success(exchange: Exchange, *names: str) -> bool:
    """Whether a call succeeded, and is of one of these operations, if any are named."""
    fits = not names or exchange.request.operation in names
    return fits and exchange.response is not None and exchange.response.succeeded


def _connection_token(exchange: Exchange) -> str | None:
    credentials = members_of(exchange).get("ConnectionCredentials")
    token = credentials.get("ConnectionToken") if isinstance(credentials, dict) else None
    return token if isinstance(token, str) else None


def _contacts_in(exchange: Exchange) -> set[str]:
    """The contacts that a request's body names, at any depth."""
    body = exchange.request.body
    return _ids_in(json_members(exchange)) if any(sign in body for sign in _NAMING) else set()


def _ids_in(body: object) -> set[str]:
    """The contacts that a part of a body names."""
    if isinstance(body, list):
        return set().union(*map(_ids_in, body))
    if not isinstance(body, dict):
        return set()
    own = {value for name, value in body.items() if name in _CONTACTS and isinstance(value, str)}
    return own.union(*map(_ids_in, body.values()))


def life_sign(history: ChatHistory) -> Request:
    """A call that is accepted where the contact is alive."""
    connection = history.connection()
    if history.start.request.operation != CHAT:
        own = {"ParticipantToken": members_of(history.start)["ParticipantToken"], "Type": ["WEBRTC_CONNECTION"]}
        return to_request(operation(CONNECTING), own)
    if connection is None:
        own = {"ParticipantToken": members_of(history.start)["ParticipantToken"], "Type": ["CONNECTION_CREDENTIALS"]}
        return to_request(operation(CONNECTING), own)
    return to_request(operation(READING), {"ConnectionToken": _connection_token(connection), "MaxResults": 1})
