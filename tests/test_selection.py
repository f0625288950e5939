"""What a run is narrowed to, by whatever leaves tests out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.contract.catalogue import select
from conformance.scenario.markers import claims_of
from conformance.session.declared_claims import declared_claims
from conformance.session.selection import Selection, explain_empty_selection, selection_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
EVERYTHING = select(())
ONE_FILE = "conformance/operations/test_describe_view.py"


@dataclass
class _Keeper:
    """A pytest plugin that notes the selection of a collected run, and leaves out what `leave_out` says.

    `made` is what each test claims that pytest has made an item of, by its id.
    """

    leave_out: Callable[[pytest.Item], bool] = lambda _: False
    made: dict[str, frozenset[str]] = field(default_factory=dict)
    claims: Counter[frozenset[str]] = field(default_factory=Counter)
    selection: Selection | None = None
    nothing: str = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.made = {item.nodeid: frozenset(claims_of(item)) for item in items}
        items[:] = [item for item in items if not self.leave_out(item)]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.claims = Counter(frozenset(claims_of(item)) for item in session.items)
        self.selection = selection_of(session.config, session.items, EVERYTHING)
        self.nothing = explain_empty_selection(session.config)


def collect(*arguments: str, leave_out: Callable[[pytest.Item], bool] = lambda _: False) -> _Keeper:
    """Collects the suite with the given arguments, without running it."""
    keeper = _Keeper(leave_out)
    options = ("--collect-only", "-qqq", "--assert=plain", "-p", "no:cacheprovider", "-W", "default")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        pytest.main([*options, *arguments], plugins=[keeper])
    return keeper


@pytest.fixture(scope="module")
def whole() -> _Keeper:
    """The suite without anything left out."""
    return collect("conformance")


def test_the_claims_that_modules_declare_are_those_of_the_tests_that_pytest_collects(whole: _Keeper) -> None:
    assert Counter(declared_claims()) == whole.claims
    assert whole.selection == Selection(len(declared_claims()), len(declared_claims()))


def test_items_are_made_of_the_tests_in_scope_alone(whole: _Keeper) -> None:
    globs = ("StopContact.*", "*.success.content-type", "SendMessage.Content.length-max")
    found = collect("conformance", *(f"--requirement={glob}" for glob in globs))
    assert found.made == {name: claims for name, claims in whole.made.items() if select(globs) & claims}


@pytest.mark.parametrize(
    ("arguments", "narrowed_by"),
    [
        (["-k", "typing"], ["-k typing"]),
        (["-k", "typing or clock", "-m", "moves_clock", "-x"], ["-k 'typing or clock'", "-m moves_clock"]),
        ([ONE_FILE], [ONE_FILE]),
        (["conformance/operations", "conformance/journeys"], ["conformance/operations", "conformance/journeys"]),
        (["--pyargs", "conformance.operations"], ["--pyargs conformance.operations"]),
        (["--pyargs", "conformance", "--deselect", "conformance/protocol"], ["--deselect conformance/protocol"]),
        (
            ["--ignore", "conformance/protocol", "--ignore-glob", "*test_s*"],
            ["--ignore conformance/protocol", "--ignore-glob '*test_s*'"],
        ),
    ],
    ids=" ".join,
)
def test_whatever_leaves_tests_out_is_named(arguments: list[str], narrowed_by: list[str]) -> None:
    found = collect(*arguments)
    assert found.selection is not None
    assert found.selection.plain()["narrowed_by"] == narrowed_by
    assert found.selection.tests == found.claims.total() < found.selection.all_tests == len(declared_claims())
    assert set(found.selection.claimed) == set().union(*found.claims)
    assert found.selection.stops_after == ("-x" in arguments)


def test_a_test_id_is_named() -> None:
    name = f"{ONE_FILE}::test_a_view_token_gives_its_view"
    found = collect(name)
    assert found.selection is not None
    assert (found.selection.places, found.selection.tests) == ((name,), 1)


def test_tests_that_an_unknown_plugin_leaves_out_are_missed_too() -> None:
    """A scenario looks at the longest Content too, so that this requirement stays in scope, tested in part."""
    found = collect("conformance", leave_out=lambda item: "[SendEvent.Content.length-max]" in item.nodeid)
    assert found.selection is not None
    assert found.selection.plain()["narrowed_by"] == ["some of the tests"]
    assert found.selection.partly == ("SendEvent.Content.length-max",)


def test_an_option_that_leaves_nothing_out_narrows_nothing() -> None:
    found = collect("-k", "test")
    assert found.selection is not None
    assert found.selection.plain()["narrowed_by"] == []


def test_who_selects_nothing_is_told_what_did_it() -> None:
    found = collect("-k", "no such test", ONE_FILE)
    assert found.nothing == (
        f"nothing was judged: {ONE_FILE} -k 'no such test' leaves no test of the suite; select some"
    )
