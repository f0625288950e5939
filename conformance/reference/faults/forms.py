"""Faults of the forms that clients read: the text of errors, the type of a reply, nulls in lists, the ends of times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.wire import Request, Response
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import operation_of
from conformance.reference.faults_kit.middleware import document_of, with_document
from conformance.reference.parsing import Arguments
from conformance.reference.routing import Route
from conformance.reference.service import Handler, ReferenceService

FORBIDDEN = 403
Spoil = Callable[[Request, Response], Response]


def _spoil_replies(spoil: Spoil) -> Seed:
    return lambda service: lambda request: spoil(request, service.handle(request))


_spoiling = Rows(_spoil_replies)


# What an error says


def _saying(when: Callable[[Response], bool]) -> Spoil:
    def spoil(_: Request, response: Response) -> Response:
        if response.succeeded or "message" not in response.members or not when(response):
            return response
        return with_document(response, {name: value for name, value in response.members.items() if name != "message"})

    return spoil


MESSAGES = (
    _spoiling(
        "errors-say-nothing",
        "The endpoint returns errors without a message.",
        _saying(lambda _: True),
        "Protocol.error.message-present",
    ),
    _spoiling(
        "denials-say-nothing",
        "The endpoint returns a denial without a message.",
        _saying(lambda response: response.status == FORBIDDEN),
        "Protocol.error.message-present",
    ),
    _spoiling(
        "the-unknown-says-nothing",
        "The endpoint returns a ResourceNotFoundException without a message.",
        _saying(lambda response: response.error_name == "ResourceNotFoundException"),
        "Protocol.error.message-present",
    ),
)


# Which type a reply has


def _with_type(media_type: str | None, *operations: str) -> Spoil:
    def spoil(request: Request, response: Response) -> Response:
        if not response.succeeded or (operations and operation_of(request) not in operations):
            return response
        others = tuple((name, value) for name, value in response.headers if name.lower() != "content-type")
        return replace(response, headers=others if media_type is None else (*others, ("Content-Type", media_type)))

    return spoil


TYPES = (
    _spoiling(
        "replies-are-plain-text",
        "The endpoint gives replies the Content-Type text/plain.",
        _with_type("text/plain"),
        "Protocol.success.content-type",
    ),
    _spoiling(
        "replies-say-no-type",
        "The endpoint gives replies no Content-Type.",
        _with_type(None),
        "Protocol.success.content-type",
    ),
    _spoiling(
        "events-are-html",
        "SendEvent gives its replies the Content-Type text/html.",
        _with_type("text/html", "SendEvent"),
        "Protocol.success.content-type",
    ),
    _spoiling(
        "starts-are-octets",
        "StartChatContact gives its replies the Content-Type application/octet-stream.",
        _with_type("application/octet-stream", "StartChatContact"),
        "Protocol.success.content-type",
    ),
)


# How times end

_END = re.compile(rb"(\d\d:\d\d:\d\d\.\d{3})Z")


def _ending(end: bytes, *operations: str) -> Spoil:
    def spoil(request: Request, response: Response) -> Response:
        if operation_of(request) not in operations:
            return response
        return replace(response, body=_END.sub(rb"\1" + end, response.body))

    return spoil


CONNECT, SPOKEN, READ = "CreateParticipantConnection", "SendMessage", "GetTranscript"
TIMES = (
    _spoiling(
        "times-end-in-an-offset",
        "The endpoint ends times in +00:00.",
        _ending(b"+00:00", CONNECT, SPOKEN, READ),
        "Protocol.time.designator",
    ),
    _spoiling(
        "expiries-end-in-an-offset",
        "The endpoint ends expiries in +00:00.",
        _ending(b"+00:00", CONNECT),
        "Protocol.time.designator",
    ),
    _spoiling(
        "sent-times-end-in-an-offset",
        "SendMessage ends the time of its reply in +00:00.",
        _ending(b"+00:00", SPOKEN),
        "Protocol.time.designator",
    ),
    _spoiling(
        "read-times-end-in-an-offset",
        "GetTranscript ends the times of items in +00:00.",
        _ending(b"+00:00", READ),
        "Protocol.time.designator",
    ),
)


# Nulls in lists


def _dropping_nulls(request: Request, least: int) -> Request:
    body = document_of(request)
    if not isinstance(body, dict):
        return request
    kept = {name: _without_nulls(value, least) if isinstance(value, list) else value for name, value in body.items()}
    return replace(request, body=json.dumps(kept).encode()) if kept != body else request


def _without_nulls(values: list[object], least: int) -> list[object]:
    kept = [value for value in values if value is not None]
    return kept if len(kept) >= least else values


@fault("Protocol.request.null-in-list")
def drops_nulls_from_lists(service: ReferenceService) -> Handler:
    """The endpoint passes over null inside a list that holds something else."""

    def handle(request: Request) -> Response:
        return service.handle(_dropping_nulls(request, 1) if operation_of(request) == CONNECT else request)

    return handle


@fault("Protocol.request.null-in-list")
def drops_nulls_from_lists_of_a_start(service: ReferenceService) -> None:
    """StartChatContact passes over null inside a list that holds something else."""
    own = service.arguments

    def arguments(way: Route, request: Request) -> Arguments:
        return own(way, _dropping_nulls(request, 1) if way.operation.name == "StartChatContact" else request)

    service.arguments = arguments


@fault("Protocol.request.null-in-list")
def takes_a_list_of_null_for_none(service: ReferenceService) -> Handler:
    """The endpoint treats a list that holds null alone as absent."""

    def handle(request: Request) -> Response:
        alone = re.sub(rb'"Type": ?\[null\],? ?', b"", request.body)
        return service.handle(replace(request, body=alone) if alone != request.body else request)

    return handle


@fault("SendMessage.request.broken-json", may=("*.request.broken-json",))
def reads_json_up_to_its_end(service: ReferenceService) -> Handler:
    """The endpoint ignores what follows the JSON document of a body."""

    def handle(request: Request) -> Response:
        try:
            end = json.JSONDecoder().raw_decode(request.body.decode())[1]
        except (ValueError, RecursionError):
            return service.handle(request)
        return service.handle(replace(request, body=request.body.decode()[:end].encode()))

    return handle


def _variant(subject: str, member: str, change: Callable[[object], object]) -> Callable[[ReferenceService], Handler]:
    """Reads a member of an operation's input as `change` makes it."""

    def seed(service: ReferenceService) -> Handler:
        def handle(request: Request) -> Response:
            document = document_of(request)
            if operation_of(request) != subject or not isinstance(document, dict) or member not in document:
                return service.handle(request)
            body = json.dumps({**document, member: change(document[member])}).encode()
            return service.handle(replace(request, body=body))

        return handle

    return seed


LAX = (
    declare(
        "takes-an-entry-for-its-list",
        "The endpoint accepts a single connection type in place of a list.",
        _variant(CONNECT, "Type", lambda value: [value] if isinstance(value, str) else value),
        "CreateParticipantConnection.Type.type",
        may=("CreateParticipantConnection.Type.*",),
    ),
    declare(
        "takes-a-word-for-a-boolean",
        "The endpoint accepts the text true in place of the boolean.",
        _variant(CONNECT, "ConnectParticipant", lambda value: True if value == "true" else value),
        "CreateParticipantConnection.ConnectParticipant.type",
        may=("CreateParticipantConnection.ConnectParticipant.*",),
    ),
)
