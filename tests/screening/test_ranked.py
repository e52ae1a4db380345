"""The order in which people read: what it learns from, who learns from whom, what is handed out, what is logged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from review.errors import StageError
from review.protocol import Stage
from review.store import append, aside, schema
from review.store.events import read_events
from screening import decisions, order_rows, turns, worklist
from screening.order_rows import Cast
from screening.preference_rows import prefer
from screening.ranked import FULL_TEXT, Label, Ranker, Seen, examples, labels_of_all, labels_of_one
from screening.ranking.order import RANDOM_EVERY, permutation, unpacked

TA: Stage = "title-abstract"
FT: Stage = "full-text"


def about_two_things(panel: Any) -> Any:
    """Let every third report be about mentoring, the others about cells."""
    with panel.store.write() as connection:
        record = schema.record
        for number in connection.scalars(select(record.c.id)).all():
            topic = "Mentoring of tired doctors" if number % 3 == 0 else "Membranes of cells in culture"
            changed = {"title": f"{topic}, part {number}", "abstract": f"{topic} is what text {number} is about."}
            connection.execute(update(record).where(record.c.id == number).values(changed))
    return panel


def rank(panel: Any, ranker: Ranker | None = None) -> list[str]:
    """Make what orders are to be made; give what was said of each."""
    ranker, said = ranker or Ranker(panel.store, panel.protocol), []
    while (made := ranker.step()) is not None:
        said.append(made)
    return said


def order(panel: Any, who: Any, stage: Stage = TA) -> list[int]:
    with panel.store.read() as connection:
        found = turns.ranking_of(connection, who.person, stage)
    assert found is not None
    return unpacked(found.places, found.bits).places.tolist()


def given(panel: Any, who: Any, count: int, **more: Any) -> list[int]:
    return worklist.hand_out(panel.store, who.person, TA, count, **more)


def served(panel: Any) -> list[Any]:
    with panel.store.read() as connection:
        return [event.payload.get("served") for event in read_events(connection, "decision")]


# -- what is learnt from


def test_a_settled_report_counts_by_how_it_was_settled_and_a_conflict_by_any_vote_for_it() -> None:
    standings = {
        TA: [(1, "included", 2), (2, "excluded", 2), (3, "conflict", 2), (6, "waiting", 0), (7, "excluded", 0)],
        FT: [(1, "excluded", 2)],
    }
    votes = {TA: [Cast(3, TA, "a", "exclude"), Cast(3, TA, "b", "maybe")], FT: []}
    labels = labels_of_all(standings, votes)  # type: ignore[arg-type]
    assert labels == {1: Label(True, False), 2: Label(False), 3: Label(True)}


def test_one_persons_labels_are_the_own_votes_and_how_these_were_settled() -> None:
    standings = {TA: [(1, "included", 2), (2, "conflict", 2), (3, "excluded", 2), (4, "excluded", 2)], FT: []}
    votes = [Cast(1, TA, "a", "exclude"), Cast(2, TA, "a", "exclude"), Cast(3, TA, "a", "include"),
             Cast(2, TA, "a", "maybe")]  # fmt: skip
    assert labels_of_one(standings, votes) == {1: Label(True), 2: Label(True), 3: Label(False)}  # type: ignore[arg-type]


def test_what_passed_and_was_excluded_on_its_full_text_has_still_passed() -> None:
    labels = {1: Label(True, True), 2: Label(True, False), 3: Label(True), 4: Label(False), 9: Label(True)}
    rows = {1: 0, 2: 1, 3: 2, 4: 3}
    first, second = examples(labels, rows, TA), examples(labels, rows, FT)
    assert [*zip(first.rows, first.relevant, first.weights, strict=True)] == [
        (0, True, FULL_TEXT), (1, True, 1.0), (2, True, 1.0), (3, False, 1.0),
    ]  # fmt: skip
    assert [*zip(second.rows, second.relevant, strict=True)] == [(0, True), (1, False), (3, False)]


@pytest.mark.parametrize(
    ("votes", "before", "stale"),
    [(1, 0, True), (8, 8, False), (9, 8, True), (102, 100, False), (103, 100, True), (99, 100, True)],
)
def test_it_learns_anew_at_each_vote_and_later_at_each_thirtieth_part(votes: int, before: int, stale: bool) -> None:
    newest = "b" if votes != before else "a"
    assert Seen(votes, newest, 0, 12, 0, "h", ()).stale(Seen(before, "a", 0, 12, 0, "h", ())) is stale
    assert Seen(before, "b", 0, 12, 0, "h", ()).stale(Seen(before, "a", 0, 12, 0, "h", ())) is (before < 34), (
        "a changed vote is one"
    )
    assert Seen(before, "a", 0, 13, 0, "h", ()).stale(Seen(before, "a", 0, 12, 0, "h", ())), (
        "a new report is always put in order"
    )
    assert Seen(before, "a", 0, 12, 0, "other", ()).stale(Seen(before, "a", 0, 12, 0, "h", ()))
    assert Seen(before, "a", 0, 12, 0, "h", (3,)).stale(Seen(before, "a", 0, 12, 0, "h", ())), "known papers were named"


# -- from the store to the store


def test_from_votes_to_the_next_record(solo: Any) -> None:
    about_two_things(solo)
    assert given(solo, solo.ann, 3) == [1, 2, 3], "without an order all is as it was"
    ranker = Ranker(solo.store, solo.protocol)
    assert rank(solo, ranker) == ["title-abstract: 12 reports put in order for everybody, learnt from 0 votes"]
    assert rank(solo, ranker) == [], "nothing has happened since"
    solo.vote(solo.ann, 3, "include")
    solo.vote(solo.ann, 1, "exclude")
    assert len(rank(solo, ranker)) == 2, "the report that was included is also to be read in full"
    assert order(solo, solo.ben)[:3] == [6, 9, 12]
    assert order(solo, solo.ben, FT) == [3]
    assert given(solo, solo.ben, 3) == [6, 9, 12], "one vote decides: Ben reads by Ann's votes"
    assert set(given(solo, solo.ann, 3, holding=[2])) <= {4, 5, 7, 8, 10, 11}, "the others are on Ben's screen"
    with solo.store.read() as connection:
        found = turns.ranking_of(connection, solo.ben.person, TA)
        assert found is not None
        assert (found.trained, found.relevant) == (2, 1)
        assert worklist.next_report(connection, solo.ben.person, TA, solo.store.clock(), after=9) == 12
        assert turns.said(found) == f"Most likely first · learnt from 2 votes · 1 in {RANDOM_EVERY} at random"


def test_the_order_hides_nothing_and_takes_in_what_is_new(
    solo: Any, fill: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(solo.store, 48, file_name="more.ris")
    about_two_things(solo)
    solo.vote(solo.ann, 3, "include")
    rank(solo)
    new = fill(solo.store, 6, file_name="new.ris")
    everything = given(solo, solo.ben, 100)
    assert sorted(everything) == [one for one in range(1, 67) if one != 3]
    mixed = [everything.index(one) for one in new]
    assert min(mixed) < 50, "what came in since is in between"
    ranked = [one for one in everything if one not in new]
    assert ranked == order(solo, solo.ben)
    by_chance = permutation([one for one in range(1, 61) if one != 3], TA)
    assert ranked[18] == next(one for one in by_chance if one not in ranked[:18]), "with the one read, it is the 20th"
    solo.merge(60, new[0])
    assert sorted(given(solo, solo.ben, 100)) == [one for one in range(1, 67) if one not in (3, new[0])]
    assert rank(solo) != [], "other reports"
    assert sorted(order(solo, solo.ben)) == [one for one in range(1, 67) if one not in (3, new[0])]


def test_who_passes_over_every_record_comes_by_each_of_them_once(solo: Any, fill: Callable[..., list[int]]) -> None:
    about_two_things(solo)
    solo.vote(solo.ann, 3, "include")
    solo.vote(solo.ann, 1, "exclude")
    rank(solo)
    decisions.clear(solo.store, solo.protocol, solo.ann, report=1, stage=TA)  # not in the order, which is not made anew
    fill(solo.store, 4, file_name="new.ris")
    check = {"name": "check", "kind": "quality", "seed": 1, "how": {}}
    append(solo.store, solo.ann, "assignment", {"stage": TA, "round": check, "add": {solo.ben.person: [3, 5]}})
    with solo.store.read() as connection:
        by = connection, solo.ben.person, TA, solo.store.clock()
        passed = [turns.turns(*by)[0].report]
        while (behind := turns.after(*by, passed[-1])) is not None:
            passed.append(behind)
        assert passed == [turn.report for turn in turns.turns(*by, limit=50)]
    assert sorted(passed) == [*range(1, 17)]


def test_how_a_record_came_is_kept_with_the_vote_and_not_with_a_change_of_mind(solo: Any) -> None:
    about_two_things(solo)
    solo.vote(solo.ann, 3, "include")
    rank(solo)
    with solo.store.read() as connection:
        found = turns.ranking_of(connection, solo.ann.person, TA)
    assert found is not None
    first, second = given(solo, solo.ann, 2)
    about = {"report": second, "stage": TA, "verdict": "exclude"}
    made = decisions.decide(solo.store, solo.protocol, solo.ann, **about, client="one")
    again = decisions.decide(solo.store, solo.protocol, solo.ann, **about, client="one")
    assert made.id == again.id, "sent twice, it is one vote, and says the same"
    solo.vote(solo.ann, second, "include")
    solo.vote(solo.ann, 11, "exclude")
    assert served(solo) == [None, {"by": "model", "model": found.model, "position": 2}, None, None]
    given(solo, solo.ann, 1, holding=[first])
    solo.vote(solo.ann, first, "include")
    assert served(solo)[-1] == {"by": "model", "model": found.model, "position": 1}, "kept while it was on the screen"
    with solo.store.read() as connection:
        kept = connection.execute(
            select(schema.decision.c.served).where(schema.decision.c.report == first)
        ).scalar_one()
    assert kept["by"] == "model"


def test_rounds_come_first_and_a_person_may_read_in_plain_order(solo: Any) -> None:
    about_two_things(solo)
    solo.vote(solo.ann, 3, "include")
    rank(solo)
    pilot = {"name": "pilot", "kind": "pilot", "seed": 1, "how": {}}
    append(solo.store, solo.ann, "assignment", {"stage": TA, "round": pilot, "add": {solo.ben.person: [2, 5]}})
    with solo.store.read() as connection:
        turn = turns.turns(connection, solo.ben.person, TA, solo.store.clock(), limit=3)
    assert [one.by for one in turn] == ["round", "round", "model"]
    assert {one.report for one in turn[:2]} == {2, 5}
    with solo.store.write() as connection:
        prefer(connection, solo.ann.person, turns.PREFERENCE, turns.PLAIN)
    assert given(solo, solo.ann, 3) == [1, 2, 4]
    assert given(solo, solo.ben, 3)[2] == 6


def test_nobody_reads_by_the_votes_of_another_who_judges_on_their_own(
    pair: Any, fill: Callable[..., list[int]]
) -> None:
    fill(pair.store, 48, file_name="more.ris")
    about_two_things(pair)
    alone, both = [], []
    for report in range(1, 61, 2):
        pair.vote(pair.ann, report, "include" if report % 3 == 0 else "exclude")
    rank(pair)
    alone = order(pair, pair.ann)
    before = order(pair, pair.ben)
    for report in range(1, 61, 2):
        pair.vote(pair.ben, report, "exclude" if report % 3 == 0 else "include")
    rank(pair)
    both = order(pair, pair.ann)
    assert both == alone
    assert given(pair, pair.ann, 60) == alone
    assert order(pair, pair.ben)[:10] != alone[:10]
    assert before == order(pair, type(pair.ben)("nobody", "h")), "who has no vote yet reads by the question"
    assert sorted(before) == [*range(1, 61)]


def test_who_is_asked_again_does_not_read_by_how_it_was_settled(pair: Any) -> None:
    about_two_things(pair)
    for who, verdict in ((pair.ann, "exclude"), (pair.ben, "include")):
        pair.vote(who, 3, verdict)
        pair.vote(who, 1, "exclude")

    def relevant() -> int:
        rank(pair)
        with pair.store.read() as connection:
            found = turns.ranking_of(connection, pair.ann.person, TA)
        assert found is not None
        assert found.trained == 2
        return found.relevant

    assert relevant() == 0, "her own vote"
    decisions.resolve(pair.store, pair.protocol, pair.ben, report=3, stage=TA, verdict="include")
    assert relevant() == 1, "as it was settled, since she has voted on it"
    again = {"name": "again", "kind": "again", "seed": 1, "how": {}}
    append(pair.store, pair.ben, "assignment", {"stage": TA, "round": again, "add": {pair.ann.person: [3]}})
    assert relevant() == 0, "asked to look again, she is not told by the order"


def test_in_a_pilot_nobody_reads_by_a_vote_before_all_of_its_people_have_cast_theirs(solo: Any) -> None:
    about_two_things(solo)
    pilot = {"name": "pilot", "kind": "pilot", "seed": 1, "how": {}}
    both = {solo.ann.person: [3, 6], solo.ben.person: [3, 6]}
    append(solo.store, solo.ann, "assignment", {"stage": TA, "round": pilot, "add": both})

    def learnt() -> tuple[int, int]:
        rank(solo)
        with solo.store.read() as connection:
            found = turns.ranking_of(connection, solo.ann.person, TA)
        assert found is not None
        return found.trained, found.relevant

    solo.vote(solo.ben, 3, "include")
    solo.vote(solo.ben, 6, "exclude")
    assert learnt() == (0, 0), "Ann has not judged it yet"
    solo.vote(solo.ann, 3, "exclude")
    assert learnt() == (1, 1), "it is in conflict: one vote for it is enough"


def test_what_a_stop_left_unread_is_put_in_order_again_when_it_is_taken_back(
    solo: Any, fill: Callable[..., list[int]]
) -> None:
    fill(solo.store, 48, file_name="more.ris")
    about_two_things(solo)
    for report in range(1, 46):
        solo.vote(solo.ann, report, "include" if report % 3 == 0 else "exclude")
    ranker = Ranker(solo.store, solo.protocol)
    rank(solo, ranker)
    left = [*range(46, 61)]
    stop = append(solo.store, solo.ann, "stop", {"stage": TA, "reports": left, "how": {}, "why": "The rule"})
    for report in (46, 47):
        solo.vote(solo.ann, report, "exclude")
    rank(solo, ranker)
    assert (order(solo, solo.ann), given(solo, solo.ann, 20)) == ([], [])
    append(solo.store, solo.ann, "stop", {"stage": TA, "ends": stop.id, "why": "More was found"})
    rank(solo, ranker)
    assert sorted(order(solo, solo.ann)) == left[2:]


def test_an_order_of_another_version_of_the_program_is_made_anew(solo: Any) -> None:
    rank(solo)
    with solo.store.write() as connection:
        connection.execute(update(aside.ranking).values(about={"seen": {"votes": 0}}))
    assert len(rank(solo)) == 1


def test_what_two_people_are_to_judge_is_not_put_in_order_by_either(solo: Any) -> None:
    about_two_things(solo)
    solo.vote(solo.ann, 3, "include")
    rank(solo)
    share = {"name": "main", "kind": "main", "seed": 1, "how": {}}
    both = {solo.ann.person: [3, 6, 9], solo.ben.person: [3, 6, 9]}
    append(solo.store, solo.ann, "assignment", {"stage": TA, "round": share, "add": both})
    assert given(solo, solo.ben, 12)[-3:] == [3, 6, 9], "everybody's order says nothing of them"
    rank(solo)
    with solo.store.read() as connection:
        assert {person for stage, person in order_rows.made(connection) if stage == TA} == {"", solo.ann.person}
        assert not turns.ranking_of(connection, solo.ben.person, TA).trained  # type: ignore[union-attr]
    assert order(solo, solo.ann)[:2] == [6, 9]


def test_without_the_library_everything_else_works(solo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("screening.ranking.learning", raising=False)
    monkeypatch.setitem(sys.modules, "screening.ranking.learning", None)
    ranker = Ranker(solo.store, solo.protocol)
    for _ in range(2):
        with pytest.raises(StageError, match="needs scikit-learn") as told:
            ranker.step()
        assert told.value.hint == "pip install 'narrative-review[ranking]'"
    assert given(solo, solo.ann, 2) == [1, 2]
