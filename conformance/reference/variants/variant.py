"""What a lawful variant is: one way to answer where the documents are silent or leave room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.wire import Request, Response
from conformance.reference.service import ReferenceService

Change = Callable[[Request, Response], Response]
Before = Callable[[Request], Response | None]


@dataclass(frozen=True, slots=True)
class Variant:
    """One lawful way to answer. `says` is what the documents leave open; `change` remakes a reply.

    `before` answers in the service's place, `alter` changes a part of it. `warns` are globs of the shoulds that it
    leaves open on purpose, so that a warning about them is no false alarm. `over_network` says that it shows only
    behind a server. `not_with` names variants beside which it is not lawful.
    """

    name: str
    says: str
    choices: Mapping[str, Any] | None = None
    change: Change | None = None
    before: Before | None = None
    alter: Callable[[ReferenceService], None] | None = None
    warns: tuple[str, ...] = ()
    over_network: bool = False
    not_with: frozenset[str] = frozenset()
