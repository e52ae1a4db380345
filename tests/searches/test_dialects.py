"""Queries as every source and platform takes them. The expected texts are written by hand from the platforms' rules."""

from datetime import date

import pytest

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import parse
from searches.dialects import DIALECTS, PASTED, translate
from searches.dialects.limits import days
from searches.source import Loss

SCIENCEDIRECT_FORM = "sciencedirect form"
ROWS = {**DIALECTS, SCIENCEDIRECT_FORM: PASTED["sciencedirect"]}
"""Every row once: ScienceDirect has one for its API and one for its form."""

Q1 = "Ment* AND (doctor* OR medic* OR physician) AND (health OR well-being)"
Q2 = (
    "Ment* AND (doctor* OR medic* OR physician) AND "
    "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)"
)
PUBLISHED_LIMITS = Limits(start="2006-01", end="2016-01", languages=("eng",))
NO_LIMITS = Limits()

LANGUAGE = Loss("language is not asked: it is limited after retrieval, unknown stays in", "broader")
YEARS = Loss("dates are asked by whole years: 2006 to 2016", "broader")
KEYWORDS = Loss("keywords cannot be searched", "narrower")
FULL_TEXT = Loss("the full text is searched, not title, abstract and keywords", "broader")
STEMMED = Loss("inflected forms of whole words are found too", "broader")
NO_TRUNCATION = [
    Loss(f"there is no truncation: {stem}* is asked as {stem}", "narrower") for stem in ("Ment", "doctor", "medic")
]
SUBJECTS = Loss("subject headings are searched with the keywords", "broader")

