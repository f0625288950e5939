"""The AWS SDK for JavaScript v3 and amazon-connect-chatjs run unchanged against the reference endpoint.

Their packages are not part of the project: `npm install` in this folder fetches them, or NODE_PATH names where
they are. Without them, or without Node, these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.model import operations
from conformance.reference import instances
from conformance.reference.signatures import ACCESS_KEY, SECRET_KEY
from tests.reference.served import Served

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SECONDS = 60.0  # for one script
NODE = shutil.which("node")


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder of the clients' packages. Skips where Node or the packages are not there."""
    if NODE is None:
        pytest.skip("the JavaScript clients need Node.js, which is not installed")
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    for folder in (HERE / "node_modules", *map(Path, os.environ.get("NODE_PATH", "").split(os.pathsep))):
        if all((folder / name / "package.json").is_file() for name in wanted):
            return folder.resolve()
    pytest.skip(f"the JavaScript clients are not there: run npm install in {HERE}, or name their folder in NODE_PATH")


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with Served.running() as running:
        yield running


def run(script: str, packages: Path, server: Served) -> Any:
    """What a script prints, as JSON, after it was given the address and the account."""
    given = {
        "origin": server.origin,
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "instance_id": instances.INSTANCE_ID,
        "contact_flow_id": instances.CONTACT_FLOW_ID,
        "view_token": instances.VIEW_TOKEN,
        "auth_session_id": instances.AUTH_SESSION_ID,
        "streaming_endpoint_arn": instances.STREAMING_ENDPOINT_ARN,
    }
    command = [str(NODE), str(HERE / script), json.dumps(given)]
    environment = {**os.environ, "NODE_PATH": str(packages)}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS, env=environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_the_sdk_drives_every_operation(packages: Path, server: Served) -> None:
    seen = run("sdk.js", packages, server)
    assert seen.pop("called") == sorted(operations())
    assert seen == {
        "event": True,
        "bot": True,
        "meeting": True,
        "initiated": True,
        "attributes": {"key": "\u00fc", "more": "1"},
        "pages": ["one", "three", "two \N{GRINNING FACE}"],
        "attachment": "hello",
        "view": True,
        "sign_in": True,
        "unknown_view": ["ResourceNotFoundException", 404, True],
        "too_long": ["ValidationException", 400, True],
        "unknown_token": ["AccessDeniedException", 403, True],
        "unknown_contact": ["ResourceNotFoundException", 404, True],
        "after_the_end": ["AccessDeniedException", 403, True],
    }


def test_chatjs_holds_a_whole_chat(packages: Path, server: Served) -> None:
    """It connects, hears itself and a bot, sends and fetches a file, gets a receipt, and sees the chat end."""
    assert run("chatjs.js", packages, server) == {
        "connected": True,
        "broken": False,
        "attachment": "hello",
        "heard": ["hello \N{GRINNING FACE}", "*hi*", "beep"],
        "transcript": ["hello \N{GRINNING FACE}", "*hi*", "beep"],
        "afterwards": ["AccessDeniedException", 403],
    }
