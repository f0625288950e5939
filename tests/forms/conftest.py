"""An endpoint for the forms to judge, and a machine for them to run on."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.application.reference import served_reference
from tests.forms.machine import Machine, bare_machine
from tests.suite.conftest import environment

# Few requirements, of which a fault breaks many: a night takes seconds.
SCOPE = "DisconnectParticipant.success.*\nDisconnectParticipant.ClientToken.type"
FAULT, CAUSE = "DisconnectParticipant.success.valid-request.refused", "DisconnectParticipant.success.valid-request"


@contextmanager
def serve(port: int, *fault: str) -> Iterator[None]:
    """The reference endpoint on `port`, with a fault or without."""
    words = ["serve", "--port", str(port), *(["--fault", *fault] if fault else [])]
    command = [sys.executable, "-c", "from conformance.commands.cli import main; main()", *words]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "listens" in process.stdout.readline()
        yield
        process.terminate()


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@pytest.fixture(scope="session")
def reference_options() -> Iterator[dict[str, str]]:
    """The variables that have a run judge the reference endpoint, few requirements of it."""
    with served_reference() as endpoint:
        yield {
            "CONNECT_CONFORMANCE_TARGET": endpoint.url,
            "CONNECT_CONFORMANCE_INSTANCE_ID": endpoint.ids["instance_id"],
            "CONNECT_CONFORMANCE_CONTACT_FLOW_ID": endpoint.ids["contact_flow_id"],
            "CONNECT_CONFORMANCE_REQUIREMENT": SCOPE,
            "CONNECT_CONFORMANCE_DEPTH": "smoke",
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A bare machine."""
    return bare_machine(tmp_path / "machine")
