"""CORE in miniature."""

from __future__ import annotations

import json
import re

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        "(title:(Ment) OR abstract:(Ment)) AND (title:(doctor OR medic OR physician) OR abstract:(doctor OR medic OR"
        ' physician)) AND (title:(health OR "well-being") OR abstract:(health OR "well-being")) AND'
        " yearPublished>=2006 AND yearPublished<=2016"
    ),
    "q2": (
        "(title:(Ment) OR abstract:(Ment)) AND (title:(doctor OR medic OR physician) OR abstract:(doctor OR medic OR"
        " physician)) AND (title:(benefit OR advantag OR barrier OR impact OR disadvantag OR challeng) OR"
        " abstract:(benefit OR advantag OR barrier OR impact OR disadvantag OR challeng)) AND yearPublished>=2006 AND"
        " yearPublished<=2016"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    """Record n is of the year 2006 + n // 100."""
    first, size = int(asked.params["offset"]), int(asked.params["limit"])
    years = [int(year) for year in re.findall(r"yearPublished[<>]=(\d+)", asked.params["q"])]
    numbers = [n for n in range(1, server.count + 1) if max(years[::2]) <= 2006 + n // 100 <= min(years[1::2])]
    results = [
        {"id": 1000 + n, "title": title(n), "abstract": "", "doi": "", "yearPublished": 2014, "publishedDate": ""}
        for n in numbers[first : first + size]
    ]
    found = {"totalHits": len(numbers) + server.extra, "limit": size, "offset": first, "results": results}
    return json.dumps(found).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"q", "limit", "offset"}),
    text=lambda asked: asked.params["q"],
    losing=(b'"id": 1002, ',),
)
