"""Endpoints that answer everything alike, or not at all: never green, never a crash, and soon over."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial

import pytest

from conformance.results.verdicts import ExitCode
from tests.endpoint.raw_endpoint import Endpoint, Peer, Script
from tests.suite.conftest import IDS, Finished, Judge, RunSuite, run_in

QUICK = ("--depth", "smoke", "--timeout", "0.5", "--poll-seconds", "0.2", "--allow-incomplete")


def always(status: str, body: bytes = b"{}", content_type: str = "application/json", more: str = "") -> Script:
    """A script that gives every request the same reply on a kept connection."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(head.encode() + body)

    return script


def silent(peer: Peer) -> None:
    peer.request()
    peer.wait()


def close_at_once(peer: Peer) -> None:
    peer.request()


def endless_body(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    while not peer.wait(0):
        peer.send(b" " * 65_536)


def broken_chunks(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")


HTML = b"<!doctype html><script>alert(1)</script>"
ANSWERING = {
    "200 to all": always("200 OK"),
    "200 and a list": always("200 OK", b"[]"),
    "HTML to all": always("200 OK", HTML, "text/html"),
    "HTML errors": always("404 Not Found", HTML, "text/html"),
    "400 to all": always("400 Bad Request", b'{"message":"no","__type":"ValidationException"}'),
    "403 to all": always("403 Forbidden", b'{"message":"no","__type":"AccessDeniedException"}'),
    "500 to all": always("500 Internal Server Error"),
    "501 to all": always("501 Not Implemented"),
    "redirects": always("302 Found", more="Location: http://127.0.0.1:1/\r\n"),
}
BROKEN_AT_ONCE = {"200 and a list", "HTML to all", "500 to all"}  # the first calls themselves show a broken must
HOPELESS = BROKEN_AT_ONCE | {"HTML errors", "403 to all", "501 to all", "redirects"}
WHOLE = {"200 to all", "501 to all"}  # the others are asked about an operation of each service
ONE_OF_EACH = ("--requirement", "StartChatContact.*", "--requirement", "SendMessage.*")
A_PROBE_EACH = 60  # requests: 20 operations, some sent again, a few starts in another form
UNANSWERING = {"endless bodies": endless_body, "hangs": silent, "closes": close_at_once, "broken chunks": broken_chunks}


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Finished]]:
    """Judges an endpoint that answers all alike, named as in ANSWERING; several tests read the run of one name."""
    with ExitStack() as stack:

        @cache
        def judge_once(name: str) -> Finished:
            one = Endpoint(ANSWERING[name])
            one.start()
            stack.callback(one.stop)
            scope = () if name in WHOLE else ONE_OF_EACH
            return judge(partial(run_in, tmp_path_factory.mktemp("alike")), one.url, *scope)

        yield judge_once


def judge(run: RunSuite, url: str, *scope: str) -> Finished:
    finished = run("--target", url, *IDS, *QUICK, *scope)
    assert "Traceback" not in finished.output
    assert "INTERNALERROR" not in finished.output
    assert finished.report["summary"] in finished.output.splitlines()
    return finished


@pytest.mark.parametrize("name", sorted(ANSWERING.keys() - HOPELESS))
def test_an_endpoint_that_answers_all_alike_is_never_green(alike: Callable[[str], Finished], name: str) -> None:
    finished = alike(name)
    assert finished.code in (ExitCode.NON_CONFORMANT, ExitCode.INCOMPLETE), finished.last_line
    assert finished.report["verdict"] != "conformant"


@pytest.mark.parametrize("name", sorted(HOPELESS))
def test_an_endpoint_without_any_reply_of_the_api_is_judged_by_its_first_replies(
    alike: Callable[[str], Finished], name: str
) -> None:
    finished = alike(name)
    assert finished.code == (ExitCode.NON_CONFORMANT if name in BROKEN_AT_ONCE else ExitCode.INCOMPLETE)
    assert finished.report["requests"]["total"] <= A_PROBE_EACH
    assert finished.output.count("no test was run: none of ") == 1
    assert f" plain calls to {finished.report['target']} got a reply of this API: " in finished.output


@pytest.mark.parametrize("script", UNANSWERING.values(), ids=UNANSWERING)
def test_an_endpoint_that_does_not_answer_leaves_the_run_incomplete(
    run_suite: RunSuite, endpoint: Callable[[Script], Endpoint], script: Script
) -> None:
    finished = judge(run_suite, endpoint(script).url, *ONE_OF_EACH)
    assert finished.code == ExitCode.INCOMPLETE, finished.last_line
    passed = {rid for rid, verdict in finished.verdicts().items() if verdict == "pass"}
    # The head of an endless reply did come, and its status is below 500.
    assert all(rid.endswith(".reply.no-server-error") for rid in passed)


def test_an_absent_endpoint_leaves_the_run_incomplete(run_suite: RunSuite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    finished = judge(run_suite, f"http://127.0.0.1:{port}", *ONE_OF_EACH)
    assert finished.code == ExitCode.INCOMPLETE, finished.last_line
    assert "refused" in (finished.directory / "compliance.html").read_text()


def test_a_success_for_everything_breaks_the_limits(alike: Callable[[str], Finished]) -> None:
    """200 to all accepts what must be refused and lacks what must be there."""
    verdicts = alike("200 to all").verdicts()
    assert verdicts["StartChatContact.InstanceId.required"] == "fail"
    assert verdicts["StartChatContact.output.ContactId.present"] == "fail"


def test_what_is_not_implemented_is_one_finding_not_a_failure(alike: Callable[[str], Finished]) -> None:
    finished = alike("501 to all")
    verdicts = finished.verdicts()
    assert verdicts["StartChatContact.InstanceId.required"] == "unsupported"
    assert not {"fail", "warning", "pass"} & set(verdicts.values())
    assert finished.code == ExitCode.INCOMPLETE


@pytest.mark.parametrize("router", ["lacks-calls", "lacks-calls-404"])
def test_an_operation_that_the_endpoint_lacks_is_one_finding(judge: Judge, router: str) -> None:
    scope = ("--requirement", "StartWebRTCContact.*", "--requirement", "StopContact.*")
    finished = judge(router, options=("--depth", "smoke", *scope))
    assert [found["operation"] for found in finished.report["unsupported_operations"]] == ["StartWebRTCContact"]
    assert finished.code == ExitCode.INCOMPLETE
    assert not {"fail", "warning"} & set(finished.verdicts().values())


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        (("--max-requests", "60"), "left out: it takes more than --max-requests leaves"),
        (("--max-minutes", "0.01"), "the maximum that --max-minutes allows"),
    ],
)
def test_a_run_that_may_send_no_more_is_incomplete_and_no_error(
    judge: Judge, limit: tuple[str, str], reason: str
) -> None:
    scope = ("--requirement", "CompleteAttachmentUpload.*", "--requirement", "WebSocket.frame.*")
    finished = judge(options=("--depth", "smoke", *limit, *scope))
    assert finished.code == ExitCode.INCOMPLETE, finished.output
    assert "error" not in finished.verdicts().values()
    assert reason in finished.output
    contacts, requests = finished.report["contacts"], finished.report["requests"]["total"]
    assert (contacts["leaked"], contacts["opened"]) == (0, contacts["closed"])
    assert "Traceback" not in finished.output
    assert requests <= 60 or limit[0] == "--max-minutes"
