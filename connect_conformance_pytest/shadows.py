"""Files of the tester's own that Python takes for a library of the suite, or for a part of Python.

``python -m pytest`` has the working directory on the path, and pytest puts a project's root there for its conftest. A
``requests.py`` or ``json.py`` in it would judge the endpoint in the place of the library.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

# What the suite imports at any time of a run, and what these import to send and to judge.
LIBRARIES = (
    *("anybadge", "botocore", "certifi", "click", "httptools", "hypothesis", "idna", "jinja2", "jsonschema_rs"),
    *("pyrate_limiter", "pytest_html", "python_socks", "regex", "requests", "schemathesis", "starlette", "tenacity"),
    *("urllib3", "uvicorn", "websockets"),
)
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def shadows() -> Iterator[str]:
    """A sentence for each module that a folder of the tester's own hides, with the file that does.

    Of Python's own modules only those are looked at that were imported: a folder called ``test`` harms nobody.
    """
    own = [place for place in _before_python() if not _is_environment(place)]
    for name in (*LIBRARIES, *sys.modules.keys() & sys.stdlib_module_names):
        file = _file_of(name)
        if file is not None and any(file in (place / f"{name}.py", place / name / "__init__.py") for place in own):
            yield f"{file} hides {'a library that the suite needs' if name in LIBRARIES else 'a part of Python'}"


def _before_python() -> list[Path]:
    """The places on the path that Python looks in before its own library."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    places = [Path(place).resolve() for place in sys.path]
    return places[: places.index(library)] if library in places else places


def _is_environment(place: Path) -> bool:
    """Whether packages were installed into `place`."""
    return place.name in _INSTALLED or next(place.glob("*.dist-info"), None) is not None


def _file_of(name: str) -> Path | None:
    with suppress(ValueError, ImportError):  # a module made at run time has no file
        spec = find_spec(name)
        if spec is not None and spec.has_location and spec.origin is not None:
            return Path(spec.origin).resolve()
    return None
