"""Signing once more what a gateway changes: who signed for the gateway's path has not signed for the endpoint's."""

from __future__ import annotations

import time
from dataclasses import replace

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conformance.contract.wire import Request
from conformance.reference.errors import Refusal
from conformance.reference.signatures import ACCESS_KEY, SECRET_KEY, SERVICE, refuse_bad_signature

REGION = "us-east-1"
MILLISECONDS = 1_000


def sign_again(outer: Request, inner: Request) -> Request:
    """`inner`, signed, if `outer` is rightly signed as it arrived; else as it is, with whatever signature it has.

    A path that a signature does not fit is then refused by the endpoint, as an unsigned call is.
    """
    try:
        refuse_bad_signature(outer, int(time.time() * MILLISECONDS))
    except Refusal:
        return inner
    return _sign(inner)


def _sign(request: Request) -> Request:
    kept = {name: value for name, value in request.headers if name.lower() in ("content-type", "host")}
    unsigned = AWSRequest(request.method, f"http://gateway{request.path}", headers=kept, data=request.body)
    SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), SERVICE, REGION).add_auth(unsigned)
    own = {name.lower(): str(value) for name, value in unsigned.headers.items()}
    rest = tuple((name, value) for name, value in request.headers if name.lower() not in own)
    return replace(request, headers=(*rest, *own.items()))
