"""A ledger that is not written: of each requirement it keeps what a verdict is made of."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping

from conformance.contract.catalogue import catalogue
from conformance.results.ledger import Ledger
from conformance.results.observation import Observation
from conformance.results.verdicts import Seen, Verdict, verdict_of


class Observed(Ledger):
    """What was observed of each requirement in one trial, each kind of it once."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self._seen: defaultdict[str, set[Seen]] = defaultdict(set)

    def observe(self, observation: Observation) -> None:
        """Keep the outcome and the edge."""
        self._seen[observation.requirement].add(Seen(observation.outcome, observation.edge))

    def count(self, observation: Observation, times: int = 1) -> None:  # noqa: ARG002 - once is enough
        """Keep the outcome and the edge."""
        self.observe(observation)

    def verdicts(self) -> Mapping[str, Verdict]:
        """What each requirement of which anything was observed came to."""
        return {rid: verdict_of(catalogue()[rid].level, list(seen)) for rid, seen in self._seen.items()}
