"""What PubMed, Europe PMC, OpenAlex, Crossref and DOAJ answer over made-up records: pure functions of what is asked.

Record n is the same at every source, and a page asked again is the same page. Protocols as in the documents that the
source modules name; what is not documented is refused.
"""

from __future__ import annotations

import json
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

_WORDS = (
    "mentors doctors medical health wellbeing support stress junior trainee programme survey interview hospital career "
    "development relationship clinical practice outcome patient study method result conclusion effect 5 % p < 0.05"
).split()
_CHANCE = random.Random(7)
_SENTENCES = tuple(
    " ".join(_CHANCE.choices([*_WORDS, "naïve", "β-blocker"] if n % 20 == 0 else _WORDS, k=24)).capitalize() + "."
    for n in range(211)
)
"""A third of the abstracts made of eight of them hold letters beyond ASCII."""
_FAMILIES = ("Müller", "Ångström", "O'Brien", "Łukasz", "García Márquez", "Smith", "Öztürk", "Nguyễn")
_MARKED = ("<i>in vivo</i>", "H<sub>2</sub>O", "R&amp;D")


@dataclass(frozen=True, slots=True)
class Paper:
    """One made-up record, before a source puts it into its own shape; every eighth has no abstract."""

    number: int
    title: str
    abstract: str | None
    authors: tuple[tuple[str, str], ...]
    year: int
    month: int
    journal: str

    @property
    def pmid(self) -> str:
        return _pmid(self.number)

    @property
    def doi(self) -> str:
        return f"10.5555/made.up.{self.number}"

    @property
    def created(self) -> date:
        """The day on which PubMed took it in: up to four a day at 50,000 records."""
        return date.fromordinal(date(1998, 1, 1).toordinal() + self.number * 4801 % 10_007)


def _pmid(n: int) -> str:
    return str(30_000_000 + n)


def paper(n: int) -> Paper:
    """Make record n: two of three name mentors and doctors, every fifth has markup in its title."""
    topic = "Mentoring of doctors and their health" if n % 3 else "Robots in surgery"
    mark = f" {_MARKED[n % 3]}" if n % 5 == 0 else ""
    abstract = " ".join(_SENTENCES[(n * step + step) % 211] for step in range(1, 9)) if n % 8 else None
    authors = tuple((_FAMILIES[(n + i) % 8], f"A{n % 977} B.") for i in range(1 + n % 6))
    return Paper(n, f"{topic}: report {n}{mark}", abstract, authors, 1999 + n % 25, 1 + n % 12, f"Journal {n % 300}")


# -- what the five services answer


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the path behind the service's name, and its parameters from address or form."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


class Refused(Exception):
    """The service answers with this status and body."""

    def __init__(self, status: int, body: str) -> None:
        self.status, self.body = status, body


def _number(asked: Asked, name: str) -> int:
    try:
        return int(asked.params[name])
    except (KeyError, ValueError):
        raise Refused(400, f"parameter {name} is no number") from None


