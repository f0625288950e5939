"""Faults that are judged together by the whole suite, because none of them disturbs another.

A fault of the limits of an input shows only to requests that are about that very limit. Any other one turns red
besides what rests on what it breaks: those share an endpoint of which no two may turn the same requirement red, so
that each red belongs to one of them. Many faults in one endpoint turn red what each of them turns red alone, in the
time of one run. Where they do not, they are judged in smaller groups, and at last one by one (`evidence`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import filter as matching
from functools import cache
from itertools import zip_longest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.places import places
from conformance.reference.faults_kit.fault import Fault

TOGETHER = 40  # faults in one endpoint
OF_INPUTS = frozenset({"derived-limits", "derived-members"})
OF_ALL = frozenset({"whole-services"})  # no call of a service gets anywhere
# Requirements that one fault, and all of a group, may turn red. The more of them a group has, the more could be hidden
# in it: a red that one fault does not declare and another one does.
NARROW, COVERED = 150, 300
BLOCKED = 20  # musts beyond those that a group may leave unseen: something strange about them would be hidden too
# What these spoil is needed to ask for something else, which then shows nothing of the other faults about it.
# The two operations of an authentication session share the only one that there is.
NEEDED_BY_OTHERS = (
    "StartAttachmentUpload.output.UploadMetadata.*",
    "GetAttachment.output.Url.*",
    "*.success.valid-request*",
    "*.success.status*",
    "GetAuthenticationUrl.*",
    "CancelParticipantAuthentication.*",
)


def groups_of(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Every fault in just one group: with others that it does not disturb, or alone, and what turns most red last."""
    of_inputs: list[Fault] = []
    narrow: list[Fault] = []
    wide: list[Fault] = []
    for fault in sorted(faults, key=_width):
        if fault.subject in OF_INPUTS and "*" not in fault.may:
            of_inputs.append(fault)
        else:
            (narrow if _is_narrow(fault) else wide).append(fault)
    yield from _of_other_members(of_inputs)
    yield from _of_other_requirements(reversed(narrow))
    yield from ((fault,) for fault in wide)


def _width(fault: Fault) -> int:
    return len(footprint(fault))


def _is_narrow(fault: Fault) -> bool:
    named = (fault.name, *fault.red)
    blocks = fault.subject in OF_ALL or any(matching(named, glob) for glob in NEEDED_BY_OTHERS)
    return not blocks and not fault.over_network and _width(fault) <= NARROW


def halves(group: tuple[Fault, ...]) -> tuple[tuple[Fault, ...], ...]:
    """The two smaller groups that a group is judged in where it shows what none of it declares."""
    middle = len(group) // 2
    return (group[:middle], group[middle:])


def _of_other_members(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Groups in which no two faults are about the same member."""
    by_member: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_member[_member(fault)].append(fault)
    for layer in zip_longest(*by_member.values()):
        found = [fault for fault in layer if fault is not None]
        yield from (tuple(found[i : i + TOGETHER]) for i in range(0, len(found), TOGETHER))


def _member(fault: Fault) -> str:
    """The operation and member that a fault is about: its name without the limit and the mutation."""
    return fault.name.rsplit(".", 2)[0]


@dataclass(slots=True)
class _Group:
    faults: list[Fault] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def takes(self, fault: Fault) -> bool:
        """Add the fault if it may turn nothing red that another one may, and stands where no other one does."""
        if len(self.faults) == TOGETHER or not self._has_room(fault):
            return False
        self.faults.append(fault)
        self.covered |= footprint(fault)
        self.taken |= places(fault)
        return True

    def _has_room(self, fault: Fault) -> bool:
        more = footprint(fault)
        fits = len(self.covered) + len(more) <= COVERED
        return fits and self.covered.isdisjoint(more) and self.taken.isdisjoint(places(fault))


def _of_other_requirements(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Groups in which no two faults may turn the same requirement red."""
    groups: list[_Group] = []
    for fault in faults:
        if not any(group.takes(fault) for group in groups):
            groups.append(_Group())
            groups[-1].takes(fault)
    return (tuple(group.faults) for group in groups)


@cache
def footprint(fault: Fault) -> frozenset[str]:
    """Every requirement that a fault must or may turn red."""
    return frozenset(fault.red).union(*(_ids_matching(glob) for glob in fault.may))


@cache
def _ids_matching(glob: str) -> frozenset[str]:
    judged = [rid for rid, requirement in catalogue().items() if requirement.level is not Level.RECORD]
    return frozenset(matching(judged, glob))
