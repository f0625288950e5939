"""What faults that follow from the contract have in common: their form, and which of them would not show.

A fault is left out where nothing could tell it from an endpoint that keeps every promise. Each table says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from conformance.contract.catalogue import catalogue
from conformance.contract.model import Operation, operations
from conformance.contract.requirements import Constraint, Level, Requirement
from conformance.reference.faults_kit.fault import Fault, Seed
from conformance.reference.faults_kit.middleware import Odd, taking
from conformance.reference.faults_kit.shapes import Change, with_member
from conformance.reference.service import ReferenceService

# Members that a rule of the documents' prose limits besides the model, as bytes or an alphabet do: what a lax model
# lets through is then refused by that rule, with the same status.
RULED = (
    "*.Attributes.*",
    "SendMessage.Content",
    "StartChatContact.InitialMessage.Content",
    "*.SegmentAttributes.*",
    "CreateParticipant.ParticipantDetails.ParticipantRole",
    "StartWebRTCContact.References.value.Type",
)
# Members whose acceptance the documents leave to the account, so that no refusal of them can be told from a fault.
CONDITIONAL = (
    "StartChatContact.PersistentChat*",
    "StartChatContact.ChatStreamingConfiguration*",
    "CreateParticipant.ParticipantDetails.ParticipantCapabilities*",
    "StopContact.DisconnectReason*",
)
# Members that the documents ask for though the model does not, so that null for them is refused.
NEEDED = (
    "CreateParticipant.ParticipantDetails.ParticipantRole",
    "*.SegmentAttributes.value.ValueString",
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break a requirement. `does` follows the operation's name; `red` is the requirement that shows it."""

    name: str
    does: str
    seed: Seed
    red: str | None = None
    may: tuple[str, ...] = ()


def faults_of(requirement: Requirement, mutations: Iterable[Mutation]) -> Iterator[Fault]:
    """The faults that `mutations` of `requirement` are, none where it is not judged."""
    if requirement.untested is None and requirement.level is not Level.RECORD:
        for mutation in mutations:
            says = f"{requirement.operation} {mutation.does}."
            red = mutation.red or requirement.id
            yield Fault(f"{requirement.id}.{mutation.name}", says, mutation.seed, (red,), mutation.may)


def faults_of_operations(*ways: Callable[[Operation, str], Iterator[Mutation]]) -> tuple[Fault, ...]:
    """The faults of each promise about an operation: each of `ways` is given the operation and the family."""
    promises = [one for one in catalogue().values() if one.derived and one.constraint is None]
    return tuple(
        fault
        for promise in promises
        for way in ways
        for fault in faults_of(promise, way(operations()[promise.operation], promise.family))
    )


def with_its_member(constraint: Constraint, mutations: Iterable[Mutation]) -> Iterator[Mutation]:
    """Each variant, with what else is promised of the same member; with anything, where no plain call is left."""
    name = constraint.operation.name
    of_member = ".".join((name, *constraint.member.path[:1], "*"))
    for mutation in mutations:
        besides = ("*",) if mutation.red == f"{name}.success.valid-request" else (of_member, f"{name}.refusal.*")
        yield replace(mutation, may=(*mutation.may, *besides))


def is_among(constraint: Constraint, globs: Iterable[str]) -> bool:
    """Whether the constraint's member is one of those that `globs` name."""
    dotted = f"{constraint.operation.name}.{constraint.member.dotted}"
    return any(fnmatchcase(dotted, glob) for glob in globs)


def is_hidden(constraint: Constraint) -> bool:
    """Whether what a lax model lets through would still be refused: by a lookup, a vocabulary, a rule of the prose."""
    return constraint.promise is not None or is_among(constraint, RULED)


def reshape(constraint: Constraint, change: Change) -> Seed:
    """Judges requests by a shape in which the constraint's member is changed."""

    def seed(service: ReferenceService) -> None:
        name = constraint.operation.name
        service.shapes[name] = with_member(service.shapes[name], constraint.member.path, change)

    return seed


def lax(constraint: Constraint, change: Change, odd: Odd) -> Seed:
    """Takes what must be refused: by its model alone where nothing else refuses it, else by answering as if right."""
    return taking(constraint.operation, odd) if is_hidden(constraint) else reshape(constraint, change)


def requirement_of(constraint: Constraint) -> Requirement:
    """The requirement that stands for a constraint."""
    return catalogue()[constraint.id]


MakeMutations = Callable[[Constraint], Iterator[Mutation]]
