"""Semantic Scholar's bulk search in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": '(ment*) +(doctor* | medic* | physician) +(health | "well-being")|2006-01-01:2016-01-31',
    "q2": (
        "(ment*) +(doctor* | medic* | physician) +(benefit* | advantag* | barrier* | impact | disadvantag* | "
        "challeng*)|2006-01-01:2016-01-31"
    ),
}
SIZE = 1_000


def answer(server: Server, asked: Asked) -> bytes:
    first = int(asked.params.get("token", "PC0").removeprefix("PC"))
    total = server.count + server.extra
    if not total:
        return b'{"total": 0, "offset": 0}'
    numbers = range(first + 1, min(first + SIZE, server.count) + 1)
    data = [
        {"paperId": f"s{1000 + n}", "externalIds": None, "title": title(n), "year": 2014, "publicationDate": None,
         "journal": None, "authors": [], "publicationTypes": None, "abstract": None}
        for n in numbers
    ]  # fmt: skip
    token = f"PC{first + SIZE}" if first + SIZE < server.count else None
    return json.dumps({"total": total, "token": token, "data": data}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"query", "publicationDateOrYear", "fields"}),
    text=lambda asked: f"{asked.params['query']}|{asked.params['publicationDateOrYear']}",
    losing=(b'"paperId": "s1002", ',),
)
