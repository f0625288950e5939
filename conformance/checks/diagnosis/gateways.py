"""Replies that something before the endpoint gave in its place: a router, a proxy, a gateway, a rate limiter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conformance.checks.diagnosis.bodies import is_html, not_an_object
from conformance.checks.diagnosis.cause import Cause, quote
from conformance.checks.diagnosis.places import Place
from conformance.contract.wire import Exchange, Response

_UNAVAILABLE = 503
_PRODUCT = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?")
_SCHEME = re.compile(r"\s*([A-Za-z0-9-]+)")
_REALM = re.compile(r'realm="([^"]*)"')
# What servers say to plain HTTP on a port that speaks TLS: nginx, Go, Apache, Tomcat.
_WANTS_TLS = (
    "plain http request was sent to https port",
    "http request to an https server",
    "plain http to an ssl-enabled server port",
    "combination of host and port requires tls",
)
_CLIENT_CERTIFICATE = ("no required ssl certificate was sent", "the ssl certificate error")
_ENCODED_SLASH = "%2f"
_UNDECODED = (
    "have it pass the path on undecoded (nginx: proxy_pass without a path; Apache: AllowEncodedSlashes NoDecode)"
)
_PROXIES = "A proxy, with user and password, is named by HTTP_PROXY or HTTPS_PROXY"
_GIVE_HEADER = "give what it wants with --header 'Name: value'"


def summary_of(response: Response) -> str:
    """Status, error name or kind of body, and the server that answered, in a few words."""
    words = [str(response.status)]
    if response.error_name:
        return " ".join((*words, response.error_name))
    if is_html(response):
        words.append("with an HTML page")
    server = _server(response)
    return " ".join((*words, f"({server})")) if server else " ".join(words)


def throttling_of(response: Response) -> str:
    """A reply after which a call is made again later, and whether it asks for fewer requests."""
    return f"{'not available' if is_unavailable(response) else 'throttled'}: {summary_of(response)}"


def is_unavailable(response: Response) -> bool:
    """Whether a reply is a 503 that names no error. It may be of a rate limiter too, but does not say so."""
    return response.status == _UNAVAILABLE and response.error_name is None


def _server(response: Response) -> str:
    """Who answered, by the headers Server and Via."""
    named = [(name, response.header(name)) for name in ("Server", "Via")]
    products = [(name, _PRODUCT.search(value)) for name, value in named if value and name == "Server"]
    found = [f"{name}: {product[0]}" for name, product in products if product]
    found.extend(f"Via: {quote(value)[1:-1]}" for name, value in named if value and name == "Via")
    return ", ".join(found)


def wants_tls(response: Response) -> bool:
    """Whether a server says that it was sent plain HTTP where it speaks TLS."""
    return response.status < _SERVER_ERROR and any(words in _text(response) for words in _WANTS_TLS)


def cause_of_status(exchange: Exchange, response: Response, place: Place) -> Cause:
    """Why a valid call got `response`, by its status."""
    seen = summary_of(response)
    if wants_tls(response):
        return Cause(f"{seen}", "the port speaks TLS, not plain HTTP", f"give {place.option} with https://")
    if any(words in _text(response) for words in _CLIENT_CERTIFICATE):
        likely = "the endpoint wants a client certificate, which this suite does not send"
        return Cause(seen, likely, "judge it without one, or through a TLS client such as stunnel")
    if _ENCODED_SLASH in exchange.request.path.lower() and response.status in _OF_PATHS and _lacks_type(response):
        likely = "the path holds a slash as %2F: a gateway before the endpoint decodes or refuses it"
        return Cause(seen, likely, _UNDECODED)
    known = _STATUSES.get(response.status) or _CLASSES.get(response.status // 100)
    if known is None and not_an_object(response) is not None:
        likely = "no reply of this API looks so"
        return Cause(seen, likely, f"is {place.option} the address of the API?")
    return known(seen, response, place) if known else Cause(seen)


def _lacks_type(response: Response) -> bool:
    """Whether no type is named but one of routers, so that something before the operation may have answered."""
    return (response.error_name or "UnknownOperation").startswith("UnknownOperation")


def _text(response: Response) -> str:
    return response.body[:2_000].decode("latin-1").lower()


def _cause_of_401(seen: str, response: Response, place: Place) -> Cause:
    wanted = response.header("WWW-Authenticate") or ""
    scheme, realm = _SCHEME.match(wanted), _REALM.search(wanted)
    if scheme is None:
        return Cause(seen, "something before the endpoint asks who calls", _GIVE_HEADER)
    known = f"{seen}, WWW-Authenticate: {scheme[1]}" + (f" realm={quote(realm[1])}" if realm else "")
    likely = f"something before the endpoint asks for {scheme[1]} authentication"
    if place.operation is not None and place.operation.signed:
        remedy = "let the call in by another header (--header 'Name: value'): Authorization carries its signature"
        return Cause(known, likely, remedy)
    return Cause(known, likely, "give it with --header 'Authorization: ...'")


def _cause_of_403(seen: str, response: Response, place: Place) -> Cause:
    signed = place.operation is not None and place.operation.signed
    if response.error_name == "AccessDeniedException" and signed:
        name = place.operation.name if place.operation else "the operation"
        likely = f"the credentials have no permission for {name}, or the endpoint denies it to everybody"
        return Cause(seen, likely, "permit it, or sign with other credentials (--aws-profile NAME)")
    if response.error_name == "ForbiddenException":
        likely = "an API gateway before the endpoint wants an API key"
        return Cause(seen, likely, "give it with --header 'x-api-key: KEY'")
    if response.error_name is not None:
        return Cause(seen)
    return Cause(seen, "something before the endpoint forbids the call", f"permit it there, or {_GIVE_HEADER}")


def _cause_of_404(seen: str, response: Response, place: Place) -> Cause:
    if response.error_name and not response.error_name.startswith("UnknownOperation"):
        return Cause(seen)
    who = "the endpoint" if response.error_name else "the server at this address"
    likely = f"{who} has nothing at {place.call}"
    return Cause(seen, likely, f"give {place.option} with the base path of the API, if that is not it")


def _method(seen: str, response: Response, place: Place) -> Cause:
    allowed = response.header("Allow")
    also = f" (Allow: {quote(allowed)[1:-1]})" if allowed else ""
    likely = f"the server at this address takes no {place.method} of this path{also}"
    return Cause(seen, likely, f"give {place.option} with the base path of the API, if that is not it")


def _proxy(seen: str, response: Response, place: Place) -> Cause:
    scheme = _SCHEME.match(response.header("Proxy-Authenticate") or "")
    wanted = f"{scheme[1]} authentication" if scheme else "authentication"
    likely = f"what answers at this address is a proxy that asks for {wanted}"
    return Cause(seen, likely, f"is {place.option} the endpoint's own address? {_PROXIES}")


def _cause_of_429(seen: str, response: Response, _: Place) -> Cause:
    if response.error_name == "LimitExceededException":
        likely = "as many chats are open as the instance allows, or more"
        return Cause(seen, likely, "end those that are left over, or keep fewer open with --max-open N")
    after = response.header("Retry-After")
    known = f"{seen}, Retry-After: {quote(after)[1:-1]}" if after else seen
    return Cause(known, "the endpoint or a gateway before it asks for fewer requests", "send more slowly with --rate N")


def _unavailable(seen: str, response: Response, _: Place) -> Cause:
    after = response.header("Retry-After")
    known = f"{seen}, Retry-After: {quote(after)[1:-1]}" if after else seen
    likely = "the endpoint, or what stands behind a gateway, is not ready or is overloaded"
    return Cause(known, likely, "run again when it is up, or send more slowly with --rate N")


def _cause_of_5xx(seen: str, response: Response, _: Place) -> Cause:
    likely = "the endpoint failed on a valid call" if response.error_name else "the endpoint or a gateway failed"
    return Cause(seen, likely, "look into its log")


def _constant(likely: str, remedy: str) -> Callable[[str, Response, Place], Cause]:
    return lambda seen, _, place: Cause(seen, likely, remedy.format(option=place.option))


_SERVER_ERROR = 500
_OF_PATHS = frozenset({400, 403, 404})
_STATUSES: Mapping[int, Callable[[str, Response, Place], Cause]] = {
    401: _cause_of_401,
    403: _cause_of_403,
    404: _cause_of_404,
    405: _method,
    407: _proxy,
    411: _constant("something before the endpoint wants a Content-Length", "let it take chunked bodies"),
    413: _constant(
        "something before the endpoint refuses bodies of this size",
        "let it take bodies of 1 MiB (nginx: client_max_body_size)",
    ),
    421: _constant(
        "the server takes no calls for this host name", "give {option} by the name that its certificate and router have"
    ),
    426: _constant("the server wants another protocol version", "let it take HTTP/1.1"),
    429: _cause_of_429,
    431: _constant("something before the endpoint takes no headers of this size", "let it take headers of 16 KiB"),
    501: _constant("the endpoint says that it does not implement this", ""),
    502: _constant(
        "a gateway got no usable reply from the endpoint behind it",
        "see that the endpoint runs and that the gateway has its address",
    ),
    503: _unavailable,
    504: _constant(
        "a gateway waited in vain for the endpoint behind it",
        "see that the endpoint runs and answers within the gateway's time-out",
    ),
    511: _constant("the network wants a login first (a captive portal)", "log in with a browser on this machine"),
}
_CLASSES: Mapping[int, Callable[[str, Response, Place], Cause]] = {5: _cause_of_5xx}
