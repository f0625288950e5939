"""Whole runs with a proxy in the environment: never judged, named wherever one is used, and used by everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.results.verdicts import ExitCode
from tests.endpoint.raw_endpoint import Endpoint, Script
from tests.endpoint.raw_proxy import FORBIDDEN, answering_all, forwarding, tunnelling
from tests.suite.conftest import IDS, Finished, Judge, RunSuite

FAR = "http://endpoint.invalid/base"
NAME = "StartChatContact.ParticipantDetails.DisplayName.length-max"
SMOKE = ("--depth", "smoke")
Start = Callable[[Script], Endpoint]


def proxy_environment(url: str) -> Mapping[str, str]:
    """An environment with one proxy for everything and no exception."""
    return {"HTTP_PROXY": url, "HTTPS_PROXY": url, "ALL_PROXY": url, "NO_PROXY": ""}


def test_the_embedded_reference_needs_no_proxy(run_suite: RunSuite, endpoint: Start) -> None:
    proxy = endpoint(answering_all(FORBIDDEN))
    scope = ("--requirement", "SendMessage.*", "--requirement", "*Socket*")
    done = run_suite(*SMOKE, *scope, variables=proxy_environment(proxy.url))
    assert done.code == ExitCode.CONFORMANT, done.output
    assert proxy.received == []
    where = done.report["environment"]
    assert where["proxies"] == {}
    assert list(where["clocks"].values()) == [0]
    assert where["working_directory"] == str(done.directory.parent)
    assert "HTTP_PROXY" in where["variables"]
    assert where["plugins"]["pytest-html"]
    assert "proxy" not in done.output


def test_what_a_proxy_says_itself_is_inconclusive_and_names_it(run_suite: RunSuite, endpoint: Start) -> None:
    proxy = endpoint(answering_all(FORBIDDEN))
    user = proxy.url.replace("://", "://somebody:secret-word@")
    done = run_suite(*SMOKE, "--target", FAR, *IDS, "--requirement", "SendMessage.*", variables=proxy_environment(user))
    assert done.code == ExitCode.INCOMPLETE, done.output
    assert set(done.verdicts().values()) <= {"inconclusive", "untested", "not-applicable"}
    assert f"the proxy {proxy.url} answered 403" in done.output
    assert done.report["environment"]["proxies"] == {FAR: proxy.url}
    for file in done.directory.iterdir():
        assert not file.is_file() or b"secret-word" not in file.read_bytes(), file


@pytest.fixture(params=[tunnelling, forwarding])
def judged_through(request: pytest.FixtureRequest, judge: Judge, endpoint: Start) -> tuple[Finished, Mapping[str, str]]:
    """A run that finds a fault of an endpoint behind a proxy, and the environment that it ran in."""
    found: list[Mapping[str, str]] = []

    def behind(url: str) -> tuple[str, Mapping[str, str]]:
        found.append(proxy_environment(endpoint(request.param(urlsplit(url).port)).url))
        return FAR.removesuffix("/base"), found[0]

    return judge("too-lax", options=(*SMOKE, "--requirement", NAME), around=behind), found[0]


def test_everything_goes_through_the_proxy_and_says_so(judged_through: tuple[Finished, Mapping[str, str]]) -> None:
    done, around = judged_through
    assert done.code == ExitCode.NON_CONFORMANT, done.output
    violation, proxy = done.violation(NAME), around["HTTP_PROXY"]
    assert violation["script"] == {"times": 2, "of": 2, "difference": None}
    for shown in (done.output, *(read(done.directory / f"compliance.{form}") for form in ("html", "md", "json"))):
        assert proxy in shown.replace("\\", "")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
