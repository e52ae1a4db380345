"""The Web of Science Starter API in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": '(TS=(ment*)) AND (TS=(doctor* OR medic* OR physician)) AND (TS=(health OR "well-being")) AND PY=(2006-2016)',
    "q2": (
        "(TS=(ment*)) AND (TS=(doctor* OR medic* OR physician)) AND (TS=(benefit* OR advantag* OR barrier* OR impact"
        " OR disadvantag* OR challeng*)) AND PY=(2006-2016)"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    page, size = int(asked.params["page"]), int(asked.params["limit"])
    hits = [
        {"uid": f"WOS:{1000 + n}", "title": title(n), "source": {"publishYear": 2014, "publishMonth": "MAY"}}
        for n in range((page - 1) * size + 1, min(page * size, server.count) + 1)
    ]
    metadata = {"total": server.count + server.extra, "page": page, "limit": size}
    return json.dumps({"metadata": metadata, "hits": hits}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"q", "db", "limit", "page", "sortField"}),
    text=lambda asked: asked.params["q"],
    losing=(b'"uid": "WOS:1002", ',),
)
