"""Whether a reply accepts or refuses, as the documents say an acceptance and a refusal look."""

from __future__ import annotations

from conformance.checks.diagnosis.gateways import throttling_of
from conformance.checks.diagnosis.replies import cause_of_cut
from conformance.checks.errors import describe, is_throttled
from conformance.checks.violation import ContractViolation, Inconclusive, response_of
from conformance.contract.errors import bad_input_exceptions, malformed_input_exceptions
from conformance.contract.model import Location, Operation
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.contract.wire import Exchange, Response

BAD_REQUEST, FORBIDDEN, NOT_FOUND = 400, 403, 404
# A bearer that is absent, empty, over-long or malformed: the documents leave open which of these refuses it.
BEARER_REFUSALS = frozenset({400, 401, 403})
CLIENT_ERRORS = range(400, 500)
_MALFORMED = frozenset({ConstraintKind.TYPE, ConstraintKind.REQUIRED, ConstraintKind.NULL})


def judged_reply(exchange: Exchange) -> Response:
    """The response of `exchange`. Raises Inconclusive when no whole one came or it only asks for fewer requests."""
    response = response_of(exchange)
    if response.truncated:
        raise Inconclusive(str(cause_of_cut(response)), exchange)
    if is_throttled(response):
        raise Inconclusive(throttling_of(response), exchange)
    return response


def check_accepted(requirement: str, exchange: Exchange, sent: str) -> None:
    """The call succeeded. Raises ContractViolation, or Inconclusive when no answer came."""
    response = judged_reply(exchange)
    if not response.succeeded:
        raise ContractViolation(requirement, f"{sent} is accepted (status 200)", describe(response), (exchange,))


def check_refused(constraint: Constraint, exchange: Exchange, sent: str) -> None:
    """The call was refused as the documents refuse bad input (design: status and one of the declared types).

    An identifier that breaks its length names nothing either, so that not finding it is a refusal as well. That the
    length should have been judged first is another promise. Raises ContractViolation or Inconclusive.
    """
    response = judged_reply(exchange)
    if constraint.member.location is Location.HEADER:
        check_bearer_refused(constraint.id, exchange, sent)
        return
    if looked_up(constraint, response):
        return
    check_bad_input(constraint.id, constraint.operation, exchange, sent, malformed=constraint.kind in _MALFORMED)


def looked_up(constraint: Constraint, response: Response) -> bool:
    """Whether the endpoint reported an identifier of unlawful length as unknown instead of refusing its length."""
    lengths = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)
    unknown = response.status == NOT_FOUND and response.error_name == "ResourceNotFoundException"
    declared = any(e.name == "ResourceNotFoundException" for e in constraint.operation.errors)
    return unknown and declared and constraint.promise == "resource" and constraint.kind in lengths


def check_bearer_refused(requirement: str, exchange: Exchange, sent: str) -> None:
    """A bearer header that cannot be a token was refused. Raises ContractViolation or Inconclusive."""
    response = judged_reply(exchange)
    if response.status not in BEARER_REFUSALS:
        expected = f"{sent} is refused (400, 401 or 403)"
        raise ContractViolation(requirement, expected, describe(response), (exchange,))


def check_bad_input(
    requirement: str, operation: Operation, exchange: Exchange, sent: str, *, malformed: bool = False
) -> None:
    """The call was refused with status 400 and a type that `operation` declares for bad input.

    With `malformed` the protocol's SerializationException is as lawful. Raises ContractViolation or Inconclusive.
    """
    response = judged_reply(exchange)
    types = malformed_input_exceptions(operation) if malformed else bad_input_exceptions(operation)
    if response.status != BAD_REQUEST or response.error_name not in types:
        expected = f"{sent} is refused (400 {' or '.join(sorted(types))})"
        raise ContractViolation(requirement, expected, describe(response), (exchange,))


def check_client_error(requirement: str, exchange: Exchange, sent: str) -> None:
    """The call was refused with any status of the 400s. Raises ContractViolation or Inconclusive."""
    response = judged_reply(exchange)
    if response.status not in CLIENT_ERRORS:
        raise ContractViolation(requirement, f"{sent} is refused (400 to 499)", describe(response), (exchange,))


def check_denied(requirement: str, exchange: Exchange, sent: str) -> None:
    """The call was denied with status 403 and AccessDeniedException.

    The real gateway was seen to answer 403 without a type; that the name is missing is a separate warning
    (error.named-when-denied), not this violation. Raises ContractViolation or Inconclusive.
    """
    response = judged_reply(exchange)
    if response.status != FORBIDDEN or response.error_name not in (None, "AccessDeniedException"):
        expected = f"{sent} is denied (403 AccessDeniedException)"
        raise ContractViolation(requirement, expected, describe(response), (exchange,))
