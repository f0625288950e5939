"""Option values that pytest takes for paths to test.

Before pytest knows the options of any plugin it looks for its root and its configuration near every word of the
command line that is a path that exists. ``--report-dir DIR`` would so lead it away from the project once DIR is there;
``--report-dir=DIR`` does not.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from connect_conformance_pytest.options import takes_value

ADDOPTS = "PYTEST_ADDOPTS"
# pytest's own options that take a path: it knows them from the start, so their values lead nowhere.
OF_PYTEST = frozenset(
    {
        *("--basetemp", "--cache-show", "--config-file", "--confcutdir", "--debug", "--deselect", "--ignore"),
        *("--ignore-glob", "--junit-xml", "--junitxml", "--log-file", "--rootdir"),
    }
)
TakesOne = Callable[[str, str], bool]


def start_again_with_joined_values(config: pytest.Config, parser: pytest.Parser) -> None:
    """Replace this process by one whose command line joins such values to their options, if there are any.

    Raises pytest.UsageError with the words to write where this process is not pytest's own.
    """
    given = [str(word) for word in config.invocation_params.args]
    added = shlex.split(os.environ.get(ADDOPTS, ""))
    takes_one = _knows(parser)
    misleading = [
        f"{option}={value}"
        for words in (added, given)
        for option, value in _values(words, takes_one)
        if _leads_away(value, config)
    ]
    if not misleading:
        return
    if os.name != "posix" or sys.argv[1:] != given or sys.orig_argv[-len(given) :] != given:
        raise pytest.UsageError(f"pytest looks for tests where an option's value leads: write {' '.join(misleading)}")
    if added:
        os.environ[ADDOPTS] = shlex.join(join_values(added, takes_one))
    interpreter = sys.orig_argv[1 : len(sys.orig_argv) - len(given)]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *interpreter, *join_values(given, takes_one)])  # noqa: S606 - no shell


def join_values(words: list[str], takes_one: TakesOne) -> list[str]:
    """`words` with each value that is a path that exists joined to the option before it."""
    joined: list[str] = []
    for word in words:
        if joined and _belongs_to(joined[-1], word, takes_one):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined


def _values(words: Iterable[str], takes_one: TakesOne) -> list[tuple[str, str]]:
    return [pair for pair in pairwise(words) if _belongs_to(*pair, takes_one)]


def _belongs_to(option: str, word: str, takes_one: TakesOne) -> bool:
    if not option.startswith("--") or "=" in option or option in OF_PYTEST or word.startswith("-"):
        return False
    return Path(word.split("::", 1)[0]).exists() and takes_one(option, word)


def _knows(parser: pytest.Parser) -> TakesOne:
    """Whether an option of this suite, or of a plugin that is there already, takes a word, and no more than one."""

    def takes_one(option: str, word: str) -> bool:
        known = takes_value(option)
        if known is not None:
            return known
        try:
            rest = parser.parse_known_args([option, word, "..."]).file_or_dir
        except pytest.UsageError:
            return False
        return list(rest) == ["..."]

    return takes_one


def _leads_away(value: str, config: pytest.Config) -> bool:
    """Whether the path `value` can make pytest look for its configuration elsewhere than where it was called."""
    directory = config.invocation_params.dir
    inside = Path(directory, value).resolve().is_relative_to(directory)
    return not inside or not (config.inipath is None or directory.is_relative_to(config.inipath.parent))
