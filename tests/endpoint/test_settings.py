"""What a user gives is understood or refused with one sentence that names the option; secrets are not shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.endpoint.settings import SettingsError, build_settings
from conformance.endpoint.shares import open_share

IDS: dict[str, Any] = {"instance_id": "instance-1", "contact_flow_id": "flow-1"}


@pytest.fixture(autouse=True)
def _no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def profile(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile chat]\nregion = eu-central-1\n[profile nowhere]\n[profile empty]\n")
    keys = "aws_access_key_id = AKIAREAL\naws_secret_access_key = real-secret\n"
    (tmp_path / "credentials").write_text(f"[chat]\n{keys}[nowhere]\n{keys}")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("HTTPS://Example.com/base/path/", "https://example.com/base/path"),
        ("http://[::1]:9/a//b/%2F", "http://[::1]:9/a//b/%2F"),
        ("https://b\xfccher.example/", "https://xn--bcher-kva.example"),
        ("http://my_mock:80", "http://my_mock:80"),
    ],
)
def test_an_address_keeps_its_path(given: str, kept: str) -> None:
    settings = build_settings(given, **IDS)
    assert (settings.target, settings.participant_target) == (kept, kept)


UNUSABLE = {
    "no-scheme": (
        {"target": "127.0.0.1:8080"},
        "--target '127.0.0.1:8080' is no address: give one that starts with http",
    ),
    "a-word": ({"target": "references"}, "--target 'references' is no address"),
    "empty": ({"target": ""}, "--target '' is no address"),
    "another-scheme": ({"target": "ftp://h"}, "--target 'ftp://h' is no address"),
    "no-host": ({"target": "http:///path"}, "--target 'http:///path' names no host"),
    "only-a-port": ({"target": "http://:80"}, "--target 'http://:80' names no host"),
    "a-port-that-is-none": ({"target": "http://h:port"}, "has no usable port: give a number from 1 to 65535"),
    "an-address-without-brackets": ({"target": "http://::1:8080"}, "has an IPv6 address without brackets: give it as"),
    "a-port-too-high": ({"target": "http://h:65536"}, "has no usable port"),
    "port-0": ({"target": "http://h:0"}, "has port 0"),
    "brackets": ({"target": "http://[::1"}, "--target 'http://\\[::1' is no address"),
    "a-host-too-long": ({"target": f"http://{'a' * 64}.example"}, "has an impossible host name"),
    "a-host-with-a-blank": ({"target": "http://a b"}, "names no host"),
    "blanks": ({"target": " http://h"}, "has blanks around it"),
    "control-characters": ({"target": "http://h/\n"}, "has blanks around it or control characters"),
    "a-password": ({"target": "http://user:word@h"}, "--target holds a user name or password: remove it"),
    "a-query": ({"target": "http://h?a=b"}, "has a query or fragment: give the address up to its path"),
    "a-fragment": ({"target": "http://h#"}, "has a query or fragment"),
    "a-path-with-blanks": ({"target": "http://h/a b"}, "blanks or non-ASCII characters in its path: percent-encode"),
    "participant-target": ({"participant_target": "h"}, "--participant-target 'h' is no address"),
    "no-instance": ({"instance_id": None}, "--instance-id is missing: give the id of the Amazon Connect instance"),
    "no-flow": ({"contact_flow_id": " "}, "--contact-flow-id is missing: give the id of the flow"),
    "a-header-without-colon": ({"headers": ["X-Key secret"]}, "--header 'X-Key ...' has no colon: give it as"),
    "a-header-with-an-equals-sign": ({"headers": ["X-Key=secret"]}, "--header 'X-Key=...' has no colon: give it as"),
    "a-header-of-a-letter": ({"headers": ["X"]}, "--header 'X' has no colon: give it as 'Name: value'"),
    "a-header-that-is-a-value": ({"headers": ["9f3secretsecret"]}, "--header '9f3...' has no colon: give it as"),
    "no-header-at-all": ({"headers": [""]}, "--header '' has no colon: give it as"),
    "a-header-without-name": ({"headers": [": secret"]}, "--header has '' for a name"),
    "a-header-of-two-lines": ({"headers": ["X-Key: a\nb"]}, "--header X-Key holds characters that HTTP cannot carry"),
    "a-header-beyond-latin-1": ({"headers": ["X-Key: \u2603"]}, "--header X-Key holds characters"),
    "a-framing-header": ({"headers": ["content-length: 3"]}, "--header content-length would break the framing"),
    "no-ca-bundle": ({"ca_bundle": "/no/such.pem"}, "--ca-bundle /no/such.pem cannot be used \\(No such file"),
    "a-ca-bundle-of-no-certificates": ({"ca_bundle": __file__}, "--ca-bundle .* cannot be used \\(it holds no cert"),
    "no-time": ({"timeout": 0}, "--timeout 0 cannot be used: give a number of seconds above 0"),
    "endless-time": ({"timeout": float("inf")}, "--timeout inf cannot be used"),
    "no-number": ({"poll_seconds": float("nan")}, "--poll-seconds nan cannot be used"),
    "no-rate": ({"rate": -1.0}, "--rate -1 cannot be used: give a number of requests a second above 0"),
    "no-requests": ({"max_requests": 0}, "--max-requests 0 cannot be used: give a whole number of 1 or more"),
    "no-contacts": ({"max_contacts": -1}, "--max-contacts -1 cannot be used"),
    "no-minutes": ({"max_minutes": 0.0}, "--max-minutes 0 cannot be used: give a number of minutes above 0"),
    "none-open": ({"max_open": 0}, "--max-open 0 cannot be used"),
    "a-region-that-is-none": ({"region": "us east"}, "--region 'us east' is no region name"),
    "a-region-without-connect": ({"target": "aws", "region": "us-moon-1"}, "--region 'us-moon-1' is none where Amazon"),
    "an-unknown-profile": ({"aws_profile": "other"}, "--aws-profile 'other' is not configured"),
    "a-profile-without-keys": ({"aws_profile": "empty"}, "no AWS credentials were found"),
    "a-profile-without-region": ({"target": "aws", "aws_profile": "nowhere"}, "--region is missing"),
    "aws-without-credentials": ({"target": "aws", "region": "us-east-1", "aws_profile": None}, "no AWS credentials"),
}


@pytest.mark.parametrize(("changes", "says"), UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.usefixtures("profile")
def test_what_cannot_be_used_is_refused_in_one_sentence(changes: dict[str, Any], says: str) -> None:
    given = {"target": "http://127.0.0.1:1", **IDS, **changes}
    if given["target"] == "aws":
        given.setdefault("aws_profile", "chat")
    with pytest.raises(SettingsError, match=says) as refused:
        build_settings(given.pop("target"), **given)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value).replace("and its secret", "")


def test_a_profile_of_the_environment_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(SettingsError, match="the environment variable AWS_PROFILE names a profile that is not"):
        build_settings("aws", region="us-east-1", **IDS)
    assert build_settings("http://127.0.0.1:9", **IDS).region == "us-east-1"


def test_a_key_log_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "no" / "keys"))
    with pytest.raises(SettingsError, match=r"SSLKEYLOGFILE names .*, which cannot be written \(No such file or dir"):
        build_settings("https://127.0.0.1:9", **IDS)
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert build_settings("https://127.0.0.1:9", **IDS).target == "https://127.0.0.1:9"


def test_an_address_is_signed_for_with_known_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real-secret")
    settings = build_settings("http://127.0.0.1:1", **IDS)
    frozen = settings.credentials.get_frozen_credentials()
    assert frozen[:3] == ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
    assert settings.region == "us-east-1"


@pytest.mark.parametrize("choice", [{"aws_profile": "chat"}, {"aws_credentials": True}])
@pytest.mark.usefixtures("profile")
def test_real_credentials_are_taken_where_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, choice: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "chat")
    settings = build_settings("http://127.0.0.1:1", **IDS, **choice)
    assert settings.credentials.get_frozen_credentials().access_key == "AKIAREAL"
    assert settings.region == "eu-central-1"


@pytest.mark.parametrize(
    ("region", "connect", "participant"),
    [
        (
            "eu-central-1",
            "https://connect.eu-central-1.amazonaws.com",
            "https://participant.connect.eu-central-1.amazonaws.com",
        ),
        (
            "us-gov-west-1",
            "https://connect.us-gov-west-1.amazonaws.com",
            "https://participant.connect.us-gov-west-1.amazonaws.com",
        ),
    ],
)
@pytest.mark.usefixtures("profile")
def test_aws_lives_where_botocore_says(region: str, connect: str, participant: str) -> None:
    """The hosts are those of the networking guide: connect.REGION and participant.connect.REGION."""
    settings = build_settings("aws", aws_profile="chat", region=region, **IDS)
    assert (settings.target, settings.participant_target, settings.region) == (connect, participant, region)
    assert settings.poll_seconds == 30


@pytest.mark.usefixtures("profile")
def test_the_participant_address_can_be_given_for_aws_too() -> None:
    settings = build_settings("aws", aws_profile="chat", participant_target="http://127.0.0.1:9/p", **IDS)
    assert settings.participant_target == "http://127.0.0.1:9/p"
    assert settings.target == "https://connect.eu-central-1.amazonaws.com"


@pytest.mark.usefixtures("profile")
def test_nothing_secret_is_shown() -> None:
    secrets: dict[str, Any] = {
        "view_token": "view-secret",
        "auth_session_id": "session-secret",
        "headers": ["X-Api-Key: header-secret"],
    }
    shown = repr(build_settings("http://127.0.0.1:1", aws_profile="chat", **IDS, **secrets))
    assert "secret" not in shown
    assert "AKIAREAL" not in shown
    assert "instance-1" in shown


def test_headers_are_taken_apart() -> None:
    given = ["X-Api-Key:abc", "X-Other:  a: b \t", "Empty:"]
    settings = build_settings("http://127.0.0.1:1", headers=given, **IDS)
    assert settings.headers == (("X-Api-Key", "abc"), ("X-Other", "a: b"), ("Empty", ""))


def test_a_folder_of_certificates_is_a_bundle(tmp_path: Path) -> None:
    assert build_settings("http://127.0.0.1:1", ca_bundle=str(tmp_path), **IDS).ca_bundle == str(tmp_path)


def test_shards_divide_every_limit() -> None:
    limits: dict[str, Any] = {"rate": 5.0, "max_requests": 100, "max_contacts": 10, "max_open": 7}
    settings = build_settings("http://127.0.0.1:1", **limits, shards=3, **IDS)
    assert settings.rate == pytest.approx(5 / 3)
    assert (settings.max_requests, settings.max_contacts, settings.max_open) == (33, 3, 2)


def test_a_limit_that_cannot_be_divided_is_refused() -> None:
    with pytest.raises(SettingsError, match="--max-contacts 3 cannot be divided by --shards 4: give 4 or more"):
        build_settings("http://127.0.0.1:1", max_contacts=3, shards=4, **IDS)


@pytest.mark.parametrize(("most", "processes"), [(20, 2), (5, 2), (1, 4), (7, 3)])
def test_the_processes_of_a_run_leave_no_more_open_than_the_run_may(most: int, processes: int) -> None:
    assert sum(open_share(most, process, processes) for process in range(processes)) == most
