"""The cause behind one exchange: a valid call that did not bring what it should."""

from __future__ import annotations

from conformance.checks.diagnosis.bodies import BROKEN_OFF, is_html, not_an_object
from conformance.checks.diagnosis.cause import Cause
from conformance.checks.diagnosis.failures import cause_of_failure
from conformance.checks.diagnosis.gateways import cause_of_status, summary_of
from conformance.checks.diagnosis.places import Place, place_of
from conformance.checks.diagnosis.redirects import REDIRECTIONS, cause_of_redirect
from conformance.checks.diagnosis.signatures import cause_of_refused_signature
from conformance.contract.wire import BODY_LIMIT, MOST_VALUES, Exchange, Response, has_too_many_values

CHAT_ENDED = "its flow may have ended the chat"
_BAD_REQUEST = 400
_OF_BEARERS = frozenset({400, 401, 403})
_CONNECTING = "CreateParticipantConnection"
_ENCODE = "have JSON written in UTF-8 without a mark"
# What mends a body, by how `not_an_object` begins to tell of it; the address is right.
_REMEDIES = {
    "a body in ": "have replies compressed only for clients that ask for it with Accept-Encoding",
    BROKEN_OFF: "see whether Content-Length is too small, or a gateway cuts replies",
    "JSON with bytes ": _ENCODE,
    "JSON with ": "have JSON written as RFC 8259 says",
    "JSON ": _ENCODE,
}
_ROUTES = ("MissingAuthenticationToken", "UnknownOperation", "Throttling", "TooManyRequests")


def cause_of(exchange: Exchange, *, invented: bool = False, others_answered: bool = False) -> Cause:
    """Why `exchange`, a valid call of an operation, did not bring a JSON object with status 2xx.

    `invented` says that its ids and tokens are, so that nothing follows from their refusal, `others_answered` that
    other operations got replies from the same address. The sentence names no value that differs from call to call, so
    that equal causes read alike.
    """
    response, place = exchange.response, place_of(exchange)
    if response is None:
        return cause_of_failure(exchange.failure or "no answer", place.option, others_answered=others_answered)
    if response.truncated:
        return cause_of_cut(response)
    if response.succeeded:
        return _unread(response, place)
    if response.status in REDIRECTIONS:
        return cause_of_redirect(response, place)
    return (
        cause_of_refused_signature(exchange, response, place)
        or (None if invented else _refused_bearer(exchange, response, place))
        or cause_of_status(exchange, response, place)
    )


def cause_of_cut(response: Response) -> Cause:
    """Why a reply was not read to its end: for its length, for what it would take in memory, or for its time."""
    if (response.size or len(response.body)) >= BODY_LIMIT:
        return Cause(f"a reply of more than {BODY_LIMIT // 2**20} MiB", "", "a run reads no more of any")
    if has_too_many_values(response.body):
        return Cause(f"a reply of more than {MOST_VALUES:,} values", "", "a run reads no more of any")
    if response.size is not None:
        return Cause("a reply that was cut")
    return Cause("a reply that did not end in time", "", "--timeout S waits longer")


def _unread(response: Response, place: Place) -> Cause:
    """A success whose body cannot be used."""
    wrong = not_an_object(response)
    if wrong is None and response.body.strip():
        return Cause(str(response.status))
    wrong = wrong or "an empty body"
    seen = f"{response.status} with {wrong}"
    if wrong.startswith("an HTML page"):
        likely = "a login page, a captive portal or a web site answers in place of the API"
        return Cause(seen, likely, f"give the API's own address as {place.option}")
    remedies = (remedy for beginning, remedy in _REMEDIES.items() if wrong.startswith(beginning))
    return Cause(seen, "", next(remedies, f"is {place.option} the address of the API?"))


def _refused_bearer(exchange: Exchange, response: Response, place: Place) -> Cause | None:
    """A token that the endpoint handed out itself, refused; None where the reply is not about a token."""
    subject = place.operation
    if subject is None or subject.bearer is None or response.status not in _OF_BEARERS:
        return None
    if (response.error_name or "").startswith(_ROUTES) or response.header("WWW-Authenticate") or is_html(response):
        return None
    if not exchange.request.header(subject.bearer.wire_name):
        return None
    if response.status == _BAD_REQUEST and b"bearer" not in response.body.lower():
        return None
    if subject.name == _CONNECTING:
        likely = (
            "the endpoint does not take the participant token that it handed out: a gateway before it may drop the "
            f"header {subject.bearer.wire_name}, or {place.option} leads to another system than --target"
        )
        return Cause(summary_of(response), likely, f"have the gateway pass {subject.bearer.wire_name} on")
    likely = f"the endpoint does not take the connection token that it handed out: {CHAT_ENDED}"
    return Cause(summary_of(response), likely, "give a flow with --contact-flow-id that keeps a chat open")
