"""Compiled templates: kept for the next run, where Python keeps its own, and never in place of another text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from reports.compiled_templates import CompiledTemplates


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process may keep compiled modules."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def render(text: str, settings: str = "", *, trim_blocks: bool = False) -> str:
    """What a new process makes of a template of this text."""
    kept = CompiledTemplates(settings.encode())
    loader = DictLoader({"page": text})
    environment = Environment(loader=loader, bytecode_cache=kept, autoescape=True, trim_blocks=trim_blocks)
    return environment.get_template("page").render(name="Ann")


def compiled_files(place: Path) -> list[Path]:
    return [path for path in place.rglob("templates/*") if path.is_file()]


def test_a_template_is_compiled_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render("Hello {{ name }}") == "Hello Ann"
    assert len(compiled_files(place)) == 1
    monkeypatch.setattr(Environment, "compile", None)  # would fail
    assert render("Hello {{ name }}") == "Hello Ann"


def test_another_text_is_compiled(place: Path) -> None:
    assert (render("Hello {{ name }}"), render("Good bye {{ name }}")) == ("Hello Ann", "Good bye Ann")
    assert len(compiled_files(place)) == 1


def test_other_settings_have_a_compiled_form_of_their_own(place: Path) -> None:
    text = "{% if name %}\n{{ name }}{% endif %}"
    assert render(text, "plain") == "\nAnn"
    assert render(text, "trimmed", trim_blocks=True) == "Ann"
    assert len(compiled_files(place)) == 2


def test_what_was_cut_short_is_compiled_again(place: Path) -> None:
    render("Hello {{ name }}")
    (kept,) = compiled_files(place)
    for left in (0, 10, kept.stat().st_size // 2):
        kept.write_bytes(kept.read_bytes()[:left])
        assert render("Hello {{ name }}") == "Hello Ann"


def test_nothing_is_kept_where_python_keeps_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert render("Hello {{ name }}") == "Hello Ann"
    assert compiled_files(place) == []


def test_a_place_that_cannot_be_written_is_no_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file := place / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(file))  # no folder
    assert render("Hello {{ name }}") == "Hello Ann"
