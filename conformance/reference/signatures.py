"""Signature Version 4 of Connect operations, verified by signing the request again with botocore."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore.auth import UNSIGNED_PAYLOAD, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conformance.contract.wire import Request
from conformance.reference.clock import MINUTE, SECOND
from conformance.reference.errors import Refusal


@dataclass(frozen=True, slots=True)
class Keys:
    """The key pair that requests have to be signed with."""

    access_key: str
    secret_key: str = field(repr=False)


# The keys that Amazon's own documents use as examples; they open nothing anywhere else.
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KNOWN_KEYS = Keys(ACCESS_KEY, SECRET_KEY)
SERVICE = "connect"
TOLERANCE = 15 * MINUTE

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]*)/(?P<day>\d{8})/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)"
    r"/aws4_request\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*Signature=(?P<signature>[0-9a-f]{64})"
)


def refuse_bad_signature(request: Request, now: int, keys: Keys = KNOWN_KEYS) -> None:
    """Raises Refusal unless `request` is signed with `keys` for the service ``connect``, in any Region.

    `now` is in milliseconds since the epoch; a signature is good for 15 minutes on either side of its time. The
    exceptions are those of AWS's Common Errors pages, which name them without saying when (domain fact W-26).
    """
    stated = _match_authorization(request)
    if stated["key"] != keys.access_key:
        raise Refusal("UnrecognizedClientException", 403, "The access key is not known here.")
    if stated["service"] != SERVICE:
        raise _invalid(f"The signature is for the service {stated['service']}; sign for {SERVICE}.")
    signed_at = _signing_time(request)
    if not signed_at.startswith(stated["day"]):
        raise _invalid("The day of the credential scope is not the day of the signature.")
    if abs(_milliseconds(signed_at) - now) > TOLERANCE:
        raise _invalid("The signature is older or newer than 15 minutes.")
    if not _payload_is_signed(request) or not hmac.compare_digest(
        _signature(request, stated, signed_at, keys), stated["signature"]
    ):
        raise _invalid("The signature does not fit the request and the secret key.")


def _match_authorization(request: Request) -> re.Match[str]:
    authorization = request.header("authorization")
    if not authorization:
        raise Refusal("MissingAuthenticationTokenException", 403, "Sign the request with Signature Version 4.")
    stated = _AUTHORIZATION.fullmatch(authorization.strip())
    if stated is None:
        raise Refusal("IncompleteSignatureException", 400, "The Authorization header is not of Signature Version 4.")
    return stated


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidSignatureException", 403, message)


def _signing_time(request: Request) -> str:
    """When the request was signed, as ``yyyymmddThhmmssZ``."""
    stamp = request.header("x-amz-date")
    if stamp is None:
        stamp = _from_date_header(request.header("date") or "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", stamp, re.ASCII):
        raise Refusal("IncompleteSignatureException", 400, "X-Amz-Date is missing or is not yyyymmddThhmmssZ.")
    return stamp


def _from_date_header(date: str) -> str:
    try:
        return parsedate_to_datetime(date).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, OverflowError):
        return ""


def _milliseconds(stamp: str) -> int:
    try:
        moment = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return int(moment.timestamp()) * SECOND
    except ValueError as broken:
        raise Refusal("IncompleteSignatureException", 400, "X-Amz-Date is no time.") from broken


def _payload_is_signed(request: Request) -> bool:
    stated = request.header("x-amz-content-sha256")
    return stated in (None, UNSIGNED_PAYLOAD, hashlib.sha256(request.body).hexdigest())


def _signature(request: Request, stated: re.Match[str], signed_at: str, keys: Keys) -> str:
    # The host that counts is the signed Host header; a signature that leaves it out fits no address.
    again = AWSRequest(request.method, f"http://unsigned.invalid{request.path}", data=request.body)
    for name in stated["headers"].split(";"):
        again.headers[name] = request.header(name) or ""
    again.context["timestamp"] = signed_at
    signer = SigV4Auth(Credentials(keys.access_key, keys.secret_key), stated["service"], stated["region"])
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return str(signer.signature(text, again))
