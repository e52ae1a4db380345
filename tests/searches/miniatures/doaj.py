"""DOAJ in miniature."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote, urlsplit

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

MENT = "(bibjson.title:(Ment) OR bibjson.abstract:(Ment) OR bibjson.keywords:(Ment))"
DOCTORS = (
    "(bibjson.title:(doctor OR medic OR physician) OR bibjson.abstract:(doctor OR medic OR physician) OR "
    "bibjson.keywords:(doctor OR medic OR physician))"
)
EFFECTS = "benefit OR advantag OR barrier OR impact OR disadvantag OR challeng"
QUERIES = {
    "q1": (
        f'{MENT} AND {DOCTORS} AND (bibjson.title:(health OR "well-being") OR bibjson.abstract:(health OR "well-being")'
        ' OR bibjson.keywords:(health OR "well-being")) AND bibjson.year:[2006 TO 2016]'
    ),
    "q2": (
        f"{MENT} AND {DOCTORS} AND (bibjson.title:({EFFECTS}) OR bibjson.abstract:({EFFECTS}) OR "
        f"bibjson.keywords:({EFFECTS})) AND bibjson.year:[2006 TO 2016]"
    ),
}


def dated(n: int) -> tuple[str | None, str | None]:
    """Give the year and month by which record n is cut: some have no month, some no year either, one lies ahead."""
    if n % 40 == 0:
        return None, None
    month = (None, *(str(m) for m in range(1, 13)), "07", "02")[n % 15]
    return ("2027" if n == 7 else str(2006 + n % 11)), month


def holds(clause: str, year: str | None, month: str | None) -> bool:
    """Say whether an article lies in a window, as Lucene reads it: years and months are texts."""
    found = re.sub(
        r"bibjson\.year:\[(\d+) TO (\d+)\]", lambda m: str(year is not None and m[1] <= year <= m[2]), clause
    )
    found = re.sub(r"bibjson\.year:(\d+)", lambda m: str(year == m[1]), found)
    found = re.sub(r"bibjson\.month:\(([^)]*)\)", lambda m: str(month in m[1].split(" OR ")), found)
    return bool(eval(found.replace("AND", "and").replace("OR", "or").replace("NOT", "not")))  # noqa: S307 - our own


def asked_for(asked: Asked) -> str:
    return unquote(urlsplit(asked.url).path.removeprefix("/api/v4/search/articles/"))


def window(asked: Asked) -> str:
    """Give the clause by which the query was cut, ``True`` for a whole one."""
    for text in QUERIES.values():
        if asked_for(asked).startswith(f"({text}) AND "):
            return asked_for(asked).removeprefix(f"({text}) AND ")
    return "True"


def answer(server: Server, asked: Asked) -> bytes:
    page, size = int(asked.params["page"]), int(asked.params["pageSize"])
    clause = window(asked)
    inside = [n for n in range(1, server.count + server.extra + 1) if holds(clause, *dated(n))]
    sent = (n for n in inside[(page - 1) * size : page * size] if n <= server.count)
    results = [{"id": f"d{1000 + n}", "bibjson": {"title": title(n), "year": "2014", "month": "5"}} for n in sent]
    return json.dumps({"total": len(inside), "page": page, "pageSize": size, "results": results}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"page", "pageSize", "sort"}),
    text=asked_for,
    losing=(b'"id": "d1002", ',),
)
