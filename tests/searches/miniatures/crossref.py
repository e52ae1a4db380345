"""Crossref in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

LIMITS = "from-pub-date:2006-01-01,until-pub-date:2016-01-31"
QUERIES = {
    "q1": f"Ment doctor medic physician health well being|{LIMITS}",
    "q2": f"Ment doctor medic physician benefit advantag barrier impact disadvantag challeng|{LIMITS}",
}


def answer(server: Server, asked: Asked) -> bytes:
    first, size = int(asked.params["offset"]), int(asked.params["rows"])
    items = [
        {"DOI": f"10.5555/{1000 + n}", "title": [title(n)], "issued": {"date-parts": [[2014, 5]]}}
        for n in range(first + 1, min(first + size, server.count) + 1)
    ]  # fmt: skip
    message = {"total-results": server.count + server.extra, "items": items, "items-per-page": size}
    return json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"query.bibliographic", "filter", "rows", "offset"}),
    text=lambda asked: f"{asked.params['query.bibliographic']}|{asked.params['filter']}",
    losing=(b'"DOI": "10.5555/1002", ',),
)
