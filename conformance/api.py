"""The suite for other programs: judge an endpoint, draw requests for it, have one to try against.

Everything here is public and stays; everything else in this distribution may change. docs/own-project.md shows it in
use. Importing this module loads nothing of the suite: each function does so when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.application.aws_lambda import lambda_app
from conformance.application.hosting import NoApplication
from conformance.application.judge import IN_PROCESS, NotJudged, judge
from conformance.application.reference import ReferenceEndpoint, served_reference
from conformance.application.result import Finding, Judgement

if TYPE_CHECKING:
    from conformance.reference.in_process import ReferenceApplication

__all__ = [
    "Finding",
    "Judgement",
    "NoApplication",
    "NotJudged",
    "ReferenceEndpoint",
    "judge",
    "lambda_app",
    "reference_app",
    "served_reference",
]


def reference_app(
    base_url: str = IN_PROCESS, *, fault: str | None = None, variants: Sequence[str] = ()
) -> ReferenceApplication:
    """The reference endpoint as an ASGI application with a state of its own.

    `base_url` is the address that its URLs lead to. Its ``ids`` are the options that `judge` takes for it, ``advance``
    moves its clock. `fault` names a seeded fault, `variants` lawful variants; raises LookupError where one does not
    exist.
    """
    from conformance.reference.in_process import ReferenceApplication  # noqa: PLC0415 - a server's parts load slowly

    return ReferenceApplication(base_url, fault, variants)
