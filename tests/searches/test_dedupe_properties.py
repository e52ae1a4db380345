"""What holds for any records: order-free, conserving, idempotent, identical ones together, people obeyed."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import ReviewError
from review.record import Record, combine
from searches.dedupe import Link, Options, Result, find_duplicates
from searches.dedupe.cluster import cluster

_TITLES = (
    "Mentoring for doctors in remote hospitals", "Mentoring for doctors in remote hospitals: a survey", "Editorial",
    "Wellbeing of nurses on night shifts", "Erratum", None,
)  # fmt: skip

RECORDS = st.lists(
    st.builds(
        Record,
        title=st.sampled_from(_TITLES),
        authors=st.sampled_from([(), ("Elm, A", "Fir, B"), ("Elm, Ann",), ("Oak, C",)]),
        date=st.sampled_from([None, "2003", "2004"]),
        journal=st.sampled_from([None, "Journal of Imaginary Medicine", "J Imag Med", "Annals of Fiction"]),
        volume=st.sampled_from([None, "1", "2"]),
        pages=st.sampled_from([None, "5-9", "5", "21-30"]),
        doi=st.sampled_from([None, None, "10.5555/a", "10.5555/b"]),
    ),
    max_size=12,
)


def paper(**fields: object) -> Record:
    return replace(Record(title=_TITLES[0], authors=("Elm, A", "Fir, B"), date="2004"), **fields)  # type: ignore[arg-type]


def connected(result: Result) -> set[frozenset[int]]:
    """The groups that the links alone make."""
    groups: list[set[int]] = []
    for link in result.links:
        touched = [group for group in groups if link.left in group or link.right in group]
        groups = [group for group in groups if group not in touched]
        groups.append({link.left, link.right}.union(*touched))
    return {frozenset(group) for group in groups}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(RECORDS, st.randoms(use_true_random=False))
def test_order_does_not_matter(records: list[Record], shuffler: random.Random) -> None:
    order = list(range(len(records)))
    shuffler.shuffle(order)
    straight = find_duplicates(records)
    mixed = find_duplicates([records[i] for i in order])
    assert {frozenset(order[i] for i in c) for c in mixed.clusters} == set(map(frozenset, straight.clusters))
    assert [u.rule for u in mixed.unsure] == [u.rule for u in straight.unsure]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(RECORDS)
def test_conserving_and_explained(records: list[Record]) -> None:
    result = find_duplicates(records)
    members = [i for cluster in result.clusters for i in cluster]
    assert len(members) == len(set(members))
    assert set(members) <= set(range(len(records)))
    assert all(len(c) > 1 and list(c) == sorted(c) for c in result.clusters)
    assert list(result.clusters) == sorted(result.clusters)
    assert connected(result) == set(map(frozenset, result.clusters))
    assert not [u for u in result.unsure for c in result.clusters if {u.left, u.right} <= set(c)]
    assert [u.score for u in result.unsure] == sorted((u.score for u in result.unsure), reverse=True)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(RECORDS)
def test_the_same_file_twice_collapses_exactly(records: list[Record]) -> None:
    n = len(records)
    once, twice = find_duplicates(records), find_duplicates(records * 2)
    joined = {i for cluster in once.clusters for i in cluster}
    alone = {frozenset({i}) for i in range(n) if i not in joined}
    assert {frozenset(i % n for i in c) for c in twice.clusters} == {*map(frozenset, once.clusters), *alone}
    assert all((i in c) == ((i + n) % (2 * n) in c) for c in twice.clusters for i in range(2 * n))


def test_running_again_on_the_merged_records_changes_nothing() -> None:
    records = [
        paper(),
        paper(doi="10.5555/a"),
        paper(journal="J Imag Med", volume="3"),
        Record(title=_TITLES[3]),
        paper(),
    ]
    result = find_duplicates(records)
    assert result.clusters == ((0, 1, 2, 4),)
    merged, _ = combine([records[i] for i in result.clusters[0]])
    assert find_duplicates([merged, records[3]]).clusters == ()
    assert find_duplicates(records) == result


def test_nothing_and_one_record() -> None:
    assert find_duplicates([]) == Result((), (), ())
    assert find_duplicates([Record()]) == Result((), (), ())


def test_identical_records_join_whatever_they_lack() -> None:
    bare = Record(title="Editorial", source_id="7")
    result = find_duplicates([bare, Record(title="Wellbeing of nurses"), bare])
    assert result.clusters == ((0, 2),)
    assert result.links == (Link(0, 2, "identical", 1.0),)


def test_bare_column_titles_of_two_accession_numbers_do_not_join() -> None:
    assert find_duplicates([Record(title="Editorial", source_id=str(i)) for i in range(3)]).clusters == ()


def test_accession_number_and_notes_do_not_keep_identical_records_apart() -> None:
    one = Record(title="A list of titles and nothing else", source_id="1", notes=("ref 1",))
    assert find_duplicates([one, replace(one, source_id="2", notes=())]).clusters == ((0, 1),)


def test_no_chaining_over_a_record_that_lacks_what_tells_the_others_apart() -> None:
    first = paper(doi="10.5555/a", journal="J Imag Med")
    bridge = paper(journal="Journal of Imaginary Medicine")
    second = paper(doi="10.5555/b", journal="J Imag Med")
    result = find_duplicates([first, bridge, second])
    assert result.clusters in (((0, 1),), ((1, 2),))
    assert [link.rule for link in result.unsure] == ["disputed"]


def test_no_chaining_over_volume_and_pages() -> None:
    first, second = paper(volume="1", pages="5"), paper(volume="9", pages="700")
    assert all(len(c) == 2 for c in find_duplicates([first, paper(), second]).clusters)


def test_judged_same_joins_what_a_veto_forbids() -> None:
    records = [paper(doi="10.5555/a"), paper(doi="10.5555/b")]
    assert find_duplicates(records).clusters == ()
    result = find_duplicates(records, options=Options(judged=((1, 0, True),)))
    assert result.clusters == ((0, 1),)
    assert result.links == (Link(0, 1, "judged_same", 1.0),)


def test_who_fits_one_of_two_judged_the_same_fits_both() -> None:
    records = [paper(doi="10.5555/a"), paper(doi="10.5555/b"), paper(doi="10.5555/a", journal="J Imag Med")]
    assert find_duplicates(records, options=Options(judged=((0, 1, True),))).clusters == ((0, 1, 2),)


def test_judged_different_keeps_apart_also_over_a_third() -> None:
    records = [paper(journal="J Imag Med"), paper(), paper(journal="Journal of Imaginary Medicine")]
    assert find_duplicates(records).clusters == ((0, 1, 2),)
    result = find_duplicates(records, options=Options(judged=((0, 2, False),)))
    assert len(result.clusters) == 1
    assert not {0, 2} <= set(result.clusters[0])
    assert (0, 2) not in [(u.left, u.right) for u in result.unsure]


def test_judged_different_keeps_identical_records_apart() -> None:
    assert find_duplicates([paper(), paper()], options=Options(judged=((0, 1, False),))).clusters == ()


def test_judged_pairs_are_not_asked_again() -> None:
    records = [paper(), paper(authors=("Oak, C",))]
    assert [u.rule for u in find_duplicates(records).unsure] == ["not_authors"]
    assert find_duplicates(records, options=Options(judged=((0, 1, False),))).unsure == ()


@pytest.mark.parametrize("judged", [(0, 2, True), (1, 1, True), (-1, 0, False)])
def test_a_judgement_must_name_two_records(judged: tuple[int, int, bool]) -> None:
    with pytest.raises(ReviewError, match="does not name two of the 2 records"):
        find_duplicates([paper(), paper()], options=Options(judged=(judged,)))


def test_one_unsure_pair_for_two_clusters() -> None:
    early = [paper(), paper(publisher="A Press")]
    late = [paper(date="2005"), paper(date="2005", publisher="A Press")]
    result = find_duplicates([*early, *late])
    assert result.clusters == ((0, 1), (2, 3))
    assert [u.rule for u in result.unsure] == ["near_year"]


@pytest.mark.parametrize("seed", range(40))
def test_every_link_is_used_or_refused_because_of_a_forbidden_pair(seed: int) -> None:
    rng = random.Random(seed)
    every = list(combinations(range(14), 2))
    links, forbidden = rng.sample(every, 18), set(rng.sample(every, 14))
    sure, apart = links[: seed % 5], frozenset(rng.sample(every, 2))
    found = cluster(links, lambda inner: forbidden & set(inner), sure=sure, apart=apart)

    kin = {row: {row} for row in range(14)}
    for one, other in sure:
        joined = kin[one] | kin[other]
        kin.update(dict.fromkeys(joined, joined))
    explained = {(a, b) for a, b in forbidden if any(tuple(sorted(pair)) in links for pair in product(kin[a], kin[b]))}
    final = (forbidden - explained) | apart
    assert not found.crowded
    assert not [pair for group in found.groups.all() for pair in combinations(group, 2) if pair in final]
    for one, other in links:
        between = {tuple(sorted(pair)) for pair in product(found.groups.of(one), found.groups.of(other))}
        assert found.groups.together(one, other) != ((one, other) in found.disputed and bool(between & final))
    assert len(found.used) == sum(len(group) - 1 for group in found.groups.all())
