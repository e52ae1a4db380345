"""Reading and showing queries. The published strings are those of the mentoring review, as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import QueryError
from review.query import FIELDS, FURTHER, And, Field, Heading, Near, Node, Not, Or, Phrase, Term, parse, show, terms

PUBLISHED = (
    "Ment* AND (doctor* OR medic* OR physician) AND (health OR well-being)",
    "Ment* AND (doctor* OR medic* OR physician) AND "
    "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)",
)
A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_string_is_shown_exactly_as_typed(text: str) -> None:
    assert show(parse(text)) == text


def test_published_string_as_a_tree() -> None:
    assert parse(PUBLISHED[0]) == And(
        (
            Term("Ment*"),
            Or((Term("doctor*"), Term("medic*"), Term("physician"))),
            Or((Term("health"), Term("well-being"))),
        )
    )


READINGS = [
    ("a", A),
    ("(((a)))", A),
    ("a and b And c", And((A, B, C))),
    ("(a AND b) AND c", And((And((A, B)), C))),
    ("a OR(b AND c)", Or((A, And((B, C))))),
    ("a NOT b", And((A, Not(B)))),
    ("a AND NOT b", And((A, Not(B)))),
    ("a AND b not (b OR c)", And((A, B, Not(Or((B, C)))))),
    ("NOT a", Not(A)),
    ('"peer   mentor*"', Phrase("peer mentor*")),
    ("“peer mentor” OR wom?n", Or((Phrase("peer mentor"), Term("wom?n")))),
    ("doctor’s OR R&D", Or((Term("doctor’s"), Term("R&D")))),
    ("a NEAR/3 (b OR c)", Near(A, Or((B, C)), 3)),
    ('a pre/0 "b c"', Near(A, Phrase("b c"), 0, ordered=True)),
    ("a NEAR/3 b AND c", And((Near(A, B, 3), C))),
    ("near AND android", And((Term("near"), Term("android")))),
    ("a[tiab]", Field(FIELDS, A)),
    ("a[TI] OR b [ab]", Or((Field(("title",), A), Field(("abstract",), B)))),
    ("(a OR b).ti,ab,kw.", Field(FIELDS, Or((A, B)))),
    ("a.kf. AND (b.ti.)", And((Field(("keywords",), A), Field(("title",), B)))),
    ("ti:(a OR b)", Field(("title",), Or((A, B)))),
    ("ab,ti:a AND b", And((Field(("title", "abstract"), A), B))),
    ("(a NEAR/3 b)[ti]", Field(("title",), Near(A, B, 3))),
    ("a[au] OR b[all]", Or((Field(("authors",), A), Field(("anywhere",), B)))),
    ("pt,ta,su:a", Field(("subjects", "journal", "type"), A)),
    ('"Mentors"[mh]', Heading("Mentors", "mesh")),
    ("Mentors[Mesh:NoExp]", Heading("Mentors", "mesh", explode=False)),
    ('"Mentors"[majr]', Heading("Mentors", "mesh", major=True)),
    ('"Mentors/education, ethics"[majr:noexp]', Heading("Mentors", "mesh", False, True, ("education", "ethics"))),
    ('"mentor"[emtree:major] AND a', And((Heading("mentor", "emtree", major=True), A))),
    ('a NOT "Mentorship"[heading]', And((A, Not(Heading("Mentorship"))))),
]


@pytest.mark.parametrize(("text", "tree"), READINGS)
def test_what_people_write_is_read(text: str, tree: Node) -> None:
    assert parse(text) == tree


FAULTS = [
    ("", 1, "empty"),
    ("   ", 1, "empty"),
    ("(a AND b", 1, "never closed"),
    ("a AND b)", 8, "closes nothing"),
    ("a OR ()", 6, "empty"),
    ('a OR "b', 6, "never closed"),
    ("a [ti", 3, "no partner"),
    ("a AND b OR c", 9, "mixed"),
    ("a OR b NOT c", 8, "mixed"),
    ("a AND", 3, "missing"),
    ("AND a", 1, "missing"),
    ("a AND OR b", 3, "missing"),
    ("(a OR ) AND b", 4, "missing"),
    ("ti: AND a", 1, "missing"),
    ("a NEAR/3", 3, "missing"),
    ("peer mentor", 6, "no operator"),
    ("(a) b", 5, "no operator"),
    ("a OR *ment", 6, "starts with a wildcard"),
    ("?ment", 1, "starts with a wildcard"),
    ("well-*", 1, "starts with a wildcard"),
    ('"peer *"', 1, "starts with a wildcard"),
    ("a OR me*nt", 6, "stands inside"),
    ('"mentor* program*"', 1, "stands inside"),
    ("a OR --", 6, "no word"),
    ("a[mm]", 2, "'mm' is not known"),
    ("mentor*[mh]", 8, "no wildcards"),
    ("(a OR b)[mh]", 9, "cannot be written"),
    ("a[mh:exp]", 2, "cannot be written"),
    ("a NEAR/3 b[mh]", 3, "too complex"),
    ("a.mp.", 2, "'mp' is not known"),
    ("mesh:a", 1, "'mesh' is not known"),
    ("ment$", 5, "no meaning"),
    ("a, b", 2, "no meaning"),
    ("a NEAR/3 b NEAR/3 c", 12, "two sides"),
    ("a NEAR/3 (b AND c)", 3, "too complex"),
    ("a NEAR/3 b[ti]", 3, "too complex"),
    ("(" * 200 + "a" + ")" * 200, 41, "Too many brackets"),
    ("ti:" * 200 + "a", 10, "Too many brackets"),
    ("a" + "[ti]" * 200, 14, "Too many brackets"),
]


@pytest.mark.parametrize(("text", "column", "message"), FAULTS)
def test_fault_shows_its_column_and_what_to_do(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.hint


@pytest.mark.parametrize(("text", "close"), [("mentor[tiabs]", "[tiab]"), ("mentor[titel]", "[title]")])
def test_typo_of_a_field_is_answered_with_the_field_that_was_meant(text: str, close: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert f"Did you mean {close}?" in str(caught.value.hint)


def test_field_without_its_last_point_is_named_where_a_wildcard_stands_before_it() -> None:
    with pytest.raises(QueryError) as caught:
        parse("mentor*.tiab")
    assert "with a point behind" in str(caught.value.hint)


def test_two_bare_words_are_answered_with_both_ways_out() -> None:
    with pytest.raises(QueryError) as caught:
        parse("peer mentor")
    assert "quotes" in str(caught.value.hint)
    assert "AND or OR" in str(caught.value.hint)


def test_message_points_at_the_column() -> None:
    with pytest.raises(QueryError) as caught:
        parse("a AND b OR c")
    assert caught.value.message.splitlines()[1:] == ["  a AND b OR c", "          ^"]


def test_terms_come_in_reading_order_with_those_under_not() -> None:
    found = list(terms(parse('ti:a NOT (b NEAR/2 "c d")')))
    assert found == [A, B, Phrase("c d")]


WORD = st.from_regex(r"[a-zé0-9]{1,6}(-[a-z]{1,4})?", fullmatch=True).filter(lambda w: w not in {"and", "or", "not"})
TERM = st.builds(lambda word, end: Term(word + end), WORD, st.sampled_from(["", "*", "?"]))
PHRASE = st.builds(
    lambda w, end: Phrase(" ".join(w) + end), st.lists(WORD, min_size=1, max_size=3), st.just("") | st.just("*")
)
LEAF = TERM | PHRASE
SIDE = LEAF | st.builds(lambda i: Or(tuple(i)), st.lists(LEAF, min_size=2, max_size=3))
ALL_FIELDS = FIELDS + FURTHER
NAMES = st.sets(st.sampled_from(ALL_FIELDS), min_size=1).map(lambda s: tuple(n for n in ALL_FIELDS if n in s))
HEADING = st.builds(
    Heading,
    st.lists(WORD, min_size=1, max_size=3).map(", ".join),
    st.sampled_from(["mesh", "emtree", "cinahl", "psycinfo", None]),
    st.booleans(),
    st.booleans(),
    st.lists(WORD, max_size=2).map(tuple),
)
NODE = st.recursive(
    LEAF | HEADING | st.builds(Near, SIDE, SIDE, st.integers(0, 20), st.booleans()),
    lambda inner: st.one_of(
        st.builds(lambda i: And(tuple(i)), st.lists(inner, min_size=2, max_size=4)),
        st.builds(lambda i: Or(tuple(i)), st.lists(inner, min_size=2, max_size=4)),
        st.builds(Not, inner),
        st.builds(Field, NAMES, inner),
    ),
    max_leaves=12,
)


@given(NODE)
def test_what_is_shown_is_read_back_to_the_same_tree(node: Node) -> None:
    assert parse(show(node)) == node


@given(st.text(alphabet='ab*?()"[] .,:-/ANDORT’“”$', max_size=30))
def test_any_text_is_read_or_refused_with_a_column_inside_it(text: str) -> None:
    try:
        node = parse(text)
    except QueryError as error:
        assert 1 <= error.column <= max(1, len(text))
    else:
        assert parse(show(node)) == node
