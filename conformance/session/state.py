"""What a run keeps in pytest's stash: its options, the run itself, its progress and its end."""

from __future__ import annotations

import pytest

from conformance.ending import Ending
from conformance.options import Options
from conformance.progress import Progress
from conformance.run import Run

RUN = pytest.StashKey[Run]()
OPTIONS = pytest.StashKey[Options]()
ENDING = pytest.StashKey[Ending]()
PROGRESS = pytest.StashKey[Progress]()


def worker_suffix(config: pytest.Config) -> str:
    """What tells this process's ledger from those of its siblings under pytest-xdist; empty for a lone process."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return f"-{worker}" if worker else ""
