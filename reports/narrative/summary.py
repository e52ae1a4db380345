"""Where a review stands, as facts for one page. docs/writing.md lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.appraised import responded
from reports.narrative import process_rows
from reports.narrative.process import Facts, worked
from review.store.tally import tally

if TYPE_CHECKING:
    from reports.material import Material

_OPEN = 8
"""Up to so many open points fit on the page; of more, how many more there are."""


def facts(m: Material) -> Facts:
    """Compute what the page says beside what the sections say."""
    now, keys = tally(m.connection), {study.key for study in m.studies}
    return {
        "as_of": m.last[:10] if m.last else None,
        "begun": (process_rows.first_search(m.connection) or "")[:10] or None,
        "waiting": {
            "titles": now.title_abstract.get("waiting", 0) + now.title_abstract.get("started", 0),
            "full_texts": now.full_text.get("waiting", 0) + now.full_text.get("started", 0),
            "conflicts": now.conflicts,
            "pairs": now.unjudged_pairs,
        },
        "extracted": len(worked(m, "form", m.form.name, keys).people) if m.form else 0,
        "appraised": len(keys & {key for one in m.instruments for key in responded(m.extracted, one)[0]}),
        "coded": len(keys & {str(one["study"]) for one in m.extracted.codings}),
        "open": list(m.warnings[:_OPEN]),
        "more": max(len(m.warnings) - _OPEN, 0),
        "next": m.handed.next,
    }
