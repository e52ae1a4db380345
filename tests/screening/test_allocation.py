"""Dealing reports out: everybody's load, every report's people, constraints, and that chance is a seed's."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.allocation import Terms, Work, deal, part, stratified
from screening.own_papers import own_papers

PEOPLE = ("Ann", "Ben", "Cy", "Dee", "Eve")
some_people = st.sets(st.sampled_from(PEOPLE), min_size=1).map(lambda names: tuple(sorted(names)))
some_reports = st.sets(st.integers(1, 500), max_size=60)


def who_has(dealt):
    found = {}
    for person, reports in dealt.given.items():
        for report in reports:
            found.setdefault(report, set()).add(person)
    return found


@given(some_reports, some_people, st.integers(1, 5), st.integers(0, 99), st.randoms())
def test_shares_are_even_and_the_same_for_a_seed(reports, people, each, seed, shuffling):
    each = min(each, len(people))
    work = [Work(report, each) for report in sorted(reports)]
    dealt = deal(work, Terms(people), Random(seed))
    loads = [len(some) for some in dealt.given.values()]
    assert max(loads) - min(loads) <= 1
    assert dealt.left == {}
    assert {report: len(some) for report, some in who_has(dealt).items()} == dict.fromkeys(reports, each)
    shuffling.shuffle(work)
    assert deal(work, Terms(tuple(reversed(people))), Random(seed)) == dealt


@st.composite
def constrained(draw):
    """Work with votes of before and own papers, and terms with core screeners and a cap."""
    people = draw(some_people)
    few = st.frozensets(st.sampled_from(PEOPLE), max_size=2)
    work = []
    for report in draw(some_reports):
        has = draw(few)
        work.append(Work(report, len(has) + draw(st.integers(1, 2)), has, draw(few) - has))
    core = draw(st.frozensets(st.sampled_from(people), max_size=3))
    return work, Terms(people, core=core, cap=draw(st.none() | st.integers(1, 20)))


@given(constrained(), st.integers(0, 99))
def test_constraints_are_kept_or_named(case, seed):
    work, terms = case
    dealt = deal(work, terms, Random(seed))
    got = who_has(dealt)
    assert got.keys() | dealt.left.keys() == {one.report for one in work}
    assert not got.keys() & dealt.left.keys()
    for one in work:
        new = got.get(one.report, set())
        assert not new & (one.has | one.barred)
        able = set(terms.people) - one.has - one.barred
        why = dealt.left.get(one.report)
        together = one.has | new
        if why is None:
            assert len(together) == one.size
            assert not terms.core or len(together) < 2 or together & terms.core
        elif why == "barred":
            assert len(able) < one.size - len(one.has)
        elif why == "core":
            assert not (able | one.has) & terms.core
        else:
            assert terms.cap is not None
    assert all(terms.cap is None or len(some) <= terms.cap for some in dealt.given.values())


@given(some_reports, st.integers(0, 99))
def test_pairs_take_turns(reports, seed):
    pairs = (("Ann", "Ben"), ("Cy", "Dee"), ("Ann", "Eve"))
    dealt = deal([Work(report, 2) for report in reports], Terms((), groups=pairs), Random(seed))
    turns = Counter(tuple(sorted(some)) for some in who_has(dealt).values())
    assert set(turns) <= set(pairs)
    assert sum(turns.values()) == len(reports)
    assert max([turns[pair] for pair in pairs]) - min([turns[pair] for pair in pairs]) <= 1


def test_a_pair_completes_what_one_of_it_began_and_passes_an_own_paper_on():
    pairs = (("Ann", "Ben"), ("Cy", "Dee"))
    work = [
        Work(1, 2, frozenset({"Ben"})), Work(2, 2, frozenset({"Eve"})), Work(3, 2, barred=frozenset({"Ann"})),
        Work(4, 2, barred=frozenset({"Ann", "Cy"})),
    ]  # fmt: skip
    dealt = deal(work, Terms((), groups=pairs), Random(1))
    got = who_has(dealt)
    assert got[1] == {"Ann"}
    assert len(got[2]) == 1
    assert got[3] == {"Cy", "Dee"}
    assert dealt.left == {4: "barred"}


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Smith, Ann", True), ("Smith A", True), ("A. Smith", True), ("Ann Smith", True), ("SMITH, ANN", True),
        ("Smith, Ann Barbara", True), ("Smith AB", True), ("Smith, A.-B.", True), ("Śmith, Ánn", True),
        ("Smith", False), ("Smith, B.", False), ("Smith, Andrew", False), ("Smithson, A", False), ("Ann, Smith", False),
        ("Smith BA", False), ("", False),
    ],
)  # fmt: skip
def test_own_papers_are_known_by_family_name_and_initials(name, own):
    assert own_papers({"Ann": ("Smith, Ann",), "Ben": ()}, {1: ("Other, O.", name)}) == ({1: {"Ann"}} if own else {})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("van der Berg, Kim", "Kim van der Berg"), ("O'Brien, K", "OBrien K"), ("Smith-Jones, J.-P.", "Smith Jones JP")],
)
def test_own_papers_are_known_by_names_of_several_words(ours, theirs):
    assert own_papers({"Kim": (ours,)}, {7: (theirs,)}) == {7: {"Kim"}}


@given(
    st.dictionaries(st.integers(1, 300), st.sampled_from("abcde"), max_size=80), st.integers(0, 90), st.integers(0, 9)
)
def test_a_sample_has_its_size_and_the_proportions_of_its_strata(strata, size, seed):
    drawn = stratified(strata, size, Random(seed))
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(size, len(strata))
    there, got = Counter(strata.values()), Counter(strata[one] for one in drawn)
    for stratum, count in there.items():
        assert abs(got[stratum] - len(drawn) * count / len(strata)) < 1
    assert stratified(dict(reversed(strata.items())), size, Random(seed)) == drawn


def test_no_stratum_is_forgotten():
    strata = dict.fromkeys(range(1, 96), "common") | {n: f"rare {n}" for n in range(96, 101)}
    got = Counter(strata[one] for one in stratified(strata, 10, Random(3), at_least=1))
    assert got == {"common": 5} | {f"rare {n}": 1 for n in range(96, 101)}
    assert len(stratified(strata, 2, Random(3), at_least=1)) == 6


@given(some_reports, st.integers(1, 100), st.integers(0, 9))
def test_a_percentage_of_reports(reports, percent, seed):
    drawn = part(reports, percent, Random(seed))
    assert drawn <= reports
    assert abs(len(drawn) - len(reports) * percent / 100) <= 0.5
