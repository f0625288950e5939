"""Faults of what else a start that continues an ended chat takes, keeps and repeats."""

from __future__ import annotations

from conformance.reference.faults.fault import fault
from conformance.reference.faults.memories import repeating, seeding
from conformance.reference.idempotency import Memory
from conformance.reference.service import ReferenceService
from conformance.reference.world import Call, Members, Performer, World

START = "StartChatContact"
RULE = f"{START}.PersistentChat"


def _anew(memory: Memory, world: World, call: Call, perform: Performer) -> Members:
    return perform(world, call) if call.get("PersistentChat") else memory.once(world, call, perform)


@fault(f"{START}.ClientToken.same-token-same-result")
def starts_persistent_chats_anew(service: ReferenceService) -> None:
    """A persistent start is done again each time, whatever its ClientToken."""
    seeding(lambda: _anew, START)(service)


def _bare(_world: World, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "ContinuedFromContactId"}


@fault(f"{RULE}.from-segment")
def repeats_without_what_it_continues(service: ReferenceService) -> None:
    """The repeated reply to a persistent start has no ContinuedFromContactId."""
    seeding(repeating(_bare), START)(service)
