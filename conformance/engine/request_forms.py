"""The forms in which clients send a request, other than the documented one.

Where an endpoint refuses the plain call of an operation, the same call is made once in each of these. One that is
accepted shows that the refusal has nothing to do with the ids or the set-up: the documented form is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.contract.model import Operation
from conformance.contract.wire import Headers, Request
from strategies.sdk_headers import sdk_headers
from strategies.tokens import fresh_client_token

VALID_REQUEST, UNSIGNED_ACCEPTED = "success.valid-request", "bearer.unsigned-accepted"


@dataclass(frozen=True, slots=True)
class RequestForm:
    """Another form of a request.

    `words` say what it is, `breaks` is the rule of the operation that is broken where this form alone is accepted.
    `changed` gives the request in this form, of one as it went out, or None where the operation has no such form.
    `signed` says whether it is signed; None signs as the operation documents it.
    """

    words: str
    breaks: str
    changed: Callable[[Operation, Request], Request | None]
    signed: bool | None = None


def _for_execute_api(operation: Operation, request: Request) -> Request | None:
    return request if operation.bearer is not None else None


def _with_client_token(operation: Operation, request: Request) -> Request | None:
    """The request with a ClientToken, which SDKs add to every call that can have one."""
    member = next((m for m in operation.body_members if m.idempotency_token), None)
    body = json.loads(request.body) if request.body else {}
    if member is None or member.required or member.wire_name in body:
        return None
    return replace(request, body=json.dumps({**body, member.wire_name: fresh_client_token()}).encode())


def _with_sdk_headers(_: Operation, request: Request) -> Request:
    for name, value in sdk_headers(1).items():
        request = request.with_header(name, value)
    return request.with_header("X-Amz-Content-Sha256", hashlib.sha256(request.body).hexdigest())


def _in_small_letters(_: Operation, request: Request) -> Request:
    headers: Headers = tuple((name.lower(), value) for name, value in request.headers)
    return replace(request, headers=headers)


FORMS = (
    RequestForm("signed for execute-api", UNSIGNED_ACCEPTED, _for_execute_api, signed=True),
    RequestForm("with a ClientToken, which is optional", VALID_REQUEST, _with_client_token),
    RequestForm("with the headers that an SDK adds", VALID_REQUEST, _with_sdk_headers),
    RequestForm("with header names in small letters", VALID_REQUEST, _in_small_letters, signed=False),
)
