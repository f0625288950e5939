"""A bare machine to run the steps of a form on: its home, its programs, and no variable of whoever calls the tests.

What pip and venv are called with is real, what they do is not: the suite is linked, not downloaded. That the wheel can
be installed is shown in tests/test_wheel.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "stand_ins"
SECONDS = 180
COMPILED = ("PYTHONPYCACHEPREFIX",)  # where the tests' processes share what they compile
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}")
SH = ("sh", "-e", "{0}")


@dataclass(frozen=True)
class Ended:
    """A step that has ended: its exit code and what it printed."""

    code: int
    output: str


@dataclass(frozen=True)
class Machine:
    """`home` is empty at first. `variables` are those of everything that runs here."""

    home: Path
    variables: dict[str, str]

    def run(
        self,
        script: str,
        variables: Mapping[str, str] | None = None,
        *,
        words: Sequence[str] = SH,
        place: Path | None = None,
        path: str = "",
    ) -> Ended:
        """Run `script` in `place`, by default the home, with the directories of `path` before the machine's own.

        `words` is what reads the script, a file in place of its ``{0}``.
        """
        file = self.home / "step"
        file.write_text(script)
        around = {**self.variables, **(variables or {})}
        around["PATH"] = path + around["PATH"]
        done = subprocess.run(
            [word.replace("{0}", str(file)) for word in words],
            cwd=place or self.home,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout)

    @property
    def installed(self) -> list[str]:
        """What pip was asked to install, in turn."""
        return (self.home / "installed").read_text().splitlines()


def bare_machine(home: Path, **variables: str) -> Machine:
    """A machine whose python has nothing installed."""
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", str(home / "python")], check=True)
    linked = dict.fromkeys((str(ROOT), *(place for place in sys.path if place.endswith("site-packages"))))
    return Machine(
        home,
        {
            "PATH": f"{home / 'python' / 'bin'}:/usr/bin:/bin",
            "HOME": str(home),
            "PYTHONPATH": str(STAND_INS),
            "LINKED": "\n".join(linked) + "\n",
            "INSTALLED": str(home / "installed"),
            "NO_PROXY": "127.0.0.1",
            **{name: os.environ[name] for name in COMPILED if name in os.environ},
            **variables,
        },
    )
