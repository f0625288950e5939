"""The first look at an endpoint, before any test: does it answer, and does it know the ids that it was given?

What is wrong with an address or an id would else be told a thousand times, once for each requirement.
"""

from __future__ import annotations

from conformance.checks.errors import describe
from conformance.contract.model import operation
from conformance.endpoint.probe import Finding, Standing
from conformance.endpoint.settings import Settings, SettingsError
from conformance.engine.verifier import Verifier

START, UNKNOWN = "StartChatContact", "ResourceNotFoundException"


def preflight(verifier: Verifier, settings: Settings) -> str | None:
    """What to tell the user about the plainest start of a chat; None where it was as it should be.

    Raises SettingsError where the endpoint says that it has no such instance or flow.
    """
    found = verifier.probe(operation(START))
    response = found.exchange.response if found.exchange else None
    if found.standing is Standing.REFUSED and response is not None and response.error_name == UNKNOWN:
        raise SettingsError(f"{_refusal(found, settings)}: give ids that it knows")
    return _sentence(found, settings)


def _sentence(found: Finding, settings: Settings) -> str | None:
    address, exchange = settings.target, found.exchange
    match found.standing:
        case Standing.UNANSWERED:
            return f"{address} gave no answer to {START} ({found.reason}): is it running, and is --target its address?"
        case Standing.UNSUPPORTED:
            return f"{address} knows no {START} ({found.reason}): is --target the API's address, with its base path?"
        case Standing.REFUSED:
            return f"{_refusal(found, settings)}; if it does not know these, give ids that it does"
    if exchange is not None and exchange.response is not None and "ContactId" not in exchange.response.members:
        kind = exchange.response.header("content-type") or "no content type"
        return f"{address} answered {START} with {kind} and no ContactId: is --target the API's address?"
    return None


def _refusal(found: Finding, settings: Settings) -> str:
    answer = describe(found.exchange.response) if found.exchange and found.exchange.response else found.reason
    ids = f"--instance-id {settings.instance_id} and --contact-flow-id {settings.contact_flow_id}"
    return f"{settings.target} refused the plainest {START} with {ids} ({answer})"
