"""PubMed in miniature."""

from __future__ import annotations

import json
import re

from tests.searches.miniatures.kit import Asked, Miniature, Server, title

QUERIES = {
    "q1": (
        '(ment*[tiab]) AND (doctor*[tiab] OR medic*[tiab] OR physician[tiab]) AND (health[tiab] OR "well-'
        'being"[tiab]) AND english[la] AND ("2006/01/01"[dp] : "2016/01/31"[dp])'
    ),
    "q2": (
        "(ment*[tiab]) AND (doctor*[tiab] OR medic*[tiab] OR physician[tiab]) AND (benefit*[tiab] OR "
        "advantag*[tiab] OR barrier*[tiab] OR impact[tiab] OR disadvantag*[tiab] OR challeng*[tiab]) AND "
        'english[la] AND ("2006/01/01"[dp] : "2016/01/31"[dp])'
    ),
}


def answer(server: Server, asked: Asked) -> bytes:
    """Record n was created on the first of January n years after 1990; the web environment names the slice."""
    params = asked.params
    if "term" in params:
        days = re.search(r'"(\S+)"\[crdt\] : "(\S+)"\[crdt\]', params["term"])
        start, end = days.groups() if days else ("", "9")
        inside = [n for n in range(1, server.count + server.extra + 1) if start <= f"{1990 + n}/01/01" <= end]
        ids = [str(1000 + n) for n in inside]
        found = {
            "querytranslation": params["term"],
            "count": str(len(ids)),
            "idlist": ids[: int(params["retmax"])],
            "querykey": "1",
        }
        environment = "MCID_" + ",".join(map(str, inside)) if days else "MCID"
        return json.dumps({"esearchresult": {**found, "webenv": environment}}).encode()
    first, size = int(params["retstart"]), int(params["retmax"])
    sliced = params["WebEnv"].removeprefix("MCID").removeprefix("_")
    numbers = list(map(int, sliced.split(","))) if sliced else range(1, server.count + 1)
    return (
        "<PubmedArticleSet>" + "".join(map(article, numbers[first : first + size])) + "</PubmedArticleSet>"
    ).encode()


def article(n: int) -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{1000 + n}</PMID><Article><Journal><JournalIssue><PubDate>"
        f"<Year>2014</Year><Month>May</Month></PubDate></JournalIssue></Journal><ArticleTitle>{title(n)}"
        f"</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"db", "term", "retmax", "usehistory", "retmode", "tool"}),
    text=lambda asked: asked.params["term"],
    losing=(b"<PMID>1002</PMID>",),
    before=1,
)
