"""Where a review stands, as facts for one page. docs/writing.md lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.narrative import process_rows
from reports.narrative.process import Facts
from review.store.tally import tally

if TYPE_CHECKING:
    from reports.material import Material

_OPEN = 8
"""Up to so many open points fit on the page; of more, how many more there are."""


def facts(m: Material) -> Facts:
    """Compute what the page says beside what the sections say."""
    now = tally(m.connection)
    return {
        "as_of": m.last[:10] if m.last else None,
        "begun": (process_rows.first_search(m.connection) or "")[:10] or None,
        "waiting": {
            "titles": now.title_abstract.get("waiting", 0) + now.title_abstract.get("started", 0),
            "full_texts": now.full_text.get("waiting", 0) + now.full_text.get("started", 0),
            "conflicts": now.conflicts,
            "pairs": now.unjudged_pairs,
        },
        "extracted": now.extracted_studies,
        "appraised": now.appraised_studies,
        "coded": now.coded_studies,
        "open": list(m.warnings[:_OPEN]),
        "more": max(len(m.warnings) - _OPEN, 0),
        "next": m.handed.next,
    }
