"""A small catalogue of known requirements, in place of the whole contract."""

from __future__ import annotations

import pytest

from conformance.contract.requirements import Requirement
from reports import gathered_evidence, scope
from tests.reports.ledgers import Catalogue


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """Makes the given requirements the whole catalogue."""

    def put(*requirements: Requirement) -> None:
        found = {requirement.id: requirement for requirement in requirements}
        monkeypatch.setattr(gathered_evidence, "catalogue", lambda: found)
        monkeypatch.setattr(scope, "catalogue", lambda: found)
        monkeypatch.setattr(scope, "select", lambda globs: frozenset(globs or found))

    return put
