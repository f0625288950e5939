"""The reference endpoint for the tests of other projects: served on this machine, in a separate process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.session.reference_process import ReferenceProcess, start_reference

_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class ReferenceEndpoint:
    """A running reference endpoint: its address, the ids that it knows, its clock."""

    process: ReferenceProcess

    @property
    def url(self) -> str:
        """The base address of both services."""
        return self.process.facts["url"]

    @property
    def ids(self) -> Mapping[str, Any]:
        """The ids that it knows, by the names of the options that take them: instance_id, contact_flow_id, ..."""
        return {name: value for name, value in self.process.facts.items() if name != "url"}

    @property
    def client_options(self) -> Mapping[str, str]:
        """What ``boto3.client("connect", ...)`` and ``boto3.client("connectparticipant", ...)`` take to reach it."""
        from conformance.endpoint import credentials  # noqa: PLC0415 - it loads botocore

        return {
            "endpoint_url": self.url,
            "region_name": _REGION,
            "aws_access_key_id": credentials.KNOWN_ACCESS_KEY,
            "aws_secret_access_key": credentials.KNOWN_SECRET_KEY,
        }

    def advance(self, seconds: int) -> None:
        """Move its clock forward."""
        self.process.advance(seconds)

    def reset(self, fault: str | None = None, *variants: str) -> None:
        """Start afresh, without anything it knew; with a seeded `fault` and in lawful `variants` if any are named.

        Raises LookupError for a name that does not exist.
        """
        self.process.reconfigure([fault] if fault else [], variants)


@contextmanager
def served_reference() -> Iterator[ReferenceEndpoint]:
    """A reference endpoint on a free port of 127.0.0.1, ended with the block. Raises NotStarted where it cannot."""
    process = start_reference()
    try:
        yield ReferenceEndpoint(process)
    finally:
        process.stop()
