"""Templates that are compiled once: kept where Python keeps compiled modules, wherever it may keep any.

A page's templates take a third of a second to compile, which is more than most runs take to fill them in.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

TEMPLATES = Path(__file__).parent / "templates"


class CompiledTemplates(jinja2.BytecodeCache):
    """The compiled form of each template, for one version of Jinja and one text of `settings`.

    Those are what a template is compiled with besides its own text, such as whether markup is escaped. A place that
    cannot be read or written is no error: the template is compiled once more.
    """

    def __init__(self, settings: bytes) -> None:
        self._settings = sha256(settings + jinja2.__version__.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` with what was kept; one of another text, or cut short, is left out."""
        with suppress(OSError), self._place(bucket).open("rb") as kept:
            bucket.load_bytecode(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what `bucket` holds, whole or not at all: other runs may do the same at the same time."""
        if sys.dont_write_bytecode:
            return
        place = self._place(bucket)
        written = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with written.open("wb") as file:
                bucket.write_bytecode(file)
            written.replace(place)
        except OSError:
            with suppress(OSError):
                written.unlink()

    def _place(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(TEMPLATES / f"{bucket.key}-{self._settings[:16]}.py")))
