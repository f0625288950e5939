"""The embedded reference endpoint: another process on a free port, started for a run and ended with it.

A process of its own keeps the judged apart from the judge and leaves the run a whole core. It ends when its
standard input does, so it never outlives the run.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.endpoint.own_process import command_of

# What the reference states about itself that the options of a run give, in the words of build_settings.
GIVEN_BY_REFERENCE = (
    "instance_id",
    "contact_flow_id",
    "second_instance_id",
    "second_contact_flow_id",
    "view_token",
    "auth_session_id",
    "streaming_endpoint_arn",
)


class NotStarted(RuntimeError):
    """The reference endpoint did not start."""


@dataclass(slots=True)
class ReferenceProcess:
    """A running reference endpoint: its process and what it said about itself (url, ids, tokens)."""

    process: subprocess.Popen[str]
    facts: Mapping[str, str]

    def advance(self, seconds: int) -> None:
        """Move the endpoint's clock forward."""
        self._tell(f"advance {seconds}")

    def reconfigure(self, faults: Sequence[str] = (), variants: Iterable[str] = ()) -> None:
        """Start afresh with these seeded faults and in these lawful variants. Raises LookupError for a wrong name."""
        answer = self._tell(" ".join(["become", ",".join(faults) or "-", *variants]))
        if "error" in answer:
            raise LookupError(answer["error"])

    def _tell(self, command: str) -> Mapping[str, str]:
        if self.process.stdin is None or self.process.stdout is None:
            raise NotStarted("the reference endpoint has no standard input to take commands from")
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        answer: Mapping[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def stop(self) -> None:
        """End the process."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_reference(*arguments: str) -> ReferenceProcess:
    """Start the reference endpoint and wait until it says where it is. Raises NotStarted when it does not."""
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        command_of("conformance.reference", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    try:
        return ReferenceProcess(process, json.loads(line))
    except ValueError:
        process.kill()
        raise NotStarted(f"the reference endpoint did not start; it said {line!r}") from None
