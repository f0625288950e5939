"""Odd requests of which one shows what several would."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.contract.model import operation
from conformance.contract.wire import to_request
from strategies.malformed import in_both_forms, odd_requests, together

START = operation("StartChatContact")


def test_odd_texts_of_several_members_go_into_one_request() -> None:
    request, names = together(START, odd_requests(START, "robustness.nul"))
    assert names == ("Attributes.value", "ParticipantDetails.DisplayName", "InitialMessage.Content")
    assert request.arguments["Attributes"] == {"k": "a\x00b"}
    assert request.arguments["ParticipantDetails"]["DisplayName"] == "a\x00b"
    assert request.arguments["InitialMessage"]["Content"] == "a\x00b"


def test_what_changes_the_same_member_does_not_go_together() -> None:
    _, names = together(START, odd_requests(START, "robustness.odd-keys"))
    assert len([name for name in names if name.startswith("Attributes ")]) == 1


def test_a_request_has_both_forms() -> None:
    charset, case = (next(odd_requests(START, f"request.{form}")) for form in ("charset", "header-case"))
    request = replace(to_request(START, {}), body=json.dumps({}).encode())
    headers = dict(in_both_forms(charset, case).alter(request).headers)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert not [name for name in headers if name != name.lower()]
