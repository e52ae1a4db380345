"""What the log says of rounds, shares, tags, comments and repairs, and where reports stand because of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from review.record import Record
from review.store import Actor, Store, append, schema
from review.store.chosen import shown
from review.store.events import enrol
from review.store.standing import Panel, Rules, Vote, decide
from review.store.verify import verify

STAGE = "title-abstract"


@pytest.fixture
def team(any_filled: Store) -> tuple[Store, Actor, Actor, Actor]:
    with any_filled.write() as connection:
        people = [Actor(enrol(any_filled, connection, name), "h") for name in ("Ann", "Ben", "Cy")]
    return any_filled, *people


def rule(store: Store, who: Actor, **rules: Any) -> None:
    append(store, who, "protocol", {"hash": "h", "rules": {STAGE: rules}})


def hand(store: Store, who: Actor, kind: str, name: str = "one", **moved: dict[str, list[int]]) -> None:
    about = {"name": name, "kind": kind, "seed": 7, "how": {}}
    append(store, who, "assignment", {"stage": STAGE, "round": about, **moved})


def vote(store: Store, who: Actor, report: int, verdict: str, *reasons: str) -> None:
    append(store, who, "decision", {"report": report, "stage": STAGE, "verdict": verdict, "reasons": list(reasons)})


def stands(store: Store, report: int) -> tuple[str, int, int, bool]:
    table = schema.standing.c
    query = select(table.status, table.votes, table.needed, table.open).where(table.report == report)
    with store.read() as connection:
        verify(connection)
        row = connection.execute(query.where(table.stage == STAGE)).one()
    return row.status, row.votes, row.needed, row.open


def open_tasks(store: Store, who: Actor) -> list[int]:
    table = schema.assignment.c
    with store.read() as connection:
        query = select(table.report).where(table.person == who.person, table.done.is_(False))
        return list(connection.scalars(query.order_by(table.report)))


def test_a_share_for_two_makes_a_report_need_two_votes(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, ben, _ = team
    rule(store, ann, votes=1)
    hand(store, ann, "main", add={ann.person: [1, 2], ben.person: [2]})
    assert stands(store, 1) == ("waiting", 0, 1, False)
    assert stands(store, 2) == ("waiting", 0, 2, False)
    assert stands(store, 3) == ("waiting", 0, 1, True)
    vote(store, ann, 2, "include")
    assert stands(store, 2) == ("started", 1, 2, False)
    assert (open_tasks(store, ann), open_tasks(store, ben)) == ([1], [2])
    vote(store, ben, 2, "include")
    assert stands(store, 2)[0] == "included"


def test_taking_a_share_back_opens_the_report_again(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, ben, cy = team
    rule(store, ann, votes=2)
    hand(store, ann, "main", add={ann.person: [1], ben.person: [1]})
    assert stands(store, 1) == ("waiting", 0, 2, False)
    hand(store, ann, "main", remove={ben.person: [1]})
    assert stands(store, 1) == ("waiting", 0, 2, True)
    hand(store, ann, "main", add={cy.person: [1]})
    assert stands(store, 1) == ("waiting", 0, 2, False)
    assert open_tasks(store, cy) == [1]


def test_in_a_pilot_everybody_votes_before_a_report_is_decided(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, ben, cy = team
    rule(store, ann, votes=1)
    hand(store, ann, "pilot", add={who.person: [1] for who in (ann, ben, cy)})
    vote(store, ann, 1, "include")
    vote(store, ben, 1, "include")
    assert stands(store, 1)[:2] == ("started", 2)
    vote(store, cy, 1, "exclude")
    assert stands(store, 1)[:2] == ("conflict", 3)
    append(store, cy, "decision", {"report": 1, "stage": STAGE, "verdict": "cleared"})
    assert open_tasks(store, cy) == [1]


def test_a_second_look_wants_a_vote_of_after_it(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, _, _ = team
    rule(store, ann, votes=1, reasons=["a"])
    vote(store, ann, 1, "exclude", "a")
    hand(store, ann, "again", add={ann.person: [1]})
    assert stands(store, 1)[0] == "excluded"
    assert open_tasks(store, ann) == [1]
    vote(store, ann, 1, "exclude", "a")
    assert open_tasks(store, ann) == []


def test_merging_keeps_shares_and_needs_no_more_votes(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, ben, _ = team
    rule(store, ann, votes=1)
    hand(store, ann, "main", add={ann.person: [1], ben.person: [2]})
    append(store, ann, "merge", {"reports": [1, 2], "rule": "test", "score": 1.0})
    assert stands(store, 1) == ("waiting", 0, 1, False)
    vote(store, ann, 1, "include")
    assert stands(store, 1)[0] == "included"


def test_tags_and_comments_follow_from_the_log(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, ben, _ = team
    append(store, ann, "tag", {"report": 1, "tag": "background"})
    append(store, ben, "tag", {"report": 1, "tag": "background"})
    append(store, ann, "tag", {"report": 1, "tag": "background", "cleared": True})
    first = append(store, ann, "comment", {"report": 1, "stage": STAGE, "text": "Why?", "replies_to": None})
    append(store, ben, "comment", {"report": 1, "stage": STAGE, "text": "So.", "replies_to": first.id})
    with store.read() as connection:
        verify(connection)
        assert connection.scalars(select(schema.tag.c.person)).all() == [ben.person]
        told = connection.execute(select(schema.comment.c.text, schema.comment.c.replies_to)).all()
    assert {tuple(row) for row in told} == {("Why?", None), ("So.", first.id)}


def test_a_repaired_text_is_shown_instead_and_can_be_taken_back(team: tuple[Store, Actor, Actor, Actor]) -> None:
    store, ann, _, _ = team
    record = Record(title="A tilte", authors=("Made, Up",), abstract=None)

    def now() -> tuple[Record, dict[str, int]]:
        with store.read() as connection:
            verify(connection)
            return shown(connection, {1: [(1, record)]})[1]

    repair = {"report": 1, "field": "title", "text": "A title", "source": "the PDF"}
    append(store, ann, "value", repair)
    append(store, ann, "value", {"report": 1, "field": "authors", "text": "Made, Up\nToo, Also", "source": "the PDF"})
    assert now()[0] == Record(title="A title", authors=("Made, Up", "Too, Also"))
    assert now()[1] == {}
    append(store, ann, "value", {"report": 1, "field": "title", "record": None})
    assert now()[0].title == "A tilte"
    assert now()[1] == {"title": 1}


VOTES: Callable[..., list[Vote]] = lambda *said: [  # noqa: E731
    Vote(f"e{n}", who, verdict, tuple(reasons)) for n, (who, verdict, *reasons) in enumerate(said)
]


@pytest.mark.parametrize(
    ("said", "rules", "status"),
    [
        ([("a", "include")], {"votes": 2, "accelerated": True}, "included"),
        ([("a", "exclude")], {"votes": 2, "accelerated": True}, "started"),
        ([("a", "exclude"), ("b", "exclude")], {"votes": 2, "accelerated": True}, "excluded"),
        ([("a", "exclude"), ("b", "include")], {"votes": 2, "accelerated": True}, "included"),
        ([("a", "exclude"), ("b", "maybe")], {"votes": 2, "accelerated": True}, "conflict"),
        ([("a", "exclude", "x"), ("b", "exclude", "y")], {"votes": 2}, "excluded"),
        ([("a", "exclude", "x"), ("b", "exclude", "y")], {"votes": 2, "reason_conflicts": True}, "conflict"),
        ([("a", "exclude", "x", "y"), ("b", "exclude", "x")], {"votes": 2, "reason_conflicts": True}, "excluded"),
        ([("a", "exclude", "x"), ("b", "exclude")], {"votes": 2, "reason_conflicts": True}, "excluded"),
    ],
)
def test_rules_of_a_stage(said: list[tuple[str, ...]], rules: dict[str, Any], status: str) -> None:
    given = Rules.read({STAGE: {"reasons": ["x", "y"], **rules}})
    stood = dict(decide({STAGE: VOTES(*said)}, {}, given, matched={"yes"}, not_retrieved=False))
    assert stood[STAGE].status == status


def test_an_include_does_not_end_an_accelerated_pilot() -> None:
    given = Rules.read({STAGE: {"votes": 1, "accelerated": True}})
    panels = {STAGE: Panel(pilot=frozenset({"a", "b"}))}
    one = dict(decide({STAGE: VOTES(("a", "include"))}, {}, given, matched={"yes"}, not_retrieved=False, panels=panels))
    assert one[STAGE].status == "started"
