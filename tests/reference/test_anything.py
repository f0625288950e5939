"""Nothing that a client can send is a server error, or changes what the endpoint promises about its replies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.errors import statuses_of
from conformance.contract.model import Kind, Location, Member, Operation, operations
from conformance.contract.wire import Request, Response
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from tests.reference.account import Account

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8)
TEXTS = st.sampled_from(
    [INSTANCE_ID, CONTACT_FLOW_ID, "text/plain", "{}", "2026-01-01T00:00:00Z", "a.txt", "\x00", "\ud800", "😀" * 9]
)


def near(member: Member) -> st.SearchStrategy[Any]:
    """Values that look like the member's, and others."""
    if member.kind is Kind.STRUCTURE and member.members:
        return st.fixed_dictionaries({}, optional={m.name: near(m) for m in member.members}) | JSON
    if member.kind is Kind.LIST and member.members:
        return st.lists(near(member.members[0]), max_size=3) | JSON
    if member.kind is Kind.MAP and member.members:
        return st.dictionaries(st.text(max_size=5), near(member.members[1]), max_size=3) | JSON
    return {Kind.STRING: TEXTS | st.text(), Kind.BOOLEAN: st.booleans()}.get(
        member.kind, st.integers()
    ) | st.sampled_from(member.enum or (None,))


def bodies(covered: Operation) -> st.SearchStrategy[bytes]:
    """JSON texts for the operation, and bytes that are none."""
    members = {m.name: near(m) for m in covered.input.members if m.location is Location.BODY}
    texts = st.fixed_dictionaries({}, optional=members) | JSON
    return texts.map(lambda document: json.dumps(document).encode()) | st.binary()


def check_promises(covered: Operation, response: Response) -> None:
    """The status is one of success or of a documented exception, and a refusal names its type."""
    if response.status != 200:
        named = response.header("x-amzn-ErrorType") or ""
        assert response.status in statuses_of(covered, named)
    assert isinstance(response.document, dict)


@pytest.mark.parametrize("covered", operations().values(), ids=lambda covered: covered.name)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_body_gets_a_documented_answer(covered: Operation, data: st.DataObject) -> None:
    """Every operation, with the right bearer or signature and any body, answers as the contract allows."""
    account = Account()
    chat = account.chat()
    token = chat.participant_token if covered.name == "CreateParticipantConnection" else chat.token
    path = covered.uri.replace("{InstanceId}", INSTANCE_ID).replace("{ViewToken}", "v")
    path = path.replace("{ContactId}", chat.contact_id).replace("{InitialContactId}", chat.contact_id)
    headers = (("Content-Type", "application/json"), ("X-Amz-Bearer", token))
    request = Request("", covered.method, path, headers, data.draw(bodies(covered)))
    check_promises(covered, account.send(account.sign(request) if covered.signed else request))


@given(
    path=st.text(alphabet=st.characters(codec="latin-1"), max_size=40), method=st.sampled_from(["GET", "PUT", "POST"])
)
@settings(max_examples=300, deadline=None)
def test_any_path_gets_a_refusal(path: str, method: str) -> None:
    """No path is a server error, those of signed URLs included."""
    account = Account()
    for prefix in ("/", "/participant/views/", "/contacts/", "/uploads/", "/downloads/", "/uploads/x?expires="):
        assert 400 <= account.send(Request("", method, prefix + path)).status < 500


@given(
    name=st.sampled_from(["authorization", "x-amz-bearer", "x-amz-date", "host"]),
    value=st.text(alphabet=st.characters(codec="latin-1")),
)
@settings(max_examples=300, deadline=None)
def test_any_header_gets_an_answer(name: str, value: str) -> None:
    """No header that authenticates is a server error, whatever stands in it."""
    account = Account()
    signed = account.sign(Request("", "PUT", "/contact/chat", (("Content-Type", "application/json"),), b"{}"))
    assert account.send(signed.with_header(name, value)).status < 500
    message = Request("", "POST", "/participant/message", (), b"{}")
    assert 400 <= account.send(message.with_header(name, value)).status < 500
