"""A strategy brought in from any platform is one tree, and is translated to every other as a librarian would write it.

All strategies are written for these tests; the translations were written by hand from the platforms' help pages.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.errors import StageError
from review.protocol import Protocol
from review.protocol.model import Limits
from review.protocol.strategies import bring
from review.query import And, Field, Heading, Limited, Node, Or, Phrase, Term, parse
from review.store import Store
from searches.dialects import PASTED
from searches.dialects.numbering import HISTORIES, by_line
from searches.registry import SOURCES
from searches.strategies import spell_everywhere
from searches.vocabulary import Vocabulary, vocabulary

OVID = """\
1. mentor*.ti,ab,kf. (900)
2. peer support.ti,ab,kf. (80)
3. 1 or 2 (950)
4. doctor*.ti,ab,kf. (7,000)
5. junior.ti. (60)
6. or/4-5 (7,050)
7. 3 and 6 (40)
8. limit 7 to (english language and yr="2006 - 2016") (20)
"""
PUBMED = (
    '(mentor*[tiab] OR "peer support"[tiab]) AND (doctor*[tiab] OR junior[ti]) '
    "AND english[la] AND 2006/01/01:2016/12/31[dp]"
)
EBSCOHOST = """\
S1 TI ( mentor* OR "peer support" ) OR AB ( mentor* OR "peer support" ) OR KW ( mentor* OR "peer support" )
S2 TI doctor* OR AB doctor* OR KW doctor*
S3 TI junior
S4 S1 AND (S2 OR S3)\tLimiters - Published Date: 20060101-20161231; English Language
"""
WEB_OF_SCIENCE = """\
#1 TI=(mentor* OR "peer support") OR AB=(mentor* OR "peer support") OR AK=(mentor* OR "peer support")
#2 TI=doctor* OR AB=doctor* OR AK=doctor* OR TI=junior
#3 #1 AND #2 AND LA=(English) AND PY=(2006-2016)
"""
SCOPUS = (
    '(TITLE-ABS(mentor* OR "peer support") OR AUTHKEY(mentor* OR "peer support")) '
    "AND (TITLE-ABS(doctor*) OR AUTHKEY(doctor*) OR TITLE(junior)) "
    "AND LANGUAGE(english) AND PUBYEAR > 2005 AND PUBYEAR < 2017"
)
TEXTS = {
    "ovid": OVID, "pubmed": PUBMED, "ebscohost": EBSCOHOST, "web_of_science": WEB_OF_SCIENCE, "scopus": SCOPUS,
}  # fmt: skip

WORDS = ("title", "abstract", "keywords")
TREE: Node = And(
    (
        Field(WORDS, Or((Term("mentor*"), Phrase("peer support")))),
        Or((Field(WORDS, Term("doctor*")), Field(("title",), Term("junior")))),
    )
)

TRANSLATED = {
    "pubmed": (
        '(mentor*[tiab] OR "peer support"[tiab]) AND ((doctor*[tiab]) OR (junior[ti])) '
        'AND english[la] AND ("2006/01/01"[dp] : "2016/12/31"[dp])'
    ),
    "ovid": (
        '1. (mentor* or "peer support").ti,ab,kf.\n2. ((doctor*).ti,ab,kf.) or ((junior).ti.)\n3. 1 and 2\n'
        '4. limit 3 to (english language and yr="2006 - 2016")'
    ),
    "ebscohost": (
        '(TI (mentor* OR "peer support") OR AB (mentor* OR "peer support") OR KW (mentor* OR "peer support") '
        'OR SU (mentor* OR "peer support")) '
        "AND ((TI (doctor*) OR AB (doctor*) OR KW (doctor*) OR SU (doctor*)) OR (TI (junior)))\n"
        "LA English AND DT 20060101-20161231"
    ),
    "web_of_science": (
        '(TI=(mentor* OR "peer support") OR AB=(mentor* OR "peer support") OR AK=(mentor* OR "peer support")) '
        "AND ((TI=(doctor*) OR AB=(doctor*) OR AK=(doctor*)) OR (TI=(junior)))\nLA=(English) AND PY=(2006-2016)"
    ),
    "scopus": (
        '(TITLE-ABS-KEY(mentor* OR "peer support")) AND ((TITLE-ABS-KEY(doctor*)) OR (TITLE(junior)))\n'
        "AND LANGUAGE(english) AND PUBYEAR > 2005 AND PUBYEAR < 2017"
    ),
    "embase": (
        '((mentor* OR "peer support"):ti,ab,kw) AND (((doctor*):ti,ab,kw) OR ((junior):ti))\n'
        "AND [english]/lim AND [2006-2016]/py"
    ),
    "cochrane": (
        '#1 (mentor* OR "peer support"):ti,ab,kw\n#2 ((doctor*):ti,ab,kw) OR ((junior):ti)\n#3 #1 AND #2\n'
        "#4 #3 with Publication Year from 2006 to 2016"
    ),
    "proquest": (
        '(TI,AB,SU,IF(mentor[*20] OR "peer support")) AND ((TI,AB,SU,IF(doctor[*20])) OR (TI(junior)))\n'
        "LA(English) AND PD(20060101-20161231)"
    ),
}


@pytest.mark.parametrize("syntax", TEXTS)
def test_the_same_strategy_is_the_same_tree_whatever_it_was_written_for(syntax: str) -> None:
    strategy = bring("main", "Main", TEXTS[syntax], syntax)
    assert strategy.query == TREE
    starts = ("2006-01-01", "2016-12-31") if syntax in ("ebscohost", "pubmed") else ("2006", "2016")
    assert strategy.limits == Limited(*starts, ("eng",))
    assert (strategy.losses, strategy.faults) == ((), ())


@pytest.mark.parametrize("syntax", TEXTS)
@pytest.mark.parametrize("name", TRANSLATED)
def test_it_is_translated_to_every_other_platform(syntax: str, name: str) -> None:
    strategy = bring("main", "Main", TEXTS[syntax], syntax)
    spelling = spell_everywhere(strategy, (name,))[-1]
    assert spelling.query == TRANSLATED[name]


HEADINGS = {
    "ovid": "1. exp Mentors/\n2. mentor*.ti.\n3. 1 or 2",
    "pubmed": "Mentors[mh] OR mentor*[ti]",
    "ebscohost": 'MH "Mentors+" OR TI mentor*',
}
WITH_HEADINGS = {
    "pubmed": '"Mentors"[mh] OR (mentor*[ti])',
    "ovid": "1. exp Mentors/ or ((mentor*).ti.)",
    "ebscohost": '(MH "Mentors+") OR (TI (mentor*))',
    "cochrane": '#1 [mh "Mentors"] OR ((mentor*):ti)',
}


@pytest.mark.parametrize("syntax", HEADINGS)
@pytest.mark.parametrize("name", WITH_HEADINGS)
def test_headings_go_with_it(syntax: str, name: str) -> None:
    strategy = bring("main", "Main", HEADINGS[syntax], syntax)
    assert isinstance(strategy.query, Or)
    assert isinstance(strategy.query.items[0], Heading)
    assert spell_everywhere(strategy, (name,))[-1].query == WITH_HEADINGS[name]


def test_what_was_read_is_printed_and_read_again_to_the_same_tree() -> None:
    for syntax in ("pubmed", "ovid", "web_of_science"):  # the others look into subject headings too
        spelling = spell_everywhere(bring("main", "Main", TEXTS[syntax], syntax), (syntax,))[-1]
        again = bring("again", "Again", (spelling.query or "").replace("\nLA=", " AND LA="), syntax)
        assert again.query == TREE


def test_without_names_every_source_and_platform_is_there() -> None:
    found = spell_everywhere(bring("main", "Main", "mentor*"))
    assert [s.source for s in found if s.kind == "api"] == list(SOURCES)
    assert {s.source for s in found if s.kind == "platform"} == {n for n, d in PASTED.items() if d.kind == "platform"}


def test_a_name_that_is_neither_is_said_with_those_that_are() -> None:
    with pytest.raises(StageError, match="there is no source or platform pubmet") as caught:
        spell_everywhere(bring("main", "Main", "mentor*"), ("pubmet",))
    assert "pubmed" in (caught.value.hint or "")


def test_a_query_that_is_too_long_comes_in_parts() -> None:
    words = [f"{letter}mentor" for letter in "abcdefghijkl"]
    spelling = spell_everywhere(bring("main", "Main", " OR ".join(words)), ("sciencedirect",))[-1]
    assert spelling.parts == tuple(
        f"Title, abstract or author-specified keywords: {' OR '.join(some)}" for some in (words[:6], words[6:])
    )


def test_what_cannot_be_asked_has_no_query_and_says_why() -> None:
    (spelling,) = spell_everywhere(bring("main", "Main", "me*"), ("web_of_science",))
    assert (spelling.query, spelling.parts, spelling.lines) == (None, (), ())
    assert [loss.effect for loss in spelling.losses] == ["impossible"]


# -- line by line

LINES = {
    "pubmed": ("#1 mentor*[tiab]", "#2 doctor[tiab]", "#3 dentist[tiab]", "#4 (#1 AND #2) NOT #3", "#5 #4 AND eng"),
    "ebscohost": (
        "S1 TI (mentor*) OR",
        "S2 TI (doctor)",
        "S3 TI (dentist)",
        "S4 (S1 AND S2) NOT S3",
        "S5 S4 AND LA En",
    ),
    "proquest": ("S1 TI,AB", "S2 TI,AB", "S3 TI,AB", "S4 ([S1] AND [S2]) NOT [S3]", "S5 [S4] AND LA(English) AND PD("),
    "web_of_science": ("#1 TI=(", "#2 TI=(", "#3 TI=(", "#4 (#1 AND #2) NOT #3", "#5 #4 AND LA=(English) AND PY=("),
    "embase": ("#1 (mentor*)", "#2 (doctor)", "#3 (dentist)", "#4 (#1 AND #2) NOT #3", "#5 #4 AND [english]/lim AND ["),
    "ovid": (
        "1. (mentor*)",
        "2. (doctor)",
        "3. (dentist)",
        "4. (1 and 2) not 3",
        "5. limit 4 to (english language and",
    ),
    "cochrane": ("#1 (mentor*)", "#2 (doctor)", "#3 (dentist)", "#4 (#1 AND #2) NOT #3", "#5 #4 with Publication Ye"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_platform_with_a_history_gets_lines(name: str) -> None:
    query = parse("mentor* AND doctor NOT dentist")
    lines = by_line(query, Limits("2006", "2016", ("eng",)), PASTED[name])
    assert len(lines) == 5
    assert all(line.startswith(start) for line, start in zip(lines, LINES[name], strict=True))


def test_every_platform_that_numbers_lines_is_tested() -> None:
    assert {*LINES} == {*HISTORIES} | {name for name, dialect in PASTED.items() if dialect.history}


def test_no_line_without_words_or_use() -> None:
    limits = Limits(kinds=("article",))
    assert by_line(parse("mentor* AND doctor"), limits, PASTED["embase"])[-1] == "#3 #1 AND #2"
    assert by_line(parse("mentor* OR doctor"), limits, PASTED["embase"]) == ()
    assert by_line(parse("mentor* AND doctor"), limits, PASTED["google_scholar"]) == ()


# -- the words that truncated terms find


def test_words_are_counted_in_the_first_records(any_filled: Store, protocol: Protocol) -> None:
    """Twelve records are titled "Synthetic report"; eight of them have an abstract that says so."""
    asking = replace(protocol, strategies=(bring("main", "Main", "synth* OR abs* OR record"),))
    found = vocabulary(any_filled, asking)
    assert (found.records, found.more) == (12, 0)
    assert [(name, stem.text, stem.words) for name, stem in found.stems] == [
        ("main", "synth*", (("synthetic", 12),)),
        ("main", "abs*", (("abstract", 8),)),
    ]
    fewer = vocabulary(any_filled, asking, most=6)  # the third and the sixth have no abstract
    assert (fewer.records, fewer.more, [stem.words[0][1] for _, stem in fewer.stems]) == (6, 6, [6, 4])


def test_words_are_looked_for_where_the_protocol_says(filled: Store, protocol: Protocol) -> None:
    limits = replace(protocol.limits, fields=("title",))
    asking = replace(protocol, limits=limits, strategies=(bring("main", "Main", "abs*"),))
    assert [stem.words for _, stem in vocabulary(filled, asking).stems] == [()]


def test_without_records_there_are_no_words(store: Store, protocol: Protocol) -> None:
    assert vocabulary(store, protocol) == Vocabulary(0, 0)
