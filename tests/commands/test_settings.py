"""What is set beside the command line is heard, in its order; what has no meaning is refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.commands.cli import main
from conformance.commands.options import parameter_of, variable_of
from conformance.results.verdicts import EXIT_MEANINGS, ExitCode
from conformance.session import own_pytest
from connect_conformance_pytest.options import COMMAND_OPTIONS, OPTIONS

SAMPLES = {int: 3, float: 0.5, str: "some text"}


@pytest.fixture
def calls_of_suite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What the suite would be run with; nothing is run. The directory at hand is empty."""
    calls: list[Any] = []

    def hand_over(*call: Any) -> int:
        calls.extend(call)
        return 0

    monkeypatch.setattr(own_pytest, "run_suite", hand_over)
    monkeypatch.chdir(tmp_path)
    return calls


def run(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(main, ["run", *arguments], env=variables)


def assert_refusal(result: Result, *words: str) -> None:
    assert result.exit_code == ExitCode.USAGE, result.output
    (line,) = result.output.strip().splitlines()
    for word in words:
        assert word in line


def sample(row: dict[str, Any]) -> Any:
    """A value of the kind that an option takes."""
    if row.get("action") == "store_true":
        return True
    if row.get("action") == "append":
        return ["first: one", "second: two"]
    return row["choices"][-1] if "choices" in row else SAMPLES[row.get("type", str)]


def words_of(option: str, value: Any) -> list[str]:
    if value is True:
        return [option]
    return [f"{option}={one}" for one in (value if isinstance(value, list) else [value])]


def toml(value: Any) -> str:
    return str(value).lower() if value is True else repr(value).replace("'", '"')


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_is_set_on_the_command_line_in_the_environment_and_in_a_file(
    option: str, calls_of_suite: list[Any]
) -> None:
    value = sample(dict(OPTIONS[option]))
    expected = words_of(option, value)
    lines = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    Path("other.toml").write_text(f"{option.removeprefix('--')} = {toml(value)}\n")
    ways: dict[tuple[str, ...], dict[str, str]] = {
        tuple(expected): {},
        (): {variable_of(option): lines},
        ("--settings", "other.toml"): {},
    }
    for given, variables in ways.items():
        calls_of_suite.clear()
        assert run(*given, **variables).exit_code == 0
        words = [word for word in calls_of_suite[0] if word.split("=")[0] == option]
        assert words == expected


def test_the_options_in_place_of_pytests_are_handed_over(calls_of_suite: list[Any]) -> None:
    assert run("-n", "2", "--seed", "7").exit_code == 0
    assert "--hypothesis-seed=7" in calls_of_suite[0]
    assert calls_of_suite[1] == 2


def test_the_reports_have_a_directory_of_their_own(calls_of_suite: list[Any]) -> None:
    assert run().exit_code == 0
    assert calls_of_suite[0] == ["--report-dir=connect-conformance-report"]


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(calls_of_suite: list[Any]) -> None:
    Path("connect-conformance.toml").write_text('region = "file"\ndepth = "smoke"\nrate = 2\nallow-incomplete = true\n')
    done = run("--region", "line", CONNECT_CONFORMANCE_REGION="variable", CONNECT_CONFORMANCE_DEPTH="nightly")
    assert {"--region=line", "--depth=nightly", "--rate=2.0", "--allow-incomplete"} <= set(calls_of_suite[0])
    assert "settings: depth from the environment; allow-incomplete, rate from the settings file" in (
        done.output.replace("rate, allow-incomplete", "allow-incomplete, rate")
    )


def test_what_is_false_or_empty_sets_nothing(calls_of_suite: list[Any]) -> None:
    Path("connect-conformance.toml").write_text("allow-incomplete = false\n")
    assert run(CONNECT_CONFORMANCE_PROBE_LIMITS="no", CONNECT_CONFORMANCE_RATE="").exit_code == 0
    assert calls_of_suite[0] == ["--report-dir=connect-conformance-report"]
    assert run(CONNECT_CONFORMANCE_MAX_OPEN="0").exit_code == 0
    assert "--max-open=0" in calls_of_suite[2]  # which a run refuses


def test_a_secret_is_heard_and_not_shown(calls_of_suite: list[Any]) -> None:
    done = run(CONNECT_CONFORMANCE_HEADER="X-Api-Key: 0123456789abcdef\n\nOther: 1\n")
    assert [word for word in calls_of_suite[0] if "header" in word] == [
        "--header=X-Api-Key: 0123456789abcdef",
        "--header=Other: 1",
    ]
    assert "0123" not in done.output


def test_a_table_of_the_project_is_read(calls_of_suite: list[Any]) -> None:
    Path("pyproject.toml").write_text('[tool.connect-conformance]\nregion = "eu-central-1"\n')
    assert run().exit_code == 0
    assert "--region=eu-central-1" in calls_of_suite[0]
    Path("connect-conformance.toml").write_text("")
    assert_refusal(run(), "both connect-conformance.toml and pyproject.toml")


def test_a_mistyped_word_is_answered_with_the_one_that_was_meant() -> None:
    assert "is not one of 'smoke', 'default', 'nightly', 'aws': did you mean smoke?" in run("--depth", "smok").output
    assert "did you mean" not in run("--depth", "x").output


@pytest.mark.parametrize("project", ["no toml at all [", "[tool.pytest.ini_options]\naddopts = '--nope'\n"])
def test_a_project_without_the_table_is_left_alone(calls_of_suite: list[Any], project: str) -> None:
    Path("pyproject.toml").write_text(project)
    assert run().exit_code == 0
    assert calls_of_suite[0] == ["--report-dir=connect-conformance-report"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ('targt = "x"', ("connect-conformance.toml: targt is no setting", "did you mean target?")),
        ('settings = "x"', ("settings is no setting",)),
        ('rate = "2"', ("rate takes a number",)),
        ("rate = true", ("rate takes a number",)),
        ("max-requests = 2.5", ("max-requests takes a whole number",)),
        ("target = 2", ("target takes a text in quotes",)),
        ("header = 2", ("header takes a list of texts",)),
        ("header = [2]", ("header takes a list of texts",)),
        ('allow-incomplete = "yes"', ("allow-incomplete takes true or false",)),
        ('depth = "deepest"', ("depth cannot be used", "'smoke'")),
        ("[table]", ("table is no setting",)),
        ("target", ("connect-conformance.toml is no TOML",)),
    ],
)
def test_a_wrong_setting_gets_one_sentence(calls_of_suite: list[Any], file: str, words: tuple[str, ...]) -> None:
    Path("connect-conformance.toml").write_text(file)
    assert_refusal(run(), *words)
    assert not calls_of_suite


