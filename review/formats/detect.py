"""Tell from the bytes which format a file has and which platform it came from: tables of marks, one look."""

from __future__ import annotations

import re
from pathlib import PurePath

from review.errors import ReviewError
from review.formats.decode import wide
from review.formats.spreadsheet import glance, holds_workbook

_HEAD = 200_000
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_UNPACK = "Unpack it and import the files inside."
_EXPORT = "Export the records from the platform as RIS, CSV or XLSX."
_NO_EXPORTS = (
    (b"%PDF-", "a PDF document", _EXPORT), (b"{\\rtf", "a text with layout (RTF)", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT), (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"SQLite format 3\0", "a database", _EXPORT),
    (b"\x1f\x8b", "a compressed file (gzip)", _UNPACK), (b"BZh91AY", "a compressed file (bzip2)", _UNPACK),
    (b"\xfd7zXZ", "a compressed file (xz)", _UNPACK), (b"Rar!", "a compressed file (RAR)", _UNPACK),
    (b"7z\xbc\xaf", "a compressed file (7z)", _UNPACK), (b"PK\x05\x06", "an empty ZIP file", _EXPORT),
)  # fmt: skip
"""First bytes of files that are no exports, what they are, and what to do. Source: https://www.garykessler.net/library/
file_sigs.html, checked 2026-11-22."""

_MARKS = (
    ("csl-json", r"\A\s*(?:\[\s*[\]{]|\{\s*\")"),
    ("endnote-xml", r"<(?i:xml)>\s*<(?i:records)\b|<ref-type\b|<REFERENCE_TYPE>"),
    ("pubmed-xml", r"<(?:Pubmed(?:Book)?Article|MedlineCitation)(?:Set)?[\s/>]"),
    ("mods", r"\A\s*<[\s\S]*?<(?:[\w-]+:)?mods(?:Collection)?[\s>]|\A\s*<(?:[\w-]+:)?mods(?:Collection)?[\s>]"),
    ("ris", r"^[ \t]*TY {1,3}- ?"),
    ("medline", r"^(?:PMID- ?$|(?:PMID|PMCR|PMC |OWN |STAT)- ?\S)"),
    ("wos-tagged", r"^(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z][ \t]*$)"),
    ("ovid-tagged", r"\A\s*<\d+\.? *>\s*$|^VN {1,2}- Ovid|^(?:Unique Identifier|Accession Number)[ \t]*\n +\S"),
    ("endnote-refer", r"^%0(?: \w|[ \t]*$)|\A\s*%[A-Z] \S"),
    ("refworks", r"^Refworks Export Tagged Format|^RT [A-Z][^\n]*\n(?:[A-Z][A-Z0-9] [^\n]*\n){0,30}?(?:[AT]1|YR) "),
    ("bibtex", r"^[ \t]*@[ \t]*[A-Za-z]\w*\s*[{(]"),
    ("ris", r"^(?:TI|T1|AU|A1|JF)  - [^\n]*\n(?:[^\n]*\n){0,300}?ER  -"),
)
"""Format to the pattern that gives it away, the surest first."""
_FORMATS = tuple((name, re.compile(pattern, re.MULTILINE)) for name, pattern in _MARKS)

# What each platform leaves in its exports; databases before the reference managers that files pass through.
# Sources: exports of the platforms themselves, checked 2026-11-22.
_LEFT = (
    ("EBSCOhost", r"^DP  - EBSCOhost|^UR  - https?://\S*(?:search\.ebscohost|research\.ebsco)\.com"),
    ("ProQuest", r"^(?:UR|L2|L1)  - https?://\S*proquest\.com|^N1  - Copyright - [^\n]*ProQuest|^Provider: ProQuest"),
    ("Ovid", r"^(?:UR|L2|XL)  - https?://\S*ovidsp\S*ovid\.com|^(?:DP|VN)  - Ovid|^Link to the Ovid Full Text|"
             r"\A\s*<\d+\.? *>\s*$"),
    ("Scopus", r"^DB  - Scopus|^UR  - https?://www\.scopus\.com|2-s2\.0-\d+"),
    ("Embase", r"^DB  - Embase|^UR  - https?://www\.embase\.com|Emtree Drug Index Terms"),
    ("Web of Science", r"^AN  - WOS:|^N1  - Times Cited in Web of Science|^UR  - <Go to ISI>|UT \(Unique WOS ID\)|"
                       r"^FN (?:Clarivate|Thomson|ISI)|^UT WOS:"),
    ("PubMed", r"^DB  - PubMed|^DP  - NLM|^PMID- ?\d|^PMID,Title,Authors,Citation|"
               r"<(?:Pubmed(?:Book)?Article|MedlineCitation)(?:Set)?[\s/>]"),
    ("RefWorks", r"^Refworks Export Tagged Format"),
    ("Zotero", r"^Y2  - \d{4}/\d\d/\d\d/\d\d:\d\d:\d\d|^DA  - \d{4}/\S*\nPY  - \d{4}\n|^Key,Item Type,"),
    ("EndNote", r"^ST  - [^\n]+\n(?:[^\n]+\n){0,60}?ID  - \d+\n(?:[A-Z][A-Z0-9]  - [^\n]*\n){0,9}ER  -"),
)  # fmt: skip
# Headers of tables, as ``columns`` knows them, and what BibTeX holds; sources there, checked 2026-11-22.
_HEADERS = (
    ("EndNote", r"<source-app name=\"EndNote\""),  # a library is of several databases: none of them is the platform
    ("Zotero", r"<source-app name=\"Zotero\""),
    ("Lens", r"^[^\w\n]*Lens ID\W|^[^\n]{0,200}\"?Lens ID\"?,"),
    ("Dimensions", r"^[^\w\n]*About the data: |^[^\w\n]*(?:Rank\W+)?Publication ID\W"),
    ("Cochrane Library", r"^[^\w\n]*Cochrane Review ID\W"),
    ("ClinicalTrials.gov", r"^[^\w\n]*NCT Number\W"),
    ("ProQuest", r"^[^\w\n]*Title\W+Abstract\W+StoreId\W|^[^\n]{0,900}\WStoreId\W"),
    ("EBSCOhost", r"^[^\w\n]*Article Title\W+Author\W+Journal Title\W|^[ \t]*url = \{https?://\S*(?:ebscohost|ebsco)\.com"),
    ("Web of Science", r"^PT\tA[UF]\t|^[ \t]*unique-id = \{+(?:WOS|ISI):|WOS:\d{15}"),
    ("Rayyan", r"^key,title,(?:authors|year),"),
)  # fmt: skip
_PLATFORMS = tuple((label, re.compile(pattern, re.MULTILINE | re.IGNORECASE)) for label, pattern in _HEADERS)
_PLATFORMS += tuple((label, re.compile(pattern, re.MULTILINE)) for label, pattern in _LEFT)
PLATFORMS = tuple(sorted({label for label, _ in _PLATFORMS}))
"""The platforms and programs that can be recognised; docs/formats.md lists them (a test compares)."""

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".tab": "csv", ".xml": "xml", ".nbib": "medline", ".ciw": "wos-tagged"}
_ENDINGS |= {".enw": "endnote-refer", ".bib": "bibtex", ".json": "csl-json"}
"""Ending to the format that is believed when no mark is found."""
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|div|table|span|p|script)\b",
    re.IGNORECASE | re.DOTALL,
)


