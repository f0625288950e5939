"""The URLs of attachments: their validity, their Content-Disposition and the files that they accept."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange, Response
from conformance.endpoint.preconditions import MissingOption
from conformance.scenario.attachments import File, Upload, alter, attach, download, start, upload
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.participants import text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import Present, instant, is_near, off_by, present_of, require_within, seconds_apart

SHORTEST, LONGEST, DEFAULT = 5, 300, 300  # seconds
SLACK = timedelta(seconds=3)  # the Date of a reply has whole seconds, and clocks of two services may differ a little
BEFORE, AFTER = 10, 1  # seconds: how far before and after its end a URL is tried
DAY = 86_400  # seconds
OFFICE = "application/vnd.openxmlformats-officedocument"
# The documented file types, each with the content type that is registered for it.
SUPPORTED: Mapping[str, str] = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "heic": "image/heic",
    "jfif": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "wav": "audio/wav",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
# The types that decide, where few requests are sent: the least common ones, which an endpoint most likely lacks.
DECISIVE = [(extension, SUPPORTED[extension]) for extension in ("csv", "heic", "jfif", "mov", "pptx", "wav")]
UNSUPPORTED = {"exe": "application/x-msdownload", "sh": "application/x-sh", "svg": "image/svg+xml"}
NAMES = (
    "two  words, \u00fcml\u00e4ut \u4f60\u597d.a.b.txt",
    "\N{GRINNING FACE} \U00020000.txt",
    "A.TXT",
    "\N{GRINNING FACE}" * 252 + ".txt",  # 256 code points
)


@verifies("StartAttachmentUpload.ContentType.supported", "StartAttachmentUpload.ContentType.unsupported")
@verifies("StartAttachmentUpload.AttachmentName.any-text", "StartAttachmentUpload.AttachmentName.extension")
def test_which_files_a_chat_takes(scenario: Scenario) -> None:
    """The endpoint accepts each documented file type under any name and refuses others."""
    chat = scenario.chat()
    with scenario.claim("StartAttachmentUpload.ContentType.supported") as claim:
        for extension, content_type in scenario.edges([*SUPPORTED.items()], DECISIVE):
            claim.success(start(chat, File(f"file.{extension}", content_type)), f"a {extension} file, {content_type}")
    with scenario.claim("StartAttachmentUpload.ContentType.unsupported") as claim:
        for extension, content_type in UNSUPPORTED.items():
            claim.refusal(start(chat, File(f"file.{extension}", content_type)), f"a {extension} file, {content_type}")
    with scenario.claim("StartAttachmentUpload.AttachmentName.any-text") as claim:
        for name in NAMES:
            claim.success(start(chat, File(name)), f"the name {value_text(name[:20])}, {len(name)} code points")
    with scenario.claim("StartAttachmentUpload.AttachmentName.extension") as claim:
        for name in ("none", "other.png", "other.exe"):
            answer = start(chat, File(name)).response
            claim.record(f"{name} as text/plain: {answer.status if answer else 'no answer'}")


@verifies("StartAttachmentUpload.UrlExpiry.in-the-future")
def test_an_upload_url_is_good_for_some_time(scenario: Scenario) -> None:
    """The UrlExpiry of an upload lies in the future."""
    chat = scenario.chat()
    exchange = start(chat, File())
    expiry = text_at(scenario.need(exchange), "UploadMetadata", "UrlExpiry")
    present = present_of(scenario, exchange)
    with scenario.claim() as claim:
        claim.holds(
            present.fits(lambda now, apart: instant(expiry) > now - apart), "a UrlExpiry after the reply", expiry
        )


@verifies("GetAttachment.UrlExpiryInSeconds.sets-expiry", "GetAttachment.UrlExpiryInSeconds.default")
@verifies("GetAttachment.UrlExpiryInSeconds.iso-text")
def test_a_download_url_lives_as_long_as_was_asked_for(scenario: Scenario) -> None:
    """UrlExpiry lies UrlExpiryInSeconds after the reply, for each number inside the limits."""
    made = attach(scenario.chat(), File())
    with scenario.claim("GetAttachment.UrlExpiryInSeconds.sets-expiry") as claim:
        fixed = (SHORTEST, SHORTEST + 1, LONGEST - 1, LONGEST)
        for seconds in scenario.edges(fixed, (SHORTEST, LONGEST)):
            _judge_expiry(claim, present_of(scenario, made.get(UrlExpiryInSeconds=seconds)), seconds)
        shown = made.get(UrlExpiryInSeconds=60, UrlContentDisposition="INLINE")
        _judge_expiry(claim, present_of(scenario, shown), 60)
    with scenario.claim("GetAttachment.UrlExpiryInSeconds.default") as claim:
        exchange = made.get()
        left = present_of(scenario, exchange).miss(instant(text_at(scenario.need(exchange), "UrlExpiry")))
        claim.record(f"about {round(left.total_seconds() / 5) * 5} seconds")
    with scenario.claim("GetAttachment.UrlExpiryInSeconds.iso-text") as claim:
        answer = made.get(UrlExpiryInSeconds="2027-01-01T00:00:00Z").response
        claim.record("no answer" if answer is None else "accepted" if answer.succeeded else f"refused, {answer.status}")


def _judge_expiry(claim: Claim, present: Present, seconds: int) -> None:
    expiry = instant(_expiry(present.reply))
    due = timedelta(seconds=seconds)
    right = present.fits(lambda now, apart: abs(expiry - now - due) <= SLACK + apart)
    left = (present.miss(expiry - due) + due).total_seconds()
    claim.holds(right, f"a UrlExpiry {seconds} seconds after the reply", f"{left:g} seconds ({value_text(expiry)})")


def _expiry(exchange: Exchange) -> str:
    return text_at(judged_reply(exchange).members, "UrlExpiry")


def _judge_distance(scenario: Scenario, first: Exchange, exchange: Exchange, due: int) -> None:
    """UrlExpiry is `due` seconds, and the time between the requests, after the UrlExpiry of `first`.

    No Date header is asked: it may be that of a server in front, whose clock does not move.
    """
    later = instant(_expiry(exchange)) - instant(_expiry(first))
    with scenario.claim("GetAttachment.UrlExpiryInSeconds.sets-expiry") as claim:
        right = is_near(scenario, off_by(later, timedelta(seconds=due), first, exchange), SLACK)
        passed = due + exchange.started - first.started
        claim.holds(right, f"a UrlExpiry {passed:.3f} seconds after an earlier one", later.total_seconds())


_DISPOSITIONS: Mapping[str, dict[str, Any]] = {
    "GetAttachment.UrlContentDisposition.attachment": {"UrlContentDisposition": "ATTACHMENT"},
    "GetAttachment.UrlContentDisposition.inline": {"UrlContentDisposition": "INLINE", "UrlExpiryInSeconds": 60},
    "GetAttachment.UrlContentDisposition.default": {},
}


@verifies(*_DISPOSITIONS)
def test_a_download_says_how_it_is_to_be_shown(scenario: Scenario) -> None:
    """The download has the requested Content-Disposition, attachment unless inline was requested."""
    made = attach(scenario.chat(), File())
    for requirement, members in _DISPOSITIONS.items():
        fetched = download(made.owner, made.get(**members))
        wanted = members.get("UrlContentDisposition", "ATTACHMENT").lower()
        with scenario.claim(requirement) as claim:
            stated = fetched.header("Content-Disposition") or "none"
            claim.equal(stated.partition(";")[0].strip().lower(), wanted, "the Content-Disposition")


@verifies("GetAttachment.Url.altered")
def test_an_altered_url_yields_nothing(scenario: Scenario) -> None:
    """A Url with a changed signature returns no file."""
    made = attach(scenario.chat(), File())
    url = text_at(scenario.need(made.get()), "Url")
    with scenario.claim() as claim:
        for other in (alter(url), url.partition("?")[0]):
            _yields_nothing(claim, made, scenario.fetch("GET", other, {}), "an altered Url")


def _yields_nothing(claim: Any, made: Upload, fetched: Response, what: str) -> None:
    claim.holds(not _gives_file(made, fetched), f"{what} yields nothing", f"status {fetched.status} and the file")


def _gives_file(made: Upload, fetched: Response) -> bool:
    return fetched.succeeded and made.file.content in fetched.body


@pytest.mark.moves_clock
@verifies("GetAttachment.UrlExpiryInSeconds.dead-afterwards", "GetAttachment.UrlExpiryInSeconds.alive-before")
@verifies("GetAttachment.UrlExpiryInSeconds.sets-expiry")
def test_a_download_url_dies_when_its_time_is_over(scenario: Scenario) -> None:
    """A Url returns the file until its expiry, and no file afterwards."""
    made = attach(scenario.chat(), File())
    _judge_short_life(scenario, made)
    first, moved = made.get(UrlExpiryInSeconds=LONGEST), 0
    after = AFTER + seconds_apart(scenario)
    for seconds in (20, LONGEST):
        exchange = made.get(UrlExpiryInSeconds=seconds)
        url = text_at(scenario.need(exchange), "Url")
        _judge_distance(scenario, first, exchange, moved + seconds - LONGEST)
        moved += seconds + after
        scenario.advance_clock(seconds - BEFORE)
        with scenario.claim("GetAttachment.UrlExpiryInSeconds.alive-before") as claim:
            fetched = scenario.fetch("GET", url, {})
            if fetched.body != made.file.content:
                require_within(BEFORE - seconds_apart(scenario), exchange)
            yielded = f"what the Url yields {BEFORE} of {seconds} seconds before its end"
            claim.equal(fetched.body, made.file.content, yielded)
        scenario.advance_clock(BEFORE + after)
        with scenario.claim("GetAttachment.UrlExpiryInSeconds.dead-afterwards") as claim:
            _yields_nothing(claim, made, scenario.fetch("GET", url, {}), f"a Url of {seconds} seconds after its end")


def _judge_short_life(scenario: Scenario, made: Upload) -> None:
    """Wait for the end of the shortest validity that a request can set, where the clock cannot be moved."""
    url = text_at(scenario.need(made.get(UrlExpiryInSeconds=SHORTEST)), "Url")
    with suppress(MissingOption):
        scenario.advance_clock(SHORTEST + 1)
    bound = SHORTEST + scenario.verifier.polling.bound
    dead = scenario.until(lambda: None if _gives_file(made, scenario.fetch("GET", url, {})) else True, bound)
    with scenario.claim("GetAttachment.UrlExpiryInSeconds.dead-afterwards") as claim:
        claim.holds(dead is not None, f"a Url of {SHORTEST} seconds yields nothing after its end", "the file")


@pytest.mark.moves_clock
@verifies("StartAttachmentUpload.UrlExpiry.dead-afterwards")
def test_an_upload_url_dies_when_its_time_is_over(scenario: Scenario) -> None:
    """The endpoint refuses a PUT after UrlExpiry."""
    chat = scenario.chat()
    exchange = start(chat, File())
    made = upload(chat, File())
    left = instant(made.expiry) - present_of(scenario, exchange).earliest
    scenario.advance_clock(max(0, min(DAY, int(left.total_seconds()))) + 60)
    with scenario.claim() as claim:
        sent = made.put()
        claim.holds(not sent.succeeded, "a PUT after UrlExpiry is refused", f"status {sent.status}")
