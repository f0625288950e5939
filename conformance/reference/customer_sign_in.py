"""GetAuthenticationUrl and CancelParticipantAuthentication, for the one session that this endpoint knows."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.reference.clock import MINUTE
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.instances import AUTH_SESSION_ID, REGION
from conformance.reference.items import EVENT_TYPES, announce

AUTHORIZE = f"https://reference.auth.{REGION}.amazoncognito.com/oauth2/authorize"
LONGEST_URL = 2083


def get_authentication_url(context: Context, call: Call) -> Members:
    """GetAuthenticationUrl: where the customer signs in and what then brings them back.

    No flow runs here that would initiate a session, so that each chat has one from its start. It ages only when the
    clock is moved: a run that takes longer than a minute by itself can still use it.
    Raises Refusal (ValidationException) for another session, one that is cancelled or older than a minute, or a
    RedirectUri that makes the URL too long.
    """
    _refuse_unknown_session(call)
    if call.contact.sign_in_cancelled or context.clock.moved - call.contact.moved_before > MINUTE:
        raise bad_value(call.operation, "The authentication session is over.")
    query = urlencode({"response_type": "code", "redirect_uri": call.get("RedirectUri"), "state": AUTH_SESSION_ID})
    url = f"{AUTHORIZE}?{query}"
    if len(url) > LONGEST_URL:
        raise bad_value(call.operation, f"With this RedirectUri the URL has more than {LONGEST_URL:,} characters.")
    return {"AuthenticationUrl": url}


def cancel_participant_authentication(context: Context, call: Call) -> Members:
    """CancelParticipantAuthentication: the chat's session is over, and every participant gets an event.

    Raises Refusal (ValidationException) for another session; one that is cancelled already stays so.
    """
    _refuse_unknown_session(call)
    call.contact.sign_in_cancelled = True
    announce(context, call.contact, EVENT_TYPES + "authentication.cancelled", call.participant)
    return {}


def _refuse_unknown_session(call: Call) -> None:
    if call.get("SessionId") != AUTH_SESSION_ID:
        raise bad_value(call.operation, "No such authentication session.")
