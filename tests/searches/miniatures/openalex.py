"""OpenAlex in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        "title_and_abstract.search.exact:((ment*) AND (doctor* OR medic* OR physician) AND (health OR "
        '"well-being")),from_publication_date:2006-01-01,to_publication_date:2016-01-31'
    ),
    "q2": (
        "title_and_abstract.search.exact:((ment*) AND (doctor* OR medic* OR physician) AND (benefit* OR "
        "advantag* OR barrier* OR impact OR disadvantag* OR "
        "challeng*)),from_publication_date:2006-01-01,to_publication_date:2016-01-31"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    params = asked.params
    size = int(params["per_page"])
    page = params.get("page")
    cursor = params.get("cursor", "*")
    first = (int(page) - 1) * size if page else 0 if cursor == "*" else int(cursor)
    numbers = range(first + 1, min(first + size, server.count) + 1)
    results = [
        {"id": f"https://openalex.org/W{1000 + n}", "title": title(n), "publication_date": "2014-05-01",
         "publication_year": 2014}
        for n in numbers
    ]  # fmt: skip
    following = None if page or len(numbers) < size else str(first + size)
    meta = {
        "count": server.count + server.extra,
        "page": int(page) if page else None,
        "per_page": size,
        "next_cursor": following,
    }
    return json.dumps({"meta": meta, "results": results}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"filter", "sort", "select", "per_page", "page"}),
    text=lambda asked: asked.params["filter"],
    losing=(b'"id": "https://openalex.org/W1002", ',),
)
