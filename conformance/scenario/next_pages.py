"""Whether a further page of a transcript can show anything.

An endpoint that answers each GetTranscript alike names the same NextToken on every page. Who follows it for as long as
there is one asks for the same page again and again. The same NextToken leads to the same page each time
(GetTranscript.NextToken.repeatable), so a page that names the token it was asked for with leads only to itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class NextPages:
    """Follows the pages of one reading. `token` is what asks for the next one, None for the first."""

    token: Any = None
    _seen: set[str] = field(default_factory=set)

    def lead_on(self, items: Sequence[Mapping[str, Any]], following: Any) -> bool:
        """Take note of a page with `items` and the NextToken `following`. Whether the next page may show more.

        A cursor that keeps its name may: a page leads nowhere only if each item of it was seen before, too.
        """
        ids = {str(item.get("Id")) for item in items}
        leads_to_itself = following == self.token and ids <= self._seen
        self._seen |= ids
        self.token = following
        return following is not None and not leads_to_itself
