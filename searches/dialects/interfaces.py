"""The dialects of the sources whose whole query, limits and all, is one text. Facts only.

The requests are made by each source's module. ``searches.dialects.parameters`` has the sources whose limits are
parameters of their own.
"""

from __future__ import annotations

from review.query import FIELDS
from searches.dialects.model import Dates, Dialect, Headings, Near, Scope
from searches.source import Loss

SUBJECTS = Loss("subject headings are searched with the keywords", "broader")
TYPES = Loss("types of publication have other names there: look them up", "narrower")
SLOPPY = Loss("words near each other are asked with up to two words more between them, for both orders", "broader")
ADDRESS = 6_000
"""Bytes of a query in an address: web servers take 8,190 of the whole line unless they are told otherwise
(https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestline); no source publishes a number of its own."""

PUBMED = Dialect(
    name="pubmed",
    label="PubMed",
    kind="api",
    docs="https://pubmed.ncbi.nlm.nih.gov/help/",
    checked="2026-11-21",
    level="term",  # a tag behind a group is not read
    scopes=(
        Scope((*FIELDS, "subjects"), "{}[tw]"),
        Scope(FIELDS, "{}[tiab]"),  # title, abstract, other abstracts, author keywords
        Scope(("title", "abstract"), "{}[tiab]", Loss("author keywords are searched with the abstract", "broader")),
        Scope(("title",), "{}[ti]"),
        Scope(("abstract",), "{}[ab]"),
        Scope(("keywords",), "{}[ot]"),
        Scope(
            ("subjects",), "{}[mh]", Loss("subject headings are found by whole names, not by single words", "narrower")
        ),
        Scope(("substances",), "{}[nm]"),
        Scope(("authors",), "{}[au]"),
        Scope(("journal",), "{}[ta]"),
        Scope(("type",), "{}[pt]"),
        Scope(("anywhere",), "{}[all]"),
    ),
    shortest_stem=4,
    one_character=None,
    near=Near(
        '"{left} {right}"[{tag}:~{n}]',
        words_only=True,
        tags=((FIELDS, "tiab"), (("title", "abstract"), "tiab"), (("title",), "ti")),
    ),
    headings=(
        Headings(
            ("mesh",),
            '"{text}{qualifier}"[mh:noexp]',
            '"{text}{qualifier}"[mh]',
            '"{text}{qualifier}"[majr:noexp]',
            '"{text}{qualifier}"[majr]',
            "/{name}",
            "{quoted}[sh]",
        ),
    ),
    dates=Dates('("{start:%Y/%m/%d}"[dp] : "{end:%Y/%m/%d}"[dp])'),
    language="{lower}[la]",  # assigned by an indexer to every record
    limited="{query} AND {limits}",
)

EUROPEPMC = Dialect(
    name="europepmc",
    label="Europe PMC",
    kind="api",
    docs="https://europepmc.org/Help",
    checked="2026-11-21",
    level="group",
    scopes=(
        Scope(FIELDS, "TITLE_ABS:({0}) OR KW:({0})"),
        Scope(("title", "abstract"), "TITLE_ABS:({})"),
        Scope(("title",), "TITLE:({})"),
        Scope(("abstract",), "ABSTRACT:({})"),
        Scope(("keywords",), "KW:({})"),
        Scope(("authors",), "AUTH:({})"),
        Scope(("journal",), "JOURNAL:({})"),
        Scope(("type",), "PUB_TYPE:({})"),
        Scope(("anywhere",), "({})", Loss("the full text is searched with the rest of the record", "broader")),
    ),
    one_character=None,
    truncated_phrase=None,
    dates=Dates("FIRST_PDATE:[{start:%Y-%m-%d} TO {end:%Y-%m-%d}]"),
    limited="{query} AND {limits}",
)

OPENALEX = Dialect(
    name="openalex",
    label="OpenAlex",
    kind="api",
    docs="https://help.openalex.org/api/",
    checked="2026-11-21",
    level="query",  # the text is a value of the parameter "filter", whose parts are joined by commas
    scopes=(Scope(("title", "abstract"), "title_and_abstract.search.exact:({})"),),
    shortest_stem=3,
    truncated_phrase=None,  # allowed only where the phrase is the whole search
    near=Near('"{left} {right}"~{n}', extra=2, words_only=True, loss=SLOPPY),
    dates=Dates("from_publication_date:{start:%Y-%m-%d},to_publication_date:{end:%Y-%m-%d}"),
    limited="{query},{limits}",
    limit_joint=",",
    longest=3_400,  # the whole address may have 4,094; limits, a window and the list of fields need the rest
    longest_in="bytes",
)

DOAJ = Dialect(
    name="doaj",
    label="DOAJ",
    kind="api",
    docs="https://doaj.org/api/v4/docs",
    checked="2026-11-21",
    level="group",
    scopes=(
        Scope(FIELDS, "bibjson.title:({0}) OR bibjson.abstract:({0}) OR bibjson.keywords:({0})"),
        Scope(("title",), "bibjson.title:({})"),
        Scope(("abstract",), "bibjson.abstract:({})"),
        Scope(("keywords",), "bibjson.keywords:({})"),
        Scope(("authors",), "bibjson.author.name:({})"),
        Scope(("journal",), "bibjson.journal.title:({})"),
    ),
    truncation=None,  # wildcards, fuzziness and proximity are refused with status 400
    one_character=None,
    dates=Dates("bibjson.year:[{start:%Y} TO {end:%Y}]", whole_years=True),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
)

