"""The examples of docs/own-project.md, run as they stand in a project of somebody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.session.reference_process import start_reference
from tests.plugin.conftest import ROOT, Environment

PAGE = (ROOT / "docs" / "own-project.md").read_text()
EXAMPLES = ("emulator", "staging", "handler")
BLOCK = re.compile(r"```python\n# (?P<name>\w+\.py)\n(?P<code>.*?)```", re.DOTALL)
EMULATOR = "from conformance.api import reference_app\napp = reference_app()\n"
HANDLER = """
import base64
from conformance.reference.serving import Stage
from conformance.wire import Request

stage = Stage("http://127.0.0.1:8080")

def handler(event, context):
    body = event.get("body", "")
    http = event["requestContext"]["http"]
    content = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    query = f"?{event['rawQueryString']}" if event["rawQueryString"] else ""
    headers = tuple(event["headers"].items())
    reply = stage.handle(Request("", http["method"], event["rawPath"] + query, headers, content))
    return {"statusCode": reply.status, "headers": dict(reply.headers), "body": reply.body.decode()}
"""
# What surrounds the examples: warnings are errors, and each test must leave the process as it found it.
CONFTEST = """
import gc, logging, os, signal, sys, threading, warnings
import pytest

def state():
    suite = {"botocore", "hypothesis", "reports", "schemathesis", "strategies"} & set(sys.modules)
    signals = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    hooks = [sys.excepthook, sys.unraisablehook, threading.excepthook, list(sys.meta_path), list(sys.path)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    logs = [logging.getLogger().level, list(logging.getLogger().handlers)]
    return [list(warnings.filters), suite, signals, hooks, environment, gc.get_threshold(), logs, os.getcwd()]

@pytest.fixture(autouse=True)
def nothing_is_disturbed():
    before = state()
    yield
    assert state() == before
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("project")
    for block in BLOCK.finditer(PAGE):
        code = block["code"].replace('"my-instance"', f'"{INSTANCE_ID}"').replace('"my-flow"', f'"{CONTACT_FLOW_ID}"')
        (place / block["name"]).write_text(code)
    (place / "emulator.py").write_text(EMULATOR)
    (place / "handler.py").write_text(HANDLER)
    (place / "conftest.py").write_text(CONFTEST)
    for name in ("reports", "strategies"):  # a project's own packages of these names are in nobody's way
        (place / name).mkdir()
        (place / name / "__init__.py").write_text("")
    return place


def test_the_examples_pass_in_another_project(environment: Environment, project: Path) -> None:
    assert {path.name for path in project.glob("test_*.py")} == {f"test_{name}.py" for name in EXAMPLES}
    served = start_reference()
    try:
        done = environment.pytest(
            *("-W", "error", "-q"),
            directory=project,
            STAGING_URL=served.facts["url"],
            INSTANCE_ID=INSTANCE_ID,
            CONTACT_FLOW_ID=CONTACT_FLOW_ID,
        )
    finally:
        served.stop()
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert f"{len(EXAMPLES)} passed" in done.stdout
