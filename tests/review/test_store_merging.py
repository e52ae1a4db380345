"""Votes and resolutions on reports that are merged and split: nothing is settled silently, all can be rebuilt."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from review.errors import TamperError
from review.store import Actor, Store, append, migrate, open_store, schema
from review.store.chosen import chosen
from review.store.events import enrol
from review.store.grouping import Grouping
from review.store.standing import Rules, Standing, Vote, current, decide
from review.store.verify import verify

A, B, C, D = (Vote(f"{who}-{on}", who, "include", ()) for who, on in (("Ann", 1), ("Bob", 1), ("Ann", 2), ("Bob", 2)))


def said(vote: Vote, verdict: str, *reasons: str) -> Vote:
    return Vote(vote.event, vote.person, verdict, reasons)


def ended(verdict: str, *on: Vote) -> Vote:
    return Vote(f"end of {[vote.event for vote in on]}", "Cy", verdict, (), frozenset(vote.event for vote in on))


def stands(votes: list[Vote], *resolutions: Vote, need: int = 1, maybe: str = "discuss") -> Standing:
    rules = dict.fromkeys(("title-abstract", "full-text"), Rules(need, maybe))
    found = decide(
        {"title-abstract": votes}, {"title-abstract": resolutions}, rules, matched={"yes"}, not_retrieved=False
    )
    return next(iter(found))[1]


NO = "exclude"


@pytest.mark.parametrize(
    ("votes", "resolutions", "need", "status", "people"),
    [
        ([A, C], [], 1, "included", 1),
        ([A, C], [], 2, "started", 1),
        ([A, said(C, NO)], [], 1, "conflict", 1),
        ([A, said(C, NO)], [], 2, "conflict", 1),  # Bob's vote would not tell what Ann means
        ([A, B, said(C, NO), said(D, NO)], [], 2, "conflict", 2),
        ([A, said(B, NO), C, said(D, NO)], [ended(NO, A, B), ended(NO, C, D)], 2, "excluded", 2),
        ([A, said(B, NO), C, said(D, NO)], [ended(NO, A, B), ended("include", C, D)], 2, "conflict", 2),
        ([A, said(B, NO), C, said(D, NO)], [ended(NO, A, B), ended("include", A, B, C, D)], 2, "included", 2),
        ([A, said(B, NO), C], [ended(NO, A, B)], 2, "conflict", 2),
        ([A, C], [ended(NO, A)], 1, "conflict", 1),  # what was resolved to be out is not in because a copy is
        ([A, C], [ended("include", A)], 1, "included", 1),
        ([], [ended(NO)], 1, "waiting", 0),
    ],
)
def test_where_a_merged_report_stands(
    votes: list[Vote], resolutions: list[Vote], need: int, status: str, people: int
) -> None:
    found = stands(votes, *resolutions, need=need)
    assert (found.status, found.votes) == (status, people)


def test_a_maybe_and_an_include_of_one_person_agree_where_maybe_counts_as_include() -> None:
    votes = [A, said(C, "maybe")]
    assert stands(votes).status == "conflict"
    assert stands(votes, maybe="include").status == "included"


def test_a_vote_takes_the_place_of_those_that_it_names_and_of_no_other_persons() -> None:
    anew = Vote("new", "Ann", NO, (), frozenset({A.event, B.event}))
    assert current([A, B, C, anew]) == [B, C, anew]


def test_groups_follow_merges_and_splits() -> None:
    groups = Grouping({3: 1})
    groups.merge([5, 6])
    groups.merge([3, 6])
    assert groups.of(5) == {1, 3, 5, 6}
    groups.split([1])
    assert (groups.of(1), groups.of(6), groups.root) == ({1}, {3, 5, 6}, {5: 3, 6: 3})
    assert groups.touched == {1, 3, 5, 6}


# -- in the store


def ann_of(store: Store) -> Actor:
    with store.write() as connection:
        return Actor(enrol(store, connection, "Ann"), "h")


def vote(store: Store, actor: Actor, report: int, verdict: str, *acts_on: str) -> str:
    what = {"report": report, "stage": "title-abstract", "verdict": verdict, "reasons": []}
    return append(store, actor, "decision", what | ({"acts_on": list(acts_on)} if acts_on else {})).id


def statuses(store: Store, *reports: int) -> list[str | None]:
    at = schema.standing.c
    with store.read() as connection:
        rows = connection.execute(select(at.report, at.status).where(at.stage == "title-abstract")).all()
        verify(connection)
    return [dict(rows).get(report) for report in reports]  # type: ignore[arg-type]


def test_a_vote_on_the_whole_settles_and_a_split_gives_each_copy_its_own_back(any_filled: Store) -> None:
    ann = ann_of(any_filled)
    votes = [vote(any_filled, ann, 2, "include"), vote(any_filled, ann, 5, "exclude")]
    append(any_filled, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    assert statuses(any_filled, 2, 5) == ["conflict", None]
    vote(any_filled, ann, 2, "include", *votes)
    assert statuses(any_filled, 2) == ["included"]
    append(any_filled, ann, "split", {"reports": [5]})
    assert statuses(any_filled, 2, 5) == ["included", "excluded"]
    append(any_filled, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    assert statuses(any_filled, 2) == ["included"]  # the vote on the whole was cast, and counts again
    append(any_filled, ann, "split", {"reports": [5]})
    vote(any_filled, ann, 5, "exclude")
    append(any_filled, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    assert statuses(any_filled, 2) == ["conflict"]  # said anew of the copy, after the vote on the whole


def test_verify_finds_a_chosen_value_that_does_not_follow_from_the_log(any_filled: Store) -> None:
    ann = ann_of(any_filled)
    append(any_filled, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    append(any_filled, ann, "value", {"report": 2, "field": "title", "record": 5})
    with any_filled.read() as connection:
        verify(connection)
        choice = chosen(connection, {2: [2, 5]})[2]["title"]
        assert (choice.record, choice.person) == (5, ann.person)
    with any_filled.write() as connection:
        connection.execute(schema.value.update().values(record=2))
    with pytest.raises(TamperError, match="value"), any_filled.read() as connection:
        verify(connection)


def test_a_database_from_before_shows_the_conflicts_that_were_settled_silently(tmp_path: Path, filled: Store) -> None:
    ann = ann_of(filled)
    vote(filled, ann, 2, "include")
    vote(filled, ann, 5, "exclude")
    append(filled, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    filled.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'review.sqlite'}")
    with engine.begin() as connection:  # as version 0002 left it
        connection.execute(text("DROP INDEX ix_standing_queue"))
        connection.execute(text("DROP INDEX ix_decision_time"))
        for table in ("lease", "preference", "assignment", "round", "tag", "comment"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("page_text", "ranking", "worker", "job", "stop", "stopped", "checked"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("full_text", "notice", "quote"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("apart", "sheet", "filling", "settled", "theme", "recoded", "memo", "finding", "assent", "cmo"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX ix_answer_form"))
        for table in ("value", "session", "account", "invitation", "attempt"):
            connection.execute(text(f"DROP TABLE {table}"))
        for column in ("answer DROP COLUMN version", "answer DROP COLUMN file", "answer DROP COLUMN origin",
                       "judgement DROP COLUMN file", "coding DROP COLUMN file", "coding DROP COLUMN framework",
                       "decision DROP COLUMN criteria", "decision DROP COLUMN acts_on", "decision DROP COLUMN served",
                       "standing DROP COLUMN needed", "standing DROP COLUMN open"):  # fmt: skip
            connection.execute(text(f"ALTER TABLE {column}"))
        connection.execute(text("CREATE INDEX ix_standing_queue ON standing (stage, status, report)"))
        connection.execute(text("UPDATE standing SET status = 'excluded' WHERE report = 2"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    engine.dispose()
    opened = open_store(tmp_path)
    assert statuses(opened, 2) == ["conflict"]
    with opened.read() as connection:
        assert connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == migrate.RESTAND)) is None
    opened.close()
