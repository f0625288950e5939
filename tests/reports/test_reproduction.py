"""The programs of a report, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.contract.wire import SIGNED_URL, Exchange, Request, Response
from conformance.results.observation import Observation
from conformance.session.reference_process import start_reference
from reports import compliance
from tests.reports.ledgers import FAILED, FOOTER, INSTANCE, TOKEN, answer, entries_of, exchange, violate
from tests.reports.stub import Stub, running_stub

EVENT = "application/vnd.amazonaws.connect.event.typing"
OLD_CONTACT = "0ld0ld0l-8888-4777-8666-555555555555"
Programs = tuple[str, str]
Runner = Callable[[Programs], str]


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub() as found:
        yield found


def programs(url: str, observation: Observation, **header: Any) -> Programs:
    """The curl lines and the Python script that the report shows for `observation`."""
    header = {"endpoint": url, "participant_endpoint": url, "target": url, **header}
    report = compliance.build(entries_of([observation], scope=[observation.requirement], **header))
    (requirement,) = report["requirements"]
    return requirement["violation"]["curl"], requirement["violation"]["python"]


def run_shell(found: Programs) -> str:
    """What the curl lines print."""
    return finish(["bash", "-c", f"set -e\n{found[0]}"])


def run_python(found: Programs) -> str:
    """What the Python script prints."""
    return finish([sys.executable, "-c", found[1]])


def finish(command: list[str]) -> str:
    environment = {**os.environ, "VIEW_TOKEN": "owner's view"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode in (0, 1) or not done.stderr, done.stderr
    return done.stdout


BOTH = pytest.mark.parametrize(
    "run",
    [
        pytest.param(run_shell, id="curl", marks=pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")),
        pytest.param(run_python, id="python"),
    ],
)


@BOTH
def test_a_participant_call_gets_a_chat_and_a_fresh_token(stub: Stub, run: Runner) -> None:
    sent = {"ContentType": EVENT, "Content": "a" * 16_385}
    run(programs(stub.url, violate(exchanges=(exchange("SendEvent", sent, answer(200)),))))
    asked = stub.last("/participant/event")
    assert json.loads(asked.body) == sent
    assert asked.header("X-Amz-Bearer") == "new-connection-1"
    assert asked.header("Content-Type") == "application/json"
    assert asked.header("Authorization") is None


@BOTH
def test_the_chat_that_was_opened_is_stopped(stub: Stub, run: Runner) -> None:
    run(programs(stub.url, violate()))
    assert json.loads(stub.asked[-1].body) == {"InstanceId": INSTANCE, "ContactId": "new-contact-1"}
    assert stub.asked[-1].path == "/contact/stop"


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        '{"Content": "it\'s \\"quoted\\" $HOME `id` \\\\ %s !x"}',
        '{"Content": "\u202e\u05d0 \U0001f600 \\ud800 \\u0000"}',
        '{"a": "line\nfeed\ttab \x7f"}',
        "not JSON at all: @file -d 'x'",
        '{"Content": "' + "ab" * 700 + "c" * 900 + '"}',
        "",
    ],
    ids=["quotes", "beyond ASCII", "controls", "no JSON", "repetitions", "empty"],
)
def test_every_body_arrives_as_it_was_recorded(stub: Stub, run: Runner, body: str) -> None:
    run(programs(stub.url, violate(exchanges=(exchange("SendEvent", body.encode(), answer(200)),))))
    assert stub.last("/participant/event").body == body


@BOTH
def test_a_connect_call_is_signed_with_the_test_credentials(stub: Stub, run: Runner) -> None:
    rid = "StartChatContact.ContactFlowId.length-max"
    start = exchange("StartChatContact", {"InstanceId": INSTANCE, "ContactFlowId": "f" * 501}, answer(200))
    run(programs(stub.url, violate(rid, exchanges=(start,))))
    asked, stopped = stub.asked
    assert asked.method == "PUT"
    assert json.loads(stopped.body)["ContactId"] == "new-contact-1"
    assert re.search(r"AKIDEXAMPLE/\d{8}/us-west-2/connect/aws4_request", asked.header("Authorization") or "")


@BOTH
def test_what_only_resembles_a_credential_or_an_identifier_does_so_again(stub: Stub, run: Runner) -> None:
    start = exchange("StartChatContact", {}, answer(200, {"ContactId": "contact-number-5"}))
    stops = [exchange("StopContact", {"ContactId": f"contact-number-{end}"}, answer(200)) for end in ("0", "")]
    event = exchange("SendEvent", {"ContentType": EVENT}, answer(200))
    bearer = Request("StopContact", "POST", "/contact/stop", (("Authorization", f"Bearer {TOKEN}"),), b"{}")
    calls = (event, Exchange(bearer, answer(200)), start, *stops)
    run(programs(stub.url, violate("StopContact.ContactId.unknown-refused", exchanges=calls)))
    asked = [one for one in stub.asked if one.path == "/contact/stop"]
    assert [json.loads(one.body)["ContactId"] for one in asked[1:3]] == ["new-contact-0", "new-contact-"]
    assert asked[0].header("Authorization") == "Bearer new-connection-1"


@BOTH
def test_a_call_that_was_not_signed_is_not_signed(stub: Stub, run: Runner) -> None:
    request = Request("StopContact", "POST", "/contact/stop", (("Content-Type", "application/json"),), b"{}")
    unsigned = Exchange(request, answer(200))
    run(programs(stub.url, violate("StopContact.InstanceId.required", exchanges=(unsigned,))))
    (asked,) = stub.asked
    assert asked.header("Authorization") is None


@BOTH
def test_a_header_that_was_left_out_or_empty_stays_so(stub: Stub, run: Runner) -> None:
    request = Request("SendEvent", "POST", "/participant/event", (("X-Amz-Bearer", ""),), b"{}")
    run(programs(stub.url, violate("SendEvent.ConnectionToken.length-min", exchanges=(Exchange(request, None),))))
    asked = stub.last("/participant/event")
    assert asked.header("X-Amz-Bearer") == ""
    assert asked.header("Content-Type") is None


@BOTH
def test_a_token_that_is_too_long_is_made_up_in_its_length(stub: Stub, run: Runner) -> None:
    long = exchange("SendEvent", {"ContentType": EVENT}, answer(200), token="x" * 1_001)
    run(programs(stub.url, violate("SendEvent.ConnectionToken.length-max", exchanges=(long,))))
    assert len(stub.last("/participant/event").header("X-Amz-Bearer") or "") == 1_001


@BOTH
def test_a_client_token_is_a_new_one_of_the_same_length(stub: Stub, run: Runner) -> None:
    token = "5b5e2f04-3a58-4c1c-9d6a-1de7f0a6b1c2"
    sent = exchange("SendEvent", {"ContentType": EVENT, "ClientToken": token}, answer(200))
    run(programs(stub.url, violate(exchanges=(sent,))))
    fresh = json.loads(stub.last("/participant/event").body)["ClientToken"]
    assert fresh != token
    assert len(fresh) == len(token)


@BOTH
def test_messages_and_files_that_a_request_names_are_made_anew(stub: Stub, run: Runner) -> None:
    receipt = {"ContentType": EVENT, "Content": json.dumps({"messageId": "old-message-id"})}
    run(programs(stub.url, violate(exchanges=(exchange("SendEvent", receipt, answer(200)),))))
    assert json.loads(json.loads(stub.last("/participant/event").body)["Content"]) == {"messageId": "new-message"}
    get = exchange("GetAttachment", {"AttachmentId": "old-attachment-id", "UrlExpiryInSeconds": 301}, answer(200))
    run(programs(stub.url, violate("GetAttachment.UrlExpiryInSeconds.range-max", exchanges=(get,))))
    assert json.loads(stub.last("/participant/attachment").body)["AttachmentId"] == "new-attachment"
    assert stub.last("/upload").header("x-amz-acl") == "owner"
    assert json.loads(stub.last("/participant/complete-attachment-upload").body)["AttachmentIds"] == ["new-attachment"]


@BOTH
def test_a_contact_of_an_ended_run_is_played_by_a_new_one(stub: Stub, run: Runner) -> None:
    path = f"/contacts/{INSTANCE}/{OLD_CONTACT}"
    call = exchange("DescribeContact", b"", answer(200), path=path)
    run(programs(stub.url, violate("DescribeContact.output.Contact.Arn.type", exchanges=(call,))))
    assert any(asked.path == f"/contacts/{INSTANCE}/new-contact-1" for asked in stub.asked)


@BOTH
def test_an_identifier_that_is_itself_wrong_is_sent_as_it_was(stub: Stub, run: Runner) -> None:
    sent = exchange("StopContact", {"InstanceId": INSTANCE, "ContactId": "c" * 257}, answer(200))
    run(programs(stub.url, violate("StopContact.ContactId.length-max", exchanges=(sent,))))
    assert json.loads(stub.asked[0].body)["ContactId"] == "c" * 257


@BOTH
def uploading() -> tuple[Exchange, ...]:
    """A scenario in which a file is sent to the URL that the endpoint handed out."""
    url = "http://h/old-upload?X-Amz-Signature=abc"
    place = {"Url": url, "HeadersToInclude": {"x-amz-acl": "owner"}}
    started = answer(200, {"AttachmentId": "old-attachment-id", "UploadMetadata": place})
    put = Exchange(Request(SIGNED_URL, "PUT", url, (("x-amz-acl", "owner"),), b"Hello"), answer(200))
    completed = exchange("CompleteAttachmentUpload", {"AttachmentIds": ["old-attachment-id"]}, answer(200))
    return (*scenario()[:2], exchange("StartAttachmentUpload", {}, started, token=CONNECTION), put, completed)


def test_a_file_is_sent_to_the_url_that_the_script_was_given(stub: Stub) -> None:
    found = programs(stub.url, violate(phase="scenario", edge=None, exchanges=uploading()))
    assert "X-Amz-Signature" not in "".join(found)
    run_python(found)
    sent = stub.last("/upload")
    assert (sent.method, sent.body, sent.header("x-amz-acl")) == ("PUT", "Hello", "owner")


@BOTH
def test_a_token_that_no_reply_of_the_scenario_gave_is_made_up(stub: Stub, run: Runner) -> None:
    forged = exchange("SendEvent", {"ContentType": EVENT}, answer(403), token="f" * 77)
    run(programs(stub.url, violate(phase="scenario", edge=None, exchanges=(*scenario(), forged))))
    assert stub.last("/participant/event").header("X-Amz-Bearer") == "t" * 77


@BOTH
def test_a_value_that_the_scenario_sent_before_it_was_answered_is_sent_as_it_was(stub: Stub, run: Runner) -> None:
    sent = {"ContentType": "text/plain", "Content": "Hello"}
    items = answer(200, {"Transcript": [{"ContentType": "text/plain", "Id": "1"}]})
    calls = (exchange("SendMessage", sent, answer(200)), exchange("GetTranscript", {}, items))
    run(programs(stub.url, violate(phase="scenario", edge=None, exchanges=(*calls, *calls[:1]))))
    assert json.loads(stub.last("/participant/message").body) == sent


@BOTH
def test_a_view_token_is_asked_of_the_environment(stub: Stub, run: Runner) -> None:
    view = exchange("DescribeView", b"", answer(200), path="/participant/views/secret-view-token")
    found = programs(stub.url, violate("DescribeView.output.View.present", exchanges=(view,)))
    assert "secret-view-token" not in "".join(found)
    run(found)
    assert any(asked.path == "/participant/views/owner%27s%20view" for asked in stub.asked)


PARTICIPANT, CONNECTION = "old-participant-token", "old-connection-token"


def scenario() -> tuple[Exchange, ...]:
    """A chat from its start to a violation, each call living on what the one before gave."""
    started = {"ContactId": OLD_CONTACT, "ParticipantToken": PARTICIPANT}
    connected = {"ConnectionCredentials": {"ConnectionToken": CONNECTION}}
    client = {"ClientToken": "abcd-1234-ABCD"}
    return (
        exchange("StartChatContact", {"InstanceId": INSTANCE, **client}, answer(200, started)),
        exchange("CreateParticipantConnection", {}, answer(200, connected), token=PARTICIPANT),
        exchange("SendMessage", {"Content": "x", **client}, answer(200), token=CONNECTION),
        exchange("StopContact", {"ContactId": OLD_CONTACT}, answer(200)),
    )


@BOTH
def test_a_scenario_is_told_again_with_what_its_own_replies_give(stub: Stub, run: Runner) -> None:
    run(programs(stub.url, violate(phase="scenario", edge=None, exchanges=scenario())))
    paths = ["/contact/chat", "/participant/connection", "/participant/message", "/contact/stop"]
    assert [asked.path for asked in stub.asked] == [*paths, "/contact/stop"]
    first, connect, message, stop, _ = stub.asked
    assert connect.header("X-Amz-Bearer") == "new-participant-1"
    assert message.header("X-Amz-Bearer") == "new-connection-1"
    assert json.loads(stop.body) == {"ContactId": "new-contact-1"}
    assert json.loads(first.body)["ClientToken"] == json.loads(message.body)["ClientToken"]


@BOTH
def test_client_tokens_stay_alike_where_they_were_alike(stub: Stub, run: Runner) -> None:
    tokens = ("abcd-1234-wxyz", "ABCD-1234-WXYZ", "abcd-1234-wxyz-more")
    calls = tuple(exchange("SendMessage", {"ClientToken": token}, answer(200)) for token in tokens)
    run(programs(stub.url, violate(phase="scenario", edge=None, exchanges=calls)))
    sent = [asked.body for asked in stub.asked if asked.path == "/participant/message"]
    plain, upper, longer = (json.loads(body)["ClientToken"] for body in sent)
    assert plain not in tokens
    assert upper == plain.upper()
    assert longer.startswith(plain)


def test_curl_says_that_it_makes_only_the_last_call_of_a_long_scenario(stub: Stub) -> None:
    found = programs(stub.url, violate(phase="scenario", edge=None, exchanges=(*scenario(), *scenario()[2:3] * 17)))
    assert "The last of 21 calls: the Python script makes them all." in found[0]
    run_shell(found)
    assert [asked.path for asked in stub.asked].count("/participant/message") == 1


@BOTH
def test_the_tokens_of_two_chats_are_told_apart(stub: Stub, run: Runner) -> None:
    calls = tuple(exchange("SendEvent", {"ContentType": EVENT}, answer(200), token=name * 40) for name in "xyx")
    run(programs(stub.url, violate(phase="scenario", edge=None, exchanges=calls)))
    sent = [asked.header("X-Amz-Bearer") for asked in stub.asked if asked.path == "/participant/event"]
    assert sent == ["new-connection-1", "new-connection-2", "new-connection-1"]
    stopped = [json.loads(asked.body)["ContactId"] for asked in stub.asked if asked.path == "/contact/stop"]
    assert sorted(stopped) == ["new-contact-1", "new-contact-2"]


@BOTH
def test_a_transcript_that_held_something_is_not_asked_for_empty(stub: Stub, run: Runner) -> None:
    rid = "GetTranscript.output.Transcript.member.Id.present"
    call = exchange("GetTranscript", {}, answer(200, {"Transcript": [{"Type": "EVENT"}]}))
    run(programs(stub.url, violate(rid, exchanges=(call,))))
    paths = [asked.path for asked in stub.asked]
    assert paths.index("/participant/message") < paths.index("/participant/transcript")


def test_what_is_said_on_a_web_socket_is_heard_by_the_script() -> None:
    connected = {"Websocket": {"Url": "wss://h/s"}, "ConnectionCredentials": {"ConnectionToken": CONNECTION}}
    calls = (exchange("CreateParticipantConnection", {}, answer(200, connected), token=PARTICIPANT), scenario()[2])
    curl, python = programs("http://h", violate("WebSocket.frame.sender", exchanges=calls))
    assert "which curl does not open" in curl
    assert "listen(reply)" in python
    compile(python, "reproduction", "exec")
    _, python = programs("http://h", violate(exchanges=calls))
    assert "websockets" not in python


def test_an_endpoint_that_is_not_there_is_said_in_a_line() -> None:
    _, python = programs("http://127.0.0.1:9", violate())
    done = subprocess.run([sys.executable, "-c", python], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "http://127.0.0.1:9/contact/chat got no answer" in done.stderr


def test_a_chat_that_is_refused_ends_the_script_with_a_sentence(stub: Stub) -> None:
    _, python = programs(stub.url, violate())
    python = python.replace("/contact/chat", "/contact/nothing")
    done = subprocess.run([sys.executable, "-c", python], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "gave no ContactId, so this ends here: 200" in done.stderr


def test_a_body_that_the_record_cut_is_said_to_be_cut() -> None:
    long = exchange("SendEvent", b'{"Content": "' + bytes(range(97, 123)) * 4_000 + b'"}', answer(200))
    for program in programs("http://h", violate(exchanges=(long,))):
        assert "The record keeps 100,000 code points of a body of 104,015 bytes: this sends only those." in program


def test_bytes_that_are_no_text_are_said_to_be_lost() -> None:
    for program in programs("http://h", violate(exchanges=(exchange("SendEvent", b'{"\xff": 1}', answer(200)),))):
        assert "The body held bytes that are no UTF-8" in program


def test_real_credentials_come_from_the_environment_only() -> None:
    curl, python = programs("http://h", violate(), credentials="real")
    assert 'os.environ["AWS_ACCESS_KEY_ID"]' in python
    assert "${AWS_ACCESS_KEY_ID:?}" in curl
    assert "AKIDEXAMPLE" not in curl + python


def test_headers_that_only_the_run_knew_are_mentioned() -> None:
    for program in programs("http://h", violate(), given=["--header"]):
        assert "--header" in program


@pytest.mark.parametrize(("ahead", "mentioned"), [(1_200, True), (-1_200, True), (2, False), (None, False)])
def test_a_clock_that_was_minutes_off_is_mentioned(ahead: int | None, *, mentioned: bool) -> None:
    footer = {**FOOTER, "clocks": {"http://h": ahead}}
    report = compliance.build(entries_of([violate()], footer=footer, scope=[FAILED]))
    (requirement,) = report["requirements"]
    assert report["environment"]["clocks"] == {"http://h": ahead}
    for program in (requirement["violation"]["curl"], requirement["violation"]["python"]):
        assert ("machine was minutes off" in program) == mentioned


def test_the_embedded_endpoint_is_said_to_be_over() -> None:
    for program in programs("http://127.0.0.1:8123", violate(), target="reference"):
        assert "connect-conformance serve --port 8123" in program


def test_no_program_holds_a_token_or_lets_an_endpoint_write_code() -> None:
    hostile = "'; import os #\n$(touch x)\u2028`x`"
    reply = Response(200, (), json.dumps({hostile: "stolen-value"}).encode())
    calls = (exchange("SendMessage", {}, reply), exchange("SendEvent", {"Content": "stolen-value"}, reply))
    curl, python = programs("http://h", violate(expected=hostile, actual=hostile, exchanges=calls))
    assert TOKEN not in curl + python
    assert python.isascii()
    assert curl.isascii()
    compile(python, "reproduction", "exec")
    assert not [
        line for line in (*curl.splitlines(), *python.splitlines()) if line.startswith(("$(touch", "'; import"))
    ]


def test_a_violation_without_a_call_has_no_program() -> None:
    report = compliance.build(entries_of([violate(exchanges=())], scope=[FAILED]))
    violation = report["requirements"][0]["violation"]
    assert violation["curl"] is None
    assert violation["python"] is None


@pytest.mark.slow
@BOTH
def test_the_reference_takes_what_the_programs_send(run: Runner) -> None:
    embedded = start_reference()
    try:
        sent = {"ContentType": "text/plain", "Content": "a" * 16_385}
        ids = {name: embedded.facts[name] for name in ("instance_id", "contact_flow_id")}
        message = violate("SendMessage.Content.length-max", exchanges=(exchange("SendMessage", sent, answer(200)),))
        found = programs(embedded.facts["url"], message, region="us-east-1", **ids)
        assert "ValidationException" in run(found)
    finally:
        embedded.stop()
