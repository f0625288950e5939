"""A report is rendered again by the models that its run was judged by, and by no others."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.results.verdicts import ExitCode
from tests.reports.ledgers import CLEAN, FAILED, entries_of, kept_promise


def test_a_run_by_other_models_is_refused_with_the_option_to_give(tmp_path: Path) -> None:
    edition = {"directory": "/older/data", "lacks": [FAILED], "adds": []}
    for name, header in (("other", {"edition": edition}), ("own", {})):
        lines = map(json.dumps, entries_of([kept_promise(CLEAN)], **header))
        (tmp_path / name).mkdir()
        (tmp_path / name / "ledger.jsonl").write_text("\n".join(lines) + "\n")
    refused = CliRunner().invoke(main, ["report", str(tmp_path / "other")])
    assert (refused.exit_code, refused.output.count("\n")) == (ExitCode.USAGE, 1)
    assert "give --models /older/data" in refused.output
    assert not (tmp_path / "other" / "compliance.json").exists()
    assert CliRunner().invoke(main, ["report", str(tmp_path / "own")]).exit_code == ExitCode.CONFORMANT
