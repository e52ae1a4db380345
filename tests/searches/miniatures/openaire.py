"""OpenAIRE Graph in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": '(Ment) AND (doctor OR medic OR physician) AND (health OR "well-being") from 2006-01-01 to 2016-01-31',
    "q2": (
        "(Ment) AND (doctor OR medic OR physician) AND (benefit OR advantag OR barrier OR impact OR disadvantag OR"
        " challeng) from 2006-01-01 to 2016-01-31"
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    size, cursor = int(asked.params["pageSize"]), asked.params["cursor"]
    first = 0 if cursor == "*" else int(cursor)
    results = [
        {"id": f"made_up_::{1000 + n}", "type": "publication", "mainTitle": title(n), "publicationDate": "2014-05-02",
         "descriptions": None, "authors": None, "pids": None, "container": None, "instances": None}
        for n in range(first + 1, min(first + size, server.count) + 1)
    ]  # fmt: skip
    header = {"numFound": server.count + server.extra, "pageSize": size}
    following = {"nextCursor": str(first + len(results))} if results else {}
    return json.dumps({"header": header | following, "results": results}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"search", "fromPublicationDate", "toPublicationDate", "pageSize", "cursor"}),
    text=lambda asked: "{search} from {fromPublicationDate} to {toPublicationDate}".format(**asked.params),
    losing=(b'"id": "made_up_::1002", ',),
)
