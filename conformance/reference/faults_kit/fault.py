"""What a seeded fault is, and how one is declared.

A fault is a function that takes a fresh ReferenceService and makes one thing of it wrong: it replaces a part (a
handler, a rule, a shape, the memory, the sockets) and returns nothing, or returns a handler that stands before the
service's own. Its name is what it does wrong, in a few words; its docstring says it in one sentence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from conformance.reference.service import Handler, ReferenceService

Seed = Callable[[ReferenceService], Handler | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `red` are ids of requirements that must turn red, `may` globs of those that may as well.

    `seed` puts it into a service. `says` is one sentence. `subject` groups faults: the name of their module.
    `over_network` says that it shows only behind a server, as what comes late does.
    """

    name: str
    says: str
    red: tuple[str, ...]
    may: tuple[str, ...]
    subject: str
    seed: Seed
    over_network: bool = False

    def wrap(self, service: ReferenceService) -> Handler:
        """Put the fault into `service`. Returns what answers requests then."""
        return self.seed(service) or service.handle


def fault(*red: str, may: tuple[str, ...] = (), over_network: bool = False) -> Callable[[Seed], Fault]:
    """Declare a function as the seeded fault that must turn each of `red` red, and may turn `may` red.

    Raises ValueError for a fault without a sentence or without a requirement: neither could be held to anything.
    """

    def declare(seed: Seed) -> Fault:
        says = (inspect.getdoc(seed) or "").strip()
        if not says or not red:
            raise ValueError(f"fault {seed.__name__} needs a sentence and the id of a requirement that it breaks")
        name = seed.__name__.replace("_", "-")
        subject = seed.__module__.rpartition(".")[2].replace("_", "-")
        return Fault(name, says, red, may, subject, seed, over_network)

    return declare
