"""Replies: what each must hold, whether it reports success or an error."""

from conformance.claims import each_constraint, each_requirement
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Constraint, Direction, Requirement
from conformance.examination.examiner import Examiner
from conformance.examination.lookups import examine_lookups
from conformance.examination.replies import examine_asked, examine_replies


@each_constraint(direction=Direction.OUTPUT)
def test_a_reply_holds_what_is_documented(examiner: Examiner, constraint: Constraint) -> None:
    """A documented output member is there, and is of its type, limits and form."""
    examine_replies(examiner, catalogue()[constraint.id])


@each_constraint(direction=Direction.OUTPUT, asked=True)
def test_a_reply_holds_what_was_asked_for(examiner: Examiner, constraint: Constraint) -> None:
    """An output member that the request asks for is in the reply."""
    examine_asked(examiner, constraint)


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
def test_a_reply_is_formed_as_documented(examiner: Examiner, requirement: Requirement) -> None:
    """A reply has the status, type and body that its outcome asks for."""
    examine_replies(examiner, requirement)


@each_requirement("refusal.before-lookup")
def test_an_identifier_of_unlawful_length_is_not_looked_up(examiner: Examiner, requirement: Requirement) -> None:
    """An identifier outside its documented length is bad input rather than unknown."""
    examine_lookups(examiner, requirement)
