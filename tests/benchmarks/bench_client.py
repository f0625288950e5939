"""Requests a second of the target against a bare session: `python tests/benchmarks/bench_client.py [SECONDS]`.

Both send the same bodies, in turns, to the same minimal endpoint on loopback in another process.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import requests
import uvicorn

from conformance.contract.model import operation
from conformance.contract.wire import Request, to_request
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.settings import build_settings
from conformance.endpoint.signing import Signer

ROUNDS = 5
CALLS_BETWEEN_LOOKS = 50
REPLY = b'{"ContactId":"0e8a3d04-5c6d-4c5e-9f0a-4d6c5d7e8f90","ParticipantId":"p-1","ParticipantToken":"t-1"}'


async def endpoint(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Answers everything with the same reply, once the body is read."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(REPLY)),
        (b"x-amzn-requestid", b"r"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": REPLY})


@contextmanager
def running_endpoint() -> Iterator[str]:
    """The endpoint in a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, "serve", str(port)])
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def start_chat() -> Request:
    details = {"InstanceId": "instance-1", "ContactFlowId": "flow-1", "ParticipantDetails": {"DisplayName": "Ann"}}
    return to_request(operation("StartChatContact"), {**details, "Attributes": {"key": "value" * 20}})


def send_message() -> Request:
    content = {"ContentType": "text/plain", "Content": "Hello " * 20}
    return to_request(operation("SendMessage"), {"ConnectionToken": "token" * 40, **content})


def per_second(call: Callable[[], object], seconds: float) -> float:
    began, calls = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        for _ in range(CALLS_BETWEEN_LOOKS):
            call()
        calls += CALLS_BETWEEN_LOOKS
    return calls / (time.perf_counter() - began)


def bare(session: requests.Session, url: str, request: Request) -> Callable[[], object]:
    headers = dict(request.headers)
    return lambda: (
        session.request(request.method, url + request.path, data=request.body, headers=headers, timeout=10).content
    )


def compare(url: str, seconds: float) -> None:
    settings = build_settings(url, instance_id="instance-1", contact_flow_id="flow-1")
    signer = Signer(settings.credentials, settings.region)
    with requests.Session() as session, HttpTarget(settings) as target:
        for request in (start_chat(), send_message()):
            calls: dict[str, Callable[[], object]] = {
                "bare session": bare(session, url, request),
                "target, as documented": partial(target.send, request),
                "target, not signed": partial(target.send, request, signed=False),
            }
            rates: dict[str, list[float]] = {name: [] for name in calls}
            for _ in range(ROUNDS):
                for name, call in calls.items():
                    rates[name].append(per_second(call, seconds / ROUNDS))
            base = median(rates["bare session"])
            for name, values in rates.items():
                share = median(values) / base
                print(f"{request.operation:18} {name:22} {median(values):6.0f}/s {share:5.0%}")
        request = replace(start_chat(), headers=(("Host", "127.0.0.1"), *start_chat().headers))
        signing = per_second(
            lambda: signer.sign("connect", "PUT", url + request.path, request.headers, request.body), 0.5
        )
        print(f"one signature: {1e6 / signing:.0f} microseconds")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        uvicorn.run(endpoint, port=int(sys.argv[2]), log_level="warning", http="httptools")
    else:
        with running_endpoint() as address:
            compare(address, float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
