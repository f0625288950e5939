"""Which exception types and statuses an operation may answer with, and which of them refuse bad input."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.contract.model import PARTICIPANT, Operation

SERIALIZATION = "SerializationException"

# Exceptions that no operation declares and that the protocol or the front of every AWS service answers
# with, and the statuses that they were documented or seen with (restJson1; the services' Common Errors pages;
# API Gateway's responses).
COMMON_ERRORS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        SERIALIZATION: frozenset({400}),
        "UnsupportedMediaTypeException": frozenset({415}),
        "NotAcceptableException": frozenset({406}),
        "UnknownOperationException": frozenset({403, 404, 405}),
        "MethodNotAllowedException": frozenset({405}),
        "RequestEntityTooLargeException": frozenset({413}),
        "AccessDeniedException": frozenset({400, 403}),
        "UnauthorizedException": frozenset({401}),
        "ForbiddenException": frozenset({403}),
        "MissingAuthenticationTokenException": frozenset({400, 403}),
        "MissingAuthenticationToken": frozenset({400, 403}),
        "IncompleteSignatureException": frozenset({400, 403}),
        "IncompleteSignature": frozenset({400, 403}),
        "InvalidSignatureException": frozenset({400, 403}),
        "SignatureDoesNotMatchException": frozenset({403}),
        "SignatureDoesNotMatch": frozenset({403}),
        "InvalidClientTokenId": frozenset({403}),
        "UnrecognizedClientException": frozenset({400, 403}),
        "ExpiredTokenException": frozenset({400, 403}),
        "RequestExpired": frozenset({400}),
        "NotAuthorized": frozenset({400, 403}),
        "OptInRequired": frozenset({400, 403}),
        "ThrottlingException": frozenset({400, 429}),
        "TooManyRequestsException": frozenset({429}),
        "InternalFailure": frozenset({500}),
        "InternalServerError": frozenset({500}),
        "ServiceUnavailable": frozenset({503}),
        "ServiceUnavailableException": frozenset({503}),
    }
)

# Those of COMMON_ERRORS that say that the caller may not call, or not with these credentials.
NO_PERMISSION = frozenset(
    {
        "AccessDeniedException",
        "UnauthorizedException",
        "ForbiddenException",
        "IncompleteSignatureException",
        "IncompleteSignature",
        "InvalidSignatureException",
        "SignatureDoesNotMatchException",
        "SignatureDoesNotMatch",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "RequestExpired",
        "NotAuthorized",
        "OptInRequired",
    }
)

# Exceptions of an operation that say that the caller sent more than it may: lawful at any time.
THROTTLING = frozenset({"ThrottlingException", "TooManyRequestsException", "LimitExceededException"})

_BAD_INPUT = {
    True: frozenset({"ValidationException"}),
    False: frozenset({"InvalidParameterException", "InvalidRequestException"}),
}


def statuses_of(operation: Operation, exception: str) -> frozenset[int]:
    """The statuses that `exception` may stand with on `operation`; empty when it may not stand there.

    A declared exception has exactly its declared status, even where a common error of that name has more.
    """
    declared = frozenset(e.status for e in operation.errors if e.name == exception)
    return declared or COMMON_ERRORS.get(exception, frozenset())


def bad_input_exceptions(operation: Operation) -> frozenset[str]:
    """The declared exceptions that refuse an input which breaks a constraint, all of status 400."""
    allowed = _BAD_INPUT[operation.service == PARTICIPANT]
    return allowed & {e.name for e in operation.errors}


def malformed_input_exceptions(operation: Operation) -> frozenset[str]:
    """The exceptions that refuse broken JSON, a wrong JSON type or a missing member (status 400)."""
    return bad_input_exceptions(operation) | {SERIALIZATION}
