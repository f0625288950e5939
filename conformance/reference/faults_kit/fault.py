"""What a seeded fault is, and how one is declared.

A fault makes one thing wrong in a fresh ReferenceService: its seed replaces a part (a handler, a rule, a shape, the
memory, the sockets) and returns nothing, or returns a handler that stands before the service's own. A fault is declared
in one of three ways, each with the same parts in the same order: a name, a sentence, what is wrong, and the
requirements that turn red by it.

- A row of `Rows`, where several faults of a subject are put into the service in the same way.
- An operator at a `Place` (`operators`), where a text is changed on its way.
- A function with `@fault`, where a fault stands alone, remembers something or needs statements. Its name and its
  docstring are the fault's name and sentence.

All come to `declare`, which a module calls itself where it reads its faults from a table of another form. A row that is
meant for each of several operations has the same parts: `operation_faults` of the bearers, `every_operation` of the
ClientTokens.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from conformance.reference.faults_kit.dependents import resting_on_promises
from conformance.reference.service import Handler, ReferenceService

Seed = Callable[[ReferenceService], Handler | None]
Wrong = TypeVar("Wrong")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `red` are ids of requirements that must turn red, `may` globs of those that may as well.

    `says` is one sentence: what the endpoint does. `seed` puts it into a service. `over_network` says that it shows
    only behind a server, as what comes late does. `subject` is the name of the module that declares it, which is known
    where faults are gathered.
    """

    name: str
    says: str
    seed: Seed
    red: tuple[str, ...]
    may: tuple[str, ...] = ()
    over_network: bool = False
    subject: str = ""

    def wrap(self, service: ReferenceService) -> Handler:
        """Put the fault into `service`. Returns what answers requests then."""
        return self.seed(service) or service.handle


def declare(
    name: str, says: str, seed: Seed, *red: str, may: tuple[str, ...] = (), over_network: bool = False
) -> Fault:
    """The fault that must turn each of `red` red. What rests on them may turn red too, and `may` besides.

    Raises ValueError for a fault without a sentence or without a requirement: neither could be held to anything.
    """
    if not says or not red:
        raise ValueError(f"fault {name} needs a sentence and the id of a requirement that it breaks")
    also = (glob for glob in resting_on_promises(red) if glob not in may)
    return Fault(name, says, seed, red, (*may, *also), over_network)


def fault(*red: str, may: tuple[str, ...] = (), over_network: bool = False) -> Callable[[Seed], Fault]:
    """Declare a function as the seeded fault that must turn each of `red` red, and may turn `may` red."""

    def declaration(seed: Seed) -> Fault:
        name, says = seed.__name__.replace("_", "-"), (inspect.getdoc(seed) or "").strip()
        return declare(name, says, seed, *red, may=may, over_network=over_network)

    return declaration


class Rows(Generic[Wrong]):
    """Declares faults that differ in one value: what is wrong, from which `seed_of` makes the seed of each.

    All of them turn `red` red and may turn `may` red, beside what each row says of itself.
    """

    def __init__(self, seed_of: Callable[[Wrong], Seed], *red: str, may: tuple[str, ...] = ()) -> None:
        self._seed_of, self._red, self._may = seed_of, red, may

    def __call__(self, name: str, says: str, wrong: Wrong, *red: str, may: tuple[str, ...] = ()) -> Fault:
        """One row: a fault's name and sentence, what is wrong, and what turns red."""
        return declare(name, says, self._seed_of(wrong), *self._red, *red, may=(*self._may, *may))
