"""What holds for the suite's own tests, and for no run that judges an endpoint."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """A warning, an unknown marker and a test that passes though it should not are mistakes here."""
    if not config.pluginmanager.hasplugin("conformance.session"):
        config.addinivalue_line("filterwarnings", "error")
        # The project's settings name the cache's directory also where nobody keeps one.
        config.addinivalue_line("filterwarnings", "ignore:Unknown config option.*cache_dir:pytest.PytestConfigWarning")
