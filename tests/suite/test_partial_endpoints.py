"""What a run tells of an endpoint that implements a part of the operations, from its first words to its exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conformance.contract.model import CONNECT, operations
from conformance.results.verdicts import ExitCode
from tests.endpoint.raw_endpoint import Endpoint, Peer, Script
from tests.suite.conftest import IDS, Finished, Judge, RunSuite
from tests.suite.partial_endpoints import LACKING_THREE


def scope(*globs: str) -> tuple[str, ...]:
    """The options of a quick run about `globs`."""
    return ("--depth", "smoke", "--poll-seconds", "1", *(word for glob in globs for word in ("--requirement", glob)))


def unsupported_operations(finished: Finished) -> set[str]:
    return {found["operation"] for found in finished.report["unsupported_operations"]}


def with_verdict(finished: Finished, verdict: str) -> list[str]:
    return [rid for rid, found in finished.verdicts().items() if found == verdict]


def deviations_for(*names: str, directory: Path) -> Path:
    """A list that says of the operations `names` that they are not implemented."""
    listed = directory / "deviations.toml"
    more = 'reason = "not built"\nowner = "chat team"\nsince = 2026-01-01\nexpires = 2099-01-01\n'
    listed.write_text("".join(f'[[deviation]]\noperation = "{name}"\n{more}' for name in names))
    return listed


OF_THREE = tuple(f"{name}.success.*" for name in LACKING_THREE)


def test_an_endpoint_is_green_for_all_but_what_it_lists_as_not_implemented(judge: Judge, tmp_path: Path) -> None:
    """Without web calls, DescribeView and SendEvent the promises that take them are judged by the rest, or excused."""
    listed = deviations_for(*LACKING_THREE, directory=tmp_path)
    finished = judge("lacks-three", options=(*scope("DescribeContact.*", *OF_THREE), f"--deviations={listed}"))
    assert finished.code == ExitCode.CONFORMANT, finished.output
    assert unsupported_operations(finished) == set(LACKING_THREE)
    assert finished.verdicts()["DescribeContact.Contact.id"] == "pass"
    left = [r for r in finished.report["requirements"] if r["verdict"] == "inconclusive"]
    assert [(r["id"], r["excused"]) for r in left] == [("DescribeContact.Contact.channel-voice", True)]


def test_without_the_list_the_same_endpoint_is_incomplete(judge: Judge) -> None:
    finished = judge("lacks-three", options=scope("DescribeContact.Contact.*", *OF_THREE))
    assert finished.code == ExitCode.INCOMPLETE
    assert with_verdict(finished, "inconclusive") == ["DescribeContact.Contact.channel-voice"]
    lacking = "it does not implement DescribeView, SendEvent and StartWebRTCContact."
    assert lacking in finished.output


def test_participants_whose_chats_cannot_be_started_are_not_green(judge: Judge, tmp_path: Path) -> None:
    """The list excuses what is not implemented, and not what could not be seen for lack of it."""
    connect = [name for name, covered in operations().items() if covered.service == CONNECT]
    listed = deviations_for(*connect, directory=tmp_path)
    options = scope("SendMessage.Content.*", "StopContact.success.*")
    finished = judge("participants-only", options=(*options, f"--deviations={listed}"))
    assert finished.code == ExitCode.INCOMPLETE, finished.output
    assert "SendMessage.Content.length-max" in with_verdict(finished, "inconclusive")


def test_an_endpoint_that_implements_nothing_says_so_in_one_sentence(judge: Judge) -> None:
    """Each operation got the same bare 404, so that each is unsupported and no topic is.

    All but one are asked: nothing tells a call of that one from a wrong session without --auth-session-id.
    """
    finished = judge("bare-router", options=scope("*.success.valid-request", "*.error.body", "Tokens.*"))
    assert unsupported_operations(finished) == set(operations()) - {"CancelParticipantAuthentication"}
    assert not {"fail", "warning", "error"}.intersection(finished.verdicts().values())
    assert finished.output.count("The endpoint implements none of the 19 operations asked for") == 1
    assert "UNSUPPORTED" not in finished.output
    assert finished.code == ExitCode.INCOMPLETE


def test_a_signature_that_a_whole_service_demands_is_one_finding(judge: Judge) -> None:
    finished = judge("participants-sign", options=scope("*.bearer.unsigned-accepted", "*.success.valid-request"))
    assert finished.code == ExitCode.NON_CONFORMANT
    assert with_verdict(finished, "fail") == ["CreateParticipantConnection.bearer.unsigned-accepted"]
    assert "without a signature (with one it was accepted) is accepted" in finished.output


START = b'{"ContactId":"contact-1","ParticipantId":"participant-1","ParticipantToken":"token-1"}'
CONNECTED = b'{"ConnectionCredentials":{"ConnectionToken":"token-2","Expiry":"2099-01-01T00:00:00.000Z"}}'


def wants_small_letters(peer: Peer) -> None:
    """Starts chats, and reads the bearer token from no header but x-amz-bearer, as it is spelled here."""
    while (request := peer.request()) is not None:
        if request.line.startswith("PUT /contact/chat "):
            reply(peer, "200 OK", START)
        elif not request.line.startswith("POST /participant/connection "):
            reply(peer, "404 Not Found", b"{}")
        elif any(name == "x-amz-bearer" for name, _ in request.headers):
            reply(peer, "200 OK", CONNECTED)
        else:
            reply(peer, "403 Forbidden", b'{"__type":"AccessDeniedException","message":"Access denied"}')


def reply(peer: Peer, status: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    peer.send(head.encode() + body)


def test_a_header_that_is_read_in_small_letters_only_is_one_finding(
    run_suite: RunSuite, endpoint: Callable[[Script], Endpoint]
) -> None:
    options = (*scope("CreateParticipantConnection.*.*", "SendMessage.success.*"), "--timeout", "2")
    finished = run_suite("--target", endpoint(wants_small_letters).url, *IDS, *options)
    assert with_verdict(finished, "fail") == ["CreateParticipantConnection.success.valid-request"]
    assert "403 AccessDeniedException; the same call is accepted with header names in small letters" in finished.output
