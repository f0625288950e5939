"""The service models that the contract is read from: those that the installed botocore ships, or another edition.

Botocore itself prefers what lies in ``~/.aws/models``, in AWS_DATA_PATH or in the ``data_path`` of an AWS profile. A
model from there would change what a run promises without a word, and the digest in the report would name another file.
Another edition is taken only where the option --models names its directory. It stands in the environment, so that every
process of a run reads the same one.
"""

from __future__ import annotations

import os
from pathlib import Path

from botocore.loaders import Loader

MODELS = "CONNECT_CONFORMANCE_MODELS"  # the variable of --models


def own_loader() -> Loader:
    """A loader of botocore's own files alone: no files of the user, no environment, no profile."""
    return loader_of(Path(Loader.BUILTIN_DATA_PATH))


def edition_directory() -> Path | None:
    """The directory of the edition that is judged by; None for the models of the installed botocore."""
    given = os.environ.get(MODELS)
    return Path(given) if given else None


def model_loader() -> Loader:
    """A loader of the service models of the edition that is judged by."""
    directory = edition_directory()
    return own_loader() if directory is None else loader_of(directory)


def loader_of(directory: Path) -> Loader:
    """A loader of the files in `directory` alone."""
    return Loader(extra_search_paths=[str(directory)], include_default_search_paths=False, include_default_extras=False)
