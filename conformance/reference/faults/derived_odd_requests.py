"""A fault for every promise about odd requests: the operation answers with 500, hangs up, or takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from conformance.contract.model import Kind, Operation
from conformance.contract.wire import Request, Response
from conformance.reference.errors import HangUp
from conformance.reference.faults_kit.derived import Mutation, faults_of_operations
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.faults_kit.middleware import Odd, answering, document_of

MEGABYTE, KILOBYTES, SERVER_ERROR = 2**20, 10 * 2**10, 500


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
    may = _reds_beside(subject, family)
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


def _reds_beside(subject: Operation, family: str) -> tuple[str, ...]:
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


FAULTS = faults_of_operations(_odd)
