"""Read PubMed's XML into records. Parsing only: no entity, DTD or network is ever followed.

Paths: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html and
https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/index.html, checked 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.record import Kind, Record, Rejected
from review.text import plain, tidy

_RETRACTED = "retracted publication"
_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
Element = etree._Element


def read_articles(reply: bytes) -> tuple[tuple[Record, ...], tuple[Rejected, ...], str | None]:
    """Read an EFetch reply.

    Returns
    -------
    (records, rejected, error)
        ``error`` is what PubMed says in an ``ERROR`` element, which comes with HTTP 200 too.

    Raises
    ------
    SourceChanged
        The XML is cut short or is something else.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(reply, parser)
    except etree.XMLSyntaxError as fault:
        raise SourceChanged(f"the XML of PubMed cannot be read: {fault.msg}", source="pubmed") from fault
    errors = [error for e in root.iter("ERROR") if (error := _text(e))]
    if errors:
        return (), (), errors[0]
    if root.tag != "PubmedArticleSet":
        raise SourceChanged(f"PubMed sent {root.tag} instead of PubmedArticleSet", source="pubmed")
    records: list[Record] = []
    rejected: list[Rejected] = []
    for position, article in enumerate((e for e in root if e.tag in _ARTICLES), start=1):
        record = _journal_article(article) if article.tag == "PubmedArticle" else _book(article)
        if record.source_id is None:
            raw = etree.tostring(article, encoding="unicode", with_tail=False)
            rejected.append(Rejected(position, "it has no PMID", raw))
        else:
            records.append(record)
    return tuple(records), tuple(rejected), None


def _text(element: Element | None) -> str | None:
    """Give all text inside, whatever markup it is cut up by (b, sup, MathML)."""
    return plain("".join(element.itertext())) if element is not None else None  # type: ignore[arg-type]


def _texts(parent: Element, path: str) -> Iterator[str]:
    return (text for e in parent.iterfind(path) if (text := _text(e)))


def _first(parent: Element, *paths: str) -> str | None:
    return next((text for path in paths for text in _texts(parent, path)), None)


