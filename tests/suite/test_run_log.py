"""run.html: each row leads to its requirements, and a violation shows its evidence, however the tests are run."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from tests.suite.conftest import Finished, Judge

NAME = "StartChatContact.ParticipantDetails.DisplayName"
SCOPE = ("--depth", "smoke", "--requirement", f"{NAME}.length-*")


def rows(finished: Finished) -> dict[str, Any]:
    """The rows of run.html by test."""
    page = (finished.directory / "run.html").read_text()
    blob = re.search(r'data-jsonblob="([^"]*)"', page)
    assert blob is not None
    tests: dict[str, Any] = json.loads(html.unescape(blob[1]))["tests"]
    return {nodeid.partition("[")[2].removesuffix("]"): row for nodeid, (row,) in tests.items()}


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "spread"])
def test_a_violation_shows_what_was_sent_and_what_came_back(judge: Judge, processes: tuple[str, ...]) -> None:
    found = rows(judge("too-lax", options=(*SCOPE, *processes)))
    (shown,) = found[f"{NAME}.length-max"]["extras"]
    assert shown["format_type"] == "html"
    for word in ("(257 code points) is refused", "PUT /contact/chat", "HTTP 200", f"compliance.html#{NAME}.length-max"):
        assert word in shown["content"]
    assert found[f"{NAME}.length-min"]["extras"] == []
    assert f"compliance.html#{NAME}.length-min" in "".join(found[f"{NAME}.length-min"]["resultsTableRow"])


def test_the_suite_does_without_the_log(judge: Judge) -> None:
    finished = judge("too-lax", options=(*SCOPE, "-p", "no:html"))
    assert "INTERNALERROR" not in finished.output
    assert finished.verdicts()[f"{NAME}.length-max"] == "fail"
    assert not (finished.directory / "run.html").exists()


def test_the_suite_does_without_pytests_cache(judge: Judge) -> None:
    """The project's settings name the cache's directory, which pytest takes for a mistake where nobody keeps one."""
    finished = judge("too-lax", options=(*SCOPE, "-p", "no:cacheprovider"))
    assert "cache_dir" not in finished.output
    assert finished.verdicts()[f"{NAME}.length-max"] == "fail"
