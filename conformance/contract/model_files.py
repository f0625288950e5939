"""Which files the service models are read from, so that a report can say what it judged by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from botocore.loaders import Loader

from conformance.contract.botocore_data import edition_directory, model_loader, own_loader
from conformance.contract.model import CONNECT, PARTICIPANT, operations

OTHER_EDITION = "those of --models"  # stands for botocore's version where --models names the models


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Which model file was read: its service, botocore's version and the file's sha256."""

    service: str
    api_version: str
    botocore: str
    sha256: str


def page_of(name: str) -> str | None:
    """The address of the documentation page of the operation called `name`; None for anything else.

    It is the one that the SDKs' own documentation refers to.
    """
    known = operations().get(name)
    if known is None:
        return None
    (source,) = (source for source in model_sources() if source.service == known.service)
    return f"https://docs.aws.amazon.com/goto/WebAPI/{source.service}-{source.api_version}/{name}"


@cache
def model_sources() -> tuple[ModelSource, ...]:
    """The two model files in use, so that a report can say what it judged by."""
    if edition_directory() is None:
        return installed_sources()
    return tuple(_source(service, model_loader(), OTHER_EDITION) for service in (PARTICIPANT, CONNECT))


def installed_sources() -> tuple[ModelSource, ...]:
    """The two model files of the installed botocore."""
    version = metadata.version("botocore")
    return tuple(_source(service, own_loader(), version) for service in (PARTICIPANT, CONNECT))


def _source(service: str, loader: Loader, botocore: str) -> ModelSource:
    version = loader.determine_latest_version(service, "service-2")
    folder = Path(loader.search_paths[0], service, version)
    file = next(f for f in folder.iterdir() if f.name.startswith("service-2.json"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return ModelSource(service, version, botocore, digest)
