"""The dialects of the platforms that people search by hand, to paste there or to publish. Facts only.

Where ``checked`` is ``None`` the spelling is common practice that has not been compared with the platform's help yet.
"""

from __future__ import annotations

from review.query import FIELDS
from searches.dialects.interfaces import SUBJECTS, TYPES
from searches.dialects.model import Dates, Dialect, Headings, History, Near, Scope
from searches.source import Loss

_TEXTWORDS = (*FIELDS, "subjects")
_IN_HEADINGS = Loss("subheadings are looked for among the words of subject headings", "broader")

EBSCOHOST = Dialect(
    name="ebscohost",
    label="EBSCOhost (CINAHL, British Education Index, PsycINFO, …)",
    kind="platform",
    docs="https://connect.ebsco.com/",
    checked=None,
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "TI ({0}) OR AB ({0}) OR KW ({0}) OR SU ({0})"),
        Scope(FIELDS, "TI ({0}) OR AB ({0}) OR KW ({0}) OR SU ({0})", SUBJECTS),
        Scope(("title",), "TI ({})"),
        Scope(("abstract",), "AB ({})"),
        Scope(("keywords", "subjects"), "KW ({0}) OR SU ({0})"),
        Scope(("keywords",), "KW ({0}) OR SU ({0})", SUBJECTS),
        Scope(("subjects",), "SU ({})"),
        Scope(("authors",), "AU ({})"),
        Scope(("journal",), "SO ({})"),
        Scope(("type",), "PT ({})"),
        Scope(("anywhere",), "TX ({})"),
    ),
    headings=(
        Headings(
            ("cinahl", "mesh"),
            '(MH "{text}{qualifier}")',
            '(MH "{text}+{qualifier}")',
            '(MM "{text}{qualifier}")',
            '(MM "{text}+{qualifier}")',
            "/{code}",
            "(MW {quoted})",
            _IN_HEADINGS,
        ),
        Headings(("psycinfo", "eric"), '(DE "{text}")', major='(MM "{text}")'),
    ),
    one_character_last="#",  # a ? at the end is taken for punctuation
    near=Near("{left} N{n} {right}", "{left} W{n} {right}", groups=True),
    dates=Dates("DT {start:%Y%m%d}-{end:%Y%m%d}", since="DT {start:%Y%m%d}-", until="DT -{end:%Y%m%d}"),
    language="LA {name}",
    losses=(Loss("turn off equivalent subjects and full-text searching, or more is found", "none"),),
)

PROQUEST = Dialect(
    name="proquest",
    label="ProQuest (ASSIA, Nursing & Allied Health, PsycINFO, …)",
    kind="platform",
    docs="https://proquest.libguides.com/proquestplatform/tips",
    checked="2026-11-21",
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "TI,AB,SU,IF({})"),
        Scope(FIELDS, "TI,AB,SU,IF({})", SUBJECTS),
        Scope(("title", "abstract"), "TI,AB({})"),
        Scope(("title",), "TI({})"),
        Scope(("abstract",), "AB({})"),
        Scope(("keywords", "subjects"), "SU,IF({})"),
        Scope(("keywords",), "SU,IF({})", SUBJECTS),
        Scope(("subjects",), "SU({})"),
        Scope(("authors",), "AU({})"),
        Scope(("journal",), "PUB({})"),
        Scope(("type",), "DTYPE({})", TYPES),
        Scope(("anywhere",), "NOFT({})"),
    ),
    truncation="{}[*20]",  # a bare * stands for 5 letters (some pages: 10): ment* would not find mentorship
    truncation_loss=Loss("truncated words are found with up to 20 letters behind the stem, 500 words each", "narrower"),
    one_character_loss=Loss("? stands for no character, too", "broader"),
    headings=(
        Headings(
            ("psycinfo", "eric"),
            'MAINSUBJECT.EXACT("{text}")',
            'MAINSUBJECT.EXACT.EXPLODE("{text}")',
            'MJMAINSUBJECT.EXACT("{text}")',
            'MJMAINSUBJECT.EXACT.EXPLODE("{text}")',
        ),
        Headings(
            ("mesh",),
            'MESH.EXACT("{text}")',
            'MESH.EXACT.EXPLODE("{text}")',
            'MJMESH.EXACT("{text}")',
            'MJMESH.EXACT.EXPLODE("{text}")',
        ),
        Headings(
            ("emtree",),
            'EMB.EXACT("{text}")',
            'EMB.EXACT.EXPLODE("{text}")',
            'MJEMB.EXACT("{text}")',
            'MJEMB.EXACT.EXPLODE("{text}")',
        ),
    ),
    near=Near("{left} NEAR/{n} {right}", "{left} PRE/{n} {right}", groups=True),
    dates=Dates("PD({start:%Y%m%d}-{end:%Y%m%d})"),
    language="LA({name})",
)

