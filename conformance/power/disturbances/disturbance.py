"""What a disturbance is: something of the line or of the machine that is not the endpoint's doing.

A seeded fault must turn its requirements red and a lawful variant must turn nothing red. A disturbance stands between
the two: whatever it does, the reference as it is must not be accused, and a seeded fault must be found all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from conformance.contract.wire import Request, Response


class Kind(StrEnum):
    """Where a disturbance is: between the suite and the endpoint, or on the machine that the suite runs on."""

    LINE = "line"
    MACHINE = "machine"


class Loss(StrEnum):
    """When a gateway drops a connection: before the endpoint gets the request, or after it has answered."""

    OF_REQUEST = "request"
    OF_REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Form:
    """How a gateway writes a reply: version, framing, spelling of header names, and whether the connection is kept.

    `announced` says whether a header announces that a connection is not kept. With `interim` a reply of the 100s
    comes before each; with `extended` chunks have extensions, and a trailer stands behind them.
    """

    version: str = "HTTP/1.1"
    chunked: bool = False
    spelled: Callable[[str], str] = str
    kept: bool = True
    announced: bool = True
    interim: bool = False
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What a gateway in front of the endpoint does.

    `delay` gives the seconds that an exchange takes longer. `instead` gives the gateway's own reply to a request, or
    what is lost of the exchange, or None to hand the request on. `asked` and `answered` change requests and replies on
    their way. With `prefix` every path begins with it, and the gateway signs for the endpoint what was signed for it.
    """

    delay: Callable[[Random], float] | None = None
    instead: Callable[[Random], Response | Loss | None] | None = None
    asked: Callable[[Request], Request] | None = None
    answered: Callable[[Request, Response], Response] | None = None
    form: Form = Form()
    prefix: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """What is particular about the machine that a run takes place on.

    `variables` are set in its environment, None takes one away; `files` are written below the directory that it starts
    in. Both may name places: ``{start}``, that directory; ``{reports}``, the report directory; ``{proxy}``, a proxy
    that refuses everything. `interpreter` and `arguments` are added to the command line of Python and of pytest.
    `limits` are resource limits by name, as in ``RLIMIT_NOFILE``. `report_dir` is where the run is told to report to.
    """

    variables: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    interpreter: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    report_dir: str = "{reports}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out before the reference as it is.

    `codes` are the exit codes that are right, `warns` globs of the shoulds that may be told to be broken, since through
    this line they are. `refused` says that the run must not begin, or must end before its report: in a few sentences
    that hold all of `says`.
    """

    codes: tuple[int, ...] = (0,)
    warns: tuple[str, ...] = ()
    refused: bool = False
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One disturbance by its name, told in one sentence, and what must come out.

    `quick` ones are used on each push.
    """

    name: str
    says: str
    what: Line | Machine
    expected: Expected = Expected()
    quick: bool = False

    @property
    def kind(self) -> Kind:
        """Where it is."""
        return Kind.LINE if isinstance(self.what, Line) else Kind.MACHINE
