"""What follows from what, among the findings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.results.causes import Cause, causes_of
from conformance.results.findings import Finding, failure_kind

LOST = "GetTranscript.Transcript.holds-what-was-sent"
SAME_ID = "Surfaces.reply-and-transcript.same-id"
SAME_FRAMES = "Surfaces.frame-and-transcript.same-messages"
ASCENDING = "GetTranscript.SortOrder.ascending"
EXPIRY = "CreateParticipantConnection.output.ConnectionCredentials.Expiry.time"
LONG, EMPTY = "SendEvent.Content.length-max", "SendEvent.Content.length-min"


def call(operation: str, status: int, *, at: float = 1.0, body: str = "{}", reply: str = "{}") -> Mapping[str, Any]:
    request = {"method": "POST", "path": "/x", "headers": [], "body": body}
    response = {"status": status, "headers": [], "body": reply, "cut": False}
    return {"operation": operation, "request": request, "response": response, "started": at}


def broken_finding(rid: str, *exchanges: Mapping[str, Any], actual: str = "none", phase: str = "scenario") -> Finding:
    seen = ("something else", actual, phase, frozenset({f"test of {rid}"}), exchanges)
    return Finding(catalogue()[rid], *seen, broken=True)


def unjudged_finding(rid: str, reason: str, *exchanges: Mapping[str, Any], test: str = "another") -> Finding:
    return Finding(catalogue()[rid], "", reason, "scenario", frozenset({test}), exchanges, broken=False)


def causes(*findings: Finding) -> dict[str, list[str]]:
    return {cause.finding.id: [found.id for found in cause.follows] for cause in causes_of(findings)}


def test_a_promise_that_rests_on_a_broken_one_follows_from_it() -> None:
    assert causes(broken_finding(SAME_FRAMES), broken_finding(SAME_ID), broken_finding(LOST)) == {
        LOST: [SAME_ID, SAME_FRAMES]
    }


def test_findings_that_nothing_ties_together_are_causes_each() -> None:
    found = causes(broken_finding(LOST), broken_finding(LONG, call("SendEvent", 200), actual="200", phase="edge"))
    assert found == {LOST: [], LONG: []}


def test_one_request_for_one_promise_rests_on_no_other() -> None:
    limit = broken_finding("GetTranscript.MaxResults.range-max", call("GetTranscript", 200), actual="200", phase="edge")
    assert causes(limit, broken_finding(LOST)) == {LOST: [], "GetTranscript.MaxResults.range-max": []}


def test_the_very_same_exchange_has_one_cause() -> None:
    shared = call("SendMessage", 500)
    found = causes(
        broken_finding("SendMessage.error.body", shared, actual="a page", phase="passive"),
        broken_finding("SendMessage.success.valid-request", shared, actual="500", phase="edge"),
    )
    assert found == {"SendMessage.success.valid-request": ["SendMessage.error.body"]}


def test_an_operation_that_refuses_nothing_is_one_cause() -> None:
    limits = [
        broken_finding(rid, call("SendEvent", 200, body=rid), actual="200", phase="edge") for rid in (LONG, EMPTY)
    ]
    assert causes(*limits) == {LONG: [EMPTY]}
    other = broken_finding("SendMessage.Content.length-min", call("SendMessage", 200), actual="200", phase="edge")
    assert len(causes(*limits, other)) == 2


def test_limits_of_two_members_that_are_one_off_are_two_causes() -> None:
    ids = ("StartChatContact.ClientToken.length-max", "StartChatContact.ParticipantDetails.DisplayName.length-max")
    found = [broken_finding(rid, call("StartChatContact", 200, body=rid), actual="200", phase="edge") for rid in ids]
    assert causes(*found) == {rid: [] for rid in ids}


def test_a_plain_call_that_is_refused_is_the_cause_of_each_refusal_alike() -> None:
    ids = ("SendMessage.success.valid-request", "SendMessage.Content.length-max", "SendMessage.ClientToken.length-max")
    found = [broken_finding(rid, call("SendMessage", 400, body=rid), actual="400", phase="edge") for rid in ids]
    assert len(causes_of(found)) == 1


def test_a_wrong_member_of_a_reply_is_no_cause_of_what_shares_the_exchange() -> None:
    shared = call("CreateParticipantConnection", 200)
    late = broken_finding(EXPIRY, shared, actual='"string"', phase="passive")
    works = broken_finding("CreateParticipantConnection.ConnectionToken.works", shared, actual="a value")
    unseen = unjudged_finding("CreateParticipantConnection.again.same-participant", "it has no url", shared)
    assert causes(late, works) == {works.id: [], EXPIRY: []}
    assert causes(late, unseen) == {EXPIRY: []}


def test_a_missing_request_id_does_not_follow_from_a_wrong_body() -> None:
    shared = call("SendMessage", 400)
    ids = ("SendMessage.error.body", "SendMessage.reply.request-id")
    assert len(causes_of(broken_finding(rid, shared, actual=rid, phase="passive") for rid in ids)) == 2


def test_times_of_one_wrong_form_are_one_cause_for_all_operations() -> None:
    ids = ("SendMessage.output.AbsoluteTime.time", "SendEvent.output.AbsoluteTime.time")
    times = ('"2026-11-29 10:00"', '"2026-11-28 11:59"')
    found = [
        broken_finding(rid, call(rid, 200), actual=time, phase="passive") for rid, time in zip(ids, times, strict=True)
    ]
    assert len(causes_of(found)) == 1
    assert len(causes_of([found[0], broken_finding(ids[1], call(ids[1], 200), actual="17", phase="passive")])) == 2


def test_a_wrong_time_hides_what_is_promised_of_times_and_nothing_else() -> None:
    early = '{"AbsoluteTime": "2026-11-29 10:00"}'
    wrong = broken_finding(
        "SendMessage.output.AbsoluteTime.time", call("SendMessage", 200, reply=early), phase="passive"
    )
    seen = call("SendMessage", 200, at=2.0, reply=early)
    later = broken_finding("SendMessage.AbsoluteTime.never-back", seen, actual="another time")
    other = broken_finding("SendMessage.Id.unique", call("SendMessage", 200, at=3.0), actual="one Id")
    assert causes(wrong, later, other) == {wrong.id: [later.id], other.id: []}


def test_a_member_that_is_too_long_is_there_all_the_same() -> None:
    long = broken_finding(
        "StartChatContact.output.ContactId.length-max", call("StartChatContact", 200), phase="passive"
    )
    assert causes(long, broken_finding(LOST)) == {LOST: [], long.id: []}
    absent = broken_finding("StartChatContact.output.ContactId.present", call("StartChatContact", 200), phase="passive")
    assert causes(absent, broken_finding(LOST)) == {absent.id: [LOST]}


def test_a_story_rests_on_a_wrong_member_only_where_its_own_replies_have_it() -> None:
    rid = "GetTranscript.output.Transcript.member.Content.type"
    good, wrong = (f'{{"Transcript": [{{"Content": {content}}}]}}' for content in ('"Hello"', "[1]"))
    once = broken_finding(rid, call("GetTranscript", 200, reply=wrong), phase="passive")
    met, unmet = (call("GetTranscript", 200, at=2.0, reply=reply) for reply in (wrong, good))
    assert causes(once, broken_finding(LOST, met)) == {rid: [LOST]}
    assert causes(once, broken_finding(LOST, unmet)) == {LOST: [], rid: []}
    assert causes(once, unjudged_finding(LOST, "no item", met)) == {rid: [LOST]}
    assert causes(once, unjudged_finding(LOST, "no item", unmet)) == {rid: []}


def test_limits_that_one_operation_does_not_keep_are_a_group() -> None:
    ids = [f"SendMessage.{rule}" for rule in ("ContentType.required", "Content.required", "ClientToken.length-max")]
    found = [broken_finding(rid, call("SendMessage", 200, body=rid), actual="200", phase="edge") for rid in ids]
    later = broken_finding("SendMessage.ClientToken.same-token-same-result", found[2].exchanges[0], actual="another Id")
    (cause,) = causes_of([*found, later])
    assert [one.id for one in cause.alike] == ids
    assert later in cause.follows
    refused = [replace(one, requirement=catalogue()["SendMessage.success.valid-request"]) for one in found[:1]]
    (plain,) = causes_of([*refused, *found])
    assert plain.alike == ()
    assert all(cause.alike == () for cause in causes_of(found[:2]))


def test_a_story_rests_on_what_its_own_calls_can_meet() -> None:
    lost = broken_finding(LOST, call("GetTranscript", 200))
    without, beside = call("SendMessage", 200, at=2.0), call("GetTranscript", 200, at=3.0)
    assert causes(lost, broken_finding(SAME_ID, without)) == {LOST: [], SAME_ID: []}
    assert causes(lost, broken_finding(SAME_ID, beside, without)) == {LOST: [SAME_ID]}


def test_what_is_no_matter_of_web_sockets_rests_on_none() -> None:
    silent = broken_finding("WebSocket.delivery.goes-on", call("SendMessage", 200))
    receipt = broken_finding("SendEvent.receipt.read-timestamp", call("GetTranscript", 200, at=2.0))
    framed = broken_finding("WebSocket.frame.receipt", call("SendMessage", 200, at=3.0))
    assert causes(silent, receipt, framed) == {silent.id: [framed.id], receipt.id: []}


def test_what_is_true_of_each_reply_is_one_cause_for_all_operations() -> None:
    ids = ("SendEvent.reply.request-id", "SendMessage.reply.request-id", "StopContact.reply.request-id")
    (cause,) = causes_of(broken_finding(rid, call(rid, 200), phase="passive") for rid in ids)
    assert len(cause.follows) == 2
    assert cause.level is Level.SHOULD


def test_promises_about_one_mechanism_of_an_operation_are_one_cause() -> None:
    ids = ("SendMessage.ClientToken.same-token-same-result", "SendMessage.ClientToken.another-token")
    assert causes(*map(broken_finding, ids)) == {ids[0]: [ids[1]]}
    other = "SendEvent.ClientToken.another-token"
    assert causes(*map(broken_finding, (*ids, other))) == {ids[0]: [ids[1]], other: []}


def test_values_that_happen_to_be_equal_are_not_one_kind_of_failure() -> None:
    one = broken_finding(LOST, call("GetTranscript", 200), actual="none")
    assert failure_kind(one) != failure_kind(broken_finding(ASCENDING, call("GetTranscript", 200), actual="none"))


def test_what_could_not_be_judged_follows_from_the_promise_that_its_test_lacked() -> None:
    reason = "a message that was sent did not appear in the transcript"
    assert causes(broken_finding(LOST), unjudged_finding("SendMessage.Id.unique", reason)) == {
        LOST: ["SendMessage.Id.unique"]
    }


def test_what_could_not_be_judged_follows_from_a_call_that_was_refused_alike() -> None:
    plain = broken_finding("SendMessage.success.valid-request", call("SendMessage", 400), actual="400", phase="edge")
    blocked = unjudged_finding("WebSocket.frame.form", "SendMessage was refused", call("SendMessage", 400, at=2.0))
    accepted = unjudged_finding("WebSocket.frame.contact", "no frame came", call("SendMessage", 200, at=3.0))
    assert causes(plain, blocked, accepted) == {plain.id: ["WebSocket.frame.form"]}


def test_what_could_not_be_judged_follows_from_what_the_same_test_saw_broken() -> None:
    seen = broken_finding("StopContact.effect.ends-chat")
    assert causes(seen, unjudged_finding("Tokens.issue.different", "it ended", test=f"test of {seen.id}")) == {
        seen.id: ["Tokens.issue.different"]
    }


def test_what_is_only_inconclusive_is_no_cause() -> None:
    assert causes_of([unjudged_finding(LOST, "throttled", call("GetTranscript", 429))]) == []


def test_a_broken_must_makes_its_cause_one_of_a_must() -> None:
    first, second = causes_of([broken_finding(SAME_FRAMES), broken_finding(LONG, phase="edge")])
    assert (first.finding.id, second.level) == (LONG, Level.SHOULD)
    assert Cause(broken_finding(SAME_FRAMES), (broken_finding(LOST),)).level is Level.MUST


def test_the_cause_of_most_findings_comes_first() -> None:
    alone = broken_finding("SendMessage.error.type", call("SendMessage", 400), actual="400 X", phase="passive")
    first, _ = causes_of([alone, broken_finding(SAME_FRAMES), broken_finding(SAME_ID), broken_finding(LOST)])
    assert first.finding.id == LOST


def test_each_finding_stands_in_one_cause_whatever_their_order() -> None:
    found = [broken_finding(rid) for rid in (SAME_FRAMES, SAME_ID, LOST, ASCENDING, LONG, EMPTY)]
    seen = [rid for cause in causes_of(found) for rid in (member.id for member in cause.members)]
    assert sorted(seen) == sorted(one.id for one in found)
    assert causes(*found) == causes(*reversed(found))
