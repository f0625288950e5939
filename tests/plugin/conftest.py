"""The plugin as an environment has it: installed, in projects that are about something else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from connect_conformance_pytest.activation import PARTS

ROOT = Path(__file__).parents[2]
PLUGIN = "connect_conformance_pytest"
SECONDS = 60
COMPILED = ("PYTHONPYCACHEPREFIX",)  # where compiled modules are kept changes nothing but the time
# What the suite depends on brings plugins of its own, which take their time and change nothing here.
WITHOUT_OTHERS = tuple(
    word for name in ("anyio", "html", "hypothesispytest", "metadata", "schemathesis") for word in ("-p", f"no:{name}")
)


@dataclass(frozen=True)
class Environment:
    """An environment whose folder of installed packages holds the suite, and not this clone."""

    packages: Path

    def pytest(
        self,
        *arguments: str,
        directory: Path,
        with_directory: bool = True,
        seconds: float = SECONDS,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest in `directory`, which is on Python's path as for ``python -m pytest`` or is not, as for pytest."""
        path = () if with_directory else ("-P",)
        kept = {k: v for k, v in os.environ.items() if k in COMPILED or not k.startswith(("PYTEST", "PYTHON", "COV"))}
        dependencies = [place for place in sys.path if Path(place).name == "site-packages"]
        return subprocess.run(
            # Without the module site no other folder is taken up: the clone may be installed as editable.
            [sys.executable, "-S", *path, "-m", "pytest", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *arguments],
            cwd=directory,
            env={**kept, "PYTHONPATH": os.pathsep.join([str(self.packages), *dependencies]), **variables},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the suite, made of links to this clone."""
    packages = tmp_path_factory.mktemp("environment") / "site-packages"
    information = packages / "connect_chat_conformance-0.dist-info"
    information.mkdir(parents=True)
    for part in (*PARTS, PLUGIN):
        (packages / part).symlink_to(ROOT / part)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: connect-chat-conformance\nVersion: 0\n")
    (information / "entry_points.txt").write_text(f"[pytest11]\nconformance.plugin = {PLUGIN}\n")
    (information / "RECORD").write_text("".join(f"{part}/__init__.py,,\n" for part in (*PARTS, PLUGIN)))
    return Environment(packages)
