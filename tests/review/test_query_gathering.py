"""Alternatives gathered by their fields: the same query, as a person would have written it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.query import And, Field, Heading, Near, Node, Not, Or, Term, evaluate, parse, show
from review.query.gathering import together
from review.record import Record


@pytest.mark.parametrize(
    ("query", "gathered"),
    [
        ("ti:a OR ab:a OR kw:a", "ti,ab,kw:a"),
        ("ti:(a OR b) OR ab:(a OR b)", "ti,ab:(a OR b)"),
        ("ti:a OR ti:b OR ab:b OR ab:a", "ti,ab:(a OR b)"),
        ("(ti:a OR ab:a) OR ti:b", "ti,ab:a OR ti:b"),
        ("ti:(a OR ab:b) OR ab:c", "ti:a OR ab:(b OR c)"),
        ("ti:(a NEAR/2 b) OR ab:(a NEAR/2 b)", "ti,ab:(a NEAR/2 b)"),
        ("(ti:a OR ti:b) AND (ab:c OR ab:d)", "ti:(a OR b) AND ab:(c OR d)"),
        ("a NOT (ti:b OR ab:b)", "a NOT (ti,ab:b)"),
        ("a OR (b OR c)", "a OR b OR c"),
    ],
)
def test_alternatives_are_gathered_by_their_fields(query: str, gathered: str) -> None:
    assert show(together(parse(query))) == gathered


def test_both_sides_of_an_and_stay_in_one_field() -> None:
    """In title or abstract is more than in the title or in the abstract, when two words must be met."""
    query = parse("ti:(a AND b) OR ab:(a AND b)")
    assert together(query) == query


def test_a_word_that_is_there_twice_stays_so() -> None:
    assert together(parse("ti:a OR ti:b OR ti:a")) == Field(("title",), Or((Term("a"), Term("b"), Term("a"))))


def test_headings_keep_their_place() -> None:
    heading = Heading("Mentors", "mesh")
    query = Or((Field(("title",), Term("a")), heading, Field(("title",), Term("b"))))
    assert together(query) == Or((Field(("title",), Or((Term("a"), Term("b")))), heading))


FIELDS = st.sampled_from([("title",), ("abstract",), ("title", "keywords"), ("title", "abstract", "subjects")])
LEAVES = st.one_of(
    st.sampled_from("abc").map(Term), st.builds(Near, st.just(Term("a")), st.just(Term("b")), st.just(1))
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda found: Or(tuple(found))),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: And(tuple(found))),
        st.builds(lambda kept, away: And((kept, Not(away))), inner, inner),
        st.builds(Field, FIELDS, inner),
    ),
    max_leaves=12,
)
TEXTS = st.one_of(st.none(), st.lists(st.sampled_from("abcx"), min_size=1, max_size=4).map(" ".join))
RECORDS = st.builds(
    Record, title=TEXTS, abstract=TEXTS, keywords=st.lists(st.sampled_from("abc"), max_size=2).map(tuple)
)


@given(query=NODES, record=RECORDS)
def test_what_is_found_stays_the_same(query: Node, record: Record) -> None:
    assert evaluate(together(query), record) == evaluate(query, record)
