"""What is known about a run as a whole: its header, its end, its requests.

Members of a ledger's header that are read, all but the first two optional: `target` (as given on the command line),
`depth`, `seed`, `command`, `started` (ISO 8601), `endpoint` and `participant_endpoint` (base URLs in use), `region`,
`absent` (a service whose operations were not to be called), `back_end` (the `command`, in words, or `url` that started
the chats then), `instance_id`, `contact_flow_id`, `credentials` (``test``
for the fixed test credentials), `ca_bundle` (a path),
`proxies` (base URL to the proxy in front of it, without credentials), `scope` (globs), `level`
(the lowest that is judged), `selection`
(the tests that the run was to make: `tests`, `all_tests`, `narrowed_by`, `stops_after`, `claimed`, `partly`, see
conformance.session.selection), `given` (options given, for a requirement's `needs`), `sources` (model files: `service`,
`api_version`, `botocore`, `sha256`), `versions` (package to version), `notes` (sentences for the reader), and of the
machine `platform`, `working_directory`, `locale`, `time_zone`, `hypothesis_profile`, `plugins` (name to version),
`conftests` (paths) and `variables` (names).

`rate` is how many requests a second the run was held to, and `rates` the same by operation.

Members of a footer: `interrupted`, `suite_error` (bool), `contacts` (numbers `opened`, `closed`, `leaked`, and
`unanswered`: starts whose reply was lost or named no contact; `left_open`: the leaked ones, each with its `contact` and
`instance`), `duration_seconds`, `clocks` (base URL to how many seconds its Date headers are ahead of this machine's
clock), `notes`, `parts` (of tests in flight, see conformance.session.in_flight.parts).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.ledger_files import LedgerError

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One run against one endpoint; written by one process or by several whose ledgers were read together.

    `header` is the first ledger's. `contacts` is None and `duration_seconds` too when no process lived to say.
    `processes` are those that wrote it. `milliseconds` says what each reply took, `plain_calls` what the plainest call
    got, by operation.
    `left_open` are contacts that could not be stopped. `clocks` says by base URL how many seconds the Date headers of
    its replies are ahead of this machine's clock, None where they have none. `parts` is what tests in flight took, None
    where one test ran after the other.
    """

    header: Entry
    finished: bool
    interrupted: bool
    suite_error: bool
    contacts: Mapping[str, int] | None
    left_open: tuple[Mapping[str, str], ...]
    duration_seconds: float | None
    requests: Mapping[str, int]
    shrinking: int
    milliseconds: Mapping[str, Sequence[float]]
    processes: int
    notes: tuple[str, ...]
    tests: Mapping[str, Entry]
    plain_calls: Mapping[str, Entry]
    clocks: Mapping[str, int | None]
    parts: Mapping[str, Mapping[str, float]] | None

    @property
    def tests_ran(self) -> int:
        """How many tests ended."""
        return len(self.tests)

    @property
    def globs(self) -> tuple[str, ...]:
        """The globs over requirement ids that narrowed the run; empty for all requirements."""
        return tuple(self.header.get("scope") or ())

    @property
    def absent(self) -> str | None:
        """The service that the endpoint does not have by its user's word, whose requirements are not in scope."""
        found: str | None = self.header.get("absent")
        return found

    @property
    def edition(self) -> Entry | None:
        """The edition of the models that --models named, with the ids that it `lacks` and `adds`; None without one."""
        found: Entry | None = self.header.get("edition")
        return found

    @property
    def lacking(self) -> frozenset[str]:
        """The ids of the requirements that are not in that edition, and so not in scope."""
        return frozenset(self.edition["lacks"]) if self.edition else frozenset()

    @property
    def level(self) -> Level:
        """The lowest level that was judged."""
        return Level(self.header.get("level") or Level.RECORD)

    @property
    def _selection(self) -> Entry:
        return self.header.get("selection") or {}

    @property
    def narrowed_by(self) -> tuple[str, ...]:
        """The tests named and the options given, by which some of the tests in scope were left out."""
        return tuple(self._selection.get("narrowed_by") or ())

    @property
    def claimed(self) -> tuple[str, ...]:
        """Where tests were left out: the requirements that the others claim."""
        return tuple(self._selection.get("claimed") or ())

    @property
    def partly(self) -> tuple[str, ...]:
        """Those of `claimed` that tests which were left out claim too."""
        return tuple(self._selection.get("partly") or ())

    @property
    def tests_selected(self) -> int | None:
        """How many tests the run was to make; None where nobody wrote that down."""
        return self._selection.get("tests")

    @property
    def tests_of_scope(self) -> int | None:
        """How many tests claim something that the globs chose; None where nobody wrote that down."""
        return self._selection.get("all_tests")

    @property
    def stops_after(self) -> int:
        """After how many failed tests the run was to stop; 0 for never."""
        return int(self._selection.get("stops_after") or 0)

    @property
    def stopped_early(self) -> bool:
        """Whether tests that were selected were not run, as under ``-x``."""
        return self.tests_selected is not None and self.tests_ran < self.tests_selected

    @property
    def proxies(self) -> Mapping[str, str]:
        """The proxy of the environment in front of each base URL that has one, without credentials."""
        found: Mapping[str, str] = self.header.get("proxies") or {}
        return found

    @property
    def given(self) -> frozenset[str]:
        """The command line options that were given, spelled as on the command line."""
        return frozenset(self.header.get("given") or ())


