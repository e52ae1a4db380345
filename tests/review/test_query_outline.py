"""The lines of a query: terms before their concept, each once, with its field, and what NOT leaves of it."""

from __future__ import annotations

import pytest

from review.query import parse, show
from review.query.outline import concepts, outline


@pytest.mark.parametrize(
    ("query", "items"),
    [
        ("ment*", ["ment*"]),
        ("a OR b", ["a OR b"]),
        ("a AND (b OR c) AND d", ["a", "b OR c", "d"]),
        ("(a AND b) AND c", ["a", "b", "c"]),
        ("a NOT (b OR c)", ["a", "NOT (b OR c)"]),
    ],
)
def test_concepts_are_what_and_joins(query: str, items: list[str]) -> None:
    assert [show(item) for item in concepts(parse(query))] == items


def test_lines_are_terms_then_their_concept() -> None:
    lines = [(part, show(node)) for part, node in outline(parse('ment* AND (doctor* OR "general practice")'))]
    assert lines == [
        ("term", "ment*"), ("concept", "ment*"), ("term", "doctor*"), ("term", '"general practice"'),
        ("concept", 'doctor* OR "general practice"'),
    ]  # fmt: skip


def test_what_stands_under_not_is_counted_without_it() -> None:
    lines = [(part, show(node)) for part, node in outline(parse("a NOT (b OR c)"))]
    assert lines[2:] == [("term", "b"), ("term", "c"), ("concept", "b OR c")]


def test_a_term_keeps_its_field_and_the_inner_field_wins() -> None:
    lines = [show(node) for part, node in outline(parse("ti:(a AND (b OR ab:(c)))")) if part == "term"]
    assert lines == [show(parse(text)) for text in ("ti:(a)", "ti:(b)", "ab:(c)")]


def test_words_near_each_other_and_headings_are_one_line() -> None:
    lines = [show(node) for part, node in outline(parse('(a NEAR/3 b) OR "Mentors"[mh]')) if part == "term"]
    assert lines == ["a NEAR/3 b", '"Mentors"[mh]']


def test_a_term_that_stands_there_twice_is_one_line() -> None:
    assert [show(node) for part, node in outline(parse("(a OR b OR a)")) if part == "term"] == ["a", "b"]
