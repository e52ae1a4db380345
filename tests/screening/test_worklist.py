"""Whose turn it is, how far a stage has come, and that nobody sees another's vote."""

from __future__ import annotations

import dataclasses
import json

import pytest
from sqlalchemy import update

from review.errors import DecisionError
from review.store import Store, append, schema
from review.store.projection import restand
from screening import turns, worklist
from screening.worklist import Progress


def following(panel, who, **where):
    with panel.store.read() as connection:
        return worklist.next_report(connection, who.person, "title-abstract", panel.store.clock(), **where)


def ahead(panel, who, count):
    with panel.store.read() as connection:
        found = turns.turns(connection, who.person, "title-abstract", panel.store.clock(), limit=count)
    return [turn.report for turn in found]


def progress(panel, who, stage="title-abstract"):
    with panel.store.read() as connection:
        return worklist.progress(connection, who.person, stage)


def shown(panel, who, report, stage="title-abstract"):
    with panel.store.read() as connection:
        return worklist.show(connection, report, who.person, stage)


def test_the_smallest_report_without_my_vote_comes_next(pair):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ann, 3, "include")
    assert following(pair, pair.ann) == 2
    assert ahead(pair, pair.ann, 3) == [2, 4, 5]
    assert following(pair, pair.ben) == 1  # awaits a second vote
    assert ahead(pair, pair.ben, 4) == [1, 2, 3, 4]


def test_a_report_with_all_its_votes_leaves_the_queue(pair):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ben, 1, "exclude")
    assert following(pair, pair.ann) == 2
    assert following(pair, pair.ben) == 2


def test_arrows_go_beyond_an_id_and_back_to_any_report(pair):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ann, 4, "include")
    assert following(pair, pair.ann, after=3) == 5
    assert following(pair, pair.ann, after=12) is None
    assert following(pair, pair.ben, after=1) == 2  # not 1, which awaits Ben's vote too
    assert following(pair, pair.ann, before=5) == 4
    assert following(pair, pair.ann, before=1) is None


def test_nothing_is_next_when_everything_is_done(solo):
    for report in range(1, 13):
        solo.vote(solo.ann, report, "include")
    assert following(solo, solo.ann) is None
    assert ahead(solo, solo.ann, 3) == []


def test_a_vote_on_a_merged_report_counts_for_the_whole(pair):
    pair.vote(pair.ann, 5, "include")
    pair.merge(2, 5)
    assert ahead(pair, pair.ann, 5) == [1, 3, 4, 6, 7]
    assert ahead(pair, pair.ben, 5) == [1, 2, 3, 4, 6]
    assert following(pair, pair.ann, before=6) == 4  # a merged report is never shown by itself


def test_progress_of_a_pair(pair):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ben, 1, "include")
    pair.vote(pair.ann, 2, "include")
    pair.vote(pair.ben, 2, "exclude")
    pair.vote(pair.ann, 3, "exclude")
    pair.vote(pair.ben, 3, "exclude")
    pair.vote(pair.ann, 4, "exclude")
    pair.vote(pair.ann, 9, "include")
    pair.merge(8, 9)  # Ann's vote on 9 is now one on 8
    assert progress(pair, pair.ann) == Progress(
        total=11, mine=5, left=6, waiting=6, started=2, conflicts=1, included=1, excluded=1, not_retrieved=0
    )
    assert progress(pair, pair.ben).left == 8
    assert progress(pair, pair.ben).mine == 3
    assert progress(pair, pair.ann, "full-text").total == 1


def test_two_votes_of_one_person_on_one_merged_report_count_once(pair):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ann, 2, "exclude")
    pair.merge(1, 2)
    assert progress(pair, pair.ann).mine == 1
    assert progress(pair, pair.ann).left == 10


def test_not_retrieved_is_counted_apart(solo):
    solo.vote(solo.ann, 1, "include")
    append(solo.store, solo.ann, "retrieval", {"report": 1, "outcome": "not_retrieved", "route": None, "note": None})
    counted = progress(solo, solo.ann, "full-text")
    assert (counted.total, counted.not_retrieved, counted.left) == (1, 1, 0)


def test_a_removed_report_is_neither_next_nor_counted(filled: Store, make_panel):
    panel = make_panel(filled)
    rules = {"title-abstract": {"remove_unmatched": True}}
    append(filled, panel.ann, "protocol", {"hash": "h2", "rules": rules})
    with filled.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id == 1).values(matched="no"))
        restand(connection, [1])
    assert following(panel, panel.ann) == 2
    assert following(panel, panel.ann, before=2) is None
    assert progress(panel, panel.ann).total == 11


def test_a_report_is_shown_as_all_its_records_with_their_searches(solo, fill):
    fill(solo.store, 1, label="Second list", file_name="second.ris")  # report 13
    with solo.store.write() as connection:
        connection.execute(
            update(schema.record).where(schema.record.c.id == 13).values(abstract="Only here.", matched="no")
        )
    solo.merge(3, 13)
    it = shown(solo, solo.ann, 3)
    assert (it.report, it.members, it.sources) == (3, (3, 13), ("Synthetic list", "Second list"))
    # both titles are equally good, so the first in the order of letters is shown (review.best)
    assert (it.record.title, it.record.abstract) == ("Synthetic report 1", "Only here.")
    assert (it.matched, it.mine, it.status) == ("yes", None, "waiting")
    assert shown(solo, solo.ann, 13) == it  # the link to a merged report leads to the whole


@pytest.mark.parametrize(
    ("of_records", "of_report"),
    [(["no", "no"], "no"), (["no", "unknown"], "unknown"), (["unknown", "yes"], "yes"), (["no", "yes"], "yes")],
)
def test_all_records_must_fail_the_query_before_a_report_does(filled: Store, make_panel, of_records, of_report):
    panel = make_panel(filled)
    with filled.write() as connection:
        for identity, matched in enumerate(of_records, start=1):
            connection.execute(update(schema.record).where(schema.record.c.id == identity).values(matched=matched))
    panel.merge(1, 2)
    assert shown(panel, panel.ann, 1).matched == of_report


def test_nobody_sees_anothers_vote(pair):
    note = "Ben's private thought"
    from screening import decisions

    decisions.decide(
        pair.store, pair.protocol, pair.ben, report=1, stage="title-abstract",
        verdict="exclude", reasons=["wrong_outcome"], note=note,
    )  # fmt: skip
    it = shown(pair, pair.ann, 1)
    assert it.mine is None
    text = json.dumps(dataclasses.asdict(it))
    assert "wrong_outcome" not in text
    assert note not in text
    own = shown(pair, pair.ben, 1).mine
    assert (own.verdict, own.reasons, own.note) == ("exclude", ("wrong_outcome",), note)


def test_my_vote_on_a_merged_report_is_shown_the_newest(pair):
    pair.vote(pair.ann, 2, "include")
    pair.vote(pair.ann, 1, "exclude")
    pair.vote(pair.ann, 2, "maybe")
    pair.merge(1, 2)
    assert shown(pair, pair.ann, 1).mine.verdict == "maybe"


def test_what_cannot_be_shown_says_why(solo):
    with pytest.raises(DecisionError, match="there is no report 99"):
        shown(solo, solo.ann, 99)
    with pytest.raises(DecisionError, match="report 1 is not at the full-text stage"):
        shown(solo, solo.ann, 1, "full-text")
