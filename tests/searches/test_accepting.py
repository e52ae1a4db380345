"""Accepting above a threshold: the sample, what is never accepted so, the batch and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Store, append
from review.store.events import read_events
from review.store.verify import verify
from searches import accepting, judging, merge_rows
from searches import pair_rows as rows
from searches.accepting import Check, judged_singly, most_wrong
from searches.dedupe import OFFERS, REASONS
from searches.pair_rows import Pair
from tests.searches.test_pairs import BASE, person, put, roots, waiting

NEAR, STUDY, DISPUTED = REASONS["near_year"], REASONS["not_venue"], REASONS["disputed"]
PAIRS = 30


@pytest.fixture
def many_asked(any_store: Store) -> Store:
    """Give pairs (1, 2), (3, 4) … of scores 0.99, 0.98 …, and records 61 to 66 in no pair."""
    records = [replace(BASE, title=f"Report {n}") for n in range(2 * PAIRS + 6)]
    put(any_store, records, [(2 * n + 1, 2 * n + 2, round(0.99 - n / 100, 2), NEAR) for n in range(PAIRS)])
    return any_store


@pytest.fixture
def ann(many_asked: Store) -> Actor:
    return person(many_asked, "Ann")


def offer(store: Store, asked: Sequence[tuple[int, int, float, str]]) -> None:
    with store.write() as connection:
        merge_rows.offer(connection, asked, instead=False)


def see(store: Store, who: Actor, above: float, size: int = 10) -> Check:
    with store.read() as connection:
        return accepting.check(connection, store, who.person, above, size)


def judge_sample(store: Store, who: Actor, above: float, verdict: str = "same") -> None:
    for pair in see(store, who, above).to_judge:
        judging.judge(store, who, *pair.ids, verdict)


def test_the_sample_is_drawn_from_all_above_and_stays_the_same(many_asked: Store, ann: Actor) -> None:
    found = see(many_asked, ann, 0.8)
    assert (len(found.sample), len(found.rest), found.state) == (10, 10, "sample")
    assert {p.ids for p in found.sample} | {p.ids for p in found.rest} == {
        p.ids for p in waiting_pairs(many_asked, 0.8)
    }
    assert [p.ids for p in found.sample] != [p.ids for p in waiting_pairs(many_asked, 0.8)][:10]
    first = found.sample[3]
    judging.judge(many_asked, ann, *first.ids, "same")
    again = see(many_asked, ann, 0.8)
    assert [p.ids for p in again.sample] == [p.ids for p in found.sample]
    assert len(again.to_judge) == 9


def waiting_pairs(store: Store, above: float) -> list[rows.Pair]:
    with store.read() as connection:
        return [p for p in rows.waiting(connection) if (p.score or 0) >= above]


def test_another_person_or_threshold_draws_another_sample(many_asked: Store, ann: Actor) -> None:
    ben = person(many_asked, "Ben")
    samples = {tuple(p.ids for p in see(many_asked, who, t).sample) for who, t in ((ann, 0.7), (ben, 0.7), (ann, 0.71))}
    assert len(samples) == 3


def test_fewer_than_ten_are_all_judged(many_asked: Store, ann: Actor) -> None:
    found = see(many_asked, ann, 0.95)
    assert (len(found.sample), len(found.rest)) == (5, 0)
    judge_sample(many_asked, ann, 0.95)
    assert see(many_asked, ann, 0.95).state == "nothing"
    with pytest.raises(DecisionError, match=r"no pair at or above 0\.95 is left"):
        accepting.accept(many_asked, ann, 0.95, batch="b")


def test_nothing_is_accepted_before_the_whole_sample_is_judged(many_asked: Store, ann: Actor) -> None:
    for pair in see(many_asked, ann, 0.8).to_judge[1:]:
        judging.judge(many_asked, ann, *pair.ids, "same")
    with pytest.raises(DecisionError, match="1 of the 10 pairs of the sample are not judged yet"):
        accepting.accept(many_asked, ann, 0.8, batch="b")


@pytest.mark.parametrize("verdict", ["different", "study"])
def test_one_that_is_no_duplicate_is_enough_to_refuse(many_asked: Store, ann: Actor, verdict: str) -> None:
    first, *others = see(many_asked, ann, 0.8).to_judge
    judging.judge(many_asked, ann, *first.ids, verdict)
    for pair in others:
        judging.judge(many_asked, ann, *pair.ids, "same")
    found = see(many_asked, ann, 0.8)
    assert (found.state, [p.ids for p in found.refuted]) == ("refused", [first.ids])
    with pytest.raises(DecisionError, match="1 pair that you judged to be no duplicate"):
        accepting.accept(many_asked, ann, 0.8, batch="b")


def test_the_judgements_of_others_are_no_sample_of_mine(many_asked: Store, ann: Actor) -> None:
    ben = person(many_asked, "Ben")
    judge_sample(many_asked, ann, 0.8)
    assert see(many_asked, ann, 0.8).state == "ready"
    assert len(see(many_asked, ben, 0.8).to_judge) == 10


def test_each_accepted_pair_is_a_judgement_that_says_how_it_came_about(many_asked: Store, ann: Actor) -> None:
    judge_sample(many_asked, ann, 0.8)
    rest = [p.ids for p in see(many_asked, ann, 0.8).rest]
    done = accepting.accept(many_asked, ann, 0.8, batch="b1")
    assert (done.pairs, done.sample, done.above) == (10, 10, 0.8)
    with many_asked.read() as connection:
        events = [e for e in read_events(connection, "pair") if "accepted" in e.payload]
        standing = rows.accepted(connection)
        verify(connection)
    assert {tuple(e.payload["reports"]) for e in events} == set(rest) == {p.ids for p in standing}
    expected = {"above": 0.8, "sample": 10, "seed": done.seed, "batch": "b1"}
    assert all(e.payload["verdict"] == "same" and e.payload["accepted"] == expected for e in events)
    assert {e.person for e in events} == {ann.person}
    assert all(len(set(roots(many_asked, *pair))) == 1 for pair in rest)
    assert min(p.score or 0 for p in standing) >= 0.8
    assert len(waiting(many_asked)) == PAIRS - 20


def test_sent_twice_it_counts_once(many_asked: Store, ann: Actor) -> None:
    judge_sample(many_asked, ann, 0.8)
    first = accepting.accept(many_asked, ann, 0.8, batch="b1")
    assert accepting.accept(many_asked, ann, 0.8, batch="b1") == first


def test_a_batch_is_taken_back_as_a_whole_or_one_by_one(many_asked: Store, ann: Actor) -> None:
    judge_sample(many_asked, ann, 0.8)
    before = waiting(many_asked)
    accepting.accept(many_asked, ann, 0.8, batch="b1")
    with many_asked.read() as connection:
        one = rows.accepted(connection)[0]
    judging.undo(many_asked, ann, *one.ids)
    with many_asked.read() as connection:
        (batch,) = accepting.batches(rows.accepted(connection))
    assert (batch.pairs, batch.name, batch.batch) == (9, "Ann", "b1")
    assert accepting.undo_batch(many_asked, person(many_asked, "Ben"), "b1") == 9
    assert waiting(many_asked) == before
    assert roots(many_asked, *range(1, 61)).count(1) == (1 if (1, 2) in before else 2)
    with many_asked.read() as connection:
        verify(connection)
    with pytest.raises(DecisionError, match="nothing of this batch stands"):
        accepting.undo_batch(many_asked, ann, "b1")


def test_what_may_be_one_study_or_is_disputed_is_judged_singly(many_asked: Store, ann: Actor) -> None:
    offer(many_asked, [(61, 62, 0.99, STUDY), (63, 64, 0.99, DISPUTED), (65, 66, 0.99, "a reason of another version")])
    found = see(many_asked, ann, 0.8)
    assert [p.ids for p in found.singly] == [(61, 62), (63, 64), (65, 66)]


def test_every_reason_that_suggests_one_study_is_judged_singly() -> None:
    offered = [REASONS[rule] for rule, offer in OFFERS.items() if offer == "study"]
    assert STUDY in offered
    assert all(judged_singly(Pair(1, 2, 0.99, reason), {}) for reason in offered)
    assert not judged_singly(Pair(1, 2, 0.99, NEAR), {})


def test_documents_of_two_kinds_are_judged_singly(any_store: Store) -> None:
    article, preprint = BASE, replace(BASE, kind="preprint")
    put(any_store, [article, preprint, article, Record(title="No kind")], [(1, 2, 0.9, NEAR), (3, 4, 0.9, NEAR)])
    found = see(any_store, person(any_store, "Ann"), 0.8)
    assert ([p.ids for p in found.sample], [p.ids for p in found.singly]) == ([(3, 4)], [(1, 2)])


def test_no_chains_are_accepted(many_asked: Store, ann: Actor) -> None:
    """61 and 62, 62 and 63, 61 and 64: only the likeliest is accepted, in this run and in the next."""
    offer(many_asked, [(61, 62, 0.985, NEAR), (62, 63, 0.984, NEAR), (61, 64, 0.983, NEAR)])
    outside = {(61, 62), (62, 63), (61, 64)}
    for above in (n / 1000 for n in range(700, 800)):  # a threshold whose sample has none of the three
        if not outside & {p.ids for p in see(many_asked, ann, above).sample}:
            break
    judge_sample(many_asked, ann, above)
    assert [p.ids for p in see(many_asked, ann, above).singly] == [(62, 63), (61, 64)]
    accepting.accept(many_asked, ann, above, batch="b1")
    assert roots(many_asked, 61, 62, 63, 64) == [61, 61, 63, 64]
    assert not outside & {p.ids for p in see(many_asked, ann, above).rest}


def test_what_somebody_kept_apart_is_not_brought_together(many_asked: Store, ann: Actor) -> None:
    offer(many_asked, [(61, 62, 0.985, NEAR)])
    append(many_asked, ann, "merge", {"reports": [62, 63], "rule": "test", "score": 1.0})
    judging.judge(many_asked, person(many_asked, "Ben"), 61, 63, "different")
    found = see(many_asked, ann, 0.8)
    assert (61, 62) not in {p.ids for p in found.rest}


@pytest.mark.parametrize("above", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_none(many_asked: Store, ann: Actor, above: float) -> None:
    with pytest.raises(DecisionError, match="no threshold"):
        see(many_asked, ann, above)


@pytest.mark.parametrize(("rest", "sample", "wrong"), [(0, 10, 0), (10, 10, 3), (1, 1, 1), (5, 50, 1)])
def test_how_many_may_be_wrong(rest: int, sample: int, wrong: int) -> None:
    """By hand: of 20 with 4 wrong, 10 drawn hold none in C(16,10)/C(20,10) = 4.3 % of draws, with 3 wrong in 10.5 %."""
    assert most_wrong(rest, sample) == wrong
