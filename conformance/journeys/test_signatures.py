"""Signature Version 4: Connect operations require it, the Participant Service ignores it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.operation_traits import names_where
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.chat_resources import ChatResources
from conformance.scenario.bearer_tokens import plain_requests
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.scenario import Scenario


@verifies(
    "StartChatContact.signature.required",
    "StartWebRTCContact.signature.required",
    "DescribeContact.signature.required",
    "CreateParticipant.signature.required",
    "GetContactAttributes.signature.required",
    "UpdateContactAttributes.signature.required",
    "StartContactStreaming.signature.required",
    "StopContactStreaming.signature.required",
    "StopContact.signature.required",
)
def test_an_unsigned_request_is_refused(scenario: Scenario) -> None:
    """A Connect operation refuses a request without a signature, with or without a bearer token."""
    chat = scenario.chat()
    token = chat.connection_token
    instead = {
        "bare": {},
        "X-Amz-Bearer": {"X-Amz-Bearer": token},
        "Authorization": {"Authorization": f"Bearer {token}"},
    }
    ways = scenario.edges([*instead], ("X-Amz-Bearer", "Authorization"))
    for requirement, request in plain_requests(scenario, chat, scenario.claimed):
        with scenario.claim(requirement) as claim:
            for way in ways:
                sent = scenario.send(_with(request, instead[way]), signed=False)
                claim.bearer_refusal(sent, f"{request.operation} without a signature, {way}")


def _with(request: Request, headers: Mapping[str, str]) -> Request:
    for name, value in headers.items():
        request = request.with_header(name, value)
    return request


def _without_keys() -> dict[str, str]:
    """The headers of a client that signs for the Participant Service with an empty access key."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"Credential=/{moment[:8]}/us-east-1/execute-api/aws4_request"
    names = "SignedHeaders=host;x-amz-bearer;x-amz-date"
    authorization = f"AWS4-HMAC-SHA256 {scope}, {names}, Signature={'0' * 64}"
    return {"X-Amz-Date": moment, "Authorization": authorization}


def _plainly(scenario: Scenario, request: Request) -> Exchange:
    return scenario.send(request, signed=False)


def _send_signed(scenario: Scenario, request: Request) -> Exchange:
    return scenario.send(request, signed=True)


def _sign_without_keys(scenario: Scenario, request: Request) -> Exchange:
    return scenario.send(_with(request, _without_keys()), signed=False)


_WAYS = (_plainly, _send_signed, _sign_without_keys, _plainly)
_ENDING = names_where(lambda traits: traits.ends)
_USING_UP = names_where(lambda traits: traits.uses_up is not None)  # served once with what the chat has for them


def _answers_to(scenario: Scenario, name: str) -> Iterator[Exchange]:
    """The answers to the plainest call of `name`: unsigned, signed, with an empty access key, and unsigned again."""
    for way, own in zip(_WAYS, _resources(scenario, name), strict=False):
        yield way(scenario, own.plain(name))


def _resources(scenario: Scenario, name: str) -> Iterator[ChatResources]:
    """What each of the calls takes its values from."""
    if name in _ENDING:
        while True:
            yield scenario.spendable_chat().resources()
    chat = scenario.chat()
    own = chat.resources()
    while True:
        yield chat.resources() if name in _USING_UP else own


@verifies_each(
    "served, ignored",
    ("CompleteAttachmentUpload.bearer.unsigned-accepted", "CompleteAttachmentUpload.bearer.signature-ignored"),
    ("CreateParticipantConnection.bearer.unsigned-accepted", "CreateParticipantConnection.bearer.signature-ignored"),
    ("DescribeView.bearer.unsigned-accepted", "DescribeView.bearer.signature-ignored"),
    ("GetAttachment.bearer.unsigned-accepted", "GetAttachment.bearer.signature-ignored"),
    ("GetAuthenticationUrl.bearer.unsigned-accepted", "GetAuthenticationUrl.bearer.signature-ignored"),
    ("GetTranscript.bearer.unsigned-accepted", "GetTranscript.bearer.signature-ignored"),
    ("SendEvent.bearer.unsigned-accepted", "SendEvent.bearer.signature-ignored"),
    ("SendMessage.bearer.unsigned-accepted", "SendMessage.bearer.signature-ignored"),
    ("StartAttachmentUpload.bearer.unsigned-accepted", "StartAttachmentUpload.bearer.signature-ignored"),
    (
        "CancelParticipantAuthentication.bearer.unsigned-accepted",
        "CancelParticipantAuthentication.bearer.signature-ignored",
    ),
    ("DisconnectParticipant.bearer.unsigned-accepted", "DisconnectParticipant.bearer.signature-ignored"),
)
def test_a_signature_makes_no_difference_to_a_participant(scenario: Scenario, served: str, ignored: str) -> None:
    """A participant operation serves a request unsigned, signed, and signed with an empty access key."""
    name = operation_of(served)
    answers = _answers_to(scenario, name)
    plain, signed, empty = islice(answers, 3)
    if not any(judged_reply(exchange).succeeded for exchange in (plain, signed, empty)):
        scenario.need(plain)
    with scenario.claim(served) as claim:
        with_one = " (with one it was accepted)" if judged_reply(signed).succeeded else ""
        claim.success(plain, f"{name} without a signature{with_one}")
    if not (judged_reply(signed).succeeded and judged_reply(empty).succeeded):
        scenario.need(next(answers))
    with scenario.claim(ignored) as claim:
        claim.success(signed, f"{name} with a signature")
        claim.success(empty, f"{name} signed with an empty access key")


def _with_another_end(request: Request) -> Request:
    authorization = request.header("Authorization") or ""
    return request.with_header("Authorization", authorization[:-1] + ("1" if authorization[-1:] == "0" else "0"))


def _with_another_key(request: Request) -> Request:
    before, _, scope = (request.header("Authorization") or "").partition("Credential=")
    return request.with_header("Authorization", f"{before}Credential=AKIDUNKNOWN/{scope.partition('/')[2]}")


def _of_last_year(request: Request) -> Request:
    now = request.header("X-Amz-Date") or ""
    then = f"{int(now[:4]) - 1}{now[4:]}"
    authorization = (request.header("Authorization") or "").replace(now[:8], then[:8])
    return request.with_header("X-Amz-Date", then).with_header("Authorization", authorization)


def _for_another_service(request: Request) -> Request:
    return request.with_header(
        "Authorization", (request.header("Authorization") or "").replace("/connect/", "/execute-api/")
    )


def _with_another_body(request: Request) -> Request:
    return Request(request.operation, request.method, request.path, request.headers, request.body + b" ")


_ODD: dict[str, Callable[[Request], Request]] = {
    "Signature.wrong.signature": _with_another_end,
    "Signature.wrong.access-key": _with_another_key,
    "Signature.wrong.date": _of_last_year,
    "Signature.wrong.scope": _for_another_service,
    "Signature.wrong.body": _with_another_body,
}


@verifies(*_ODD)
def test_what_a_wrong_signature_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether a request with a wrong signature is refused or served."""
    right = scenario.send(scenario.chat().resources().plain("UpdateContactAttributes"), signed=True)
    for requirement, wrong in _ODD.items():
        with scenario.claim(requirement) as claim:
            claim.record(describe(judged_reply(scenario.send(wrong(right.request), signed=False))))
