"""A scenario judges by all of its fixed values, or by those that decide where each request costs."""

from __future__ import annotations

import io
import json
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.verifier import Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.scenario.scenario import Scenario

PROMISE = "GetTranscript.NextToken.ends"


@pytest.mark.parametrize(
    ("depth", "judged", "left"),
    [("smoke", [1, 3, 11], []), ("nightly", [1, 3, 11], []), ("aws", [3], [["1", "11"]])],
)
def test_values_that_do_not_decide_are_named_where_each_request_costs(
    depth: str, judged: list[int], left: list[list[str]]
) -> None:
    file = io.StringIO()
    verifier = Verifier(cast("Conversations", Mock()), Recorder(Ledger(file)), DEPTHS[depth], seed=1)
    assert Scenario(verifier, (PROMISE,)).edges((1, 3, 11), (3,)) == judged
    assert [json.loads(line)["edges"] for line in file.getvalue().splitlines()] == left
