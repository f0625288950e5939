"""Stands in for pip: makes the suite's checkout and what it needs importable, and writes the suite's command."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

OPTIONS = {"--quiet", "--upgrade", "--no-cache-dir"}
PROGRAM = os.environ.get("PROGRAM", "from conformance.commands.cli import main\n\nmain()\n")

command, *words = sys.argv[1:]
if sys.prefix == sys.base_prefix:
    sys.exit("nothing is linked into the Python of the machine that the tests run on")
(requirement,) = set(words) - OPTIONS
if command != "install":
    sys.exit(f"pip {command} is no step of a form")
with Path(os.environ["INSTALLED"]).open("a", encoding="utf-8") as log:
    log.write(f"{requirement}\n")
Path(sysconfig.get_path("purelib"), "linked.pth").write_text(os.environ["LINKED"], encoding="utf-8")
script = Path(sysconfig.get_path("scripts"), "connect-conformance")
script.write_text(f"#!{sys.executable}\n{PROGRAM}", encoding="utf-8")
script.chmod(0o755)
