"""An update: new records meet old reports, which stay what they are; nothing is lost against a run over everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import ReviewError
from review.record import Record
from searches.dedupe import Options, Result, find_duplicates
from tests.searches.test_dedupe_properties import RECORDS, paper


def update(old: Sequence[Record], new: Sequence[Record], *, judged: Sequence[tuple[int, int, bool]] = ()) -> Result:
    """Deduplicate old records, then new ones against them."""
    before = find_duplicates(old, options=Options(judged=tuple(judged)))
    options = Options(settled=before.clusters, new_from=len(old), judged=tuple(judged))
    return find_duplicates([*old, *new], options=options)


def joined(*pairs: Iterable[Iterable[int]]) -> list[set[int]]:
    """Put everything together that is connected."""
    groups: list[set[int]] = []
    for one in (set(some) for several in pairs for some in several):
        touched = [group for group in groups if group & one]
        groups = [group for group in groups if group not in touched] + [one.union(*touched)]
    return groups


def asked(result: Result) -> list[tuple[int, int]]:
    return [(link.left, link.right) for link in result.unsure]


def within(clusters: Iterable[Iterable[int]], groups: Sequence[set[int]]) -> bool:
    return all(any(set(cluster) <= group for group in groups) for cluster in clusters)


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.integers(0, 12))
def test_an_update_and_a_run_over_everything_differ_by_offered_pairs_only(records: list[Record], cut: int) -> None:
    old, new = records[:cut], records[cut:]
    first, whole, second = find_duplicates(old), find_duplicates(records), update(old, new)
    assert within(whole.clusters, joined(second.clusters, asked(first), asked(second)))
    assert within(second.clusters, joined(whole.clusters, asked(whole)))


@settings(max_examples=30, deadline=None)
@given(RECORDS, st.integers(0, 12))
def test_old_reports_are_neither_parted_nor_joined(records: list[Record], cut: int) -> None:
    old = records[:cut]
    first, second = find_duplicates(old), update(old, records[cut:])
    members = [i for cluster in second.clusters for i in cluster]
    assert len(members) == len(set(members))
    kept = [tuple(i for i in cluster if i < len(old)) for cluster in second.clusters]
    assert sorted(cluster for cluster in kept if len(cluster) > 1) == sorted(first.clusters)


@settings(max_examples=15, deadline=None)
@given(RECORDS)
def test_the_same_file_once_more_adds_no_report(records: list[Record]) -> None:
    n = len(records)
    first, second = find_duplicates(records), update(records, records)
    alone = {(i,) for i in range(n)} - {(i,) for cluster in first.clusters for i in cluster}
    whole = {tuple(sorted([*cluster, *(i + n for i in cluster)])) for cluster in {*first.clusters, *alone}}
    assert set(second.clusters) == whole


def test_nothing_new_changes_nothing() -> None:
    old = [paper(), paper(doi="10.5555/a"), paper(title="Wellbeing of nurses on night shifts")]
    result = update(old, [])
    assert (result.clusters, result.links, result.unsure) == (((0, 1),), (), ())


def test_a_new_record_joins_an_old_report() -> None:
    result = update(
        [paper(doi="10.5555/a"), paper(title="Another thing altogether")], [paper(doi="10.5555/a", volume="7")]
    )
    assert result.clusters == ((0, 2),)
    assert [(link.left, link.right, link.rule) for link in result.links] == [(0, 2, "doi")]


def test_what_surely_fits_two_old_reports_joins_neither_and_all_three_are_asked_about() -> None:
    one = paper(doi="10.5555/a", authors=("Elm, A",), pages="5-9")
    other = Record(title=one.title, pmid="77", journal="Annals of Fiction")
    both = replace(one, pmid="77", journal="Annals of Fiction")
    result = update([one, other], [both])
    assert result.clusters == ()
    assert sorted((u.left, u.right, u.rule) for u in result.unsure) == [
        (0, 1, "fits_both"), (0, 2, "fits_both"), (1, 2, "fits_both"),
    ]  # fmt: skip


def test_what_surely_fits_one_of_two_joins_that_and_the_two_are_asked_about() -> None:
    one = Record(title=paper().title, doi="10.5555/a")
    other = paper(volume="3", pages="5-9", journal="Annals of Fiction")
    new = replace(other, doi="10.5555/a")
    assert find_duplicates([one, other]).clusters == ()
    for old in ([one, other], [other, one]):
        result = update(old, [new])
        at = old.index(one)
        assert result.clusters == ((at, 2),)
        assert [(u.left, u.right, u.rule) for u in result.unsure] == [(0, 1, "fits_both")]


def test_two_new_records_do_not_join_two_old_reports() -> None:
    one = Record(title=paper().title, doi="10.5555/a")
    other = paper(volume="3", pages="5-9", journal="Annals of Fiction")
    result = update([one, other], [replace(other, doi="10.5555/a"), other])
    assert result.clusters == ((0, 2), (1, 3))
    assert [(u.left, u.right, u.rule) for u in result.unsure] == [(0, 1, "fits_both")]


def test_old_reports_that_people_keep_apart_are_not_asked_about_again() -> None:
    old = [paper(doi="10.5555/a"), paper(doi="10.5555/a", volume="2")]
    result = update(old, [paper(doi="10.5555/a", volume="3")], judged=[(0, 1, False)])
    assert (0, 1) not in asked(result)
    assert find_duplicates(old, options=Options(judged=((0, 1, False),))).clusters == ()


def test_copies_that_lie_in_two_old_reports_stay_there() -> None:
    options = Options(new_from=2)  # somebody took their merge back
    result = find_duplicates([paper(), paper(), paper()], options=options)
    assert result.clusters == ((0, 2),)
    assert asked(result) == [(0, 1)]


@pytest.mark.parametrize("settled", [((0, 2),), ((0, 1), (1,)), ((0, 5),)])
def test_old_reports_that_cannot_be(settled: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ReviewError, match="old report"):
        find_duplicates([paper()] * 3, options=Options(settled=settled, new_from=2))
