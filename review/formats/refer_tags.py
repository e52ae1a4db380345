"""Refer, the tagged text of EndNote (``%0``, ``%A``, ``%T`` …, .enw): its tags and what they mean. A table.

Sources: Creating a tagged EndNote import file, https://docs.endnote.com; EndNote's reference types and their RIS types,
https://en.wikipedia.org/wiki/RIS_(file_format)#Type_of_reference; refer, https://en.wikipedia.org/wiki/Refer_(software);
checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from review import identifiers
from review.formats import tagged
from review.formats.tagged import Field, Layout, typed

_TAGS = {
    "%0": "TY", "%A": "AU", "%B": "T2", "%C": "CY", "%D": "PY", "%E": "A2", "%F": "LB", "%G": "LA", "%I": "PB",
    "%J": "JF", "%K": "KW", "%L": "CN", "%M": "AN", "%N": "IS", "%O": "N1", "%P": "SP", "%R": "DO", "%S": "T3",
    "%T": "TI", "%U": "UR", "%V": "VL", "%W": "DP", "%X": "AB", "%Y": "A3", "%Z": "N1", "%8": "DA", "%9": "M3",
    "%@": "SN", "%~": "DB", "%>": "L1",
    **dict.fromkeys([f"%{mark}" for mark in "HQ1234567?!#$]&()*+^<[={}|"], ""),
}  # fmt: skip
TYPES = {
    "generic": "GEN", "journal article": "JOUR", "journal": "JOUR", "electronic article": "EJOUR", "article": "JOUR",
    "magazine article": "MGZN", "newspaper article": "NEWS", "book": "BOOK", "edited book": "EDBOOK",
    "book section": "CHAP", "book chapter": "CHAP", "electronic book": "EBOOK", "electronic book section": "ECHAP",
    "classical work": "CLSWK", "ancient text": "ANCIENT", "serial": "SER", "encyclopedia": "ENCYC",
    "dictionary": "DICT",
    "conference paper": "CPAPER", "conference proceedings": "CONF", "conference": "CONF", "report": "RPRT",
    "government document": "GOVDOC", "standard": "STAND", "thesis": "THES", "dissertation": "THES",
    "unpublished work": "UNPB", "manuscript": "MANSCPT", "dataset": "DATA", "online database": "DBASE",
    "aggregated database": "AGGR", "web page": "ELEC", "electronic source": "ELEC", "blog": "BLOG", "patent": "PAT",
    "pamphlet": "PAMP", "personal communication": "PCOMM", "audiovisual material": "ADVS", "artwork": "ART",
    "film or broadcast": "MPCT", "map": "MAP", "music": "MUSIC", "case": "CASE", "bill": "BILL", "statute": "STAT",
    "hearing": "HEAR", "legal rule or regulation": "LEGAL", "grant": "GRANT", "computer program": "COMP",
    "figure": "FIGURE", "chart or table": "CHART", "equation": "EQUA", "online multimedia": "MULTI",
}  # fmt: skip
"""EndNote's types, lower case, to RIS types."""
_ARTICLES = frozenset({"JOUR", "EJOUR"})


def _prepare(fields: list[Field]) -> Iterator[Field]:
    given = {field.tag for field in fields}
    article = any(field.tag == "%0" and TYPES.get(field.value.casefold()) in _ARTICLES for field in fields)
    for field in fields:
        if field.tag == "%0":
            yield typed(field, TYPES)
        elif field.tag in ("%]", "%&") and "%P" not in given:  # article number, first page
            yield field.means("SP")
        elif field.tag == "%O" and article:  # the short name of the journal
            yield field.means("JA")
        elif field.tag == "%2" and article and (pmcid := identifiers.pmcid(field.value)):
            yield field.means("U2", f"{pmcid}[pmcid]")
        else:
            yield field


LAYOUT = Layout(
    tags=_TAGS,
    line=re.compile(r"(?P<tag>%\S)(?: +(?P<value>.*))?\Z"),
    start=re.compile(r"%0(?: |\Z)"),
    noise=re.compile(r"\Z"),
    prepare=_prepare,
    heads=frozenset({"%A", "%T"}),
    many=frozenset({"%K"}),
    apart=True,
)
iterate = partial(tagged.iterate, layout=LAYOUT)
