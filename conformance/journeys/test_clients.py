"""Demands of amazon-connect-chatjs and the AWS SDKs on an endpoint, beyond the pages of single operations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.checks.errors import describe
from conformance.checks.replies import FORBIDDEN, judged_reply
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.chat_resources import FILE, ChatResources, headers_to_include
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with
from conformance.scenario.web_socket import is_for_clients, open_web_socket, url_of
from strategies import forged_tokens
from strategies.sdk_headers import sdk_headers

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
WIDE = 'Zo\u00eb \u20ac \N{GRINNING FACE}\U00020000 "\\u00e9" \\ /'
UPLOAD = "StartAttachmentUpload"


@verifies("Clients.connect.socket-is-the-join")
def test_opening_the_socket_is_the_join(scenario: Scenario) -> None:
    """A customer who opens the socket and never sends ConnectParticipant can send messages and events, and read."""
    chat = scenario.chat()
    open_web_socket(chat)
    with scenario.claim() as claim:
        claim.success(chat.say(), "SendMessage of a customer who has opened the web socket")
        claim.success(chat.signal(), "SendEvent of a customer who has opened the web socket")
        claim.success(chat.transcript(), "GetTranscript of a customer who has opened the web socket")


@verifies("Clients.connect.url-from-address")
def test_a_local_endpoint_names_its_address(scenario: Scenario) -> None:
    """A local endpoint that was called as localhost returns a web socket URL that clients accept."""
    address = urlsplit(scenario.verifier.conversations.calls.participant_address)
    if address.hostname not in LOOPBACK:
        scenario.not_applicable("the endpoint is on another machine")
        return
    if ":" in address.hostname:
        scenario.not_applicable("the endpoint was given an IPv6 address, and may have no other")
        return
    request = scenario.chat().resources().plain("CreateParticipantConnection")
    port = f":{address.port}" if address.port else ""
    url = url_of(scenario.need(scenario.send(request.with_header("Host", f"localhost{port}"))))
    with scenario.claim() as claim:
        claim.holds(is_for_clients(url), "a URL that begins with wss:// or ws://127.0.0.1:PORT", url.partition("?")[0])


def _send_with(scenario: Scenario, request: Request, headers: Mapping[str, str]) -> Exchange:
    for name, value in headers.items():
        request = request.with_header(name, value)
    return scenario.send(request)


@verifies("Clients.calls.sdk-headers")
def test_headers_of_the_sdks_make_no_difference(scenario: Scenario) -> None:
    """The endpoint answers requests with the headers of SDKs, and a second attempt returns the first contact."""
    own = scenario.chat().resources()
    for name in ("CreateParticipantConnection", "SendMessage", "GetTranscript"):
        answer = _send_with(scenario, own.plain(name), sdk_headers(1))
        with scenario.claim() as claim:
            claim.success(answer, f"{name} with the headers of an SDK")
    start = own.plain("StartChatContact", ClientToken=str(uuid.uuid4()))
    attempts = [_send_with(scenario, start, sdk_headers(number)) for number in (1, 2)]
    with scenario.claim() as claim:
        for answer in attempts:
            claim.success(answer, "StartChatContact with the headers of an SDK")
        first, second = (scenario.register(answer).contact_id for answer in attempts)
        claim.equal(second, first, "the ContactId of a second attempt")


@verifies("Clients.calls.error-class")
def test_errors_name_one_exception(scenario: Scenario) -> None:
    """An error names its exception where clients look first; places that name it agree."""
    for exchange in _errors(scenario):
        with scenario.claim() as claim:
            response = judged_reply(exchange)
            names = response.error_names
            claim.holds(not names[1:], "one exception in x-amzn-ErrorType, code and __type", " and ".join(names))
            # A gateway's 403 was seen without a type: that this is a warning is a requirement of its own.
            explained = names or response.succeeded or response.status == FORBIDDEN
            claim.holds(explained, "an exception in x-amzn-ErrorType, code or __type", describe(response))


def _errors(scenario: Scenario) -> Iterator[Exchange]:
    """Replies to calls with wrong members, bearers or identifiers."""
    chat = scenario.chat()
    yield chat.say("")
    yield chat.say(content_type="text/html")
    if scenario.works("SendEvent"):
        yield chat.signal("unknown")
    if scenario.works("GetTranscript"):
        yield chat.transcript(MaxResults=101)
    yield chat.say(ConnectionToken=forged_tokens.unknown(chat.connection_token))
    unknown = {"InstanceId": scenario.option("instance_id"), "ContactId": str(uuid.uuid4())}
    for name in ("StopContact", "DescribeContact"):
        if scenario.works(name):
            yield scenario.call(name, unknown)
    yield scenario.start(ParticipantDetails={"DisplayName": ""})


@verifies("Clients.calls.percent-and-unicode")
def test_text_means_the_same_in_either_spelling(scenario: Scenario) -> None:
    r"""The endpoint reads the same text from UTF-8 and \u escapes, and from escaped and plain slashes."""
    chat = scenario.chat()
    spellings = [_spell(chat, plain=plain) for plain in (True, False)]
    spellings.append(replace(spellings[1], body=spellings[1].body.replace(b"/", rb"\/")))  # as PHP writes JSON
    answers = [scenario.send(request) for request in spellings]
    with scenario.claim() as claim:
        for answer in answers:
            claim.success(answer, "SendMessage with text beyond ASCII")
    items = {item.get("Id"): item.get("Content") for item in items_with(chat, *answers)}
    with scenario.claim() as claim:
        for answer in answers:
            claim.equal(items[id_of(answer)], WIDE, "the Content in the transcript")


def _spell(chat: Chat, *, plain: bool) -> Request:
    """A SendMessage whose text is UTF-8 if `plain`, else escaped."""
    request = chat.resources().plain("SendMessage")
    members = {**json.loads(request.body), "Content": WIDE}
    return replace(request, body=json.dumps(members, ensure_ascii=not plain).encode())


@verifies("Clients.calls.upload-shows-at-completion")
def test_a_refused_upload_shows_at_completion(scenario: Scenario) -> None:
    """A refused upload cannot be completed, because clients do not read the reply of the upload."""
    own = scenario.chat().resources()
    refused = [attachment for attachment in _bad_uploads(scenario, own) if attachment]
    if not refused:
        scenario.not_applicable("no upload was refused")
    for attachment in refused:
        completed = scenario.send(own.plain("CompleteAttachmentUpload", AttachmentIds=[attachment]))
        with scenario.claim() as claim:
            claim.any_refusal(completed, "CompleteAttachmentUpload after an upload that was refused")


def _bad_uploads(scenario: Scenario, own: ChatResources) -> Iterator[str | None]:
    """The AttachmentIds of refused uploads with another URL, without headers and with another size."""
    for wrong in ("url", "headers", "size"):
        started = scenario.need(scenario.send(own.plain(UPLOAD, AttachmentSizeInBytes=len(FILE))))
        url, headers = text_at(started, "UploadMetadata", "Url"), headers_to_include(started)
        url = url[:-1] + forged_tokens.alter(url[-8:])[-1] if wrong == "url" else url
        kept = {k: v for k, v in headers.items() if wrong != "headers" and k.lower() != "content-length"}
        reply = scenario.fetch("PUT", url, kept, FILE * 2 if wrong == "size" else FILE)
        yield None if reply.succeeded else text_at(started, "AttachmentId")
