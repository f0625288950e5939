"""Redirects: where a reply of the 300s leads, compared with what was asked.

No redirect is followed: clients of these services follow none, and a signature fits one address only.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from conformance.checks.diagnosis.cause import Cause, quote
from conformance.checks.diagnosis.places import Place
from conformance.contract.wire import Response

REDIRECTIONS = range(300, 400)
_NOT_MODIFIED = 304


def cause_of_redirect(response: Response, place: Place) -> Cause:
    """Why a valid call to `place` was answered with a redirect."""
    if response.status == _NOT_MODIFIED:
        return Cause("304", "a cache answers a call that asked for no comparison", "have it pass every call on")
    location = (response.header("Location") or "").strip()
    if not location:
        return Cause(f"{response.status} without Location", "the reply does not say where the API is", place.advice)
    target = _target(place, location)
    if target is None:
        return Cause(f"{response.status} with a Location that is no URL", "", place.advice)
    return _compare(f"{response.status} to {_show(place, target)}", place, target)


def _target(place: Place, location: str) -> SplitResult | None:
    try:
        found = urlsplit(urljoin(place.url, location))
        _ = found.port
    except ValueError:
        return None
    return found if found.hostname or not place.base else None


def _show(place: Place, target: SplitResult) -> str:
    """`target` without a user, a query or a fragment, any of which may be secret, nor the path that was asked for."""
    if target.path.removesuffix("/").endswith(place.path):
        return f"{_base(place, target)} with the same path"
    return quote(f"{_origin(target)}{target.path}")[1:-1]


def _origin(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{host}{port}" if host else ""


def _compare(seen: str, place: Place, target: SplitResult) -> Cause:
    asked = urlsplit(place.url)
    same_origin = _origin(asked).lower() == _origin(target).lower()
    if same_origin and target.path == asked.path:
        likely = "it leads back to the same address, as where a gateway wants a cookie or a header first"
        return Cause(seen, likely, "give that header with --header 'Name: value'")
    if target.path == asked.path + "/":
        likely = "the router wants a slash at the end of the path, which no client of these services sends"
        return Cause(seen, likely, "switch that redirect off on the endpoint")
    if target.path.endswith(place.path):
        return Cause(seen, _describe_move(asked, target), f"give {place.option} {_base(place, target)}")
    likely = "it leads away from the API, as to a login page or a web site"
    remedy = f"give the API's own address as {place.option}, or with --header what lets the call in"
    return Cause(seen, likely, remedy)


def _describe_move(asked: SplitResult, target: SplitResult) -> str:
    if asked.hostname == target.hostname and (asked.scheme, target.scheme) == ("http", "https"):
        return "the API is served over https only"
    return "the API is at another address"


def _base(place: Place, target: SplitResult) -> str:
    return quote(f"{_origin(target)}{target.path.removesuffix('/').removesuffix(place.path)}")[1:-1]
