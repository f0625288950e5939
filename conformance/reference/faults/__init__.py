"""Seeded faults: endpoints that are wrong in one thing each, to show that the suite can tell.

The modules of this package declare them, each as a `Fault` or in a tuple of them; here they are gathered by name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

from conformance.reference.faults_kit.fault import Fault


class UnknownFault(LookupError):
    """A name that no fault has. Its text is one sentence for the user."""


@cache
def faults() -> Mapping[str, Fault]:
    """Every seeded fault by name, in the order of their modules. Raises ValueError for a name that two faults have."""
    return gather(fault_modules())


def fault_modules() -> Iterator[ModuleType]:
    """The modules that declare faults, in the order of their names."""
    yield from (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))


def find(name: str) -> Fault:
    """The fault called `name`. Raises UnknownFault for a name that there is none for."""
    try:
        return faults()[name]
    except KeyError:
        near = difflib.get_close_matches(name, faults(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "connect-conformance faults lists them."
        raise UnknownFault(f"there is no fault {name}: {hint}") from None


def gather(modules: Iterable[ModuleType]) -> Mapping[str, Fault]:
    """The faults that `modules` declare, by name. Raises ValueError for a name that two faults have."""
    found: dict[str, Fault] = {}
    for module in modules:
        for fault in faults_in(module):
            if found.setdefault(fault.name, fault) != fault:
                raise ValueError(f"{module.__name__} declares a second fault {fault.name}: give it another name")
    return MappingProxyType(found)


def faults_in(module: ModuleType) -> Iterator[Fault]:
    """The faults that a module declares, alone or in tuples. Their subject is the module's name."""
    subject = module.__name__.rpartition(".")[2].replace("_", "-")
    for value in vars(module).values():
        candidates = value if isinstance(value, tuple) else (value,)
        yield from (replace(fault, subject=subject) for fault in candidates if isinstance(fault, Fault))
