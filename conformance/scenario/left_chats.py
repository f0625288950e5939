"""Which chats a scenario leaves as plain ones, for others to use, and whether those that it used were alive.

All of it is read from the scenario's exchanges. What is not known for certain counts as changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.contract.model import operation, operations
from conformance.contract.operation_traits import named
from conformance.contract.resources import SESSION
from conformance.engine.chat_pool import UsedChat, json_members, members_of
from conformance.wire import SIGNED_URL, Exchange, Request, to_request

START, CONNECTING, READING = "StartChatContact", "CreateParticipantConnection", "GetTranscript"
LEAVING, STOPPING = "DisconnectParticipant", "StopContact"
_UPLOADING, _ADDING = "StartAttachmentUpload", "CreateParticipant"
_HARMLESS = frozenset({*named(lambda traits: traits.reads), _ADDING})
_SENDING = named(lambda traits: traits.adds_item)
_OF_A_SESSION = named(lambda traits: SESSION in traits.plain.values())
_CONTACTS = ("ContactId", "InitialContactId", "RelatedContactId", "SourceContactId")


def bearer_of(request: Request) -> str | None:
    """The bearer token that a request was sent with; None for an operation that takes none."""
    known = operations().get(request.operation)
    return request.header(known.bearer.wire_name) if known is not None and known.bearer is not None else None


@dataclass(frozen=True, slots=True)
class ChatHistory:
    """What a scenario did with one contact, by its exchanges.

    `start` is the call that started it, `tokens` are those of its customer: the participant token and those of its
    connections.
    """

    start: Exchange
    exchanges: Sequence[Exchange]
    tokens: frozenset[str]

    @property
    def contact_id(self) -> str:
        """The ContactId that the start returned."""
        return str(members_of(self.start)["ContactId"])

    def concerns(self, exchange: Exchange) -> bool:
        """Whether a call was made by the chat's customer or names the contact."""
        return bearer_of(exchange.request) in self.tokens or self.contact_id in _named(json_members(exchange))

    def ended(self) -> bool:
        """Whether the scenario ended the chat: its customer left, or the contact was stopped."""
        return any(_succeeded(e, LEAVING, STOPPING) and self.concerns(e) for e in self.exchanges)

    def last(self) -> Exchange | None:
        """The last call of the scenario that concerns the chat."""
        return next((e for e in reversed(self.exchanges) if e is not self.start and self.concerns(e)), None)

    def connection(self) -> Exchange | None:
        """The customer's latest connection, where it returned a token."""
        latest = [e for e in self.exchanges if _succeeded(e, CONNECTING) and bearer_of(e.request) in self.tokens]
        return latest[-1] if latest and _connection_token(latest[-1]) else None

    def left(self) -> UsedChat | None:
        """The chat as the scenario leaves it, None where it is no plain one any more."""
        if any(self._changes(exchange) for exchange in self.exchanges):
            return None
        connection = self.connection()
        origin = (self.start,) if connection is None else (self.start, connection)
        return UsedChat(origin, self._count(*_SENDING), self._count(_UPLOADING), self._count(_ADDING))

    def _count(self, *names: str) -> int:
        """How often these operations succeeded, in whatever chat."""
        return sum(_succeeded(exchange, *names) for exchange in self.exchanges)

    def _changes(self, exchange: Exchange) -> bool:
        name = exchange.request.operation
        if exchange.response is None or (name in _OF_A_SESSION and exchange.response.succeeded):
            return True
        if name == SIGNED_URL or not exchange.response.succeeded or members_of(exchange) == members_of(self.start):
            return False
        if name == LEAVING:
            return True  # by the customer, or by a participant who was added
        signed = name in operations() and operation(name).signed
        return signed and name not in _HARMLESS and self.contact_id in _named(json_members(exchange))


def histories(exchanges: Sequence[Exchange]) -> Iterator[ChatHistory]:
    """One for each chat contact that a call among `exchanges` started."""
    seen: set[str] = set()
    for exchange in exchanges:
        contact = members_of(exchange).get("ContactId") if exchange.request.operation == START else None
        if isinstance(contact, str) and contact not in seen:
            seen.add(contact)
            yield ChatHistory(exchange, exchanges, _tokens(exchange, exchanges))


def _tokens(start: Exchange, exchanges: Sequence[Exchange]) -> frozenset[str]:
    participant = str(members_of(start).get("ParticipantToken"))
    connections = (e for e in exchanges if e.request.operation == CONNECTING and bearer_of(e.request) == participant)
    return frozenset({participant, *filter(None, map(_connection_token, connections))})


def _succeeded(exchange: Exchange, *names: str) -> bool:
    return exchange.request.operation in names and exchange.response is not None and exchange.response.succeeded


def _connection_token(exchange: Exchange) -> str | None:
    credentials = members_of(exchange).get("ConnectionCredentials")
    token = credentials.get("ConnectionToken") if isinstance(credentials, dict) else None
    return token if isinstance(token, str) else None


def _named(body: object) -> set[str]:
    """The contacts that a request's body names, at any depth."""
    if isinstance(body, list):
        return set().union(*map(_named, body))
    if not isinstance(body, dict):
        return set()
    own = {value for name, value in body.items() if name in _CONTACTS and isinstance(value, str)}
    return own.union(*map(_named, body.values()))


def life_sign(history: ChatHistory) -> Request:
    """A call that is accepted where the chat is alive."""
    connection = history.connection()
    if connection is None:
        own = {"ParticipantToken": members_of(history.start)["ParticipantToken"], "Type": ["CONNECTION_CREDENTIALS"]}
        return to_request(operation(CONNECTING), own)
    return to_request(operation(READING), {"ConnectionToken": _connection_token(connection), "MaxResults": 1})
