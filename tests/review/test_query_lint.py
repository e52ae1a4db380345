"""Advice on the vocabulary of a query."""

import pytest

from review.query import lint, parse

CASES = [
    # query, (term, part of the advice) …
    ("Ment* AND (health OR well-being)", [("well-being", "wellbeing")]),
    ("wellbeing", [("wellbeing", "well-being")]),
    ("health-care* OR healthcare*", []),
    ("well-being OR wellbeing", []),
    ("well-being OR wellbeing*", [("wellbeing*", "well-being*")]),
    ("well-being AND wellbeing", [("well-being", "wellbeing"), ("wellbeing", "well-being")]),
    ("post-doc*", [("post-doc*", "3 letters"), ("post-doc*", "postdoc*")]),
    ("post-doc* OR postdoc", [("post-doc*", "3 letters"), ("post-doc*", "postdoc*")]),
    ('"well being"', [("well being", "wellbeing")]),
    ('"well being" OR wellbeing', []),
    ("men*", [("men*", "3 letters")]),
    ("ment*", []),
    ("mentors OR mentor* OR Ment*", [("mentors", "mentor*"), ("mentor*", "Ment*")]),
    ("ment* AND mentors", []),
    ("physician OR Physician OR physicians", [("Physician", "physician")]),
    ('"peer mentor*" OR "peer mentoring" OR peer*', [("peer mentoring", "peer mentor*")]),
    ("health* OR (a NEAR/3 (healthy OR health*))", [("healthy", "health*")]),
    ("a NOT (women OR wom?n)", [("women", "wom?n")]),
    ("woman OR wom?n", [("woman", "wom?n")]),
    ("woman", [("woman", "women")]),
    ("doctor OR nurse*", [("doctor", "doctors")]),
    ("doctor OR doctors", []),
    ("doctor?", []),
    ("behaviour* OR organisation", [("behaviour*", "behavior*"), ("organisation", "organization")]),
    ("behaviour OR behavior? OR behavi*", [("behaviour", "behavi*"), ("behavior?", "behavi*")]),
    ("randomi?ed", []),
    ("mentoring.tiab", [("mentoring.tiab", "ends like a field")]),
    ("mentoring.titel", [("mentoring.titel", "ends like a field")]),
    ("e.g OR vs.", []),
    ('"Mentor"[mh] OR "Mentor"[mh]', []),
    ("ti:(women OR wome*)", [("women", "wome*")]),
]


@pytest.mark.parametrize(("query", "advice"), CASES)
def test_advice(query: str, advice: list[tuple[str, str]]) -> None:
    faults = lint(parse(query))
    assert [fault.where for fault in faults] == [term for term, _ in advice]
    for fault, (_, part) in zip(faults, advice, strict=True):
        assert part in fault.what
        assert fault.hint
