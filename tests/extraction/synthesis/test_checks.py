"""Every gap is one sentence, and what can be right is never reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from extraction import library
from extraction.synthesis import checks
from extraction.synthesis.checks import Known
from extraction.synthesis.prose import contradiction, contradictions, numbers
from extraction.synthesis.quotes import Quote, look
from extraction.synthesis.resolving import Resolver
from review.passages import Page

WORKWELL = library.framework("bitc-workwell")
CASP = library.instrument("casp-qualitative-2018")
PAGES = [
    Page(1, "553", "Mentoring helped doc-\ntors to talk of"),
    Page(2, "554", "their patients. We talk more; we listen more."),
]


def coding(key: str, component: str = "health", sign: str = "+", **more: Any) -> dict[str, Any]:
    row = {
        "key": key, "person": "p", "study": key.partition(":")[2], "component": component, "subelement": None,
        "polarity": sign, "quote": "helped doctors", "place": "p. 553", "file": None, "coded": (component, None),
    }  # fmt: skip
    return row | more


def finding(
    key: str = "F1", supporting: Sequence[str] = (), against: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key, "theme": "health", "statement": "It helps", "note": None, "gone": []}
    return row | {"supporting": [(k, "p") for k in supporting], "contradicting": [(k, "p") for k in against]} | more


TWO = Known(
    keys=("a", "b"),
    framework=WORKWELL,
    now=Resolver(labels={"emergent:x": "Burden"}),
    codings=(coding("H1:a"), coding("H1:b")),
    findings=(finding(supporting=["H1:a", "H1:b"]),),
    files={"a": ["fa"], "b": ["fb"]},
    texts={"fa": PAGES, "fb": PAGES},
    authors={"a": "Ada 2001"},
)
"""A synthesis that nothing can be said against."""


def told(**changes: Any) -> list[str]:
    return [gap.what for gap in checks.gaps(replace(TWO, **changes))]


def test_nothing_is_reported_where_nothing_is_open() -> None:
    assert told() == []


def test_a_finding_or_a_configuration_without_a_study() -> None:
    found = told(
        findings=(finding(supporting=["H1:a", "H1:b"]), finding("F2", statement="It\nhelps all")),
        cmos=({"key": "C1", "sources": [], "supporting": [], "gone": []},),
    )
    assert found == [
        "no study supports finding F2: “It helps all”",
        "configuration C1 names no source and no coding",
    ]


def test_a_study_in_no_finding_and_a_coding_of_none_of_the_studies() -> None:
    more = (*TWO.codings, coding("H2:c"), coding("H1:z"))
    assert told(keys=("a", "b", "c", "d"), codings=more) == [
        "study c is in no finding",
        "study d is in no finding: nothing of it is coded",
        "z is not an included study: its 1 coding counts for nothing",
        "1 quote could not be looked up, as no text of the study is stored: coding H2:c",
    ]
    assert told(findings=())[0].startswith("no finding is written yet")


def test_codings_without_a_quote_are_counted_and_a_few_named() -> None:
    bare = tuple(coding(f"H{n}:a", quote=None) for n in range(10))
    assert told(codings=(*TWO.codings, *bare)) == [
        "10 codings have no quote: H0:a, H1:a, H2:a, H3:a, H4:a, H5:a, H6:a, H7:a and 2 more"
    ]


@pytest.mark.parametrize(
    ("text", "place", "stands", "page"),
    [
        ("helped doctors to TALK of their patients", "p. 553", "yes", None),
        ("We talk more", "554, left column", "yes", None),
        ("We talk more", "pp. 554-555", "yes", None),
        ("We talk more", None, "yes", None),
        ("We talk more", "Discussion", "yes", None),  # a place that no page is called
        ("Mentoring helped […] we listen more", "553", "yes", None),
        ("We talk more", "p. 553", "elsewhere", "554"),
        ("We walk more", "p. 554", "no", None),
        ("Mentoring helped … nobody", "553", "no", None),
    ],
)
def test_quotes_are_looked_up_where_they_say_and_elsewhere(
    text: str, place: str | None, stands: str, page: str | None
) -> None:
    (one,) = look([Quote("coding H1:a", "a", text, place, None)], {"a": ["f"]}, {"f": PAGES})
    assert (one.stands, one.page) == (stands, page)


@pytest.mark.parametrize(
    ("text", "place", "stands"),
    [
        ("their patients", "p. 553", "elsewhere"),  # it begins the next page, and was taken to run on to it
        ("to talk of their patients", "p. 554", "yes"),  # it runs on to the page that is named
        ("helped [junior] doctors", "p. 553", "yes"),  # put in by who quotes
        ("[M]entoring helped", "p. 553", "yes"),
    ],
)
def test_a_quote_at_the_edge_of_a_page_and_words_in_brackets(text: str, place: str, stands: str) -> None:
    (one,) = look([Quote("coding H1:a", "a", text, place, None)], {"a": ["f"]}, {"f": PAGES})
    assert one.stands == stands


def test_a_quote_that_is_not_in_the_text_on_another_page_or_that_nobody_can_look_up() -> None:
    texts: Mapping[str, Sequence[Page]] = {"fa": PAGES}
    wrong = (coding("H1:a", quote="We walk more"), coding("H2:a", quote="We talk more"), coding("H1:b"))
    answers = (Quote("the answer 'aim'", "a", "helped doctors", "p. 553", "unread"),)
    assert told(codings=wrong, texts=texts, quoted=answers) == [
        "the quote of coding H1:a is not in the stored full text of a: “We walk more”",
        "the quote of coding H2:a stands on page 554, not at p. 553",
        "2 quotes could not be looked up, as no text of the study is stored: coding H1:b, the answer 'aim'",
    ]


def test_an_instrument_that_does_not_fit_the_design() -> None:
    found = told(
        instruments=(CASP,),
        judged={("a", CASP.name), ("b", CASP.name)},
        design={"a": "quantitative", "b": "qualitative"},
    )
    (one,) = found
    assert one.startswith("study a: ")
    assert "is not made for quantitative studies" in one


def test_contradictory_evidence_that_no_finding_on_the_theme_mentions() -> None:
    against = (*TWO.codings, coding("H9:b", sign="-"))
    silent = "no finding on Better physical and psychological health mentions what speaks against it: H9:b of b"
    assert told(codings=against) == [silent]
    both = finding(supporting=["H1:a", "H1:b"], against=["H9:b"])
    other = finding("F2", ["H9:b"])
    cited = {"theme": "health", "name": "Ann", "text": "One of Bell 2002 was harmed"}
    assert told(codings=against, findings=(both,)) == []
    assert told(codings=against, findings=(*TWO.findings, other)) == []
    assert told(codings=against, memos=(cited,), authors={"b": "Bell 2002"}) == []
    assert told(codings=against, memos=(cited,), authors={"b": "Bell 2003"}) == [silent]


def test_a_finding_that_names_what_is_gone_or_was_moved() -> None:
    gone = finding(supporting=["H1:a", "H1:b", "H7:a"], gone=[("H7:a", "p")])
    assert told(findings=(gone,)) == ["finding F1 names the coding H7:a, which was taken back"]
    moved = coding("H1:b", "emergent:x", coded=("health", None))
    assert told(codings=(coding("H1:a"), moved)) == [
        "finding F1 on Better physical and psychological health is supported by the coding H1:b, "
        "which was moved to Burden"
    ]


INCLUDED = tuple("abcdefghijklm")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Better work was evident in all 13 papers", "11 support it and 2 contradict it: not l, m"),
        ("All thirteen included studies report it", "not l, m"),
        ("All seven studies report it", "11 support it"),
        ("Both papers agree", "11 support it"),
        ("Seven studies report it", "11 support it"),
        ("twelve qualitative studies", None),  # narrowed down, and possible
        ("14 studies", "13 are included"),
        ("eleven studies", None),
        ("It helps, in 12 papers", None),  # on both sides together
        ("Two studies from the UK", None),
        ("Eleven of the 13 studies", None),
        ("Five of the 13 studies", "11 support it"),
        ("Fourteen of the 13 studies", "larger than the whole"),
        ("five of the six schemes", None),  # of some of them
        ("the other five research papers", None),  # besides what, is not said
        ("at least nine papers, and more than 20 studies", None),
        ("All 10 research papers", None),
        ("twenty-one studies, 3.5 papers, 12 % of 2014 papers", None),
        ("No number of anything: one day in May 2014", None),
    ],
)
def test_a_number_in_prose_is_reported_only_where_the_studies_contradict_it(text: str, wrong: str | None) -> None:
    found = [w for one in numbers(text) if (w := contradiction(one, INCLUDED, (INCLUDED[:11], INCLUDED[10:12])))]
    assert len(found) == (wrong is not None)
    assert (wrong or "") in "".join(found)


@pytest.mark.parametrize(
    ("text", "stated", "wrong"),
    [
        ("All included studies report it", True, "not l, m"),
        ("It holds for every included study", False, "not l, m"),
        ("Nine of the studies report it", True, "11 support it"),
        ("Nine of the studies report it", False, None),  # a note may tell of some of them
        ("Eleven studies report it; three papers measured it", True, None),  # after the right number, of some of them
        ("Three studies (Ada 2001; Ben 2002; Cox 2003) measured it", False, None),
        ("Five studies are surveys. In all five studies mentees agree", False, None),  # the same five
        ("Three studies did not ask, three papers found no effect", True, None),  # of the others
        ("The remaining two papers say nothing", True, None),
        ("Table 3 studies and phase 2 studies", True, None),
        ("Both studies disagree", False, None),  # two contradict it
        ("Twelve studies report it, two papers contradict it", True, None),
        ("Nine studies report it, two papers contradict it", True, "11 support it and 2 contradict it"),
    ],
)
def test_what_may_speak_of_some_studies_or_of_others_raises_no_alarm(
    text: str, stated: bool, wrong: str | None
) -> None:
    found = list(contradictions(text, INCLUDED, (INCLUDED[:11], INCLUDED[10:12]), stated=stated))
    assert len(found) == (wrong is not None)
    assert (wrong or "") in "".join(found)


def test_a_component_that_the_framework_has_no_more_is_named() -> None:
    less = replace(WORKWELL, components=WORKWELL.components[1:])
    assert told(framework=less, codings=(*TWO.codings, coding("R1:a", "relationships"))) == [
        "1 coding stands under relationships, which BITC Workwell model does not have (any more)"
    ]


def test_what_an_excluded_study_says_contradicts_nothing() -> None:
    """Codings of a study that was excluded since were held against the findings, one sentence each."""
    gone = (coding("H5:z", sign="-"), coding("H6:z"), coding("H7:z"))
    assert told(codings=(*TWO.codings, *gone)) == ["z is not an included study: its 3 codings count for nothing"]


def test_numbers_are_looked_for_in_findings_and_memos() -> None:
    memo = {"theme": "health", "name": "Ann", "text": "three papers, I think"}
    both = finding(supporting=["H1:a"], statement="Seen in all two studies", note="seven papers")
    assert told(findings=(both, finding("F2", ["H1:b"])), memos=(memo,)) == [
        "finding F1 says “all two studies”, but 1 supports it: not b",
        "finding F1 says “seven papers”, but 2 are included",
        "the memo of Ann on Better physical and psychological health says “three papers”, but 2 are included",
    ]
