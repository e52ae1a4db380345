"""One search as a JSON file in the data structure of searchRxiv, so that it can be deposited or read by other tools.

Keys: Haddaway NR et al. 2022, doi:10.1002/cl2.1288, and its example record
(https://github.com/nealhaddaway/searchrecorder, inst/extdata/search_record.JSON), checked 2026-11-22; dates are
written as there (2026.11.22). ``search_string`` is one text, as the loader of search-query wants it
(https://github.com/CoLRev-Environment/search-query, search_file.py, checked 2026-11-22). What the structure has no key
for stands under ``results`` and ``generic_query``. Null is *not recorded*. Pure.
"""

from __future__ import annotations

import json
import re
from typing import Any

from reports import search_facts as facts
from reports.rows import SearchRow
from reports.search_facts import SearchLog
from review import __version__

_UNSAFE = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


def path(row: SearchRow) -> str:
    """Give the name of a search's file below ``out``; a source may be called anything, a file may not.

    >>> path(SearchRow({"id": 3, "source": "../Web of Science"}, 0, 0, 0, 0, 0))
    'search_strategies/3-web-of-science.json'
    """
    name = _UNSAFE.sub("-", str(row.facts["source"]).lower())[:_LONGEST].strip("-")
    return f"search_strategies/{row.facts['id']}-{name or 'source'}.json"


def as_json(row: SearchRow, log: SearchLog) -> bytes:
    """Write one search."""
    return (json.dumps(_content(row, log), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _content(row: SearchRow, log: SearchLog) -> dict[str, Any]:
    protocol, search = log.in_force(row) or log.protocol, row.facts
    return {
        "record_info": {"internal_id": str(search["id"])},
        "authors": [{"name": member.name} for member in protocol.team],
        "date": _dates(row, log),
        "string_name": search["strategy"],
        "keywords": [concept.label for concept in protocol.concepts],
        "parent_record": None if (before := facts.update_of(row)) is None else str(before),
        "platform": facts.platform_name(row, log.known),
        "database": [search["label"]],
        "search_string": search["query"],
        "search_field": list(protocol.limits.fields),
        "database_time_coverage": None,
        "search_time_span": {"from": _dotted(protocol.limits.start), "to": _dotted(protocol.limits.end)},
        "search_language": list(protocol.limits.languages),
        "settings": {
            "interface": "API" if search["method"] != "file" else None,
            "kind_of_document": list(protocol.limits.kinds),
        },
        "quality_assurance": [],
        "validation_report": [],
        "peer_review": [],
        "description": _description(row, log),
        "review_title": protocol.title,
        "review_question": protocol.question,
        "review_type": "systematic review",
        "linked_protocol": [protocol.registration] if protocol.registration else [],
        "linked_report": [],
        "generic_query": [
            {"name": s.id, "label": s.label, "query": s.text}
            for s in protocol.strategies
            if search["strategy"] in (None, s.id)
        ],
        "results": _results(row, log),
    }


def _dates(row: SearchRow, log: SearchLog) -> dict[str, str | None]:
    exported = log.last[:10] if log.last else None
    return {
        "data_entry": _dotted(str(row.facts["started_at"])[:10]),
        "strategy_exported": _dotted(exported),
        "search_conducted": _dotted(facts.searched_on(row)),
    }


def _description(row: SearchRow, log: SearchLog) -> str:
    where = facts.interface(row, log.known)
    version = f" Interface: {where}." if where else ""
    return f"{facts.completeness(row)}{version} Written by narrative-review {__version__}."


def _results(row: SearchRow, log: SearchLog) -> dict[str, Any]:
    judged = facts.evaluated(row)
    counts = {
        "retrieved": row.records + row.rejected,
        "unreadable_parts": row.rejected,
        "records": row.records,
        "match": row.matched if judged else None,
        "do_not_match": row.unmatched if judged else None,
        "cannot_be_told": facts.unknown(row) if judged else None,
        "duplicates": row.duplicates,
        "found_here_first": row.records - row.duplicates,
        "found_here_only": row.alone,
    }
    return {
        "hits": row.facts["hits"],
        **{name: None if n is None else facts.came(row, n) for name, n in counts.items()},
        "status": row.facts["status"],
        "losses": [dict(loss) for loss in row.facts["losses"]],
        "remarks": list(row.facts["notes"]),
        "protocol": row.facts["protocol"],
    }


def _dotted(day: str | None) -> str | None:
    return day.replace("-", ".") if day else None
