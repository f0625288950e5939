"""The credentials of signatures: fixed test credentials, or real ones where an option selects them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ProfileNotFound

from conformance.endpoint.addresses import SettingsError

KNOWN_ACCESS_KEY = "AKIDEXAMPLE"  # the pair of the Signature Version 4 test suite: public, opens nothing
KNOWN_SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@dataclass(frozen=True, slots=True)
class Identity:
    """Credentials and the region that they sign for."""

    credentials: Credentials = field(repr=False)
    region: str


def known_credentials(region: str) -> Identity:
    """The fixed test credentials, for `region`."""
    return Identity(Credentials(KNOWN_ACCESS_KEY, KNOWN_SECRET_KEY), region)


def real_credentials(profile: str | None, region: str | None) -> Identity:
    """The credentials that botocore finds, from `profile` or from its usual places; they refresh themselves.

    `region` None takes the one that is configured with them. Raises SettingsError where anything is missing.
    """
    from botocore.session import Session  # noqa: PLC0415 - few runs need an account

    try:
        session = Session(profile=profile)
        credentials = session.get_credentials()
        region = region or session.get_config_variable("region")
        if credentials is not None:
            credentials.get_frozen_credentials()
    except ProfileNotFound as unknown:
        raise SettingsError(_unknown_profile(profile)) from unknown
    except BotoCoreError as wrong:
        raise SettingsError(
            f"the AWS credentials cannot be read ({wrong}): log in again or give --aws-profile"
        ) from wrong
    if credentials is None:
        raise SettingsError("no AWS credentials were found: give --aws-profile or set AWS_ACCESS_KEY_ID and its secret")
    if not region:
        raise SettingsError("--region is missing and the AWS configuration names none: give it")
    return Identity(credentials, region)


def _unknown_profile(profile: str | None) -> str:
    if profile is not None:
        return f"--aws-profile {profile!r} is not configured: give one that `aws configure` made"
    named = next((name for name in ("AWS_DEFAULT_PROFILE", "AWS_PROFILE") if name in os.environ), "AWS_PROFILE")
    return f"the environment variable {named} names a profile that is not configured: unset it or give --aws-profile"
