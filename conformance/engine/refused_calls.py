"""When the refusal of a plain valid call is the operation's own broken promise, and when it may be lawful."""

from __future__ import annotations

from conformance.contract.errors import malformed_input_exceptions
from conformance.contract.model import Operation, operations
from conformance.contract.operation_traits import TRAITS
from conformance.endpoint.probe import FORBIDDEN, Finding, Standing
from conformance.engine.plain_calls import CONNECTING
from conformance.engine.profile import EndpointProfile
from conformance.engine.request_forms import VALID_REQUEST

_SERVER_ERROR = 500


def breaks_valid_request(profile: EndpointProfile, subject: Operation, found: Finding) -> bool:
    """Whether the refusal of the plain valid call of `subject` is a broken promise.

    It is where set-up and ids work, which another operation of the service shows that answers 2xx, and where the
    refusal is the endpoint's own. A server error breaks the promise about server errors instead.
    """
    if found.breaks is not None:
        return found.breaks == VALID_REQUEST
    response = found.exchange.response if found.exchange else None
    if found.standing is not Standing.REFUSED or found.in_doubt or response is None:
        return False
    if response.status >= _SERVER_ERROR:
        return False
    # Bad input is no matter of what the owner has set up: all that the call holds came from the endpoint or its owner.
    bad_input = response.error_name in malformed_input_exceptions(subject)
    if subject.name == CONNECTING:  # without it no other operation of its service can be called
        return bad_input or response.status == FORBIDDEN
    return (bad_input or not TRAITS[subject.name].owner_decides) and _another_works(profile, subject)


def _another_works(profile: EndpointProfile, subject: Operation) -> bool:
    others = (o.name for o in operations().values() if o.service == subject.service and o.name != subject.name)
    return any(profile.works(name) for name in others)
