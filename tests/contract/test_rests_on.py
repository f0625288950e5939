"""The relation between promises: what it names exists, and it leads nowhere in a circle."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import read_toml
from conformance.contract.rests_on import basis_of, obstacles, resting_on

TABLE = read_toml("rests_on.toml")
GLOBS = sorted({glob for part in ("members", "promises") for globs in TABLE[part].values() for glob in globs})


@pytest.mark.parametrize("glob", GLOBS)
def test_each_glob_names_a_requirement(glob: str) -> None:
    assert any(fnmatchcase(rid, glob) for rid in catalogue())


def test_each_promise_that_others_rest_on_exists() -> None:
    assert {*TABLE["promises"], *obstacles().values()} <= set(catalogue())


def test_each_member_that_others_rest_on_has_a_promise_of_its_own() -> None:
    places = {basis.place for rid in catalogue() if (basis := basis_of(rid))}
    assert len(places) == len(TABLE["members"]) + len(TABLE["promises"])


def test_a_member_stands_for_what_it_holds_and_for_what_holds_it() -> None:
    whole = resting_on("CreateParticipantConnection.Websocket")
    assert "Clients.connect.*" in whole
    assert set(resting_on("CreateParticipantConnection.Websocket.Url")) <= set(whole) | {"*"}
    assert resting_on("SendEvent.Nothing") == ()


def test_nothing_rests_on_itself() -> None:
    lost = basis_of("GetTranscript.Transcript.holds-what-was-sent")
    assert lost is not None
    assert lost.carries("Surfaces.reply-and-transcript.same-id")
    assert not lost.carries("GetTranscript.Transcript.holds-what-was-sent")
    assert not lost.carries("StartChatContact.Attributes.returned")
