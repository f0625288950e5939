"""Faults by which the requests of SDKs fail that are right but for what stands beside them, or how they are spelled."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.model import operations
from conformance.reference.faults.bearers import denying
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.idempotency import reading, seeding
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.signed_urls import is_file_request
from conformance.wire import Request, Response


def _denying(header: str, of: str) -> Fault:
    """Every call with that header is denied."""

    def seed(service: ReferenceService) -> None:
        for name in operations():
            denying(service, name, lambda request: request.header(header) is not None)

    return declare(f"denies-{header.lower()}", f"A call with {of} is denied.", seed, "Clients.calls.sdk-headers")


DENYING = (
    _denying("amz-sdk-request", "the number of its attempt"),
    _denying("X-Amz-User-Agent", "the name of an SDK that runs in a browser"),
)


@fault("Clients.calls.sdk-headers")
def takes_each_attempt_for_another_call(service: ReferenceService) -> Handler:
    """A request of another amz-sdk-request is another one, whatever its ClientToken is."""
    attempt = [""]

    def told(token: str) -> str:
        return token + attempt[0]

    for name in ("StartChatContact", "StartWebRTCContact", "SendMessage"):
        seeding(reading(told), name)(service)

    def handle(request: Request) -> Response:
        attempt[0] = request.header("amz-sdk-request") or ""
        return service.handle(request)

    return handle


@fault("Clients.calls.percent-and-unicode")
def reads_escaped_slashes_as_two_characters(service: ReferenceService) -> Handler:
    """An escaped slash in a text is read as a backslash and a slash."""

    def handle(request: Request) -> Response:
        body = request.body if is_file_request(request) else request.body.replace(rb"\/", rb"\\/")
        return service.handle(replace(request, body=body))

    return handle
