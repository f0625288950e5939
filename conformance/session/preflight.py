"""The first look at an endpoint, before any test: does it answer, and does it know the ids that it was given?

Without it a wrong address or id would be reported a thousand times, once for each requirement. Where no call gets a
reply of the API, that is the run's only result.
"""

from __future__ import annotations

from collections import Counter

from conformance.checks.diagnosis.bodies import lacking, not_an_object, text_in
from conformance.checks.diagnosis.cause import Cause, quote
from conformance.checks.diagnosis.failures import cause_of_failure
from conformance.checks.diagnosis.places import place_of
from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.model import CONNECT as CONNECT_SERVICE
from conformance.contract.model import PARTICIPANT, operation
from conformance.contract.wire import Exchange, Response
from conformance.endpoint.ports import other_protocol
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import Finding, Standing
from conformance.endpoint.settings import Settings, SettingsError
from conformance.engine.profile import EndpointProfile
from conformance.engine.verifier import Verifier

START, CONNECT, UNKNOWN = "StartChatContact", "CreateParticipantConnection", "ResourceNotFoundException"
_CONTACT = ("ContactId",)
_ENVELOPE = frozenset({"statusCode", "body"})  # how a Lambda function replies to API Gateway


def preflight(verifier: Verifier, settings: Settings) -> str | None:
    """What to tell the user about the plainest start of a chat and its first connection; None where both are well.

    Raises SettingsError where the endpoint says that it has no such instance or flow.
    """
    if settings.absent == CONNECT_SERVICE:
        _require_given_chat(verifier)
        return _of_connection(verifier.probe(operation(CONNECT)), settings)
    started = verifier.probe(operation(START))
    response = started.exchange.response if started.exchange else None
    if started.standing is Standing.REFUSED and response is not None and response.error_name == UNKNOWN:
        seen = f"{settings.target} answered {START} with {response.status} {UNKNOWN}"
        raise SettingsError(f"{seen}: it does not know {_ids(settings)}; give ids that it knows")
    if (objection := _of_start(started, settings)) is not None or settings.absent == PARTICIPANT:
        return objection
    return _of_connection(verifier.probe(operation(CONNECT)), settings)


def hopeless(profile: EndpointProfile, settings: Settings) -> str | None:
    """Why no test can show anything: no plain call got a reply that the API may give; None where one did.

    Where the run may start no chat all ids are invented, and what they get shows nothing.
    """
    real = [cause for name, cause in profile.strange.items() if name not in profile.invented]
    if profile.speaks or not real:
        return None
    seen, _ = Counter(cause.seen for cause in real).most_common(1)[0]
    cause = next(cause for cause in real if cause.seen == seen)
    got_it = [name for name, other in profile.strange.items() if other.seen == seen]
    every = len(got_it) == len(profile.strange)
    if len(real) < len(profile.strange) and not every:
        fact = f"{_who(got_it, profile)} at {settings.target} got {cause}"
        return f"no test was run: {fact}; other operations could only be called with invented ids"
    shown = f": {cause}" if every else f"; {_who(got_it, profile)} got {cause}"
    return f"no test was run: {_none(profile, settings)}{shown}"


def _who(got_it: list[str], profile: EndpointProfile) -> str:
    return got_it[0] if len(got_it) == 1 else f"{len(got_it)} of {len(profile.strange)} operations"


def _none(profile: EndpointProfile, settings: Settings) -> str:
    if len(profile.strange) == 1:
        return f"the plain call to {settings.target} got no reply of this API"
    return f"none of {len(profile.strange)} plain calls to {settings.target} got a reply of this API"


def _require_given_chat(verifier: Verifier) -> None:
    """Raises SettingsError, with what to do, where the user's own back end gives no chat."""
    try:
        verifier.conversations.shared_conversation()["contact_id"]
    except SetupFailed as failed:
        raise SettingsError(failed.reason) from failed


def _ids(settings: Settings) -> str:
    return f"--instance-id {settings.instance_id} or --contact-flow-id {settings.contact_flow_id}"


def _of_start(found: Finding, settings: Settings) -> str | None:
    exchange = found.exchange
    if exchange is None or found.standing is Standing.NOT_READY:
        return None
    if exchange.response is None:
        return f"{settings.target} gave no answer to {START}: {_cause_of_silence(exchange, settings)}"
    if found.standing is not Standing.WORKS:
        return f"{settings.target} answered {START} with {_refusal(exchange, exchange.response, settings)}"
    if not_an_object(exchange.response) is not None:
        return f"{settings.target} answered {START} with {cause_of(exchange)}"
    if text_in(exchange.response.members, _CONTACT) is None:
        return f"{settings.target} answered {START} with a JSON object that {_without_contact(exchange.response)}"
    return None


def _without_contact(response: Response) -> str:
    wrong = lacking(response.members, _CONTACT)
    if response.members.keys() >= _ENVELOPE:
        return f"{wrong}, but statusCode and body: an integration passes the reply of a Lambda function on unopened"
    return f"{wrong}: is --target the API's address?"


def _cause_of_silence(exchange: Exchange, settings: Settings) -> Cause:
    """Why no reply came; where the failure alone does not show it, the port is tried with other protocols."""
    failure, option = exchange.failure or "no answer", place_of(exchange).option
    other = other_protocol(settings.target, failure, settings.timeout)
    if other is None:
        return cause_of_failure(failure, option)
    return Cause(failure, str(other), cause_of_failure(other, option).remedy)


def _refusal(exchange: Exchange, response: Response, settings: Settings) -> str:
    """A refusal with its cause; where the reply names none, the ids may be wrong, and its message may say more."""
    cause = cause_of(exchange)
    if cause.likely:
        return str(cause)
    message = next((m for m in map(response.members.get, ("message", "Message")) if isinstance(m, str) and m), None)
    words = f" ({quote(message)})" if message else ""
    return f"{cause.seen}{words}; if it does not know {_ids(settings)}, give ids that it knows"


def _of_connection(found: Finding, settings: Settings) -> str | None:
    """A sentence about the first call with a token that the endpoint issued, where the cause can be named."""
    exchange = found.exchange
    if exchange is None or exchange.response is None or found.standing is not Standing.REFUSED:
        return None
    cause = cause_of(exchange)
    return f"{settings.participant_target} answered {CONNECT} with {cause}" if cause.likely else None
