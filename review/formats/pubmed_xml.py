"""Read PubMed's XML: the articles of a file, and each article of a reply of PubMed.

Paths: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html and
https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/index.html, checked 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from review import identifiers
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.xml_parts import elements, leaves, source, text_of
from review.record import Kind, Record, Rejected
from review.text import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ARTICLES = ("PubmedArticle", "PubmedBookArticle")
"""The elements that are records."""
_OLD = "MedlineCitation"
"""The record in the files of NLM's MedlineCitationSet; since then it stands inside PubmedArticle."""
_DELETED = "DeleteCitation"
_RETRACTED = "retracted publication"
_NOTICES = {
    "RetractionIn": "retracted", "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "expression of concern",
    "ErratumIn": "corrected", "CorrectedandRepublishedIn": "corrected",
}  # fmt: skip
"""Links to a notice about this article."""
_OWN_IDS = frozenset({"pubmed", "pmc", "doi"})

_NAME = "LastName ForeName Initials Suffix CollectiveName"
_NAME_PARTS = frozenset(_NAME.split())
_DATE_PARTS = frozenset({"Year", "Month", "Day", "MedlineDate"})
_HEADING_PARTS = frozenset({"DescriptorName", "QualifierName"})
_PLACES = {
    "MedlineCitation": "PMID CommentsCorrectionsList GeneralNote MeshHeadingList OtherAbstract",
    "MedlineCitation/KeywordList": "Keyword",
    "MedlineCitation/MedlineJournalInfo": "Country ISSNLinking",
    "MedlineCitation/Article": "ArticleTitle VernacularTitle ELocationID Pagination Language ArticleDate",
    "MedlineCitation/Article/PublicationTypeList": "PublicationType",
    "MedlineCitation/Article/Abstract": "AbstractText",
    "MedlineCitation/Article/AuthorList/Author": _NAME,
    "MedlineCitation/Article/Journal": "ISSN Title",
    "MedlineCitation/Article/Journal/JournalIssue": "Volume Issue PubDate",
    "PubmedData": "ArticleIdList ReferenceList",
}
_BOOK_PLACES = {
    "BookDocument": "PMID ArticleTitle ArticleIdList Language PublicationType",
    "BookDocument/Abstract": "AbstractText",
    "BookDocument/KeywordList": "Keyword",
    "BookDocument/AuthorList/Author": _NAME,
    "BookDocument/Book": "BookTitle PubDate Isbn",
    "BookDocument/Book/Publisher": "PublisherName PublisherLocation",
    "BookDocument/Pagination": "MedlinePgn",
    "PubmedBookData": "ArticleIdList",
}
_BOOK_AUTHORS = {"BookDocument/Book/AuthorList/Author": _NAME}


def _paths(places: dict[str, str]) -> frozenset[str]:
    return frozenset(f"{place}/{name}" for place, names in places.items() for name in names.split())


_IN_FIELDS = _paths(_PLACES)
"""What goes into fields, or into ``extra`` by ``_more``."""
_BOOK_IN_FIELDS = _paths(_BOOK_PLACES)
_BOOK_IN_FIELDS_WITH_AUTHORS = _paths(_BOOK_PLACES | _BOOK_AUTHORS)

