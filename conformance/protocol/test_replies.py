"""Replies: their documented members and form, for a success and an error."""

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Constraint, Direction, Requirement
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import each_constraint, each_requirement
from conformance.verification.constraints import verify_repeated_refusal
from conformance.verification.identifier_lengths import verify_identifier_lengths
from conformance.verification.replies import verify_replies, verify_requested_members


@each_constraint(direction=Direction.OUTPUT)
def test_a_reply_holds_what_is_documented(verifier: Verifier, constraint: Constraint) -> None:
    """The reply has each documented output member, with its type, limits and form."""
    verify_replies(verifier, catalogue()[constraint.id])


@each_constraint(direction=Direction.OUTPUT, asked=True)
def test_a_reply_holds_what_was_asked_for(verifier: Verifier, constraint: Constraint) -> None:
    """The reply has each output member that the request asks for."""
    verify_requested_members(verifier, constraint)


@each_requirement(
    "success.status",
    "success.body",
    "reply.request-id",
    "reply.no-server-error",
    "error.status",
    "error.type",
    "error.body",
    "error.content-type",
    "error.named-when-denied",
)
def test_a_reply_is_formed_as_documented(verifier: Verifier, requirement: Requirement) -> None:
    """The reply has the status, type and body that its outcome requires."""
    verify_replies(verifier, requirement)


@each_requirement("refusal.before-lookup")
def test_an_identifier_of_unlawful_length_is_not_looked_up(verifier: Verifier, requirement: Requirement) -> None:
    """The endpoint refuses an identifier outside its documented length as bad input, not as unknown."""
    verify_identifier_lengths(verifier, requirement)


@each_requirement("refusal.again")
def test_bad_input_is_refused_again(verifier: Verifier, requirement: Requirement) -> None:
    """The endpoint refuses bad input also when the same request is sent a second time."""
    verify_repeated_refusal(verifier, requirement)
