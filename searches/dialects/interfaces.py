"""The dialects of the sources that are asked over an API. Facts only; the requests are made by each source's module."""

from __future__ import annotations

from review.query import FIELDS
from searches.dialects.model import Dates, Dialect, Scope

PUBMED = Dialect(
    name="pubmed",
    label="PubMed",
    kind="api",
    docs="https://pubmed.ncbi.nlm.nih.gov/help/",
    checked="2026-11-21",
    level="term",  # a tag behind a group is not read
    scopes=(
        Scope(FIELDS, "{}[tiab]"),  # title, abstract, other abstracts, author keywords
        Scope(("title",), "{}[ti]"),
        Scope(("abstract",), "{}[ab]"),
        Scope(("keywords",), "{}[ot]"),
    ),
    shortest_stem=4,
    one_character=None,
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
    dates=Dates("from_publication_date:{start:%Y-%m-%d},to_publication_date:{end:%Y-%m-%d}"),
    limited="{query},{limits}",
    limit_joint=",",
)

INTERFACES: tuple[Dialect, ...] = (PUBMED, EUROPEPMC, OPENALEX)
