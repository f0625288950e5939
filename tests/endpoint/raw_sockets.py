"""The server's half of a web socket by hand, so that it can also be done wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

from tests.endpoint.raw_endpoint import Peer

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def accept(peer: Peer, *, key: str | None = None, extra: str = "") -> None:
    """Answer the opening handshake; `key` replaces the right one, `extra` are more header lines."""
    request = peer.request()
    assert request is not None
    asked = key or request.values("Sec-WebSocket-Key")[0]
    answer = base64.b64encode(hashlib.sha1((asked + _GUID).encode()).digest()).decode()  # noqa: S324 - RFC 6455
    head = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{extra}"
    peer.send(f"{head}Sec-WebSocket-Accept: {answer}\r\n\r\n".encode())


def frame(data: bytes, opcode: int = TEXT, *, fin: bool = True, size: int | None = None) -> bytes:
    """A frame of the server; `size` claims another size than that of `data`."""
    claimed = len(data) if size is None else size
    first = (0x80 if fin else 0) | opcode
    if claimed < 126:
        return struct.pack("!BB", first, claimed) + data
    return struct.pack("!BBQ", first, 127, claimed) + data


def chat(item: dict[str, Any]) -> bytes:
    """A chat frame as clients know it."""
    content = json.dumps(item)
    return frame(json.dumps({"topic": "aws/chat", "contentType": "application/json", "content": content}).encode())


def receive(peer: Peer) -> tuple[int, bytes]:
    """The next frame of the client: opcode and unmasked data. It must be short."""
    head = _exactly(peer, 2)
    size = head[1] & 0x7F
    if size == 126:
        size = struct.unpack("!H", _exactly(peer, 2))[0]
    mask = _exactly(peer, 4)
    data = _exactly(peer, size)
    return head[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


def _exactly(peer: Peer, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = peer.socket.recv(size - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data
