"""Lawful variants of web sockets: what else may come over one, and how it may end."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from threading import Timer
from typing import Any

from conformance.reference.items import CHAT_TOPIC
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Manner, Topic
from conformance.reference.state import Ending, Send, Socket
from conformance.reference.variants.variant import Variant

Frame = Mapping[str, Any]
PUSHED_AFTER = 0.1  # seconds; 0.38 to 0.44 were seen of the real service (domain fact S-05)
ACKNOWLEDGED_AFTER = 0.1  # seconds; clients wait for one (domain fact P-04)
GATEWAY_ERROR: Frame = {
    "message": "Internal server error",
    "connectionId": "LtY3xd0FoAM=",
    "requestId": "LtY5jGQ0IAMF1Rw=",
}
OTHER_FRAMES: tuple[Frame, ...] = (
    {"topic": Topic.HEARTBEAT},
    {},
    {"topic": "aws/metrics", "content": {"chats": 1}},
    GATEWAY_ERROR,
)


def sending(change: Callable[[Frame], Iterable[Frame]]) -> Callable[[ReferenceService], None]:
    """Has each frame of every socket replaced by those that `change` makes of it."""

    def manner(socket: Socket) -> None:
        own = socket.send

        def send(sent: str | Ending | None) -> None:
            for one in [json.dumps(f) for f in change(json.loads(sent))] if isinstance(sent, str) else [sent]:
                own(one)

        socket.send = send

    return behaving(manner)


def behaving(manner: Manner) -> Callable[[ReferenceService], None]:
    """Has every new socket pass through `manner`."""

    def alter(service: ReferenceService) -> None:
        service.sockets.manners.append(manner)

    return alter


def ending_with(ending: Ending) -> Callable[[ReferenceService], None]:
    """Has the endpoint close every socket in this way."""

    def manner(socket: Socket) -> None:
        own = socket.send
        socket.send = lambda sent: own(ending if sent is None else sent)

    return behaving(manner)


def _acknowledge_twice(frame: Frame) -> list[Frame]:
    return [frame, frame] if frame.get("topic") == Topic.SUBSCRIBE else [frame]


def _among_others(frame: Frame) -> list[Frame]:
    return [*OTHER_FRAMES, frame, *OTHER_FRAMES] if frame.get("topic") == CHAT_TOPIC else [frame]


def _with_more_members(frame: Frame) -> list[Frame]:
    more = {**frame, "sentBy": {"since": 2027}}
    if frame.get("topic") == CHAT_TOPIC:
        more["content"] = json.dumps({**json.loads(frame["content"]), "SomethingNew": ["since", 2027]})
    elif isinstance(frame.get("content"), dict):
        more["content"] = {**frame["content"], "somethingNew": 2027}
    return [more]


def late(seconds: float, which: Callable[[str | Ending | None], bool]) -> Callable[[ReferenceService], None]:
    """Has what `which` holds for sent that much later, in its order; all else overtakes it."""

    def manner(socket: Socket) -> None:
        own, waiting = socket.send, deque[str | Ending | None]()

        def deliver() -> None:
            own(waiting.popleft())

        def send(sent: str | Ending | None) -> None:
            if not which(sent):
                own(sent)
                return
            waiting.append(sent)
            after(seconds, deliver)

        socket.send = send

    return behaving(manner)


def after(seconds: float, then: Callable[[], None]) -> None:
    """Has `then` called some seconds later, by the server's own loop, or where there is no server by a thread."""
    try:
        asyncio.get_running_loop().call_later(seconds, then)
    except RuntimeError:
        timer = Timer(seconds, then)
        timer.daemon = True
        timer.start()


def _is_acknowledgement(sent: str | Ending | None) -> bool:
    return isinstance(sent, str) and json.loads(sent).get("topic") == Topic.SUBSCRIBE


def _is_item_or_end(sent: str | Ending | None) -> bool:
    return not isinstance(sent, str) or json.loads(sent).get("topic") == CHAT_TOPIC


def _keeps_typing_from_its_sender(socket: Socket) -> None:
    own = socket.send

    def send(sent: str | Ending | None) -> None:
        if not (isinstance(sent, str) and _is_typing_of(socket, json.loads(sent))):
            own(sent)

    socket.send = send


