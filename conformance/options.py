"""The command line of a run, as plain data: every option with its meaning, and what was given of them."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.catalogue import UnknownGlob, select
from conformance.contract.requirements import Level
from conformance.deviations import Deviation, DeviationError, read_deviations
from conformance.examination.depth import DEPTHS, Depth
from conformance.target.settings import SettingsError
from conformance.verdicts import Tolerance

REFERENCE = "reference"
# Each option: its name, then what argparse needs to know. The destination is private to this suite.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--target": {
        "metavar": "reference|URL|aws",
        "default": REFERENCE,
        "help": "the endpoint to judge (default: the embedded reference endpoint)",
    },
    "--participant-target": {
        "metavar": "URL",
        "help": "where the Participant Service has another address than --target",
    },
    "--instance-id": {"metavar": "ID", "help": "the Amazon Connect instance that the chats run in"},
    "--contact-flow-id": {"metavar": "ID", "help": "the flow that the chats start"},
    "--region": {"metavar": "NAME", "help": "the Region to sign for (default us-east-1)"},
    "--depth": {"choices": tuple(DEPTHS), "default": "default", "help": "how many examples are drawn"},
    "--requirement": {
        "metavar": "GLOB",
        "action": "append",
        "default": [],
        "help": "only requirements whose id matches; may be repeated",
    },
    "--report-dir": {"metavar": "DIR", "default": "reports/out", "help": "where the reports go (default reports/out)"},
    "--deviations": {"metavar": "FILE", "help": "known deviations of the endpoint, TOML: excused while they last"},
    "--allow-incomplete": {
        "action": "store_true",
        "default": False,
        "help": "exit with 0 where some must stayed unseen, unless all did",
    },
    "--fail-on": {
        "choices": (Level.MUST.value, Level.SHOULD.value),
        "default": Level.MUST.value,
        "help": "the level whose broken promises end the run with exit code 1; it changes no verdict (default must)",
    },
    "--max-requests": {"metavar": "N", "type": int, "help": "send at most N requests"},
    "--max-contacts": {"metavar": "N", "type": int, "help": "start at most N contacts"},
    "--max-open": {
        "metavar": "N",
        "type": int,
        "default": 20,
        "help": "leave at most N contacts open between tests (default 20)",
    },
    "--rate": {"metavar": "N", "type": float, "help": "send at most N requests a second"},
    "--timeout": {
        "metavar": "S",
        "type": float,
        "default": 10.0,
        "help": "seconds that one exchange may take (default 10)",
    },
    "--poll-seconds": {
        "metavar": "S",
        "type": float,
        "help": "seconds to wait for what is promised to appear (default 5, for aws 30)",
    },
    "--aws-profile": {"metavar": "NAME", "help": "sign with the credentials of this profile"},
    "--aws-credentials": {
        "action": "store_true",
        "default": False,
        "help": "sign with the credentials that botocore finds",
    },
    "--header": {
        "metavar": "'Name: value'",
        "action": "append",
        "default": [],
        "help": "send this header with every request; may be repeated",
    },
    "--allow-host": {
        "metavar": "HOST",
        "action": "append",
        "default": [],
        "help": "follow URLs that the endpoint hands out to this host too; may be repeated",
    },
    "--ca-bundle": {"metavar": "FILE", "help": "certificates to trust, PEM"},
    "--second-instance-id": {"metavar": "ID", "help": "another instance of the same endpoint"},
    "--second-contact-flow-id": {"metavar": "ID", "help": "a flow of the other instance"},
    "--view-token": {"metavar": "T", "help": "a view token of a Show view block"},
    "--auth-session-id": {"metavar": "ID", "help": "the session id of an authentication that was initiated"},
    "--advance-clock": {
        "metavar": "COMMAND",
        "help": "run this command with {seconds} filled in to move the endpoint's clock forward",
    },
    "--probe-limits": {
        "action": "store_true",
        "default": False,
        "help": "start and send as much as is served, to see quotas and rates",
    },
    "--streaming-endpoint-arn": {"metavar": "ARN", "help": "the Amazon SNS topic that message streaming goes to"},
}
STREAMING_ARN = "arn:aws:sns:us-east-1:123456789012:conformance"
SECRET_OPTIONS = frozenset({"--header", "--view-token", "--auth-session-id"})


def destination(option: str) -> str:
    """The name under which pytest keeps `option`; the prefix keeps it apart from other plugins' options."""
    return "conformance_" + option.removeprefix("--").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `values` are by option name; `scope` are the requirement ids asked for."""

    values: Mapping[str, Any]
    depth: Depth
    scope: frozenset[str]
    report_dir: Path
    seed: int
    deviations: tuple[Deviation, ...] = ()

    def __getitem__(self, option: str) -> Any:
        return self.values[option]

    @property
    def given(self) -> tuple[str, ...]:
        """The options whose value is not the default, without their values."""
        return tuple(
            name for name, value in self.values.items() if value not in (None, [], False, OPTIONS[name].get("default"))
        )

    @property
    def tolerance(self) -> Tolerance:
        """What does not end the run with an exit code of its own."""
        return Tolerance(incomplete=self["--allow-incomplete"], warnings=self["--fail-on"] != Level.SHOULD)

    def command(self, places: Sequence[str] = (), options: Sequence[str] = ()) -> str:
        """The command that repeats a run of the tests at `places`, by default all, with pytest's `options`.

        It holds no secret.
        """
        words = ["pytest", *(places or ("--pyargs", "conformance")), *options]
        for name in self.given:
            if name in SECRET_OPTIONS:
                words += [name, "..."]
            elif OPTIONS[name].get("action") == "store_true":
                words.append(name)
            else:
                value = self.values[name]
                values = map(str, value if isinstance(value, list) else [value])
                words += [word for text in values for word in (name, shlex.quote(text))]
        return " ".join([*words, f"--hypothesis-seed={self.seed}"])


def read_options(values: Mapping[str, Any], seed: int | None) -> Options:
    """The options of a run from their plain values. Raises SettingsError with one sentence for a wrong one."""
    try:
        scope = select(values["--requirement"])
    except UnknownGlob as wrong:
        raise SettingsError(f"--requirement: {wrong}") from wrong
    directory = Path(values["--report-dir"])
    if directory.exists() and not directory.is_dir():
        raise SettingsError(f"--report-dir {directory} is a file: give a directory, or a name that is free")
    drawn = secrets.randbelow(2**32) if seed is None else seed
    return Options(values, DEPTHS[values["--depth"]], scope, directory, drawn, _deviations(values["--deviations"]))


def _deviations(path: str | None) -> tuple[Deviation, ...]:
    try:
        return read_deviations(Path(path)) if path else ()
    except DeviationError as wrong:
        raise SettingsError(f"--deviations {wrong}") from wrong