_Parts: TypeAlias = "dict[str, list[Element]]"
"""Elements of an article by their path, in order."""
_LISTS = (
    "MedlineCitation/MeshHeadingList", "MedlineCitation/CommentsCorrectionsList", "MedlineCitation/Article/Pagination",
    "PubmedData/ArticleIdList", "BookDocument/ArticleIdList", "BookDocument/Book/PubDate",
)  # fmt: skip
"""Where what becomes a field stands one level deeper than its path above says."""
_AUTHORS = frozenset(place for place in (*_PLACES, *_BOOK_PLACES, *_BOOK_AUTHORS) if place.endswith("/Author"))
_OPENED = (
    frozenset(
        "/".join(steps[:depth])
        for place in (*_PLACES, *_BOOK_PLACES, *_BOOK_AUTHORS, *_LISTS)
        for steps in (place.split("/"),)
        for depth in range(1, len(steps) + 1)
    )
    - _AUTHORS
)
"""The elements whose parts are looked for."""


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of a PubMed XML file one by one: a set of articles, of old citations, or single ones.

    Citations that PubMed says it has deleted are no records: they are named as a loss.

    Raises
    ------
    ReviewError
        The file is empty or declares entities.
    """
    position = 0
    for found in elements(data, (*ARTICLES, _OLD, _DELETED), losses, inner=frozenset({_OLD})):
        if not isinstance(found, Rejected) and found.tag == _DELETED:
            for pmid in _within(found, "PMID"):
                losses.add("PubMed has deleted a citation, which is no record any more", f"PMID {pmid}")
            continue
        position += 1
        yield _read(found, position)


def _read(found: Element | Rejected, position: int) -> Record | Rejected:
    if isinstance(found, Rejected):
        return Rejected(position, found.reason, found.raw)
    record = article(found)
    if record.title or record.authors or record.doi or record.pmid or record.pmcid:
        return record
    return Rejected(position, NO_RECORD, source(found))


def article(node: Element) -> Record:
    """Give the record of one ``PubmedArticle``, ``PubmedBookArticle`` or old ``MedlineCitation``."""
    if node.tag == _OLD:
        whole: Element = node.makeelement(ARTICLES[0])
        whole.append(node)
        return _journal_article(whole)
    return _journal_article(node) if node.tag == ARTICLES[0] else _book(node)


def _parts(node: Element) -> _Parts:
    """Look for the parts of an article, once: every search by path would make each element on the way anew."""
    found: _Parts = {}
    _gather(node, "", found)
    return found


def _gather(element: Element, path: str, found: _Parts) -> None:
    for child in element:
        below = f"{path}{child.tag}"
        found.setdefault(below, []).append(child)
        if below in _OPENED:
            _gather(child, f"{below}/", found)


def _texts(parts: _Parts, path: str) -> Iterator[str]:
    return (text for e in parts.get(path, ()) if (text := text_of(e)))


def _first(parts: _Parts, *paths: str) -> str | None:
    return next((text for path in paths for text in _texts(parts, path)), None)


def _within(element: Element, *names: str) -> Iterator[str]:
    return (text for name in names for e in element.iterchildren(name) if (text := text_of(e)))


def _named(element: Element, names: frozenset[str]) -> dict[str, str]:
    """Give the first text under each of some names."""
    found: dict[str, str] = {}
    for child in element:
        name = child.tag
        if name in names and name not in found and (text := text_of(child)):
            found[name] = text
    return found


def _identifier(parts: _Parts, path: str, scheme: str) -> str | None:
    return next((text for e in parts.get(path, ()) if e.get("IdType") == scheme and (text := text_of(e))), None)


_CITED, _ARTICLE, _IDS = "MedlineCitation", "MedlineCitation/Article", "PubmedData/ArticleIdList/ArticleId"


def _journal_article(node: Element) -> Record:
    parts = _parts(node)
    types = tuple(_texts(parts, f"{_ARTICLE}/PublicationTypeList/PublicationType"))
    spoken = tuple(language(code) for code in _texts(parts, f"{_ARTICLE}/Language"))
    pmid = identifiers.pmid(_first(parts, f"{_CITED}/PMID"))
    doi = _doi(parts)
    issns = (*_texts(parts, f"{_ARTICLE}/Journal/ISSN"), *_texts(parts, f"{_CITED}/MedlineJournalInfo/ISSNLinking"))
    return Record(
        title=_first(parts, f"{_ARTICLE}/ArticleTitle", f"{_ARTICLE}/VernacularTitle"),
        authors=_authors(parts, f"{_ARTICLE}/AuthorList/Author"),
        date=_date(parts),
        journal=_first(parts, f"{_ARTICLE}/Journal/Title", f"{_ARTICLE}/Journal/ISOAbbreviation"),
        volume=_first(parts, f"{_ARTICLE}/Journal/JournalIssue/Volume"),
        issue=_first(parts, f"{_ARTICLE}/Journal/JournalIssue/Issue"),
        pages=_pages(parts),
        abstract=_abstract(parts, _ARTICLE),
        keywords=merged(filter(None, (*_keywords(parts), *_headings(parts)))),
        kind=kind_of(types),
        language=spoken[0] if spoken else None,
        doi=doi,
        pmid=pmid,
        pmcid=identifiers.pmcid(_identifier(parts, _IDS, "pmc")),
        issns=identifiers.issns(" ".join(issns)),
        place=_first(parts, f"{_CITED}/MedlineJournalInfo/Country"),
        flags=_flags(parts, types),
        source_id=pmid,
        identifiers=_other_ids(parts, _IDS),
        notes=tuple(_texts(parts, f"{_CITED}/GeneralNote")),
        extra=(
            *_more(parts, types, doi),
            *(("Language", code) for code in spoken[1:]),
            *leaves(node, _IN_FIELDS),
            *_references(parts),
        ),
    )


def _doi(parts: _Parts) -> str | None:
    # The direct child only: the reference list holds DOIs of other articles under the same name.
    own = _identifier(parts, _IDS, "doi")
    stated = (e.text for e in _stated(parts) if e.get("ValidYN", "Y") == "Y")
    return identifiers.doi(own) or next((doi for text in stated if (doi := identifiers.doi(text))), None)


def _stated(parts: _Parts) -> Iterator[Element]:
    return (e for e in parts.get(f"{_ARTICLE}/ELocationID", ()) if e.get("EIdType") == "doi")


def _other_ids(parts: _Parts, path: str) -> tuple[tuple[str, str], ...]:
    """Give the publisher's and other ids, in the order and spelling of PubMed's text format."""
    places = ((f"{_ARTICLE}/ELocationID", "EIdType"), (path, "IdType"))
    found = (
        (scheme.lower(), text)
        for place, attribute in places
        for e in parts.get(place, ())
        if (scheme := e.get(attribute)) and (text := text_of(e))
    )
    return tuple(dict.fromkeys((scheme, text) for scheme, text in found if scheme not in _OWN_IDS))


def _date(parts: _Parts) -> str | None:
    """Give the issue's date, as precise as PubMed has it, else the day of publication online."""
    for path in (f"{_ARTICLE}/Journal/JournalIssue/PubDate", f"{_ARTICLE}/ArticleDate"):
        for node in parts.get(path, ())[:1]:
            said = _named(node, _DATE_PARTS)
            stated = [said[name] for name in ("Year", "Month", "Day") if name in said] if "Year" in said else []
            if date := values.date(said.get("MedlineDate") or " ".join(stated)):
                return date
    return None