PUBLISHED = {
    ("pubmed", Q1): (
        "(ment*[tiab]) AND (doctor*[tiab] OR medic*[tiab] OR physician[tiab]) AND "
        '(health[tiab] OR "well-being"[tiab]) AND english[la] AND ("2006/01/01"[dp] : "2016/01/31"[dp])',
        [],
    ),
    ("pubmed", Q2): (
        "(ment*[tiab]) AND (doctor*[tiab] OR medic*[tiab] OR physician[tiab]) AND "
        "(benefit*[tiab] OR advantag*[tiab] OR barrier*[tiab] OR impact[tiab] OR disadvantag*[tiab] OR "
        'challeng*[tiab]) AND english[la] AND ("2006/01/01"[dp] : "2016/01/31"[dp])',
        [],
    ),
    ("europepmc", Q1): (
        "(TITLE_ABS:(ment*) OR KW:(ment*)) AND "
        "(TITLE_ABS:(doctor* OR medic* OR physician) OR KW:(doctor* OR medic* OR physician)) AND "
        '(TITLE_ABS:(health OR "well-being") OR KW:(health OR "well-being")) AND '
        "FIRST_PDATE:[2006-01-01 TO 2016-01-31]",
        [LANGUAGE],
    ),
    ("europepmc", Q2): (
        "(TITLE_ABS:(ment*) OR KW:(ment*)) AND "
        "(TITLE_ABS:(doctor* OR medic* OR physician) OR KW:(doctor* OR medic* OR physician)) AND "
        "(TITLE_ABS:(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*) OR "
        "KW:(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)) AND "
        "FIRST_PDATE:[2006-01-01 TO 2016-01-31]",
        [LANGUAGE],
    ),
    ("openalex", Q1): (
        "title_and_abstract.search.exact:((ment*) AND (doctor* OR medic* OR physician) AND "
        '(health OR "well-being")),from_publication_date:2006-01-01,to_publication_date:2016-01-31',
        [KEYWORDS, LANGUAGE],
    ),
    ("openalex", Q2): (
        "title_and_abstract.search.exact:((ment*) AND (doctor* OR medic* OR physician) AND "
        "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)),"
        "from_publication_date:2006-01-01,to_publication_date:2016-01-31",
        [KEYWORDS, LANGUAGE],
    ),
    ("ebscohost", Q1): (
        "(TI (ment*) OR AB (ment*) OR KW (ment*) OR SU (ment*)) AND "
        "(TI (doctor* OR medic* OR physician) OR AB (doctor* OR medic* OR physician) OR "
        "KW (doctor* OR medic* OR physician) OR SU (doctor* OR medic* OR physician)) AND "
        '(TI (health OR "well-being") OR AB (health OR "well-being") OR KW (health OR "well-being") OR '
        'SU (health OR "well-being"))\n'
        "LA English AND DT 20060101-20160131",
        [SUBJECTS, Loss("turn off equivalent subjects and full-text searching, or more is found", "none")],
    ),
    ("proquest", Q1): (
        "(TI,AB,SU,IF(ment[*20])) AND (TI,AB,SU,IF(doctor[*20] OR medic[*20] OR physician)) AND "
        '(TI,AB,SU,IF(health OR "well-being"))\n'
        "LA(English) AND PD(20060101-20160131)",
        [Loss("truncated words are found with up to 20 letters behind the stem, 500 words each", "narrower"), SUBJECTS],
    ),
    ("ovid", Q1): (
        "1. (ment*).ti,ab,kf.\n"
        "2. (doctor* or medic* or physician).ti,ab,kf.\n"
        '3. (health or "well-being").ti,ab,kf.\n'
        "4. 1 and 2 and 3\n"
        '5. limit 4 to (english language and yr="2006 - 2016")',
        [YEARS],
    ),
    ("web_of_science", Q1): (
        "(TI=(ment*) OR AB=(ment*) OR AK=(ment*)) AND "
        "(TI=(doctor* OR medic* OR physician) OR AB=(doctor* OR medic* OR physician) OR "
        "AK=(doctor* OR medic* OR physician)) AND "
        '(TI=(health OR "well-being") OR AB=(health OR "well-being") OR AK=(health OR "well-being"))\n'
        "LA=(English) AND PY=(2006-2016)",
        [YEARS, Loss("turn on Exact Search, or inflected forms of whole words are found too", "none")],
    ),
    ("scopus", Q1): (
        "(TITLE-ABS-KEY(ment*)) AND (TITLE-ABS-KEY(doctor* OR medic* OR physician)) AND "
        '(TITLE-ABS-KEY(health OR "well-being"))\n'
        "AND LANGUAGE(english) AND PUBYEAR > 2005 AND PUBYEAR < 2017",
        [SUBJECTS, YEARS],
    ),
    ("embase", Q1): (
        "((ment*):ti,ab,kw) AND ((doctor* OR medic* OR physician):ti,ab,kw) AND "
        '((health OR "well-being"):ti,ab,kw)\n'
        "AND [english]/lim AND [2006-2016]/py",
        [YEARS],
    ),
    ("cochrane", Q1): (
        "#1 (ment*):ti,ab,kw\n"
        "#2 (doctor* OR medic* OR physician):ti,ab,kw\n"
        '#3 (health OR "well-being"):ti,ab,kw\n'
        "#4 #1 AND #2 AND #3\n"
        "#5 #4 with Publication Year from 2006 to 2016",
        [SUBJECTS, LANGUAGE, YEARS],
    ),
    (SCIENCEDIRECT_FORM, Q1): (
        "Title, abstract or author-specified keywords: "
        '(Ment) AND (doctor OR medic OR physician) AND (health OR "well-being")\n'
        "Year(s): 2006-2016",
        [*NO_TRUNCATION, LANGUAGE, YEARS],
    ),
    ("google_scholar", Q1): (
        '(Ment) (doctor OR medic OR physician) (health OR "well-being")\nCustom range: 2006 - 2016',
        [
            *NO_TRUNCATION,
            FULL_TEXT,
            LANGUAGE,
            YEARS,
            Loss("only the first 1,000 hits are shown, in an order that changes", "narrower"),
            Loss("brackets are not followed, so words may be combined otherwise", "broader"),
        ],
    ),
    ("doaj", Q1): (
        "(bibjson.title:(Ment) OR bibjson.abstract:(Ment) OR bibjson.keywords:(Ment)) AND "
        "(bibjson.title:(doctor OR medic OR physician) OR bibjson.abstract:(doctor OR medic OR physician) OR "
        "bibjson.keywords:(doctor OR medic OR physician)) AND "
        '(bibjson.title:(health OR "well-being") OR bibjson.abstract:(health OR "well-being") OR '
        'bibjson.keywords:(health OR "well-being")) AND bibjson.year:[2006 TO 2016]',
        [*NO_TRUNCATION, LANGUAGE, YEARS],
    ),
    ("core", Q1): (
        "(title:(Ment) OR abstract:(Ment)) AND "
        "(title:(doctor OR medic OR physician) OR abstract:(doctor OR medic OR physician)) AND "
        '(title:(health OR "well-being") OR abstract:(health OR "well-being")) AND '
        "yearPublished>=2006 AND yearPublished<=2016",
        [NO_TRUNCATION[0], KEYWORDS, *NO_TRUNCATION[1:], LANGUAGE, YEARS],
    ),
    ("eric", Q1): (
        "(title:(Ment) OR description:(Ment) OR subject:(Ment)) AND "
        "(title:(doctor OR medic OR physician) OR description:(doctor OR medic OR physician) OR "
        "subject:(doctor OR medic OR physician)) AND "
        '(title:(health OR "well-being") OR description:(health OR "well-being") OR '
        'subject:(health OR "well-being")) AND publicationdateyear:[2006 TO 2016]',
        [NO_TRUNCATION[0], SUBJECTS, *NO_TRUNCATION[1:], LANGUAGE, YEARS, STEMMED],
    ),
    ("arxiv", Q1): (
        "(ti:Ment OR abs:Ment) AND "
        "((ti:doctor OR abs:doctor) OR (ti:medic OR abs:medic) OR (ti:physician OR abs:physician)) AND "
        '((ti:health OR abs:health) OR (ti:"well-being" OR abs:"well-being")) AND '
        "submittedDate:[200601010000 TO 201601312359]",
        [NO_TRUNCATION[0], KEYWORDS, *NO_TRUNCATION[1:], LANGUAGE],
    ),
    ("wos_starter", Q1): (
        '(TS=(ment*)) AND (TS=(doctor* OR medic* OR physician)) AND (TS=(health OR "well-being")) AND PY=(2006-2016)',
        [
            Loss("Keywords Plus are searched with the keywords", "broader"),
            LANGUAGE,
            YEARS,
            Loss("no abstracts come: titles and author keywords are all that can be evaluated here", "none"),
        ],
    ),
    ("clinicaltrials", "mentor AND (doctor OR medic)"): (
        "(AREA[BriefTitle](mentor) OR AREA[OfficialTitle](mentor) OR AREA[BriefSummary](mentor) OR "
        "AREA[Keyword](mentor)) AND (AREA[BriefTitle](doctor OR medic) OR AREA[OfficialTitle](doctor OR medic) OR "
        "AREA[BriefSummary](doctor OR medic) OR AREA[Keyword](doctor OR medic)) AND "
        "AREA[StudyFirstPostDate]RANGE[2006-01-01,2016-01-31]",
        [LANGUAGE, Loss("synonyms and inflected forms are found too", "broader")],
    ),
    ("crossref", Q1): (
        "Ment doctor medic physician health well being\nfilter=from-pub-date:2006-01-01,until-pub-date:2016-01-31",
        [
            Loss("AND, OR and NOT are not read: a record with any of the words may be found", "broader"),
            *NO_TRUNCATION,
            Loss("title, authors, journal and year are searched, not abstract and keywords", "narrower"),
            LANGUAGE,
        ],
    ),
    ("semanticscholar", Q1): (
        '(ment*) +(doctor* | medic* | physician) +(health | "well-being")\npublicationDateOrYear=2006-01-01:2016-01-31',
        [KEYWORDS, LANGUAGE, STEMMED],
    ),
    ("openaire", Q1): (
        '(Ment) AND (doctor OR medic OR physician) AND (health OR "well-being")\n'
        "fromPublicationDate=2006-01-01&toPublicationDate=2016-01-31",
        [
            *NO_TRUNCATION,
            Loss("all of the record is searched, not title, abstract and keywords", "broader"),
            LANGUAGE,
        ],
    ),
    ("sciencedirect", Q1): (
        '(Ment) AND (doctor OR medic OR physician) AND (health OR "well-being")\ndate=2006-2016',
        [
            *NO_TRUNCATION,
            FULL_TEXT,
            LANGUAGE,
            YEARS,
            Loss("no abstracts and keywords come: titles are all that can be evaluated here", "none"),
        ],
    ),
}


