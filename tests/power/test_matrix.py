"""The kill matrix: what is judged, what counts as found, strange or accused, and what is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from conformance.commands.cli import main
from conformance.contract.catalogue import catalogue
from conformance.power import closing, workers
from conformance.power.bench import Bench, Findings, Trial
from conformance.power.evidence import Evidence
from conformance.power.groups import BLOCKED, groups_of
from conformance.power.judgement import document, flaws
from conformance.power.plan import COMBINATIONS, NothingChosen, Plan, plan
from conformance.reference.faults import faults
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.variants.registry import VARIANTS
from conformance.results.observation import Effort
from reports import power

SCHEMA = json.loads(resources.files("reports").joinpath("power.schema.json").read_text())
MUST, OTHER, SHOULD = "SendMessage.Content.length-max", "SendMessage.error.type", "SendMessage.success.status"

BREACH = "expected 400; got 200"
WITH_CLIENT_TOKEN = ("SendMessage", "SendEvent", "DisconnectParticipant", "StartChatContact")


def a_fault(*red: str, may: tuple[str, ...] = (), subject: str = "a-subject") -> Fault:
    return Fault("a-fault", "It is wrong.", lambda _: None, red, may, subject=subject)


def show(*reds: str, errors: tuple[str, ...] = (), unseen: Iterable[str] = ()) -> Findings:
    effort = Effort("a test", 12, 3, 0.5)
    breaches = dict.fromkeys(reds, BREACH)
    return Findings(dict.fromkeys(reds, effort), errors, 40, 1.5, frozenset(unseen), breaches)


def measure(fault: Fault, alone: Findings, whole: Findings | None = None, clean: Findings | None = None) -> Any:
    """power.json of a plan of one fault and one variant, satisfying the published schema."""
    chosen = Plan({fault.name: fault}, {("slow",): (1,)}, "smoke", whole=whole is not None)
    findings = {chosen.clean: clean or show(), chosen.claiming(fault): alone}
    findings |= {trial: show() for trial in chosen.of_variants()}
    if whole is not None:
        findings[chosen.with_all_tests(fault)] = whole
    written = json.loads(json.dumps(document(Evidence(chosen, findings), 2.0)))
    Draft202012Validator(SCHEMA).validate(written)
    return written


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_fault_that_is_found_is_no_flaw() -> None:
    matrix = measure(a_fault(MUST), show(MUST), show(MUST))
    assert flaws(matrix) == []
    assert matrix["totals"]["must"] == {"faults": 1, "found": 1}
    assert matrix["faults"][0]["in_claiming_test"]["requests_of_test"] == 3
    assert matrix["faults"][0]["in_whole_run"]["requests"] == 12


def test_a_fault_that_nothing_turns_red_survives() -> None:
    matrix = measure(a_fault(MUST), show(), show())
    assert flaws(matrix) == [f"missed: a-fault does not turn {MUST} red"]
    assert matrix["totals"]["must"] == {"faults": 1, "found": 0}
    assert matrix["totals"]["survivors"] == 1


@pytest.mark.parametrize(("whole", "hidden"), [(show(), 1), (show(MUST), 0), (None, None)])
def test_a_fault_that_only_its_own_tests_show_is_hidden_in_a_whole_run(
    whole: Findings | None, hidden: int | None
) -> None:
    matrix = measure(a_fault(MUST), show(MUST), whole)
    assert matrix["totals"]["hidden_in_whole_run"] == hidden
    assert ("1 hidden in a run of the whole suite" in closing.summary(matrix, Path("power.html"))) is (hidden == 1)


def test_a_fault_that_others_hid_shows_in_the_smallest_group_that_was_judged() -> None:
    chosen, group, findings = four_together()
    assert document(Evidence(chosen, findings), 1.0)["totals"]["hidden_in_whole_run"] == 0
    findings[chosen.with_all_tests(*group)] = show(*all_red(*group[1:]))
    assert document(Evidence(chosen, findings), 1.0)["totals"]["hidden_in_whole_run"] == 1
    findings[chosen.with_all_tests(group[0])] = show(*all_red(group[0]))
    assert document(Evidence(chosen, findings), 1.0)["totals"]["hidden_in_whole_run"] == 0


def test_every_declared_requirement_must_turn_red() -> None:
    matrix = measure(a_fault(MUST, OTHER), show(MUST), show(MUST))
    assert matrix["faults"][0]["found"]
    assert flaws(matrix) == [f"missed: a-fault does not turn {OTHER} red"]


def test_what_is_not_declared_is_a_flaw_and_what_may_be_is_none() -> None:
    assert flaws(measure(a_fault(MUST), show(MUST), show(MUST, OTHER))) == [
        f"undeclared: a-fault turns {OTHER} red, which it does not declare: {BREACH}"
    ]
    assert flaws(measure(a_fault(MUST, may=("SendMessage.error.*",)), show(MUST), show(MUST, OTHER))) == []


def test_musts_and_shoulds_are_counted_apart() -> None:
    totals = measure(a_fault(SHOULD), show(SHOULD), show(SHOULD))["totals"]
    assert totals["should"] == {"faults": 1, "found": 1}
    assert totals["must"] == {"faults": 0, "found": 0}


def test_a_variant_that_is_accused_is_a_flaw_unless_it_may_be_warned_about() -> None:
    chosen = Plan({}, {("whole-seconds",): (1,)}, "smoke", whole=True)
    variant = next(chosen.of_variants())
    findings = {chosen.clean: show(), variant: show("SendMessage.output.AbsoluteTime.time-fraction", MUST)}
    assert flaws(document(Evidence(chosen, findings), 1.0)) == [
        f"whole-seconds is accused of breaking {MUST}: {BREACH}"
    ]


def test_a_variant_in_which_a_must_could_not_be_judged_is_a_flaw() -> None:
    chosen = Plan({}, {("late-download",): (1,)}, "smoke", whole=True)
    variant = next(chosen.of_variants())
    findings = {chosen.clean: show(), variant: replace(show(), unseen=frozenset({MUST}))}
    assert flaws(document(Evidence(chosen, findings), 1.0)) == [f"late-download leaves {MUST} unseen"]


@pytest.mark.parametrize("clean", [show(MUST), show(errors=("it broke",))])
def test_a_reference_that_is_not_green_is_a_flaw(clean: Findings) -> None:
    assert flaws(measure(a_fault(MUST), show(MUST), clean=clean))


def test_an_error_of_the_suite_is_a_flaw() -> None:
    assert flaws(measure(a_fault(MUST), show(MUST, errors=("a test: KeyError",)))) == ["a-fault: a test: KeyError"]


def further(chosen: Plan, findings: dict[Trial, Findings]) -> list[Trial]:
    return Evidence(chosen, findings).further_trials()


def test_what_the_claiming_tests_miss_is_asked_of_all_tests_about_the_operation() -> None:
    fault = a_fault(MUST)
    chosen = Plan({fault.name: fault}, {}, "smoke", whole=False)
    (trial,) = further(chosen, {chosen.clean: show(), chosen.claiming(fault): show()})
    assert trial.claims is not None
    assert {MUST, OTHER} <= trial.claims
    assert not any(claim.startswith("SendEvent.") for claim in trial.claims)


def four_together() -> tuple[Plan, tuple[Fault, ...], dict[Trial, Findings]]:
    """A plan, its one group, and what the claiming tests find of it."""
    names = [f"{operation}.ClientToken.length-max.too-lax" for operation in WITH_CLIENT_TOKEN]
    chosen = Plan({name: faults()[name] for name in names}, {}, "smoke", whole=True)
    (group,) = groups_of(chosen.faults.values())
    return chosen, group, {chosen.claiming(fault): show(*fault.red) for fault in group}


def all_red(*group: Fault) -> list[str]:
    return [rid for fault in group for rid in fault.red]


def test_nothing_is_left_open_by_a_group_that_shows_what_it_declares() -> None:
    chosen, group, findings = four_together()
    findings[chosen.with_all_tests(*group)] = show(*all_red(*group))
    assert further(chosen, findings) == []


def test_what_does_not_show_in_its_group_is_judged_without_the_others() -> None:
    chosen, group, findings = four_together()
    findings[chosen.with_all_tests(*group)] = show(*all_red(*group[2:]))
    assert further(chosen, findings) == [chosen.with_all_tests(*group[:2])]
    findings[chosen.with_all_tests(*group[:2])] = show(*all_red(group[0]))
    assert further(chosen, findings) == [chosen.with_all_tests(group[1])]


def test_faults_that_hide_one_another_are_judged_one_by_one() -> None:
    chosen, group, findings = four_together()
    findings[chosen.with_all_tests(*group)] = show()
    assert further(chosen, findings) == [chosen.with_all_tests(fault) for fault in group]


UNSEEN = [rid for rid in catalogue() if rid.startswith("GetTranscript.")][: BLOCKED + 1]


@pytest.mark.parametrize(
    ("strange", "expected"),
    [
        (show(OTHER), [f"undeclared: {{name}} turns {OTHER} red, which it does not declare: {BREACH}"]),
        (show(errors=("a test: KeyError",)), ["{name}: a test: KeyError"]),
        (show(unseen=UNSEEN), []),
    ],
)
def test_a_group_in_which_something_strange_shows_is_halved_until_it_belongs_to_one(
    strange: Findings, expected: list[str]
) -> None:
    chosen, group, findings = four_together()
    left, made = [chosen.with_all_tests(*group)], []
    while left:
        made += left
        for trial in left:
            red = all_red(*(fault for fault in group if fault.name in trial.faults))
            more = strange if group[3].name in trial.faults else show()
            findings[trial] = show(*red, *more.reds, errors=more.errors, unseen=more.unseen)
        left = further(chosen, findings)
    halved = [group, group[:2], group[2:], group[2:3], group[3:]]
    assert made == [chosen.with_all_tests(*some) for some in halved]
    assert flaws(document(Evidence(chosen, findings), 1.0)) == [line.format(name=group[3].name) for line in expected]


def test_a_few_musts_that_a_group_leaves_unseen_are_no_reason_to_judge_it_again() -> None:
    chosen, group, findings = four_together()
    findings[chosen.with_all_tests(*group)] = show(*all_red(*group), unseen=UNSEEN[1:])
    assert further(chosen, findings) == []


def test_a_plan_of_all_adds_combinations_of_variants() -> None:
    together = list(plan().variants)[len(VARIANTS) :]
    assert len(together) == COMBINATIONS
    assert all(len(set(variants)) == len(variants) > 1 for variants in together)
    assert list(plan(["slow"]).variants) == [("slow",)]


def test_each_variant_is_judged_with_each_seed_and_over_a_network_where_it_shows_only_there() -> None:
    variants = {("slow",): (1, 2, 3), ("slow", "chunked"): (1, 2)}
    trials = list(Plan({}, variants, "default", whole=True, seeds=3).of_variants())
    assert [(trial.variants, trial.seed) for trial in trials[:3]] == [
        (("slow",), 1),
        (("slow", "chunked"), 1),
        (("slow",), 2),
    ]
    assert len(set(trials)) == len(trials) == 5
    assert {trial.variants: trial.over_network for trial in trials} == {("slow",): False, ("slow", "chunked"): True}


def test_alarms_and_costs_of_a_reading_are_told_over_all_its_seeds() -> None:
    chosen = Plan({}, {("slow",): (1, 2, 3)}, "default", whole=True, seeds=3)
    first, second, third = chosen.of_variants()
    findings = {chosen.clean: show(), first: show(), second: show(MUST), third: show(errors=("it broke",))}
    matrix = document(Evidence(chosen, findings), 1.0)
    Draft202012Validator(SCHEMA).validate(matrix)
    accused = f"slow is accused of breaking {MUST}: {BREACH}"
    assert flaws(matrix) == [accused, "slow: with seed 3: it broke"]
    assert (matrix["variants"][0]["seeds"], matrix["variants"][0]["requests"]) == (3, 120)
    assert (matrix["totals"]["variants"], matrix["totals"]["seeds"], matrix["totals"]["false_alarms"]) == (1, 3, 1)


def test_a_plan_of_readings_only_has_no_fault() -> None:
    assert not plan(variants_only=True).faults
    with pytest.raises(NothingChosen, match="no variant"):
        plan(["SendEvent.*"], variants_only=True)


def test_a_plan_of_claims_only_has_every_reading_once_with_each_seed_in_another_combination() -> None:
    chosen = plan(whole=False, seeds=3)
    for seed in (1, 2, 3):
        variants = [trial.variants for trial in chosen.of_variants() if trial.seed == seed]
        assert sorted(name for together in variants for name in together) == sorted(VARIANTS)
        assert all(1 < len(together) <= 6 or VARIANTS[together[0]].not_with for together in variants)
    company = [set(trial.variants) for trial in chosen.of_variants() if "slow" in trial.variants]
    assert company[0] != company[1] != company[2]


@pytest.mark.parametrize("seeds", [1, 3])
def test_variants_that_are_not_lawful_beside_one_another_do_not_stand_together(seeds: int) -> None:
    both = ["clock-ahead", "dated-in-front"]
    assert [*plan(both, whole=False, seeds=seeds).variants] == [("dated-in-front",), ("clock-ahead",)]
    for together in (*plan().variants, *plan(whole=False, seeds=seeds).variants):
        assert [name for name in together if VARIANTS[name].not_with.intersection(together)] == []


@pytest.mark.parametrize("beside", [(), ("slow",)])
def test_a_glob_that_matches_nothing_is_named(beside: tuple[str, ...]) -> None:
    with pytest.raises(NothingChosen, match="nonsense"):
        plan([*beside, "nonsense"])
    done = CliRunner().invoke(main, ["power", *(f"--only={name}" for name in (*beside, "nonsense"))])
    assert done.exit_code == 4
    assert "nonsense" in done.output


@pytest.mark.parametrize(
    ("command", "glob", "meant"),
    [
        ("power", "SendEvent.Content.length-max.to-lax", "SendEvent.Content.length-max.too-lax"),
        ("power", "sendmesage.*", "SendMessage.*"),
        ("power", "chunkd", "chunked"),
        ("faults", "looses-*", "loses-*"),
    ],
)
def test_names_near_an_unknown_one_are_offered(command: str, glob: str, meant: str) -> None:
    done = CliRunner().invoke(main, [command, *(["--only"] if command == "power" else []), glob])
    assert done.exit_code == 4
    assert f"a name like {glob}: did you mean {meant}" in done.output


def test_a_plan_of_names_has_nothing_else() -> None:
    name = "SendEvent.ClientToken.length-max.too-lax"
    for whole in (True, False):
        assert {trial.faults for trial in plan([name], whole=whole).first_trials()} == {(name,)}
        assert {trial.variants for trial in plan([name], whole=whole).first_trials()} == {()}
        assert {trial.variants for trial in plan(["slow"], whole=whole).first_trials()} == {("slow",)}


def test_the_reference_as_it_is_belongs_to_a_plan_of_all() -> None:
    for chosen in (plan(), plan(variants_only=True)):
        assert chosen.clean in chosen.first_trials()


def test_the_page_holds_no_script_and_names_every_fault(tmp_path: Path) -> None:
    page = power.write(measure(a_fault(MUST), show()), tmp_path).read_text()
    assert "<script" not in page
    assert "a-fault" in page
    assert json.loads((tmp_path / "power.json").read_text())["faults"][0]["name"] == "a-fault"


def test_the_page_shows_first_what_is_not_judged_as_declared(tmp_path: Path) -> None:
    as_declared = power.write(measure(a_fault(MUST), show(MUST), show(MUST)), tmp_path).read_text()
    assert 'id="flawed"' not in as_declared
    for whole in (show(), show(MUST, OTHER), show(MUST, errors=("a test ended in an error",))):
        page = power.write(measure(a_fault(MUST), show(), whole), tmp_path).read_text()
        flawed, _, every = page.partition('id="flawed"')[2].partition('id="faults"')
        assert 'href="#a-fault"' in flawed
        assert 'id="a-fault"' in every


@pytest.mark.slow
def test_the_command_judges_in_processes_of_its_own_and_fails_for_no_flaw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "QUICK", 0)
    name = "SendEvent.ClientToken.length-max.too-lax"
    done = CliRunner().invoke(main, ["power", "--only", name, "--claims-only", "--report-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "1 of 1 faults found by a must" in done.output


@pytest.mark.slow
def test_one_fault_is_judged_without_another_process_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[Trial] = []
    judge = Bench.judge

    def note(self: Bench, trial: Trial) -> Findings:
        judged.append(trial)
        return judge(self, trial)

    monkeypatch.setattr(Bench, "judge", note)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    name = "SendEvent.ClientToken.length-max.too-lax"
    done = CliRunner().invoke(main, ["power", "--only", name, "--claims-only", "--report-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert [(trial.faults, trial.claims) for trial in judged] == [
        ((name,), frozenset({"SendEvent.ClientToken.length-max"}))
    ]


def test_the_closing_lines_name_what_was_judged_and_nothing_else() -> None:
    matrix = measure(a_fault(MUST, OTHER), show(MUST, SHOULD))
    matrix |= {"variants": [], "clean": None}
    matrix["totals"] |= {"variants": 0}
    assert closing.lines(matrix, narrowed=True) == [
        f"found: a-fault turns {MUST} red, at request 3 of a test",
        f"missed: a-fault does not turn {OTHER} red",
        f"undeclared: a-fault turns {SHOULD} red, which it does not declare: {BREACH}",
    ]
    assert closing.summary(matrix, Path("power.html")) == (
        "1 of 1 faults found by a must; 1 undeclared red, looked for in the claiming tests alone; 2 s;"
        " report: power.html"
    )


def test_the_closing_line_of_readings_speaks_of_no_fault() -> None:
    chosen = Plan({}, {("slow",): (1,), ("chunked",): (1,)}, "smoke", whole=True)
    matrix = document(Evidence(chosen, {trial: show() for trial in (chosen.clean, *chosen.of_variants())}), 2.0)
    assert closing.lines(matrix, narrowed=True) == ["not accused: slow", "not accused: chunked"]
    assert closing.summary(matrix, Path("power.html")) == (
        "2 lawful variants or combinations of them with 1 seed: 0 false alarms; the reference as it is: 0 reds; 2 s;"
        " report: power.html"
    )


def test_the_faults_are_listed_with_what_they_break() -> None:
    done = CliRunner().invoke(main, ["faults", "SendEvent.ClientToken.length-max.*"])
    assert "SendEvent.ClientToken.length-max.too-lax" in done.output
    assert "breaks SendEvent.ClientToken.length-max" in done.output
    assert CliRunner().invoke(main, ["faults", "nonsense*"]).exit_code == 4
