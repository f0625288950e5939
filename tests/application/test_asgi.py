"""An ASGI application is called as a server calls it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from conformance.application.asgi import NotStarted
from conformance.application.hosting import Host, NoApplication, is_asgi
from conformance.application.messages import CLOSE, FRAME, OPEN, OPENED, REPLY, REQUEST, Message

ORIGIN = "http://127.0.0.1:8080"


def ask(target: str, method: str = "GET", body: bytes = b"", *headers: tuple[str, str]) -> Message:
    fields = {"method": method, "origin": ORIGIN, "target": target, "headers": headers}
    return Message(REQUEST, 7, fields, body)


async def talk(application: Any, *messages: Message) -> tuple[list[Message], Host]:
    """What the host of `application` says to `messages`, each sent when the one before was answered."""
    sent: list[Message] = []
    answers: asyncio.Queue[Message] = asyncio.Queue()
    host = Host(application)
    await host.start()
    for message in messages:
        host.take(message, answers.put_nowait)
        sent.append(await answers.get())
    await asyncio.sleep(0)
    await host.stop()
    while not answers.empty():
        sent.append(answers.get_nowait())
    return sent, host


async def describe(request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "path": request.scope["path"],
            "raw": request.scope["raw_path"].decode(),
            "query": request.url.query,
            "url": str(request.url),
            "names": [name for name, _ in request.headers.items()],
            "body": (await request.body()).decode(),
        }
    )


async def in_parts(_: Request) -> StreamingResponse:
    return StreamingResponse(iter([b"one ", b"two"]))


async def fail(_: Request) -> JSONResponse:
    raise KeyError("DisplayName")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text() + "!")
    await socket.close(4000, "enough")


async def refuse(socket: WebSocket) -> None:
    await socket.close()


APPLICATION = Starlette(
    routes=[
        Route("/parts", in_parts),
        Route("/fail", fail),
        WebSocketRoute("/echo", echo),
        WebSocketRoute("/refuse", refuse),
        Route("/{rest:path}", describe, methods=["GET", "PUT"]),
    ]
)


def test_a_request_arrives_as_a_server_hands_it_on() -> None:
    sent, _ = asyncio.run(
        talk(APPLICATION, ask("/a%20b?q=1%2F", "PUT", b"{}", ("Host", "127.0.0.1:8080"), ("X-Two", "é")))
    )
    (reply,) = sent
    assert (reply.kind, reply.number, reply.fields["status"]) == (REPLY, 7, 200)
    body = reply.body.decode()
    for part in ('"path":"/a b"', '"raw":"/a%20b"', '"query":"q=1%2F"', '"names":["host","x-two"]', '"body":"{}"'):
        assert part in body
    assert f'"url":"{ORIGIN}/a' in body


def test_a_reply_in_parts_is_one_body_with_its_length() -> None:
    sent, _ = asyncio.run(talk(APPLICATION, ask("/parts")))
    assert sent[0].body == b"one two"
    assert ("content-length", "7") in [tuple(pair) for pair in sent[0].fields["headers"]]


def test_what_an_application_raises_is_a_500_and_is_kept() -> None:
    sent, host = asyncio.run(talk(APPLICATION, ask("/fail"), ask("/fail")))
    assert [reply.fields["status"] for reply in sent] == [500, 500]
    assert dict(host.exceptions.times) == {"KeyError: 'DisplayName'": 2}
    assert "in fail" in host.exceptions.tracebacks["KeyError: 'DisplayName'"]


def test_a_web_socket_is_served_to_its_end() -> None:
    opening = Message(OPEN, 9, ask("/echo").fields)
    sent, _ = asyncio.run(talk(APPLICATION, opening, Message(FRAME, 9, body="hé".encode())))
    assert [message.kind for message in sent] == [OPENED, FRAME, CLOSE]
    assert sent[0].fields["status"] == 101
    assert sent[1].body.decode() == "hé!"
    assert sent[2].fields == {"code": 4000, "reason": "enough"}


def test_a_web_socket_may_be_refused() -> None:
    sent, _ = asyncio.run(talk(APPLICATION, Message(OPEN, 9, ask("/refuse").fields)))
    assert [(message.kind, dict(message.fields)) for message in sent] == [(OPENED, {"status": 403})]


def test_lifespan_is_begun_and_ended_and_its_state_is_shared() -> None:
    events = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            events.append((await receive())["type"])
            scope["state"]["pool"] = b"ready"
            await send({"type": "lifespan.startup.complete"})
            events.append((await receive())["type"])
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": scope["state"]["pool"]})

    sent, _ = asyncio.run(talk(application, ask("/")))
    assert sent[0].body == b"ready"
    assert events == ["lifespan.startup", "lifespan.shutdown"]


def test_an_application_that_does_not_start_says_why() -> None:
    async def application(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(NotStarted, match="no database"):
        asyncio.run(talk(application))


def test_the_two_interfaces_are_told_apart() -> None:
    class OldStyle:
        def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
            raise NotImplementedError

    assert is_asgi(APPLICATION)
    assert is_asgi(lambda _scope, _receive, _send: None)
    assert not is_asgi(OldStyle())
    assert not is_asgi(lambda _environ, _start_response: [])
    with pytest.raises(NoApplication, match=r"WSGI \(environ, start_response\)"):
        is_asgi(len)
