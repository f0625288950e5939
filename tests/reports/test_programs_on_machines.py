"""The programs of a report on machines with settings of their own: they go the way that the run went."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.endpoint.raw_endpoint import Endpoint
from tests.endpoint.raw_proxy import forwarding
from tests.reports.ledgers import INSTANCE, answer, exchange, violate
from tests.reports.stub import Stub, running_stub
from tests.reports.test_reproduction import Programs, programs

RID = "StartChatContact.ContactFlowId.length-max"
START = exchange("StartChatContact", {"InstanceId": INSTANCE, "ContactFlowId": "f" * 501}, answer(200))
DEAD = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
Runner = Callable[[Programs, Mapping[str, str]], None]


def run_shell(found: Programs, variables: Mapping[str, str]) -> None:
    finish(["bash", "-c", f"set -e\n{found[0]}"], variables, code=0)


def run_python(found: Programs, variables: Mapping[str, str]) -> None:
    finish([sys.executable, "-c", found[1]], variables, code=1)  # the stub breaks the promise again


def finish(command: list[str], variables: Mapping[str, str], *, code: int) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")} | dict(variables)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == code, done.stderr


BOTH = pytest.mark.parametrize(
    "run",
    [
        pytest.param(run_shell, id="curl", marks=pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")),
        pytest.param(run_python, id="python"),
    ],
)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub() as found:
        yield found


@BOTH
def test_a_run_that_went_the_direct_way_is_repeated_on_it(stub: Stub, run: Runner) -> None:
    run(programs(stub.url, violate(RID, exchanges=(START,))), DEAD)
    assert [asked.path for asked in stub.asked] == ["/contact/chat", "/contact/stop"]


@BOTH
@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_run_that_went_through_a_proxy_is_repeated_through_it(stub: Stub, run: Runner, variable: str) -> None:
    proxy = Endpoint(forwarding(urlsplit(stub.url).port or 0))
    proxy.start()
    far = "http://endpoint.invalid"
    found = programs(far, violate(RID, exchanges=(START,)), proxies={far: proxy.url})
    assert all(proxy.url in program for program in found)
    run(found, {variable: proxy.url})
    proxy.stop()
    assert [asked.path for asked in stub.asked] == ["/contact/chat", "/contact/stop"]


@BOTH
def test_what_a_home_directory_holds_changes_no_request(stub: Stub, run: Runner, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password word\n")
    (tmp_path / ".netrc").chmod(0o600)
    (tmp_path / ".curlrc").write_text('netrc\nheader = "X-Own: 1"\nproxy = "http://127.0.0.1:9"\n')
    unsigned = exchange("SendEvent", {"ContentType": "text/plain"}, answer(200))
    run(programs(stub.url, violate(exchanges=(unsigned,))), {"HOME": str(tmp_path)})
    assert stub.last("/participant/event").header("Authorization") is None
    assert all(asked.header("X-Own") is None for asked in stub.asked)
    assert (stub.asked[0].header("Authorization") or "").startswith("AWS4-HMAC-SHA256")


def test_certificates_that_the_run_trusted_are_named_in_both_programs() -> None:
    for program in programs("https://e.example", violate(RID, exchanges=(START,)), ca_bundle="/etc/own ca.pem"):
        assert "/etc/own ca.pem" in program
