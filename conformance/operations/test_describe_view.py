"""DescribeView: the token of an interactive message returns its view, and no other token does."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from conformance.checks.errors import error_text
from conformance.scenario.attachments import alter
from conformance.scenario.markers import verifies
from conformance.scenario.participants import object_at
from conformance.scenario.scenario import Scenario

LONGEST = 1_000  # code points of a ViewToken


@verifies(
    "DescribeView.ViewToken.gives-view",
    "DescribeView.ViewToken.percent-encoded",
    "DescribeView.ViewToken.of-another-chat",
)
def test_a_view_token_gives_its_view(scenario: Scenario) -> None:
    """The endpoint returns the view of an interactive message's token, whatever characters the token has."""
    token, chat = scenario.option("view_token"), scenario.chat()
    answer = chat.call("DescribeView", ViewToken=token)
    with scenario.claim("DescribeView.ViewToken.gives-view") as claim:
        claim.success(answer, "DescribeView with the token of a view")
        claim.success(chat.call("DescribeView", ViewToken=token), "DescribeView with the same token again")
        view = object_at(scenario.need(answer), "View")
        found = {name: bool(view.get(name)) for name in ("Id", "Content")}
        claim.equal(found, {"Id": True, "Content": True}, "what the view has")
    if quote(token, safe="") == token:
        scenario.not_applicable(
            "the view token has no character that is percent-encoded", "DescribeView.ViewToken.percent-encoded"
        )
    else:
        with scenario.claim("DescribeView.ViewToken.percent-encoded") as claim:
            claim.success(answer, "a ViewToken that is percent-encoded in the path")
    other = scenario.chat().call("DescribeView", ViewToken=token).response
    with scenario.claim("DescribeView.ViewToken.of-another-chat") as claim:
        claim.record("no answer" if other is None else "the view" if other.succeeded else f"refused, {other.status}")


@verifies("DescribeView.ViewToken.unknown-refused", "DescribeView.ViewToken.unknown-type")
def test_an_unknown_view_token_gives_no_view(scenario: Scenario) -> None:
    """The endpoint returns no view for a token that it never issued."""
    chat = scenario.chat()
    given = scenario.verifier.conversations.given.get("view_token")
    tokens = [str(uuid.uuid4()), "x", "A" * 1000, *_near(given)]
    for token in tokens:
        answer = chat.call("DescribeView", ViewToken=token)
        with scenario.claim("DescribeView.ViewToken.unknown-refused") as claim:
            claim.any_refusal(answer, "a ViewToken that was never handed out")
        with scenario.claim("DescribeView.ViewToken.unknown-type") as claim:
            claim.record(error_text(answer))


def _near(token: str | None) -> list[str]:
    """Texts that an inexact comparison takes for `token`."""
    if token is None:
        return []
    near = (alter(token), token[: len(token) // 2], f"{token}x", token.swapcase())
    return [text for text in near if text != token and len(text) <= LONGEST]
