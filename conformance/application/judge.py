"""The function `judge`: an application or an address in, what the suite says of it out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from conformance.application.asgi import AsgiApplication, NotStarted
from conformance.application.hosting import Host
from conformance.application.judging import Job, run
from conformance.application.replies import Exceptions
from conformance.application.result import Judgement
from conformance.application.wsgi import WsgiApplication
from connect_conformance_pytest.options import DEPTHS, OPTIONS

Option: TypeAlias = str | float | bool | Sequence[str] | Path | None
IN_PROCESS = "http://127.0.0.1:8080"  # where an application is told that it is; all names of this machine are one

_KNOWN = {option.removeprefix("--").replace("-", "_"): option for option in OPTIONS}
_REPORTED = frozenset({0, 1, 6, 7})  # exit codes that a report goes with


class NotJudged(Exception):
    """Nothing was judged. The text says why, and what to do about it."""


def judge(  # noqa: PLR0913 - what a caller may want to say of a run
    judged: AsgiApplication | WsgiApplication | str,
    scope: str | Sequence[str] = "*",
    *,
    depth: str = "smoke",
    seed: int | None = None,
    report_dir: Path | str | None = None,
    base_url: str = IN_PROCESS,
    advance_clock: Callable[[int], object] | None = None,
    **options: Option,
) -> Judgement:
    """Judge an ASGI application, a WSGI application, or the endpoint at a URL.

    An application is called in this process, without a network: `base_url` is the address that it is told, and URLs
    that it hands out must lead to that host, or to one of `allow_host`. An endpoint at a URL is asked over the network.
    The suite itself runs in a separate process, so that nothing of it is loaded here.

    `scope` are requirement ids or globs of them, `depth` says how many examples are drawn (docs/options.md), `seed`
    repeats those of another run. `report_dir` keeps the reports there; by default none is kept. `advance_clock` is
    called with seconds to move what is judged forward in time; without it expiries are untested. All other `options`
    are those of the command line, with underscores: ``instance_id="..."``, ``contact_flow_id="..."``,
    ``header=["X-Api-Key: KEY"]``.

    Raises NotJudged where nothing could be judged: for a wrong option or id, or an endpoint that cannot be reached;
    TypeError for what is no application and for an option that does not exist.
    """
    if depth not in DEPTHS:
        raise NotJudged(f"depth {depth!r} does not exist: give one of {', '.join(DEPTHS)}")
    host = None if isinstance(judged, str) else Host(judged)
    target = judged if isinstance(judged, str) else base_url
    scopes = [scope] if isinstance(scope, str) else list(scope)
    with _directory(report_dir) as directory:
        given = {**options, "target": target, "requirement": scopes, "depth": depth, "report_dir": directory}
        job = Job(_words(given), directory / "judge.log", seed, advance_clock)
        return _judgement(_code(job, host), job, host, directory if report_dir is not None else None)


def _code(job: Job, host: Host | None) -> int:
    try:
        return run(job, host)
    except NotStarted as wrong:
        raise NotJudged(f"the application did not start: {wrong}") from wrong


def _judgement(code: int, job: Job, host: Host | None, kept: Path | None) -> Judgement:
    """Raises NotJudged, with what the run said, where it has no report."""
    directory = job.log.parent
    path = directory / "compliance.json"
    if code not in _REPORTED or not path.exists():
        raise NotJudged(_last_words(job.log) or f"the judge's process ended with code {code}")
    if kept is not None:
        job.log.unlink()
    report = json.loads(path.read_text(encoding="utf-8"))
    exceptions = host.exceptions if host is not None else Exceptions()
    return Judgement(report["verdict"], report["summary"], report, kept, exceptions)


def _last_words(log: Path) -> str:
    """What the run says about its end: the last line that pytest marks as an error, or its last words."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return errors[-1] if errors else "\n".join(lines[-20:])


@contextmanager
def _directory(wanted: Path | str | None) -> Iterator[Path]:
    """The directory to report to: one for a while where none is wanted."""
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="connect-conformance-") as made:
            yield Path(made)
    else:
        path = Path(wanted)
        path.mkdir(parents=True, exist_ok=True)
        yield path.absolute()


def _words(given: Mapping[str, Option]) -> list[str]:
    """The words of the command line. Raises TypeError for an option that does not exist."""
    words: list[str] = []
    for name, value in given.items():
        if name not in _KNOWN:
            raise TypeError(f"judge() has no option {name}: docs/options.md lists them")
        words += _word(_KNOWN[name], value)
    return words


def _word(option: str, value: Any) -> Iterator[str]:
    if OPTIONS[option].get("action") == "store_true":
        if value:
            yield option
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield f"{option}={one}"
    elif value is not None:
        yield f"{option}={value}"
