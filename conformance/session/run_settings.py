"""The settings that a run's options ask for, and what of them must not be written down."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature

from conformance.endpoint.proxies import proxy_for
from conformance.endpoint.settings import Settings, build_settings
from conformance.results.redaction import ECHOED_LENGTH, PUBLIC_HEADERS
from conformance.session.options import SECRET_OPTIONS, STREAMING_ARN, Options
from connect_conformance_pytest.options import REFERENCE

FROM_REFERENCE = (
    "--instance-id",
    "--contact-flow-id",
    "--second-instance-id",
    "--second-contact-flow-id",
    "--view-token",
    "--auth-session-id",
)
_NOT_YET_STARTED = "http://127.0.0.1:1"
_SETTINGS = frozenset(signature(build_settings).parameters)


def proxies_of(settings: Settings) -> dict[str, str]:
    """The proxy in front of each base URL that has one, without credentials."""
    found = ((url, proxy_for(url)) for url in (settings.target, settings.participant_target))
    return {url: proxy.address for url, proxy in found if proxy is not None}


def settings_of(options: Options, facts: Mapping[str, str] | None = None) -> Settings:
    """The settings that `options` ask for; of the embedded reference with the `facts` that it states about itself.

    Raises SettingsError for what cannot be used.
    """
    values = dict(options.values)
    target = values.pop("--target")
    facts = facts or {}
    for name in FROM_REFERENCE:
        values[name] = values[name] or facts.get(name.removeprefix("--").replace("-", "_"))
    if target != "aws":
        values["--streaming-endpoint-arn"] = values["--streaming-endpoint-arn"] or STREAMING_ARN
    headers, hosts = values.pop("--header"), values.pop("--allow-host")
    named = {name.removeprefix("--").replace("-", "_"): value for name, value in values.items()}
    chosen = {name: value for name, value in named.items() if name in _SETTINGS}
    return build_settings(facts.get("url", target), headers=headers, allow_hosts=hosts, **chosen)


def check_settings(options: Options) -> None:
    """Raise SettingsError for an option that cannot be used, before the embedded reference, if any, is started."""
    if options["--target"] == REFERENCE:
        names = (name.removeprefix("--").replace("-", "_") for name in FROM_REFERENCE)
        settings_of(options, {"url": _NOT_YET_STARTED, **dict.fromkeys(names, "not yet known")})


def signs_with_real(options: Options) -> bool:
    """Whether requests are signed with real credentials, not with the fixed ones for tests."""
    return bool(options["--target"] == "aws" or options["--aws-profile"] or options["--aws-credentials"])


def secrets_of(options: Options, settings: Settings) -> tuple[str, ...]:
    """What the user gave that must not be written down, where it is long enough to differ from ordinary words."""
    headers = [value for name, value in settings.headers if name.lower() not in PUBLIC_HEADERS]
    values = [options[name] for name in SECRET_OPTIONS if isinstance(options[name], str)]
    return tuple(secret for secret in (*headers, *values) if len(secret) >= ECHOED_LENGTH)


def facts_of_owner(settings: Settings) -> dict[str, str | None]:
    """What only the endpoint's owner can give, by its option's name; None where it was not given."""
    names = (name.removeprefix("--").replace("-", "_") for name in (*FROM_REFERENCE, "--streaming-endpoint-arn"))
    return {name: getattr(settings, name) for name in names}
