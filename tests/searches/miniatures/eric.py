"""ERIC in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        "(title:(Ment) OR description:(Ment) OR subject:(Ment)) AND (title:(doctor OR medic OR physician) OR"
        " description:(doctor OR medic OR physician) OR subject:(doctor OR medic OR physician)) AND (title:(health OR"
        ' "well-being") OR description:(health OR "well-being") OR subject:(health OR "well-being")) AND'
        " publicationdateyear:[2006 TO 2016]"
    ),
    "q2": (
        "(title:(Ment) OR description:(Ment) OR subject:(Ment)) AND (title:(doctor OR medic OR physician) OR"
        " description:(doctor OR medic OR physician) OR subject:(doctor OR medic OR physician)) AND (title:(benefit"
        " OR advantag OR barrier OR impact OR disadvantag OR challeng) OR description:(benefit OR advantag OR barrier"
        " OR impact OR disadvantag OR challeng) OR subject:(benefit OR advantag OR barrier OR impact OR disadvantag"
        " OR challeng)) AND publicationdateyear:[2006 TO 2016]"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    first, size = int(asked.params["start"]), int(asked.params["rows"])
    docs = [
        {"id": f"EJ{1000 + n}", "title": title(n), "author": ["Person, Made-Up"], "publicationdateyear": 2014}
        for n in range(first + 1, min(first + size, server.count) + 1)
    ]
    return json.dumps({"response": {"numFound": server.count + server.extra, "start": first, "docs": docs}}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"search", "format", "start", "rows", "fields"}),
    text=lambda asked: asked.params["search"],
    losing=(b'"id": "EJ1002", ',),
)
