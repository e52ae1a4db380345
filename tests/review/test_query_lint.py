"""Advice on the vocabulary of a query."""

import pytest

from review.query import lint, parse

CASES = [
    # query, (term, part of the advice) …
    ("Ment* AND (health OR well-being)", [("well-being", "wellbeing")]),
    ("well-being OR wellbeing", []),
    ("well-being OR wellbeing*", []),
    ("well-being AND wellbeing", [("well-being", "wellbeing")]),
    ("post-doc*", [("post-doc*", "3 letters"), ("post-doc*", "postdoc*")]),
    ("post-doc* OR postdoc", [("post-doc*", "3 letters"), ("post-doc*", "postdoc*")]),
    ('"well being"', []),
    ("men*", [("men*", "3 letters")]),
    ("ment*", []),
    ("mentors OR mentor* OR Ment*", [("mentors", "mentor*"), ("mentor*", "Ment*")]),
    ("ment* AND mentors", []),
    ("physician OR Physician", [("Physician", "physician")]),
    ('"peer mentor*" OR "peer mentoring" OR peer*', [("peer mentoring", "peer mentor*")]),
    ("health* OR (a NEAR/3 (healthy OR health*))", [("healthy", "health*")]),
    ("a NOT (women OR wom?n)", []),
    ("ti:(women OR wome*)", [("women", "wome*")]),
]


@pytest.mark.parametrize(("query", "advice"), CASES)
def test_advice(query: str, advice: list[tuple[str, str]]) -> None:
    faults = lint(parse(query))
    assert [fault.where for fault in faults] == [term for term, _ in advice]
    for fault, (_, part) in zip(faults, advice, strict=True):
        assert part in fault.what
        assert fault.hint