@pytest.mark.parametrize(("name", "query"), list(PUBLISHED))
def test_published_query(name: str, query: str) -> None:
    text, losses = PUBLISHED[name, query]
    translation = translate(parse(query), PUBLISHED_LIMITS, ROWS[name])
    assert translation.text == text
    assert translation.parts == ()
    assert list(translation.losses) == losses


def test_every_dialect_has_a_published_query_here_and_says_where_its_facts_are_from() -> None:
    assert {name for name, _ in PUBLISHED} == set(ROWS)
    for name, dialect in ROWS.items():
        assert dialect.name == name.removesuffix(" form")
        assert dialect.docs.startswith("https://")
        assert dialect.checked is None or date.fromisoformat(dialect.checked)


NO_LIMIT_TEXTS = [
    ("pubmed", "mentor", "mentor[tiab]"),
    ("pubmed", "a OR (b AND c)", "a[tiab] OR ((b[tiab]) AND (c[tiab]))"),
    ("pubmed", "ti:(mentor OR coach)", "mentor[ti] OR coach[ti]"),
    ("pubmed", "ti,ab:(a OR b)", "a[tiab] OR b[tiab]"),
    ("pubmed", "mentor AND NOT student*", "(mentor[tiab]) NOT (student*[tiab])"),
    ("pubmed", "a NOT b AND c NOT d", "((a[tiab]) AND (c[tiab])) NOT ((b[tiab]) OR (d[tiab]))"),
    ("pubmed", '"peer mentor*"', '"peer mentor*"[tiab]'),
    ("pubmed", '"R&D [x], y"', '"R D x y"[tiab]'),
    ("pubmed", "BMA OR Doctor’s", 'BMA[tiab] OR "Doctor\'s"[tiab]'),
    ("europepmc", "ti:mentor AND ti,ab:doctor", "(TITLE:(mentor)) AND (TITLE_ABS:(doctor))"),
    ("europepmc", "kw:a OR b", "(KW:(a)) OR (TITLE_ABS:(b) OR KW:(b))"),
    ("openalex", "wom?n", "title_and_abstract.search.exact:(wom?n)"),
    ("ebscohost", "ti:(a NEAR/3 (b OR c*))", "TI (a N3 (b OR c*))"),
    ("ovid", "ti:((a OR b) NEAR/3 (c OR d))", "1. ((a or b) adj4 (c or d)).ti."),
    ("scopus", "ti:(a NEAR/3 (b OR c*))", "TITLE((a W/3 b) OR (a W/3 c*))"),
    ("europepmc", 'ti:"peer mentor*"', "TITLE:((peer AND mentor*))"),
    ("web_of_science", "ti:(same OR near)", 'TI=("same" OR "near")'),
    ("ovid", 'ti:"safety and qualit*"', '1. (safety "and" qualit*).ti.'),
    ("embase", 'ti:"tumo?r necrosis"', "((tumo?r NEXT/1 necrosis)):ti"),
    ("cochrane", 'ti:"wom?n"', '#1 ("wom?n"):ti'),
    ("semanticscholar", "-born OR mid-", "born | mid"),
    ("crossref", '"safety and quality"', "safety and quality"),
    ("pubmed", "ti:(randomi?ed OR wom?n)", "randomised[ti] OR randomized[ti] OR woman[ti] OR women[ti]"),
    ("pubmed", "ti:protege?", "protege*[ti]"),
    ("pubmed", "ti:(protege? OR protege??)", "protege*[ti]"),
    ("pubmed", "ti:(a OR tele?monitor*)", "a[ti]"),
    ("pubmed", 'ti:(blood PRE/0 "pressure cuff*")', '"blood pressure cuff*"[ti]'),
    ("ovid", "ti:(blood PRE/0 pressure)", '1. ("blood pressure").ti.'),
    ("ovid", "ti:(clin* PRE/0 teach*)", "1. (clin* adj1 teach*).ti."),
    ("doaj", "ti:(a NEAR/3 (b OR gr?p))", "bibjson.title:((a) AND (b))"),
    ("doaj", "ti:(colo?r OR protege?)", "bibjson.title:(colour)"),
    ("pubmed", "mentor OR post-doc*", "mentor[tiab]"),
    ("openalex", "mentor OR pt:letter OR su:nurse", "title_and_abstract.search.exact:(mentor OR (nurse))"),
    ("openalex", "mentor NOT pt:letter", "title_and_abstract.search.exact:(mentor)"),
    ("ebscohost", "ti:wom?n", "TI (wom?n)"),
    ("ebscohost", "ti:(a PRE/0 b)", "TI (a W0 b)"),
    ("proquest", 'ab:("clinical teach*")', 'AB("clinical teach[*20]")'),
    ("ovid", "ti:(a NEAR/0 wom?n)", "1. (a adj1 wom#n).ti."),
    ("ovid", 'ab:("clinical teach*")', "1. (clinical teach*).ab."),
    ("ovid", "ti:(a NOT b)", "1. (a).ti.\n2. (b).ti.\n3. 1 not 2"),
    ("scopus", "ti:(a NOT (b AND c))", "(TITLE(a)) AND NOT ((TITLE(b)) AND (TITLE(c)))"),
    ("embase", "ti:(a PRE/1 b)", "(a NEXT/2 b):ti"),
    ("cochrane", 'ti:("clinical teach*" OR post-doc*)', "#1 ((clinical NEXT teach*) OR (post NEXT doc*)):ti"),
    (
        "cochrane",
        "ti:(a AND b NOT c NOT d)",
        "#1 (a):ti\n#2 (b):ti\n#3 (c):ti\n#4 (d):ti\n#5 (#1 AND #2) NOT (#3 OR #4)",
    ),
    (SCIENCEDIRECT_FORM, "ti:mentor", "Title: mentor"),
    ("pubmed", "a NEAR/3 (b OR c)", '("a b"[tiab:~3]) OR ("a c"[tiab:~3])'),
    ("pubmed", "ti:(a NEAR/0 b)", '"a b"[ti:~0]'),
    ("semanticscholar", "(a NEAR/3 b) NOT c", '("a b"~5) -(c)'),
    ("semanticscholar", "wellbeing OR well-being", 'wellbeing | "well-being"'),
    ("embase", '"clinical teach*"', "((clinical NEXT/1 teach*)):ti,ab,kw"),
    ("embase", "ti,ab:(a OR b)", "(a OR b):ti,ab"),
    ("ovid", "ti,ab:a OR ti,ab:b", "1. ((a).ti,ab.) or ((b).ti,ab.)"),
    ("scopus", "kw:mentor", "AUTHKEY(mentor)"),
    ("ebscohost", "ti:(wom?n OR mentor?)", "TI (wom?n OR mentor#)"),
    ("pubmed", "ti,ab:mentor", "mentor[tiab]"),
    ("arxiv", "a NOT b", "(ti:a OR abs:a) ANDNOT (ti:b OR abs:b)"),
    ("clinicaltrials", "ab:(a NOT b)", "(AREA[BriefSummary](a)) AND NOT (AREA[BriefSummary](b))"),
    ("crossref", '(mentor OR "peer support") NOT student', "mentor peer support"),
]