@lru_cache(maxsize=4)
def _by_day(count: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    dated = sorted((paper(n).created.isoformat(), n) for n in range(1, count + 1))
    return tuple(day for day, _ in dated), tuple(n for _, n in dated)


def _created(count: int, window: str) -> tuple[int, ...]:
    """Give the records of a window of days (``2001-01-01:2002-12-31``), of all days when there is none."""
    days, numbers = _by_day(count)
    if not window:
        return numbers
    start, end = window.split(":")
    return numbers[bisect_left(days, start) : bisect_right(days, end)]


def pubmed(asked: Asked, count: int) -> str:
    """ESearch puts a window of days on the history server, EFetch gives it in pages; neither goes beyond 9,999."""
    if asked.path.endswith("/esearch.fcgi"):
        asked_days = re.search(r'"([\d/]+)"\[crdt\] : "([\d/]+)"\[crdt\]', asked.params["term"])
        window = ":".join(asked_days.groups()).replace("/", "-") if asked_days else ""
        numbers = _created(count, window)
        ids = [_pmid(n) for n in numbers[: min(_number(asked, "retmax"), 9_999)]]
        found = {"count": str(len(numbers)), "idlist": ids, "webenv": f"MCID_{window}", "querykey": "1"}
        return json.dumps({"esearchresult": {**found, "querytranslation": "as asked"}})
    first, size = _number(asked, "retstart"), _number(asked, "retmax")
    if first > 9_998:
        raise Refused(400, "<eFetchResult><ERROR>Cannot retrieve history data: OUT OF RANGE</ERROR></eFetchResult>")
    numbers = _created(count, asked.params["WebEnv"].removeprefix("MCID_"))[first : min(first + size, 9_999)]
    return f'<?xml version="1.0"?>\n<PubmedArticleSet>{"".join(map(_pubmed_article, numbers))}</PubmedArticleSet>'


_REFERENCES = "".join(
    f"<Reference><Citation>Maker A, Writer B. A made-up cited work number {n}. Journal of Lists. 2001;{n}(2):10-9."
    f'</Citation><ArticleIdList><ArticleId IdType="doi">10.5555/cited.{n}</ArticleId><ArticleId IdType="pubmed">'
    f"{11_000_000 + n}</ArticleId></ArticleIdList></Reference>"
    for n in range(60)
)
_HEADINGS = "".join(
    f'<MeshHeading><DescriptorName UI="D{n:06}" MajorTopicYN="N">Made-up heading {n}</DescriptorName><QualifierName '
    f'UI="Q{n:06}" MajorTopicYN="Y">methods</QualifierName></MeshHeading>'
    for n in range(10)
)


def _pubmed_article(n: int) -> str:
    """Print an article as long as PubMed's are: headings, history, and at every second one sixty references."""
    made = paper(n)
    abstract = f"<Abstract><AbstractText>{escape(made.abstract)}</AbstractText></Abstract>" if made.abstract else ""
    authors = "".join(
        f'<Author ValidYN="Y"><LastName>{escape(family)}</LastName><ForeName>{given}</ForeName><Initials>AB</Initials>'
        "<AffiliationInfo><Affiliation>Department of Made-up Studies, Somewhere.</Affiliation></AffiliationInfo>"
        "</Author>"
        for family, given in made.authors
    )
    history = "".join(
        f'<PubMedPubDate PubStatus="{status}"><Year>{made.year}</Year><Month>{made.month}</Month><Day>3</Day>'
        "<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>"
        for status in ("received", "accepted", "entrez", "pubmed", "medline")
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{made.pmid}</PMID>'
        f"<DateCompleted><Year>{made.year}</Year><Month>12</Month><Day>01</Day></DateCompleted>"
        f'<Article PubModel="Print"><Journal><ISSN IssnType="Print">1234-5679</ISSN><JournalIssue CitedMedium="Print">'
        f"<Volume>{n % 90}</Volume><Issue>2</Issue><PubDate><Year>{made.year}</Year><Month>{made.month:02}</Month>"
        f"</PubDate></JournalIssue><Title>{made.journal}</Title></Journal><ArticleTitle>{made.title}.</ArticleTitle>"
        f'<Pagination><MedlinePgn>10-9</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">{made.doi}'
        f'</ELocationID>{abstract}<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>'
        '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>'
        "</Article><MedlineJournalInfo><Country>England</Country><MedlineTA>J Made Up</MedlineTA></MedlineJournalInfo>"
        f"<CitationSubset>IM</CitationSubset><MeshHeadingList>{_HEADINGS}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><History>{history}</History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{made.pmid}</ArticleId><ArticleId IdType="doi">{made.doi}</ArticleId>'
        f"</ArticleIdList>{f'<ReferenceList>{_REFERENCES}</ReferenceList>' if n % 2 else ''}</PubmedData>"
        "</PubmedArticle>"
    )


def europepmc(asked: Asked, count: int) -> str:
    """Pages by cursorMark: the one behind the last page is empty and gives the mark that it was sent."""
    mark, size = asked.params["cursorMark"], _number(asked, "pageSize")
    first = 0 if mark == "*" else int(mark.removeprefix("AoI/"))
    numbers = range(first + 1, min(first + size, count) + 1)
    following = f"AoI/{first + len(numbers)}" if numbers else mark
    found = {"version": "6.9", "hitCount": count, "nextCursorMark": following}
    return json.dumps({**found, "resultList": {"result": [_europepmc_result(n) for n in numbers]}})


def _europepmc_result(n: int) -> dict[str, Any]:
    made = paper(n)
    authors = [
        {"fullName": f"{family} AB", "firstName": given, "lastName": family, "initials": "AB"}
        for family, given in made.authors
    ]
    return {
        "id": made.pmid, "source": "MED", "pmid": made.pmid, "doi": made.doi, "title": f"{made.title}.",
        "authorList": {"author": authors}, "pubYear": str(made.year), "language": "eng",
        "journalInfo": {
            "volume": "1", "dateOfPublication": f"{made.year}", "journal": {"title": made.journal, "issn": "1234-5679"},
        },
        "pubTypeList": {"pubType": ["Journal Article"]}, "keywordList": {"keyword": ["made up", "synthetic"]},
        **({"abstractText": f"<h4>Aim</h4>{escape(made.abstract)}"} if made.abstract else {}),
    }  # fmt: skip


def openalex(asked: Asked, count: int) -> str:
    """Pages by cursor with a key, and by number up to 10,000 records without one."""
    size, cursor = _number(asked, "per_page"), asked.params.get("cursor")
    if cursor and "Authorization" not in asked.headers:
        raise Refused(401, '{"error": "Unauthorized", "message": "cursor paging needs a key"}')
    first = (_number(asked, "page") - 1) * size if cursor is None else 0 if cursor == "*" else int(cursor)
    if cursor is None and first + size > 10_000:
        raise Refused(400, '{"error": "Pagination error", "message": "page * per_page is at most 10,000"}')
    numbers = range(first + 1, min(first + size, count) + 1)
    following = str(first + len(numbers)) if numbers else None
    way = {"page": first // size + 1} if cursor is None else {"page": None, "next_cursor": following}
    return json.dumps({"meta": {"count": count, **way}, "results": [_openalex_work(n) for n in numbers]})


def _openalex_work(n: int) -> dict[str, Any]:
    made = paper(n)
    index: dict[str, list[int]] = {}
    for at, word in enumerate((made.abstract or "").split()):
        index.setdefault(word, []).append(at)
    return {
        "id": f"https://openalex.org/W{n}", "doi": f"https://doi.org/{made.doi}", "title": made.title,
        "publication_year": made.year, "publication_date": f"{made.year}-{made.month:02}-15", "language": "en",
        "type": "article", "ids": {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{made.pmid}"},
        "primary_location": {"source": {"display_name": made.journal, "issn": ["1234-5679"]}},
        "biblio": {"volume": "1", "first_page": "10", "last_page": "19"},
        "authorships": [{"author": {"display_name": f"{given} {family}"}} for family, given in made.authors],
        "abstract_inverted_index": index or None, "is_retracted": False,
        "referenced_works": [f"https://openalex.org/W{n + i}" for i in range(1, 40)],
    }  # fmt: skip


def crossref(asked: Asked, count: int) -> str:
    """Pages by offset, which reaches 10,000 works."""
    first, size = _number(asked, "offset"), _number(asked, "rows")
    if first > 10_000 or size > 1_000:
        fault = [{"type": "integer-not-valid", "value": str(first), "message": "out of range"}]
        raise Refused(400, json.dumps({"status": "failed", "message-type": "validation-failure", "message": fault}))
    items = [_crossref_work(n) for n in range(first + 1, min(first + size, count) + 1)]
    return json.dumps({"status": "ok", "message": {"total-results": count, "items": items}})


def _crossref_work(n: int) -> dict[str, Any]:
    made = paper(n)
    return {
        "DOI": made.doi, "title": [made.title], "container-title": [made.journal], "type": "journal-article",
        "author": [{"family": family, "given": given, "sequence": "first"} for family, given in made.authors],
        "issued": {"date-parts": [[made.year, made.month]]}, "ISSN": ["1234-5679"], "publisher": "Made Up Press",
        **({"abstract": f"<jats:p>{escape(made.abstract)}</jats:p>"} if made.abstract else {}),
    }  # fmt: skip


def doaj(asked: Asked, count: int) -> str:
    """Pages by number up to 1,000 articles; years and months in the query, which stands in the path, are texts."""
    page, size = _number(asked, "page"), _number(asked, "pageSize")
    if page * size > 1_000 or size > 100:
        raise Refused(400, '{"status": "error", "error": "You cannot access results beyond 1000 records via this API"}')
    numbers = _published(asked.path.removeprefix("/api/v4/search/articles/"), count)
    results = [_doaj_article(n) for n in numbers[(page - 1) * size : page * size]]
    return json.dumps({"total": len(numbers), "page": page, "pageSize": size, "results": results})


def _month(made: Paper) -> str | None:
    """Give the month as its publisher sends it: with and without a leading zero, or not at all."""
    return None if made.number % 11 == 0 else f"{made.month:02}" if made.number % 2 else str(made.month)


@lru_cache(maxsize=2_000)
def _published(query: str, count: int) -> tuple[int, ...]:
    """Give the records that a query asks for by year and month; its words are in all of them."""
    clauses = re.sub(r"bibjson\.(?:title|abstract|keywords):\([^)]*\)", "True", query)
    clauses = re.sub(r"bibjson\.year:\[(\d+) TO (\d+)\]", r"('\1' <= year <= '\2')", clauses)
    clauses = re.sub(r"bibjson\.year:(\d+)", r"(year == '\1')", clauses)
    clauses = re.sub(r"bibjson\.month:\(([^)]*)\)", lambda m: f"(month in {m[1].split(' OR ')})", clauses)
    for operator in ("AND", "OR", "NOT"):
        clauses = clauses.replace(operator, operator.lower())
    try:
        asked = compile(clauses, "query", "eval")
    except SyntaxError:
        raise Refused(400, '{"status": "error", "error": "Query contains disallowed Lucene features"}') from None
    groups = (
        numbers
        for (year, month), numbers in _by_month(count).items()
        if eval(asked, {"year": year, "month": month})  # noqa: S307 - our own
    )
    return tuple(sorted(n for numbers in groups for n in numbers))


@lru_cache(maxsize=4)
def _by_month(count: int) -> Mapping[tuple[str, str | None], list[int]]:
    found: dict[tuple[str, str | None], list[int]] = {}
    for made in map(paper, range(1, count + 1)):
        found.setdefault((str(made.year), _month(made)), []).append(made.number)
    return found


def _doaj_id(n: int) -> str:
    return f"{n:032x}"


def _doaj_article(n: int) -> dict[str, Any]:
    made, month = paper(n), _month(paper(n))
    article = {
        "title": made.title, "year": str(made.year), "author": [{"name": f"{g} {f}"} for f, g in made.authors],
        "identifier": [{"type": "doi", "id": made.doi}, {"type": "pissn", "id": "1234-5679"}],
        "journal": {"title": made.journal, "publisher": "Made Up Press", "country": "GB", "language": ["EN"]},
        "keywords": ["made up"], **({"month": month} if month else {}),
        **({"abstract": made.abstract} if made.abstract else {}),
    }  # fmt: skip
    return {"id": _doaj_id(n), "created_date": "2020-01-01T00:00:00Z", "bibjson": article}


@dataclass(frozen=True, slots=True)
class Service:
    """One source: how it answers, by what its records are known, what it can be asked, and an error with status 200."""

    answer: Callable[[Asked, int], str]
    identity: Callable[[int], str]
    path: str
    params: frozenset[str]
    error: str


SERVICES: Mapping[str, Service] = {
    "pubmed": Service(
        pubmed, _pmid, r"/entrez/eutils/e(?:search|fetch)\.fcgi",
        frozenset("db term retmax retstart usehistory retmode WebEnv query_key tool email api_key".split()),
        "<eFetchResult><ERROR>NCBI C++ Exception: CTxRawClient: EOF</ERROR></eFetchResult>",
    ),
    "europepmc": Service(
        europepmc, lambda n: f"MED:{_pmid(n)}", r"/europepmc/webservices/rest/search(?:POST)?",
        frozenset("query format resultType synonym pageSize cursorMark".split()), '{"version": "6.9"}',
    ),
    "openalex": Service(
        openalex, lambda n: f"W{n}", "/works", frozenset("filter sort select per_page page cursor".split()),
        '{"meta": {"count": 3, "timed_out": true, "page": 1}, "results": []}',
    ),
    "crossref": Service(
        crossref, lambda n: paper(n).doi, "/works", frozenset("query.bibliographic filter rows offset".split()),
        "Resource not found.",
    ),
    "doaj": Service(
        doaj, _doaj_id, "/api/v4/search/articles/.+", frozenset("page pageSize sort".split()),
        '{"status": "error", "error": "There was an error executing your query"}',
    ),
}  # fmt: skip
