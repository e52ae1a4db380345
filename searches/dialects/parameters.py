"""The dialects of the sources that take their limits as parameters beside the query. Facts only.

A text is then two lines: the query, and the parameters as ``key=value`` joined by ``&``, in the source's own words and
not encoded. The source's ``ask`` parts them at the line break; without limits there is one line.
"""

from __future__ import annotations

from review.query import FIELDS
from searches.dialects.interfaces import ADDRESS, SLOPPY
from searches.dialects.model import Dates, Dialect, Near, Scope
from searches.source import Loss

_LIMITED, _JOINT = "{query}\n{limits}", "&"

CROSSREF = Dialect(
    name="crossref",
    label="Crossref",
    kind="api",
    docs="https://www.crossref.org/documentation/retrieve-metadata/rest-api/",
    checked="2026-11-21",
    level="query",
    scopes=(
        Scope(
            FIELDS, "{}", Loss("title, authors, journal and year are searched, not abstract and keywords", "narrower")
        ),
    ),
    booleans=False,
    operators=(" ", " ", " "),
    truncation=None,
    one_character=None,
    dates=Dates("filter=from-pub-date:{start:%Y-%m-%d},until-pub-date:{end:%Y-%m-%d}"),
    limited=_LIMITED,
    limit_joint=_JOINT,
    longest=ADDRESS,
    longest_in="bytes",
)

SEMANTIC_SCHOLAR = Dialect(
    name="semanticscholar",
    label="Semantic Scholar",
    kind="api",
    docs="https://api.semanticscholar.org/api-docs/graph#tag/Paper-Data/operation/get_graph_paper_bulk_search",
    checked="2026-11-21",
    level="query",
    scopes=(Scope(("title", "abstract"), "{}"),),
    operators=(" +", " | ", " -"),
    one_character=None,
    truncated_phrase=None,
    near=Near('"{left} {right}"~{n}', extra=2, words_only=True, loss=SLOPPY),
    dates=Dates("publicationDateOrYear={start:%Y-%m-%d}:{end:%Y-%m-%d}"),
    limited=_LIMITED,
    limit_joint=_JOINT,
    longest=ADDRESS,
    longest_in="bytes",
    losses=(Loss("inflected forms of whole words are found too", "broader"),),
)

OPENAIRE = Dialect(
    name="openaire",
    label="OpenAIRE Graph",
    kind="api",
    docs="https://graph.openaire.eu/docs/apis/graph-api/",
    checked="2026-11-21",
    level="query",
    scopes=(
        Scope(FIELDS, "{}", Loss("all of the record is searched, not title, abstract and keywords", "broader")),
        Scope(("anywhere",), "{}"),
    ),
    truncation=None,  # not documented
    one_character=None,
    dates=Dates("fromPublicationDate={start:%Y-%m-%d}&toPublicationDate={end:%Y-%m-%d}"),
    limited=_LIMITED,
    limit_joint=_JOINT,
    longest=ADDRESS,
    longest_in="bytes",
)

SCIENCEDIRECT = Dialect(
    name="sciencedirect",
    label="ScienceDirect API",
    kind="api",
    docs="https://dev.elsevier.com/tips/ScienceDirectSearchTips.htm",
    checked=None,  # the operators are; what the parameter qs searches is not
    level="query",
    scopes=(
        Scope(FIELDS, "{}", Loss("the full text is searched, not title, abstract and keywords", "broader")),
        Scope(("anywhere",), "{}"),
    ),
    truncation=None,
    one_character=None,
    dates=Dates("date={start:%Y}-{end:%Y}", whole_years=True),
    limited=_LIMITED,
    limit_joint=_JOINT,
    most_operators=8,
    losses=(Loss("no abstracts and keywords come: titles are all that can be evaluated here", "none"),),
)

PARAMETERS: tuple[Dialect, ...] = (CROSSREF, SEMANTIC_SCHOLAR, OPENAIRE, SCIENCEDIRECT)
