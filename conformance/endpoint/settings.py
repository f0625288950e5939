"""The target of a run and its limits: all settings, checked before the first request.

`build_settings` takes what the command line says. What it cannot use it refuses with a `SettingsError` whose text
is one sentence: what is wrong, in which option, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from conformance.contract.model import CONNECT, PARTICIPANT
from conformance.contract.service_rates import Rates, RatesError, ServiceRate, documented_rates, read_rates
from conformance.contract.wire import Headers
from conformance.endpoint.addresses import SettingsError, check_url
from conformance.endpoint.aws_addresses import AWS, aws_addresses
from conformance.endpoint.credentials import Identity, known_credentials, real_credentials
from conformance.endpoint.key_log import check_key_log
from conformance.endpoint.option_values import (
    check_ca_bundle,
    check_command,
    check_count,
    check_positive,
    parse_header,
    require_id,
)
from conformance.endpoint.proxies import proxy_for
from conformance.endpoint.shares import share_of

DEFAULT_REGION = "us-east-1"
DEFAULT_TIMEOUT = 10.0  # seconds for one whole exchange
DEFAULT_POLL_SECONDS = 5.0
DEFAULT_AWS_POLL_SECONDS = 30.0  # the real transcript was seen 20.9 s late
DEFAULT_MAX_OPEN = 40
ABSENT = "none"  # the address of a service that the endpoint does not have
NOT_NEEDED = "not needed"  # the ids of a run that calls no operation which takes them

_REGION = re.compile(r"[a-z0-9-]+")
_IDS = ("instance_id", "contact_flow_id", "second_instance_id", "second_contact_flow_id")

__all__ = ["Settings", "SettingsError", "absent_service", "build_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run knows about its target.

    `target` and `participant_target` are the base addresses of Amazon Connect's and the Participant Service's
    operations, without a slash at the end. `credentials` sign Connect operations; real ones refresh themselves.
    `headers` are added to every request and never kept in an exchange, because they may be secret. `allow_hosts`
    are the hosts that a returned URL may lead to, besides the endpoint's own. `on_aws` says that the target is Amazon
    Connect itself.

    `timeout` bounds one whole exchange and `poll_seconds` the wait for something promised, both in seconds. `rate` is
    in requests a second, and `rates` are by operation. `max_requests` and `max_contacts` cap what a run sends and
    starts, `max_open` what it leaves open between tests, and `max_minutes` for how long it sends.

    `absent` is the service that the endpoint lacks, as its user says. The run calls none of its operations. Where
    Amazon Connect is absent, chats come from `start_chat`, a command, or `start_chat_url`.
    """

    target: str
    participant_target: str
    region: str
    credentials: Credentials = field(repr=False)
    instance_id: str
    contact_flow_id: str
    headers: Headers = field(default=(), repr=False)
    allow_hosts: frozenset[str] = frozenset()
    on_aws: bool = False
    ca_bundle: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    poll_seconds: float = DEFAULT_POLL_SECONDS
    rate: float | None = None
    rates: Rates = field(default_factory=dict)
    max_requests: int | None = None
    max_contacts: int | None = None
    max_minutes: float | None = None
    max_open: int = DEFAULT_MAX_OPEN
    second_instance_id: str | None = None
    second_contact_flow_id: str | None = None
    view_token: str | None = field(default=None, repr=False)
    auth_session_id: str | None = field(default=None, repr=False)
    streaming_endpoint_arn: str | None = None
    absent: str | None = None
    start_chat: str | None = None
    start_chat_url: str | None = None


def build_settings(  # noqa: PLR0913 - one parameter for each option
    target: str,
    *,
    participant_target: str | None = None,
    instance_id: str | None = None,
    contact_flow_id: str | None = None,
    region: str | None = None,
    aws_profile: str | None = None,
    aws_credentials: bool = False,
    headers: Sequence[str] = (),
    allow_hosts: Sequence[str] = (),
    ca_bundle: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    poll_seconds: float | None = None,
    rate: float | None = None,
    rates: str | None = None,
    max_requests: int | None = None,
    max_contacts: int | None = None,
    max_minutes: float | None = None,
    max_open: int = DEFAULT_MAX_OPEN,
    shards: int = 1,
    second_instance_id: str | None = None,
    second_contact_flow_id: str | None = None,
    view_token: str | None = None,
    auth_session_id: str | None = None,
    streaming_endpoint_arn: str | None = None,
    start_chat: str | None = None,
    start_chat_url: str | None = None,
) -> Settings:
    """The settings that the options ask for; each parameter is the option of that name.

    `target` is an address or the word ``aws``. An address is signed for with fixed test credentials unless
    `aws_profile` or `aws_credentials` ask for real ones; ``aws`` always takes real ones, and the network is touched
    only to fetch them. `shards` divides rates and maxima. Raises SettingsError for anything that cannot be used.
    """
    absent = absent_service(start_chat, start_chat_url, participant_target)
    shards = check_count("--shards", shards) or 1
    signer = _signer(target if absent != CONNECT else "", aws_profile, region, asked=aws_credentials)
    connect, participant = _addresses(target, participant_target, signer.region)
    return Settings(
        target=connect,
        participant_target=participant,
        region=_region(signer.region),
        credentials=signer.credentials,
        **_ids(absent, instance_id, contact_flow_id, second_instance_id, second_contact_flow_id),
        headers=tuple(parse_header(text) for text in headers),
        allow_hosts=frozenset(host.lower() for host in allow_hosts),
        on_aws=target == AWS,
        ca_bundle=check_ca_bundle(ca_bundle),
        timeout=check_positive("--timeout", timeout, "seconds"),
        poll_seconds=check_positive("--poll-seconds", _poll_seconds(poll_seconds, target), "seconds"),
        rate=None if rate is None else check_positive("--rate", rate, "requests a second") / shards,
        rates=rates_of(target, rates, instance_id, shards),
        max_minutes=None if max_minutes is None else check_positive("--max-minutes", max_minutes, "minutes"),
        **_maxima(max_requests, max_contacts, max_open, shards),
        view_token=view_token,
        auth_session_id=auth_session_id,
        streaming_endpoint_arn=streaming_endpoint_arn,
        **_services(absent, start_chat, start_chat_url),
    )


