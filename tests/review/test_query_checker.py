"""Queries of three platforms read by an independent parser (search-query) mean the same as read here."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from search_query.parser import parse as independent

from review.query import And, Field, Near, Node, Not, Or, Phrase, Term, read_syntax, terms

QUERIES = [
    ("pubmed", "mentor*[tiab] OR doctor*[ti] AND health[tiab]"),
    ("pubmed", "mentor*[tiab] AND doctor*[ti] OR health[tiab] AND impact[ti]"),
    ("pubmed", '("peer support"[tiab] OR mentor*[ti]) NOT (mouse[tiab] AND rat[tiab])'),
    ("wos", "TS=copper OR TS=lead AND TS=algae NOT TS=fish"),
    ("wos", "TS=(mentor* AND (doctor* OR physician*)) AND TI=(health OR wellbeing)"),
    ("wos", 'TI=("peer support" OR coaching) NOT AB=mouse'),
    ("ebscohost", "TI mentor* AND (AB doctor* OR SU physician)"),
    ("ebscohost", "TI mentor* OR AB doctor* AND SU physician"),
    ("ebscohost", '(TI "peer support" OR AB coaching) NOT TI mouse'),
]


def theirs(query: Any, met: dict[str, bool]) -> bool:
    values = [theirs(child, met) for child in query.children]
    match query.operator and query.value:
        case "AND":
            return all(values)
        case "OR":
            return any(values)
        case "NOT":
            return values[0] and not any(values[1:])
    return met[query.value.strip('"')]


def ours(node: Node, met: dict[str, bool]) -> bool:
    match node:
        case And(items):
            return all(ours(item, met) for item in items)
        case Or(items):
            return any(ours(item, met) for item in items)
        case Not(item):
            return not ours(item, met)
        case Field(_, item):
            return ours(item, met)
        case Term(text) | Phrase(text):
            return met[text]
        case Near() | _:
            raise ValueError(node)


@pytest.mark.parametrize(("platform", "text"), QUERIES)
def test_both_readings_agree_whichever_words_are_met(platform: str, text: str) -> None:
    query = read_syntax(text, {"wos": "web_of_science"}.get(platform, platform)).query
    parsed = independent(text, platform=platform)
    words = [leaf.text for leaf in terms(query)]
    for values in product([True, False], repeat=len(words)):
        met = dict(zip(words, values, strict=True))
        assert ours(query, met) == theirs(parsed, met), met
