"""Requests and contacts of a run by test file, beside the floor: `python -m tests.benchmarks.bench_requests [DEPTH]`.

Prints JSON: {"total": {...}, "files": {FILE: {"requests", "floor", "contacts", "contacts_floor"}}}. A floor is what
would have to be sent, or opened, if nothing were prepared twice: of derived requirements one request for each edge that
is refused or recorded and one for each covering set of accepted edges; of scenarios all but the requests that only make
a chat, connect to it or stop it; all contacts but those that such requests open.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Operation, operations
from conformance.contract.operation_traits import TRAITS
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from strategies.boundaries import edges
from strategies.malformed import RULES, Expected, odd_requests
from strategies.valid_requests import valid_requests
from tests.benchmarks.traffic import traffic

_MEMBERS = (ConstraintKind.REQUIRED, ConstraintKind.TYPE, ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER)
_PROTOCOL = "conformance/protocol"


def measure(depth: str) -> dict[str, Counter[str]]:
    """What a run against the embedded reference sends for each test file."""
    files = defaultdict[str, Counter[str]](Counter)
    for test, counts in traffic(depth).items():
        files[test.partition("::")[0]].update(counts)
    return files


def floors() -> dict[str, int]:
    """The floor of each file of derived requirements, from the tables of edges."""
    members, limits = (
        sum(map(_least, _by_operation(within))) for within in (_MEMBERS, tuple(set(ConstraintKind) - set(_MEMBERS)))
    )
    return {
        f"{_PROTOCOL}/test_members.py": members,
        f"{_PROTOCOL}/test_limits.py": limits,
        f"{_PROTOCOL}/test_odd_requests.py": sum(map(_of_odd_requests, operations().values())),
        f"{_PROTOCOL}/test_valid_requests.py": sum(_covering(Counter(_optional(o))) for o in operations().values()),
        f"{_PROTOCOL}/test_replies.py": sum(len(traits.rich) for traits in TRAITS.values()),
        f"{_PROTOCOL}/test_schema.py": 0,  # replies that others got can be judged once more
    }


def _by_operation(kinds: tuple[ConstraintKind, ...]) -> Iterator[list[Constraint]]:
    tested = [c for c in constraints(Direction.INPUT, *kinds) if catalogue()[c.id].untested is None]
    for subject in operations().values():
        yield [constraint for constraint in tested if constraint.operation.name == subject.name]


def _least(of_one_operation: list[Constraint]) -> int:
    """One request for each refused edge; what is accepted of different members goes together."""
    refused, accepted = 0, Counter[str]()
    for constraint in of_one_operation:
        for edge in edges(constraint):
            refused += not edge.accepted
            accepted[constraint.member.dotted] += edge.accepted
    return refused + _covering(accepted)


def _covering(accepted: Counter[str]) -> int:
    return max(accepted.values(), default=0)


def _optional(subject: Operation) -> Iterator[str]:
    yield from (edge.name for edge in valid_requests(subject))


def _of_odd_requests(subject: Operation) -> int:
    least, accepted = 0, Counter[str]()
    for rule in RULES:
        requirement = catalogue().get(f"{subject.name}.{rule}")
        if requirement is not None and requirement.untested is None:
            for odd in odd_requests(subject, rule):
                least += odd.expected is not Expected.ACCEPTED
                accepted[f"{rule} {odd.name if rule.startswith('robustness') else ''}"] += (
                    odd.expected is Expected.ACCEPTED
                )
    return least + _covering(accepted)


def main() -> None:
    """Measure and print."""
    depth = sys.argv[1] if len(sys.argv) > 1 else "smoke"
    known, files = floors(), {}
    for file, counts in sorted(measure(depth).items(), key=lambda each: -each[1]["requests"]):
        floor = known.get(file, counts["requests"] - counts["preparation"])
        files[file] = {
            "requests": counts["requests"],
            "floor": floor,
            "contacts": counts["contacts"],
            "contacts_floor": counts["contacts"] - counts["prepared"],
        }
    names = ("requests", "floor", "contacts", "contacts_floor")
    total = {name: sum(row[name] for row in files.values()) for name in names}
    print(json.dumps({"total": total, "files": files}, indent=2))


if __name__ == "__main__":
    main()
