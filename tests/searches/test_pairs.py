"""Possible duplicates: what differs between two reports, judging, values that are chosen, taking back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Store, append, schema
from review.store.chosen import shown
from review.store.events import enrol, read_events
from review.store.projection import open_reports
from review.store.records import as_row
from review.store.tally import unjudged_pairs
from review.store.verify import verify
from searches import judging, merge_rows
from searches import pair_rows as rows
from searches.dedupe import REASONS
from searches.differences import MOST, mark
from searches.pairs import Sheet, sheet

BASE = Record(
    title="Mentoring of doctors", authors=("Smith, Ann", "Jones, Bob"), date="2014", journal="Journal of Examples",
    volume="12", pages="123-8", abstract="We asked doctors.", kind="article", language="eng",
)  # fmt: skip
RECORDS = [
    BASE,
    replace(BASE, title="Mentoring of Doctors.", pages="123-128", volume=None, doi="10.5555/1", date="2014-05"),
    replace(BASE, title="Burnout"),
    replace(BASE, title="Burnout in hospitals"),
    Record(),
    Record(),
]
ASKED = [
    (1, 2, 0.97, REASONS["similar_title"]),
    (3, 4, 0.9, REASONS["longer_title"]),
    (5, 6, 0.5, REASONS["near_year"]),
]


def put(store: Store, records: list[Record], asked: list[tuple[int, int, float, str]]) -> None:
    with store.write() as connection:
        facts = {"source": "test", "label": "PubMed", "kind": "database", "method": "file", "status": "complete"}
        search = connection.execute(
            insert(schema.search).values(**facts, started_at=store.clock(), losses=[], notes=[])
        ).inserted_primary_key[0]
        values = [
            {**as_row(r), "search": search, "page": None, "position": n, "matched": "yes"}
            for n, r in enumerate(records, 1)
        ]
        connection.execute(insert(schema.record), values)
        open_reports(connection, search)
        merge_rows.offer(connection, asked, instead=True)


@pytest.fixture
def asked(any_store: Store) -> Store:
    put(any_store, RECORDS, ASKED)
    return any_store


def person(store: Store, name: str) -> Actor:
    with store.write() as connection:
        return Actor(enrol(store, connection, name), "h")


def look(store: Store, left: int, right: int, who: Actor) -> Sheet:
    with store.read() as connection:
        return sheet(connection, left, right, who.person)


def waiting(store: Store) -> list[tuple[int, int]]:
    with store.read() as connection:
        return [pair.ids for pair in rows.waiting(connection)]


def roots(store: Store, *ids: int) -> list[int]:
    with store.read() as connection:
        found = rows.roots(connection, ids)
    return [found[one] for one in ids]


def kinds(store: Store, *only: str) -> list[tuple[str, dict[str, object]]]:
    with store.read() as connection:
        return [(event.kind, dict(event.payload)) for event in read_events(connection, *only)]


# -- what differs


def marked(left: str, right: str) -> tuple[str, str]:
    found = mark(left, right)
    return tuple(  # type: ignore[return-value]
        "".join({"only": f"[{p.text}]", "same": p.text, "gap": f"<{p.words}>"}[p.kind] for p in side)
        for side in (found.left, found.right)
    )


@pytest.mark.parametrize(
    ("left", "right", "here", "there"),
    [
        ("a randomised trial", "a randomized trial", "a randomi[s]ed trial", "a randomi[z]ed trial"),
        ("peer support", "peer-support", "peer[ ]support", "peer[-]support"),
        ("Smith, Ann", "Smith, A.", "Smith, [Ann]", "Smith, [A.]"),
        ("red fox jumped", "blue cat jumped", "[red fox] jumped", "[blue cat] jumped"),
        ("2014", "2014-05", "2014", "2014[-05]"),
        ("same", "same", "same", "same"),
        ("", "new", "", "[new]"),
        ("café", "cafe\u0301", "café", "café"),
        ("الأطباء", "الاطباء", "ال[أ]طباء", "ال[ا]طباء"),
    ],
)
def test_differing_characters_are_marked(left: str, right: str, here: str, there: str) -> None:
    assert marked(left, right) == (here, there)


def test_long_equal_parts_are_shortened_and_their_words_counted() -> None:
    words = " ".join(f"word{n}" for n in range(300))
    here, there = marked(f"{words} end", f"{words} close")
    assert here.startswith("word0 word1 ")
    assert here.endswith(" word299 [end]")
    gap = int(here.split("<")[1].split(">")[0])
    assert len(here.replace(f"<{gap}>", "").split()) + gap == 301
    assert there == here.replace("[end]", "[close]")


def test_long_texts_with_nothing_in_common_are_not_marked() -> None:
    found = mark("alpha beta gamma " * 40, "1 2 3 4 5 6 7 8 9 " * 40)
    assert found.apart
    assert {piece.kind for piece in found.left} == {"same", "gap"}


@given(st.text("ab ,é\u0301", max_size=80), st.text("ab ,é\u0301", max_size=80))
def test_the_pieces_are_the_text_and_what_is_the_same_is_the_same(left: str, right: str) -> None:
    import unicodedata

    found = mark(left, right)
    sides = [(unicodedata.normalize("NFC", text), side) for text, side in ((left, found.left), (right, found.right))]
    for text, side in sides:
        assert "".join(piece.text for piece in side) == text
    same = ["".join(piece.text for piece in side if piece.kind == "same") for _, side in sides]
    assert same[0] == same[1]


def test_no_text_is_too_long() -> None:
    found = mark("x" * 10 * MOST, "y " * 10 * MOST)
    assert sum(len(piece.text) for piece in found.right) <= MOST


# -- side by side


def test_fields_are_the_same_differ_or_are_on_one_side(asked: Store) -> None:
    found = look(asked, 2, 1, person(asked, "Ann"))
    states = {row.field: row.state for row in found.table}
    assert states == {
        "title": "differs", "authors": "same", "date": "differs", "journal": "same", "volume": "left",
        "pages": "differs", "doi": "right", "kind": "same", "language": "same", "abstract": "same",
    }  # fmt: skip
    assert found.missing == ("issue", "PMID")
    assert (found.left.named, found.right.named, found.left.sources) == (1, 2, ("PubMed",))
    assert found.pair.reason == "same authors and year, similar title"


def test_the_choice_of_the_rule_is_named(asked: Store) -> None:
    table = {row.field: row for row in look(asked, 1, 2, person(asked, "Ann")).table}
    date = table["date"]
    assert date.left and date.right
    assert (date.left.by_rule, date.right.by_rule, date.right.chosen, date.by) == (False, True, True, None)
    assert date.said == "“—” against “-05”"
    assert table["title"].said == "only punctuation, accents or capital letters differ"


def test_two_records_without_anything(asked: Store) -> None:
    found = look(asked, 5, 6, person(asked, "Ann"))
    assert found.table == ()
    assert len(found.missing) == 12


def test_a_report_that_was_merged_meanwhile_is_shown_whole(asked: Store) -> None:
    append(asked, person(asked, "Ann"), "merge", {"reports": [2, 3], "rule": "test", "score": 1.0})
    found = look(asked, 1, 3, person(asked, "Ann"))
    assert found.right.members == (2, 3)
    assert found.notes == ("3 was merged into report 2.",)


def test_votes_of_others_are_counted_and_not_shown(asked: Store) -> None:
    ann, ben = person(asked, "Ann"), person(asked, "Ben")
    for who, verdict in ((ann, "include"), (ben, "exclude")):
        vote = {"report": 1, "stage": "title-abstract", "verdict": verdict, "reasons": [], "note": None}
        append(asked, who, "decision", vote)
    assert look(asked, 1, 2, ann).left.votes == (
        "your vote on title and abstract: include", "1 vote of others on title and abstract",
    )  # fmt: skip
    assert look(asked, 1, 2, ann).right.votes == ()
    assert "exclude" not in repr(look(asked, 1, 2, ann))


@pytest.mark.parametrize(("left", "right"), [(1, 999), (4, 4)])
def test_pairs_that_do_not_exist(asked: Store, left: int, right: int) -> None:
    with pytest.raises(DecisionError):
        look(asked, left, right, person(asked, "Ann"))
    with pytest.raises(DecisionError):
        judging.judge(asked, person(asked, "Ann"), left, right, "same")


# -- judging


def test_the_likeliest_comes_first_and_judged_ones_wait_no_more(asked: Store) -> None:
    ann = person(asked, "Ann")
    assert waiting(asked) == [(1, 2), (3, 4), (5, 6)]
    done = judging.judge(asked, ann, 2, 1, "same")
    assert done.said == ("Noted: 1 and 2 are one report.",)
    judging.judge(asked, ann, 3, 4, "study")
    assert waiting(asked) == [(5, 6)]
    assert roots(asked, 1, 2, 3, 4) == [1, 1, 3, 4]
    with asked.read() as connection:
        assert [(p.ids, p.judged.verdict) for p in rows.judged(connection) if p.judged] == [
            ((3, 4), "study"), ((1, 2), "same"),
        ]  # fmt: skip
        assert (unjudged_pairs(connection), rows.count_judged(connection)) == (1, 2)
        verify(connection)


def test_a_pair_whose_reports_came_together_otherwise_does_not_wait(asked: Store) -> None:
    append(asked, person(asked, "Ann"), "merge", {"reports": [1, 2], "rule": "test", "score": 1.0})
    assert waiting(asked) == [(3, 4), (5, 6)]


def test_a_pair_that_only_a_person_named_does_not_wait_when_taken_back(asked: Store) -> None:
    ann = person(asked, "Ann")
    judging.judge(asked, ann, 1, 6, "same")
    judging.undo(asked, ann, 1, 6)
    assert (1, 6) not in waiting(asked)
    with asked.read() as connection:
        assert unjudged_pairs(connection) == 3


def test_what_somebody_else_judged_meanwhile_is_not_overwritten(asked: Store) -> None:
    ann, ben = person(asked, "Ann"), person(asked, "Ben")
    judging.judge(asked, ann, 1, 2, "same", seen="")
    with pytest.raises(DecisionError, match="Ann judged 1 and 2 meanwhile: one report"):
        judging.judge(asked, ben, 1, 2, "different", seen="")
    assert roots(asked, 1, 2) == [1, 1]


def test_a_second_judgement_takes_the_place_of_the_first_and_says_so(asked: Store) -> None:
    ann, ben = person(asked, "Ann"), person(asked, "Ben")
    judging.judge(asked, ann, 1, 2, "same")
    first = look(asked, 1, 2, ben).pair.judged
    assert first and (first.name, first.verdict) == ("Ann", "same")
    done = judging.judge(asked, ben, 1, 2, "different", seen=first.event)
    assert done.said[1] == "Ann had judged on 2026-11-22 that they are one report; that stays in the log."
    assert roots(asked, 1, 2) == [1, 2]
    assert [payload["verdict"] for _, payload in kinds(asked, "pair")] == ["same", "different"]
    done = judging.undo(asked, ben, 1, 2)
    assert roots(asked, 1, 2) == [1, 2]
    assert waiting(asked)[0] == (1, 2)


def test_judged_so_already_changes_nothing(asked: Store) -> None:
    ann, ben = person(asked, "Ann"), person(asked, "Ben")
    judging.judge(asked, ann, 1, 2, "different")
    done = judging.judge(asked, ben, 1, 2, "different")
    assert done.said == ("Nothing changed: Ann judged so on 2026-11-22.",)
    assert len(kinds(asked, "pair")) == 1


def test_one_client_id_counts_once(asked: Store) -> None:
    ann = person(asked, "Ann")
    for _ in range(2):
        judging.judge(asked, ann, 1, 2, "same", seen="", values={"date": 1}, client="c1")
    assert [kind for kind, _ in kinds(asked)] == ["pair", "merge", "value"]


@pytest.mark.parametrize("verdict", ["merge", "", "None"])
def test_a_verdict_that_is_none(asked: Store, verdict: str) -> None:
    with pytest.raises(DecisionError, match="no verdict"):
        judging.judge(asked, person(asked, "Ann"), 1, 2, verdict)


def test_decided_differently_becomes_a_conflict_that_is_said(asked: Store) -> None:
    ann = person(asked, "Ann")
    for report, verdict in ((1, "include"), (2, "exclude")):
        append(asked, ann, "decision", {"report": report, "stage": "title-abstract", "verdict": verdict, "reasons": []})
    done = judging.judge(asked, ann, 1, 2, "same")
    assert done.said[1:] == (
        "Its parts had been decided differently on title and abstract: report 1 is a conflict to resolve, with every "
        "vote.",
    )


# -- taking back


def test_undo_brings_groups_back_whole(asked: Store) -> None:
    ann = person(asked, "Ann")
    for group in ([1, 2], [3, 4]):
        append(asked, ann, "merge", {"reports": group, "rule": "test", "score": 1.0})
    judging.judge(asked, ann, 2, 3, "same")
    assert roots(asked, 1, 2, 3, 4) == [1, 1, 1, 1]
    done = judging.undo(asked, ann, 3, 2)
    assert roots(asked, 1, 2, 3, 4) == [1, 1, 3, 3]
    assert done.said == (
        "Taken back: the judgement on 2 and 3.", "2 stays together with 1.", "3 stays together with 4.",
    )  # fmt: skip
    with asked.read() as connection:
        verify(connection)


def test_undo_says_when_other_merges_hold_the_two_together(asked: Store) -> None:
    ann = person(asked, "Ann")
    judging.judge(asked, ann, 1, 2, "same")
    for group in ([1, 3], [2, 3]):
        append(asked, ann, "merge", {"reports": group, "rule": "test", "score": 1.0})
    done = judging.undo(asked, ann, 1, 2)
    assert roots(asked, 1, 2, 3) == [1, 1, 1]
    assert done.said[1].startswith("They still are one report (3 records): other merges join them.")


def test_undoing_what_nobody_judged_or_somebody_judged_anew(asked: Store) -> None:
    ann, ben = person(asked, "Ann"), person(asked, "Ben")
    with pytest.raises(DecisionError, match="nobody has judged 1 and 2"):
        judging.undo(asked, ann, 1, 2)
    judging.judge(asked, ann, 1, 2, "same")
    stood = look(asked, 1, 2, ann).pair.judged
    judging.judge(asked, ben, 1, 2, "study")
    assert stood
    with pytest.raises(DecisionError, match="Ben judged 1 and 2 meanwhile"):
        judging.undo(asked, ann, 1, 2, seen=stood.event)


# -- values


def value(store: Store, field: str, *members: int) -> object:
    with store.read() as connection:
        found = rows.members(connection, [members[0]])[members[0]]
        record, _ = shown(connection, {members[0]: [(m.id, m.record) for m in found]})[members[0]]
    assert [m.id for m in found] == list(members)
    return getattr(record, field)


def test_values_that_a_person_chose_are_shown(asked: Store) -> None:
    ann = person(asked, "Ann")
    judging.judge(asked, ann, 1, 2, "same", values={"date": 1, "pages": 2, "title": 2})
    assert value(asked, "date", 1, 2) == "2014"
    row = next(row for row in look(asked, 1, 2, ann).table if row.field == "date")
    assert row.left and row.right
    assert (row.left.chosen, row.right.chosen, row.right.by_rule, row.by) == (True, False, True, "Ann")


def test_choosing_what_the_rule_shows_is_no_choice_and_goes_back_to_it(asked: Store) -> None:
    ann = person(asked, "Ann")
    judging.judge(asked, ann, 1, 2, "same", values={"date": 2})
    assert kinds(asked, "value") == []
    judging.judge(asked, ann, 1, 2, "same", values={"date": 1})
    done = judging.judge(asked, ann, 1, 2, "same", values={"date": 2})
    assert [payload["record"] for _, payload in kinds(asked, "value")] == [1, None]
    assert done.said == ("Noted: 1 and 2 are one report, with the values that you chose.",)
    assert value(asked, "date", 1, 2) == "2014-05"


def test_values_go_with_one_report_only(asked: Store) -> None:
    judging.judge(asked, person(asked, "Ann"), 1, 2, "different", values={"date": 1})
    assert kinds(asked, "value") == []


@pytest.mark.parametrize("values", [{"date": 3}, {"nonsense": 1}, {"date": 99}])
def test_values_of_other_records_or_fields_are_refused_as_a_whole(asked: Store, values: dict[str, int]) -> None:
    with pytest.raises(DecisionError, match="to these two"):
        judging.judge(asked, person(asked, "Ann"), 1, 2, "same", values=values)
    assert kinds(asked) == []


def test_taken_back_the_chosen_values_are_shown_no_more(asked: Store) -> None:
    ann = person(asked, "Ann")
    judging.judge(asked, ann, 1, 2, "same", values={"title": 1})
    judging.undo(asked, ann, 1, 2)
    assert [value(asked, "title", one) for one in (1, 2)] == ["Mentoring of doctors", "Mentoring of Doctors."]