def _maxima(requests: int | None, contacts: int | None, most_open: int, shards: int) -> dict[str, Any]:
    """This run's part of what is counted, by the names of its maxima."""
    given = {"max_requests": requests, "max_contacts": contacts, "max_open": most_open}
    options = {name: f"--{name.replace('_', '-')}" for name in given}
    return {name: share_of(options[name], check_count(options[name], value), shards) for name, value in given.items()}


def _services(absent: str | None, start_chat: str | None, start_chat_url: str | None) -> dict[str, Any]:
    """The service that the endpoint lacks, and where its chats come from, by their names."""
    url = None if start_chat_url is None else check_url("--start-chat-url", start_chat_url)
    return {"absent": absent, "start_chat": start_chat, "start_chat_url": url}


def absent_service(start_chat: str | None, start_chat_url: str | None, participant_target: str | None) -> str | None:
    """The service that the endpoint does not have by these options; None where it has both.

    Raises SettingsError where they leave nothing, name two back ends, or one that is no command.
    """
    named = [name for name, value in (("--start-chat", start_chat), ("--start-chat-url", start_chat_url)) if value]
    if len(named) > 1:
        raise SettingsError("--start-chat and --start-chat-url both say where chats come from: give one of them")
    if start_chat is not None:
        check_command("--start-chat", start_chat)
    if participant_target != ABSENT:
        return CONNECT if named else None
    if named:
        raise SettingsError(f"{named[0]} with --participant-target {ABSENT} leaves nothing to judge: give one of them")
    return PARTICIPANT


def _addresses(target: str, participant_target: str | None, region: str) -> tuple[str, str]:
    """Both base addresses, each with a way to it: a proxy that cannot be used is refused before the first request."""
    if target == AWS:
        connect, participant = aws_addresses(region)
    else:
        connect = participant = check_url("--target", target)
    if participant_target is not None and participant_target != ABSENT:
        participant = check_url("--participant-target", participant_target)
    check_key_log()
    for address in (connect, participant):
        proxy_for(address)
    return connect, participant


def _poll_seconds(given: float | None, target: str) -> float:
    if given is not None:
        return given
    return DEFAULT_AWS_POLL_SECONDS if target == AWS else DEFAULT_POLL_SECONDS


def rates_of(target: str, path: str | None, instance_id: str | None, shards: int = 1) -> Rates:
    """What each operation of `target` takes: of the service itself what the documents state, where no file says more.

    Raises SettingsError for a file that cannot be used.
    """
    try:
        own = read_rates(Path(path), instance_id) if path is not None else {}
    except RatesError as wrong:
        raise SettingsError(f"--rates {wrong}") from wrong
    known = {**(documented_rates() if target == AWS else {}), **own}
    return {name: ServiceRate(row.rate / shards, max(1, row.burst // shards)) for name, row in known.items()}


def _region(region: str) -> str:
    if not _REGION.fullmatch(region):
        raise SettingsError(f"--region {region!r} is no region name: give one such as {DEFAULT_REGION}")
    return region


def _signer(target: str, profile: str | None, region: str | None, *, asked: bool) -> Identity:
    """What signs the calls of Amazon Connect's operations at `target`."""
    if target == AWS or asked or profile is not None:
        return real_credentials(profile, region)
    return known_credentials(region or DEFAULT_REGION)


def _ids(absent: str | None, instance: str | None, flow: str | None, *second: str | None) -> dict[str, Any]:
    """The ids by their names; placeholders if the run calls no operation that takes them."""
    if absent == CONNECT:
        return dict.fromkeys(_IDS, NOT_NEEDED)
    known = require_id("--instance-id", instance, "the Amazon Connect instance that the chats run in")
    started = require_id("--contact-flow-id", flow, "the flow that the chats start")
    return dict(zip(_IDS, (known, started, *second), strict=True))
