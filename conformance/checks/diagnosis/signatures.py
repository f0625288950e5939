"""Refused signatures: whether the keys, the clocks or something that changed the request on its way is the cause."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.checks.diagnosis.cause import Cause, quote
from conformance.checks.diagnosis.places import Place
from conformance.contract.wire import Exchange, Response

TEST_KEY = "AKIDEXAMPLE"  # the access key of the fixed test credentials
_CLOCK_MINUTES = 5  # by which a signature may be off (Signature Version 4: a request must arrive within five minutes)
_SECONDS = 60

_UNFIT = ("SignatureDoesNotMatch", "InvalidSignature")
_INCOMPLETE = ("IncompleteSignature",)
_ABSENT = ("MissingAuthenticationToken",)
_UNKNOWN_KEY = ("UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId")
_EXPIRED = ("ExpiredToken",)
_CLOCKS = ("RequestExpired", "RequestTimeTooSkewed", "SignatureExpired")
_OF_SIGNATURES = (*_UNFIT, *_INCOMPLETE, *_ABSENT, *_UNKNOWN_KEY, *_EXPIRED, *_CLOCKS)

# What Amazon's services tell of the request that they verified, and other endpoints after them.
_CANONICAL = re.compile(r"Canonical String for this request should have been\s*'(?P<method>[A-Z]+)\n(?P<path>[^\n]*)\n")
_CANONICAL_HOST = re.compile(r"^host:(?P<host>[^\n]+)$", re.MULTILINE)
_ACCESS_KEY = re.compile(r"Credential=([^/,\s]+)/")

_PASS_ON = "have it pass Host and path on as they came (nginx: proxy_set_header Host $http_host)"
_OTHER_KEYS = "sign with keys that the endpoint knows (--aws-profile NAME or --aws-credentials)"


def cause_of_refused_signature(exchange: Exchange, response: Response, place: Place) -> Cause | None:
    """Why a signed call was refused for its signature; None where the reply names nothing of the kind."""
    name = response.error_name or ""
    if exchange.request.header("Authorization") is None or not name.startswith(_OF_SIGNATURES):
        return None
    seen = f"{response.status} {name}"
    off = _minutes_off(exchange, response)
    if off and not name.startswith((*_ABSENT, *_UNKNOWN_KEY)):
        direction = "ahead of" if off > 0 else "behind"
        likely = f"the endpoint's clock is {abs(off):,} minutes {direction} this machine's, and a signature is dated"
        return Cause(seen, likely, "set both clocks right")
    return _cause_by_name(seen, name, exchange, response, place)


def _cause_by_name(seen: str, name: str, exchange: Exchange, response: Response, place: Place) -> Cause:
    if name.startswith(_ABSENT):
        return _absent(seen, response, place)
    if name.startswith(_UNKNOWN_KEY):
        return _unknown_key(seen, exchange)
    if name.startswith(_EXPIRED):
        return Cause(seen, "the session token of the credentials has expired", "renew the credentials")
    if name.startswith(_CLOCKS):
        return Cause(seen, "a signature is dated, and one of the two clocks is wrong", "set both clocks right")
    if name.startswith(_INCOMPLETE):
        likely = (
            "a header of the signature (Authorization, X-Amz-Date) did not arrive as it was sent: something before the "
            "endpoint drops or changes it"
        )
        return Cause(seen, likely, "have Authorization and X-Amz-Date passed on as they came")
    return _unfit(seen, exchange, response, place)


def _absent(seen: str, response: Response, place: Place) -> Cause:
    if response.header("x-amz-apigw-id") is not None:
        likely = f"Amazon API Gateway says this of a path that it does not know ({place.call})"
        return Cause(seen, likely, f"give {place.option} with the stage and base path of the API")
    likely = "the Authorization header did not reach the endpoint: a gateway before it drops it"
    beside = f"Amazon API Gateway says the same of a path that it does not know: is {place.option} complete?"
    return Cause(seen, likely, f"have the gateway pass Authorization on ({beside})")


def _unknown_key(seen: str, exchange: Exchange) -> Cause:
    if _access_key_of(exchange) == TEST_KEY:
        return Cause(seen, f"the endpoint does not know the suite's test access key {TEST_KEY}", _OTHER_KEYS)
    likely = "the endpoint does not know the access key that the call was signed with"
    return Cause(seen, likely, "check --aws-profile, or the credentials that botocore finds, and --region")


def _unfit(seen: str, exchange: Exchange, response: Response, place: Place) -> Cause:
    known = _rewritten(exchange, response, place)
    if known is not None:
        return Cause(seen, known, _PASS_ON)
    path = f"takes {place.base_path} off the path" if place.base_path else "rewrites the path"
    likely = (
        "the signature does not fit the request that arrived: a gateway before the endpoint rewrites the Host header, "
        f"{path} or changes a signed header, or the endpoint knows another secret key"
    )
    return Cause(seen, likely, f"{_PASS_ON}, or {_OTHER_KEYS}")


def _rewritten(exchange: Exchange, response: Response, place: Place) -> str | None:
    """What differs between the request that was sent and the one that the endpoint says that it verified."""
    message = next((m for m in map(response.members.get, ("message", "Message")) if isinstance(m, str)), "")
    canonical = _CANONICAL.search(message)
    if canonical is None:
        return None
    host, sent = _CANONICAL_HOST.search(message, canonical.end()), exchange.request.header("Host") or place.host
    if host is not None and host["host"].strip().lower() != sent.lower():
        arrived = quote(host["host"].strip())
        return f"a gateway before the endpoint rewrites the Host header: {quote(sent)} was sent, {arrived} arrived"
    if canonical["path"].rstrip("/") not in _encodings(place):
        arrived = quote(canonical["path"])
        return f"a gateway before the endpoint rewrites the path: {quote(place.full_path)} was sent, {arrived} arrived"
    return None


def _encodings(place: Place) -> tuple[str, str]:
    """The path that was sent as it stands and as Signature Version 4 encodes it once more."""
    return place.full_path.rstrip("/"), place.full_path.rstrip("/").replace("%", "%25")


def _access_key_of(exchange: Exchange) -> str | None:
    found = _ACCESS_KEY.search(exchange.request.header("Authorization") or "")
    return found[1] if found else None


def _minutes_off(exchange: Exchange, response: Response) -> int:
    """How many minutes the endpoint's clock is ahead of the signature's time; 0 within the tolerance or unknown."""
    try:
        signed = datetime.strptime(exchange.request.header("X-Amz-Date") or "", "%Y%m%dT%H%M%S%z")
        answered = parsedate_to_datetime(response.header("Date") or "")
    except (ValueError, OverflowError):
        return 0
    minutes = round((_utc(answered) - signed).total_seconds() / _SECONDS)
    return minutes if abs(minutes) >= _CLOCK_MINUTES else 0


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
