"""What sort of document a source says that a record is: RIS types and the words that sources use. Tables."""

from __future__ import annotations

from collections.abc import Iterable

from review.record import Kind

# Source: RIS types of reference, https://en.wikipedia.org/wiki/RIS_(file_format)#Type_of_reference, checked 2026-11-22.
RIS_TYPES: dict[str, Kind | None] = {
    "JOUR": "article", "EJOUR": "article", "JFULL": "article", "MGZN": "article", "NEWS": "article", "INPR": "article",
    "ABST": "article", "CONF": "conference", "CPAPER": "conference", "CHAP": "chapter", "ECHAP": "chapter",
    "ENCYC": "chapter", "DICT": "chapter", "BOOK": "book", "EBOOK": "book", "EDBOOK": "book", "CLSWK": "book",
    "ANCIENT": "book", "SER": "book", "RPRT": "report", "GOVDOC": "report", "STAND": "report", "THES": "thesis",
    "UNPB": "other", "DATA": "dataset", "DBASE": "dataset",
    "AGGR": "dataset", "ELEC": "web", "WEB": "web", "BLOG": "web", "ICOMM": "web", "GEN": None, "MISC": "other",
}  # fmt: skip
"""RIS type to kind; GEN (generic) says nothing; any other type is ``other``."""

TO_RIS: dict[Kind | None, str] = {
    None: "GEN", "article": "JOUR", "review": "JOUR", "editorial": "JOUR", "letter": "JOUR", "commentary": "JOUR",
    "erratum": "JOUR", "retraction": "JOUR", "conference": "CONF", "chapter": "CHAP", "book": "BOOK", "report": "RPRT",
    "thesis": "THES", "preprint": "UNPB", "dataset": "DATA", "web": "ELEC", "trial": "GEN", "other": "MISC",
}  # fmt: skip
"""Kind to the RIS type that is written for it."""

# Sources: PubMed publication types, https://www.nlm.nih.gov/mesh/pubtypes.html; Scopus document types,
# https://dev.elsevier.com/sc_search_tips.html; Embase publication types; BibTeX entry types; checked 2026-11-22.
WORDS: dict[str, Kind] = {
    "article": "article", "journal article": "article", "research article": "article", "original article": "article",
    "article in press": "article", "short survey": "article", "clinical trial": "article", "data paper": "article",
    "review": "review", "systematic review": "review", "meta-analysis": "review", "scoping review": "review",
    "review article": "review", "editorial": "editorial", "letter": "letter", "comment": "commentary",
    "commentary": "commentary", "note": "commentary", "conference paper": "conference", "congress": "conference",
    "conference abstract": "conference", "conference review": "conference", "proceedings paper": "conference",
    "meeting abstract": "conference", "inproceedings": "conference", "conference": "conference", "chapter": "chapter",
    "book chapter": "chapter", "inbook": "chapter", "incollection": "chapter", "book": "book",
    "technical report": "report", "report": "report", "techreport": "report", "thesis": "thesis",
    "academic dissertation": "thesis", "dissertation": "thesis", "phdthesis": "thesis", "mastersthesis": "thesis",
    "preprint": "preprint", "dataset": "dataset", "data set": "dataset", "web": "web", "webcast": "web",
    "erratum": "erratum", "correction": "erratum", "published erratum": "erratum", "retracted publication": "article",
    "retraction of publication": "retraction", "retraction": "retraction",
    "editorial material": "editorial", "book review": "commentary", "withdrawn publication": "article",
    "journal paper": "article",
    "clinical trial registration": "trial", "trial registry record": "trial", "trial": "trial", "other": "other",
}  # fmt: skip
"""Words of document types, lower case, to kind."""

_RANK: dict[Kind, int] = {"article": 1, "other": 0}


def kind_of(words: Iterable[str]) -> Kind | None:
    """Choose the most telling kind among several document types; the first wins among equals.

    >>> kind_of(["Journal Article", "Systematic Review"]), kind_of(["Comparative Study"])
    ('review', None)
    """
    known = [kind for word in words if (kind := WORDS.get(word.strip().casefold()))]
    return max(known, key=lambda kind: _RANK.get(kind, 2), default=None)


def kind_of_ris(type_: str, words: Iterable[str]) -> Kind | None:
    """Give the kind of a RIS record from its TY and its type-of-work words (M3, PT), which only refine a general TY.

    >>> kind_of_ris("JOUR", ["Review"]), kind_of_ris("CHAP", ["Review"]), kind_of_ris("SLIDE", [])
    ('review', 'chapter', 'other')
    """
    base: Kind | None = RIS_TYPES.get(type_, "other") if type_ else None
    return (kind_of(words) or base) if base in (None, "article") else base
