"""The text that a requirement refers to, read from the installed model."""

from __future__ import annotations

import dataclasses

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation, operations
from conformance.contract.requirements import Level
from conformance.contract.source_text import EXCERPT, Passage, excerpt, passage_of

# Places that are several, or none of the installed model.
ELSEWHERE = {
    "ChatContent maximum until 2022",
    "GetTranscript output Transcript.member.ParticipantRole, model of 2019",
    "GetTranscript output Transcript.member.Type, model of 2019",
    "InitialMessage.Content text until 2026",
    "SendMessage input Content, text until 2026",
    "SendMessage input ContentType, text until 2022",
    "StartChatContact input SupportedMessagingContentTypes, text until 2022",
    "exception shapes, Message",
    "exception texts",
    "metadata, signatureVersion and auth",
    "participant operations",
}
PLAIN = catalogue()["SendMessage.Content.bytes-max"]


def at(locator: str) -> Passage | None:
    return passage_of(dataclasses.replace(PLAIN, locator=locator))


def test_every_place_of_the_model_is_found_but_for_those_that_are_none() -> None:
    of_the_model = [requirement for requirement in catalogue().values() if requirement.source == "model"]
    assert len(of_the_model) > 1_500
    assert {requirement.locator for requirement in of_the_model if passage_of(requirement) is None} == ELSEWHERE


@pytest.mark.parametrize(
    ("locator", "place", "words"),
    [
        ("SendMessage input Content", "SendMessage input Content", "Maximum of 16,384 bytes"),
        ("SendMessage", "SendMessage text", "Sends a message"),
        ("GetTranscript text", "GetTranscript text", "Retrieves a transcript"),
        ("GetTranscript output", "GetTranscript text", "Retrieves a transcript"),
        ("StartChatContact input Attributes.key", "StartChatContact input Attributes", "32,768"),
        ("GetTranscript output Transcript.member.Attachments.member.Status", None, "Status of the attachment"),
        ("StopContact errors ContactNotFoundException", None, "contact with the specified ID"),
        ("StopContact errors", "StopContact text", "Ends the specified contact"),
    ],
)
def test_a_place_without_text_has_that_of_the_closest_above_it(locator: str, place: str | None, words: str) -> None:
    passage = at(locator)
    assert passage is not None
    assert passage.place == (place or locator)
    assert words in passage.text


def test_the_text_is_the_installed_one() -> None:
    passage = at("SendMessage input ContentType")
    assert passage is not None
    assert passage.text == operation("SendMessage").input.child("ContentType").documentation


def test_a_source_that_is_no_model_has_no_text_here() -> None:
    assert passage_of(dataclasses.replace(PLAIN, source="observed")) is None


def test_a_place_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="Contents"):
        at("SendMessage input Contents")


def test_a_short_text_is_shown_as_it_is() -> None:
    assert excerpt("One. Two. Three.", "what two is") == "One. Two. Three."


LONG = "The name of the thing is free. " + "Nothing of interest stands here. " * 20 + "A name has 256 characters. Bye."


def test_of_a_long_text_the_sentences_about_the_promise_are_shown() -> None:
    assert len(LONG) > EXCERPT
    shown = excerpt(LONG, "A name of more than 256 characters is refused.")
    assert shown == "The name of the thing is free. [...] A name has 256 characters. [...]"


def test_of_a_long_text_the_sentences_with_the_phrase_of_a_promise_are_shown() -> None:
    assert excerpt(LONG, "A name of more than 256 characters is refused.", "Bye") == "[...] Bye."
    assert excerpt("One. Two. Three.", "what two is", "Two") == "One. Two. Three."


def test_the_installed_text_has_the_phrase_of_every_promise_that_names_one() -> None:
    naming = {found.id: found for found in catalogue().values() if found.phrase}
    passages = {rid: passage_of(found) for rid, found in naming.items()}
    assert len(naming) > 100
    assert [rid for rid, passage in passages.items() if not passage or naming[rid].phrase not in passage.text] == []


def test_a_must_with_a_long_text_names_the_phrase_that_states_it() -> None:
    musts = [found for found in catalogue().values() if found.level is Level.MUST and not found.derived]
    # The locator of a family is its operation alone: no sentence of it states the promise.
    without = [found for found in musts if " " in found.locator and not found.phrase]
    passages = {found.id: passage_of(found) for found in without}
    assert [rid for rid, passage in passages.items() if passage and len(passage.text) > EXCERPT] == []


def test_of_a_long_text_that_says_nothing_of_the_promise_the_beginning_is_shown() -> None:
    assert excerpt(LONG, "Quite unlike.") == "The name of the thing is free. [...]"


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("SendMessage.Content.bytes-max", "16,384 bytes"),
        ("GetTranscript.MaxResults.default", "Default: 10"),
        ("StartChatContact.Attributes.total-bytes-max", "32,768 UTF-8 bytes"),
    ],
)
def test_the_excerpt_holds_the_sentence_that_states_the_promise(requirement: str, words: str) -> None:
    found = catalogue()[requirement]
    passage = passage_of(found)
    assert passage is not None
    assert words in excerpt(passage.text, found.statement, found.phrase)


def test_every_exception_of_the_model_is_described() -> None:
    described = [error for found in operations().values() for error in found.errors if error.documentation]
    assert len(described) > 80
