"""A fault for every promise that holds for all replies of an operation, and for what it takes and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from conformance.contract.model import Operation
from conformance.contract.rests_on import resting_on
from conformance.contract.wire import Headers, Request, Response
from conformance.reference.faults_kit.derived import Mutation, faults_of_operations
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.faults_kit.middleware import Spoil, refusing, spoiling, taking_the_second_time
from conformance.reference.service import ReferenceService

Wrong = Callable[[Response], Response]


def _without(headers: Headers, name: str) -> Headers:
    return tuple((key, value) for key, value in headers if key.lower() != name)


def _error(wrong: Wrong) -> Spoil:
    return lambda _, response: response if response.succeeded else wrong(response)


def _success(wrong: Wrong) -> Spoil:
    return lambda _, response: wrong(response) if response.succeeded else response


def _with_name(name: str) -> Wrong:
    header = ("x-amzn-ErrorType", name)
    return lambda response: replace(response, headers=(*_without(response.headers, "x-amzn-errortype"), header))


def _with_type(media_type: str) -> Wrong:
    header = ("Content-Type", media_type)
    return lambda response: replace(response, headers=(*_without(response.headers, "content-type"), header))


def _without_name(response: Response) -> Response:
    return replace(response, headers=_without(response.headers, "x-amzn-errortype"), body=b'{"message": "no"}')


def _without_name_in_denials(response: Response) -> Response:
    return _without_name(response) if response.status in (401, 403) else response


def _without_name_elsewhere(response: Response) -> Response:
    return response if response.status in (401, 403) else _without_name(response)


def _with_status(status: int) -> Wrong:
    return lambda response: replace(response, status=status)


def _with_body(body: bytes) -> Wrong:
    return lambda response: replace(response, body=body)


def _without_request_id(_: Request, response: Response) -> Response:
    return replace(response, headers=_without(response.headers, "x-amzn-requestid"))


_TWO_NAMES = b'{"__type": "SomethingElseException", "message": "no"}'
_REPLIES: Mapping[str, Mapping[str, tuple[str, Spoil]]] = {
    "success.status": {
        "created": ("answers a success with 201", _success(_with_status(201))),
        "accepted": ("answers a success with 202", _success(_with_status(202))),
    },
    "success.body": {
        "array": ("answers a success with a JSON array", _success(_with_body(b"[]"))),
        "null": ("answers a success with null", _success(_with_body(b"null"))),
        "page": ("answers a success with a web page", _success(_with_body(b"<html>yes</html>"))),
        "cut": ("answers a success with a body cut short", _success(_with_body(b'{"Cut": '))),
    },
    "reply.request-id": {"absent": ("names no request id", _without_request_id)},
    "reply.no-server-error": {"crash": ("answers every refusal with 500", _error(_with_status(500)))},
    "error.status": {
        "teapot": ("answers every refusal with 418", _error(_with_status(418))),
        "unprocessable": ("answers every refusal with 422", _error(_with_status(422))),
    },
    "error.type": {
        "unknown": ("names an exception that nobody declares", _error(_with_name("SomethingElseException"))),
        "lower-case": ("names exceptions in small letters", _error(lambda r: _with_name(str(r.error_name).lower())(r))),
    },
    "error.body": {
        "page": ("answers every refusal with a web page", _error(_with_body(b"<html>no</html>"))),
        "array": ("answers every refusal with a JSON array", _error(_with_body(b"[]"))),
        "unnamed": ("names no exception", _error(_without_name_elsewhere)),
        "two-names": ("names two exceptions at once", _error(_with_body(_TWO_NAMES))),
    },
    "error.content-type": {
        "page": ("declares its refusals to be web pages", _error(_with_type("text/html"))),
        "text": ("declares its refusals to be plain text", _error(_with_type("text/plain; charset=utf-8"))),
    },
    "error.named-when-denied": {"unnamed": ("names no exception when it denies", _error(_without_name_in_denials))},
}


def _replies(subject: Operation, family: str) -> Iterator[Mutation]:
    for name, (does, spoil) in _REPLIES.get(family, {}).items():
        yield Mutation(name, does, spoiling(subject, spoil), may=_reds_beside(subject, family))


def _reds_beside(subject: Operation, family: str) -> tuple[str, ...]:
    """What else turns red where the replies of `subject` break the promises of `family`."""
    if family in _SEEN_BY_NOTHING_ELSE:
        return ()
    return (f"{subject.name}.*", *(resting_on(subject.name) if family == "success.body" else _SEEN_BY_REFUSALS))


# No scenario asks for the status of a success, a header beside the body, or the name of what denies.
_SEEN_BY_NOTHING_ELSE = frozenset(
    {"error.content-type", "error.named-when-denied", "reply.request-id", "success.status"}
)
# What scenarios see by refusals, of whichever operation: that a chat or a participant's part in it is over, above all.
_SEEN_BY_REFUSALS = (
    "Clients.calls.*",
    "CompleteAttachmentUpload.refusal.no-effect",
    "DisconnectParticipant.ClientToken.own-leaving",
    "DisconnectParticipant.effect.*",
    "LifeCycle.order.dead-stays-dead",
    "Protocol.error.*",
    "Protocol.request.*",
    "StartAttachmentUpload.bearer.own-chat-only",
    "StartChatContact.ChatDurationInMinutes.*",
    "StartChatContact.ConnectionTypes.token-ends",
    "StartChatContact.PersistentChat.past-chat-untouched",
    "StopContact.effect.*",
    "Tokens.refusal.*",
)


def _again(subject: Operation, family: str) -> Iterator[Mutation]:
    if family == "refusal.again":
        seed, own = taking_the_second_time(subject), f"{subject.name}.*"
        may = (own, *_ASKED_AGAIN.get(subject.name, ()))
        yield Mutation("taken", "accepts bad input when it is sent a second time", seed, may=may)


# Promises of other operations that are looked at by asking once more for what must be refused.
_ASKED_AGAIN = {"GetAttachment": ("StartAttachmentUpload.bearer.own-chat-only",)}


def _refusals(subject: Operation, family: str) -> Iterator[Mutation]:
    """An operation that gives out cannot show what it promises, nor can what others need of it: anything may be red.

    One that never worked shows nothing else either, and for that nothing else is red.
    """
    if family == "success.valid-request":
        given = _GIVEN_BY_OTHERS.get(subject.name, ())
        yield Mutation("refused", "refuses every request", refusing(subject, lambda _: True), may=given)
        yield Mutation("refused-later", "refuses every request but the first ones", _taking_few(subject), may=("*",))


# What another operation gives to be taken by this one: its refusal leaves open which of both is wrong.
_GIVEN_BY_OTHERS = {
    "DescribeContact": ("StartChatContact.ContactId.names-the-contact",),
    "StopContactStreaming": ("StartContactStreaming.StreamingId.stops",),
}
# How many calls an operation takes before it is known to work: an attachment is asked for until it is handed out.
_FIRST_ONES = {"GetAttachment": 2}


def _taking_few(subject: Operation) -> Seed:
    most = _FIRST_ONES.get(subject.name, 1)

    def seed(service: ReferenceService) -> None:
        numbers = count()
        refusing(subject, lambda _: next(numbers) >= most)(service)

    return seed


FAULTS = faults_of_operations(_replies, _again, _refusals)
