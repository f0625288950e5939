"""Which runs are made: every disturbance before the reference as it is, and before ten seeded faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import cycle

from conformance.contract.suggestions import did_you_mean, unmatched_globs
from conformance.power.disturbances.collection import DISTURBANCES
from conformance.power.disturbances.disturbance import Disturbance
from conformance.power.disturbances.disturbed_run import DisturbedRun
from conformance.power.plan import NothingChosen
from conformance.reference.faults import find

# One of each kind of what a fault can be about. Of a quick plan each disturbance has another one of them.
FAULTS = (
    "SendEvent.Content.length-max.too-lax",
    "loses-each-seventh-message",
    "counts-characters-of-messages",
    "SendMessage.ClientToken.has-its-effect-again",
    "lets-who-left-connect-again",
    "start-chat-contact-needs-no-signature",
    "loses-long-messages-on-the-socket",
    "writes-names-in-ascii",
    "loses-an-item-going-forward",
    "SendMessage.success.status.created",
)
# What a quick run before the reference looks at: limits, a scenario, a web socket, a page of a transcript.
QUICK_SCOPE = ("SendMessage.Content.*", "GetTranscript.MaxResults.*", "WebSocket.delivery.*")


def plan(globs: Sequence[str] = (), *, quick: bool = False) -> list[DisturbedRun]:
    """The runs under all disturbances whose name matches any glob (all without one); `quick` for those of a push.

    Raises NothingChosen for a glob that matches no disturbance.
    """
    for glob in unmatched_globs(globs, DISTURBANCES):
        hint = did_you_mean(glob, DISTURBANCES) or f"choose from {', '.join(DISTURBANCES)}."
        raise NothingChosen(f"no disturbance has a name like {glob}: {hint}")
    chosen = [one for one in DISTURBANCES.values() if one.quick or not quick]
    chosen = [one for one in chosen if not globs or any(fnmatchcase(one.name, glob) for glob in globs)]
    found = [DisturbedRun(one, scope=QUICK_SCOPE if quick else ()) for one in chosen]
    judged = [one for one in chosen if not one.expected.refused]
    return [*found, *(_of_faults(judged, FAULTS) if not quick else _of_one_fault_each(judged))]


def _of_faults(disturbances: Iterable[Disturbance], names: Iterable[str]) -> Iterator[DisturbedRun]:
    faults = [find(name) for name in names]
    return (DisturbedRun(one, fault, fault.red) for one in disturbances for fault in faults)


def _of_one_fault_each(disturbances: Iterable[Disturbance]) -> Iterator[DisturbedRun]:
    return (run for one, name in zip(disturbances, cycle(FAULTS), strict=False) for run in _of_faults([one], [name]))
