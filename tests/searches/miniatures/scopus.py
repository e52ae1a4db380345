"""Scopus in miniature."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        "(TITLE-ABS-KEY(ment*)) AND (TITLE-ABS-KEY(doctor* OR medic* OR physician)) AND (TITLE-ABS-KEY(health OR"
        ' "well-being")) AND LANGUAGE(english) AND PUBYEAR > 2005 AND PUBYEAR < 2017'
    ),
    "q2": (
        "(TITLE-ABS-KEY(ment*)) AND (TITLE-ABS-KEY(doctor* OR medic* OR physician)) AND (TITLE-ABS-KEY(benefit* OR"
        " advantag* OR barrier* OR impact OR disadvantag* OR challeng*)) AND LANGUAGE(english) AND PUBYEAR > 2005 AND"
        " PUBYEAR < 2017"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    """Record n is of the year 1990 + n // 100."""
    first, size = int(asked.params["start"]), int(asked.params["count"])
    slices = re.search(r"PUBYEAR < 2017\) AND PUBYEAR > (\d+) AND PUBYEAR < (\d+)\Z", asked.params["query"])
    numbers = range(1, server.count + 1)
    if slices:
        before, after = map(int, slices.groups())
        numbers = range(max(1, (before + 1 - 1990) * 100), max(1, min(server.count + 1, (after - 1990) * 100)))
    total = len(numbers) if slices else server.count + server.extra
    entries: list[dict[str, Any]] = [
        {"@_fa": "true", "dc:identifier": f"SCOPUS_ID:{1000 + n}", "eid": f"2-s2.0-{1000 + n}", "dc:title": title(n),
         "dc:creator": "Person M.-U.", "prism:coverDate": "2014-05-01", "prism:coverDisplayDate": "May 2014"}
        for n in numbers[first : first + size]
    ]  # fmt: skip
    entries = entries or [{"@_fa": "true", "error": "Result set was empty"}] if not total else entries
    found = {"opensearch:totalResults": str(total), "opensearch:startIndex": str(first), "entry": entries}
    return json.dumps({"search-results": found}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"query", "view", "count", "start", "sort"}),
    text=lambda asked: asked.params["query"],
    losing=(b'"dc:identifier": "SCOPUS_ID:1002", "eid": "2-s2.0-1002", ',),
)
