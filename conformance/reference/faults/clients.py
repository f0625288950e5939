"""Seeded faults by which browsers and SDKs fail, although each page of the documents is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.wire import Headers, Request, Response
from conformance.reference.context import Call, Context, Members
from conformance.reference.cross_origin import CrossOrigin
from conformance.reference.errors import access_denied
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.participants import join
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.signed_urls import is_file_request

FORBIDDEN = 403
ALLOWED = "Access-Control-Allow-Origin"


def _without(response: Response, *names: str) -> Response:
    lowered = {name.lower() for name in names}
    return replace(response, headers=tuple(pair for pair in response.headers if pair[0].lower() not in lowered))


def _hide(hidden: Callable[[Request, Response], bool]) -> Seed:
    """Those replies lack Access-Control-Allow-Origin for which `hidden` is true."""

    class Hiding(CrossOrigin):
        def show(self, request: Request, response: Response) -> Response:
            reply = super().show(request, response)
            return _without(reply, ALLOWED) if hidden(request, response) else reply

    def seed(service: ReferenceService) -> None:
        service.cross_origin = Hiding()

    return seed


_hiding = Rows(_hide)


@fault("Clients.cors.preflight", "Clients.cors.preflight-headers", "Clients.cors.upload")
def answers_no_preflight(service: ReferenceService) -> None:
    """The endpoint treats a preflight as a call with a wrong method."""

    class Deaf(CrossOrigin):
        def preflight(self, request: Request) -> None:  # noqa: ARG002 - it hears nothing
            return None

    service.cross_origin = Deaf()


@fault("Clients.cors.preflight", "Clients.cors.preflight-headers")
def answers_no_preflight_of_views(service: ReferenceService) -> None:
    """A preflight of DescribeView, the one call of a page that is a GET, is treated as a call with a wrong method."""

    class Posting(CrossOrigin):
        def preflight(self, request: Request) -> Response | None:
            return None if request.path.startswith("/participant/views/") else super().preflight(request)

    service.cross_origin = Posting()


@fault("Clients.cors.preflight", "Clients.cors.upload")
def allows_one_origin_only(service: ReferenceService) -> None:
    """A preflight allows another origin than the one that asked."""

    class Own(CrossOrigin):
        def preflight(self, request: Request) -> Response | None:
            answer = super().preflight(request)
            own = ((ALLOWED, "https://console.example"),)
            return answer and replace(answer, headers=(*_without(answer, ALLOWED).headers, *own))

    service.cross_origin = Own()


class _Naming(CrossOrigin):
    """Preflights are answered with a fixed list of headers."""

    def __init__(self, named: str) -> None:
        self._named = named

    def preflight(self, request: Request) -> Response | None:
        """The answer with this list instead of the one that was asked for."""
        answer = super().preflight(request)
        own = (("Access-Control-Allow-Headers", self._named),)
        return answer and replace(answer, headers=(*_without(answer, "Access-Control-Allow-Headers").headers, *own))


@fault("Clients.cors.preflight-headers")
def allows_any_header_but_names_none(service: ReferenceService) -> None:
    """A preflight allows the headers *, which does not cover authorization."""
    service.cross_origin = _Naming("*")


@fault("Clients.cors.preflight-headers", "Clients.cors.upload")
def forgets_a_header_that_chatjs_sends(service: ReferenceService) -> None:
    """A preflight allows all headers of the SDKs but x-amz-user-agent, and none of an upload's."""
    service.cross_origin = _Naming("Authorization, Content-Type, X-Amz-Bearer, X-Amz-Content-Sha256, X-Amz-Date")


@fault("Clients.cors.upload")
def allows_no_put(service: ReferenceService) -> None:
    """A preflight of an upload does not list PUT."""

    class Limited(CrossOrigin):
        def limits(self) -> Headers:
            return (("Access-Control-Allow-Methods", "GET, POST"),)

    service.cross_origin = Limited()


