"""For every requirement that holds for all replies: an endpoint that breaks it turns it red, on every operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.contract.requirements import Level, Requirement
from conformance.examination.examiner import Unwitnessed
from conformance.examination.replies import examine_replies
from conformance.examination.stimuli import examine_stimuli
from conformance.reference.errors import Refusal
from conformance.reference.routing import route
from conformance.verdicts import Outcome
from conformance.wire import Headers, Request, Response
from strategies.malformed import RULES
from tests.power.direct import examiner, service

Spoil = Callable[[Request, Response], Response]


def without(headers: Headers, name: str) -> Headers:
    return tuple((k, v) for k, v in headers if k.lower() != name.lower())


def error(change: Callable[[Response], Response]) -> Spoil:
    return lambda _, response: response if response.succeeded else change(response)


def success(change: Callable[[Response], Response]) -> Spoil:
    return lambda _, response: change(response) if response.succeeded else response


def named(response: Response, name: str) -> Response:
    return replace(response, headers=(*without(response.headers, "x-amzn-errortype"), ("x-amzn-ErrorType", name)))


REPLIES: Mapping[str, Spoil] = {
    "success.status": success(lambda r: replace(r, status=201)),
    "success.body": success(lambda r: replace(r, body=b"[]")),
    "reply.request-id": lambda _, r: replace(r, headers=without(r.headers, "x-amzn-requestid")),
    "reply.no-server-error": error(lambda r: replace(r, status=500)),
    "error.status": error(lambda r: replace(r, status=418)),
    "error.type": error(lambda r: named(r, "SomethingElseException")),
    "error.body": error(lambda r: replace(r, body=b"<html>no</html>")),
    "error.content-type": error(
        lambda r: replace(r, headers=(*without(r.headers, "content-type"), ("Content-Type", "text/html")))
    ),
    "error.named-when-denied": error(lambda r: replace(r, headers=without(r.headers, "x-amzn-errortype"), body=b"{}")),
}


def broken(requirement: Requirement, spoil: Spoil) -> bool:
    """Whether the requirement is seen broken on a reference whose replies of the operation are spoilt."""
    endpoint = service()

    def handle(request: Request) -> Response:
        response = endpoint.handle(request)
        try:
            mine = route(request.method, request.path).operation.name == requirement.operation
        except Refusal:
            mine = False
        return spoil(request, response) if mine else response

    looking = examiner(handle)
    look = examine_stimuli if requirement.family in RULES else examine_replies
    with suppress(ContractViolation, Unwitnessed):
        look(looking, requirement)
    return looking.witness.accounts[requirement.id].outcomes[Outcome.BROKEN] > 0


def of_family(*families: str) -> list[Requirement]:
    return [r for r in catalogue().values() if r.derived and r.family in families and r.constraint is None]


@pytest.mark.parametrize("requirement", of_family(*REPLIES), ids=lambda r: r.id)
def test_a_spoilt_reply_is_found(requirement: Requirement) -> None:
    assert broken(requirement, REPLIES[requirement.family])


ODD: Mapping[str, Callable[[Request], bool]] = {
    "request.broken-json": lambda r: r.body in (b"{", b"hello"),
    "request.not-an-object": lambda r: r.body == b"[]",
    "request.charset": lambda r: "charset" in (r.header("Content-Type") or ""),
    "request.header-case": lambda r: any(name in {"content-type", "x-amz-bearer"} for name, _ in r.headers),
    "robustness.deep-nesting": lambda r: b"[" * 1000 in r.body,
    "robustness.huge-integer": lambda r: b"0" * 300 in r.body,
    "robustness.nul": lambda r: b"\\u0000" in r.body,
    "robustness.non-bmp": lambda r: b"\\ud83d" in r.body.lower(),
    "robustness.lone-surrogate": lambda r: b"\\ud800" in r.body.lower(),
    "robustness.oversized-body": lambda r: len(r.body) > 1_000_000,
    "robustness.oversized-header": lambda r: any(len(value) > 10_000 for _, value in r.headers),
}


def odd_answer(family: str) -> Spoil:
    """Answers the odd request of `family` as it must not be answered."""
    odd = ODD[family]
    accepts_instead = family in ("request.broken-json", "request.not-an-object")
    wrong = Response(200 if accepts_instead else 500, (("Content-Type", "application/json"),), b"{}")
    return lambda request, response: wrong if odd(request) else response


@pytest.mark.parametrize("requirement", [r for r in of_family(*ODD) if r.level is not Level.RECORD], ids=lambda r: r.id)
def test_a_wrong_answer_to_an_odd_request_is_found(requirement: Requirement) -> None:
    no_headers = requirement.family == "request.header-case" and not operations()[requirement.operation].bearer
    if no_headers and not operations()[requirement.operation].has_body:
        return
    assert broken(requirement, odd_answer(requirement.family))