OVID = Dialect(
    name="ovid",
    label="Ovid (MEDLINE, Embase, PsycINFO, …)",
    kind="platform",
    docs="https://resourcecenter.ovid.com/site/help/documentation/ospa/en/Content/syntax.htm",
    checked="2026-11-22",
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "({}).mp."),
        Scope(FIELDS, "({}).ti,ab,kf."),
        Scope(("title", "abstract"), "({}).ti,ab."),
        Scope(("title",), "({}).ti."),
        Scope(("abstract",), "({}).ab."),
        Scope(("keywords",), "({}).kf."),
        Scope(("subjects",), "({}).hw."),
        Scope(("substances",), "({}).nm."),
        Scope(("authors",), "({}).au."),
        Scope(("journal",), "({}).jn."),
        Scope(("type",), "({}).pt."),
        Scope(("anywhere",), "({}).af."),
    ),
    operators=(" and ", " or ", " not "),
    headings=(
        Headings(
            ("mesh", "emtree", "psycinfo"),
            "{quoted}/{qualifier}",
            "exp {quoted}/{qualifier}",
            "*{quoted}/{qualifier}",
            "exp *{quoted}/{qualifier}",
            "{lower}",
            "{quoted}.fs.",
        ),
    ),
    one_character="#",
    truncated_phrase=("{}", " "),  # words without quotes are side by side too
    near=Near("{left} adj{n} {right}", extra=1, groups=True),  # adj1 is side by side
    dates=Dates('yr="{start:%Y} - {end:%Y}"', whole_years=True, since='yr="{start:%Y} -Current"'),
    language="{lower} language",
    limited="{query}\n{following}. limit {last} to ({limits})",
    limit_joint=" and ",
    history=History("{}. ", "{}"),
)

WEB_OF_SCIENCE = Dialect(
    name="web_of_science",
    label="Web of Science",
    kind="platform",
    docs="https://webofscience.help.clarivate.com/Content/search-operators.html",
    checked="2026-11-21",
    level="group",
    scopes=(
        # not TS=, which adds Keywords Plus
        Scope(FIELDS, "TI=({0}) OR AB=({0}) OR AK=({0})"),
        Scope(("title",), "TI=({})"),
        Scope(("abstract",), "AB=({})"),
        Scope(("keywords",), "AK=({})"),
        Scope(("authors",), "AU=({})"),
        Scope(("journal",), "SO=({})"),
        Scope(("type",), "DT=({})", TYPES),
        Scope(("anywhere",), "ALL=({})"),
    ),
    shortest_stem=3,
    near=Near("{left} NEAR/{n} {right}", most=15, groups=True),
    dates=Dates("PY=({start:%Y}-{end:%Y})", whole_years=True),
    language="LA=({name})",
    losses=(Loss("turn on Exact Search, or inflected forms of whole words are found too", "none"),),
)

SCOPUS = Dialect(
    name="scopus",
    label="Scopus",
    kind="platform",
    docs="https://dev.elsevier.com/sc_search_tips.html",
    checked="2026-11-21",
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "TITLE-ABS-KEY({})"),
        Scope(FIELDS, "TITLE-ABS-KEY({})", SUBJECTS),
        Scope(("title", "abstract"), "TITLE-ABS({})"),
        Scope(("title",), "TITLE({})"),
        Scope(("abstract",), "ABS({})"),
        Scope(("keywords", "subjects"), "KEY({})"),
        Scope(("keywords",), "AUTHKEY({})"),
        Scope(("subjects",), "INDEXTERMS({})"),
        Scope(("substances",), "CHEM({})"),
        Scope(("authors",), "AUTH({})"),
        Scope(("journal",), "SRCTITLE({})"),
        Scope(
            ("type",), "DOCTYPE({})", Loss("types of publication are codes there (ar, re): look them up", "narrower")
        ),
        Scope(("anywhere",), "ALL({})", Loss("references are searched with the rest of the record", "broader")),
    ),
    headings=(Headings(("mesh", "emtree"), 'INDEXTERMS("{text}")'),),
    operators=(" AND ", " OR ", " AND NOT "),
    near=Near("{left} W/{n} {right}", "{left} PRE/{n} {right}"),
    dates=Dates(
        "PUBYEAR > {before} AND PUBYEAR < {after}",
        whole_years=True,
        since="PUBYEAR > {before}",
        until="PUBYEAR < {after}",
    ),
    language="LANGUAGE({lower})",
    limited="{query}\nAND {limits}",
)

