"""Where a fault is put into the memory of ClientTokens: what counts as a repetition, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.contract.operation_traits import names_where
from conformance.contract.requirements import operation_of
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.faults_kit.fault import Fault, Seed, declare
from conformance.reference.idempotency import Memory, token_member
from conformance.reference.service import ReferenceService

# Operations by what their repetitions need: those that start a contact, that send an item, that give out a participant
# token, that a chat bears any number of, and those of which any number can be had without a preparation.
STARTING_CONTACTS = names_where(lambda traits: traits.opens_contact)
SENDING = names_where(lambda traits: traits.adds_item and traits.uses_up is None)
GIVING_TOKENS = names_where(lambda traits: any("ParticipantToken" in member for member in traits.tokens))
BORNE_OFTEN = names_where(lambda traits: traits.chat_bears is None)
CHEAP = names_where(lambda traits: traits.chat_bears is None and traits.uses_up is None)
# What else repeats calls of an operation to see something.
_REPEATED_BY: Mapping[str, tuple[str, ...]] = {
    "StartChatContact": (
        "Clients.calls.sdk-headers",
        "StartChatContact.ChatStreamingConfiguration.streaming-id-stops",
        "StartChatContact.PersistentChat.from-segment",
    ),
}
# Takes the place of Memory.once, which it is given as the first argument.
Instead = Callable[[Memory, Context, Call, OperationHandler], Members]


class Altered(Memory):
    """A memory that does `instead` for one operation and is `memory` for all others."""

    def __init__(self, memory: Memory, operation: str, instead: Instead) -> None:
        super().__init__({})
        self._memory, self._operation, self._instead = memory, operation, instead

    def once(self, context: Context, call: Call, perform: OperationHandler) -> Members:
        """What `instead` makes of the operation's calls, and the whole memory of the others'."""
        if call.operation.name != self._operation:
            return self._memory.once(context, call, perform)
        return self._instead(self._memory, context, call, perform)

    def key(self, context: Context, call: Call) -> tuple[str, ...] | None:
        """What names the call, as in the whole memory."""
        return self._memory.key(context, call)


def token_of(call: Call) -> str | None:
    """The ClientToken of a call, or None where it has none."""
    member = token_member(call.operation)
    token = call.get(member) if member else None
    return token if isinstance(token, str) and token else None


def with_token(call: Call, token: str | None) -> Call:
    """The same call with another ClientToken, or without one."""
    arguments: dict[str, Any] = {**call.arguments, token_member(call.operation) or "": token}
    return replace(call, arguments=arguments)


def mistaking(change: Callable[[Context, Call, str], str | None]) -> Instead:
    """Takes each ClientToken for what `change` makes of it; None is to take it for none."""

    def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
        token = token_of(call)
        return memory.once(context, call if token is None else with_token(call, change(context, call, token)), perform)

    return instead


def reading(change: Callable[[str], str | None]) -> Callable[[], Instead]:
    """Takes each ClientToken for what `change`, such as a text operator, makes of its text."""
    return lambda: mistaking(lambda _context, _call, token: change(token))


def repeating(act: Callable[[Context, Call, Members], Members]) -> Callable[[], Instead]:
    """Each repetition gives what `act` makes of the right reply; the first call is as it should be."""

    def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
        performed: list[Members] = []

        def note(context: Context, call: Call) -> Members:
            performed.append(perform(context, call))
            return performed[-1]

        members = memory.once(context, call, note)
        return members if performed else act(context, call, members)

    return lambda: instead


def every_operation(
    name: str,
    does: str,
    make: Callable[[], Instead],
    red: tuple[str, ...],
    *,
    may: tuple[str, ...] = (),
    only: Collection[str] = (),
) -> tuple[Fault, ...]:
    """One fault for each operation (of `only`, where that is given) that `red` has requirements of, which turn red.

    `does` follows the operation's name; `make` is called for each service, so that what a fault remembers is its own.
    `may` are globs of other requirements; one that begins with `*.` is meant of the same operation.
    """
    return every_operation_by_seed(name, does, partial(seeding, make), red, may=may, only=only)


def every_operation_by_seed(
    name: str,
    does: str,
    seed_of: Callable[[str], Seed],
    red: tuple[str, ...],
    *,
    may: tuple[str, ...] = (),
    only: Collection[str] = (),
) -> tuple[Fault, ...]:
    """Like `every_operation`, for a fault that `seed_of` puts into the operation of a name.

    Raises ValueError where `red` has nothing of the operations of `only`.
    """
    operations = [operation for operation in dict.fromkeys(map(operation_of, red)) if not only or operation in only]
    if not operations:
        raise ValueError(f"{name} breaks no requirement of {', '.join(only)}")
    return tuple(
        declare(
            f"{operation}.ClientToken.{name}",
            f"{operation} {does}.",
            seed_of(operation),
            *(requirement for requirement in red if operation_of(requirement) == operation),
            may=(*_of_operation(may, operation), *_REPEATED_BY.get(operation, ())),
        )
        for operation in operations
    )


def _of_operation(globs: tuple[str, ...], operation: str) -> tuple[str, ...]:
    return tuple(glob.replace("*", operation, 1) if glob.startswith("*.") else glob for glob in globs)


def seeding(make: Callable[[], Instead], operation: str) -> Seed:
    """Puts what `make` makes in the place of the memory of one operation."""

    def seed(service: ReferenceService) -> None:
        service.memory = Altered(service.memory, operation, make())

    return seed
