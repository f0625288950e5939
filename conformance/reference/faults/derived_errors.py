"""A fault for every promise that holds for all replies of an operation, and for what it does with odd requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, NoReturn

from conformance.contract.catalogue import catalogue
from conformance.contract.model import Kind, Operation, operations
from conformance.contract.rests_on import resting_on
from conformance.contract.wire import Headers, Request, Response
from conformance.reference.errors import HangUp
from conformance.reference.faults_kit.derived import Mutation, named
from conformance.reference.faults_kit.fault import Fault, Seed
from conformance.reference.faults_kit.middleware import (
    Odd,
    Spoil,
    answering,
    document_of,
    refusing,
    spoiling,
    taking_the_second_time,
)
from conformance.reference.service import ReferenceService

Wrong = Callable[[Response], Response]
MEGABYTE, KILOBYTES, SERVER_ERROR = 2**20, 10 * 2**10, 500


def _without(headers: Headers, name: str) -> Headers:
    return tuple((key, value) for key, value in headers if key.lower() != name)


def _error(wrong: Wrong) -> Spoil:
    return lambda _, response: response if response.succeeded else wrong(response)


def _success(wrong: Wrong) -> Spoil:
    return lambda _, response: wrong(response) if response.succeeded else response


def _named(name: str) -> Wrong:
    header = ("x-amzn-ErrorType", name)
    return lambda response: replace(response, headers=(*_without(response.headers, "x-amzn-errortype"), header))


def _typed(media_type: str) -> Wrong:
    header = ("Content-Type", media_type)
    return lambda response: replace(response, headers=(*_without(response.headers, "content-type"), header))


def _unnamed(response: Response) -> Response:
    return replace(response, headers=_without(response.headers, "x-amzn-errortype"), body=b'{"message": "no"}')


def _unnamed_when_denied(response: Response) -> Response:
    return _unnamed(response) if response.status in (401, 403) else response


def _unnamed_when_not_denied(response: Response) -> Response:
    return response if response.status in (401, 403) else _unnamed(response)


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
        "unknown": ("names an exception that nobody declares", _error(_named("SomethingElseException"))),
        "lower-case": ("names exceptions in small letters", _error(lambda r: _named(str(r.error_name).lower())(r))),
    },
    "error.body": {
        "page": ("answers every refusal with a web page", _error(_with_body(b"<html>no</html>"))),
        "array": ("answers every refusal with a JSON array", _error(_with_body(b"[]"))),
        "unnamed": ("names no exception", _error(_unnamed_when_not_denied)),
        "two-names": ("names two exceptions at once", _error(_with_body(_TWO_NAMES))),
    },
    "error.content-type": {
        "page": ("declares its refusals to be web pages", _error(_typed("text/html"))),
        "text": ("declares its refusals to be plain text", _error(_typed("text/plain; charset=utf-8"))),
    },
    "error.named-when-denied": {"unnamed": ("names no exception when it denies", _error(_unnamed_when_denied))},
}


def _replies(subject: Operation, family: str) -> Iterator[Mutation]:
    for name, (does, spoil) in _REPLIES.get(family, {}).items():
        yield Mutation(name, does, spoiling(subject, spoil), may=_seen_by(subject, family))


def _seen_by(subject: Operation, family: str) -> tuple[str, ...]:
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


def _has_odd_key(document: Any) -> bool:
    """Whether a key at any depth of a document holds NUL."""
    if not isinstance(document, dict):
        return False
    return any("\0" in key or _has_odd_key(value) for key, value in document.items())


# No fault for request.header-case: the server hands on header names in small letters, however they were sent.
_ODD: Mapping[str, tuple[str, Odd]] = {
    "request.broken-json": ("a body that is no JSON", lambda r: r.body in (b"{", b"hello")),
    "request.not-an-object": ("a body that is no JSON object", lambda r: r.body in (b"[]", b"7")),
    "request.empty-body": ("an empty body", lambda r: not r.body),
    "request.charset": ("a charset beside the media type", lambda r: "charset" in (r.header("Content-Type") or "")),
    "robustness.deep-nesting": ("a body nested deeply", lambda r: b"[" * 1000 in r.body),
    "robustness.huge-integer": ("a number of hundreds of digits", lambda r: b"0" * 300 in r.body),
    "robustness.nul": ("NUL in a text", lambda r: b"\\u0000" in r.body),
    "robustness.odd-keys": ("NUL in the name of a member or a key of a map", lambda r: _has_odd_key(document_of(r))),
    "robustness.non-bmp": ("text beyond the basic plane", lambda r: b"\\ud83d" in r.body.lower()),
    "robustness.lone-surrogate": ("half a surrogate pair", lambda r: b"\\ud800" in r.body.lower()),
    "robustness.oversized-body": ("a body of megabytes", lambda r: len(r.body) > MEGABYTE),
    "robustness.oversized-header": ("a header of kilobytes", lambda r: any(len(v) > KILOBYTES for _, v in r.headers)),
}


_HEADERS = (("Content-Type", "application/json"), ("x-amzn-RequestId", "0"))
_TAKEN = Response(200, _HEADERS, b"{}")


def _crash(subject: Operation) -> Response:
    name = next(error.name for error in subject.errors if error.status == SERVER_ERROR)
    return Response(SERVER_ERROR, (*_HEADERS, ("x-amzn-ErrorType", name)), b"{}")


def _hang_up(_: Request) -> NoReturn:
    raise HangUp


# Where text beyond the basic plane is sent.
_WIDE = (
    "Clients.calls.*",
    "GetTranscript.Transcript.content-*",
    "SendMessage.*",
    "StartChatContact.*",
    "*.ClientToken.*",
    "*.reply.no-server-error",
)
_IN_KEYS = ("robustness.nul", "robustness.lone-surrogate")  # these characters stand in the names of members, too
_SILENT: tuple[str, ...] = ()  # an operation without output members has nothing to lack


def _odd(subject: Operation, family: str) -> Iterator[Mutation]:
    if family not in _ODD:
        return
    what, odd = _ODD[family]
    crash = _crash(subject)
    may = _seen_by_odd(subject, family)
    yield Mutation("crash", f"answers {what} with 500", answering(subject, odd, lambda _: crash), may=may)
    if family == "robustness.nul":
        yield Mutation(
            "drop",
            f"closes the connection in the place of a reply to {what}",
            answering(subject, odd, _hang_up),
            may=may,
        )
    if family == "robustness.odd-keys" and any(member.kind is Kind.MAP for member in subject.input.members):
        yield Mutation("crash-in-maps", "answers NUL in a key of a map with 500", _crashing_in_maps(subject), may=may)
    if family in ("request.broken-json", "request.not-an-object"):
        taken = answering(subject, odd, lambda _: _TAKEN)
        yield Mutation(
            "taken",
            f"accepts {what}",
            taken,
            may=_SILENT if not subject.output.members else (f"{subject.name}.output.*",),
        )


def _seen_by_odd(subject: Operation, family: str) -> tuple[str, ...]:
    """What else turns red where `subject` goes down by what `family` is about."""
    if family == "robustness.non-bmp":
        return (f"{subject.name}.*", *_WIDE)
    crashed = (f"{subject.name}.reply.no-server-error",)
    return (*crashed, f"{subject.name}.robustness.odd-keys") if family in _IN_KEYS else crashed


def _crashing_in_maps(subject: Operation) -> Seed:
    """Unknown members with such names are ignored, as others are; a key of a map brings the endpoint down."""
    crash, maps = _crash(subject), [member.name for member in subject.input.members if member.kind is Kind.MAP]

    def odd(request: Request) -> bool:
        document = document_of(request)
        return isinstance(document, dict) and any(_has_odd_key(document.get(name)) for name in maps)

    return answering(subject, odd, lambda _: crash)


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


def _faults() -> Iterator[Fault]:
    for requirement in catalogue().values():
        if requirement.derived and requirement.constraint is None:
            subject = operations()[requirement.operation]
            ways = (_replies, _odd, _again, _refusals)
            mutations = [mutation for way in ways for mutation in way(subject, requirement.family)]
            yield from named(requirement, mutations)


FAULTS = tuple(_faults())
