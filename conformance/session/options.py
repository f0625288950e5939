"""The command line of a run, as plain data: every option with its meaning, and what was given of them."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.catalogue import UnknownGlob, catalogue, of_service, select
from conformance.contract.edition import not_in_edition
from conformance.contract.model import CONNECT, SERVICES
from conformance.contract.requirements import Level
from conformance.contract.suggestions import did_you_mean
from conformance.endpoint.aws_addresses import AWS
from conformance.endpoint.settings import SettingsError, absent_service
from conformance.engine.depth import DEPTHS, Depth
from conformance.results.deviations import Deviation, DeviationError, read_deviations
from conformance.results.verdicts import Tolerance
from conformance.session.in_flight.number import check_in_flight
from connect_conformance_pytest.options import COMMAND_REPORT_DIR, OPTIONS, REFERENCE

STREAMING_ARN = "arn:aws:sns:us-east-1:123456789012:conformance"
TARGETS = (REFERENCE, AWS)  # that are no address
_NEEDED = frozenset({"instance_id", "contact_flow_id"})  # facts that every endpoint has
SECRET_OPTIONS = frozenset({"--header", "--view-token", "--auth-session-id"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `values` are by option name; `scope` are the requirement ids asked for.

    `by_command` says that `connect-conformance run` began the run, not pytest. Where the run only makes the plan of
    another, `planned` are that run's options.
    """

    values: Mapping[str, Any]
    depth: Depth
    scope: frozenset[str]
    report_dir: Path
    seed: int
    deviations: tuple[Deviation, ...] = ()
    by_command: bool = False
    planned: Options | None = None

    def __getitem__(self, option: str) -> Any:
        return self.values[option]

    @property
    def given(self) -> tuple[str, ...]:
        """The options whose value is not the default, without their values."""
        return tuple(name for name, value in self.values.items() if value not in (None, [], False, self._default(name)))

    def _default(self, name: str) -> Any:
        return COMMAND_REPORT_DIR if self.by_command and name == "--report-dir" else OPTIONS[name].get("default")

    def lacks(self, option: str) -> bool:
        """Whether this run makes the plan of one against an endpoint that has not what `option` gives."""
        return self.planned is not None and self.planned["--target"] != REFERENCE and not self.planned[option]

    def usable_facts(self, facts: Mapping[str, str]) -> Mapping[str, str]:
        """The `facts` of the embedded reference that a run with these options may use."""
        options = {name: f"--{name.replace('_', '-')}" for name in facts}
        return {
            name: fact
            for name, fact in facts.items()
            if name in _NEEDED or options[name] not in self.values or not self.lacks(options[name])
        }

    @property
    def tolerance(self) -> Tolerance:
        """Which results the user accepts, so that they do not end the run with another exit code."""
        return Tolerance(incomplete=self["--allow-incomplete"], warnings=self["--fail-on"] != Level.SHOULD)

    def command(self, places: Sequence[str] = (), options: Sequence[str] = ()) -> str:
        """The command that repeats a run of the tests at `places`, by default all, with pytest's `options`.

        It holds no secret.
        """
        tests = [*(places or ("--pyargs", "conformance")), *options]
        words = ["connect-conformance", "run"] if self.by_command else ["pytest", *tests]
        for name in self.given:
            if name in SECRET_OPTIONS:
                words += [name, "..."]
            elif OPTIONS[name].get("action") == "store_true":
                words.append(name)
            else:
                value = self.values[name]
                values = map(str, value if isinstance(value, list) else [value])
                words += [word for text in values for word in (name, shlex.quote(text))]
        return " ".join([*words, f"{'--seed' if self.by_command else '--hypothesis-seed'}={self.seed}"])


def read_options(values: Mapping[str, Any], seed: int | None, *, by_command: bool = False) -> Options:
    """The options of a run from their plain values. Raises SettingsError with one sentence for a wrong one."""
    _require_words(values)
    try:
        scope = select(values["--requirement"])
    except UnknownGlob as wrong:
        raise SettingsError(f"--requirement: {wrong}") from wrong
    directory = Path(values["--report-dir"])
    if not values["--report-dir"]:
        raise SettingsError("--report-dir is empty: give a directory (. is the one that you are in)")
    if directory.exists() and not directory.is_dir():
        raise SettingsError(f"--report-dir {directory} is a file: give a directory, or a name that is free")
    absent = absent_service(values["--start-chat"], values["--start-chat-url"], values["--participant-target"])
    scope = _of_present(scope, absent)
    _require_address(values, absent)
    history = values["--history"]
    if history and Path(history).exists() and not Path(history).is_dir():
        raise SettingsError(f"--history {history} is a file: give a directory, or a name that is free")
    check_in_flight(values["--in-flight"])
    drawn = secrets.randbelow(2**32) if seed is None else seed
    judged = tuple(Level)[: tuple(Level).index(Level(values["--level"])) + 1]
    scope = frozenset(rid for rid in scope if catalogue()[rid].level in judged)
    depth, deviations = DEPTHS[values["--depth"]], _deviations(values["--deviations"])
    return Options(values, depth, scope, directory, drawn, deviations, by_command)


def _require_words(values: Mapping[str, Any]) -> None:
    """Raises SettingsError for a value that is none of an option's words, and for a target that is nearly one."""
    for name, row in OPTIONS.items():
        words = row.get("choices")
        if words and values[name] not in words:
            hint = did_you_mean(values[name], words) or f"choose from {', '.join(words)}"
            raise SettingsError(f"{name} {values[name]!r} cannot be used: {hint}")
    target = values["--target"]
    if target not in TARGETS and (hint := did_you_mean(target, TARGETS)):
        raise SettingsError(f"--target {target!r} is no address: {hint}")


def _of_present(scope: frozenset[str], absent: str | None) -> frozenset[str]:
    """The requirements in `scope` but for those that the edition of the models or the `absent` service does not have.

    Raises SettingsError where none is left.
    """
    in_edition = scope - not_in_edition()
    if not in_edition:
        raise SettingsError("--requirement asks only for requirements that are not in this edition of --models")
    kept = in_edition - of_service(absent)
    if not kept:
        raise SettingsError(f"--requirement asks only for operations of {SERVICES[absent or CONNECT]}, which is absent")
    return kept


def _require_address(values: Mapping[str, Any], absent: str | None) -> None:
    """Raises SettingsError where a back end is named for the embedded reference, which starts its chats itself."""
    if absent == CONNECT and values["--target"] == REFERENCE:
        named = "--start-chat" if values["--start-chat"] else "--start-chat-url"
        raise SettingsError(f"{named} needs the address of a Participant Service: give it as --target URL")


def _deviations(path: str | None) -> tuple[Deviation, ...]:
    try:
        return read_deviations(Path(path)) if path else ()
    except DeviationError as wrong:
        raise SettingsError(f"--deviations {wrong}") from wrong
