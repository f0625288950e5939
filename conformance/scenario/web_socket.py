"""A web socket in a scenario: the frames that a client sends, and those that it receives within the polling bound.

Nothing waits for a time to pass. That something does not come is known by what was made to come after it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.contract.wire import WEB_SOCKET
from conformance.endpoint.frames import CHAT_TOPIC, HEARTBEAT_TOPIC, PING_TOPIC, SUBSCRIBE_TOPIC, Frame
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.sockets import Socket
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Chat, Participant, text_at
from conformance.scenario.transcripts import Items

Found = TypeVar("Found")
_SUBSCRIPTION = {"topic": SUBSCRIBE_TOPIC, "content": {"topics": [CHAT_TOPIC]}}
SUBSCRIBE = json.dumps(_SUBSCRIPTION, separators=(",", ":"))  # to the letter as the documents show it
SPACED_SUBSCRIBE = json.dumps(dict(reversed(_SUBSCRIPTION.items())), indent=1)  # the same frame as others print it
RESENT_AFTER = 1.0  # seconds after which clients subscribe again
ALIVE_WITHIN = 2.0  # seconds that the answer to a heartbeat is waited for where it only marks a moment


@dataclass(slots=True)
class WebSocketSession:
    """An open web socket of a scenario. `items` and `frames` return what it has received so far."""

    scenario: ScenarioCalls
    socket: Socket

    def until(self, look: Callable[[], Found | None], seconds: float | None = None) -> Found | None:
        """The result of `look` on the received frames, called again after each new frame, or None.

        It gives up when the time for such a wait is over (conformance.engine.polling), or after `seconds` if that
        is sooner, or when the socket is over.
        """
        polling, began = self.scenario.verifier.polling, time.monotonic()
        bound = polling.seconds_for(look, again=self.scenario.replay, asked=WEB_SOCKET)
        found = self._until(look, began + (bound if seconds is None else min(seconds, bound)))
        if found is not None or (seconds is None and self.socket.is_open):
            polling.learn(look, time.monotonic() - began, found=found is not None, asked=WEB_SOCKET)
        return found

    def _until(self, look: Callable[[], Found | None], deadline: float) -> Found | None:
        """The result of `look`, the last time on all that had arrived when the wait was over.

        Where this process was stopped meanwhile, that has not been read yet.
        """
        while (found := look()) is None:
            left, known = deadline - time.monotonic(), self._arrival_counts()
            if not self.socket.pull(max(left, _LAST_READ)) or (left <= 0 and self._arrival_counts() == known):
                return look()
        return found

    def _arrival_counts(self) -> tuple[int, int]:
        return len(self.socket.frames), self.socket.received

    def frames(self, topic: str) -> list[Frame]:
        """The received frames of `topic`, the oldest first."""
        return [frame for frame in self.socket.frames if frame.topic == topic]

    def items(self) -> Items:
        """The contents of the received chat frames, the oldest first."""
        return [frame.item for frame in self.frames(CHAT_TOPIC)]

    def ask(self, text: str, topic: str, seconds: float | None = None) -> Frame | None:
        """Send a frame, and the next frame of `topic` after it, or None."""
        before = len(self.frames(topic))
        self.socket.send(text)
        return self.until(lambda: next(iter(self.frames(topic)[before:]), None), seconds)

    def subscribe(self, frame: str = SUBSCRIBE) -> Frame | None:
        """Subscribe by `frame`, and again as clients do if no answer comes. The acknowledgement, or None.

        Where the endpoint was seen to acknowledge nothing, that it has read the frame is enough.
        """
        if self.scenario.verifier.knows(_MUTE):
            before = len(self.frames(SUBSCRIBE_TOPIC))
            self.socket.send(frame)
            self.catch_up()
            return next(iter(self.frames(SUBSCRIBE_TOPIC)[before:]), None)
        answer = self.ask(frame, SUBSCRIBE_TOPIC, RESENT_AFTER) or self.ask(frame, SUBSCRIBE_TOPIC)
        if answer is None and self.socket.is_open:
            self.scenario.verifier.first_time(_MUTE)
        return answer

    def catch_up(self) -> None:
        """Read all that the endpoint sent before now: a heartbeat or a ping that is sent now is answered behind it.

        An endpoint that was seen to answer neither is given a moment only.
        """
        verifier, before = self.scenario.verifier, self._beats()
        for topic in (HEARTBEAT_TOPIC, PING_TOPIC):
            self.socket.send(json.dumps({"topic": topic}))
        wait = _MOMENT if verifier.knows(_DEAF) else ALIVE_WITHIN
        if self.until(lambda: self._beats() > before or None, wait) is None and self.socket.is_open:
            verifier.first_time(_DEAF)

    def _beats(self) -> int:
        return len(self.frames(HEARTBEAT_TOPIC)) + len(self.frames(PING_TOPIC))

    def hear(self, send_message: SentMessage) -> Mapping[str, Any] | None:
        """The first item that is the message, waited for, or None."""
        return self.until(lambda: next(iter(send_message.found_in(self.items())), None))

    def need(self, *send_message: SentMessage) -> None:
        """Wait for every message. Raises SetupFailed for one that does not arrive: another requirement judges that."""
        for one in send_message:
            if self.hear(one) is None:
                raise SetupFailed("a message that was sent did not arrive on the web socket")

    def hears(self, chat: Chat) -> bool:
        """Whether messages that are sent in `chat` from now on arrive.

        The customer sends first. Only clients expect that a sender receives its own messages, so no must may rest on
        it: where that message does not arrive, an added participant sends. Raises SetupFailed where none can be added.
        """
        own = self.hear(send_message(chat))
        return own is not None or self.hear(send_message(chat.add_participant())) is not None

    def keep_up(self, chat: Chat) -> None:
        """Read all frames before a message that is sent now. Raises SetupFailed where no message arrives."""
        if not self.hears(chat):
            raise SetupFailed("nothing that was said arrived on the web socket")
        self.catch_up()

    def event(self, content_type: str, sender: str | None = None) -> Mapping[str, Any] | None:
        """The first event of `content_type`, of the participant `sender` where given, waited for, or None."""

        def look() -> Mapping[str, Any] | None:
            events = (item for item in self.items() if item.get("ContentType") == content_type)
            return next((item for item in events if sender in (None, item.get("ParticipantId", sender))), None)

        return self.until(look)

    def serves(self) -> bool:
        """Whether a subscription was granted here or items came; a socket that is refused or silent shows neither."""
        return bool(self.items()) or any(map(is_granted, self.frames(SUBSCRIBE_TOPIC)))

    def summary(self) -> str:
        """The received items and the state of the socket, in a few words for a report."""
        if self.socket.failure is not None:
            return f"the web socket failed: {self.socket.failure}"
        kinds = [str(f.item.get("ContentType") or f.item.get("Type") or f.topic) for f in self.socket.frames]
        shown = f"{len(kinds)} frames, at last {', '.join(kinds[-_SHOWN:])}" if kinds else "no frame"
        return shown if self.socket.is_open else f"{shown}, and the socket is over"


_FOR_CLIENTS = re.compile(r"wss://.|ws://127\.0\.0\.1:\d+(/|\?|$)")
_MUTE, _DEAF = "no subscription is acknowledged", "no heartbeat is answered"
_MOMENT = 0.2  # seconds
_LAST_READ = 0.02  # seconds that the last read of a wait takes
_SHOWN = 8  # kinds of frames, the latest


def is_granted(frame: Frame) -> bool:
    """Whether a frame says that a subscription succeeded."""
    content = frame.members.get("content")
    return isinstance(content, Mapping) and content.get("status") == "success"


def url_of(members: Mapping[str, Any]) -> str:
    """The web socket URL in a reply to CreateParticipantConnection. Raises SetupFailed where it has none."""
    return text_at(members, "Websocket", "Url")


def is_for_clients(url: str) -> bool:
    """Whether clients take a web socket URL: one of wss, or of ws on 127.0.0.1 with a port (real clients check it)."""
    return _FOR_CLIENTS.match(url) is not None


def open_web_socket(participant: Participant) -> WebSocketSession:
    """A web socket of a new connection, not subscribed yet.

    Raises SetupFailed where the reply has no URL or it cannot be opened: other requirements judge that.
    """
    scenario = participant.scenario
    socket = scenario.open_socket(url_of(participant.reconnect()))
    if socket.failure is not None:
        raise SetupFailed(f"the web socket cannot be opened: {socket.failure}")
    return WebSocketSession(scenario, socket)


def listen(participant: Participant) -> WebSocketSession:
    """A web socket of a new connection that has subscribed; whether that was acknowledged is not judged here."""
    session = open_web_socket(participant)
    session.subscribe()
    return session
