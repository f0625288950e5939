"""The versions of what a run is made of, for the header of its ledger."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata

SUITE = "connect-chat-conformance"
PACKAGES = (SUITE, "botocore", "hypothesis", "pytest", "requests", "schemathesis")


def versions() -> Mapping[str, str]:
    """The versions of Python and of the packages that matter, by their names."""
    return {"python": platform.python_version(), **{package: _version(package) for package in PACKAGES}}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
