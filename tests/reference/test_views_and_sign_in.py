"""DescribeView, GetAuthenticationUrl and CancelParticipantAuthentication."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from conformance.reference.instances import AUTH_SESSION_ID, VIEW_TOKEN
from tests.reference.account import NOT_FOUND, VALIDATION, Account, Chat, members_of, refusal_of


def test_the_known_view_is_described(chat: Chat) -> None:
    """A view has an id, an ARN, a name, a version and its content."""
    view = members_of(chat.call("DescribeView", ViewToken=VIEW_TOKEN))["View"]
    assert set(view) == {"Id", "Arn", "Name", "Version", "Content"}
    assert set(view["Content"]) == {"InputSchema", "Template", "Actions"}


def test_an_unknown_view_is_named_as_missing(chat: Chat) -> None:
    """ResourceNotFoundException 404 tells ResourceId and ResourceType (W-27)."""
    reply = chat.call("DescribeView", ViewToken="unknown")
    assert refusal_of(reply) == NOT_FOUND
    assert (reply.members["ResourceId"], reply.members["ResourceType"]) == ("unknown", "VIEW")


@pytest.mark.parametrize("redirect", ["https://example.com/back?a=b&c=d#e", "https://example.com/" + "a" * 1004])
def test_the_sign_in_url_brings_the_customer_back(chat: Chat, redirect: str) -> None:
    """The URL carries the whole RedirectUri, up to its 1,024 characters, and has at most 2,083 itself."""
    reply = members_of(chat.call("GetAuthenticationUrl", SessionId=AUTH_SESSION_ID, RedirectUri=redirect))
    url = reply["AuthenticationUrl"]
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [redirect]
    assert len(url) <= 2083


def test_a_redirect_that_makes_the_url_too_long_is_refused(chat: Chat) -> None:
    """1,024 characters that all need escaping do not fit."""
    redirect = "https://example.com/" + "é" * 1004
    reply = chat.call("GetAuthenticationUrl", SessionId=AUTH_SESSION_ID, RedirectUri=redirect)
    assert refusal_of(reply) == VALIDATION


@pytest.mark.parametrize("name", ["GetAuthenticationUrl", "CancelParticipantAuthentication"])
def test_an_unknown_session_is_refused(chat: Chat, name: str) -> None:
    """SessionId is the one of the event that initiated the authentication."""
    redirect = {"RedirectUri": "https://example.com/"} if name == "GetAuthenticationUrl" else {}
    assert refusal_of(chat.call(name, SessionId="0" * 36, **redirect)) == VALIDATION


def test_a_sign_in_is_good_for_a_minute(account: Account, chat: Chat) -> None:
    """GetAuthenticationUrl is for the first minute of a session; a new chat has a new one."""
    arguments = {"SessionId": AUTH_SESSION_ID, "RedirectUri": "https://example.com/"}
    account.service.advance(60)
    assert chat.call("GetAuthenticationUrl", **arguments).status == 200
    account.service.advance(1)
    assert refusal_of(chat.call("GetAuthenticationUrl", **arguments)) == VALIDATION
    assert account.chat().call("GetAuthenticationUrl", **arguments).status == 200


def test_a_cancelled_sign_in_is_over(account: Account, chat: Chat) -> None:
    """After CancelParticipantAuthentication the session of this chat, and of no other, gives no URL."""
    arguments = {"SessionId": AUTH_SESSION_ID, "RedirectUri": "https://example.com/"}
    for _ in range(2):
        members_of(chat.call("CancelParticipantAuthentication", SessionId=AUTH_SESSION_ID))
    assert refusal_of(chat.call("GetAuthenticationUrl", **arguments)) == VALIDATION
    assert account.chat().call("GetAuthenticationUrl", **arguments).status == 200


def test_a_cancelled_sign_in_is_announced(chat: Chat) -> None:
    """The chat hears of it as an event (P-12)."""
    members_of(chat.call("CancelParticipantAuthentication", SessionId=AUTH_SESSION_ID))
    (item,) = chat.transcript()
    assert item["ContentType"] == "application/vnd.amazonaws.connect.event.authentication.cancelled"
