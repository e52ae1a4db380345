"""RefWorks tagged text (``RT``, ``SR``, ``A1``, ``T1`` …): its tags and what they mean. A table.

Source: RefWorks tagged format,
https://knowledge.exlibrisgroup.com/RefWorks/Legacy_RefWorks/05Managing_References/020RefWorks_Tagged_Format,
checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from review.formats import tagged
from review.formats.tagged import Field, Layout, typed

_TAGS = {
    "RT": "TY", "ID": "ID", "A1": "AU", "T1": "TI", "JF": "JF", "JO": "JO", "YR": "PY", "FD": "DA", "VO": "VL",
    "IS": "IS", "SP": "SP", "OP": "EP", "K1": "KW", "AB": "AB", "NO": "N1", "A2": "A2", "T2": "T2", "PB": "PB",
    "PP": "CY", "A3": "A3", "A4": "A4", "T3": "T3", "SN": "SN", "AD": "AD", "AN": "AN", "LA": "LA", "LK": "LK",
    "DO": "DO", "CN": "CN", "DB": "DB", "DS": "DP", "UL": "UR",
    **dict.fromkeys(
        ("SR A5 A6 AV CL CR ED GI IP LL OL OT RD RO RP SF SL ST TA TF WT WV WP "
         "U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15").split(), ""),
}  # fmt: skip
TYPES = {
    "generic": "GEN", "abstract": "ABST", "artwork": "ART", "bills/resolutions": "BILL", "book, edited": "EDBOOK",
    "book, section": "CHAP", "book, whole": "BOOK", "case/court decisions": "CASE", "computer program": "COMP",
    "conference proceeding": "CONF", "conference proceedings": "CONF", "dissertation": "THES",
    "dissertation/thesis": "THES", "dissertation/thesis, unpublished": "THES", "thesis": "THES", "grant": "GRANT",
    "hearing": "HEAR", "journal": "JOUR", "journal article": "JOUR", "journal, electronic": "EJOUR",
    "laws/statutes": "STAT", "magazine article": "MGZN", "map": "MAP", "monograph": "BOOK", "motion picture": "MPCT",
    "music score": "MUSIC", "newspaper article": "NEWS", "patent": "PAT", "personal communication": "PCOMM",
    "report": "RPRT", "sound recording": "SOUND", "unpublished material": "UNPB", "video": "VIDEO",
    "video/ dvd": "VIDEO", "video/dvd": "VIDEO", "web page": "ELEC",
}  # fmt: skip
"""RefWorks types, lower case, to RIS types."""


def _prepare(fields: list[Field]) -> Iterator[Field]:
    for field in fields:
        yield typed(field, TYPES) if field.tag == "RT" else field


LAYOUT = Layout(
    tags=_TAGS,
    line=re.compile(r"(?P<tag>U1[0-5]|[A-Z][A-Z0-9])(?: (?P<value>.*))?\Z"),
    start=re.compile(r"RT(?: |\Z)"),
    noise=re.compile(
        r"Refworks Export Tagged Format|Character Set=|Tag legend|\*+\Z|[A-Z][A-Z0-9]{1,2}=", re.IGNORECASE
    ),
    prepare=_prepare,
    heads=frozenset({"T1"}),
    prose=frozenset({"T1", "T2", "K1", "AB", "NO", "AD"}),
    apart=True,
)
iterate = partial(tagged.iterate, layout=LAYOUT)
