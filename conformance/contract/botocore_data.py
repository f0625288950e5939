"""The data that the installed botocore ships, and nothing else.

Botocore itself prefers what lies in ``~/.aws/models``, in AWS_DATA_PATH or in the ``data_path`` of an AWS profile. A
model from there would change what a run promises without a word, and the digest in the report would name another file.
"""

from __future__ import annotations

from botocore.loaders import Loader


def own_loader() -> Loader:
    """A loader of botocore's own files alone: no files of the user, no environment, no profile."""
    return Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False, include_default_extras=False
    )
