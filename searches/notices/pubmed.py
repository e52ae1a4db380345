"""PubMed's links from an article to the notices on it. Pure functions.

Source: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html#commentscorrections, checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from review import identifiers
from review.formats import values
from review.formats.xml_parts import text_of
from searches.notices.model import Checking, Kind, Notice, Said, value
from searches.source import Credentials, Request
from searches.sources.pubmed import ABOUT, article_set, request

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_KINDS: Mapping[str, tuple[Kind, str]] = {
    "RetractionIn": ("retracted", "Retraction"),
    "RetractedandRepublishedIn": ("retracted", "Retracted and republished"),
    "ExpressionOfConcernIn": ("concern", "Expression of concern"),
    "ErratumIn": ("corrected", "Erratum"),
    "CorrectedandRepublishedIn": ("corrected", "Corrected and republished"),
}
_TYPE = "retracted publication"
_DATE = re.compile(r"\.\s*(\d{4}(?:[ -][^.;:]*)?)[;:]")
"""The date in a notice's source: ``Lancet. 2010 Feb 6;375:445``."""


def ask(keys: Sequence[str], credentials: Credentials) -> Request:
    """Ask for the articles with some PMIDs."""
    return request("efetch.fcgi", (("id", ",".join(map(value, keys))), ("retmode", "xml")), credentials)


def read(reply: bytes) -> Said:
    """Read the articles; of a PMID that PubMed does not know, or has deleted, there is none."""
    found = {}
    for node in article_set(reply).iterchildren("PubmedArticle", "PubmedBookArticle"):
        pmid = _text(node, "MedlineCitation/PMID") or _text(node, "BookDocument/PMID")
        if pmid:
            found[f"pmid:{identifiers.pmid(pmid)}"] = tuple(_notices(node))
    return found


def _notices(node: Element) -> Iterator[Notice]:
    kinds = set()
    for link in node.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        if (known := _KINDS.get(link.get("RefType", ""))) is None:
            continue
        kind, label = known
        printed = _text(link, "RefSource")
        about = identifiers.pmid(_text(link, "PMID")) or identifiers.doi(printed) or printed or ""
        kinds.add(kind)
        yield Notice(kind, about, _day(printed), label)
    types = node.iterfind("MedlineCitation/Article/PublicationTypeList/PublicationType")
    if "retracted" not in kinds and any((text_of(e) or "").lower() == _TYPE for e in types):
        yield Notice("retracted", label="Retracted publication")


def _day(printed: str | None) -> str | None:
    said = _DATE.search(printed or "")
    return values.date(said[1]) if said else None


def _text(node: Element, path: str) -> str | None:
    found = node.find(path)
    return text_of(found) if found is not None else None


CHECKING = Checking(ABOUT, ("pmid",), 200, ask, read, "ID list is empty")