def _pages(parts: _Parts) -> str | None:
    printed, start, end = (
        _first(parts, f"{_ARTICLE}/Pagination/{name}") for name in ("MedlinePgn", "StartPage", "EndPage")
    )
    return printed or values.page_range(start, end)


def _abstract(parts: _Parts, place: str) -> str | None:
    """Join the parts of a structured abstract, each behind its label."""
    texts = ((tidy(e.get("Label")), text_of(e)) for e in parts.get(f"{place}/Abstract/AbstractText", ()))
    return " ".join(f"{label}: {text}" if label else text for label, text in texts if text) or None


def _authors(parts: _Parts, path: str) -> tuple[str, ...]:
    found: list[str] = []
    for author in parts.get(path, ()):
        said = _named(author, _NAME_PARTS)
        family, given = said.get("LastName"), said.get("ForeName") or said.get("Initials")
        if family:
            rest = " ".join(part for part in (given, said.get("Suffix")) if part)
            found.append(f"{family}, {rest}" if rest else family)
        elif collective := said.get("CollectiveName"):
            found.append(collective)
    return tuple(found)


def _notices(parts: _Parts) -> Iterable[Element]:
    return parts.get(f"{_CITED}/CommentsCorrectionsList/CommentsCorrections", ())


def _flags(parts: _Parts, types: tuple[str, ...]) -> tuple[str, ...]:
    linked = {_NOTICES.get(notice.get("RefType", "")) for notice in _notices(parts)}
    if _RETRACTED in (kind.lower() for kind in types):
        linked.add("retracted")
    return tuple(dict.fromkeys(flag for flag in _NOTICES.values() if flag in linked))


def _keywords(parts: _Parts) -> Iterator[str]:
    return (word for e in parts.get(f"{_CITED}/KeywordList/Keyword", ()) if (word := _topic(e)))