CORE = Dialect(
    name="core",
    label="CORE",
    kind="api",
    docs="https://api.core.ac.uk/docs/v3",
    checked=None,
    level="group",
    scopes=(
        Scope(("title", "abstract"), "title:({0}) OR abstract:({0})"),
        Scope(("title",), "title:({})"),
        Scope(("abstract",), "abstract:({})"),
        Scope(("anywhere",), "({})", Loss("the full text is searched with the rest of the record", "broader")),
    ),
    truncation=None,  # not documented
    one_character=None,
    dates=Dates("yearPublished>={start:%Y} AND yearPublished<={end:%Y}", whole_years=True),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
)

ERIC = Dialect(
    name="eric",
    label="ERIC",
    kind="api",
    docs="https://eric.ed.gov/?api",
    checked=None,
    level="group",
    scopes=(
        Scope(FIELDS, "title:({0}) OR description:({0}) OR subject:({0})", SUBJECTS),
        Scope(("title",), "title:({})"),
        Scope(("abstract",), "description:({})"),
        Scope(("keywords", "subjects"), "subject:({})"),
        Scope(("keywords",), "subject:({})", SUBJECTS),
        Scope(("subjects",), "subject:({})"),
        Scope(("authors",), "author:({})"),
        Scope(("journal",), "source:({})"),
        Scope(("type",), "publicationtype:({})"),
        Scope(("anywhere",), "({})"),
    ),
    truncation=None,  # not documented
    one_character=None,
    headings=(Headings(("eric",), 'subject:"{text}"'),),
    dates=Dates("publicationdateyear:[{start:%Y} TO {end:%Y}]", whole_years=True),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
    losses=(Loss("inflected forms of whole words are found too", "broader"),),
)

ARXIV = Dialect(
    name="arxiv",
    label="arXiv",
    kind="api",
    docs="https://info.arxiv.org/help/api/user-manual.html",
    checked="2026-11-21",
    level="term",  # the manual writes a prefix before each term
    scopes=(
        Scope(("title", "abstract"), "ti:{0} OR abs:{0}"),
        Scope(("title",), "ti:{}"),
        Scope(("abstract",), "abs:{}"),
        Scope(("authors",), "au:{}"),
        Scope(("journal",), "jr:{}"),
        Scope(("anywhere",), "all:{}"),
    ),
    operators=(" AND ", " OR ", " ANDNOT "),
    truncation=None,  # not documented
    one_character=None,
    dates=Dates("submittedDate:[{start:%Y%m%d}0000 TO {end:%Y%m%d}2359]"),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
)

WOS_STARTER = Dialect(
    name="wos_starter",
    label="Web of Science Starter API",
    kind="api",
    docs="https://developer.clarivate.com/apis/wos-starter",
    checked="2026-11-21",
    level="group",
    scopes=(
        Scope(FIELDS, "TS=({})", Loss("Keywords Plus are searched with the keywords", "broader")),
        Scope(("title",), "TI=({})"),
        Scope(("authors",), "AU=({})"),
        Scope(("journal",), "SO=({})"),
        Scope(("type",), "DT=({})", TYPES),
    ),
    shortest_stem=3,
    near=Near("{left} NEAR/{n} {right}", most=15, groups=True),
    dates=Dates("PY=({start:%Y}-{end:%Y})", whole_years=True),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
    losses=(Loss("no abstracts come: titles and author keywords are all that can be evaluated here", "none"),),
)

CLINICALTRIALS = Dialect(
    name="clinicaltrials",
    label="ClinicalTrials.gov",
    kind="api",
    docs="https://classic.clinicaltrials.gov/api/gui/ref/syntax",  # the same engine as version 2 of the API
    checked="2026-11-22",
    level="group",
    scopes=(
        Scope(
            FIELDS,
            "AREA[BriefTitle]({0}) OR AREA[OfficialTitle]({0}) OR AREA[BriefSummary]({0}) OR AREA[Keyword]({0})",
        ),
        Scope(("title",), "AREA[BriefTitle]({0}) OR AREA[OfficialTitle]({0})"),
        Scope(("abstract",), "AREA[BriefSummary]({})"),
        Scope(("keywords",), "AREA[Keyword]({})"),
        Scope(("type",), "AREA[StudyType]({})"),
        Scope(("anywhere",), "({})"),
    ),
    operators=(" AND ", " OR ", " AND NOT "),
    truncation=None,
    one_character=None,
    dates=Dates("AREA[StudyFirstPostDate]RANGE[{start:%Y-%m-%d},{end:%Y-%m-%d}]"),
    limited="{query} AND {limits}",
    longest=ADDRESS,
    longest_in="bytes",
    losses=(Loss("synonyms and inflected forms are found too", "broader"),),
)

INTERFACES: tuple[Dialect, ...] = (
    PUBMED, EUROPEPMC, OPENALEX, DOAJ, CORE, ERIC, ARXIV, WOS_STARTER, CLINICALTRIALS,
)  # fmt: skip