@pytest.mark.parametrize(("name", "query", "text"), NO_LIMIT_TEXTS)
def test_text_without_limits(name: str, query: str, text: str) -> None:
    assert translate(parse(query), NO_LIMITS, ROWS[name]).text == text


REFUSED = [
    ("pubmed", "men*", r"'men\*': it needs at least 4 letters"),
    ("pubmed", "mentor AND post-doc*", r"'post-doc\*': it needs at least 4 letters"),
    ("pubmed", "(men* OR do*) AND a", r"'men\*': it needs at least 4 letters"),
    ("openalex", "me*", "at least 3 letters"),
    ("web_of_science", "me*", "at least 3 letters"),
    ("pubmed", "gr?p", r"\? is not read there"),
    ("doaj", "protege?", r"\? is not read there"),
    ("openalex", "pt:letter AND a", r"'letter' in type only"),
    ("openalex", "kw:mentor", "keywords only"),
    ("pubmed", "NOT mentor", "NOT without anything"),
    ("ovid", "NOT a AND NOT b", "NOT without anything"),
    ("pubmed", "a OR NOT b", "NOT without anything"),
]


@pytest.mark.parametrize(("name", "query", "message"), REFUSED)
def test_what_cannot_be_asked_is_refused_by_name(name: str, query: str, message: str) -> None:
    with pytest.raises(NotExpressible, match=message) as caught:
        translate(parse(query), NO_LIMITS, DIALECTS[name])
    assert caught.value.source == name
    assert caught.value.hint


