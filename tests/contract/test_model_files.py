import subprocess
import sys
from hashlib import sha256
from importlib import resources
from pathlib import Path

import botocore
import pytest

from conformance.contract.model_files import model_sources

_MODELS_OF_THE_MACHINE = """
import os, sys
from pathlib import Path
folder = Path(sys.argv[1], ".aws", "models")
for service, version in (("connect", "2099-01-01"), ("connectparticipant", "2018-09-07")):
    (folder / service / version).mkdir(parents=True)
    (folder / service / version / "service-2.json").write_text('{"operations": {}, "shapes": {}}')
os.environ.update(HOME=sys.argv[1], AWS_DATA_PATH=str(folder))
from conformance.contract.model import operations
from conformance.contract.model_files import model_sources
assert operations()["SendEvent"].errors and "StartChatContact" in operations()
print(*(source.api_version for source in model_sources()))
"""


@pytest.mark.slow
def test_models_of_the_machine_promise_nothing(tmp_path: Path) -> None:
    """Nor does the report name their version while it shows the digest of another file."""
    done = subprocess.run(
        [sys.executable, "-c", _MODELS_OF_THE_MACHINE, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["2018-09-07", "2017-08-08"], done.stderr


def test_the_model_files_are_named_with_their_digest() -> None:
    participant, connect = model_sources()
    assert (participant.service, participant.api_version) == ("connectparticipant", "2018-09-07")
    assert (connect.service, connect.api_version) == ("connect", "2017-08-08")
    assert participant.botocore == botocore.__version__
    folder = resources.files("botocore").joinpath("data", "connect", "2017-08-08")
    assert connect.sha256 in {
        sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if f.name.startswith("service-2")
    }