EMBASE = Dialect(
    name="embase",
    label="Embase.com",
    kind="platform",
    docs="https://www.elsevier.support/embase/answer/can-i-use-boolean-operators-wildcards-and-proximity-operators-in-embase",
    checked="2026-11-22",
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "({}):ti,ab,kw,de"),
        Scope(FIELDS, "({}):ti,ab,kw"),
        Scope(("title", "abstract"), "({}):ti,ab"),
        Scope(("title",), "({}):ti"),
        Scope(("abstract",), "({}):ab"),
        Scope(("keywords",), "({}):kw"),
        Scope(("subjects",), "({}):de"),
        Scope(("authors",), "({}):au"),
        Scope(("journal",), "({}):jt"),
        Scope(("type",), "({}):it", TYPES),
        Scope(("anywhere",), "({})"),
    ),
    # wildcards are not read in quotes: https://www.embase.com/info/helpfiles/search-hints/wildcards
    truncated_phrase=("({})", " NEXT/1 "),
    headings=(
        Headings(("emtree",), "'{text}'/de", "'{text}'/exp", "'{text}'/mj", "'{text}'/exp/mj", floating="{quoted}:lnk"),
    ),
    near=Near("{left} NEAR/{n} {right}", "{left} NEXT/{n} {right}", extra=1, groups=True),  # NEAR/1 is side by side
    dates=Dates("[{start:%Y}-{end:%Y}]/py", whole_years=True),
    language="[{lower}]/lim",
    limited="{query}\nAND {limits}",
)

COCHRANE = Dialect(
    name="cochrane",
    label="Cochrane Library",
    kind="platform",
    docs="https://www.cochranelibrary.com/search-manager-help",
    checked="2026-11-22",
    level="group",
    scopes=(
        Scope(_TEXTWORDS, "({}):ti,ab,kw"),
        Scope(FIELDS, "({}):ti,ab,kw", SUBJECTS),
        Scope(("title", "abstract"), "({}):ti,ab"),
        Scope(("title",), "({}):ti"),
        Scope(("abstract",), "({}):ab"),
        Scope(("keywords", "subjects"), "({}):kw"),
        Scope(("keywords",), "({}):kw", SUBJECTS),
        Scope(("subjects",), "({}):kw", Loss("author keywords are searched with the subject headings", "broader")),
        Scope(("authors",), "({}):au"),
        Scope(("journal",), "({}):so"),
        Scope(("type",), "({}):pt"),
        Scope(("anywhere",), "({})"),
    ),
    headings=(
        Headings(
            ("mesh",),
            '[mh ^"{text}"{qualifier}]',
            '[mh "{text}"{qualifier}]',
            '[mh ^"{text}"{qualifier}[mj]]',
            '[mh "{text}"{qualifier}[mj]]',
            "/{code}",
            "[mh /{code}]",
        ),
    ),
    truncated_phrase=("({})", " NEXT "),  # no wildcards between quotes
    near=Near("{left} NEAR/{n} {right}", extra=1, groups=True),
    dates=Dates(
        "with Publication Year from {start:%Y} to {end:%Y}",
        whole_years=True,
        since="with Publication Year from {start:%Y} to present",
    ),
    limited="{query}\n#{following} #{last} {limits}",
    history=History("#{} ", "#{}"),
)

SCIENCEDIRECT = Dialect(
    name="sciencedirect",
    label="ScienceDirect",
    kind="platform",
    docs="https://dev.elsevier.com/tips/ScienceDirectSearchTips.htm",
    checked="2026-11-21",
    level="query",
    scopes=(
        Scope(FIELDS, "Title, abstract or author-specified keywords: {}"),
        Scope(("title",), "Title: {}"),
    ),
    truncation=None,
    one_character=None,
    dates=Dates("Year(s): {start:%Y}-{end:%Y}", whole_years=True),
    most_operators=8,
)

GOOGLE_SCHOLAR = Dialect(
    name="google_scholar",
    label="Google Scholar",
    kind="platform",
    docs="https://scholar.google.com/intl/en/scholar/help.html",
    checked=None,  # the help names no operators; 256 characters and 1,000 hits are libraries' own findings
    level="query",
    scopes=(
        Scope(FIELDS, "{}", Loss("the full text is searched, not title, abstract and keywords", "broader")),
        Scope(("title",), "allintitle: {}"),
    ),
    operators=(" ", " OR ", " -"),
    truncation=None,
    one_character=None,
    dates=Dates(
        "Custom range: {start:%Y} - {end:%Y}",
        whole_years=True,
        since="Since {start:%Y}",
    ),
    longest=256,
    losses=(
        Loss("only the first 1,000 hits are shown, in an order that changes", "narrower"),
        Loss("brackets are not followed, so words may be combined otherwise", "broader"),
    ),
)

PLATFORMS: tuple[Dialect, ...] = (
    EBSCOHOST, PROQUEST, OVID, WEB_OF_SCIENCE, SCOPUS, EMBASE, COCHRANE, SCIENCEDIRECT, GOOGLE_SCHOLAR,
)  # fmt: skip
