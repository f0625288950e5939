"""GetAuthenticationUrl and CancelParticipantAuthentication, for the one session that this endpoint knows."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.reference.errors import bad_value
from conformance.reference.instances import AUTH_SESSION_ID, REGION
from conformance.reference.items import EVENT_TYPES, announce
from conformance.reference.world import Call, Members, World

AUTHORIZE = f"https://reference.auth.{REGION}.amazoncognito.com/oauth2/authorize"
LONGEST_URL = 2083


def get_authentication_url(_world: World, call: Call) -> Members:
    """GetAuthenticationUrl: where the customer signs in and what then brings them back.

    The session counts as just initiated, so that the one minute which the documents give never ends.
    Raises Refusal (ValidationException) for another session, or a RedirectUri that makes the URL too long.
    """
    _refuse_unknown_session(call)
    query = urlencode({"response_type": "code", "redirect_uri": call.get("RedirectUri"), "state": AUTH_SESSION_ID})
    url = f"{AUTHORIZE}?{query}"
    if len(url) > LONGEST_URL:
        raise bad_value(call.operation, f"With this RedirectUri the URL has more than {LONGEST_URL:,} characters.")
    return {"AuthenticationUrl": url}


def cancel_participant_authentication(world: World, call: Call) -> Members:
    """CancelParticipantAuthentication: everybody is told; the session stays, so that it can be cancelled again."""
    _refuse_unknown_session(call)
    announce(world, call.contact, EVENT_TYPES + "authentication.cancelled", call.participant)
    return {}


def _refuse_unknown_session(call: Call) -> None:
    if call.get("SessionId") != AUTH_SESSION_ID:
        raise bad_value(call.operation, "No such authentication session.")
