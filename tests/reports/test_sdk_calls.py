"""Recorded calls made by boto3, and the one sentence where it cannot make them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.wire import Exchange, Response
from reports.reproduction import boto3_script_of
from reports.run import run_of
from reports.sdk_calls import NotSendable, sdk_call
from reports.traceability import requirement_results
from tests.reports.ledgers import FAILED, answer, entries_of, exchange, violate
from tests.reports.stub import running_stub

MESSAGE = {"ContentType": "text/plain", "Content": "Hello"}


def record(seen: Exchange) -> dict[str, Any]:
    (entry,) = (e for e in entries_of([violate(exchanges=(seen,))]) if e["entry"] == "observation")
    return dict(entry["exchanges"][0])


def test_members_are_arguments_wherever_they_travel() -> None:
    call = sdk_call(record(exchange("SendMessage", MESSAGE, answer(200), token="t" * 40)), 1)
    assert call is not None
    assert (call.service, call.method) == ("connectparticipant", "send_message")
    assert {**call.arguments, "ConnectionToken": "x"} == {**MESSAGE, "ConnectionToken": "x"}
    get = exchange("GetContactAttributes", {}, answer(200))
    named = replace(get, request=replace(get.request, path="/contact/attributes/inst%20ance/contact", body=b""))
    read = sdk_call(record(named), 1)
    assert read is not None
    assert read.arguments == {"InstanceId": "inst ance", "InitialContactId": "contact"}


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"ContentType": "text/plain"}, 'Missing required parameter in input: "Content"'),
        ({**MESSAGE, "Content": 17}, "Invalid type for parameter Content"),
        ({**MESSAGE, "Another": "x"}, 'Unknown parameter in input: "Another"'),
    ],
)
def test_what_its_own_checks_refuse_is_said(members: dict[str, Any], why: str) -> None:
    seen = record(exchange("SendMessage", members, answer(200), token="t" * 40))
    with pytest.raises(
        NotSendable, match=r"boto3 cannot send call 3, SendMessage, as it was sent \(.*use --form"
    ) as raised:
        sdk_call(seen, 3)
    assert why in str(raised.value)


@pytest.mark.parametrize("body", [b'{"Content": "a", "Content": "b", "ContentType": "text/plain"}', b"[]", b"{"])
def test_a_body_that_is_no_plain_object_is_said(body: bytes) -> None:
    seen = exchange("SendMessage", MESSAGE, answer(200), token="t" * 40)
    with pytest.raises(NotSendable, match="names each member once"):
        sdk_call(record(replace(seen, request=replace(seen.request, body=body))), 1)


def test_a_header_that_it_does_not_send_is_said() -> None:
    seen = exchange("SendMessage", MESSAGE, answer(200), token="t" * 40)
    headers = (*seen.request.headers, ("Origin", "https://a.example"))
    with pytest.raises(NotSendable, match="it sends no header Origin"):
        sdk_call(record(replace(seen, request=replace(seen.request, headers=headers))), 1)


@pytest.mark.parametrize(("reply", "actual", "code"), [(answer(200), "200", 1), (answer(400), "400 X", 0)])
def test_its_script_ends_as_that_of_requests(reply: Response, actual: str, code: int) -> None:
    with running_stub() as stub:
        call = exchange("SendMessage", MESSAGE, reply, token="t" * 40)
        seen = violate(FAILED, actual=actual, exchanges=(call,))
        entries = entries_of([seen], endpoint=stub.url, participant_endpoint=stub.url)
        run = run_of(entries)
        (result,) = (found for found in requirement_results(entries, run) if found.violation)
        script = boto3_script_of(result, run)
        done = subprocess.run(
            [sys.executable, "-c", str(script)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (code, "")
        asked = stub.last("/participant/message")
    assert "boto" in (asked.header("User-Agent") or "").lower()
    assert "ClientToken" not in asked.body
