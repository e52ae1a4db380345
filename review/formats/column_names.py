"""What the columns of tables are called, on every platform that exports tables. Tables, no logic."""

from __future__ import annotations

import re

# Sources: exports of PubMed
# (https://pubmed.ncbi.nlm.nih.gov/help/#save-citations), Scopus, Embase.com; Web of Science tags
# (https://webofscience.help.clarivate.com/en-us/Content/wos-core-collection/woscc-full-record-field-tags.htm) and full
# headers; Lens (https://support.lens.org/knowledge-base/scholar-field-definition/); Dimensions
# (https://dimensions.freshdesk.com, "Publications export"); Cochrane Library, EBSCOhost, ProQuest, ClinicalTrials.gov
# (https://clinicaltrials.gov/data-api/about-api/csv-download), Zotero, Rayyan; ASReview's column names
# (https://asreview.readthedocs.io/en/stable/lab/data.html); checked 2026-11-22.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "article title", "primary title", "document title", "study title", "titles", "t1", "ti"),
    "authors": ("authors", "author full names", "author names", "first authors", "author s", "af", "author", "au", "a1",
                "authors raw affiliation", "investigators"),
    "date": ("date", "publication date", "date published", "pubdate", "publication date online", "year",
             "publication year", "year published", "pubyear", "pub year", "py", "y1", "date of publication",
             "entrydate", "first posted", "start date", "pd", "month", "day", "early access date"),
    "journal": ("journal", "source title", "journal book", "journal name", "journal title", "publication title",
                "pubtitle", "alternate title3", "secondary title", "booktitle", "so", "t2", "jf"),
    "volume": ("volume", "vol", "vl"),
    "issue": ("issue", "number", "issue number", "is"),
    "pages": ("pages", "page", "page range", "pagination"),
    "start": ("page start", "start page", "first page", "startpage", "bp", "sp", "article number", "art no", "ar"),
    "end": ("page end", "end page", "last page", "endpage", "ep"),
    "abstract": ("abstract", "abstract note", "brief summary", "ab", "n2", "notes abstract"),
    "keywords": ("keywords", "author keywords", "keyword", "de", "kw", "manual tags", "subjects", "subject terms",
                 "subjectterms", "identifierkeywords", "index keywords", "keywords plus", "mesh terms",
                 "automatic tags", "emtree drug index terms major focus", "emtree drug index terms", "conditions",
                 "emtree medical index terms major focus", "emtree medical index terms"),
    "kind": ("kind", "document type", "publication type", "articletype", "doctype", "type of reference", "dt",
             "entrytype", "item type", "type", "documenttype"),
    "language": ("language", "language of original document", "languages", "la"),
    "doi": ("doi", "digital object identifier", "digitalobjectidentifier", "di", "do"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "medline pmid", "pm"),
    "pmcid": ("pmcid", "pmc", "pmc id"),
    "issns": ("issns", "issn", "eissn", "e issn", "electronic issn", "sn", "ei"),
    "isbns": ("isbns", "isbn", "eisbn", "bn"),
    "url": ("url", "documenturl", "link", "urls", "study url", "plink", "external url", "source urls", "dimensions url",
            "ur", "full record entry page", "open url link"),
    "publisher": ("publisher", "publisherxml", "pb", "pu", "sponsor"),
    "place": ("place", "place published", "publisher location", "publisher city", "place of publication", "address",
              "placeofpublication", "location", "cy", "pi"),
    "flags": ("flags",),
    "source_id": ("source id", "record id", "accession number", "eid", "ut unique wos id", "unique wos id", "ut",
                  "lens id", "publication id", "cochrane review id", "nct number", "accessionnumber",
                  "storeid", "id", "an", "key"),
    "identifiers": ("identifiers",),
    "notes": ("notes", "note", "n1"),
    "extra": ("extra",),
    "citation": ("citation", "source"),
}  # fmt: skip
"""Field of a record to column names, most telling first, as ``fold`` spells them."""
CITATIONS = (
    re.compile(r"(?P<journal>.+?) \(\d{4}\) (?P<volume>\w+)?(?::(?P<issue>\S+))? ?(?:\((?P<pages>[^()]+)\))?"
               r"\. Date of Publication: (?P<date>.+)"),
    re.compile(r"[^;]*?\. (?P<date>\d{4}[^;:]*)(?:;(?P<volume>\w+)?(?:\((?P<issue>[^()]+)\))?)?"
               r"(?::(?P<pages>[\w-]+))?\."),
)  # fmt: skip
"""How Embase.com ("Source") and PubMed ("Citation") print journal, volume, issue, pages and date in one cell."""
FIELDS = tuple(field for field in NAMES if field not in ("flags", "identifiers", "extra", "citation"))
"""What a person may say that an unknown column means."""
JOINED = frozenset({"keywords", "issns", "isbns", "notes", "date"})
"""Fields that take all their columns, not the first that says something."""
OTHERWISE: tuple[tuple[frozenset[str], dict[str, str]], ...] = (
    (frozenset({"pt", "ut"}), {"id": "keywords"}),
    (frozenset({"cochrane review id"}), {"source": "journal"}),
)
"""Tables in which a name means another field than elsewhere: the names that tell them (Web of Science, Cochrane)."""
GIVEN_FIRST = frozenset({"lens id"})
"""Names that tell a table whose authors stand as ``Given Family``."""
