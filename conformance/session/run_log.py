"""What the run log of pytest-html shows besides its own columns: a pytest plugin, for runs of the suite only."""

from __future__ import annotations

from typing import Any

from reports.run_log import INTRODUCTION, requirement_cell

PLACE = 2  # of the column of requirements: behind result and test


class RunLog:
    """Links the log into the compliance report. To be registered where pytest-html is there, which calls it."""

    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Say where the verdict stands."""
        prefix.append(INTRODUCTION)

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add a column of requirements."""
        cells.insert(PLACE, "<th>Requirements</th>")

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Link each row to its requirements. A report of the collection, which comes here too, has none."""
        properties = dict(getattr(report, "user_properties", ()))
        cells.insert(PLACE, requirement_cell(str(properties.get("requirements", "")).split()))
