"""What the elements and types of EndNote's XML mean, and in which order EndNote writes them. Tables, no logic.

Sources: EndNote's types and fields, https://support.clarivate.com/Endnote/s/article/EndNote-Reference-Types-and-Fields;
the numbers as Zotero reads and writes them, https://github.com/zotero/translators (Endnote XML.js); exports of EndNote
X5 to 20 and Bookends; checked 2026-11-22.
"""

from __future__ import annotations

from functools import lru_cache

_ROWS = """
contributors/authors/author AU | contributors/secondary-authors/author A2 | contributors/tertiary-authors/author A3
contributors/subsidiary-authors/author A4 | contributors/translated-authors/author TA
auth-address AD | auth-affiliation -
titles/title TI | titles/secondary-title T2 | titles/tertiary-title T3 | titles/alt-title J2 | titles/short-title ST
titles/translated-title TT
periodical/full-title JO | periodical/abbr-1 JA | periodical/abbr-2 J1 | periodical/abbr-3 -
alt-periodical/full-title - | alt-periodical/abbr-1 - | alt-periodical/abbr-2 - | alt-periodical/abbr-3 -
pages SP | volume VL | number IS | issue IS | secondary-volume - | secondary-issue - | num-vols NV | edition ET
section SE | reprint-edition RP | reprint-status -
keywords/keyword KW | dates/year PY | dates/pub-dates/date DA | dates/copyright-dates/date -
pub-location CY | publisher PB | orig-pub OP | isbn SN | accession-num AN | call-num CN | report-id - | coden -
abstract AB | label LB | image - | caption CA | notes N1 | research-notes RN | work-type M3 | reviewed-item RI
availability AV | remote-source - | meeting-place - | work-location - | work-extent - | pack-method - | size -
repro-ratio -
urls/web-urls/url UR | urls/related-urls/url UR | urls/pdf-urls/url L1 | urls/text-urls/url L2 | urls/image-urls/url L4
custom1 C1 | custom2 C2 | custom3 C3 | custom4 C4 | custom5 C5 | custom6 C6 | custom7 C7 | custom8 -
electronic-resource-num DO | remote-database-name DB | remote-database-provider DP | language LA | access-date Y2
modified-date - | misc1 M1 | misc2 M2 | misc3 -
"""
_WRAPPERS = frozenset({"contributors", "titles", "periodical", "dates", "urls"})
_ITEMS = frozenset({"author", "keyword", "date", "url", "key"})


@lru_cache(maxsize=1024)
def name_of(path: str) -> str:
    """Give the name by which a place in a record is known, however deeply a program nests it.

    >>> name_of("contributors/authors/author"), name_of("AUTHORS/AUTHOR"), name_of("alt-periodical/abbr-1")
    ('authors', 'authors', 'alt-periodical/abbr-1')
    """
    parts = path.lower().replace("_", "-").split("/")
    while len(parts) > 1 and parts[0] in _WRAPPERS:
        parts = parts[1:]
    return "/".join(parts[:-1] if len(parts) > 1 and parts[-1] in _ITEMS else parts)


_PAIRS = tuple(tuple(row.split()) for row in _ROWS.replace("\n", "|").split("|") if row.strip())
PLACES = {name_of(path): path for path, _ in _PAIRS}
"""Name to the path of its element, in the order in which EndNote writes them."""

MEANS = {name_of(path): tag for path, tag in _PAIRS if tag != "-"}
"""Name to the RIS tag that means the same."""
# The names of older and of other programs.
MEANS |= {"date": "DA", "url": "UR", "isbn-issn": "SN", "doi": "DO", "place-published": "CY", "refnum": "ID"}
MEANS |= {"rec-number": "ID"}

LINES = frozenset({"authors", "keywords", "notes", "research-notes", "web-urls", "related-urls", "url"})
"""Places whose lines (EndNote separates them by a carriage return) are values of their own."""

# Number, number before EndNote 8 (still written by Mendeley), EndNote's name, RIS type.
_TYPES = """
17 0 Journal Article JOUR | 6 1 Book BOOK | 32 2 Thesis THES | 10 3 Conference Proceedings CONF
26 4 Personal Communication PCOMM | 23 5 Newspaper Article NEWS | 9 6 Computer Program COMP | 5 7 Book Section CHAP
19 8 Magazine Article MGZN | 28 9 Edited Book EDBOOK | 27 10 Report RPRT | 20 11 Map MAP
3 12 Audiovisual Material ADVS | 2 13 Artwork ART | 25 15 Patent PAT | 12 16 Web Page ELEC | 4 17 Bill BILL
7 18 Case CASE | 14 19 Hearing HEAR | 36 20 Manuscript MANSCPT | 21 21 Film or Broadcast MPCT | 31 22 Statute STAT
37 25 Figure FIGURE | 38 26 Chart or Table CHART | 39 27 Equation EQUA | 13 31 Generic GEN | 8 - Catalog CTLG
24 - Pamphlet PAMP | 34 - Unpublished Work UNPB | 43 - Electronic Article EJOUR | 44 - Electronic Book EBOOK
45 - Online Database DBASE | 46 - Government Document GOVDOC | 47 - Conference Paper CPAPER
48 - Online Multimedia MULTI | 49 - Classical Work CLSWK | 50 - Legal Rule or Regulation LEGAL
51 - Ancient Text ANCIENT
52 - Dictionary DICT | 53 - Encyclopedia ENCYC | 54 - Grant GRANT | 55 - Aggregated Database AGGR | 56 - Blog BLOG
57 - Serial SER | 58 - Standard STAND | 59 - Dataset DATA | 60 - Electronic Book Section ECHAP | 61 - Music MUSIC
"""
_READ = tuple(row.split() for row in _TYPES.replace("\n", "|").split("|") if row.strip())
TYPES = {" ".join(name): (number, ris) for number, _, *name, ris in _READ}
"""EndNote's name of a type to its number and its RIS type."""

BY_NUMBER = {number: " ".join(name) for number, _, *name, _ in _READ}
BY_OLD_NUMBER = {old: " ".join(name) for _, old, *name, _ in _READ if old != "-"}
BY_NAME = {name.casefold(): name for name in TYPES} | {
    "journal": "Journal Article", "article": "Journal Article", "electronic source": "Web Page", "website": "Web Page",
    "book chapter": "Book Section", "edited book section": "Book Section", "online resource": "Web Page",
}  # fmt: skip
BY_RIS = {ris: name for name, (_, ris) in TYPES.items()} | {"MISC": "Generic"}
"""RIS type to EndNote's name."""
