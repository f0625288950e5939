"""What the report shows of the tester's machine: whatever might reach a judgement and is no option.

`docs/environment.md` lists what a run does about each of these. Of variables only the names are shown: their values may
be secret.
"""

from __future__ import annotations

import locale
import os
import platform
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.hypothesis_settings import loaded_profile
from connect_conformance_pytest.activation import HOME

# Variables that Python, pytest, its plugins and the suite's libraries read.
VARIABLES = (
    *("PYTHON*", "PYTEST_*", "HYPOTHESIS_*", "SCHEMATHESIS_*", "COVERAGE_*", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("AWS_*", "BOTO_CONFIG", "*_PROXY", "*_proxy", "NETRC", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("SSL_CERT_*", "SSLKEYLOGFILE", "OPENSSL_*", "WEBSOCKETS_*", "LC_*", "LANG", "LANGUAGE", "TZ", "CI"),
    *("LD_PRELOAD", "LD_LIBRARY_PATH", "RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES", "FAKETIME"),
)


def machine(config: pytest.Config) -> dict[str, Any]:
    """Members of a ledger's header that say where a run takes place; they hold no secret."""
    return {
        "platform": platform.platform(terse=True),
        "working_directory": str(Path.cwd()),
        "locale": f"{locale.setlocale(locale.LC_CTYPE)}, {locale.getencoding()}",
        "time_zone": time.strftime("%Z %z"),
        "hypothesis_profile": loaded_profile(),
        "plugins": dict(sorted(_plugins(config))),
        "conftests": sorted(set(_conftests(config))),
        "variables": sorted(name for name in os.environ if any(fnmatchcase(name, glob) for glob in VARIABLES)),
    }


def _plugins(config: pytest.Config) -> Iterator[tuple[str, str]]:
    """The plugins that were installed or named with -p, each with the version of its distribution, if it has one."""
    for _, distribution in config.pluginmanager.list_plugin_distinfo():
        yield distribution.project_name, distribution.version
    for name in config.getoption("plugins", ()):
        if not name.startswith("no:"):
            yield name, "named with -p"


def _conftests(config: pytest.Config) -> Iterator[str]:
    """The conftest files of others that were loaded."""
    for plugin in config.pluginmanager.get_plugins():
        file = getattr(plugin, "__file__", None)
        if file is not None and Path(file).name == "conftest.py" and Path(file).parent != HOME:
            yield file
