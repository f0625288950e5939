"""Searching for a counterexample: Hypothesis draws, the endpoint answers, and a find is made small.

`hypothesis.find` does just this outside a test function: it has its own seed and its own place in the example
database for each requirement. Answers are remembered, so that replaying an example costs no request and a flaky
endpoint cannot make a seen violation unseen; and shrinking stops asking after a bounded number of requests.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase, InMemoryExampleDatabase
from hypothesis.errors import NoSuchExample

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.disturbed_violations import disturbance
from conformance.engine.hypothesis_settings import own_settings
from conformance.engine.verifier import Verifier

Value = TypeVar("Value")


@dataclass(slots=True)
class CounterexampleSearch(Generic[Value]):
    """One search for values that break one requirement. `done` says that a smaller one would show nothing new."""

    verifier: Verifier
    requirement: str
    judge: Callable[[Value, ChatResources], None]
    own: bool = False
    answers: dict[str, ContractViolation | None] = field(default_factory=dict)
    smallest: ContractViolation | None = None
    spent: int = 0
    blocked: bool = False
    done: bool = False

    def breaks(self, value: Value) -> bool:
        """Whether `value` breaks the requirement; judged at most once for each value."""
        key = repr(value)
        if key not in self.answers:
            self.answers[key] = self._ask(value)
        found = self.answers[key]
        if found is not None and self.smallest is None:
            self.done = not self.verifier.failures.deserves_more(found)
        self.smallest = found or self.smallest
        return found is not None

    def _ask(self, value: Value) -> ContractViolation | None:
        shrinking = self.smallest is not None
        if self.blocked or self.done or (shrinking and self.spent >= self.verifier.depth.shrinking):
            return None
        self.spent += shrinking
        with self.verifier.conversations.calls.shrinking(active=shrinking):
            return self._violation_of(value)

    def _violation_of(self, value: Value) -> ContractViolation | None:
        recorder = self.verifier.recorder
        try:
            with self.verifier.conversations.own_or_shared_conversation(own=self.own) as conversation:
                self.judge(value, conversation)
        except ContractViolation as violation:
            self.verifier.conversations.discard()
            disturbed = disturbance(self.verifier, violation)
            if disturbed is None:
                return violation
            recorder.inconclusive(self.requirement, disturbed, "search")
            return None
        except (Inconclusive, SetupFailed) as wrong:
            self.blocked = isinstance(wrong, SetupFailed)
            recorder.inconclusive(self.requirement, wrong, "search")
            return None
        recorder.record_kept(self.requirement, "search")
        return None


def search(
    verifier: Verifier,
    requirement: str,
    values: st.SearchStrategy[Value],
    judge: Callable[[Value, ChatResources], None],
    *,
    own: bool = False,
) -> None:
    """Draw `values` and have each judged; note the smallest violation found, if there is one."""
    counterexamples = CounterexampleSearch(verifier, requirement, judge, own=own)
    chance = random.Random(f"{verifier.seed} {requirement}")  # noqa: S311 - nothing secret is drawn
    with suppress(NoSuchExample):
        find(
            values,
            counterexamples.breaks,
            settings=_settings(verifier),
            random=chance,
            database_key=requirement.encode(),
        )
    if counterexamples.smallest is not None:
        verifier.recorder.record_broken(counterexamples.smallest, "search")


def draw(verifier: Verifier, requirement: str, values: st.SearchStrategy[Value]) -> list[Value]:
    """As many `values` as the run's depth requires, none at smoke depth; the same ones each time in a run."""
    found: list[Value] = []
    if verifier.depth.examples:
        chance = random.Random(f"{verifier.seed} {requirement}")  # noqa: S311 - nothing secret is drawn
        with suppress(NoSuchExample):
            find(values, partial(_collect, found), settings=_drawing(verifier), random=chance)
    return found


def _collect(found: list[Value], value: Value) -> bool:
    """Hypothesis continues until it has found a counterexample."""
    found.append(value)
    return False


def _drawing(verifier: Verifier) -> settings:
    return own_settings(max_examples=verifier.depth.examples, phases=(Phase.generate,))


def _settings(verifier: Verifier) -> settings:
    phases = (Phase.reuse, Phase.generate, Phase.shrink)
    return own_settings(max_examples=verifier.depth.examples, database=_database(verifier), phases=phases)


def _database(verifier: Verifier) -> ExampleDatabase:
    if verifier.examples is None:
        return InMemoryExampleDatabase()
    return DirectoryBasedExampleDatabase(verifier.examples)
