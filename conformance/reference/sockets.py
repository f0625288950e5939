"""The web socket of a participant, as texts in and texts out: subscribing, heartbeats, chat frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from conformance.reference.contacts import end_overdue_contacts
from conformance.reference.context import Context
from conformance.reference.items import CHAT_TOPIC
from conformance.reference.participants import join
from conformance.reference.state import Participant, Send, Socket

_READER = json.JSONDecoder()

# Changes how a new socket sends; answers a frame of the client in the service's place and says so.
Manner = Callable[[Socket], None]
Ear = Callable[[Socket, str], bool]


class Topic(StrEnum):
    """What a client's frame can be about."""

    SUBSCRIBE = "aws/subscribe"
    HEARTBEAT = "aws/heartbeat"
    PING = "aws/ping"


class Sockets:
    """Opens, feeds and closes the web sockets that CreateParticipantConnection's URLs lead to.

    Another lawful variant adds to `manners` and `ears`.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.manners: list[Manner] = []
        self.ears: list[Ear] = []

    def open(self, token: str, send: Send) -> Socket | None:
        """A new socket, or None where the URL does not open one.

        `send` takes each frame's text, and how the socket is to be closed behind what was sent (None in the usual
        way). A URL opens sockets for 100 seconds and while its participant is part of the contact; opening one is the
        join.
        """
        end_overdue_contacts(self._context)
        connection = self._context.state.socket_tokens.get(token)
        if connection is None or self._context.now() >= connection.expires_at or not connection.participant.present:
            return None
        if not self._has_room(connection.participant):
            return None
        socket = Socket(send, connection.participant)
        for manner in self.manners:
            manner(socket)
        connection.participant.sockets.append(socket)
        join(self._context, connection.participant)
        return socket

    def _has_room(self, participant: Participant) -> bool:
        if len(participant.sockets) < self._context.quotas.open_sockets_of_a_participant:
            return True
        if self._context.choices.sixth_socket == "refused":
            return False
        participant.sockets.pop(0).send(None)
        return True

    def receive(self, socket: Socket, text: str) -> None:
        """Answers a frame of the client; what is no frame is ignored.

        Text behind the frame is tolerated, as a client in use sends a stray parenthesis (domain fact P-08).
        """
        if any(ear(socket, text) for ear in self.ears):
            return
        try:
            frame, _ = _READER.raw_decode(text.strip())
        except (ValueError, RecursionError):
            return
        if isinstance(frame, dict):
            self._answer(socket, frame)

    def _answer(self, socket: Socket, frame: dict[str, Any]) -> None:
        match frame.get("topic"):
            case Topic.SUBSCRIBE:
                self._subscribe(socket, frame.get("content"))
            case Topic.HEARTBEAT:
                socket.send(json.dumps({"topic": Topic.HEARTBEAT}))
            case Topic.PING:
                socket.send(json.dumps({"topic": Topic.PING, "statusCode": 200, "statusContent": "OK"}))

    def _subscribe(self, socket: Socket, content: Any) -> None:
        """Topics are a list; an older document shows a single text (X-07). The only topic there is is aws/chat."""
        topics = content.get("topics") if isinstance(content, dict) else None
        wanted = [topics] if isinstance(topics, str) else topics
        succeeds = wanted == [CHAT_TOPIC]
        socket.subscribed = socket.subscribed or succeeds
        acknowledgement = {"status": "success" if succeeds else "failure", "topics": [CHAT_TOPIC] if succeeds else []}
        socket.send(json.dumps({"topic": Topic.SUBSCRIBE, "content": acknowledgement}))

    def close(self, socket: Socket) -> None:
        """Forgets a socket that its client closed."""
        if socket in socket.participant.sockets:
            socket.participant.sockets.remove(socket)
