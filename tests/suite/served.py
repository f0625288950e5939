"""The reference behind its server, in a thread of this process: as it is, or with a fault made by hand."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from conformance.contract.wire import Request, Response
from conformance.reference.composition import compose
from conformance.reference.faults import find
from conformance.reference.faults_kit.shapes import changing, with_member
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap, announcement
from tests.reference.served import Served
from tests.suite.partial_endpoints import (
    FORBIDDEN,
    LACKING_THREE,
    NOT_FOUND,
    NOT_IMPLEMENTED,
    OF_PARTICIPANTS,
    lacking,
    only,
    participants_alone,
)


def _length_limit(change: int) -> Wrap:
    def wrap(service: ReferenceService) -> Handler:
        shape = service.shapes["StartChatContact"]
        path = ("ParticipantDetails", "DisplayName")
        service.shapes["StartChatContact"] = with_member(shape, path, changing(maximum=256 + change))
        return service.handle

    return wrap


def _wrong_type(service: ReferenceService) -> Handler:
    """Refuses bad input of SendMessage with the type that Connect operations use."""

    def handle(request: Request) -> Response:
        response = service.handle(request)
        if request.path != "/participant/message" or response.header("x-amzn-ErrorType") != "ValidationException":
            return response
        kept = tuple((name, value) for name, value in response.headers if name.lower() != "x-amzn-errortype")
        return replace(response, headers=(*kept, ("x-amzn-ErrorType", "InvalidParameterException")))

    return handle


def _lax_once(service: ReferenceService) -> Handler:
    """Takes a display name that is one code point too long, the first time."""
    strict = service.shapes["StartChatContact"]
    _length_limit(+1)(service)

    def handle(request: Request) -> Response:
        response = service.handle(request)
        if b"a" * 257 in request.body:
            service.shapes["StartChatContact"] = strict
        return response

    return handle


def _without_calls(reply: Response) -> Wrap:
    """Knows no web calls: a router in front answers them with `reply`."""

    def wrap(service: ReferenceService) -> Handler:
        return lambda request: reply if request.path == "/contact/webrtc" else service.handle(request)

    return wrap


def _lax_participants(service: ReferenceService) -> Handler:
    """The Participant Service alone, which takes a message that is one code point too long."""
    return participants_alone(service, compose(["SendMessage.Content.length-max.too-lax"])[0](service))


SECRETS = "SERVED_SECRETS"  # the variable in which the file is named that the secrets are written to
_HANDED_OUT = re.compile(rb'"(?:ParticipantToken|ConnectionToken|JoinToken|Url)"\s*:\s*"([^"]+)"')


def _talkative(service: ReferenceService) -> Handler:
    """Breaks a promise with each reply that goes wrong, and repeats in it what it was sent.

    Every secret that it hands out or is sent is written to a file, one in each line.
    """
    secrets = Path(os.environ[SECRETS])

    def handle(request: Request) -> Response:
        response = service.handle(request)
        sent = [request.header(name) or "" for name in ("authorization", "x-amz-bearer", "x-gateway-key")]
        with secrets.open("a") as file:
            file.writelines(f"{s}\n" for s in (*sent, *(s.decode() for s in _HANDED_OUT.findall(response.body))) if s)
        if response.status < 400:
            return response
        said = {"message": f"not with {' or '.join(sent)}", "Sent": request.body.decode("utf-8", "replace")}
        return Response(418, (("Content-Type", "text/html"), ("X-Sent", sent[1])), json.dumps(said).encode())

    return handle


COUNTED = "SERVED_COUNTED"  # the variable in which the file is named that a line is written to for each request


def _count(service: ReferenceService) -> Handler:
    """Writes down when each request arrives, its path, the status it gets, and which contacts are open then."""

    def handle(request: Request) -> Response:
        response = service.handle(request)
        still_open = sum(contact.active for contact in service.context.state.contacts.values())
        line = f"{time.monotonic()} {request.path.partition('?')[0]} {response.status} {still_open}\n"
        with Path(os.environ[COUNTED]).open("a") as file:
            file.write(line)
        return response

    return handle


def _without_request_ids(service: ReferenceService) -> Handler:
    """Breaks a should with each reply: no request id comes with it."""

    def handle(request: Request) -> Response:
        response = service.handle(request)
        kept = tuple((name, value) for name, value in response.headers if "requestid" not in name.lower())
        return replace(response, headers=kept)

    return handle


def _for_each_verdict(service: ReferenceService) -> Handler:
    """Breaks a must, and a should of StopContact; lacks web calls, and a page stands in place of DescribeContact."""
    find("takes-a-byte-more").wrap(service)
    lost, nameless = lacking(["StartWebRTCContact"], NOT_IMPLEMENTED)(service), _without_request_ids(service)

    def handle(request: Request) -> Response:
        if request.path == "/contact/stop":
            return nameless(request)
        return FORBIDDEN if request.path.startswith("/contacts/") else lost(request)

    return handle


FAULTS: Mapping[str, Wrap] = {
    "for-each-verdict": _for_each_verdict,
    "no-request-ids": _without_request_ids,
    "too-lax": _length_limit(+1),
    "too-strict": _length_limit(-1),
    "lax-once": _lax_once,
    "wrong-type": _wrong_type,
    "talkative": _talkative,
    "counted": _count,
    "loses-messages": find("loses-each-seventh-message").wrap,
    "lacks-calls": _without_calls(Response(501)),
    "lacks-three": lacking(LACKING_THREE, NOT_IMPLEMENTED),
    "participants-only": only(OF_PARTICIPANTS, NOT_FOUND),
    "participants-alone": participants_alone,
    "lax-participants-alone": _lax_participants,
    "bare-router": only((), NOT_FOUND),
    "participants-sign": compose(["the-participant-service-wants-a-signature"])[0],
    "lacks-calls-404": _without_calls(Response(404, (("Content-Type", "text/html"),), b"<h1>Not Found</h1>")),
}


@contextmanager
def serving(*fault: str) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the options that name its ids. A run judges it from a process of its own."""
    with Served.running(wrap=FAULTS[fault[0]] if fault else None) as served:
        ids = {name: value for name, value in announcement(served.origin).items() if name != "url"}
        yield served.origin, [word for name, value in ids.items() for word in (f"--{name.replace('_', '-')}", value)]
