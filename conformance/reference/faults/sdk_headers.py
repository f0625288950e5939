"""Faults that refuse valid requests of SDKs for additional headers or for the headers' spelling."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.model import operations
from conformance.contract.wire import Request, Response
from conformance.reference.faults.bearers import denying
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.idempotency import reading, seeding
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.signed_urls import is_file_request


def _deny(header: str) -> Seed:
    """Every call with that header is denied."""

    def seed(service: ReferenceService) -> None:
        for name in operations():
            denying(service, name, lambda request: request.header(header) is not None)

    return seed


_denying = Rows(_deny, "Clients.calls.sdk-headers")
DENYING = (
    _denying("denies-amz-sdk-request", "The endpoint denies a call with the number of its attempt.", "amz-sdk-request"),
    _denying(
        "denies-x-amz-user-agent",
        "The endpoint denies a call with the name of an SDK that runs in a browser.",
        "X-Amz-User-Agent",
    ),
)


@fault("Clients.calls.sdk-headers")
def takes_each_attempt_for_another_call(service: ReferenceService) -> Handler:
    """The endpoint treats a request with another amz-sdk-request as another one, whatever its ClientToken."""
    attempt = [""]

    def with_attempt(token: str) -> str:
        return token + attempt[0]

    for name in ("StartChatContact", "StartWebRTCContact", "SendMessage"):
        seeding(reading(with_attempt), name)(service)

    def handle(request: Request) -> Response:
        attempt[0] = request.header("amz-sdk-request") or ""
        return service.handle(request)

    return handle


@fault("Clients.calls.percent-and-unicode")
def reads_escaped_slashes_as_two_characters(service: ReferenceService) -> Handler:
    """The endpoint reads an escaped slash in a text as a backslash and a slash."""

    def handle(request: Request) -> Response:
        body = request.body if is_file_request(request) else request.body.replace(rb"\/", rb"\\/")
        return service.handle(replace(request, body=body))

    return handle
