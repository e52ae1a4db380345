"""The query languages that a strategy can be brought in from. Facts only; ``reading`` does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from review.query.syntax import Closeness, Operator, Place, Syntax
from review.query.tree import FIELDS

_TITLE, _ABSTRACT, _KEYWORDS = Place(("title",)), Place(("abstract",)), Place(("keywords",))
_TEXT, _TITLE_ABSTRACT = Place(FIELDS), Place(("title", "abstract"))
_TOPIC = Place((*FIELDS, "subjects"))
_AUTHORS, _JOURNAL, _TYPE, _ALL = Place(("authors",)), Place(("journal",)), Place(("type",)), Place(("anywhere",))
_LANGUAGE, _DATES = Place(kind="language"), Place(kind="dates")
_FILTER = Place(kind="filter")
_SUBJECTS = Place(("subjects",))
_SUBHEADING, _SUBSTANCE = Place(kind="heading", floating=True), Place(("substances",))
_NUMBERED = Place(("substances",), losses=(("numbers and actions of substances are read as their names", "narrower"),))
_OTHER = Place(("anywhere",), losses=(("a field that has no counterpart here is read as anywhere", "broader"),))
_NOT_PLUS = Place(FIELDS, losses=(("Keywords Plus has no counterpart here", "narrower"),))
_PLUS = Place(("keywords",), losses=(("Keywords Plus is read as keywords", "narrower"),))
_EMTREE_TERMS = Place(("subjects",), losses=(("major index terms are read as words of all of them", "broader"),))


def _codes(*rows: tuple[str, Place]) -> Mapping[str, Place]:
    """Make a table of codes; a row names several of one meaning, divided by bars."""
    return MappingProxyType({name: place for names, place in rows for name in names.split("|")})


def _binding(*tiers: str) -> tuple[frozenset[Operator], ...]:
    known: tuple[Operator, ...] = ("and", "or", "not", "near", "same")
    return tuple(frozenset(operator for operator in known if operator in tier.split()) for tier in tiers)


PUBMED = Syntax(
    name="pubmed",
    label="PubMed",
    docs=("https://pubmed.ncbi.nlm.nih.gov/help/#search-tags", "https://pubmed.ncbi.nlm.nih.gov/help/#combining"),
    checked="2026-11-22",
    code="tag",
    codes=_codes(
        ("tiab|title/abstract", _TEXT),  # author keywords too
        ("ti|title", _TITLE),
        ("ab|abstract", _ABSTRACT),
        ("ot|other term", _KEYWORDS),
        ("tw|text word|text words", _TOPIC),
        ("all|all fields", _ALL),
        ("mh|mesh|mesh terms|mesh term", Place(kind="heading")),
        ("mh:noexp|mesh:noexp|mesh terms:noexp", Place(kind="heading", explode=False)),
        ("majr|mesh major topic|mj", Place(kind="heading", major=True)),
        ("majr:noexp|mesh major topic:noexp", Place(kind="heading", major=True, explode=False)),
        ("sh|subheading|mesh subheading|sh:noexp|subheading:noexp", _SUBHEADING),
        ("nm|supplementary concept|substance name", _SUBSTANCE),
        ("pa|pharmacological action|rn|ec/rn number", _NUMBERED),
        ("ps|personal name as subject", _SUBJECTS),
        ("au|author|fau|full author name|cn|corporate author|ir|investigator|auid|author identifier", _AUTHORS),
        (
            "1au|first author name|first author|lastau|last author name",
            Place(("authors",), losses=(("first or last authors are read as any authors", "broader"),)),
        ),
        ("ta|journal|jour|jt|so|source", _JOURNAL),
        ("pt|ptyp|publication type", _TYPE),
        ("la|lang|language", _LANGUAGE),
        ("dp|pdat|publication date|date - publication|dcom", _DATES),
        ("sb|filter|subset|text|edat|crdt|mhda|lr|entry date|create date|date - entry|date - create", _FILTER),
        ("ad|affiliation|pl|gr|grant number|is|isbn|vi|volume|ip|issue|pg|pagination|aid|lid|doi|uid|pmid", _OTHER),
        ("tt|transliterated title", _TITLE),
    ),
    wildcards={"*": "many"},
    binding=_binding("and or not near"),
    order="operators from left to right",
    side_by_side="and",
    default=Place(("anywhere",), losses=(("automatic term mapping is not reproduced", "narrower"),)),
    vocabulary="mesh",
)

OVID = Syntax(
    name="ovid",
    label="Ovid",
    docs=(
        "https://site.ovid.com/site/help/documentation/osp/en/Content/syntax.htm",
        "https://tools.ovid.com/ovidgo/searches/training.php",
        "https://ospguides.ovid.com/OSPguides/medline.htm",
    ),
    checked="2026-11-22",
    code="suffix",
    codes=_codes(
        ("ti|ot|bt|tt", _TITLE),
        ("ab", _ABSTRACT),
        ("kf|kw|id", _KEYWORDS),
        ("tw", _TITLE_ABSTRACT),
        ("mp", _TOPIC),
        ("af|tx", _ALL),
        ("sh", Place(kind="heading", explode=False)),
        ("hw|de|ps|ct", _SUBJECTS),
        ("dm|dq|mj", _EMTREE_TERMS),
        ("fs|xs", _SUBHEADING),
        ("nm", _SUBSTANCE),
        ("rn|rs|px|dy|tn", _NUMBERED),
        ("au|fa|ca", _AUTHORS),
        ("jn|jw|ja|jx|so", _JOURNAL),
        ("pt", _TYPE),
        ("la|lg", _LANGUAGE),
        ("yr|dp|py", _DATES),
        ("ed|dt|ep|up|em|dc|rd", _FILTER),
        ("in|ia|cp|ui|ip|is|vo|pg|do|gi|go|cf|cy|cs|st|an|oa|pu|pl", _OTHER),
    ),
    wildcards={"*": "many", "$": "many", ":": "many", "#": "one", "?": "optional"},
    counted=True,
    binding=_binding("near", "and", "not", "or"),
    order="ADJ first, then AND, NOT and OR",
    side_by_side="phrase",
    default=Place((*FIELDS, "subjects"), losses=(("words without a field are read as .mp.", "none"),)),
    closeness=(Closeness(r"adj(\d+)", less=1), Closeness(r"adj()", ordered=True)),
    doubtful=(
        "binding: https://www.ciap.health.nsw.gov.au/training/ebp-learning-modules/module3/, not Ovid's own help",
        "words without a field: .mp. in most databases, with mapping off",
    ),
)

EBSCOHOST = Syntax(
    name="ebscohost",
    label="EBSCOhost",
    docs=(
        "https://connect.ebsco.com/s/article/Searching-with-Field-Codes",
        "https://help.ebsco.com/interfaces/CINAHL_MEDLINE_Databases/CINAHL/CINAHL_Databases_FAQs",
    ),
    checked="2026-11-22",
    code="word",
    codes=_codes(
        ("TI", _TITLE),
        ("AB", _ABSTRACT),
        ("KW|ZW", _KEYWORDS),
        ("SU|MW|SH|ZU", _SUBJECTS),
        ("MJ", _EMTREE_TERMS),
        ("XB", _TOPIC),
        ("TX|AF|FT", _ALL),
        ("MH", Place(kind="heading", explode=False)),
        ("MM", Place(kind="heading", explode=False, major=True)),
        ("DE", Place(kind="heading", explode=False)),
        ("AU|AR", _AUTHORS),
        ("SO|JN|JT", _JOURNAL),
        ("PT|ZT", _TYPE),
        ("LA|ZL", _LANGUAGE),
        ("DT|PY|YR", _DATES),
        ("EM|RV|YC|ZZ", _FILTER),
        ("AN|IB|AD|PG|UI|GE|IT|AA|AG", _OTHER),
    ),
    wildcards={"*": "many", "?": "one", "#": "optional"},
    binding=_binding("near", "not and", "or"),
    order="N and W first, then AND and NOT, then OR",
    side_by_side="phrase",
    default=Place(
        (*FIELDS, "subjects"), losses=(("words without a field are read as title, abstract and subjects", "none"),)
    ),
    closeness=(Closeness(r"n(\d{1,3})"), Closeness(r"w(\d{1,3})", ordered=True)),
    doubtful=("words side by side: a phrase in the mode Boolean/Phrase only", "XB"),
)

WEB_OF_SCIENCE = Syntax(
    name="web_of_science",
    label="Web of Science",
    docs=(
        "https://webofscience.help.clarivate.com/Content/search-operators.html",
        "https://webofscience.help.clarivate.com/en-us/Content/wos-core-collection/woscc-field-tags.htm",
    ),
    checked="2026-11-22",
    code="equals",
    codes=_codes(
        ("ts|topic", _NOT_PLUS),
        ("ti|title", _TITLE),
        ("ab|abstract", _ABSTRACT),
        ("ak|author keywords", _KEYWORDS),
        ("kp|keywords plus", _PLUS),
        ("all|all fields", _ALL),
        ("au|author|gp", _AUTHORS),
        ("so|publication titles", _JOURNAL),
        ("dt|document type|document types", _TYPE),
        ("wc|su|mh|mq", _SUBJECTS),
        ("la|language|languages", _LANGUAGE),
        ("py|dop|year published|publication date|timespan", _DATES),
        ("ft|ldpy|edn|ep", _FILTER),
        ("ad|cf|ci|cu|do|ed|fg|fo|is|og|oo|pmid|ps|pub|sa|sg|ut|zp|ai|fd", _OTHER),
    ),
    wildcards={"*": "many", "?": "one", "$": "optional"},
    binding=_binding("near", "same", "not", "and", "or"),
    order="NEAR first, then SAME, NOT, AND and OR",
    side_by_side="and",
    default=Place(("anywhere",), losses=(("words without a field are read as All Fields", "none"),)),
    closeness=(Closeness(r"near(?:\s*/\s*(\d+))?", bare=15),),
    doubtful=("words without a field",),
)

SCOPUS = Syntax(
    name="scopus",
    label="Scopus",
    docs=(
        "https://dev.elsevier.com/sc_search_tips.html",
        "https://service.elsevier.com/app/answers/detail/a_id/11365/supporthub/scopus/",
    ),
    checked="2026-11-22",
    code="call",
    codes=_codes(
        ("title-abs-key|title-abs-key-auth", _TOPIC),
        ("title-abs", _TITLE_ABSTRACT),
        ("title", _TITLE),
        ("abs", _ABSTRACT),
        ("key", Place(("keywords", "subjects"))),
        ("authkey", _KEYWORDS),
        ("indexterms", _SUBJECTS),
        ("chem|chemname", _SUBSTANCE),
        ("casregnumber", _NUMBERED),
        ("all", _ALL),
        ("auth|author-name|authlastname|authfirst|firstauth|au-id", _AUTHORS),
        ("srctitle|exactsrctitle|conf", _JOURNAL),
        ("doctype|srctype", _TYPE),
        ("language", _LANGUAGE),
        ("pubyear|pubdatetxt", _DATES),
        ("subjarea|openaccess|loadyear|orig-load-date|af-id", _FILTER),
        ("affil|affilorg|affilcity|affilcountry|doi|issn|isbn|ref|eid|pmid|fund-all|fund-sponsor|edit", _OTHER),
    ),
    wildcards={"*": "many", "?": "one"},
    binding=_binding("or", "near", "and", "not"),
    order="OR first, then W/n and PRE/n, AND, and AND NOT",
    side_by_side="and",
    default=Place(("anywhere",), losses=(("words without a field are read as ALL()", "none"),)),
    closeness=(Closeness(r"w\s*/\s*(\d+)"), Closeness(r"pre\s*/\s*(\d+)", ordered=True)),
    doubtful=("words without a field",),
)

SYNTAXES: Mapping[str, Syntax] = MappingProxyType(
    {syntax.name: syntax for syntax in (PUBMED, OVID, EBSCOHOST, WEB_OF_SCIENCE, SCOPUS)}
)
"""Every query language that can be read, by the name that its platform has among the dialects."""
