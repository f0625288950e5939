"""The endpoint as a process: what it says, what it obeys, and when it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.reference.signatures import ACCESS_KEY, SECRET_KEY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SERVE = "from conformance.reference.serving import serve; serve()"


class Child:
    """A running child process and the lines that it says."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def line(self) -> str:
        """The next line that the process says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def document(self) -> dict[str, Any]:
        """The next line, which is JSON."""
        return dict(json.loads(self.line()))

    def obey(self, line: str) -> dict[str, Any]:
        """What the process answers to a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.document()

    def end(self) -> None:
        """Closes what was opened; kills a process that is still there."""
        self.process.kill()
        self.process.wait(timeout=5)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child("-m", "conformance.reference")
    yield child
    child.end()


def test_the_child_says_what_a_run_needs(child: Child) -> None:
    """One JSON line: the address and every identifier that only the owner of an endpoint can give."""
    facts = child.document()
    assert set(facts) == {
        "url",
        "instance_id",
        "contact_flow_id",
        "second_instance_id",
        "second_contact_flow_id",
        "view_token",
        "auth_session_id",
        "streaming_endpoint_arn",
    }
    assert requests.get(facts["url"] + "/nothing", timeout=5).status_code == 404


def test_the_clock_moves_on_command(child: Child) -> None:
    """After ``advance 86400`` the endpoint's Date is the next day."""
    url = child.document()["url"]
    before = requests.get(url, timeout=5).headers["Date"]
    assert child.obey("advance 864000")["advanced"] == 864000
    assert requests.get(url, timeout=5).headers["Date"][5:16] != before[5:16]


@pytest.mark.parametrize(
    "line", ["advance", "advance -1", "advance soon", "advance nan", "advance inf", "retreat 5", ""]
)
def test_another_command_is_named_as_wrong(child: Child, line: str) -> None:
    """A line that cannot be obeyed is answered, and the next one is obeyed."""
    child.document()
    assert set(child.obey(line)) == {"error"}
    assert child.obey("advance 0.5")["advanced"] == 0.5


def test_the_child_becomes_another_endpoint_and_itself_again(child: Child) -> None:
    """``become FAULT,... VARIANT...`` starts afresh with what is named, ``become -`` with nothing."""
    url = child.document()["url"] + "/participant/event"
    fault = "SendEvent.reply.request-id.absent"
    assert child.obey(f"become {fault}") == {"became": [fault]}
    assert "x-amzn-RequestId" not in requests.post(url, json={}, timeout=5).headers
    assert child.obey("become - type-in-code") == {"became": ["-", "type-in-code"]}
    answer = requests.post(url, json={}, timeout=5)
    assert "x-amzn-RequestId" in answer.headers
    assert "code" in answer.json()


@pytest.mark.parametrize("line", ["become nonsense", "become - nonsense"])
def test_an_unknown_fault_or_reading_leaves_the_child_as_it_is(child: Child, line: str) -> None:
    child.document()
    assert "nonsense" in child.obey(line)["error"]
    assert child.obey("advance 0.5")["advanced"] == 0.5


def test_a_clock_that_was_moved_is_right_again_in_a_fresh_service(child: Child) -> None:
    """What one trial did to the endpoint is no matter for the next."""
    url = child.document()["url"]
    before = requests.get(url, timeout=5).headers["Date"]
    child.obey("advance 864000")
    child.obey("become -")
    assert requests.get(url, timeout=5).headers["Date"][5:16] == before[5:16]


def test_the_child_ignores_an_interrupt_and_ends_with_its_parent(child: Child) -> None:
    """Ctrl-C goes to the whole terminal, so that the child waits for the end of its stdin."""
    url = child.document()["url"]
    child.process.send_signal(signal.SIGINT)
    assert requests.get(url, timeout=5).status_code == 404
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.process.wait(timeout=5) == 0


def test_the_foreground_server_says_what_to_do_with_it() -> None:
    """``serve`` prints its address and the options of a run against it, and ends with an interrupt."""
    child = Child("-c", SERVE)
    try:
        url = child.line().split()[5]
        assert requests.get(url, timeout=5).status_code == 404
        child.process.send_signal(signal.SIGINT)
        assert child.process.stdout is not None
        directions = child.process.stdout.read()
        assert child.process.wait(timeout=5) == 0
    finally:
        child.end()
    assert f"connect-conformance run --target {url} " in directions
    assert "--view-token" in directions


def test_behind_a_gateway_the_urls_that_it_hands_out_lead_there() -> None:
    """A base path of the gateway stays in front of each."""
    public = "http://127.0.0.1:9/connect"
    serving = f"from conformance.reference.serving import Place, serve; serve(Place(public_url={public!r}))"
    child = Child("-c", serving)
    try:
        url = child.line().split()[5]
        signing = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, "region_name": "us-east-1"}
        started = boto3.client("connect", endpoint_url=url, **signing).start_chat_contact(
            InstanceId=INSTANCE_ID, ContactFlowId=CONTACT_FLOW_ID, ParticipantDetails={"DisplayName": "Ann"}
        )
        connected = boto3.client("connectparticipant", endpoint_url=url, **signing).create_participant_connection(
            ParticipantToken=started["ParticipantToken"], Type=["WEBSOCKET"]
        )
        child.process.send_signal(signal.SIGINT)
        assert child.process.stdout is not None
        directions = child.process.stdout.read()
    finally:
        child.end()
    assert connected["Websocket"]["Url"].startswith("ws://127.0.0.1:9/connect/participant/websocket?token=")
    assert f"connect-conformance run --target {public} " in directions