def test_other_mistakes_get_one_sentence(calls_of_suite: list[Any]) -> None:
    assert_refusal(run("--settings", "gone.toml"), "--settings gone.toml cannot be read (No such file or directory)")
    assert_refusal(run(CONNECT_CONFORMANCE_SETTINGS="gone.toml"), "--settings gone.toml cannot be read")
    assert_refusal(
        run(CONNECT_CONFORMANCE_TARGT="x"), "CONNECT_CONFORMANCE_TARGT sets no option", "CONNECT_CONFORMANCE_TARGET"
    )
    assert_refusal(run("--processes", "0"), "--processes 0 cannot be used")
    Path("pyproject.toml").write_text("tool.connect-conformance = 1\n")
    assert_refusal(run(), "tool.connect-conformance is no table")
    assert not calls_of_suite


def test_a_directory_that_was_removed_is_told(
    calls_of_suite: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert_refusal(run(), "the current directory cannot be used (No such file or directory)")
    monkeypatch.chdir(tmp_path)
    assert not calls_of_suite


def test_the_help_has_every_option_variable_and_exit_code(calls_of_suite: list[Any]) -> None:
    shown = " ".join(run("--help").output.split())
    for option in (*OPTIONS, *COMMAND_OPTIONS):
        assert option in shown
        assert variable_of(option) in shown
    for code, meaning in EXIT_MEANINGS.items():
        assert f"{int(code)}: {meaning.replace('`', '')}" in shown
    assert not calls_of_suite


def test_a_clean_up_takes_secrets_from_settings_and_its_address_from_the_journal() -> None:
    known = {parameter.name: parameter for parameter in main.commands["cleanup"].params}
    assert [name for name in map(parameter_of, OPTIONS) if known[name].envvar is None] == ["target", "region"]
