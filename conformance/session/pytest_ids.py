"""The name of one of the suite's tests, whichever directory pytest takes for its root.

pytest's own id begins at that root: ``conformance/protocol/test_replies.py::...`` in a clone,
``protocol/test_replies.py::...`` where ``--pyargs conformance`` is run from an empty directory.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from connect_conformance_pytest.activation import PACKAGE

_DERIVED = "protocol/"


def rootless_id(nodeid: str) -> str:
    """The pytest id of a test of the suite as it is with the package as pytest's root; that of any other unchanged."""
    path, separator, rest = nodeid.partition("::")
    return f"{_paths().get(path.rpartition('/')[2], path)}{separator}{rest}"


def is_derived_test(nodeid: str) -> bool:
    """Whether the test with this pytest id is one of those that are made from the catalogue."""
    return rootless_id(nodeid).startswith(_DERIVED)


@cache
def _paths() -> Mapping[str, str]:
    """The path of each file of tests within the package, by its name, which no two share."""
    return {file.name: file.relative_to(PACKAGE).as_posix() for file in PACKAGE.glob("*/test_*.py")}
