"""No profile of a project, a plugin or a CI job reaches a search of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings

from conformance.engine.hypothesis_settings import own_settings

THEIRS: dict[str, Any] = {
    "deadline": 1,
    "derandomize": True,
    "database": None,
    "verbosity": Verbosity.debug,
    "suppress_health_check": (HealthCheck.differing_executors,),
    "print_blob": True,
    "report_multiple_bugs": True,
}


@pytest.fixture
def _profile_of_a_project() -> Iterator[None]:
    before = settings.get_current_profile_name()
    settings.register_profile("theirs", **THEIRS)
    settings.load_profile("theirs")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("_profile_of_a_project")
def test_a_loaded_profile_changes_no_search() -> None:
    chosen = own_settings(max_examples=3, phases=(Phase.generate,))
    assert (chosen.max_examples, chosen.phases) == (3, (Phase.generate,))
    assert (chosen.deadline, chosen.derandomize, chosen.verbosity) == (None, False, Verbosity.quiet)
    assert set(HealthCheck) <= set(chosen.suppress_health_check)
    assert (chosen.print_blob, chosen.report_multiple_bugs, chosen.backend) == (False, False, "hypothesis")