SINGLE_FIELDS = "the fields of single words cannot be asked: all are looked for in the same ones"
APART = "words near each other are asked as words in the same record"
SLOPPY = "words near each other are asked with up to two words more between them, for both orders"
LOSSES = [
    ("pubmed", "wom?n", "wom?n is asked as woman and women", "narrower"),
    ("pubmed", "a NOT protege?", "protege? is asked as protege*", "narrower"),
    (
        "openalex",
        '"peer mentor*"',
        "peer mentor*: a phrase cannot be truncated, its words are asked with AND",
        "broader",
    ),
    ("doaj", "a OR pt:b", "an alternative is left out: DOAJ cannot be asked for b in type only.", "narrower"),
    ("doaj", "a NOT (b OR pt:c)", "an alternative is left out: DOAJ cannot be asked for c in type only.", "broader"),
    ("doaj", "a NOT pt:b", "nothing is taken away: DOAJ cannot be asked for b in type only.", "broader"),
    ("doaj", "a NOT (b NOT pt:c)", "nothing is taken away: DOAJ cannot be asked for c in type only.", "narrower"),
    ("europepmc", "a NEAR/3 b", APART, "broader"),
    ("europepmc", "a NOT (b NEAR/3 c)", APART, "narrower"),
    ("europepmc", "a NOT (b NOT (c NEAR/3 d))", APART, "broader"),
    ("pubmed", "mentor* NEAR/3 b", APART, "broader"),
    ("pubmed", '"a b" NEAR/3 c', APART, "broader"),
    ("pubmed", "ab:(a NEAR/3 b)", APART, "broader"),
    ("ovid", "clin* PRE/0 b", "the order of words near each other is not kept", "broader"),
    ("pubmed", "a PRE/3 b", "the order of words near each other is not kept", "broader"),
    ("openalex", "a NEAR/3 b", SLOPPY, "broader"),
    ("ebscohost", "mentor?", "# at the end of mentor? stands for no character, too", "broader"),
    ("pubmed", "ti,ab:mentor", "author keywords are searched with the abstract", "broader"),
    ("proquest", "wom?n", "? stands for no character, too", "broader"),
    ("wos_starter", "ab:mentor", "title and keywords cannot be left out of the search", "broader"),
    ("web_of_science", "a NEAR/16 b", APART, "broader"),
    ("ovid", "a PRE/3 b", "the order of words near each other is not kept", "broader"),
    ("openalex", "ti:mentor", "abstract cannot be left out of the search", "broader"),
    ("openalex", "ti:a AND b", SINGLE_FIELDS, "broader"),
    ("sciencedirect", "a NOT mentor*", "there is no truncation: mentor* is asked as mentor", "broader"),
]


