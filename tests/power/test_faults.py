"""The collection of seeded faults: what each must declare, and that one of every kind is found."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path
from types import ModuleType

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.bench import Bench, Trial
from conformance.reference import faults as package
from conformance.reference.faults import UnknownFault, faults, find, gather
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.service import ReferenceService
from conformance.reference.variants.registry import VARIANTS

DERIVED = [fault for fault in faults().values() if fault.subject.startswith("derived")]


def kind(fault: Fault) -> str:
    """What a derived fault does to which kind of promise: the end of its name."""
    return ".".join(fault.name.rsplit(".", 2)[-2:])


ONE_OF_EACH_KIND = list({kind(fault): fault for fault in reversed(DERIVED) if "sometimes" not in fault.name}.values())


@pytest.mark.parametrize("fault", ONE_OF_EACH_KIND, ids=lambda fault: fault.name)
def test_a_fault_of_each_kind_is_found_by_the_tests_that_claim_it(bench: Bench, fault: Fault) -> None:
    findings = bench.judge(Trial((fault.name,), claims=frozenset(fault.red)))
    assert findings.reds.keys() >= set(fault.red)
    assert findings.errors == ()


def test_every_fault_breaks_something_that_is_judged() -> None:
    for fault in faults().values():
        for requirement in fault.red:
            assert requirement in catalogue(), fault.name
            assert catalogue()[requirement].level is not Level.RECORD, fault.name
            assert catalogue()[requirement].untested is None, fault.name


def test_every_fault_says_in_one_sentence_what_is_wrong() -> None:
    for fault in faults().values():
        assert fault.says.endswith("."), fault.name
        assert " " in fault.says, fault.name


def test_no_module_makes_a_fault_but_by_a_declaration() -> None:
    """Declarations have one order, and know what rests on what is broken."""
    sources = {path.name: path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py")}
    assert [name for name, source in sources.items() if re.search(r"\bFault\(", source)] == []


def test_no_sentence_begins_with_a_condition() -> None:
    """Who does something wrong comes first."""
    condition = re.compile("(After|At|For|From|If|In|Of|On|Once|Only|Until|When|Where|With|Without) ")
    assert [fault.says for fault in faults().values() if condition.match(fault.says)] == []


def test_each_stated_consequence_names_a_requirement() -> None:
    """Those that are stated once for several operations may name nothing of one of them."""
    by_hand = [one for one in faults().values() if not one.subject.startswith(("derived", "idempotency"))]
    globs = {glob for one in by_hand for glob in one.may}
    assert [glob for glob in globs if not fnmatch.filter(catalogue(), glob)] == []


def test_a_fault_goes_into_a_fresh_service_each_time() -> None:
    """What one trial counts is not known to the next."""
    for fault in faults().values():
        assert callable(fault.wrap(ReferenceService()))


def test_faults_and_variants_share_no_name_and_names_have_no_blank_or_comma() -> None:
    assert not set(faults()) & set(VARIANTS)
    assert not [name for name in faults() if not name or set(name) & set(" ,")]


def test_a_second_fault_of_a_name_is_refused() -> None:
    first, second = ModuleType("first"), ModuleType("second")
    fault = DERIVED[0]
    vars(first)["FAULT"] = fault
    vars(second)["FAULTS"] = (Fault(fault.name, "Another.", fault.seed, fault.red),)
    with pytest.raises(ValueError, match=f"second declares a second fault {fault.name}"):
        gather([first, second])


def test_a_name_that_no_fault_has_is_answered_with_near_ones() -> None:
    near = DERIVED[0].name
    with pytest.raises(UnknownFault, match=near):
        find(near + "x")
    with pytest.raises(UnknownFault, match="connect-conformance faults lists them"):
        find("?")
