"""ClinicalTrials.gov in miniature."""

from __future__ import annotations

import json

from tests.searches.miniatures.kit import Asked, Miniature, Server, title


def anywhere(words: str) -> str:
    areas = ("BriefTitle", "OfficialTitle", "BriefSummary", "Keyword")
    return "(" + " OR ".join(f"AREA[{area}]({words})" for area in areas) + ")"


BOTH = f"{anywhere('Ment')} AND {anywhere('doctor OR medic OR physician')}"
EFFECTS = anywhere("benefit OR advantag OR barrier OR impact OR disadvantag OR challeng")
POSTED = "AREA[StudyFirstPostDate]RANGE[2006-01-01,2016-01-31]"
QUERIES = {
    "q1": f"""{BOTH} AND {anywhere('health OR "well-being"')} AND {POSTED}""",
    "q2": f"{BOTH} AND {EFFECTS} AND {POSTED}",
}


def answer(server: Server, asked: Asked) -> bytes:
    """Only the first page says how many there are."""
    token = asked.params.get("pageToken")
    first, size = int(token or 0), int(asked.params["pageSize"])
    numbers = range(first + 1, min(first + size, server.count) + 1)
    studies = [
        {"protocolSection": {"identificationModule": {"nctId": f"NCT{n:08}", "briefTitle": title(n)}}} for n in numbers
    ]
    count = {} if token else {"totalCount": server.count + server.extra}
    more = {"nextPageToken": str(first + size)} if first + size < server.count else {}
    return json.dumps({**count, "studies": studies, **more}).encode()


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"query.term", "fields", "markupFormat", "countTotal", "pageSize"}),
    text=lambda asked: asked.params["query.term"],
    losing=(b'"nctId": "NCT00000002", ',),
)