HIDDEN = (
    _hiding(
        "hides-success-from-pages",
        "Replies of success to the API's calls lack Access-Control-Allow-Origin.",
        lambda q, r: r.succeeded and q.method == "POST",
        "Clients.cors.success",
    ),
    _hiding(
        "hides-disconnects-from-pages",
        "The reply of DisconnectParticipant lacks Access-Control-Allow-Origin.",
        lambda q, r: r.succeeded and (q.method, q.path) == ("POST", "/participant/disconnect"),
        "Clients.cors.success",
    ),
    _hiding(
        "hides-errors-from-pages",
        "Error replies lack Access-Control-Allow-Origin.",
        lambda _, r: not r.succeeded,
        "Clients.cors.error",
    ),
    _hiding(
        "hides-denials-from-pages",
        "A 403 lacks Access-Control-Allow-Origin, as a gateway's own refusals do.",
        lambda _, r: r.status == FORBIDDEN,
        "Clients.cors.error",
    ),
    _hiding(
        "hides-uploads-from-pages",
        "The reply of an upload lacks Access-Control-Allow-Origin.",
        lambda q, _: q.method == "PUT" and is_file_request(q),
        "Clients.cors.upload",
    ),
    _hiding(
        "hides-downloads-from-pages",
        "The reply of a download lacks Access-Control-Allow-Origin.",
        lambda q, _: q.method == "GET" and is_file_request(q),
        "Clients.cors.download",
    ),
)


@fault("Clients.calls.error-class", may=("*.error.*",))
def names_two_exceptions(service: ReferenceService) -> Handler:
    """The body of an error names another exception than its header."""

    def handle(request: Request) -> Response:
        response = service.handle(request)
        if response.succeeded or response.error_name is None:
            return response
        return replace(response, body=json.dumps({**response.members, "code": "ServiceException"}).encode())

    return handle


@fault("Clients.connect.socket-is-the-join", may=("WebSocket.*",))
def wants_more_than_a_socket_for_events(service: ReferenceService) -> None:
    """A participant whose socket is open sends no events unless it was connected by ConnectParticipant."""
    joined: set[str] = set()
    send, connect = service.handlers["SendEvent"], service.handlers["CreateParticipantConnection"]

    def connecting(context: Context, call: Call) -> Members:
        if call.get("ConnectParticipant"):
            joined.add(call.participant.id)
            join(context, call.participant)
        return connect(context, call)

    def sending(context: Context, call: Call) -> Members:
        if call.participant.sockets and call.participant.id not in joined:
            raise access_denied()
        return send(context, call)

    service.handlers["CreateParticipantConnection"] = connecting
    service.handlers["SendEvent"] = sending


@fault("Clients.calls.upload-shows-at-completion", may=("*Upload.*", "GetAttachment.*"))
def completes_what_was_not_uploaded(service: ReferenceService) -> None:
    """CompleteAttachmentUpload succeeds although the upload was refused."""
    complete = service.handlers["CompleteAttachmentUpload"]

    def completing(context: Context, call: Call) -> Members:
        attachment = context.state.attachments.get(call.get("AttachmentIds")[0])
        if attachment is not None and attachment.body is None:
            attachment.body = b""
        return complete(context, call)

    service.handlers["CompleteAttachmentUpload"] = completing


@fault("Clients.calls.upload-shows-at-completion", may=("*Upload.*",))
def keeps_what_it_refuses(service: ReferenceService) -> Handler:
    """The endpoint stores an upload of a wrong size that it refuses."""

    def handle(request: Request) -> Response:
        response = service.handle(request)
        if request.method == "PUT" and is_file_request(request) and response.status == FORBIDDEN:
            wanted = request.path.rpartition("/")[2].partition("?")[0]
            attachment = service.context.state.attachments.get(wanted)
            if attachment is not None:
                attachment.body = request.body
        return response

    return handle


@fault(
    "Clients.calls.percent-and-unicode",
    may=("*.request.broken-json", "SendMessage.Content.*", "Surfaces.*", "GetTranscript.Transcript.*", "Start*"),
)
def reads_utf8_as_latin(service: ReferenceService) -> Handler:
    """The endpoint reads a body that holds UTF-8 instead of escapes as Latin-1."""

    def handle(request: Request) -> Response:
        body = request.body if is_file_request(request) else request.body.decode("latin-1").encode()
        return service.handle(replace(request, body=body))

    return handle
