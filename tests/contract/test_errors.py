import pytest

from conformance.contract.errors import (
    COMMON_ERRORS,
    bad_input_exceptions,
    malformed_input_exceptions,
    statuses_of,
)
from conformance.contract.model import operation
from tests.contract.service_models import ALL_OPERATIONS, PARTICIPANT_OPERATIONS, operation_model


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_declared_exception_has_the_status_that_botocore_reads(name: str) -> None:
    theirs = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in operation_model(name).error_shapes}
    assert {e.name: e.status for e in operation(name).errors} == theirs
    for exception, status in theirs.items():
        assert statuses_of(operation(name), exception) == {status}


@pytest.mark.parametrize(
    ("name", "exception", "status"),
    [
        ("StartChatContact", "LimitExceededException", 429),
        ("StopContact", "ContactNotFoundException", 410),
        ("StartAttachmentUpload", "ServiceQuotaExceededException", 402),
        ("CompleteAttachmentUpload", "ConflictException", 409),
        ("DescribeView", "ResourceNotFoundException", 404),
        ("SendMessage", "AccessDeniedException", 403),
    ],
)
def test_a_documented_status_stands(name: str, exception: str, status: int) -> None:
    assert statuses_of(operation(name), exception) == {status}


def test_a_common_error_stands_where_it_is_not_declared() -> None:
    assert statuses_of(operation("SendMessage"), "SerializationException") == {400}
    assert statuses_of(operation("StartChatContact"), "TooManyRequestsException") == {429}


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        # Smithy's tests of restJson1, and its framework's router.
        ("SerializationException", 400),
        ("UnsupportedMediaTypeException", 415),
        ("NotAcceptableException", 406),
        ("UnknownOperationException", 404),
        ("MethodNotAllowedException", 405),
        # The services' pages of Common Errors, with and without the suffix that newer services add.
        ("IncompleteSignature", 400),
        ("IncompleteSignatureException", 400),
        ("InvalidClientTokenId", 403),
        ("UnrecognizedClientException", 403),
        ("MissingAuthenticationToken", 403),
        ("MissingAuthenticationTokenException", 403),
        ("SignatureDoesNotMatch", 403),
        ("ExpiredTokenException", 403),
        ("RequestExpired", 400),
        ("OptInRequired", 403),
        ("NotAuthorized", 400),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
        # API Gateway's responses before the Participant Service.
        ("AccessDeniedException", 403),
        ("UnauthorizedException", 401),
        ("ForbiddenException", 403),
        ("InvalidSignatureException", 403),
        ("RequestEntityTooLargeException", 413),
        ("TooManyRequestsException", 429),
    ],
)
def test_a_common_error_may_have_the_status_of_its_documents(exception: str, status: int) -> None:
    assert status in COMMON_ERRORS[exception]


@pytest.mark.parametrize("exception", ["ResourceNotFoundException", "ConflictException", "NobodysException"])
def test_another_operations_exception_does_not_stand(exception: str) -> None:
    assert statuses_of(operation("SendMessage"), exception) == frozenset()


def test_a_declaration_narrows_a_common_error() -> None:
    assert len(COMMON_ERRORS["AccessDeniedException"]) > 1
    assert statuses_of(operation("StartWebRTCContact"), "AccessDeniedException") == {403}


@pytest.mark.parametrize("name", PARTICIPANT_OPERATIONS)
def test_a_participant_operation_refuses_bad_input_with_a_validation_exception(name: str) -> None:
    assert bad_input_exceptions(operation(name)) == {"ValidationException"}


@pytest.mark.parametrize(
    ("name", "exceptions"),
    [
        ("StartChatContact", {"InvalidParameterException", "InvalidRequestException"}),
        ("StartWebRTCContact", {"InvalidParameterException", "InvalidRequestException"}),
        # CreateParticipant and GetContactAttributes declare only one of the two.
        ("CreateParticipant", {"InvalidRequestException"}),
        ("GetContactAttributes", {"InvalidRequestException"}),
    ],
)
def test_a_connect_operation_refuses_bad_input_with_either_that_it_declares(name: str, exceptions: set[str]) -> None:
    assert bad_input_exceptions(operation(name)) == exceptions


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_malformed_input_may_also_get_the_protocols_exception(name: str) -> None:
    assert malformed_input_exceptions(operation(name)) - bad_input_exceptions(operation(name)) == {
        "SerializationException"
    }


def test_no_common_error_has_a_status_of_success() -> None:
    assert all(400 <= status < 600 for statuses in COMMON_ERRORS.values() for status in statuses)
