"""The command `faults` lists seeded faults, or lawful variants, by name."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.reference.variants.registry import VARIANTS
from conformance.results.verdicts import ExitCode


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["faults", *words])
    return done.exit_code, done.output


def test_a_fault_is_listed_with_what_it_breaks() -> None:
    code, shown = run("takes-a-byte-more")
    assert code == ExitCode.CONFORMANT
    assert shown.startswith("takes-a-byte-more\n        The endpoint accepts a message of one byte too many.\n")
    assert "breaks SendMessage.Content.bytes-max, " in shown


def test_each_variant_is_listed_with_its_sentence() -> None:
    code, shown = run("--variants")
    assert code == ExitCode.CONFORMANT
    names = [line for line in shown.splitlines() if not line.startswith(" ")]
    assert names == list(VARIANTS)
    for name, variant in VARIANTS.items():
        assert f"{name}\n        {variant.says}\n" in shown


def test_a_variant_is_listed_with_the_shoulds_that_it_leaves_open() -> None:
    sentence = VARIANTS["short-pages"].says
    leaves = "        leaves open GetTranscript.MaxResults.full-page\n"
    assert run("--variants", "short-p*") == (ExitCode.CONFORMANT, f"short-pages\n        {sentence}\n{leaves}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--variants", "late-aproval"], "no variant has a name like late-aproval: did you mean late-approval?"),
        (["--variants", "x-y-z"], "no variant has a name like x-y-z: connect-conformance faults --variants lists all."),
        (["x-y-z"], "no fault has a name like x-y-z: connect-conformance faults lists all."),
    ],
)
def test_a_name_that_nothing_has_is_refused(words: list[str], sentence: str) -> None:
    code, shown = run(*words)
    assert code == ExitCode.USAGE
    assert sentence in shown
