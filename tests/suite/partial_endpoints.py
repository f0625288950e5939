"""Endpoints that implement only some of the operations: the reference behind a router that knows no others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from conformance.contract.model import PARTICIPANT, operation, operations
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call
from conformance.reference.faults_kit.middleware import way_of
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap
from tests.reference.account import FLOW

HTML = (("Content-Type", "text/html; charset=utf-8"),)
NOT_IMPLEMENTED = Response(501)
# As the router of Flask answers, behind which the moto server stands.
NOT_FOUND = Response(404, HTML, b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n")
FORBIDDEN = Response(403, HTML, b"<html><head><title>403 Forbidden</title></head></html>")
UNAUTHORIZED = Response(401, (("Content-Type", "application/json"),), b'{"message": "Unauthorized"}')
MOVED = Response(308, (("Location", "https://elsewhere.example/"),))

LACKING_THREE = ("StartWebRTCContact", "DescribeView", "SendEvent")
FOUR = ("StartChatContact", "CreateParticipantConnection", "SendMessage", "GetTranscript")
OF_PARTICIPANTS = tuple(name for name, covered in operations().items() if covered.service == PARTICIPANT)


def lacking(names: Iterable[str], reply: Response) -> Wrap:
    """Answers each call of an operation of `names` with `reply`."""
    lacked = frozenset(names)

    def wrap(service: ReferenceService) -> Handler:
        def handle(request: Request) -> Response:
            way = way_of(request)
            return reply if way is not None and way.operation.name in lacked else service.handle(request)

        return handle

    return wrap


BACK_END = "/back-end/chats"  # where a POST starts a chat, beside the Participant Service
CALLED = "SERVED_CALLED"  # the variable in which the file is named that calls of other operations are written to


# What a company's back end may set where the suite starts plain chats.
_OF_BACK_END = {
    "ParticipantDetails": {"DisplayName": "Zo\u00eb <b>"},
    "InitialMessage": {"ContentType": "text/plain", "Content": "I have lost an order."},
    "SupportedMessagingContentTypes": ["text/plain", "text/markdown", "application/json"],
    "Attributes": {"plan": "gold"},
    "ChatDurationInMinutes": 60,
    "CustomerId": "0042",
}


def participants_alone(service: ReferenceService, serve: Handler | None = None) -> Handler:
    """The Participant Service behind a front that knows no operation of Amazon Connect, and a back end beside it.

    `serve` answers what the front passes on; by default the service itself.
    """
    serve = serve or service.handle

    def handle(request: Request) -> Response:
        way = way_of(request)
        if request.path == BACK_END:
            started = service.perform(Call(operation("StartChatContact"), {**FLOW, **_OF_BACK_END}))
            return Response(200, (("Content-Type", "application/json"),), json.dumps(started).encode())
        if way is None or way.operation.name in OF_PARTICIPANTS:
            return serve(request)
        with Path(os.environ[CALLED]).open("a") as file:
            file.write(f"{way.operation.name}\n")
        return NOT_FOUND

    return handle


def only(names: Iterable[str], reply: Response) -> Wrap:
    """Answers each call of an operation that is not of `names` with `reply`."""
    return lacking(set(operations()).difference(names), reply)
