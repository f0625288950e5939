"""Successes whose bodies cannot be used: what they are said to be, and what to do."""

from __future__ import annotations

import gzip

import pytest

from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.wire import Response
from tests.checks.diagnosis.exchanges import exchange, page, reply

SUCCESSES = [
    (
        reply(200, gzip.compress(b'{"ContactId": "c"}'), Content_Type="application/json", Content_Encoding="gzip"),
        (
            "200 with a body in the content coding gzip, which the request did not accept (Accept-Encoding: identity); "
            "have replies compressed only for clients that ask for it with Accept-Encoding"
        ),
    ),
    (
        page(200, "Welcome to the Wi-Fi"),
        (
            '200 with an HTML page titled "Welcome to the Wi-Fi": a login page, a captive portal or a web site answers '
            "in place of the API; give the API's own address as --target"
        ),
    ),
    (
        reply(200, "<html><h1>It works!</h1></html>", Content_Type="application/json"),
        (
            '200 with an HTML page titled "It works!": a login page, a captive portal or a web site answers in '
            "place of the API; give the API's own address as --target"
        ),
    ),
    (reply(200), "200 with an empty body; is --target the address of the API?"),
    (reply(204), "204 with an empty body; is --target the address of the API?"),
    (
        reply(200, gzip.compress(b"{}")),
        (
            "200 with a body in gzip, which no Content-Encoding tells; have replies compressed only for clients that "
            "ask for it with Accept-Encoding"
        ),
    ),
    (
        reply(200, '{"ContactId": "c'),
        (
            "200 with JSON that breaks off after 16 bytes; see whether Content-Length is too small, or a gateway cuts "
            "replies"
        ),
    ),
    (
        reply(200, '{"ContactId": "\u00e9"}'.encode("latin-1")),
        "200 with JSON with bytes that are not UTF-8; have JSON written in UTF-8 without a mark",
    ),
    (reply(200, "[1]"), "200 with a JSON list; is --target the address of the API?"),
    (reply(200, "<ok/>", Content_Type="text/xml"), "200 with an XML document; is --target the address of the API?"),
    (reply(200, "pong"), "200 with 4 bytes that are not JSON; is --target the address of the API?"),
]


@pytest.mark.parametrize(("response", "sentence"), SUCCESSES)
def test_a_success_that_cannot_be_read_says_what_is_wrong(response: Response, sentence: str) -> None:
    assert str(cause_of(exchange(response))) == sentence