def _journal_article(node: Element) -> Record:
    article = node.find("MedlineCitation/Article")
    article = article if article is not None else etree.Element("Article")
    types = tuple(_texts(article, "PublicationTypeList/PublicationType"))
    spoken = tuple(language(code) for code in _texts(article, "Language"))
    pmid = identifiers.pmid(_first(node, "MedlineCitation/PMID"))
    issns = " ".join(
        (*_texts(article, "Journal/ISSN"), *_texts(node, "MedlineCitation/MedlineJournalInfo/ISSNLinking"))
    )
    return Record(
        title=_first(article, "ArticleTitle", "VernacularTitle"),
        authors=_authors(article, "AuthorList/Author"),
        date=_date(article),
        journal=_first(article, "Journal/Title", "Journal/ISOAbbreviation"),
        volume=_first(article, "Journal/JournalIssue/Volume"),
        issue=_first(article, "Journal/JournalIssue/Issue"),
        pages=_pages(article),
        abstract=_abstract(article),
        keywords=tuple(dict.fromkeys(_texts(node, "MedlineCitation/KeywordList/Keyword"))),
        kind=kind_of(types),
        language=spoken[0] if spoken else None,
        doi=_doi(node),
        pmid=pmid,
        pmcid=identifiers.pmcid(_first(node, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']")),
        issns=identifiers.issns(issns),
        place=_first(node, "MedlineCitation/MedlineJournalInfo/Country"),
        flags=("retracted",) if _RETRACTED in (t.lower() for t in types) or _retraction(node) else (),
        source_id=pmid,
        extra=(*_more(node, article), *(("Language", code) for code in spoken[1:])),
    )


def _doi(node: Element) -> str | None:
    # The direct child only: the reference list holds DOIs of other articles under the same name.
    own = _first(node, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']")
    stated = (
        e.text
        for e in node.iterfind("MedlineCitation/Article/ELocationID[@EIdType='doi']")
        if e.get("ValidYN", "Y") == "Y"
    )
    return identifiers.doi(own) or next((doi for text in stated if (doi := identifiers.doi(text))), None)


def _date(article: Element) -> str | None:
    """Give the issue's date, as precise as PubMed has it, else the day of publication online."""
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate"):
        node = article.find(path)
        if node is None:
            continue
        stated = _first(node, "MedlineDate")
        parts = [_first(node, name) for name in ("Year", "Month", "Day")]
        text = stated or (None if parts[0] is None else " ".join(part for part in parts if part))
        if text and (date := values.date(text)):
            return date
    return None


def _pages(article: Element) -> str | None:
    printed = _first(article, "Pagination/MedlinePgn")
    return printed or values.page_range(_first(article, "Pagination/StartPage"), _first(article, "Pagination/EndPage"))


def _abstract(node: Element) -> str | None:
    """Join the parts of a structured abstract, each behind its label."""
    parts = [(e.get("Label"), _text(e)) for e in node.iterfind("Abstract/AbstractText")]
    return tidy(" ".join(f"{label}: {text}" if label else text for label, text in parts if text))


def _authors(node: Element, path: str) -> tuple[str, ...]:
    found: list[str] = []
    for author in node.iterfind(path):
        family, given = _first(author, "LastName"), _first(author, "ForeName", "Initials")
        suffix = _first(author, "Suffix")
        if family:
            rest = " ".join(part for part in (given, suffix) if part)
            found.append(f"{family}, {rest}" if rest else family)
        elif collective := _first(author, "CollectiveName"):
            found.append(collective)
    return tuple(found)


def _retraction(node: Element) -> bool:
    return node.find("MedlineCitation/CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']") is not None


def _more(node: Element, article: Element) -> Iterator[tuple[str, str]]:
    """Give what has no field: types, subject headings, the day online, other languages' texts, linked notices."""
    for text in _texts(article, "PublicationTypeList/PublicationType"):
        yield "PublicationType", text
    for text in _texts(node, "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName"):
        yield "MeshHeading", text
    online = article.find("ArticleDate")
    if online is not None:
        yield "ArticleDate", "-".join(_texts(online, "*"))
    if article.find("ArticleTitle") is not None and (original := _first(article, "VernacularTitle")):
        yield "VernacularTitle", original
    for other in node.iterfind("MedlineCitation/OtherAbstract"):
        if in_other_words := _text(other):
            yield f"OtherAbstract {other.get('Language', '')}".strip(), in_other_words
    for notice in node.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        if linked := _first(notice, "PMID", "RefSource"):
            yield notice.get("RefType", "CommentsCorrections"), linked


def _book(node: Element) -> Record:
    """Read a book or a chapter of one, whose paths are others."""
    document = node.find("BookDocument")
    document = document if document is not None else etree.Element("BookDocument")
    pmid = identifiers.pmid(_first(document, "PMID"))
    chapter = _first(document, "ArticleTitle")
    book = _first(document, "Book/BookTitle")
    dated = [part for name in ("Year", "Month", "Day") if (part := _first(document, f"Book/PubDate/{name}"))]
    kind: Kind = "chapter" if chapter and book else "book"
    return Record(
        title=chapter or book,
        authors=_authors(document, "AuthorList/Author") or _authors(document, "Book/AuthorList/Author"),
        date=values.date(" ".join(dated)) if dated else None,
        journal=book if chapter else None,
        abstract=_abstract(document),
        keywords=tuple(dict.fromkeys(_texts(document, "KeywordList/Keyword"))),
        kind=kind,
        language=next((language(code) for code in _texts(document, "Language")), None),
        doi=identifiers.doi(_first(document, "ArticleIdList/ArticleId[@IdType='doi']")),
        pmid=pmid,
        isbns=tuple(_texts(document, "Book/Isbn")),
        publisher=_first(document, "Book/Publisher/PublisherName"),
        place=_first(document, "Book/Publisher/PublisherLocation"),
        source_id=pmid,
        extra=tuple(("PublicationType", text) for text in _texts(document, "PublicationType")),
    )
