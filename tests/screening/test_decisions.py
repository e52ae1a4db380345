"""Votes, undo, conflicts and resolutions: what is refused, and that nothing is ever lost."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from review.errors import DecisionError
from review.store import Store, append, schema
from review.store.verify import verify
from screening import conflicts as conflict
from screening import decisions, worklist


def decide(panel, who, report=1, verdict="exclude", *reasons, stage="title-abstract", **more):
    return decisions.decide(
        panel.store, panel.protocol, who, report=report, stage=stage, verdict=verdict, reasons=reasons, **more
    )


def resolve(panel, who, report, verdict, *reasons, **more):
    return decisions.resolve(
        panel.store,
        panel.protocol,
        who,
        report=report,
        stage="title-abstract",
        verdict=verdict,
        reasons=reasons,
        **more,
    )


def undo(panel, who):
    return decisions.undo(panel.store, panel.protocol, who, "title-abstract")


def mine(panel, who, **page):
    with panel.store.read() as connection:
        return decisions.mine(connection, who.person, "title-abstract", **page)


def conflicts(panel):
    with panel.store.read() as connection:
        return conflict.conflicts(connection, panel.protocol, "title-abstract", panel.ann.person)


def events(panel):
    with panel.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.event))


# -- one vote


def test_a_vote_is_an_event_and_decides(solo):
    event = decide(solo, solo.ann, 3, "exclude", "wrong_outcome", note="  No outcome\r\nat all ")
    assert (event.person, event.kind) == (solo.ann.person, "decision")
    assert event.payload == {
        "report": 3, "stage": "title-abstract", "verdict": "exclude", "reasons": ["wrong_outcome"],
        "note": "No outcome\nat all",
    }  # fmt: skip
    assert solo.status(3) == "excluded"
    with solo.store.read() as connection:
        assert verify(connection).events == events(solo)


def test_reasons_are_kept_once_in_the_order_of_the_protocol(solo):
    event = decide(solo, solo.ann, 1, "exclude", "wrong_outcome", "wrong_population", "wrong_outcome")
    assert event.payload["reasons"] == ["wrong_population", "wrong_outcome"]


def test_a_vote_can_be_changed_and_the_old_one_stays_in_the_log(solo):
    before = events(solo)
    decide(solo, solo.ann, 1, "exclude")
    decide(solo, solo.ann, 1, "include")
    assert solo.status(1) == "included"
    assert events(solo) == before + 2


def test_saying_the_same_again_adds_nothing(solo):
    first = decide(solo, solo.ann, 1, "exclude", "wrong_outcome")
    assert decide(solo, solo.ann, 1, "exclude", "wrong_outcome") == first
    assert decide(solo, solo.ann, 1, "exclude", "wrong_outcome", note="because") != first


def test_one_vote_sent_twice_counts_once(solo):
    first = decide(solo, solo.ann, 1, "include", client="c-1")
    decide(solo, solo.ann, 1, "exclude", client="c-2")
    assert decide(solo, solo.ann, 1, "include", client="c-1") == first
    assert solo.status(1) == "excluded"


def test_a_vote_sent_again_is_confirmed_even_when_its_stage_has_closed_since(solo):
    decide(solo, solo.ann, 1, "include")
    first = decide(solo, solo.ann, 1, "include", stage="full-text", client="c-1")
    decide(solo, solo.ann, 1, "exclude")
    assert decide(solo, solo.ann, 1, "include", stage="full-text", client="c-1") == first


def test_an_id_used_for_another_vote_is_refused(solo):
    decide(solo, solo.ann, 1, "include", client="c-1")
    with pytest.raises(DecisionError, match="already used"):
        decide(solo, solo.ann, 2, "include", client="c-1")
    with pytest.raises(DecisionError, match="already used"):
        decide(solo, solo.ben, 1, "include", client="c-1")


@pytest.mark.parametrize(
    ("vote", "message"),
    [
        ({"report": 99}, "there is no report 99"),
        ({"verdict": "exlude"}, "'exlude' is no verdict; did you mean 'exclude'?"),
        ({"reasons": ["wrong_populaton"]}, "no exclusion reason of this stage; did you mean 'wrong_population'?"),
        ({"verdict": "include", "reasons": ["wrong_outcome"]}, "a reason cannot go with 'include'"),
        ({"verdict": "maybe", "reasons": ["wrong_outcome"]}, "a reason cannot go with 'maybe'"),
        ({"stage": "full-text", "reasons": ["wrong_outcome"]}, "not at the full-text stage"),
        ({"stage": "full-text"}, "needs a reason"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_logged(filled: Store, make_panel, vote, message):
    panel = make_panel(filled)
    before = events(panel)
    what = {"report": 1, "stage": "title-abstract", "verdict": "exclude", **vote}
    with pytest.raises(DecisionError, match=message):
        decisions.decide(panel.store, panel.protocol, panel.ann, **what)
    assert events(panel) == before


def test_a_vote_on_a_merged_report_is_sent_to_the_whole(solo):
    solo.merge(2, 7)
    with pytest.raises(DecisionError, match="report 7 was merged into report 2"):
        decide(solo, solo.ann, 7)


def test_a_full_text_that_could_not_be_had_is_not_voted_on(solo):
    decide(solo, solo.ann, 1, "include")
    append(solo.store, solo.ann, "retrieval", {"report": 1, "outcome": "not_retrieved", "route": None, "note": None})
    with pytest.raises(DecisionError, match="not retrieved"):
        decide(solo, solo.ann, 1, "include", stage="full-text")


def test_a_removed_report_is_not_voted_on(filled: Store, make_panel):
    panel = make_panel(filled)
    with filled.write() as connection:
        connection.execute(schema.record.update().values(matched="no"))
    append(filled, panel.ann, "protocol", {"hash": "h2", "rules": {"title-abstract": {"remove_unmatched": True}}})
    with pytest.raises(DecisionError, match="does not match the search strategy"):
        decide(panel, panel.ann, 1, "include")


def test_a_note_keeps_only_what_can_be_stored(solo):
    assert decide(solo, solo.ann, 1, "include", note="a\x00b\ud800").payload["note"] == "a b?"
    assert decide(solo, solo.ann, 2, "include", note=" \n ").payload["note"] is None


# -- undo


def test_undo_goes_back_vote_by_vote(solo):
    decide(solo, solo.ann, 5, "include")
    decide(solo, solo.ann, 2, "exclude")
    assert (undo(solo, solo.ann), undo(solo, solo.ann), undo(solo, solo.ann)) == (2, 5, None)
    assert (solo.status(5), solo.status(2)) == ("waiting", "waiting")


def test_undo_takes_back_my_own_votes_only(pair):
    decide(pair, pair.ann, 1, "include")
    decide(pair, pair.ben, 1, "include")
    assert undo(pair, pair.ann) == 1
    assert pair.status(1) == "started"
    assert undo(pair, pair.ann) is None


def test_undo_of_a_merged_report_takes_back_all_my_votes_on_it(solo):
    decide(solo, solo.ann, 2, "include")
    decide(solo, solo.ann, 7, "exclude")
    solo.merge(2, 7)
    assert undo(solo, solo.ann) == 2
    assert solo.status(2) == "waiting"
    assert undo(solo, solo.ann) is None


def test_clear_takes_back_one_vote(solo):
    decide(solo, solo.ann, 1, "include")
    decide(solo, solo.ann, 2, "include")
    event = decisions.clear(solo.store, solo.protocol, solo.ann, report=1, stage="title-abstract")
    assert (event.payload["report"], event.payload["verdict"]) == (1, "cleared")
    assert (solo.status(1), solo.status(2)) == ("waiting", "included")
    for report, message in ((1, "you have no vote on report 1"), (99, "there is no report 99")):
        with pytest.raises(DecisionError, match=message):
            decisions.clear(solo.store, solo.protocol, solo.ann, report=report, stage="title-abstract")


# -- my decisions


def test_mine_lists_my_current_decisions_newest_first(pair):
    decide(pair, pair.ann, 1, "include")
    decide(pair, pair.ann, 2, "exclude", "wrong_outcome", note="n")
    decide(pair, pair.ann, 3, "maybe")
    decide(pair, pair.ann, 1, "exclude")
    decide(pair, pair.ben, 4, "include")
    found = mine(pair, pair.ann)
    assert [(d.report, d.verdict, d.reasons, d.note) for d in found] == [
        (1, "exclude", (), None), (3, "maybe", (), None), (2, "exclude", ("wrong_outcome",), "n")
    ]  # fmt: skip
    assert found[0].title == "Synthetic report 1"
    assert found[0].at > found[1].at > found[2].at
    assert [d.report for d in mine(pair, pair.ann, limit=1, offset=1)] == [3]


def test_mine_shows_a_merged_report_once(solo):
    decide(solo, solo.ann, 2, "include")
    decide(solo, solo.ann, 7, "exclude")
    solo.merge(2, 7)
    assert [(d.report, d.verdict) for d in mine(solo, solo.ann)] == [(2, "exclude")]


# -- conflicts


@pytest.fixture
def torn(pair):
    """Give a panel whose two screeners disagree on report 1."""
    decide(pair, pair.ann, 1, "include", note="looks right")
    decide(pair, pair.ben, 1, "exclude", "wrong_outcome")
    return pair


def test_a_resolution_ends_the_conflict_beside_the_votes(torn):
    event = resolve(torn, torn.ann, 1, "exclude", "wrong_population", note="discussed")
    with torn.store.read() as connection:
        votes = connection.execute(select(schema.decision.c.event)).scalars().all()
        assert event.payload["acts_on"] == sorted(votes)
        assert verify(connection).events == events(torn)
    assert (torn.status(1), conflicts(torn)) == ("excluded", [])
    assert [d.verdict for d in mine(torn, torn.ann)] == ["include"]


def test_a_vote_changed_after_a_resolution_opens_the_report_again(torn):
    resolve(torn, torn.ann, 1, "include")
    decide(torn, torn.ben, 1, "exclude", "wrong_population")
    assert torn.status(1) == "conflict"


def test_a_conflict_of_a_merged_report_is_resolved_on_all_its_votes(pair):
    decide(pair, pair.ann, 2, "include")
    decide(pair, pair.ben, 7, "exclude")
    pair.merge(2, 7)
    assert [c.report for c in conflicts(pair)] == [2]
    resolve(pair, pair.ben, 2, "include")
    assert pair.status(2) == "included"


def test_votes_on_a_merged_report_stand_person_by_person(pair):
    decide(pair, pair.ann, 2, "include")
    decide(pair, pair.ben, 7, "exclude")
    decide(pair, pair.ann, 7, "maybe")
    with pair.store.write() as connection:
        connection.execute(schema.record.update().where(schema.record.c.id == 2).values(title="Synthetic"))
    pair.merge(2, 7)
    (conflict,) = conflicts(pair)
    assert conflict.title == "Synthetic report 7"  # the longest of its records
    said = [(v.person_name, v.verdict) for v in conflict.votes]
    assert said == [("Ann", "include"), ("Ann", "maybe"), ("Ben", "exclude")]
    with pair.store.write() as connection:
        connection.execute(schema.record.update().where(schema.record.c.id == 7).values(title="Syn"))
    assert conflicts(pair)[0].title == "Synthetic"


def test_who_said_two_things_of_two_copies_has_to_say_again(solo):
    decide(solo, solo.ann, 2, "include")
    decide(solo, solo.ann, 7, "exclude")
    solo.merge(2, 7)
    assert solo.status(2) == "conflict"
    again = decide(solo, solo.ann, 2, "include")  # says what one of the two votes says, but of the whole
    assert len(again.payload["acts_on"]) == 2
    assert solo.status(2) == "included"
    assert decide(solo, solo.ann, 2, "include") == again
    changed = decide(solo, solo.ann, 2, "exclude")
    assert len(changed.payload["acts_on"]) == 2
    assert solo.status(2) == "excluded"
    append(solo.store, solo.ann, "split", {"reports": [7]})
    assert (solo.status(2), solo.status(7)) == ("excluded", "excluded")


def test_the_same_said_of_two_copies_is_one_vote(pair):
    for report in (2, 7):
        decide(pair, pair.ann, report, "include")
    pair.merge(2, 7)
    assert pair.status(2) == "started"
    decide(pair, pair.ben, 2, "include")
    assert pair.status(2) == "included"


def test_a_vote_on_a_merged_report_sent_twice_counts_once(solo):
    decide(solo, solo.ann, 2, "include")
    decide(solo, solo.ann, 7, "exclude")
    solo.merge(2, 7)
    first = decide(solo, solo.ann, 2, "include", client="v-1")
    assert decide(solo, solo.ann, 2, "include", client="v-1") == first


def test_conflicts_that_ended_otherwise_on_two_copies_are_one_conflict(pair):
    for report, outcome in ((2, "include"), (7, "exclude")):
        decide(pair, pair.ann, report, "include")
        decide(pair, pair.ben, report, "exclude")
        resolve(pair, pair.ben, report, outcome)
    pair.merge(2, 7)
    assert pair.status(2) == "conflict"
    resolve(pair, pair.ann, 2, "include")
    assert pair.status(2) == "included"
    append(pair.store, pair.ann, "split", {"reports": [7]})
    assert (pair.status(2), pair.status(7)) == ("included", "excluded")


def test_conflicts_that_ended_alike_on_two_copies_stay_ended(pair):
    for report in (2, 7):
        decide(pair, pair.ann, report, "include")
        decide(pair, pair.ben, report, "exclude")
        resolve(pair, pair.ben, report, "exclude")
    pair.merge(2, 7)
    assert pair.status(2) == "excluded"


def test_only_a_conflict_can_be_resolved(torn):
    with pytest.raises(DecisionError, match="report 2 is not in conflict"):
        resolve(torn, torn.ann, 2, "include")
    with pytest.raises(DecisionError, match="cannot be a maybe"):
        resolve(torn, torn.ann, 1, "maybe")
    with pytest.raises(DecisionError, match="no exclusion reason"):
        resolve(torn, torn.ann, 1, "exclude", "boring")
    with pytest.raises(DecisionError, match="there is no report 99"):
        resolve(torn, torn.ann, 99, "include")


def test_a_resolution_sent_twice_counts_once(torn):
    first = resolve(torn, torn.ann, 1, "include", client="r-1")
    assert resolve(torn, torn.ann, 1, "include", client="r-1") == first
    with pytest.raises(DecisionError, match="already used"):
        resolve(torn, torn.ann, 1, "exclude", client="r-1")


def test_two_maybes_are_to_be_discussed_unless_maybe_counts_as_include(filled: Store, make_panel):
    panel = make_panel(filled, votes=2)
    for who in (panel.ann, panel.ben):
        decide(panel, who, 1, "maybe")
    assert panel.status(1) == "conflict"
    lenient = make_panel(filled, votes=2, maybe="include")
    assert lenient.status(1) == "included"
    with filled.read() as connection:
        assert worklist.progress(connection, panel.ann.person, "full-text").waiting == 1
