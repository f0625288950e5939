"""How to see a violation again: lines for a shell with curl, and a Python script that stands alone.

Both set up what they need (a chat, its tokens) and stop it again. Neither holds a secret: real credentials come from
the environment; only a run that was signed with the published test credentials has them written out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.contract.suggestions import did_you_mean
from reports.literals import python_text, python_value, shell_text
from reports.rendering import environment
from reports.replay import replay_of
from reports.replay_calls import Replay
from reports.requirement_result import RequirementResult, Violation
from reports.run import Entry, Run
from reports.safe_text import brief
from reports.script_judgement import CHANGING, ScriptJudgement, judgement_for
from reports.sdk_calls import sdk_call
from reports.words import in_words

TEST_CREDENTIALS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SIGNED_SECONDS = 240  # that a clock may be off before an endpoint refuses signatures
COMMENT_LIMIT = 300  # code points of a sentence in a comment

# Turns the reply of StartAttachmentUpload into lines that curl reads its URL and headers from.
_UPLOAD_PROGRAM = (
    "import json, sys; upload = json.load(sys.stdin)['UploadMetadata']; print('url =', json.dumps(upload['Url'])); "
    "[print('header =', json.dumps(': '.join(header))) for header in upload['HeadersToInclude'].items()]"
)
# Another client token, alike in length, case and beginnings to others of the same moment.
_FRESH_PROGRAM = (
    "import random, string, sys; other = {}; chance = random.Random(sys.argv[1]); "
    "[other.update(str.maketrans(a + a.upper(), s + s.upper())) for a in (string.ascii_lowercase, string.digits) "
    "for s in [''.join(chance.sample(a, len(a)))]]; print(sys.argv[2].translate(other))"
)
SHELL_CALLS = 20  # of a scenario; only the Python script shows a longer one


def reproduction(result: RequirementResult, run: Run) -> tuple[str | None, str | None]:
    """The curl lines and the Python script for the violation of `result`; None where no call was recorded.

    Both make all calls in order; of a long scenario curl makes the last one only, the one that was judged.
    """
    violation = result.violation
    if violation is None or not violation.exchanges:
        return None, None
    whole = _replay(violation.exchanges, result, run)
    facts = {**_place(run), **_sentences(result, violation), **_judging(violation, whole)}
    return (
        _render("reproduction.sh.j2", _for_the_shell(whole, result, run), facts, shell_text),
        _render("reproduction.py.j2", whole, facts, python_text),
    )


def _for_the_shell(whole: Replay, result: RequirementResult, run: Run) -> Replay:
    exchanges = result.violation.exchanges if result.violation else ()
    if len(exchanges) > SHELL_CALLS:
        short = _replay(exchanges[-1:], result, run)
        short.note(f"The last of {len(exchanges)} calls: the Python script makes them all.")
    else:
        short = _replay(exchanges, result, run)
    if whole.listens:
        short.note("Web sockets matter here, which curl does not open: the Python script does.")
    return short


def script_of(result: RequirementResult, run: Run, judgement: ScriptJudgement | None = None) -> str | None:
    """The Python script for the violation of `result` alone. It judges by `judgement`, where that is given."""
    violation = result.violation
    if violation is None or not violation.exchanges:
        return None
    replay = _replay(violation.exchanges, result, run)
    facts = {**_place(run), **_sentences(result, violation), **_judging(violation, replay)}
    facts["judgement"] = judgement or facts["judgement"]
    return _render("reproduction.py.j2", replay, facts, python_text)


def boto3_script_of(result: RequirementResult, run: Run) -> str | None:
    """As `script_of`, with the recorded calls made by boto3. Raises NotSendable where it cannot make one of them."""
    violation = result.violation
    if violation is None or not violation.exchanges:
        return None
    replay = _replay(violation.exchanges, result, run)
    facts = {**_place(run), **_sentences(result, violation), **_judging(violation, replay)}
    facts["sdk"] = [sdk_call(exchange, number) for number, exchange in enumerate(violation.exchanges, 1)]
    return _render("reproduction.py.j2", replay, facts, python_text)


def _judging(violation: Violation, replay: Replay) -> dict[str, Any]:
    """How the script judges whether the promise is still broken, or why it does not.

    `shown` says that the run itself has seen it show the violation: what it sends is then enough for that.
    """
    unjudged = _obstacle(violation, replay)
    evidence = (violation.breach.expected, violation.breach.actual, violation.exchanges)
    return {
        "judgement": None if unjudged else judgement_for(*evidence),
        "unjudged": unjudged or "it cannot tell by itself",
        "shown": violation.by_script is not None and violation.by_script.times > 0,
        "changing": CHANGING,
    }


def _obstacle(violation: Violation, replay: Replay) -> str | None:
    """Why the script must not judge, whatever the judged reply says; None where nothing forbids it."""
    if replay.listens:
        return "frames of web sockets decide, which are for you to read"
    if any(exchange["request"]["cut"] for exchange in violation.exchanges):
        return "a request is longer than what is recorded of it"
    if replay.signed_anew:
        return "the signature that was wrong on purpose is right here"
    if violation.by_script is not None and not violation.by_script.times:
        return "the run tried it, and it did not show the violation again"
    return None


def _replay(exchanges: Sequence[Entry], result: RequirementResult, run: Run) -> Replay:
    replay = replay_of(exchanges, result.requirement, result.violation.breach.expected if result.violation else "")
    if "--header" in run.given:
        replay.note("The run added the headers of its option --header, which are not recorded: add them.")
    if any(abs(ahead or 0) > SIGNED_SECONDS for ahead in run.clocks.values()):
        replay.note("The clock of the run's machine was minutes off: set yours right, or signatures are refused.")
    for proxy in dict.fromkeys(run.proxies.values()):
        replay.note(f"The run went through the proxy {proxy}, which the environment named: name it here too.")
    return replay


class NotBroken(LookupError):
    """A report shows no violation of a requirement, or none that can be repeated; its text says which."""


def violation_in(report: Mapping[str, Any], requirement: str) -> Mapping[str, Any]:
    """The violation of `requirement` in a report as compliance.json. Raises NotBroken where there is none."""
    broken = {entry["id"]: entry["violation"] for entry in report["requirements"] if entry["violation"]}
    if requirement not in broken:
        raise NotBroken(_why_not(requirement, {entry["id"]: entry for entry in report["requirements"]}, list(broken)))
    found: Mapping[str, Any] = broken[requirement]
    return found


def program_of(report: Mapping[str, Any], requirement: str, name: str) -> str:
    """The program `name` (``curl`` or ``python``) for the violation of `requirement` in a report as compliance.json.

    Raises NotBroken where there is none.
    """
    program: str | None = violation_in(report, requirement)[name]
    if program is None:
        raise NotBroken(f"no call was recorded with the violation of {requirement}: what was seen stands in the report")
    return program


def _why_not(requirement: str, judged: Mapping[str, Mapping[str, Any]], broken: Sequence[str]) -> str:
    """Why a run that judged these requirements shows no violation of `requirement`."""
    if requirement not in judged and requirement not in catalogue():
        instead = did_you_mean(requirement, catalogue()) or "connect-conformance requirements lists all"
        return f"there is no requirement {requirement!r}: {instead}"
    instead = f"name one that it did, such as {broken[0]}" if broken else "nor any other requirement"
    if requirement not in judged:
        return f"{requirement} was not in the scope of the run"
    if judged[requirement]["reason"]:
        return f"{requirement} is {judged[requirement]['verdict']}: {judged[requirement]['reason']}"
    return f"the run did not see {requirement} broken: {instead}"


def _render(
    template: str, replay: Replay, facts: Mapping[str, Any], literal: Callable[[str, Mapping[str, str]], str]
) -> str:
    rendered = (
        environment()
        .get_template(template)
        .render(
            {"sdk": [None] * len(replay.calls), **facts},
            replay=replay,
            value=lambda value: python_value(value, replay.names),
            text=lambda value: literal(value, replay.names),
            plain=lambda value: literal(value, {}),
            signs=_signs(replay, facts),
            variables=frozenset(replay.names.values()),
            operations=operations(),
            start_body=_start_body(facts),
            stop_body=_stop_body(facts),
            upload_program=_UPLOAD_PROGRAM,
            fresh_program=_FRESH_PROGRAM,
        )
    )
    return re.sub(r"\n{4,}", "\n\n\n", rendered).strip() + "\n"


def _signs(replay: Replay, facts: Mapping[str, Any]) -> bool:
    """Whether the script needs keys: it signs a call, starts a chat, or hands them to boto3."""
    own = replay.starts and not facts["back_end"]
    return own or any(facts.get("sdk", ())) or any(call.signing for call in replay.calls)


def _start_body(facts: Mapping[str, Any]) -> str:
    """The body that starts a chat, as a word of the shell."""
    body = {
        "InstanceId": facts["instance_id"] or "@instance",
        "ContactFlowId": facts["contact_flow_id"] or "@flow",
        "ParticipantDetails": {"DisplayName": "Customer"},
    }
    return shell_text(json.dumps(body), {"@instance": "instance_id", "@flow": "contact_flow_id"})


def _stop_body(facts: Mapping[str, Any]) -> str:
    """The body that stops the chat again, as a word of the shell."""
    body = {"InstanceId": facts["instance_id"] or "@instance", "ContactId": "@contact"}
    return shell_text(json.dumps(body), {"@instance": "instance_id", "@contact": "contact_id"})


def _place(run: Run) -> dict[str, Any]:
    header = run.header
    endpoint = header.get("endpoint") or header.get("target") or ""
    return {
        "endpoint": endpoint,
        "participant_endpoint": header.get("participant_endpoint") or endpoint,
        "region": header.get("region") or "us-east-1",
        "instance_id": header.get("instance_id") or "",
        "contact_flow_id": header.get("contact_flow_id") or "",
        "ca_bundle": header.get("ca_bundle"),
        "back_end": header.get("back_end"),
        "proxied": bool(run.proxies),
        "socks": any(proxy.startswith("socks") for proxy in run.proxies.values()),
        "proxy_variables": _proxy_variables(endpoint) if run.proxies else None,
        "keys": TEST_CREDENTIALS if header.get("credentials") == "test" else None,
        "serve": f"connect-conformance serve --port {_port(endpoint)}" if header.get("target") == "reference" else None,
    }


def _proxy_variables(url: str) -> str:
    """The variables that name the proxy for `url`, the first that is set; curl itself overlooks one of them."""
    scheme = url.partition(":")[0]
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
    return "".join(f"${{{name}:-" for name in names) + "}" * len(names)


def _port(url: str) -> int | str:
    try:
        return urlsplit(url).port or "N"
    except ValueError:
        return "N"


def _sentences(result: RequirementResult, violation: Violation) -> dict[str, str]:
    """What stands in comments: one line each, in ASCII, so that nothing an endpoint said becomes code."""
    texts = {
        "requirement": result.requirement.id,
        "title": f"{result.requirement.id}: {result.requirement.statement}",
        "expected": in_words(violation.breach.expected, violation.exchanges),
        "actual": in_words(violation.breach.actual, violation.exchanges),
    }
    return {
        key: brief(text, COMMENT_LIMIT).encode("ascii", "backslashreplace").decode("ascii")
        for key, text in texts.items()
    }