def _headings(parts: _Parts) -> Iterator[str]:
    """Give the MeSH headings, each with its subheadings behind it."""
    for heading in parts.get(f"{_CITED}/MeshHeadingList/MeshHeading", ()):
        named = (word for e in heading if e.tag in _HEADING_PARTS and (word := _topic(e)))
        yield "/".join(named)


def _topic(element: Element) -> str | None:
    """Give a keyword or heading as PubMed's text format prints it: a star before what the article is mainly about."""
    text = text_of(element)
    return f"*{text}" if text and element.get("MajorTopicYN") == "Y" else text


def _more(parts: _Parts, types: tuple[str, ...], doi: str | None) -> Iterator[tuple[str, str]]:
    """Give what has no field but a name of its own: types, dates, other languages' texts, notices."""
    yield from (("PublicationType", text) for text in types)
    for online in parts.get(f"{_ARTICLE}/ArticleDate", ())[:1]:
        yield "ArticleDate", "-".join(text for e in online if (text := text_of(e)))
    if f"{_ARTICLE}/ArticleTitle" in parts and (original := _first(parts, f"{_ARTICLE}/VernacularTitle")):
        yield "VernacularTitle", original
    for other in parts.get(f"{_CITED}/OtherAbstract", ()):
        if in_other_words := text_of(other):
            yield f"OtherAbstract {other.get('Language', '')}".strip(), in_other_words
    for notice in _notices(parts):
        for linked in _within(notice, "PMID", "RefSource", "Note"):
            yield notice.get("RefType", "CommentsCorrections"), linked
    for said in _stated(parts):
        if (text := text_of(said)) and identifiers.doi(text) != doi:
            yield "ELocationID doi", text
    for printed in parts.get(f"{_ARTICLE}/Journal/JournalIssue/PubDate", ())[:1]:
        if any(part.tag not in ("Year", "Month", "Day") for part in printed):  # a season, a range of months
            yield "PubDate", " ".join(text for e in printed if (text := text_of(e)))


def _references(parts: _Parts) -> Iterator[tuple[str, str]]:
    """Count the works that the article cites; they are not facts about it, and can be thousands."""
    cited = sum(1 for listed in parts.get("PubmedData/ReferenceList", ()) for _ in listed.iter("Reference"))
    if cited:
        yield "ReferenceList", str(cited)


def _book(node: Element) -> Record:
    """Read a book or a chapter of one, whose paths are others."""
    parts = _parts(node)
    pmid = identifiers.pmid(_first(parts, "BookDocument/PMID"))
    chapter = _first(parts, "BookDocument/ArticleTitle")
    book = _first(parts, "BookDocument/Book/BookTitle")
    dated = [part for name in ("Year", "Month", "Day") if (part := _first(parts, f"BookDocument/Book/PubDate/{name}"))]
    kind: Kind = "chapter" if chapter and book else "book"
    own = _authors(parts, "BookDocument/AuthorList/Author")
    return Record(
        title=chapter or book,
        authors=own or _authors(parts, "BookDocument/Book/AuthorList/Author"),
        date=values.date(" ".join(dated)) if dated else None,
        journal=book if chapter else None,
        pages=_first(parts, "BookDocument/Pagination/MedlinePgn"),
        abstract=_abstract(parts, "BookDocument"),
        keywords=merged(_texts(parts, "BookDocument/KeywordList/Keyword")),
        kind=kind,
        language=next((language(code) for code in _texts(parts, "BookDocument/Language")), None),
        doi=identifiers.doi(_identifier(parts, "BookDocument/ArticleIdList/ArticleId", "doi")),
        pmid=pmid,
        isbns=tuple(_texts(parts, "BookDocument/Book/Isbn")),
        publisher=_first(parts, "BookDocument/Book/Publisher/PublisherName"),
        place=_first(parts, "BookDocument/Book/Publisher/PublisherLocation"),
        source_id=pmid,
        identifiers=_other_ids(parts, "BookDocument/ArticleIdList/ArticleId"),
        extra=(
            *(("PublicationType", text) for text in _texts(parts, "BookDocument/PublicationType")),
            *leaves(node, _BOOK_IN_FIELDS if own else _BOOK_IN_FIELDS_WITH_AUTHORS),
        ),
    )
