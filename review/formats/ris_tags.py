"""What the two-letter tags of RIS mean, in every dialect that platforms write. Tables, no logic.

Sources: RIS tag map of the Zotero translators, https://github.com/aurimasv/translators/wiki/RIS-Tag-Map; field list,
https://en.wikipedia.org/wiki/RIS_(file_format)#Tags; exports of EBSCOhost, ProQuest, Ovid, Scopus, Embase.com, Web of
Science, PubMed, Zotero and EndNote; checked 2026-11-22.
"""

from __future__ import annotations

import re

TITLE = ("TI", "T1", "CT")
JOURNAL = ("JF", "T2", "JO", "J2", "JA", "J1")
"""Names of the journal or book, the long name first."""
AUTHORS = ("AU", "A1")
DATES = ("PY", "Y1", "DA")
ABSTRACT = ("AB", "N2")
SOURCE_ID = ("AN", "ID")
LINKS = frozenset({"UR", "L1", "L2", "L3", "L4", "LK"})
"""Tags that hold web addresses, which may name a subscriber."""
WORK_TYPES = ("M3", "PT")
CARRIER = "C8"
"""The custom field in which our own writer puts what RIS has no tag for, as ``review:<field>[:<name>]=<value>``."""

MAPPED = frozenset(
    {*TITLE, "BT", *JOURNAL, *AUTHORS, *DATES, *ABSTRACT, *SOURCE_ID, "TY", "ER", "VL", "IS", "SP", "EP", "SN", "KW"}
    | {"DO", "LA", "UR", "N1", "PB", "CY", "PMID", CARRIER}
)
"""Tags whose value goes into a field of the record; every other tag is kept as it is, in order."""

KNOWN = (
    MAPPED | LINKS | {"A2", "A3", "A4", "AD", "AV", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "CA", "CN", "DB", "DP"}
)
KNOWN |= {"ED", "ET", "LB", "M1", "M2", "M3", "NV", "OP", "PP", "PT", "RI", "RN", "RP", "SE", "ST", "T3", "TA", "TT"}
KNOWN |= {"U1", "U2", "U3", "U4", "U5", "Y2"}
"""Tags that are believed even when their line is not spaced as the format asks (``TY - JOUR``)."""

SPARE = {"JO": "journal", "J2": "journal", "JA": "journal", "J1": "journal", "UR": "url", "ID": "source_id"}
"""Tags that read back as further values when the field named here is written before them."""

NO_PAGES = frozenset({("No", "Specified"), ("no", "pagination"), ("n/a", None), ("NA", None)})
"""What platforms write into SP and EP when a record has no page numbers."""

NO_ABSTRACT = frozenset({"na", "n/a", "no abstract", "no abstract available", "[no abstract available]"})
"""What platforms write into AB when a record has no abstract, lower case."""

COPYRIGHT = re.compile(r"(?:copyright\b|\(c\)|©|.{0,400}\bis the property of\b)", re.IGNORECASE)
"""How the second AB of EBSCOhost begins: a notice of rights, no abstract."""

ACCESSION = re.compile(r"Accession Number: ([\w.:-]+)")
"""The accession number in the notes of EBSCOhost."""

DOI_NOTE = re.compile(r"\s*(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}\S*/\S+\s*\Z", re.IGNORECASE)
"""A note that is a DOI and nothing else; a longer note may hold the DOIs of cited papers."""

NUMBERED = re.compile(r"\s*(?:\d+[.)]?|<\d+>|Record #?\d+ of \d+)?\s*\Z")
"""Lines between records that only number them (Ovid, Cochrane Library)."""
