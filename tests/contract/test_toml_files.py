"""What is said of a file that is no TOML, in words and not in those of a Python codec."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.toml_files import read_toml


@pytest.mark.parametrize(
    ("content", "words"),
    [(b'reason = "f\xfcr uns"', r"^no text in UTF-8 \(byte 12\)$"), (b"a: 1", r"^no TOML \(.+line 1.+\)$")],
)
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        read_toml(path)


def test_a_file_is_read_as_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes('reason = "für uns"\r\n'.encode())
    assert read_toml(path) == {"reason": "für uns"}
