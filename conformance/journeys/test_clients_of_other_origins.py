"""Pages on another origin: browsers let them call an endpoint only where its replies allow it (CORS)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from conformance.checks.replies import judged_reply
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.chat_resources import FILE, headers_to_include
from conformance.scenario.bearer_tokens import NAMES
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.participants import text_at
from conformance.scenario.scenario import Scenario
from strategies import forged_tokens

ORIGIN = "https://shop.example"
FROM_PAGE = {"Origin": ORIGIN}
NAMED = "authorization"  # which the wildcard does not cover
SENT = (NAMED, "content-type", "x-amz-bearer", "x-amz-content-sha256", "x-amz-date", "x-amz-user-agent")
SIMPLE = frozenset({"content-length", "content-type"})  # of an upload of plain text: browsers ask nobody about these


def _preflight(name: str) -> Request:
    """The request of a browser before a page calls operation `name`."""
    method = ("Access-Control-Request-Method", operation(name).method)
    headers = ("Access-Control-Request-Headers", ",".join(SENT))
    path = operation(name).uri.replace("{ViewToken}", "view")
    return Request(name, "OPTIONS", path, (*FROM_PAGE.items(), method, headers))


def _words_of(response: Response, header: str) -> set[str]:
    return {word.strip().lower() for word in (response.header(header) or "").split(",")}


def _claim_allowed(claim: Claim, response: Response, what: str) -> None:
    allowed = response.header("Access-Control-Allow-Origin")
    claim.holds(allowed in ("*", ORIGIN), f"Access-Control-Allow-Origin of * or the origin in {what}", allowed)


def _claim_preflight(claim: Claim, response: Response, what: str) -> None:
    claim.holds(response.succeeded, f"a status of 200 to 299 for {what}", response.status)
    _claim_allowed(claim, response, what)


def _claim_headers(claim: Claim, response: Response, names: Iterable[str]) -> None:
    allowed = _words_of(response, "Access-Control-Allow-Headers")
    lacking = [name for name in names if name not in allowed and (name == NAMED or "*" not in allowed)]
    claim.equal(lacking, [], "what lacks in Access-Control-Allow-Headers")


@verifies("Clients.cors.preflight", "Clients.cors.preflight-headers")
def test_a_preflight_allows_the_calls_of_a_page(scenario: Scenario) -> None:
    """The preflight reply allows every header that clients send."""
    working = [name for name in NAMES if scenario.works(name)]
    if not working:
        scenario.working(NAMES[0])
    for name in working:
        asked = scenario.send(_preflight(name), signed=False)
        with scenario.claim("Clients.cors.preflight") as claim:
            _claim_preflight(claim, judged_reply(asked), f"a preflight of {name}")
        with scenario.claim("Clients.cors.preflight-headers") as claim:
            _claim_headers(claim, judged_reply(asked), SENT)


def _from_page(request: Request) -> Request:
    return request.with_header("Origin", ORIGIN)


@verifies("Clients.cors.success")
def test_a_page_may_read_replies(scenario: Scenario) -> None:
    """A page on another origin can read the reply of every successful call."""
    own = scenario.chat().resources()
    calls = [own.plain(name) for name in ("CreateParticipantConnection", "SendMessage", "SendEvent", "GetTranscript")]
    for request in (*calls, own.plain("DisconnectParticipant")):
        answer = scenario.send(_from_page(request))
        scenario.need(answer)
        with scenario.claim() as claim:
            _claim_allowed(claim, judged_reply(answer), f"the reply of {request.operation}")


@verifies("Clients.cors.error")
def test_a_page_may_read_errors(scenario: Scenario) -> None:
    """A page on another origin can read the error of a refused call: wrong members, wrong bearer, or ended chat."""
    chat = scenario.chat()
    own = chat.resources()
    message, connect = own.plain("SendMessage"), own.plain("CreateParticipantConnection")
    unknown = message.with_header("X-Amz-Bearer", forged_tokens.unknown(chat.connection_token))
    wrong = [own.plain("SendMessage", Content=""), own.plain("SendEvent", ContentType="text/plain"), unknown]
    wrong += [message.with_header("X-Amz-Bearer", None), replace(message, body=b"{")]
    answers = [scenario.send(_from_page(request)) for request in wrong]
    scenario.need(chat.stop())
    ended = map(_from_page, (message, connect))
    answers += [scenario.wait_for_refusal(partial(scenario.send, request)) for request in ended]
    for answer in answers:
        with scenario.claim() as claim:
            _claim_allowed(claim, judged_reply(answer), f"a refusal of {answer.request.operation}")


@verifies("Clients.cors.upload", "Clients.cors.download")
def test_a_page_may_upload_and_download(scenario: Scenario) -> None:
    """A page on another origin can upload an attachment with all its headers, and download it."""
    own = scenario.chat().resources()
    started = scenario.need(scenario.send(own.plain("StartAttachmentUpload", AttachmentSizeInBytes=len(FILE))))
    url, headers = text_at(started, "UploadMetadata", "Url"), headers_to_include(started)
    names = sorted({name.lower() for name in headers} - SIMPLE)
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": ",".join(names)}
    preflight = scenario.fetch("OPTIONS", url, {**FROM_PAGE, **asked})
    uploaded = scenario.fetch("PUT", url, {**FROM_PAGE, **headers}, FILE)
    with scenario.claim("Clients.cors.upload") as claim:
        _claim_preflight(claim, preflight, "a preflight of an upload")
        _claim_headers(claim, preflight, names)
        claim.holds(
            {"put", "*"} & _words_of(preflight, "Access-Control-Allow-Methods"), "PUT to be allowed", "not listed"
        )
        _claim_allowed(claim, uploaded, "the reply of an upload")
    attachment = text_at(started, "AttachmentId")
    scenario.need(scenario.send(own.plain("CompleteAttachmentUpload", AttachmentIds=[attachment])))
    got = _download_url(scenario, own.plain("GetAttachment", AttachmentId=attachment))
    with scenario.claim("Clients.cors.download") as claim:
        _claim_allowed(claim, scenario.fetch("GET", got, FROM_PAGE), "the reply of a download")


def _download_url(scenario: Scenario, request: Request) -> str:
    """The URL of GetAttachment once the attachment is approved. Raises SetupFailed where it never is."""

    def look() -> Exchange | None:
        answer = scenario.send(request)
        return answer if answer.response is not None and answer.response.succeeded else None

    answer = scenario.until(look)
    return text_at(answer.response.members if answer and answer.response else {}, "Url")
