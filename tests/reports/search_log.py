"""A log with a search of every kind, for the tests of the search appendix; synthetic."""

from __future__ import annotations

from dataclasses import replace

from report_log import Log, papers
from sqlalchemy import insert, update

from reports.search_facts import Interface, Known
from review.protocol.model import Concept, Limits, Member, Protocol, SourceChoice, Strategy
from review.query import parse
from review.store import schema

KNOWN = Known(
    {
        ("api", "pubmed"): Interface("PubMed", "https://example.org/pubmed", "2026-11-21"),
        ("api", "openalex"): Interface("OpenAlex", "https://example.org/openalex", "2026-11-20"),
        ("file", "ebscohost"): Interface("EBSCOhost (CINAHL, …)", "https://example.org/ebsco"),
    },
    {"doi": "same DOI and same title"},
)
HISTORY = "ment*\ndoctor*\n1 AND 2"


def protocol_of(log: Log) -> Protocol:
    """Give the protocol in force, with concepts, a strategy, limits and a team."""
    text = "ment* AND doctor*"
    return replace(
        log.protocol,
        concepts=(Concept("doctors", "Doctors", "P", ("doctor*", "medic*")),),
        strategies=(Strategy("main", "The main one", ("doctors",), text, parse(text)),),
        limits=Limits(start="2006-01", end="2016-01", languages=("eng",)),
        sources=(SourceChoice("pubmed"),),
        team=(Member("Ann"), Member("Ben")),
    )


def fill(log: Log) -> None:
    """Run a search of every kind.

    ==  ==============  =======  ====  ===================================================
     1  PubMed          records  1-10  over its API; 4 match not
     2  CINAHL          records 11-16  a file of a platform; one more hit than records
     3  BEI             records 17-18  a file of the same platform, of a history
     4  Register        records 19-20
     5  BMA             records 21     an organisation; nothing recorded of how
     6  Citations       records 22-24
     7  PubMed          records 25-26  updates search 1
     8  Europe PMC      nothing        failed
    ==  ==============  =======  ====  ===================================================

    11 and 12 are duplicates of 1 and 2, 17 of 11 (so of 1), 22 of 3.
    """
    api = {"method": "api", "strategy": "main", "protocol": "hash"}
    log.search(
        papers(10), source="pubmed", label="PubMed", unmatched=(1, 2, 3, 4), finished_at="2026-01-03T00:00:00Z",
        losses=[{"what": "no proximity", "effect": "broader"}], notes=["PubMed read it so"], query="ment*[tiab]", **api,
    )  # fmt: skip
    log.search(
        papers(6), source="cinahl", label="CINAHL", platform="ebscohost", hits=7, status="incomplete",
        error="the platform showed 7 hits, the file holds 6 records", file_name="c.ris", file_sha256="ab" * 32,
    )  # fmt: skip
    log.search(papers(2), source="bei", label="BEI", platform="ebscohost", query=HISTORY)
    log.search(papers(2), source="register", label="Trials", kind="register", platform="other")
    log.search(papers(1), source="bma", kind="organisation", query=None, hits=None, searched_on=None)
    ways = [(("snowball", f"round 1, {way}, from report 3 (W1)"),) for way in ("backward", "forward", "forward")]
    log.search(
        [replace(paper, extra=extra) for paper, extra in zip(papers(3), ways, strict=True)], source="openalex",
        label="Citation searching", kind="citation", method="snowball", query="both: doi:10.5555/1, report:9",
    )  # fmt: skip
    log.search(papers(2), source="pubmed", label="PubMed", searched_on="2026-05-01", updates=1, query="ment*", **api)
    log.search([], source="europepmc", label="Europe PMC", status="failed", hits=None, error="no answer", **api)
    log.note(
        ("merge", {"reports": list(group), "rule": rule, "score": 1.0})
        for group, rule in (((1, 11, 17), "doi, place"), ((2, 12), "doi"), ((3, 22), "judged"))
    )
    asked = ("esearch?term=ment*", "efetch?page=1", "efetch?page=2")
    kept = {"path": "p", "sha256": "0", "size": 1, "at": "2026-01-02T03:04:05Z"}
    with log.store.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.search == 6).values(matched="unknown"))
        connection.execute(update(schema.record).where(schema.record.c.id.in_((5, 6))).values(matched="unknown"))
        for number, end in enumerate(asked, start=1):
            url = f"https://example.org/{end}"
            connection.execute(insert(schema.page).values(search=1, number=number, url=url, **kept))
