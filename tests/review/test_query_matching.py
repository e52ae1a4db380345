"""Evaluating queries on records. Texts are written for these tests."""

import unicodedata
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.query import And, Field, Node, Not, Or, Phrase, Term, compile, evaluate, matched_words, parse
from review.record import Record
from review.text import fold

WORDS = [
    # query, text, found
    ("well-being", "their well-being", True),
    ("well-being", "Well being, again", True),
    ("well-being", "“Well‑Being”", True),
    ("well-being", "wellbeing", False),
    ("well-being", "being well", False),
    ("physician", "a Physician.", True),
    ("physician", "physicians", False),
    ("physician", "metaphysician", False),
    ("ment*", "mental", True),
    ("ment*", "MENTION", True),
    ("ment*", "the ment", True),
    ("ment*", "treatment", False),
    ("Ment*", "a mentor", True),
    ("wom?n", "women", True),
    ("wom?n", "womn", False),
    ("wom?n", "womaan", False),
    ("post-doc*", "post doctoral", True),
    ('"peer mentor*"', "peer-mentoring", True),
    ('"peer mentor*"', "peer and mentor", False),
    ("Laloe", "Laloë", True),
    ("straße", "STRASSE", True),
    ("doctor's", "the doctor’s view", True),
    ("CO2", "CO<sub>2</sub>", True),
    ("mentoring", "men\u00adtoring", True),
    ("mentoring", "men\u200btoring", True),
    ("ment", "<b>ment</b>al", False),
    ("mental", "<b>ment</b>al", True),
    ("aim", "<h4>Aim</h4>To", True),
    ("health", "A&amp;health", True),
    ("a NEAR/2 b", "b x y a", True),
    ("a NEAR/2 b", "b x y z a", False),
    ("a PRE/1 b", "a x b", True),
    ("a PRE/1 b", "b x a", False),
    ("a NEAR/0 a", "a", False),
    ("a NEAR/0 a", "a a", True),
    ('(a OR "c d") NEAR/1 b*', "c d x bee", True),
]


@pytest.mark.parametrize(("query", "text", "found"), WORDS)
def test_words_are_whole_and_folded(query: str, text: str, found: bool) -> None:
    assert evaluate(parse(query), Record(title="", abstract=text)) is found


def test_same_record_from_three_sources_gets_the_same_answer() -> None:
    query = parse('Ment* AND (doctor* OR physician) AND (health OR well-being) AND "peer support"')
    tagged = Record(title="Mentoring doctors.", abstract="<h4>Aim</h4><p>Peer&#x2010;support for well&#8209;being</p>")
    plain = Record(title="MENTORING DOCTORS", abstract="Aim: peer support for well-being")
    curly = Record(title="“Mentoring” Doctors", abstract="Aim Peer-support for\n“well–being”")
    assert [evaluate(query, record) for record in (tagged, plain, curly)] == [True, True, True]


# On a record with the title "yes" and no abstract: true, false, and unknown.
T, F, U = Term("yes"), Field(("title",), Term("no")), Field(("abstract",), Term("no"))
VALUE = {T: True, F: False, U: None}


def value_of(node: Node) -> bool | None:
    return evaluate(node, Record(title="yes"))


KLEENE_AND = {(True, True): True, (True, None): None, (None, None): None}
KLEENE_OR = {(False, False): False, (False, None): None, (None, None): None}


@pytest.mark.parametrize(("left", "right"), list(product(VALUE, VALUE)))
def test_three_valued_and_or(left: Node, right: Node) -> None:
    pair = (VALUE[left], VALUE[right])
    swapped = (pair[1], pair[0])
    expected_and = False if False in pair else KLEENE_AND.get(pair, KLEENE_AND.get(swapped, "?"))
    expected_or = True if True in pair else KLEENE_OR.get(pair, KLEENE_OR.get(swapped, "?"))
    assert value_of(And((left, right))) is expected_and
    assert value_of(Or((left, right))) is expected_or


@pytest.mark.parametrize(("term", "expected"), [(T, False), (F, True), (U, None)])
def test_three_valued_not(term: Node, expected: bool | None) -> None:
    assert value_of(Not(term)) is expected


TREES = st.recursive(
    st.sampled_from([T, F, U]),
    lambda inner: st.builds(Not, inner) | st.builds(lambda a, b: And((a, b)), inner, inner)
    | st.builds(lambda a, b: Or((a, b)), inner, inner),
    max_leaves=8,
)  # fmt: skip


@given(TREES)
def test_a_known_verdict_holds_whatever_the_missing_abstract_says(node: Node) -> None:
    value = value_of(node)
    if value is not None:
        for abstract in ("no", "other"):
            assert evaluate(node, Record(title="yes", abstract=abstract)) is value


