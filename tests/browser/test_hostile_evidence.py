"""Whatever an endpoint says, a browser shows it and obeys none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.wire import Response
from reports import comparison, comparison_page, compliance
from tests.browser.conftest import Open
from tests.reports.ledgers import FAILED, entries_of, exchange, violate

MARKUP = (
    "<script>window.caught = 1</script><img src=x onerror='window.caught = 2'><style>*{display:none}</style>"
    "</script></style></pre></details><a href='javascript:window.caught = 3'>x</a><base href='http://127.0.0.1:9/'>"
)
HOSTILE = {
    "markup": MARKUP.encode(),
    "template": b"{{ 7 * 7 }}{% for x in range(9) %}x{% endfor %}",
    "direction": "\u202egnp.exe\u2066\u200b".encode(),
    "control": b"\x00\x1b[2J\x07\x08",
    "no UTF-8": b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "endless": b"A" * 3_000_000,
}


@pytest.fixture
def page_of(tmp_path: Path) -> dict[str, Path]:
    """A report and a comparison for each hostile reply."""
    pages = {}
    for name, body in HOSTILE.items():
        reply = Response(200, (("Content-Type", "text/html"), ("X-Said", body[:200].decode("latin-1"))), body)
        hostile = body[:100_000].decode("utf-8", "replace")
        seen = violate(FAILED, actual=hostile, exchanges=(exchange("SendEvent", {"Content": hostile[:500]}, reply),))
        report = compliance.build(entries_of([seen], target=hostile[:300], notes=[hostile[:300]]))
        pages[name] = compliance.write(report, tmp_path / name)
        both = comparison.compare({"before": report, hostile[:60]: report})
        pages[f"compared {name}"] = comparison_page.write(both, tmp_path / name)
    return pages


def test_nothing_hostile_is_obeyed(page_of: dict[str, Path], visit: Open) -> None:
    for name, path in page_of.items():
        visited = visit(path, f"#{FAILED}")
        assert visited.page.evaluate("window.caught") is None, name
        assert visited.asked == [path.as_uri()], name
        assert visited.said == [], name
        assert visited.page.locator("h1").is_visible(), name
        assert visited.page.locator("main base, main style, main img, main script").count() == 0, name
        assert "49" not in visited.page.inner_text("h1"), name
        assert path.stat().st_size < 2_000_000, name
