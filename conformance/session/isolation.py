"""What a run of the suite does not take from pytest's settings, the environment or other plugins.

A verdict must not depend on how the project around it, or the machine, likes its own tests to be run.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import pytest

# How the suite's own tests are found and prepared, whatever the project at hand says of its tests.
COLLECTION: Mapping[str, Sequence[str]] = {
    "python_files": ("test_*.py",),
    "python_classes": ("Test",),
    "python_functions": ("test",),
    "usefixtures": (),
}
NEEDED = ("python", "terminal")  # parts of pytest that -p no:NAME can take away
# Plugins that repeat, shuffle or break off tests. The suite repeats what matters, keeps an order and bounds each call.
SWITCHED_OFF = ("flaky", "pytest-retry", "random_order", "randomly", "repeat", "rerunfailures", "timeout")


def isolate(config: pytest.Config) -> None:
    """Keep warnings, ways of collecting, and plugins that change how tests run, out of this run.

    Raises pytest.UsageError where a part of pytest is missing that the suite needs.
    """
    for missing in (name for name in NEEDED if not config.pluginmanager.hasplugin(name)):
        raise pytest.UsageError(f"the suite needs a part of pytest that -p no:{missing} takes away: leave that out")
    if config.pluginmanager.hasplugin("html") and not config.pluginmanager.hasplugin("metadata"):
        raise pytest.UsageError("pytest-html needs what -p no:metadata takes away: leave that out, or add -p no:html")
    _silence_warnings(config)
    for setting, values in COLLECTION.items():
        config.getini(setting)[:] = values
    config.option.doctestmodules = False
    for plugin in _plugins_switched_off(config):
        config.pluginmanager.unregister(name=plugin)


def _silence_warnings(config: pytest.Config) -> None:
    """Whoever asked for errors meant their own code. pytest sets its filters anew around each hook, so both change."""
    warnings.simplefilter("ignore")
    if config.pluginmanager.hasplugin("warnings"):
        config.getini("filterwarnings")[:] = ["ignore"]
    config.known_args_namespace.pythonwarnings = None


def _plugins_switched_off(config: pytest.Config) -> list[str]:
    found = [name for name in SWITCHED_OFF if config.pluginmanager.hasplugin(name)]
    if config.pluginmanager.hasplugin("faulthandler") and config.getini("faulthandler_timeout"):
        found.append("faulthandler")  # it can end the process, with the exit code of a verdict
    return found
