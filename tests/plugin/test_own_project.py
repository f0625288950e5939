"""The examples of docs/own-project.md, run as they stand in a project of somebody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance import api
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.session.reference_process import start_reference
from tests.plugin.conftest import ROOT, Environment

PAGE = (ROOT / "docs" / "own-project.md").read_text()
EXAMPLES = ("emulator", "staging", "handler", "limits")
PASSED = 5  # the last one has two tests
BLOCK = re.compile(r"```python\n# (?P<name>\w+\.py)\n(?P<code>.*?)```", re.DOTALL)
EMULATOR = "from conformance.api import reference_app\napp = reference_app()\n"
HANDLER = """
import base64
from conformance.reference.serving import ReplaceableService
from conformance.contract.wire import Request

replaceable = ReplaceableService("http://127.0.0.1:8080")

def handler(event, context):
    body = event.get("body", "")
    http = event["requestContext"]["http"]
    content = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    query = f"?{event['rawQueryString']}" if event["rawQueryString"] else ""
    headers = tuple(event["headers"].items())
    reply = replaceable.handle(Request("", http["method"], event["rawPath"] + query, headers, content))
    return {"statusCode": reply.status, "headers": dict(reply.headers), "body": reply.body.decode()}
"""
VALIDATOR = """
from conformance.contract.model import operation
from conformance.reference.errors import Refusal
from conformance.reference.validation import refuse_violations

def accepts(name, arguments):
    try:
        refuse_violations(operation(name), operation(name).input, arguments)
    except Refusal:
        return False
    return True
"""
# What surrounds the examples: warnings are errors, and each test must leave the process as it found it.
CONFTEST = """
import gc, logging, os, signal, sys, threading, warnings
import pytest

def state():
    suite = {"reports", "requests", "schemathesis"} & set(sys.modules)
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


def test_the_page_names_each_public_name_and_each_fixture() -> None:
    named = re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE)
    assert sorted(named) == sorted([*api.__all__, "connect_judge", "connect_endpoint"])
    assert all(callable(getattr(api, name)) and getattr(api, name).__doc__ for name in api.__all__)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("project")
    for block in BLOCK.finditer(PAGE):
        code = block["code"].replace('"my-instance"', f'"{INSTANCE_ID}"').replace('"my-flow"', f'"{CONTACT_FLOW_ID}"')
        (place / block["name"]).write_text(code)
    (place / "emulator.py").write_text(EMULATOR)
    (place / "handler.py").write_text(HANDLER)
    (place / "validator.py").write_text(VALIDATOR)
    (place / "conftest.py").write_text(CONFTEST)
    (place / "reports").mkdir()  # a project's own package of this name is in nobody's way
    (place / "reports" / "__init__.py").write_text("")
    return place


def test_the_examples_pass_in_another_project(environment: Environment, project: Path) -> None:
    assert {path.name for path in project.glob("test_*.py")} == {f"test_{name}.py" for name in EXAMPLES}
    served = start_reference()
    try:
        done = environment.pytest(
            *("-W", "error", "-q"),
            directory=project,
            seconds=300,  # each example is a run of the suite
            STAGING_URL=served.facts["url"],
            INSTANCE_ID=INSTANCE_ID,
            CONTACT_FLOW_ID=CONTACT_FLOW_ID,
        )
    finally:
        served.stop()
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert f"{PASSED} passed" in done.stdout


def test_a_package_that_hides_the_strategies_is_named(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "__init__.py").write_text("")
    (tmp_path / "test_x.py").write_text(
        "from conformance.api import requests_for\ndef test_x(): requests_for('StopContact')\n"
    )
    done = environment.pytest(directory=tmp_path)
    assert f"the package strategies of {tmp_path / 'strategies'} hides that of the suite in" in done.stdout
