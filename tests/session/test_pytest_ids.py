"""What pytest takes for its root changes its ids, and nothing that the suite reads from them."""

from __future__ import annotations

import pytest

from conformance.session.coverage_order import Cost, cost_of
from conformance.session.pytest_ids import is_derived_test, rootless_id
from connect_conformance_pytest.activation import PACKAGE

DERIVED = "test_members.py::test_another_json_type_is_refused[SendMessage.Content.type]"
ROOTS = ("", "protocol/", "conformance/protocol/", "../venv/lib/python3.11/site-packages/conformance/protocol/")


@pytest.mark.parametrize("root", ROOTS)
def test_an_id_is_read_alike_from_any_root(root: str) -> None:
    assert rootless_id(root + DERIVED) == f"protocol/{DERIVED}"
    assert is_derived_test(root + DERIVED)
    assert cost_of(root + DERIVED) == cost_of(f"protocol/{DERIVED}") != Cost(12, 1)


def test_a_written_test_is_not_derived_and_another_s_id_stays_as_it_is() -> None:
    assert not is_derived_test("test_attachments.py::test_a_file_comes_back_byte_for_byte")
    assert rootless_id("mine/test_mine.py::test_it[a::b]") == "mine/test_mine.py::test_it[a::b]"


def test_no_two_files_of_tests_share_a_name() -> None:
    names = [file.name for file in PACKAGE.rglob("test_*.py")]
    assert len(names) == len(set(names)) == len([*PACKAGE.glob("*/test_*.py")])