def detect(data: bytes, name: str) -> tuple[str, str | None]:
    """Recognise the format and the platform of a file from its bytes; the name only decides between doubtful cases.

    Parameters
    ----------
    data : bytes
        The whole file or its beginning.
    name : str
        The name of the file, for its ending and for messages.

    Returns
    -------
    (str, str or None)
        Format name (a key of ``READERS``, or of ``UNREAD``: recognised but not read) and platform label.

    Raises
    ------
    ReviewError
        The file is empty, is a web page, or is of no known format.
    """
    if data.startswith(_OLD_OFFICE):
        return "xls", None
    if data.startswith(_ZIP):
        return "xlsx", recognise_platform(data, name)
    platform = recognise_platform(data, name)
    text = head(data)
    ending = PurePath(name).suffix.lower()
    found = next((label for label, pattern in _FORMATS if pattern.search(text)), None) if ending != ".csv" else None
    return found or _by_ending(text, ending, name), platform


def recognise_platform(data: bytes, name: str) -> str | None:
    """Recognise the platform alone, when the format is known; refuses what is no export at all.

    Raises
    ------
    ReviewError
        The file is empty, is a web page, or is a file of another kind (a PDF document, a ZIP file).
    """
    _refuse(data, name)
    text = glance(data) if data.startswith(_ZIP) else head(data)
    if not data or not (text.strip() or data.startswith(_ZIP)):
        raise ReviewError(f"{name}: the file is empty: there is nothing to read.", hint="Export it again.")
    if _HTML.match(text):
        wanted = {".ris": "a RIS", ".csv": "a CSV", ".nbib": "an nbib"}.get(PurePath(name).suffix.lower(), "an export")
        raise ReviewError(
            f"{name}: this is a web page, not {wanted} file.",
            hint="The platform probably asked for a login: log in, export again, and open the file to see records.",
        )
    return next((label for label, pattern in _PLATFORMS if pattern.search(text)), None)


def _refuse(data: bytes, name: str) -> None:
    """Refuse what its first bytes give away, whatever its name says."""
    for mark, what, hint in _NO_EXPORTS:
        if data.startswith(mark):
            raise ReviewError(f"{name}: this is {what}, not an export of records.", hint=hint)
    if data.startswith(_ZIP) and not holds_workbook(data):
        raise ReviewError(f"{name}: this is a ZIP file without a workbook in it.", hint=_UNPACK)


def _by_ending(text: str, ending: str, name: str) -> str:
    """Fall back on the ending, or on separators in the first line."""
    first = next(line for line in text.splitlines() if line.strip())
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if ending in ("", ".txt") and re.search("[,;\t|]", first):
        return "csv"
    raise ReviewError(
        f"{name}: the format is not recognised; the file begins with “{first.strip()[:60]}”.",
        hint="Export it as RIS, PubMed (nbib), CSV or XLSX.",
    )


def head(data: bytes) -> str:
    """Give the beginning of a file as text with LF line ends, whatever its encoding: good enough to look for marks."""
    part = data[:_HEAD]
    text = part.decode(wide(part) or "utf-8", errors="replace")
    return text.lstrip("\ufeff").replace("\0", " ").replace("\r\n", "\n").replace("\r", "\n")
