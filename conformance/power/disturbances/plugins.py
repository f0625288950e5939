"""Plugins that a machine may have installed: distributions made of two files, found by pytest as installed ones are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SHUFFLES = '''
import random
import pytest

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Shuffles all tests, as pytest-randomly does."""
    random.Random(7).shuffle(items)
'''
_WARNS = '''
import warnings

def pytest_configure(config):
    """Warns as soon as it is loaded, as pytest-asyncio did."""
    warnings.warn(DeprecationWarning("the default of a setting will change"))

def pytest_collection_modifyitems(items):
    warnings.warn(UserWarning("a plugin has something to say"))
'''
_SAME_OPTIONS = '''
def pytest_addoption(parser):
    """Has options of the same names."""
    for name in ("--target", "--depth", "--timeout", "--rate"):
        parser.addoption(name, action="store", default="theirs", help="another plugin's")
'''
_SEEDS = '''
import random
import pytest

@pytest.fixture(autouse=True)
def _reseeded():
    """Seeds Python's random numbers before each test, and gives every test a fixture, as pytest-randomly does."""
    random.seed(7)
    yield

def pytest_runtest_setup(item):
    random.seed(7)
'''
_SEES = '''
import pytest

def pytest_runtest_protocol(item, nextitem):
    """Runs nothing of its own, but sees each test, as pytest-rerunfailures does."""

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.sections.append(("captured by a plugin", "text"))
    return report
'''


def plugin_files(name: str, source: str) -> Mapping[str, str]:
    """The files of a distribution `name` that pytest finds and loads, to be written where PYTHONPATH leads to."""
    module = f"{name.replace('-', '_')}_plugin"
    information = f"site/{module}-1.0.dist-info"
    return MappingProxyType(
        {
            f"site/{module}.py": source,
            f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{information}/entry_points.txt": f"[pytest11]\n{module} = {module}\n",
        }
    )


SHUFFLING = plugin_files("shuffling", _SHUFFLES)
WARNING = plugin_files("warning", _WARNS)
SAME_OPTIONS = plugin_files("same-options", _SAME_OPTIONS)
SEEDING = plugin_files("seeding", _SEEDS)
SEEING = plugin_files("seeing", _SEES)
