"""Europe PMC in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        "(TITLE_ABS:(ment*) OR KW:(ment*)) AND (TITLE_ABS:(doctor* OR medic* OR physician) OR KW:(doctor*"
        ' OR medic* OR physician)) AND (TITLE_ABS:(health OR "well-being") OR KW:(health OR "well-'
        'being")) AND FIRST_PDATE:[2006-01-01 TO 2016-01-31]'
    ),
    "q2": (
        "(TITLE_ABS:(ment*) OR KW:(ment*)) AND (TITLE_ABS:(doctor* OR medic* OR physician) OR KW:(doctor*"
        " OR medic* OR physician)) AND (TITLE_ABS:(benefit* OR advantag* OR barrier* OR impact OR "
        "disadvantag* OR challeng*) OR KW:(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR"
        " challeng*)) AND FIRST_PDATE:[2006-01-01 TO 2016-01-31]"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    params = asked.params
    cursor = params["cursorMark"]
    first = 0 if cursor == "*" else int(cursor.removeprefix("AoI"))
    numbers = range(first + 1, min(first + int(params["pageSize"]), server.count) + 1)
    results = [
        {"id": str(1000 + n), "source": "MED", "pmid": str(1000 + n), "title": title(n), "pubYear": "2014",
         "journalInfo": {"dateOfPublication": "2014 May"}}
        for n in numbers
    ]  # fmt: skip
    body = {"version": "6.9", "hitCount": server.count + server.extra, "resultList": {"result": results}}
    return json.dumps({**body, "nextCursorMark": f"AoI{first + len(numbers)}" if numbers else cursor}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"query", "format", "resultType", "synonym", "pageSize", "cursorMark"}),
    text=lambda asked: asked.params["query"],
    losing=(b'"id": "1002", ',),
)
