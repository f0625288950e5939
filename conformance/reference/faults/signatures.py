"""Faults of signatures: operations that need none, and participants who are asked for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.contract.model import Operation
from conformance.reference.faults.bearers import SIGNED, denying, judged, kebab
from conformance.reference.faults.fault import Fault, Seed
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant
from conformance.wire import Request

# What of a participant's operation fails besides where it wants a signature: whoever sends it without one.
OF_UNSIGNED = ("*",)


def _authorization(request: Request) -> str:
    return request.header("Authorization") or ""


def _serving(name: str, when: Callable[[Request], bool]) -> Seed:
    """Operation `name` is served without a look at the signature where `when` is true of a request."""

    def seed(service: ReferenceService) -> None:
        own = service.authenticate

        def authenticate(operation: Operation, request: Request) -> Participant | None:
            return None if operation.name == name and when(request) else own(operation, request)

        service.authenticate = authenticate

    return seed


def _is_unsigned(request: Request) -> bool:
    return not _authorization(request)


def _has_a_bearer_only(request: Request) -> bool:
    return _is_unsigned(request) and request.header("X-Amz-Bearer") is not None


def _has_another_authorization(request: Request) -> bool:
    return bool(_authorization(request)) and not _authorization(request).startswith("AWS4-HMAC-SHA256")


def _required() -> Iterator[Fault]:
    for name in SIGNED:
        for does, says, when in (
            ("needs-no-signature", "is served without a signature", _is_unsigned),
            ("takes-a-bearer-for-a-signature", "is served unsigned to who sends a bearer", _has_a_bearer_only),
            (
                "takes-any-authorization",
                "is served with an Authorization that is no signature",
                _has_another_authorization,
            ),
        ):
            red = (f"{name}.signature.required",)
            yield Fault(f"{kebab(name)}-{does}", f"{name} {says}.", red, (), "signatures", _serving(name, when))


def _denying(name: str, when: Callable[[Request], bool]) -> Seed:
    return lambda service: denying(service, name, when)


def _each(
    rule: str, does: str, says: str, when: Callable[[Request], bool], may: tuple[str, ...] = ()
) -> Iterator[Fault]:
    """The fault in each operation of the Participant Service. `says` follows the operation's name."""
    for name, requirement in judged(rule):
        yield Fault(f"{kebab(name)}-{does}", f"{name} {says}.", (requirement,), may, "signatures", _denying(name, when))


REQUIRED = tuple(_required())
UNSIGNED = tuple(
    _each("unsigned-accepted", "wants-a-signature", "is denied without a signature", _is_unsigned, OF_UNSIGNED)
)
IGNORED = (
    *_each(
        "signature-ignored",
        "chokes-on-empty-keys",
        "is denied with a signature of an empty access key",
        lambda request: "Credential=/" in _authorization(request),
    ),
    *_each(
        "signature-ignored",
        "chokes-on-signatures",
        "is denied with a signature",
        lambda request: "Credential=/" not in _authorization(request) and bool(_authorization(request)),
        ("*.bearer.*",),
    ),
)
