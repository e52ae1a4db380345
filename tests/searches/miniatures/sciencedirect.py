"""ScienceDirect in miniature."""

from __future__ import annotations

import json
from typing import Any

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": '(Ment) AND (doctor OR medic OR physician) AND (health OR "well-being"), 2006-2016',
    "q2": "(Ment) AND (doctor OR medic OR physician) AND (benefit OR advantag OR barrier), 2006-2016",
}
"""Of the second, the first of the two parts into which nine connectors are split."""


def answer(server: Server, asked: Asked) -> bytes:
    """Record n is of the year 2006 + n // 100; without hits there is no list of results."""
    body = json.loads(asked.body)
    first, size = body["display"]["offset"], body["display"]["show"]
    start, _, end = body["date"].partition("-")
    years = range(int(start), int(end or start) + 1)
    numbers = [n for n in range(1, server.count + 1) if 2006 + n // 100 in years]
    results = [
        {"pii": f"S{1000 + n}", "title": title(n), "publicationDate": "2014-05-02",
         "authors": [{"order": 1, "name": "Made-Up Person"}]}
        for n in numbers[first : first + size]
    ]  # fmt: skip
    found: dict[str, Any] = {"resultsFound": len(numbers) + server.extra}
    return json.dumps(found | ({"results": results} if results else {})).encode()


def text(asked: Asked) -> str:
    body = json.loads(asked.body)
    assert set(body) == {"qs", "date", "display"}
    assert set(body["display"]) == {"offset", "show", "sortBy"}
    return f"{body['qs']}, {body['date']}"


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset(),
    text=text,
    losing=(b'"pii": "S1002", ',),
)
