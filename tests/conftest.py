"""What holds for the suite's own tests, and for no run that judges an endpoint."""

from __future__ import annotations

import os
import shutil
import sys
from tempfile import mkdtemp

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """A warning, an unknown marker and a test that passes though it should not are mistakes here."""
    if not config.pluginmanager.hasplugin("conformance.session"):
        config.addinivalue_line("filterwarnings", "error")
        # The project's settings name the cache's directory also where nobody keeps one.
        config.addinivalue_line("filterwarnings", "ignore:Unknown config option.*cache_dir:pytest.PytestConfigWarning")
        _keep_compiled_modules(config)


def _keep_compiled_modules(config: pytest.Config) -> None:
    """Have the hundreds of processes that tests start share compiled modules where none may be kept.

    Each would compile all that it imports, which takes longer than what most of them do.
    """
    if sys.dont_write_bytecode and os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = compiled = mkdtemp(prefix="compiled-")
        config.add_cleanup(lambda: shutil.rmtree(compiled))
