"""Queries that are too long for one search: their parts find together what the whole would find."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.protocol.model import Limits
from review.query import And, Field, Near, Node, Not, Or, Term, evaluate, parse
from review.record import Record
from searches.dialects import DIALECTS, PASTED, translate
from searches.dialects.splitting import split
from searches.source import Loss

NO_LIMITS = Limits()


def size(node: Node) -> int:
    match node:
        case And(items) | Or(items):
            return sum(map(size, items))
        case Near(left, right):
            return size(left) + size(right)
        case Not(item) | Field(_, item):
            return size(item)
    return 1


def test_the_largest_group_is_halved_until_every_part_fits() -> None:
    query = parse("(a OR b OR c OR d) AND (e OR f)")
    parts = split(query, lambda node: size(node) <= 3, 10)
    assert parts == tuple(parse(f"{word} AND (e OR f)") for word in "abcd")


def test_a_query_that_fits_is_one_part() -> None:
    assert split(parse("a OR b"), lambda node: True, 1) == (parse("a OR b"),)


def test_nothing_under_not_is_split() -> None:
    query = parse("a NOT (b OR c OR d)")
    assert split(query, lambda node: size(node) < 4, 10) is None
    longer = parse("(a OR x) NOT (b OR c)")
    assert split(longer, lambda node: size(node) < 4, 10) == (parse("a NOT (b OR c)"), parse("x NOT (b OR c)"))


def test_more_parts_than_allowed_are_none_at_all() -> None:
    query = parse(" OR ".join("abcdefgh"))
    assert len(split(query, lambda node: size(node) == 1, 8) or ()) == 8
    assert split(query, lambda node: size(node) == 1, 7) is None


WORDS = st.sampled_from("abcd").map(Term)
SIDES = st.one_of(WORDS, st.lists(WORDS, min_size=2, max_size=3).map(lambda found: Or(tuple(found))))
NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(WORDS, st.builds(Near, SIDES, SIDES, st.integers(0, 2), st.booleans())),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda found: Or(tuple(found))),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: And(tuple(found))),
        st.builds(lambda kept, away: And((kept, Not(away))), inner, inner),
        st.builds(Field, st.sampled_from([("title",), ("abstract",), ("title", "keywords")]), inner),
    ),
    max_leaves=10,
)
TEXTS = st.one_of(st.none(), st.lists(st.sampled_from("abcdx"), min_size=1, max_size=5).map(" ".join))
RECORDS = st.builds(
    Record, title=TEXTS, abstract=TEXTS, keywords=st.lists(st.sampled_from("abcd"), max_size=2).map(tuple)
)


@given(query=NODES, records=st.lists(RECORDS, min_size=1, max_size=4), most=st.integers(1, 6))
def test_the_union_of_the_parts_is_the_whole(query: Node, records: list[Record], most: int) -> None:
    parts = split(query, lambda node: size(node) <= most, 200)
    if parts is None:
        return
    assert all(size(part) <= most for part in parts)
    for record in records:
        verdicts = [evaluate(part, record) for part in parts]
        union = True if True in verdicts else None if None in verdicts else False
        assert union is evaluate(query, record)


Q2 = (
    "Ment* AND (doctor* OR medic* OR physician) AND "
    "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)"
)
SCHOLAR = " OR ".join(["mentorship"] * 20)  # 20 * 10 letters and 19 * 4 characters between them
LIMITED = Limits(start="2006", end="2016")


def test_too_many_operators_are_asked_in_parts_with_the_limits_in_each() -> None:
    made = translate(parse(Q2), LIMITED, DIALECTS["sciencedirect"])
    assert made.parts == (
        "(Ment) AND (doctor OR medic OR physician) AND (benefit OR advantag OR barrier)\ndate=2006-2016",
        "(Ment) AND (doctor OR medic OR physician) AND (impact OR disadvantag OR challeng)\ndate=2006-2016",
    )
    assert made.text.count(" OR ") == 7
    what = "the query has 9 operators, 8 are allowed"
    what += ": it is asked in 2 parts, which find together what the whole would find"
    assert Loss(what, "none") in made.losses


def test_too_many_characters_are_pasted_in_parts() -> None:
    made = translate(parse(SCHOLAR), NO_LIMITS, PASTED["google_scholar"])
    assert made.parts == (" OR ".join(["mentorship"] * 10),) * 2
    assert any(loss.what.startswith("the query has 276 characters, 256 are allowed") for loss in made.losses)


def test_bytes_are_counted_as_an_address_holds_them() -> None:
    openalex = DIALECTS["openalex"]
    assert openalex.longest is not None
    query = parse(" OR ".join(f"müller{n:03}" for n in range(250)))
    made = translate(query, LIMITED, openalex)
    assert len(made.text) < openalex.longest + 1_000 < len(quote(made.text))
    assert len(made.parts) > 1
    assert all(len(quote(part)) < 4_000 for part in made.parts)
    assert all(part.endswith("to_publication_date:2016-12-31") for part in made.parts)
    words = [word for part in made.parts for word in part.split("exact:(")[1].split(")")[0].split(" OR ")]
    assert words == [f"müller{n:03}" for n in range(250)]


@pytest.mark.parametrize("query", ["a NOT (b OR c OR d)", "a NEAR/1 b AND c AND d AND e"])
def test_what_cannot_be_split_is_impossible(query: str) -> None:
    dialect = replace(DIALECTS["sciencedirect"], most_operators=2)
    made = translate(parse(query), NO_LIMITS, dialect)
    assert made.parts == ()
    assert [loss.what for loss in made.losses if loss.effect == "impossible"] == [
        f"the query has {3 if 'NOT' in query else 4} operators, 2 are allowed: split the strategy"
    ]


def test_a_person_is_not_asked_to_paste_a_hundred_searches() -> None:
    query = parse(" AND ".join("(" + " OR ".join(f"word{n}{c}" for n in range(60)) + ")" for c in "abc"))
    losses = translate(query, NO_LIMITS, PASTED["google_scholar"]).losses
    assert [loss.effect for loss in losses if "characters" in loss.what] == ["impossible"]


@pytest.mark.parametrize("name", list(PASTED))
def test_a_short_query_has_no_parts(name: str) -> None:
    assert translate(parse("mentor AND doctor"), LIMITED, PASTED[name]).parts == ()