def test_missing_abstract_is_unknown_but_a_known_match_counts() -> None:
    assert evaluate(Term("mentor"), Record(title="A mentor")) is True
    assert evaluate(Term("mentor"), Record(title="A nurse")) is None
    assert evaluate(Term("mentor"), Record(title="A nurse", abstract="None.")) is False
    assert evaluate(Term("mentor"), Record(title="A nurse", keywords=("mentor",))) is True
    assert evaluate(Term("mentor"), Record(abstract="A nurse")) is None


def test_fields_limit_where_a_word_counts() -> None:
    record = Record(title="Mentor", abstract="Doctor", keywords=("health",))
    assert evaluate(Term("doctor"), record, ("title",)) is False
    assert evaluate(parse("ab:doctor"), record, ("title",)) is True
    assert evaluate(parse("ti:doctor AND kw:health"), record) is False
    assert evaluate(parse("kw:health AND ti:mentor"), record) is True
    assert evaluate(Term("health"), record, ("title", "abstract")) is False


def test_phrase_does_not_run_from_one_keyword_or_field_into_the_next() -> None:
    record = Record(title="peer", abstract="mentor x", keywords=("peer", "mentor"))
    assert evaluate(Phrase("peer mentor"), record) is False
    assert evaluate(parse("peer NEAR/5 mentor"), record) is False
    assert evaluate(Phrase("peer mentor"), Record(title="", abstract="", keywords=("Peer mentor",))) is True


def test_field_that_only_a_platform_looks_into_leaves_the_answer_open() -> None:
    record = Record(title="Mentor", abstract="Doctor", keywords=("health",))
    assert evaluate(parse("au:smith"), record) is None
    assert evaluate(parse("ti,au:smith"), record) is None
    assert evaluate(parse("ti,au:mentor"), record) is True
    assert evaluate(parse("su:health"), record) is None
    assert evaluate(parse("all:doctor"), record) is True
    assert evaluate(parse("all:nurse"), record) is None
    assert evaluate(parse("all:nurse AND ti:nurse"), record) is False


@pytest.mark.parametrize(
    ("query", "keywords", "verdict"),
    [
        ('"Mentors"[mh]', ("nurses", "MENTORS"), True),
        ('"Mentors"[mh]', ("Mentors, Peer",), None),
        ('"Mentors"[mh]', ("Peer Mentors",), None),
        ('"Mentors"[mh]', (), None),
        ('"Diabetes Mellitus, Type 2"[mh:noexp]', ("Diabetes Mellitus, Type 2",), True),
        ('"Mentors"[mh]', ("Nurses", "Mentors/*education"), True),
        ('"Mentors"[majr]', ("Mentors",), None),
        ('"Mentors/education"[mh]', ("Mentors",), None),
        ('NOT "Mentors"[mh]', ("Mentors",), False),
        ('ti:"Mentors"[mh]', ("Mentors",), True),
    ],
)
def test_heading_is_met_as_a_keyword_and_unknown_otherwise(
    query: str, keywords: tuple[str, ...], verdict: bool | None
) -> None:
    assert evaluate(parse(query), Record(title="Mentors", abstract="Mentors", keywords=keywords)) is verdict


def test_keyword_with_a_stroke_is_still_searched_whole() -> None:
    assert evaluate(parse("kw:education"), Record(keywords=("Mentors/education",))) is True


def test_matched_words_are_looked_for_where_a_record_can_be_looked_into() -> None:
    records = [Record(title="Mentoring", keywords=("mentors",))]
    query = parse('all:mentor* AND (au:smith* OR "Mentors"[mh])')
    assert matched_words(query, records) == {"mentor*": Counter({"mentoring": 1, "mentors": 1}), "smith*": Counter()}


def test_compiled_query_takes_any_number_of_records() -> None:
    matches = compile(parse("ment* AND doctor*"))
    records = [Record(title="Mentors of doctors"), Record(title="Menthol", abstract="x"), Record(title="Mentor")]
    assert [matches(record) for record in records] == [True, False, None]


def test_matched_words_count_records_not_occurrences() -> None:
    records = [
        Record(title="Mentor, mentor", abstract="Mental health"),
        Record(title="A MENTOR"),
        Record(title="Doctors", keywords=("mention",)),
    ]
    found = matched_words(parse("Ment* AND (doctor* OR nurse) AND ti:h?alth"), records)
    assert found == {
        "Ment*": Counter({"mentor": 2, "mental": 1, "mention": 1}),
        "doctor*": Counter({"doctors": 1}),
        "h?alth": Counter(),
    }


@given(st.text(max_size=40))
def test_fold_is_its_definition(text: str) -> None:
    """Folding takes short cuts for ASCII; this is the definition without them."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    assert fold(text) == " ".join("".join(c if c.isalnum() else " " for c in bare).split())
