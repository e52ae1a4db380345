"""Ovid tagged text: its fields, by name or by two letters, and what they mean; how Ovid prints a citation and a name.

Two styles: names of fields on lines of their own with the values indented below (``Reprint/Medlars``), and two letters,
a hyphen and the value. Both number the records (``<1>``). Sources: Ovid database guides, fields of MEDLINE, Embase, APA
PsycInfo, BIOSIS and Journals@Ovid, https://ospguides.ovid.com/OSPguides/medline.htm, checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from review.formats import tagged
from review.formats.kinds import WORDS
from review.formats.tagged import Field, Layout, values
from review.formats.values import date, name

_ROWS = """
TI | TI | Title; Article Title; Document Title
CHAPTER | - | Chapter Title
BT | BT | Book Title
AU | AU; FA | Author; Authors; Author/s; Authors Full Name; Author(s); Group Author
A2 | ED | Editor; Editors; Book Editors
SO | SO | Source
JF | JN; JT; NJ | Journal Name; Journal Title; Journal; NLM Journal Name; Publication Name
JA | TA | Journal Abbreviation; Abbreviated Journal Title
VL | VI; VO | Volume
IS | IP | Issue; Issue/Part; Issue Number
SP | PG | Page; Pages; Page Range; Pagination
PY | YR | Year; Year of Publication; Publication Year; Entry Date/Year of Publication
DA | DP; DG | Date of Publication; Publication Date; Issue Date
AB | AB | Abstract
KW | MH; DE; KW; KH; ID; SH | Author Keywords; Keywords; Keyword; Keyword Heading; Keyword Headings; Key Concepts; \
MeSH Subject Heading; MeSH Subject Headings; Subject Headings; Subject Heading; Descriptors; Emtree Heading; Identifiers
LA | LG; LA | Language; Languages; Language of Publication
M3 | PT; DT | Publication Type; Document Type; Publication Types
DO | DO; DI | Digital Object Identifier; DOI; DOI Number
PMID | PM | PMID; PubMed ID; Medline PMID
AN | UI; AN | Unique Identifier; Accession Number; Embase Accession Number; PsycInfo Accession Number
SN | IS; ES; IL; IB | ISSN; ISSN Print; ISSN Electronic; ISSN Linking; Print ISSN; Electronic ISSN; ISBN; ISBN Print; \
ISBN Electronic
UR | XL; UR | Link to the Ovid Full Text or citation; Link to Full Text; URL; Web Address
PB | PB | Publisher
CY | CP; PL | Country of Publication; Place of Publication
DB | DB | Database
DP | VN | Vendor
N1 | NT | Notes; General Note
= | - | Score; Status; Institution; References; Comments; Author e-mail; Journal Subset; NLM Journal Code; Version ID
"""
"""What the field means (a RIS tag, or one of this module's own) | its two letters | its names."""
_MEANS = {
    label.strip(): meaning.strip() for meaning, *both in (row.split("|") for row in _ROWS.strip().splitlines())
    for labels in both for label in labels.split(";")
}  # fmt: skip
_TAGS = {label: "" if meaning == "=" else meaning for label, meaning in _MEANS.items() if label != "-"}
_FULL_NAMES = ("FA", "Authors Full Name")
_ONE_PER_LINE = {"AU", "A2", "KW", "UR", "M3"}

_ISSUE = r"(?P<volume>[\w-]+)? ?(?:\((?P<issue>[^()]+)\))? ?"
_PAGES = r"(?P<pages>\w[\w.-]*(?:, ?\w[\w.-]*)*)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Autumn|Fall|Winter)[a-z]*"
_MONTHS = rf"(?:{_MONTH}(?:[/-]{_MONTH})? )?(?:\d{{1,2}}, )?"
SOURCES = (
    re.compile(rf"(?P<journal>.+?)\. (?:Conference: .+\. )?{_ISSUE}\((?:pp? (?P<pages>[^()]+)|no pagination)\), "
               r"(?P<year>\d{4})\.(?: Article Number: (?P<number>[\w.-]+)\.)?"
               r"(?: Date of Publication: (?P<date>[^.]+))?"),
    re.compile(rf"(?P<journal>.+?)[.,] [Vv]ol\.? ?{_ISSUE},? ?(?P<date>[^,;]*\d{{4}})"
               rf"(?:, (?:pp?\. ?)?{_PAGES})?\.?\Z"),
    re.compile(rf"(?P<journal>.+?)\. {_ISSUE}(?:: ?{_PAGES})?, (?P<date>[^:;]+)\Z"),
    re.compile(rf"(?P<journal>.+?)\.? (?P<date>{_MONTHS}\d{{4}});{_ISSUE}(?::{_PAGES})?\.?\Z"),
    re.compile(r"(?P<journal>.+?),? (?P<volume>\d+)(?:\((?P<issue>[^()]+)\))?, "
               rf"(?P<date>[^:;]*\d{{4}}): {_PAGES}\.?\Z"),
    re.compile(r"(?P<journal>[^\d;:]+?)\.?\Z"),
)  # fmt: skip
"""How Embase, APA PsycInfo, MEDLINE and Journals@Ovid (long and short) and IPSA print journal, issue and pages."""
_LONGEST_SOURCE = 600
_LONE_YEAR = re.compile(r"(?<![\d-])(?:1[89]|20)\d\d(?![\d-])")

_DEGREES = frozenset(
    ("MD PHD MSC MS MA MPH MBA MBBS MBCHB MB CHB BCH BCHIR BS BA BSC BSN RN MSN DNP CRNP APRN NP PA FAAN FACP FACS "
     "FACSM FACC FAHA FRCP FRCS MRCP MRCS FRCPC FRCSC DO DDS DMD DVM DPHIL DSC SCD DRPH EDD PSYD PHARMD JD PT DPT OTR "
     "OTR/L RD LCSW MHS MHSC MED MSPH MPHIL ESQ").split()
)  # fmt: skip
"""Letters after a name, without full stops."""
_MARKS = " ,*+#&^$0123456789"
_LONGEST_NAME = 300
_STOPPED = re.compile(r"(?:[^.;, ][^.;,]* [A-Z]{1,4}\. ?){2,}\Z")
_PART = re.compile(r"(?:\[[^\]\[]*\]|[^;])+")
_WORD_END = re.compile(r"\w{3,}\.\Z")
_EDITOR = re.compile(r"\[[^\]]*\bEd(?:itors?|\.)?(?:,[^\]]*)?\]", re.IGNORECASE)
_PRINTED_TYPE = re.compile(r"(.+?)\s*\[([A-Z][A-Za-z ]+)\]\.?\Z")
_PRINTED_TYPES = frozenset(WORDS) | {"miscellaneous", "original article", "original articles", "case report", "news"}
_MEDLINE = frozenset({"medline", "pubmed-not-medline", "in-process", "in-data-review", "publisher", "oldmedline"})
"""What ``Status`` says in MEDLINE, where the unique identifier is the PMID."""


def _prepare(fields: list[Field]) -> Iterator[Field]:
    means = {field.meaning for field in fields}
    source = next((field.value for field in fields if field.meaning == "SO"), "")
    printed = _ahead(fields) | _citation(source)
    if "CHAPTER" in means:
        printed.pop("JF", None)  # it is in the book
    full = any(field.tag in _FULL_NAMES for field in fields)
    is_pmid = _holds_pmids(fields)
    for field in fields:
        meaning = field.meaning
        if meaning == "SO" or (meaning == "AU" and full and field.tag not in _FULL_NAMES):
            yield field.kept()
        elif meaning in ("AU", "A2"):
            yield from _people(field)
        elif meaning == "CHAPTER":
            yield field.means("TI")
        elif meaning == "TI":
            yield from _title(field.means("BT") if "CHAPTER" in means else field)
        elif meaning in ("VL", "IS", "SP") and meaning in printed:  # VI is a volume, but the version in MEDLINE
            yield field if field.value == printed[meaning] else field.kept()
        elif meaning in ("KW", "M3"):
            yield from _parts(field)
        elif meaning in ("AN", "LA", "DO"):
            value = field.value.rstrip(". ")
            yield field.means(meaning, value)
            if is_pmid and meaning == "AN":
                yield field.means("PMID", value)
        else:
            yield field
    yield from (
        Field("SO", meaning, value) for meaning, value in printed.items() if meaning not in means - {"VL", "IS", "SP"}
    )


def _ahead(fields: list[Field]) -> dict[str, str]:
    """Give the day of an article that is not in an issue yet: ``Publish Ahead of Print, ..., 18 August 2014``."""
    found = (date(value.rpartition(",")[2]) for value in values(fields, "Status") if "ahead of print" in value.lower())
    return {"DA": known} if (known := next(found, None)) else {}


def _citation(source: str) -> dict[str, str]:
    """Take the printed citation apart into RIS tags; an unknown pattern gives the year, when it names one only."""
    for match in (pattern.match(source) for pattern in SOURCES if len(source) <= _LONGEST_SOURCE):
        parts = {name: text.strip(" .") for name, text in match.groupdict().items() if text} if match else {}
        known = date(parts.get("date", "")) or parts.get("year")
        if parts and (known or "date" not in parts):
            found = {"JF": parts["journal"], "VL": parts.get("volume"), "IS": parts.get("issue"), "DA": known}
            found["SP"] = parts.get("pages") or parts.get("number")
            return {meaning: value for meaning, value in found.items() if value}
    years = set(_LONE_YEAR.findall(source))
    return {"PY": years.pop()} if len(years) == 1 else {}


def _people(field: Field) -> Iterator[Field]:
    """Cut a list of names and take off degrees and the marks of affiliations; what was cut off stays in ``extra``."""
    found = re.split(r"(?<=[A-Z])\. ?", field.value) if _STOPPED.match(field.value) else _PART.findall(field.value)
    parts = [part.strip() for part in found if part.strip()]
    if any(len(part) > _LONGEST_NAME for part in parts):
        yield field
        return
    bare = [_bare(part) for part in parts]
    for part, shown in zip(parts, bare, strict=True):
        if shown:
            yield field.means("A2" if _EDITOR.search(part) else field.meaning, name(shown, bare=True))
    if bare != parts:
        yield field.kept()


def _bare(part: str) -> str:
    """Give a name alone; letters after it are told from initials by the comma (``Oak, Ann MA``, ``Oak MA``)."""
    family, comma, given = _unmarked(part).partition(", ")
    words = given.split()
    while len(words) > 1 and _degree(words[-1]):
        words.pop()
    if not comma:
        return "" if all(map(_degree, family.split())) else family
    shown = f"{family}, {' '.join(words)}".rstrip(",")
    return shown.rstrip(".") if _WORD_END.search(shown) else shown


def _unmarked(part: str) -> str:
    """Take off what points to an affiliation or names a role: ``1,2,*``, ``(3)``, ``[Author]``."""
    shown = part.rstrip(_MARKS)
    head, bracket, inside = shown.rpartition("[" if shown.endswith("]") else "(")
    if bracket and (shown.endswith("]") or (shown.endswith(")") and inside[:-1].isdecimal())):
        return _unmarked(head)
    return shown


def _degree(word: str) -> bool:
    return word.replace(".", "").rstrip(",").upper() in _DEGREES


def _title(field: Field) -> Iterator[Field]:
    """Take the type of document off the end of a title (``Stress at work.[Review]``)."""
    match = _PRINTED_TYPE.match(field.value)
    if match and match[2].casefold() in _PRINTED_TYPES:
        yield field.means(field.meaning, match[1])
        yield field.means("M3", match[2])
    else:
        yield field


def _parts(field: Field) -> Iterator[Field]:
    """Cut keywords at semicolons and types also at full stops; ``Review: PDF Only`` is a review."""
    types = field.meaning == "M3"
    for part in re.split(r";|(?<!U\.S)\. " if types else ";", field.value):
        word, _, more = part.partition(":") if types else (part, "", "")
        if word := word.strip(" ."):
            yield field.means(field.meaning, word)
        if more.strip():
            yield field.kept()


def _holds_pmids(fields: list[Field]) -> bool:
    base = " ".join(values(fields, "DB", "Database")).casefold()
    status = {value.casefold().replace(" ", "-") for value in values(fields, "ST", "Status")}
    return ("medline" in base and "embase" not in base) or bool(status & _MEDLINE)


LAYOUT = Layout(
    tags=_TAGS,
    line=re.compile(
        r"(?P<tag>[A-Z][A-Z0-9](?= {1,3}-(?: |\Z))|[A-Z][^.;]{1,59}?(?=:?\Z))(?: {1,3}-|:?\Z)(?P<value>.*)\Z"
    ),
    start=re.compile(r"<\d+\.? *>\Z"),
    noise=re.compile(r"\Z"),
    prepare=_prepare,
    heads=frozenset({"Score", "Unique Identifier", "Accession Number", "VN", "UI", "AN", "TI", "Title"}),
    many=frozenset(label for label, meaning in _TAGS.items() if meaning in _ONE_PER_LINE)
    | {"IN", "Institution", "References", "Comments"},
)
iterate = partial(tagged.iterate, layout=LAYOUT)
