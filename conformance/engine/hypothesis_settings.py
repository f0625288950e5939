"""Hypothesis' settings of a run, each of them the suite's own.

A setting that is left out comes from whatever profile is loaded: that of CI jobs, of a plugin or of a project's
conftest. There it may choose another engine, seed or phase, or take a slow machine for a mistake.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Verbosity, settings


def loaded_profile() -> str:
    """The name of the profile that is loaded. No search of the suite takes anything from it."""
    return settings.get_current_profile_name()


def own_settings(**chosen: Any) -> settings:
    """Settings with `chosen` values, and the suite's own ones for all others that can reach a judgement."""
    own = {
        "deadline": None,
        "database": None,
        "derandomize": False,
        "suppress_health_check": tuple(HealthCheck),
        "verbosity": Verbosity.quiet,  # the report says what was tried
        "report_multiple_bugs": False,
        "print_blob": False,
        "backend": "hypothesis",
    }
    return settings(**{**own, **chosen})
