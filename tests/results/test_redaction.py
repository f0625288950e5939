import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.wire import SIGNED_URL, Exchange, Request, Response
from conformance.results.redaction import mark, redact, redact_headers, redact_request, redact_response, redact_text

SECRET = "QVFJREFIaG1hcmtlZFNlY3JldFZhbHVl"
TOKEN_MEMBERS = [
    "ParticipantToken",
    "ConnectionToken",
    "JoinToken",
    "ViewToken",
    "Url",
    "AuthenticationUrl",
    "AudioHostUrl",
    "AudioFallbackUrl",
    "SignalingUrl",
    "TurnControlUrl",
    "EventIngestionUrl",
]


def request(**changes: object) -> Request:
    plain = {"operation": "SendMessage", "method": "POST", "path": "/participant/message"}
    return Request(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["Authorization", "X-Amz-Bearer", "x-amz-bearer", "X-Amz-Security-Token", "Cookie", "Set-Cookie", "X-Api-Key"],
)
def test_a_secret_header_is_replaced_in_any_letter_case(name: str) -> None:
    assert redact_headers(((name, SECRET),)) == ((name, mark(SECRET)),)
    assert SECRET not in mark(SECRET)


def test_a_bearer_token_has_one_mark_in_either_header() -> None:
    """A reader, and a script, see that it is the token of the other header."""
    assert redact_headers((("Authorization", f"Bearer {SECRET}"),)) == (("Authorization", f"Bearer {mark(SECRET)}"),)


def test_an_empty_secret_header_stays_as_evidence() -> None:
    assert redact_headers((("X-Amz-Bearer", ""),)) == (("X-Amz-Bearer", ""),)


def test_other_headers_stay_but_for_signed_urls() -> None:
    headers = (("Content-Type", "application/json"), ("Location", f"https://s3.test/a?sig={SECRET}"))
    clean = redact_headers(headers)
    assert clean[0] == headers[0]
    assert SECRET not in clean[1][1]


@pytest.mark.parametrize("member", TOKEN_MEMBERS)
def test_a_secret_member_is_replaced_at_any_depth(member: str) -> None:
    body = json.dumps({"Other": "stays", "List": [{member: SECRET}]}).encode()
    clean = redact_response(Response(200, (), body)).body
    assert json.loads(clean) == {"Other": "stays", "List": [{member: mark(SECRET)}]}


@pytest.mark.parametrize(
    "text",
    [
        f'{{"ParticipantToken" \n:  "{SECRET}"}}',
        f'{{"participantToken": "{SECRET}"}}',
        f'{{"ParticipantToken": "{SECRET}',
        f'{{"ParticipantToken": "{SECRET}\\',
        f'{{"ParticipantToken": "a\\"{SECRET}"}}',
        f'{{"ParticipantToken": "a\\\n{SECRET}"}}',
        json.dumps({"topic": "aws/chat", "content": json.dumps({"ConnectionToken": SECRET})}),
        json.dumps({"topic": "aws/chat", "content": json.dumps({"ConnectionToken": SECRET})})[:-5],
        f"see wss://chat.test/ws?token={SECRET} now",
        f'{{"message": "try http://127.0.0.1:1/a?X-Amz-Signature={SECRET}"}}',
    ],
)
def test_a_secret_is_replaced_however_it_is_written(text: str) -> None:
    assert SECRET not in redact_text(text)


def test_empty_secrets_and_plain_urls_stay_as_evidence() -> None:
    text = '{"ParticipantToken": "", "Url": "", "Content": "https://example.test/page"}'
    assert redact_text(text) == text


def test_a_body_keeps_what_is_no_secret_byte_for_byte() -> None:
    body = b'{"Content": "\xff\xfe \xf0\x9d\x84\x9e", "NextToken": "n"}'
    assert redact_response(Response(200, (), body)).body == body


def test_the_token_in_the_path_of_a_view_is_replaced() -> None:
    clean = redact_request(request(path=f"/participant/views/{SECRET}"))
    assert clean.path == f"/participant/views/{mark(SECRET)}"


def test_a_query_is_replaced_as_a_whole() -> None:
    assert SECRET not in redact_request(request(path=f"/upload/7?X-Amz-Signature={SECRET}")).path
    assert redact_request(request(path="/upload/7?a=b")).path.startswith("/upload/7?<redacted 3 characters")


def test_the_bearer_is_hidden_where_the_endpoint_repeats_it() -> None:
    reply = Response(403, (("x-echo", f"<{SECRET}>"),), f'{{"message": "bad token {SECRET}"}}'.encode())
    clean = redact(Exchange(request(headers=(("X-Amz-Bearer", SECRET),)), reply, failure=f"{SECRET} was refused"))
    assert SECRET not in repr(clean)
    assert clean.response is not None
    assert clean.response.members["message"] == f"bad token {mark(SECRET)}"


def test_a_short_bearer_of_a_test_does_not_blot_out_a_reply() -> None:
    reply = Response(403, (), b'{"message": "a bad token"}')
    assert redact(Exchange(request(headers=(("X-Amz-Bearer", "a"),)), reply)).response == reply


def test_an_exchange_keeps_everything_else() -> None:
    exchange = Exchange(request(), Response(429, (), b"{}", truncated=True), 1.5, 0.25, attempt=2)
    assert redact(exchange) == exchange
    assert redact(Exchange(request(), None, failure="timed out")).failure == "timed out"


@given(token=st.text(min_size=1), other=st.text(min_size=1))
def test_marks_tell_secrets_apart_and_show_their_length(token: str, other: str) -> None:
    assert mark(token).startswith(f"<redacted {len(token)} characters #")
    assert (mark(token) == mark(other)) == (token == other)


@given(token=st.text(st.sampled_from('ab"\\/\n é𝄞'), min_size=1))
def test_a_token_of_any_text_is_replaced_in_json(token: str) -> None:
    body = json.dumps({"ConnectionToken": token, "Expiry": "soon"})
    assert json.loads(redact_text(body))["Expiry"] == "soon"
    assert json.loads(redact_text(body))["ConnectionToken"].startswith("<redacted ")


def test_a_url_that_was_asked_is_hidden_whole_and_so_are_secrets_in_what_was_sent_there() -> None:
    body = b'{"ConnectionToken": "a-secret-token"}'
    clean = redact_request(Request(SIGNED_URL, "PUT", "https://h/upload?X-Amz-Signature=abc", (), body))
    assert clean.path == mark("https://h/upload?X-Amz-Signature=abc")
    assert b"a-secret-token" not in clean.body


@pytest.mark.parametrize("kept", [12, 20, 30])
def test_the_beginning_of_a_secret_at_the_end_of_a_reply_that_was_cut_is_hidden(kept: int) -> None:
    bearer, header = "bearer-" + "b" * 40, "header-" + "h" * 40
    for secret in (bearer, header):
        reply = Response(400, (), b'{"message":"no ' + secret[:kept].encode(), truncated=True)
        clean = redact(Exchange(request(headers=(("X-Amz-Bearer", bearer),)), reply), (header,)).response
        assert clean is not None
        assert secret[:8].encode() not in clean.body
        assert clean.body.startswith(b'{"message":"no <redacted')


def test_secrets_of_the_run_are_hidden_where_the_endpoint_repeats_them() -> None:
    reply = Response(400, (("X-Sent", "a header of the run"),), b"a header of the run, again")
    clean = redact(Exchange(request(), reply), ("a header of the run",)).response
    assert clean is not None
    assert b"header" not in clean.body
    assert "header" not in str(clean.headers)