@pytest.mark.parametrize(("name", "query", "what", "effect"), LOSSES)
def test_what_is_lost_is_said_with_its_effect(name: str, query: str, what: str, effect: str) -> None:
    losses = translate(parse(query), NO_LIMITS, DIALECTS[name]).losses
    assert [loss.effect for loss in losses if loss.what == what] == [effect]


def test_nothing_is_said_to_be_lost_where_nothing_is() -> None:
    assert translate(parse("mentor* NOT ti:student"), PUBLISHED_LIMITS, DIALECTS["pubmed"]).losses == ()
    limits = Limits(start="2006", end="2016", fields=("title",))
    assert translate(parse("mentor"), limits, DIALECTS["ovid"]).losses == ()


LIMIT_TEXTS = [
    ("pubmed", "a OR b", Limits(languages=("eng", "fra")), "(a[tiab] OR b[tiab]) AND (english[la] OR french[la])"),
    ("pubmed", "a", Limits(start="2020-02"), '(a[tiab]) AND ("2020/02/01"[dp] : "3000/12/31"[dp])'),
    ("pubmed", "a", Limits(end="2020-02"), '(a[tiab]) AND ("1800/01/01"[dp] : "2020/02/29"[dp])'),
    ("pubmed", "a NOT b", Limits(languages=("eng",)), "((a[tiab]) NOT (b[tiab])) AND english[la]"),
    ("scopus", "ti:(a NOT b)", Limits(languages=("eng",)), "((TITLE(a)) AND NOT (TITLE(b)))\nAND LANGUAGE(english)"),
    ("ovid", "ti:a", Limits(languages=("ger",)), "1. (a).ti.\n2. limit 1 to (german language)"),
    ("europepmc", "a", Limits(fields=("abstract", "title")), "TITLE_ABS:(a)"),
    ("pubmed", "a", Limits(languages=("eng", "xyz")), "a[tiab]"),
    ("ovid", "ti:a", Limits(start="2006"), '1. (a).ti.\n2. limit 1 to (yr="2006 -Current")'),
    ("scopus", "ti:a", Limits(start="2006"), "(TITLE(a))\nAND PUBYEAR > 2005"),
    ("scopus", "ti:a", Limits(end="2006"), "(TITLE(a))\nAND PUBYEAR < 2007"),
    ("ebscohost", "ti:a", Limits(start="2006"), "TI (a)\nDT 20060101-"),
]


