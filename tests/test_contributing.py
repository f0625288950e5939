"""The worked examples of CONTRIBUTING.md are true: their files exist and hold what the guide says of them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from conformance.contract.catalogue import catalogue
from conformance.reference.faults import faults
from conformance.reference.variants.registry import VARIANTS

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
EXAMPLE = "SendMessage.Content.bytes-max"
VARIANT, OPERATION = "late-approval", "DescribeView"


def section(heading: str) -> str:
    return GUIDE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def paths(text: str) -> list[str]:
    return re.findall(r"`((?:conformance|strategies|reports|tests|docs)/[\w./]+|CHANGELOG\.md)`", text)


def test_each_file_that_the_guide_names_exists() -> None:
    named = paths(GUIDE)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_name_in_a_file_that_the_guide_gives_is_there() -> None:
    named = re.findall(r"`([\w/]+\.[\w.]+)`: `(\w+)`", GUIDE)
    assert len(named) > 10
    assert [(path, name) for path, name in named if name not in (ROOT / path).read_text()] == []


@pytest.mark.parametrize("step", [1, 2, 4])
def test_each_step_of_the_example_holds_its_id(step: int) -> None:
    (row,) = [line for line in section("Add a requirement that prose states").splitlines() if f"| {step} |" in line]
    assert EXAMPLE in (ROOT / paths(row)[0]).read_text()


def test_the_reference_keeps_the_example_where_the_guide_says() -> None:
    (row,) = [line for line in section("Add a requirement that prose states").splitlines() if "| 3 |" in line]
    rules = import_module(paths(row)[0].removesuffix(".py").replace("/", "."))
    (operation, *_) = EXAMPLE.split(".")
    assert rules.a_message_has_at_most_16384_bytes in rules.RULES[operation]


@pytest.mark.parametrize("step", range(1, 9))
def test_each_step_of_the_example_of_an_operation_speaks_of_it(step: int) -> None:
    (row,) = [line for line in section("Add an operation").splitlines() if f"| {step} |" in line]
    text = (ROOT / paths(row)[0]).read_text()
    assert OPERATION in text or f"{re.sub('(?<!^)(?=[A-Z])', '_', OPERATION).lower()}(" in text


def rows_of_kinds() -> list[tuple[str, str]]:
    """The ids that operations of a kind have, with each of the files that the guide names for them."""
    table = section("Add an operation").partition("| the operation | ids | files |")[2].partition("\n\n")[0]
    rows = [line.split(" | ", 2) for line in table.splitlines() if "` | `" in line]
    named = [(ids, path) for _, ids, files in rows for path in paths(files)]
    return [(rid.removesuffix(".*"), path) for ids, path in named for rid in re.findall("`([^`]+)`", ids)]


@pytest.mark.parametrize(("rid", "path"), rows_of_kinds())
def test_ids_of_a_kind_of_operation_stand_in_each_file_that_the_guide_names(rid: str, path: str) -> None:
    assert rid in (ROOT / path).read_text()


def test_the_example_is_a_must_with_a_fault_in_the_named_module() -> None:
    assert str(catalogue()[EXAMPLE].level) == "must"
    (name, path), *_ = faults_in_the_guide()
    assert EXAMPLE in faults()[name].red
    assert path in paths(section("Add a requirement that prose states"))


def faults_in_the_guide() -> list[tuple[str, str]]:
    """The faults that the guide names, each with its module."""
    return re.findall(r"\| `([\w-]+)` in `([\w/]+\.py)` \|", section("Add a seeded fault"))


def test_each_fault_in_the_guide_is_declared_in_the_named_module() -> None:
    named = faults_in_the_guide()
    assert len(named) == len(["Rows", "Place", "@fault"])
    assert [name for name, path in named if faults()[name].subject != Path(path).stem.replace("_", "-")] == []


def test_the_row_in_the_guide_stands_in_the_module() -> None:
    (row,) = re.findall(r"```python\n(.*?)```", section("Add a seeded fault"), re.DOTALL)
    (_, path), *_ = faults_in_the_guide()
    assert " ".join(row.split()) in " ".join((ROOT / path).read_text().split())


def test_the_example_of_a_variant_is_registered() -> None:
    assert VARIANT in section("Add a lawful variant")
    assert VARIANT in VARIANTS
    assert f'"{VARIANT}"' in (ROOT / paths(section("Add a lawful variant"))[0]).read_text()
