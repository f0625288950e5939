"""Where a fault stands in the reference endpoint, so far as only one fault can stand there."""

from __future__ import annotations

from functools import cache

from conformance.reference.faults_kit.fault import Fault
from conformance.reference.service import ReferenceService

# What a fault replaces by its own, whatever stood there. Other parts are wrapped, which several faults may do.
REPLACED = ("arguments", "cross_origin", "perform", "sockets")
BEFORE = "before the service"


@cache
def places(fault: Fault) -> frozenset[str]:
    """The places that the fault takes for itself: parts of the service, the rules of operations, or before it all."""
    service, untouched = ReferenceService(), ReferenceService()
    own = {part: getattr(service, part) for part in REPLACED}
    before = fault.seed(service)
    replaced = {part for part in REPLACED if getattr(service, part) != own[part]}
    ruled = {f"rules of {name}" for name, rules in service.rules.items() if rules != untouched.rules.get(name)}
    return frozenset(replaced | ruled | ({BEFORE} if before else set()))