_KINDS = ("header", "footer", "traffic", "note", "test", "operation")


def run_of(entries: Iterable[Entry]) -> Run:
    """The run that `entries` record. Raises LedgerError when there is no header.

    Every process that wrote a header must have written a footer, else the run did not finish.
    """
    kinds: dict[str, list[Entry]] = {kind: [] for kind in _KINDS}
    for entry in entries:
        kinds.get(entry["entry"], []).append(entry)
    headers, footers = kinds["header"], kinds["footer"]
    if not headers:
        raise LedgerError("the ledger has no header: give the ledger.jsonl of a run")
    durations = [footer["duration_seconds"] for footer in footers if "duration_seconds" in footer]
    return Run(
        header=next((header for header in headers if header.get("selection")), headers[0]),
        finished=len(footers) >= len(headers),
        interrupted=any(footer.get("interrupted") for footer in footers),
        suite_error=any(footer.get("suite_error") for footer in footers),
        contacts=_contacts(footers),
        left_open=_left_open(footers),
        duration_seconds=max(durations, default=None),
        requests=_sum(entry["by_operation"] for entry in kinds["traffic"]),
        shrinking=sum(entry["shrinking"] for entry in kinds["traffic"]),
        milliseconds=_milliseconds(kinds["traffic"]),
        processes=len(headers),
        notes=(*_resumption(kinds["test"]), *_notes((*headers, *footers), kinds["note"])),
        tests={entry["nodeid"]: entry for entry in kinds["test"]},
        plain_calls=_plain_calls(kinds["operation"]),
        clocks=_clocks(footers),
        parts=next((footer["parts"] for footer in footers if footer.get("parts")), None),
    )


def _milliseconds(traffic: Iterable[Entry]) -> Mapping[str, Sequence[float]]:
    """What each reply took, by operation."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for entry in traffic:
        for operation, replies in (entry.get("milliseconds") or {}).items():
            found[operation].extend(replies)
    return found


def _clocks(footers: Sequence[Entry]) -> Mapping[str, int | None]:
    """What the first process says of each base URL that knows it."""
    found: dict[str, int | None] = {}
    for footer in footers:
        for base, seconds in (footer.get("clocks") or {}).items():
            if found.get(base) is None:
                found[base] = seconds
    return found


def _plain_calls(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """The last entry of each operation: what kept it from working may have been over. One that worked works."""
    last: dict[str, Entry] = {}
    for entry in entries:
        name = entry["operation"]
        if name not in last or last[name]["standing"] != "works":
            last[name] = entry
    return last


def _resumption(tests: Sequence[Entry]) -> Iterator[str]:
    """Which part of what was seen is from an earlier run, in a sentence for each."""
    for started, number in sorted(Counter(entry["from"] for entry in tests if "from" in entry).items()):
        many = f"{number:,} tests were" if number > 1 else "1 test was"
        yield f"{many} not run again: what they showed is from the run of {started} (--resume)."


def _notes(ends: Iterable[Entry], written: Iterable[Entry]) -> tuple[str, ...]:
    """What readers should know, each sentence once: two processes may have noted the same."""
    noted = (note for entry in ends for note in entry.get("notes") or ())
    return tuple(dict.fromkeys((*noted, *(entry["text"] for entry in written))))


def _contacts(footers: list[Entry]) -> Mapping[str, int] | None:
    counts = [footer["contacts"] for footer in footers if footer.get("contacts")]
    numbers = ({name: number for name, number in each.items() if name != "left_open"} for each in counts)
    return _sum(numbers) if counts else None


def _left_open(footers: list[Entry]) -> tuple[Mapping[str, str], ...]:
    return tuple(contact for footer in footers for contact in (footer.get("contacts") or {}).get("left_open") or ())


def _sum(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    # Counter.update keeps zeros, the + operator would drop them.
    total: Counter[str] = Counter()
    return reduce(lambda _, more: total.update(more) or total, counts, total)
