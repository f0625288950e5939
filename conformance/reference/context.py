"""What every operation works on: the state and the sources of time, identifiers and choices around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.model import Operation
from conformance.reference.choices import Choices, Quotas
from conformance.reference.clock import Clock
from conformance.reference.identifiers import Identifiers
from conformance.reference.signatures import KNOWN_KEYS, Keys
from conformance.reference.state import Contact, Participant, State


@dataclass(frozen=True)
class Context:
    """The endpoint as its operations see it. `origin` is its own address, as in ``http://127.0.0.1:8080``.

    `files_origin` is the address of its files, None for the same one. Signatures are verified with `keys`.
    """

    origin: str = "http://127.0.0.1"
    clock: Clock = field(default_factory=Clock)
    identifiers: Identifiers = field(default_factory=Identifiers)
    choices: Choices = field(default_factory=Choices)
    quotas: Quotas = field(default_factory=Quotas)
    state: State = field(default_factory=State)
    key: bytes = b""
    keys: Keys = KNOWN_KEYS
    files_origin: str | None = None

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", self.identifiers.key())

    def now(self) -> int:
        """The present, in milliseconds since the epoch."""
        return self.clock.now()


@dataclass(frozen=True, slots=True)
class Call:
    """One valid request: who asks for what. `caller` is None on Connect operations."""

    operation: Operation
    arguments: Mapping[str, Any]
    caller: Participant | None = None

    def get(self, name: str) -> Any:
        """The argument `name`, or None where it is absent."""
        return self.arguments.get(name)

    @property
    def participant(self) -> Participant:
        """The caller of a Participant Service operation. Raises LookupError on any other."""
        if self.caller is None:
            raise LookupError(f"{self.operation.name} has no bearer")
        return self.caller

    @property
    def contact(self) -> Contact:
        """The contact that the caller is part of."""
        return self.participant.contact


Members = dict[str, Any]
OperationHandler = Callable[[Context, Call], Members]
