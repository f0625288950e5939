"""Requests that another tool made up: judged where the contract names the one promise at stake, else only sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.model import operations
from conformance.engine.depth import DEPTHS
from conformance.engine.verifier import NotVerified
from conformance.power.bench import Trial, _Bound
from conformance.power.direct import Direct
from conformance.verification import generated_requests
from conformance.verification.generated_requests import ids_claimed_by, verify_generated_requests
from conformance.verification.schema_oracle.requests import STAND_INS

Tried = Callable[..., list[str]]
INSTANCE, CONTACT = (
    next(text for text, named in STAND_INS.items() if named == name) for name in ("InstanceId", "ContactId")
)


@pytest.fixture
def try_bodies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    """Tries bodies of an operation on the reference with a fault, and tells the first id that is found broken."""
    direct = Direct()
    bounds: list[_Bound] = []

    def try_all(name: str, *faults: str, fitting: Any = (), unfitting: Any = ()) -> list[str]:
        direct.reconfigure(faults)
        bounds.append(_Bound(direct, Trial(faults)))
        bounds[-1].verifier.depth = replace(DEPTHS["nightly"], repetitions=0)
        bodies = {f"{name} fitting": fitting, f"{name} unfitting": unfitting}
        monkeypatch.setattr(generated_requests, "draw", lambda _, which, __: list(bodies[which]))
        try:
            verify_generated_requests(bounds[-1].verifier, operations()[name])
        except ContractViolation as violation:
            return [violation.requirement]
        return []

    yield try_all
    for bound in bounds:
        bound.target.close()


LONG = {"ClientToken": "a" * 501}
SAID = {"ContentType": "text/plain", "Content": "Hello"}
BOT = {
    "InstanceId": INSTANCE,
    "ContactId": CONTACT,
    "ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"},
}


def test_what_does_not_fit_must_be_refused_under_the_one_limit_it_breaks(try_bodies: Tried) -> None:
    assert try_bodies("DisconnectParticipant", unfitting=[LONG]) == []
    lax = "DisconnectParticipant.ClientToken.length-max.too-lax"
    assert try_bodies("DisconnectParticipant", lax, unfitting=[LONG]) == [
        "DisconnectParticipant.ClientToken.length-max"
    ]


def test_what_breaks_two_limits_or_none_is_only_sent(try_bodies: Tried) -> None:
    lax = "SendMessage.Content.length-max.too-lax"
    long = {**SAID, "Content": "a" * 16_385}
    assert try_bodies("SendMessage", lax, unfitting=[long]) == ["SendMessage.Content.length-max"]
    assert try_bodies("SendMessage", lax, unfitting=[{**long, "ContentType": 5}, SAID, {**SAID, "Extra": 1}]) == []


def test_what_fits_must_be_accepted_with_real_names_in_it(try_bodies: Tried) -> None:
    assert try_bodies("CreateParticipant", fitting=[BOT, BOT]) == []
    refused = "CreateParticipant.success.valid-request.refused-later"
    assert try_bodies("CreateParticipant", refused, fitting=[BOT] * 20) == ["CreateParticipant.success.valid-request"]


def test_acceptance_that_hangs_on_more_than_the_request_is_not_judged(try_bodies: Tried) -> None:
    assert (
        try_bodies(
            "SendEvent", fitting=[{"ContentType": "application/vnd.amazonaws.connect.event.typing", "Content": ""}]
        )
        == []
    )


def test_nothing_is_made_up_at_smoke_depth() -> None:
    direct = Direct()
    bound = _Bound(direct, Trial())
    with pytest.raises(NotVerified, match="nightly only"):
        verify_generated_requests(bound.verifier, operations()["SendMessage"])
    bound.target.close()


def test_it_claims_limits_of_bodies_whose_refusal_is_promised() -> None:
    claimed = ids_claimed_by(operations()["SendMessage"])
    assert {"SendMessage.success.valid-request", "SendMessage.Content.length-max"} <= set(claimed)
    assert not any(".ConnectionToken." in rid or rid.endswith(".required") for rid in claimed)
