"""``python -m conformance.application``: the judge's process. Reads options from its input and runs the suite once."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import pytest

from conformance.application.judged import ApplicationNetwork
from conformance.application.line import Line
from conformance.application.messages import ENDED, Message
from conformance.endpoint.network import Network
from conformance.session.state import NETWORK
from connect_conformance_pytest.activation import PACKAGE

# No settings of the caller's project, of this machine or of plugins that happen to be installed.
_OPTIONS = (
    "--disable-plugin-autoload",
    *("-c", os.devnull, "--rootdir", str(PACKAGE.parent), "--noconftest", "-p", "no:cacheprovider"),
    *("-p", "conformance.plugin", "--import-mode=importlib", "--color=no", str(PACKAGE)),
)


class Setup:
    """A pytest plugin that says how the endpoint is reached, and with which seed examples are drawn."""

    def __init__(self, network: Network, seed: int | None) -> None:
        self._network, self._seed = network, seed

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Put both where the run looks for them."""
        config.stash[NETWORK] = self._network
        config.option.hypothesis_seed = self._seed


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for messages alone: what is printed goes where errors go."""
    streams = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return streams


def _network(line: Line, *, in_process: bool, has_clock: bool) -> Network:
    clock = line if has_clock else None
    if in_process:
        return ApplicationNetwork(line, clock)
    network = Network()
    network.clock = clock
    return network


def main() -> None:
    """Run the suite and tell the caller how it ended."""
    line = Line(*_take_streams())
    message = line.read()
    if message is None:
        return
    line.begin()
    network = _network(line, in_process=message.fields["application"], has_clock=message.fields["clock"])
    setup = Setup(network, message.fields["seed"])
    code = pytest.main([*_OPTIONS, *message.fields["arguments"]], plugins=[setup])
    sys.stdout.flush()
    line.say(Message(ENDED, fields={"code": int(code)}))


main()