@pytest.mark.parametrize(("name", "query", "limits", "text"), LIMIT_TEXTS)
def test_limits_are_added_around_the_whole_query(name: str, query: str, limits: Limits, text: str) -> None:
    assert translate(parse(query), limits, DIALECTS[name]).text == text


def test_limits_that_are_not_asked_are_losses() -> None:
    limits = Limits(languages=("xyz",), kinds=("article",))
    kinds = Loss("document kinds are not asked: they are limited after retrieval", "broader")
    assert translate(parse("a"), limits, DIALECTS["pubmed"]).losses == (LANGUAGE, kinds)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2006-01", "2016-01", date(2006, 1, 1), date(2016, 1, 31)),
        ("2006-03-04", "2016-05-06", date(2006, 3, 4), date(2016, 5, 6)),
        ("2006", "2015", date(2006, 1, 1), date(2015, 12, 31)),
        ("2012-02", "2012-02", date(2012, 2, 1), date(2012, 2, 29)),
    ],
)
def test_dates_are_widened_to_days_at_both_ends(start: str, end: str, first: date, last: date) -> None:
    assert days(Limits(start=start, end=end)) == (first, last)


@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.parametrize("query", [Q1, Q2, "(a AND b) OR (c AND (d OR e)) OR (f NEAR/2 g)", "(a OR b) NOT (c AND d)"])
def test_brackets_close_and_operators_never_mix_in_one_level(name: str, query: str) -> None:
    dialect = ROWS[name]
    text = translate(parse(query), NO_LIMITS, dialect).text
    levels: list[set[int]] = [set()]
    position = 0
    while position < len(text):
        found = [n for n, word in enumerate(dialect.operators) if word != " " and text.startswith(word, position)]
        if text[position] == "(":
            levels.append(set())
        elif text[position] == ")":
            assert len(levels.pop()) <= 1
        elif text[position] == "\n":
            levels[-1] = set()
        elif found:
            levels[-1].add(found[-1])
            position += len(dialect.operators[found[-1]]) - 1
        position += 1
    assert len(levels) == 1
    assert len(levels[0]) <= 1
