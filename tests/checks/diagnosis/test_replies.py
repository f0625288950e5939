"""What a failing call is said to mean: each sentence follows from the reply, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.wire import Exchange, Response
from tests.checks.diagnosis.exchanges import BASE, call, error, exchange, page, reply

KEEPS_PATH = "have it pass Host and path on as they came (nginx: proxy_set_header Host $http_host)"
OTHER_KEYS = "sign with keys that the endpoint knows (--aws-profile NAME or --aws-credentials)"
HEADER = "give what it wants with --header 'Name: value'"

REDIRECTS = [
    (
        reply(308, Location="https://api.example:8443/contact/chat"),
        (
            "308 to https://api.example:8443 with the same path: the API is served over https only; "
            "give --target https://api.example:8443"
        ),
    ),
    (
        reply(301, Location="https://chat.example.org/v1/contact/chat"),
        (
            "301 to https://chat.example.org/v1 with the same path: the API is at another address; "
            "give --target https://chat.example.org/v1"
        ),
    ),
    (
        reply(307, Location="/v2/contact/chat"),
        (
            "307 to http://api.example:8080/v2 with the same path: the API is at another address; "
            "give --target http://api.example:8080/v2"
        ),
    ),
    (
        reply(307, Location="/contact/chat/"),
        (
            "307 to http://api.example:8080 with the same path: the router wants a slash at the end of the path, which "
            "no client of these services sends; switch that redirect off on the endpoint"
        ),
    ),
    (
        reply(302, Location="https://login.example.org/authorize?state=SECRET"),
        (
            "302 to https://login.example.org/authorize: it leads away from the API, as to a login page or a web site; "
            "give the API's own address as --target, or with --header what lets the call in"
        ),
    ),
    (
        reply(307, Location="http://api.example:8080/contact/chat?cookie=1"),
        (
            "307 to http://api.example:8080 with the same path: it leads back to the same address, as where a gateway "
            "wants a cookie or a header first; give that header with --header 'Name: value'"
        ),
    ),
    (
        reply(302),
        (
            "302 without Location: the reply does not say where the API is; "
            "give the address that answers itself as --target"
        ),
    ),
    (reply(304), "304: a cache answers a call that asked for no comparison; have it pass every call on"),
    (
        reply(302, Location="http://[broken"),
        "302 with a Location that is no URL; give the address that answers itself as --target",
    ),
]
REFUSALS = [
    (
        page(401, Server="nginx/1.22.1", WWW_Authenticate='Basic realm="staging"'),
        (
            '401 with an HTML page (Server: nginx/1.22.1), WWW-Authenticate: Basic realm="staging": something before '
            "the endpoint asks for Basic authentication; let the call in by another header (--header 'Name: value'): "
            "Authorization carries its signature"
        ),
    ),
    (reply(401), f"401: something before the endpoint asks who calls; {HEADER}"),
    (
        page(403, Server="nginx"),
        (
            "403 with an HTML page (Server: nginx): something before the endpoint forbids the call; "
            f"permit it there, or {HEADER}"
        ),
    ),
    (
        error(403, "ForbiddenException", "Forbidden"),
        (
            "403 ForbiddenException: an API gateway before the endpoint wants an API key; "
            "give it with --header 'x-api-key: KEY'"
        ),
    ),
    (
        error(403, "AccessDeniedException"),
        (
            "403 AccessDeniedException: the credentials have no permission for StartChatContact, or the endpoint "
            "denies it to everybody; permit it, or sign with other credentials (--aws-profile NAME)"
        ),
    ),
    (
        page(404, Server="nginx"),
        (
            "404 with an HTML page (Server: nginx): the server at this address has nothing at PUT /contact/chat; "
            "give --target with the base path of the API, if that is not it"
        ),
    ),
    (
        error(404, "UnknownOperationException"),
        (
            "404 UnknownOperationException: the endpoint has nothing at PUT /contact/chat; "
            "give --target with the base path of the API, if that is not it"
        ),
    ),
    (
        reply(405, Allow="GET, HEAD"),
        (
            "405: the server at this address takes no PUT of this path (Allow: GET, HEAD); "
            "give --target with the base path of the API, if that is not it"
        ),
    ),
    (
        reply(407, Proxy_Authenticate='Negotiate, Basic realm="corp"'),
        (
            "407: what answers at this address is a proxy that asks for Negotiate authentication; is --target the "
            "endpoint's own address? A proxy, with user and password, is named by HTTP_PROXY or HTTPS_PROXY"
        ),
    ),
    (
        page(413, Server="nginx"),
        (
            "413 with an HTML page (Server: nginx): something before the endpoint refuses bodies of this size; "
            "let it take bodies of 1 MiB (nginx: client_max_body_size)"
        ),
    ),
    (
        reply(429, Retry_After="30"),
        (
            "429, Retry-After: 30: the endpoint or a gateway before it asks for fewer requests; "
            "send more slowly with --rate N"
        ),
    ),
    (
        error(429, "LimitExceededException"),
        (
            "429 LimitExceededException: as many chats are open as the instance allows, or more; "
            "end those that are left over, or keep fewer open with --max-open N"
        ),
    ),
    (error(400, "InvalidParameterException", "no such flow"), "400 InvalidParameterException"),
    (
        reply(511),
        "511: the network wants a login first (a captive portal); log in with a browser on this machine",
    ),
]
BARE = [
    (
        reply(status, "no", Content_Type="text/plain", Server="h/1"),
        f"{status} (Server: h/1): no reply of this API looks so; is --target the address of the API?",
    )
    for status in (400, 402, 418)
]
SERVER_ERRORS = [
    (
        page(500, Server="nginx"),
        "500 with an HTML page (Server: nginx): the endpoint or a gateway failed; look into its log",
    ),
    (
        error(500, "InternalServiceException"),
        "500 InternalServiceException: the endpoint failed on a valid call; look into its log",
    ),
    (reply(501), "501: the endpoint says that it does not implement this"),
    (
        page(502, Server="nginx"),
        (
            "502 with an HTML page (Server: nginx): a gateway got no usable reply from the endpoint behind it; "
            "see that the endpoint runs and that the gateway has its address"
        ),
    ),
    (
        reply(503, Via="1.1 edge", Retry_After="120"),
        (
            "503 (Via: 1.1 edge), Retry-After: 120: the endpoint, or what stands behind a gateway, is not ready or is "
            "overloaded; run again when it is up, or send more slowly with --rate N"
        ),
    ),
    (
        page(504),
        (
            "504 with an HTML page: a gateway waited in vain for the endpoint behind it; "
            "see that the endpoint runs and answers within the gateway's time-out"
        ),
    ),
    (reply(520, Server="cloudflare"), "520 (Server: cloudflare): the endpoint or a gateway failed; look into its log"),
]
SIGNATURES = [
    (
        error(403, "InvalidSignatureException"),
        (
            "403 InvalidSignatureException: the signature does not fit the request that arrived: a gateway before the "
            "endpoint rewrites the Host header, rewrites the path or changes a signed header, or the endpoint knows "
            f"another secret key; {KEEPS_PATH}, or {OTHER_KEYS}"
        ),
    ),
    (
        error(403, "SignatureDoesNotMatch", Date="Sat, 21 Nov 2026 10:45:00 GMT"),
        (
            "403 SignatureDoesNotMatch: the endpoint's clock is 30 minutes ahead of this machine's, and a signature is "
            "dated; set both clocks right"
        ),
    ),
    (
        error(
            403,
            "InvalidSignatureException",
            "The Canonical String for this request should have been\n'PUT\n/contact/chat\n\nhost:10.0.0.7:9000\n'",
        ),
        (
            "403 InvalidSignatureException: a gateway before the endpoint rewrites the Host header: "
            f'"api.example:8080" was sent, "10.0.0.7:9000" arrived; {KEEPS_PATH}'
        ),
    ),
    (
        error(
            403,
            "InvalidSignatureException",
            "The Canonical String for this request should have been\n'PUT\n/api/chat\n\nhost:api.example:8080\n'",
        ),
        (
            "403 InvalidSignatureException: a gateway before the endpoint rewrites the path: "
            f'"/contact/chat" was sent, "/api/chat" arrived; {KEEPS_PATH}'
        ),
    ),
    (
        error(403, "MissingAuthenticationTokenException"),
        (
            "403 MissingAuthenticationTokenException: the Authorization header did not reach the endpoint: a gateway "
            "before it drops it; have the gateway pass Authorization on (Amazon API Gateway says the same of a path "
            "that it does not know: is --target complete?)"
        ),
    ),
    (
        error(403, "MissingAuthenticationTokenException", x_amz_apigw_id="abc"),
        (
            "403 MissingAuthenticationTokenException: Amazon API Gateway says this of a path that it does not know "
            "(PUT /contact/chat); give --target with the stage and base path of the API"
        ),
    ),
    (
        error(403, "UnrecognizedClientException"),
        (
            "403 UnrecognizedClientException: the endpoint does not know the suite's test access key AKIDEXAMPLE; "
            f"{OTHER_KEYS}"
        ),
    ),
    (
        error(400, "IncompleteSignatureException"),
        (
            "400 IncompleteSignatureException: a header of the signature (Authorization, X-Amz-Date) did not arrive as "
            "it was sent: something before the endpoint drops or changes it; have Authorization and X-Amz-Date passed "
            "on as they came"
        ),
    ),
]


@pytest.mark.parametrize(("response", "sentence"), [*REDIRECTS, *REFUSALS, *BARE, *SERVER_ERRORS, *SIGNATURES])
def test_a_reply_says_what_is_wrong(response: Response, sentence: str) -> None:
    assert str(cause_of(exchange(response))) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Bad Request\r\nThis combination of host and port requires TLS.\r\n",
    ],
)
def test_plain_http_on_a_port_of_tls_is_named(text: str) -> None:
    cause = cause_of(exchange(reply(400, text)))
    assert (cause.likely, cause.remedy) == ("the port speaks TLS, not plain HTTP", "give --target with https://")


def test_a_base_path_that_a_gateway_may_take_off_is_named() -> None:
    cause = cause_of(exchange(error(403, "InvalidSignatureException"), base=f"{BASE}/connect"))
    assert "rewrites the Host header, takes /connect off the path or changes a signed header" in cause.likely


def test_keys_of_ones_own_are_not_called_the_suites() -> None:
    signed = call("StartChatContact").with_header("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAOTHER/2026/x")
    cause = cause_of(Exchange(signed, error(403, "UnrecognizedClientException"), base=BASE))
    assert cause.likely == "the endpoint does not know the access key that the call was signed with"


def test_a_clock_that_was_moved_on_purpose_is_not_wrong() -> None:
    moved = call("StartChatContact").with_header("X-Amz-Date", "20261128T101500Z")
    refused = error(403, "InvalidSignatureException", Date="Sat, 28 Nov 2026 10:15:02 GMT")
    assert "clock" not in str(cause_of(Exchange(moved, refused, started=1_700_000_000, base=BASE)))


@pytest.mark.parametrize(
    "response",
    [
        error(403, "AccessDeniedException"),
        reply(403, '{"Message": "User is not authorized to access this resource"}', Content_Type="application/json"),
        error(401, "UnauthorizedException"),
        error(400, "ValidationException", "X-Amz-Bearer is required"),
    ],
)
def test_a_token_of_its_own_that_the_endpoint_refuses_is_named(response: Response) -> None:
    cause = cause_of(exchange(response, "CreateParticipantConnection"))
    assert "a gateway before it may drop the header X-Amz-Bearer" in cause.likely
    assert "--participant-target leads to another system than --target" in cause.likely
    assert cause.remedy == "have the gateway pass X-Amz-Bearer on"


@pytest.mark.parametrize("response", [page(403, Server="nginx"), error(400, "ValidationException", "Type is wrong")])
def test_what_is_not_about_a_token_is_not_said_to_be(response: Response) -> None:
    assert "token" not in str(cause_of(exchange(response, "CreateParticipantConnection")))


def test_a_connection_token_that_is_refused_may_be_of_a_chat_that_ended() -> None:
    cause = cause_of(exchange(error(403, "AccessDeniedException"), "SendMessage"))
    assert "its flow may have ended the chat" in cause.likely
    assert "--contact-flow-id" in cause.remedy


@pytest.mark.parametrize("response", [page(404), page(400), error(404, "UnknownOperationException")])
def test_a_slash_that_a_gateway_decodes_is_named(response: Response) -> None:
    cause = cause_of(exchange(response, "DescribeView"))
    assert cause.likely == "the path holds a slash as %2F: a gateway before the endpoint decodes or refuses it"
    assert "nginx: proxy_pass without a path" in cause.remedy


def test_a_slash_is_not_blamed_for_an_answer_of_the_operations_own() -> None:
    cause = cause_of(exchange(error(404, "ResourceNotFoundException"), "DescribeView"))
    assert "%2F" not in str(cause)


def test_the_participant_service_has_an_option_of_its_own() -> None:
    moved = reply(308, Location="https://participant.example/participant/connection")
    cause = cause_of(exchange(moved, "CreateParticipantConnection"))
    assert cause.remedy == "give --participant-target https://participant.example"


def test_equal_causes_read_alike_whatever_stands_in_the_path() -> None:
    """Location repeats the path, with ids in it: a thousand calls would have a thousand reasons."""
    causes = set()
    for contact in ("c-1", "c-2"):
        path = f"/contact/attributes/i/{contact}"
        request = replace(call("GetContactAttributes"), path=path)
        causes.add(str(cause_of(Exchange(request, reply(308, Location=f"https://api.example{path}"), base=BASE))))
    assert len(causes) == 1


def test_nothing_hidden_or_endless_of_the_endpoints_reaches_a_sentence() -> None:
    hostile = page(200, "a\x1b[31m\u202e" + "b" * 5_000)
    sentence = str(cause_of(exchange(hostile)))
    assert len(sentence) < 400
    assert sentence.isprintable()
