"""Endpoints that implement only some of the operations: the reference behind a router that knows no others."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.model import PARTICIPANT, operations
from conformance.reference.faults_kit.middleware import way_of
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap
from conformance.wire import Request, Response

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


def only(names: Iterable[str], reply: Response) -> Wrap:
    """Answers each call of an operation that is not of `names` with `reply`."""
    return lacking(set(operations()).difference(names), reply)
