"""The addresses of the target ``aws``: those that botocore's endpoint rule sets give for a region."""

from __future__ import annotations

from functools import cache

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.regions import EndpointResolver

from conformance.contract.botocore_data import own_loader
from conformance.contract.model import CONNECT, PARTICIPANT
from conformance.endpoint.addresses import SettingsError

AWS = "aws"


def aws_addresses(region: str) -> tuple[str, str]:
    """The base addresses of Amazon Connect and of its Participant Service in `region`. Asks no network.

    Raises SettingsError where botocore knows no Amazon Connect in `region`.
    """
    if region not in connect_regions():
        raise SettingsError(
            f"--region {region!r} is none where Amazon Connect is known: give one of {', '.join(connect_regions())}"
            " (or update botocore)"
        )
    return _address(CONNECT, region), _address(PARTICIPANT, region)


@cache
def connect_regions() -> tuple[str, ...]:
    """The regions of all partitions where botocore knows Amazon Connect, in alphabetical order."""
    resolver = EndpointResolver(own_loader().load_data("endpoints"), uses_builtin_data=True)
    partitions = resolver.get_available_partitions()
    return tuple(sorted(name for part in partitions for name in resolver.get_available_endpoints(CONNECT, part)))


def _address(service: str, region: str) -> str:
    loader = own_loader()
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    try:
        provider = EndpointProvider(rules, loader.load_data("partitions"))
        endpoint = provider.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False)
    except BotoCoreError as wrong:
        raise SettingsError(f"--region {region!r} has no address for {service} ({wrong}): give another") from wrong
    return str(endpoint.url).rstrip("/")
