"""The suite's tests as plain callables, collected once, so that a thousand endpoints can be judged in one process."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from conformance.endpoint.own_process import HOME
from conformance.session.coverage_order import in_running_order
from conformance.session.in_flight.script import Script, script_of

# No settings but these: neither of the project, nor of the directory that the command is called in, nor of plugins that
# happen to be installed, nor of the environment. Plugins cost half of the time, too.
_FROM_ENVIRONMENT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_OPTIONS = (
    "--disable-plugin-autoload",
    *("-c", os.devnull, "--rootdir", str(HOME), "--noconftest", "-p", "no:cacheprovider"),
    *("-p", "conformance.plugin", "--collect-only", "-q", "--import-mode=importlib", "--assert=plain"),
)


@dataclass
class _Keeper:
    """A pytest plugin that keeps what was collected."""

    items: list[pytest.Function] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]


def collect() -> tuple[Script, ...]:
    """Every test of the suite in running order. Raises RuntimeError with pytest's own words when it cannot collect."""
    keeper, output = _Keeper(), io.StringIO()
    with _without(_FROM_ENVIRONMENT), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main([*_OPTIONS, str(HOME / "conformance")], plugins=[keeper])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the suite's tests cannot be collected: {output.getvalue()[-2_000:]}")
    chosen = [item for item in keeper.items if item.get_closest_marker("skip") is None]
    return tuple(_script(item) for item in in_running_order(chosen))


@contextmanager
def _without(variables: tuple[str, ...]) -> Iterator[None]:
    """The environment lacks `variables` inside."""
    taken = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def _script(item: pytest.Function) -> Script:
    script = script_of(item)
    if script is None:
        raise RuntimeError(f"{item.nodeid} asks for fixtures that only pytest has: {', '.join(item.fixturenames)}")
    return script