def _is_typing_of(socket: Socket, frame: Frame) -> bool:
    item = json.loads(frame["content"]) if frame.get("topic") == CHAT_TOPIC else {}
    return item.get("ParticipantId") == socket.participant.id and str(item.get("ContentType")).endswith(".typing")


def _hearing(ear: Callable[[Socket, Any], bool]) -> Callable[[ReferenceService], None]:
    """Has `ear` hear each frame of a client first, None where it is no JSON; what it answers is answered."""

    def hear(socket: Socket, text: str) -> bool:
        try:
            return ear(socket, json.loads(text))
        except ValueError:
            return ear(socket, None)

    def alter(service: ReferenceService) -> None:
        service.sockets.ears.append(hear)

    return alter


def _topics(frame: Any) -> Any:
    content = frame.get("content") if isinstance(frame, dict) and frame.get("topic") == Topic.SUBSCRIBE else None
    return content.get("topics") if isinstance(content, dict) else None


def _refuses_topics_as_text(socket: Socket, frame: Any) -> bool:
    if not isinstance(_topics(frame), str):
        return False
    socket.send(json.dumps({"topic": Topic.SUBSCRIBE, "content": {"status": "failure", "topics": []}}))
    return True


def _ignores_unknown_topics(_: Socket, frame: Any) -> bool:
    topics = _topics(frame)
    return isinstance(topics, list) and topics != [CHAT_TOPIC]


def _says_what_is_broken(socket: Socket, frame: Any) -> bool:
    if frame is not None:
        return False
    socket.send(json.dumps(GATEWAY_ERROR))
    return True


def _hangs_up_on_what_is_broken(socket: Socket, frame: Any) -> bool:
    if frame is None:
        socket.send(Ending(1007, "not a frame"))
    return frame is None


def _urls_open_once(service: ReferenceService) -> None:
    own = service.sockets.open

    def once(token: str, send: Send) -> Socket | None:
        opened = own(token, send)
        service.context.state.socket_tokens.pop(token, None)
        return opened

    service.sockets.open = once  # type: ignore[method-assign]


VARIANTS = (
    Variant(
        "ends-with-own-code",
        "A socket may be closed with a code of the endpoint's own and a reason.",
        alter=ending_with(Ending(4003, "The chat is over.")),
    ),
    Variant("ends-going-away", "A socket may be closed as going away.", alter=ending_with(Ending(1001))),
    Variant(
        "acknowledged-late",
        "The acknowledgement of a subscription may take part of the second that clients wait.",
        alter=late(ACKNOWLEDGED_AFTER, _is_acknowledgement),
    ),
    Variant(
        "late-frames",
        "An item may come some time after its reply, and later than the answer to a heartbeat.",
        alter=late(PUSHED_AFTER, _is_item_or_end),
    ),
    Variant("acknowledged-twice", "An acknowledgement may be repeated.", alter=sending(_acknowledge_twice)),
    Variant("other-frames", "Frames of other topics, or of none, may come.", alter=sending(_among_others)),
    Variant("frames-with-more", "A frame may hold members not known yet.", alter=sending(_with_more_members)),
    Variant(
        "typing-unechoed",
        "The sender of a typing event may not receive it.",
        alter=behaving(_keeps_typing_from_its_sender),
    ),
    Variant("topics-as-text-refused", "Topics may have to be a list.", alter=_hearing(_refuses_topics_as_text)),
    Variant("unknown-topic-ignored", "An unknown topic may stay unanswered.", alter=_hearing(_ignores_unknown_topics)),
    Variant("url-opens-once", "A URL may open a single socket.", alter=_urls_open_once),
    Variant("broken-frame-answered", "A broken frame may get an error.", alter=_hearing(_says_what_is_broken)),
    Variant("broken-frame-ends", "A broken frame may end its socket.", alter=_hearing(_hangs_up_on_what_is_broken)),
    Variant(
        "sixth-replaces", "A sixth web socket may replace the oldest.", choices={"sixth_socket": "replaces the oldest"}
    ),
)
