"""Reading what platforms write. What each sign means is from the platforms' own help; see ``review.query.syntaxes``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import QueryError
from review.query import SYNTAXES, Limited, parse, read_syntax, show
from review.query.tokens import place

# syntax, what is typed there, what it means (in the syntax of a protocol)
READINGS = [
    ("pubmed", "mentor*[tiab]", "ti,ab,kw:mentor*"),
    ("pubmed", "mentor*[Title/Abstract]", "ti,ab,kw:mentor*"),
    ("pubmed", "peer mentor[ti]", 'ti:"peer mentor"'),
    ("pubmed", "heart attack", "all:(heart AND attack)"),
    ("pubmed", 'heart "acute attack"[ti]', 'all:heart AND ti:"acute attack"'),
    ("pubmed", "a[tw]", "ti,ab,kw,su:a"),
    ("pubmed", "a[all] OR b[au] OR c[ta] OR d[pt]", "all:a OR au:b OR ta:c OR pt:d"),
    ("pubmed", "“peer mentor”[ti] NOT mouse[ti]", 'ti:"peer mentor" NOT (ti:mouse)'),
    ("pubmed", '"hip pain"[tiab:~2]', "ti,ab,kw:(hip NEAR/2 pain)"),
    ("pubmed", '"Mentors"[Mesh]', '"Mentors"[mh]'),
    ("pubmed", "Mentors[MeSH Terms:noexp]", '"Mentors"[mh:noexp]'),
    ("pubmed", '"Diabetes Mellitus, Type 2/diet therapy"[majr]', '"Diabetes Mellitus, Type 2/diet therapy"[majr]'),
    ("pubmed", "hypertension/dt[mh]", '"hypertension/drug therapy"[mh]'),
    ("pubmed", '("Mentors" OR "Nurses")[mh]', '"Mentors"[mh] OR "Nurses"[mh]'),
    ("pubmed", "neoplasm*[mh]", "su:neoplasm*"),
    ("pubmed", "drug therapy[sh]", '"/drug therapy"[mh]'),
    ("pubmed", '"Aspirin"[nm]', 'nm:"Aspirin"'),
    ("pubmed", "‘peer mentor’[ti] OR O‘Brien[ti] OR Beck’s[ti]", "ti:\"peer mentor\" OR ti:O'Brien OR ti:Beck’s"),
    ("ovid", '(dt or "administration and dosage").fs.',
     '"/drug therapy"[heading] OR "/administration & dosage"[heading]'),
    ("scopus", "TITLE(a) AND NOT KEY(b) AND PUBYEAR > 2005 AND AUTHKEY(c)", "ti:a NOT (kw,su:b AND kw:c)"),
    ("pubmed", "(a OR b)[ti]", "ti:(a OR b)"),
    ("pubmed", "a[ti]\nAND\nb[ti]", "ti:a AND ti:b"),
    ("pubmed", "a[ti] NOT c", "ti:a NOT (all:c)"),
    ("pubmed", "NOT a[ti]", "NOT (ti:a)"),
    ("pubmed", "a OR b[ti] OR NOT c", "all:a OR ti:b OR NOT (all:c)"),
    ("pubmed", '"hip"[ti:~2]', "ti:hip"),
    ("pubmed", '("Mentors" AND NOT "Nurses")[mh]', '"Mentors"[mh] NOT "Nurses"[mh]'),
    ("ovid", "mentor$.ti,ab.", "ti,ab:mentor*"),
    ("ovid", "explode Mentors/", '"Mentors"[heading]'),
    ("ovid", "((a adj2 b) or c) adj3 d.ti.", "ti:((a NEAR/1 b AND (a NEAR/2 d OR b NEAR/2 d)) OR c NEAR/2 d)"),
    ("ovid", "((a and b) adj3 c).ti.", "ti:(a NEAR/2 c AND b NEAR/2 c)"),
    ("ovid", "((a or b) or c) adj3 d.ti.", "ti:((a OR b OR c) NEAR/2 d)"),
    ("ovid", "clin* teach* program*.ti.", "ti:(clin* PRE/0 teach* AND teach* PRE/0 program*)"),
    ("ovid", "mentor*.tw", "ti,ab:mentor*"),
    ("ovid", "peer mentor .tw.", 'ti,ab:"peer mentor"'),
    ("ovid", "(a or b).mp. [mp=title, abstract]", "ti,ab,kw,su:(a OR b)"),
    ("ovid", "a.ti,ab,kf,hw.", "ti,ab,kw,su:a"),
    ("ovid", "(a adj3 b).ti.", "ti:(a NEAR/2 b)"),
    ("ovid", "(a adj1 b).ti.", "ti:(a NEAR/0 b)"),
    ("ovid", "(a adj b).ti.", "ti:(a PRE/0 b)"),
    ("ovid", "a adj3 b.ti.", "ti:(a NEAR/2 b)"),
    ("ovid", "((a or b) adj3 (c or d)).ab.", "ab:((a OR b) NEAR/2 (c OR d))"),
    ("ovid", "wom#n.ti.", "ti:wom?n"),
    ("ovid", "colo?r.ti.", "ti:(color OR colo?r)"),
    ("ovid", "doctor$2.ti.", "ti:(doctor OR doctor? OR doctor??)"),
    ("ovid", "doctor*1.ti.", "ti:(doctor OR doctor?)"),
    ("ovid", "clin* teach*.ti.", "ti:(clin* PRE/0 teach*)"),
    ("ovid", "peer mentor* program.ti.", 'ti:("peer mentor*" PRE/0 program)'),
    ("ovid", "exp Mentors/", '"Mentors"[heading]'),
    ("ovid", "Mentors/", '"Mentors"[heading:noexp]'),
    ("ovid", "*Mentors/", '"Mentors"[heading:major:noexp]'),
    ("ovid", "exp *Mentors/ed, px [Education, Psychology]", '"Mentors/education,psychology"[heading:major]'),
    ("ovid", 'exp "Wounds and Injuries"/ or Nurses/', '"Wounds and Injuries"[heading] OR "Nurses"[heading:noexp]'),
    ("ovid", "Attitude of Health Personnel/ and a.ti.", '"Attitude of Health Personnel"[heading:noexp] AND ti:a'),
    ("ovid", "(humans or animals).sh.", '"humans"[heading:noexp] OR "animals"[heading:noexp]'),
    ("ovid", "a.ti,sh.", "ti,su:a"),
    ("ovid", "alcohol/drug.ti.", 'ti:"alcohol/drug"'),
    ("ovid", "a.ti. # a word\nand\nwom#n.ti.", "ti:a AND ti:wom?n"),
    ("ebscohost", "TI mentor*", "ti:mentor*"),
    ("ebscohost", "TI peer mentor* OR AB (a or b)", 'ti:"peer mentor*" OR ab:(a OR b)'),
    ("ebscohost", "TI ( a N5 b ) AND SU c", "ti:(a NEAR/5 b) AND su:c"),
    ("ebscohost", "AB a W2 b", "ab:(a PRE/2 b)"),
    ("ebscohost", "(TI a) N3 (TI b)", "ti:(a NEAR/3 b)"),
    ("ebscohost", "TI colo#r OR TI wom?n", "ti:(color OR colo?r) OR ti:wom?n"),
    ("ebscohost", '(MH "Mentorship+") OR (MM "Nurses/ED")',
     '"Mentorship"[heading] OR "Nurses/education"[heading:major:noexp]'),
    ("ebscohost", 'MH ("Mentorship+" OR "Nurses")', '"Mentorship"[heading] OR "Nurses"[heading:noexp]'),
    ("ebscohost", "mentor*", "ti,ab,kw,su:mentor*"),
    ("ebscohost", "mentor* AND TI nurse", "ti,ab,kw,su:mentor* AND ti:nurse"),
    ("web_of_science", "TS=(mentor* OR peer support)", "ti,ab,kw:(mentor* OR (peer AND support))"),
    ("web_of_science", "TI = rainbow trout AND AK=b", "ti:(rainbow AND trout) AND kw:b"),
    ("web_of_science", "TS=(a NEAR b)", "ti,ab,kw:(a NEAR/15 b)"),
    ("web_of_science", 'TS=("a b" NEAR/3 c)', 'ti,ab,kw:("a b" NEAR/3 c)'),
    ("web_of_science", "TI=odo$r", "ti:(odor OR odo?r)"),
    ("web_of_science", "TS=(a SAME b)", "ti,ab,kw:(a AND b)"),
    ("web_of_science", "TOPIC: (a)", "ti,ab,kw:a"),
    ("scopus", "TITLE-ABS-KEY(a AND b)", "ti,ab,kw,su:(a AND b)"),
    ("scopus", 'TITLE("a b" W/3 c*) AND AUTHKEY(d)', 'ti:("a b" NEAR/3 c*) AND kw:d'),
    ("scopus", "abs(a PRE/0 b)", "ab:(a PRE/0 b)"),
    ("scopus", "TITLE({heart-attack}) AND NOT KEY(c)", 'ti:"heart-attack" NOT (kw,su:c)'),
]  # fmt: skip


@pytest.mark.parametrize(("syntax", "text", "meaning"), READINGS)
def test_what_a_platform_writes_is_read(syntax: str, text: str, meaning: str) -> None:
    assert show(read_syntax(text, syntax).query) == meaning
    assert read_syntax(text, syntax).query == parse(meaning)


# The examples of order are those of the platforms' help, with fields put in where these are needed there.
ORDER = [
    ("pubmed", "a[ti] OR b[ti] AND c[ti]", "(ti:a OR ti:b) AND ti:c"),
    ("ovid", "a.ti. or b.ti. and c.ti.", "ti:a OR (ti:b AND ti:c)"),
    ("ovid", "a.ti. not b.ti. and c.ti.", "ti:a NOT (ti:b AND ti:c)"),
    ("ebscohost", "TI a OR TI b AND TI c", "ti:a OR (ti:b AND ti:c)"),
    ("web_of_science", "TS=(copper OR lead AND algae)", "ti,ab,kw:(copper OR (lead AND algae))"),
    ("web_of_science", "TI=(a AND b NOT c OR d)", "ti:((a AND b NOT c) OR d)"),
    ("scopus", "KEY(mouse AND NOT cat OR dog)", "kw,su:(mouse NOT (cat OR dog))"),
    ("scopus", "KEY(mouse OR rat AND rodent)", "kw,su:((mouse OR rat) AND rodent)"),
    ("scopus", "KEY(cat AND dog AND NOT rodent OR mouse)", "kw,su:(cat AND dog NOT (rodent OR mouse))"),
    ("scopus", "TITLE(wind power OR solar)", "ti:(wind AND (power OR solar))"),
]


@pytest.mark.parametrize(("syntax", "text", "meaning"), ORDER)
def test_operators_without_brackets_are_bound_as_the_platform_does_and_it_is_said(
    syntax: str, text: str, meaning: str
) -> None:
    brought = read_syntax(text, syntax)
    assert show(brought.query) == meaning
    if " OR " in text.upper():
        assert any(SYNTAXES[syntax].order in what and effect == "none" for what, effect in brought.losses)
        assert "mixed" in brought.faults[0].what
    bracketed = {"pubmed": "(a[ti] OR b[ti]) AND c[ti]", "scopus": "KEY((a OR b) AND c)"}.get(syntax)
    if bracketed is not None:
        assert read_syntax(bracketed, syntax).faults == ()


LOSSES = [
    ("pubmed", "mentor", "automatic term mapping", "narrower"),
    ("pubmed", "peer mentor[ti]", "read as a phrase", "narrower"),
    ("pubmed", "50-78-2[rn]", "numbers and actions of substances", "narrower"),
    ("pubmed", "a[ti] NOT London[ad]", "no counterpart", "narrower"),
    ("scopus", "KEY(a AND NOT b AND c) AND NOT KEY(d) AND PUBYEAR > 2005", "limits behind NOT", "none"),
    ("pubmed", "a[1au]", "first or last authors", "broader"),
    ("pubmed", "London[ad]", "no counterpart", "broader"),
    ("pubmed", '"a b c"[ti:~1]', "pair by pair", "broader"),
    ("pubmed", "a[ti] AND humans[Filter]", "limit humans is left out", "broader"),
    ("pubmed", "(a[ti] AND english[la]) OR b[ti]", "holds for one part", "broader"),
    ("pubmed", "a[ti] AND 2006:2016[edat]", "2006:2016[edat] is left out", "broader"),
    ("pubmed", "a[ti] AND Klingon[la]", "limit Klingon is left out", "broader"),
    ("web_of_science", "TI=a AND PY=(2006 OR 2010)", "taken together as one", "broader"),
    ("ovid", "clin* teach* program*.ti.", "pair by pair", "broader"),
    ("ovid", "doctor$9.ti.", "any number of letters", "broader"),
    ("ovid", "a adj2 b adj3 c.ti.", "pair by pair", "broader"),
    ("ovid", "behavio*r.ti.", "inside a word", "broader"),
    ("ovid", "mentor", ".mp.", "none"),
    ("web_of_science", "TS=a", "Keywords Plus", "narrower"),
    ("web_of_science", "TI=(a SAME b)", "one sentence", "broader"),
    ("scopus", 'KEY(a) AND LIMIT-TO(SUBJAREA, "MEDI")', "SUBJAREA", "broader"),
    ("scopus", 'KEY(a) AND EXCLUDE(LANGUAGE, "German")', "EXCLUDE", "broader"),
]


@pytest.mark.parametrize(("syntax", "text", "what", "effect"), LOSSES)
def test_what_cannot_be_carried_over_is_said(syntax: str, text: str, what: str, effect: str) -> None:
    losses = read_syntax(text, syntax).losses
    assert [found for said, found in losses if what in said] == [effect]


def test_quoted_or_truncated_words_lose_no_mapping_that_pubmed_did_not_do() -> None:
    assert read_syntax('"peer mentor" OR mentor*', "pubmed").losses == ()


LIMITS = [
    ("pubmed", "a[ti] AND english[la] AND (\"2006/01/01\"[dp] : \"2016/01/31\"[Date - Publication])",
     Limited("2006-01-01", "2016-01-31", ("eng",))),
    ("pubmed", "a[ti] AND 2006:3000[pdat]", Limited("2006")),
    ("pubmed", "a[ti] AND (english[filter] OR German[lang])", Limited(languages=("eng", "ger"))),
    ("ovid", "a.ti. and english.lg. and 2006:2016.(sa_year).", Limited("2006", "2016", ("eng",))),
    ("ovid", 'a.ti. and "2006".yr.', Limited("2006", "2006")),
    ("web_of_science", "TI=a AND PY=(2006 OR 2007)", Limited("2006", "2007")),
    ("scopus", "KEY(a) AND PUBYEAR IS 2006", Limited("2006", "2006")),
    ("scopus", "KEY(a) AND PUBYEAR = 2006", Limited("2006", "2006")),
    ("ebscohost", "TI a AND LA English AND DT 20060101-20161231", Limited("2006-01-01", "2016-12-31", ("eng",))),
    ("ebscohost", "TI a AND PY 2006-2016", Limited("2006", "2016")),
    ("web_of_science", "TI=a AND PY=(2006-2016) AND LA=(English OR French)", Limited("2006", "2016", ("eng", "fre"))),
    ("web_of_science", "TI=a AND (PY=2006 OR PY=2007)", Limited("2006", "2007")),
    ("scopus", "KEY(a) AND PUBYEAR > 2005 AND PUBYEAR < 2017", Limited("2006", "2016")),
    ("scopus", "KEY(a) AND PUBYEAR AFT 2005 AND LANGUAGE(english)", Limited("2006", languages=("eng",))),
    ("scopus", 'KEY(a) AND ( LIMIT-TO ( LANGUAGE , "English" ) )', Limited(languages=("eng",))),
]  # fmt: skip


@pytest.mark.parametrize(("syntax", "text", "limits"), LIMITS)
def test_limits_are_given_back_and_are_no_words(syntax: str, text: str, limits: Limited) -> None:
    brought = read_syntax(text, syntax)
    assert brought.limits == limits
    assert show(brought.query) in ("ti:a", "kw,su:a")
    assert brought.losses == ()


FAULTS = [
    ("pubmed", "mentor[tiabs]", 7, "has no field 'tiabs'", "Did you mean tiab?"),
    ("pubmed", "wom?n[ti]", 1, "no wildcard ?", "from another platform"),
    ("pubmed", "mentor* adj3 doctor*", 9, "no operator adj3", "another platform"),
    ("ovid", "a near3 b.ti.", 3, "no operator near3", "another platform"),
    ("ovid", "a near/3 b.ti.", 3, "no operator near/3", "another platform"),
    ("pubmed", "a[ti] OR english[la]", 7, "joined by OR", "brackets"),
    ("pubmed", "a[ti] NOT english[la]", 7, "behind NOT", "limit of the review"),
    ("pubmed", "'peer mentor'[ti]", 1, "single quote", "double quotes"),
    ("pubmed", "2006:2016[ti]", 1, "no dates", "date field"),
    ("pubmed", "2006/13:2016[dp]", 1, "no dates", "years"),
    ("pubmed", "a[ti] AND (b AND c)[la]", 20, "too complex", "single values"),
    ("pubmed", "a[ti] AND english[la] AND german[la]", 23, "no language over", "OR"),
    ("pubmed", '"a b c d e f g h i"[ti:~2]', 1, "Too many words", "8"),
    ("pubmed", '""[mh]', 1, "heading is missing", "thesaurus"),
    ("pubmed", '"Mentors/e*d"[mh]', 1, "no wildcards", "thesaurus"),
    ("pubmed", "(a[ti])[mh]", 8, "something else", "each heading"),
    ("pubmed", '"--"[ti]', 1, "no word", "one letter"),
    ("ovid", "a.ti,lg.", 2, "cannot stand together", "apart"),
    ("ovid", "english.lg. adj3 a", 13, "beside a proximity", "brackets"),
    ("pubmed", "soon[dp]", 5, "no date", "year"),
    ("pubmed", "english[la]", 1, "only limits", "word"),
    ("pubmed", "#1 AND #2", 1, "no line 1", "whole history"),
    ("pubmed", '"a', 1, "never closed", "Close"),
    ("pubmed", "(a[ti]", 1, "never closed", "Close"),
    ("pubmed", "a[ti])", 6, "closes nothing", "Take it away"),
    ("pubmed", "a[ti] OR", 7, "missing", "between two"),
    ("pubmed", "()", 1, "empty", "one word"),
    ("pubmed", "", 1, "empty", "one word"),
    ("pubmed", "---", 1, "empty", "one word"),
    ("ovid", "mentor.tiab.", 7, "no field 'tiab'", "Did you mean .ti,ab.?"),
    ("ovid", "(a or b) c", 10, "no operator", "AND or OR"),
    ("ovid", "(a and not b) adj3 c", 15, "too complex", "Only words"),
    ("ovid", "a.ti. adj3 b.ab.", 7, "different fields", "one field"),
    ("ovid", "m*n.ti.", 1, "inside a word", "spellings"),
    ("ovid", "or/1-3", 1, "no line 1", "whole history"),
    ("ebscohost", 'KX "a"', 1, "no field 'KX'", "quotes"),
    ("ebscohost", "TI a AB b", 6, "no operator", "AND or OR"),
    ("web_of_science", "TX=(a)", 1, "no field 'TX'", "quotes"),
    ("web_of_science", "TS=*bio", 4, "starts with a wildcard", "first letters"),
    ("web_of_science", "TS=a AND <b>", 10, "no meaning", "Web of Science"),
    ("scopus", "AUTHKEYS(a)", 1, "no field 'AUTHKEYS'", "Did you mean authkey?"),
    ("scopus", "o?o?*?????[a]", 11, "no meaning", "another platform"),
    ("ovid", "a?b?c?d?e?", 1, "left open", "spellings"),
    ("ovid", "(" * 200 + "a" + ")" * 200, 41, "Too many brackets", "away"),
]


@pytest.mark.parametrize(("syntax", "text", "column", "message", "hint"), FAULTS)
def test_what_cannot_be_read_is_refused_with_its_column(
    syntax: str, text: str, column: int, message: str, hint: str
) -> None:
    with pytest.raises(QueryError, match=message.replace("?", r"\?")) as caught:
        read_syntax(text, syntax)
    assert caught.value.column == column
    assert hint in str(caught.value.hint)


def test_unknown_syntax_names_the_known_ones() -> None:
    with pytest.raises(QueryError) as caught:
        read_syntax("a", "embase")
    assert "pubmed, ovid, ebscohost, web_of_science, scopus" in str(caught.value.hint)


def test_codes_are_looked_up_whatever_their_case_and_spaces() -> None:
    for syntax in SYNTAXES.values():
        for code in syntax.codes:
            assert place(code, syntax) is place(f" {code} ", syntax)
    assert place("MeSH  Terms: NoExp", SYNTAXES["pubmed"]) is SYNTAXES["pubmed"].codes["mesh terms:noexp"]


def test_long_queries_are_read_and_endless_ones_refused_in_time() -> None:
    terms = " OR ".join(f'"word{n} x"[ti]' for n in range(2000))
    assert len(read_syntax(terms, "pubmed").query.items) == 2000  # type: ignore[union-attr]
    doubling = "\n".join(["1. a", *(f"{n}. {n - 1} or {n - 1}" for n in range(2, 200))])
    with pytest.raises(QueryError, match="too large"):
        read_syntax(doubling, "ovid")
    for text in ("((a OR b) NEAR/3 " * 20, "a adj3 " * 60 + "b", "NOT " * 500 + "a", "*" * 5000):
        for syntax in SYNTAXES:
            with pytest.raises(QueryError):
                read_syntax(text, syntax)


PIECES = st.sampled_from(
    [
        *' \n\t()"*?$#[]:.,/-=<>{}1234aéß’‘“&+~;|',
        *(" and ", " or ", " not ", " AND NOT ", " adj3 ", " N3 ", " W5 ", " near/3 ", " near ", " same ", " w/3 "),
        *("[mh]", "[tiab]", "[tiab:~2]", "[la]", "[dp]", "[filter]", "english", "2006", "2006:2016[dp]", ".ti,ab."),
        *(".sh.", ".lg.", "exp ", "Mentors/", "mentor*", "colo?r", "TI ", "MH ", "LA ", "TS=", "PY=", "TITLE("),
        *("LIMIT-TO(", "PUBYEAR > ", "or/1-3", "#1", "S1", "\n1. ", "\n2. ", "\n3 ", "limit 1 to ", "(12)", "\t34"),
    ]
)


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(text=st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30))
def test_any_text_is_read_to_a_tree_that_can_be_shown_or_refused_with_a_column(syntax: str, text: str) -> None:
    try:
        brought = read_syntax(text, syntax)
    except QueryError as error:
        assert 1 <= error.column <= max(1, len(error.query))
    else:
        assert parse(show(brought.query)) == brought.query
