"""The options of a run, each with what argparse needs to know of it: `OPTIONS` is the only list of them.

pytest, `connect-conformance run`, its settings file and its environment variables all take these; a row is enough for a
further one. `COMMAND_OPTIONS` are those of the command alone, whose work pytest's own options do elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFERENCE = "reference"
COMMAND_REPORT_DIR = "connect-conformance-report"  # of `connect-conformance run`, in place of the default below
DEPTHS = ("smoke", "default", "nightly", "aws")
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--target": {
        "metavar": "reference|URL|aws",
        "default": REFERENCE,
        "help": "the endpoint to judge (default: the embedded reference endpoint)",
    },
    "--participant-target": {
        "metavar": "URL|none",
        "help": "where the Participant Service has another address than --target, or none where there is none",
    },
    "--start-chat": {
        "metavar": "COMMAND",
        "help": "the endpoint has the Participant Service alone: this command starts a chat and prints its ids as JSON",
    },
    "--start-chat-url": {
        "metavar": "URL",
        "help": "the endpoint has the Participant Service alone: a POST here starts a chat and returns its ids as JSON",
    },
    "--instance-id": {"metavar": "ID", "help": "the Amazon Connect instance that the chats run in"},
    "--contact-flow-id": {"metavar": "ID", "help": "the flow that the chats start"},
    "--region": {"metavar": "NAME", "help": "the Region to sign for (default us-east-1)"},
    "--depth": {
        "choices": DEPTHS,
        "default": "default",
        "help": "how many examples are drawn; aws: the edges that show most",
    },
    "--requirement": {
        "metavar": "GLOB",
        "action": "append",
        "default": [],
        "help": "only requirements whose id matches; may be repeated",
    },
    "--models": {
        "metavar": "DIR",
        "help": "judge by the service models in DIR, laid out like botocore's data (default those of botocore)",
    },
    "--level": {
        "choices": ("must", "should", "record"),
        "default": "record",
        "help": "judge nothing below this level: tests that only serve lower ones are not run (default record)",
    },
    "--estimate": {
        "action": "store_true",
        "default": False,
        "help": "send nothing; tell what the run would send, cost and leave unseen, and write estimate.json",
    },
    "--prices": {"metavar": "FILE", "help": "what calls cost, TOML, for the plan of a run (default list prices)"},
    "--allow-billable": {
        "action": "store_true",
        "default": False,
        "help": "let the run of --target aws start, which costs money",
    },
    "--report-dir": {
        "metavar": "DIR",
        "default": "reports/out",
        "help": f"where the reports go (default {COMMAND_REPORT_DIR}; under pytest reports/out)",
    },
    "--progress": {
        "choices": ("line", "json"),
        "default": "line",
        "help": "json also writes each step of the run as a line of JSON, for other programs, to standard error",
    },
    "--progress-file": {"metavar": "FILE", "help": "where --progress json writes instead"},
    "--resume": {
        "metavar": "DIR",
        "help": "what the run that reported to DIR has witnessed is not tested again",
    },
    "--history": {
        "metavar": "DIR",
        "help": "keep a record of each run there, and show the last 30 and since when each finding is there",
    },
    "--deviations": {"metavar": "FILE", "help": "known deviations of the endpoint, TOML: excused while they last"},
    "--allow-incomplete": {
        "action": "store_true",
        "default": False,
        "help": "exit with 0 where some must stayed unseen, unless all did",
    },
    "--fail-on": {
        "choices": ("must", "should"),
        "default": "must",
        "help": "the level whose broken promises end the run with exit code 1; it changes no verdict (default must)",
    },
    "--max-requests": {
        "metavar": "N",
        "type": int,
        "help": "send at most N requests; what shows most for its cost comes first",
    },
    "--max-contacts": {
        "metavar": "N",
        "type": int,
        "help": "start at most N contacts; what shows most for its cost comes first",
    },
    "--max-minutes": {
        "metavar": "M",
        "type": float,
        "help": "send for at most M minutes, then stop what is open and report: less than the job's limit",
    },
    "--max-open": {
        "metavar": "N",
        "type": int,
        "default": 40,
        "help": "leave at most N contacts open between tests (default 40)",
    },
    "--in-flight": {
        "metavar": "N",
        "type": int,
        "help": "have N tests at work at the same time (default 8, before an endpoint on this machine 1)",
    },
    "--rate": {"metavar": "N", "type": float, "help": "send at most N requests a second"},
    "--rates": {
        "metavar": "FILE",
        "help": "calls a second that each operation takes, TOML (default: for aws the documented rates, else none)",
    },
    "--shards": {
        "metavar": "N",
        "type": int,
        "default": 1,
        "help": "this is one of N runs at the same time: it takes an Nth of each limit",
    },
    "--timeout": {
        "metavar": "S",
        "type": float,
        "default": 10.0,
        "help": "seconds that one exchange may take (default 10)",
    },
    "--poll-seconds": {
        "metavar": "S",
        "type": float,
        "help": "seconds to wait for what is promised to appear (default 5, for aws 30)",
    },
    "--aws-profile": {"metavar": "NAME", "help": "sign with the credentials of this profile"},
    "--aws-credentials": {
        "action": "store_true",
        "default": False,
        "help": "sign with the credentials that botocore finds",
    },
    "--header": {
        "metavar": "'Name: value'",
        "action": "append",
        "default": [],
        "help": "send this header with every request; may be repeated",
    },
    "--allow-host": {
        "metavar": "HOST",
        "action": "append",
        "default": [],
        "help": "follow URLs that the endpoint hands out to this host too; may be repeated",
    },
    "--ca-bundle": {"metavar": "FILE", "help": "certificates to trust, PEM"},
    "--second-instance-id": {"metavar": "ID", "help": "another instance of the same endpoint"},
    "--second-contact-flow-id": {"metavar": "ID", "help": "a flow of the other instance"},
    "--view-token": {"metavar": "T", "help": "a view token of a Show view block"},
    "--auth-session-id": {"metavar": "ID", "help": "the session id of an authentication that was initiated"},
    "--advance-clock": {
        "metavar": "COMMAND",
        "help": "run this command with {seconds} filled in to move the endpoint's clock forward",
    },
    "--probe-limits": {
        "action": "store_true",
        "default": False,
        "help": "start and send as much as is served, to see quotas and rates",
    },
    "--streaming-endpoint-arn": {"metavar": "ARN", "help": "the Amazon SNS topic that message streaming goes to"},
}
COMMAND_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--processes": {"metavar": "N", "type": int, "short": "-n", "help": "spread the run over N processes"},
    "--seed": {"metavar": "N", "type": int, "help": "draw the same examples as the run that named this seed"},
    "--settings": {"metavar": "FILE", "help": "read this settings file and no other"},
}
BY_COMMAND = "--called-by-connect-conformance"  # the command gives it to the plugin; it is no option for users


def destination(option: str) -> str:
    """The name under which pytest keeps `option`; the prefix keeps it apart from other plugins' options."""
    return "conformance_" + option.removeprefix("--").replace("-", "_")


def takes_value(option: str) -> bool | None:
    """Whether `option` is followed by a value; None where it is no option of this suite."""
    known = OPTIONS.get(option)
    return None if known is None else known.get("action") != "store_true"


def as_text(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` as an option of any text: the suite itself says which words it knows, and which one may be meant."""
    shown = {"metavar": "|".join(row["choices"])} if "choices" in row else {}
    return {**{name: value for name, value in row.items() if name != "choices"}, **shown}
