"""Agreement of screeners on their first independent votes."""

from __future__ import annotations

import pytest

from review.errors import DecisionError
from review.store import Actor, Entry, append, append_many
from review.store.events import enrol
from screening import decisions
from screening.reliability import reliability

STAGE = "title-abstract"


def measured(panel, stage=STAGE, round=None):
    with panel.store.read() as connection:
        return reliability(connection, stage, round)


def logged(panel, who: Actor, verdicts) -> None:
    """Let a person vote on report after report, in one transaction."""
    entries = [Entry("decision", {"report": n, "stage": STAGE, "verdict": v, "reasons": []}) for n, v in verdicts]
    with panel.store.write() as connection:
        append_many(panel.store, connection, who, entries)


def hand(panel, name: str, kind: str, **shared: list[int]) -> None:
    about = {"name": name, "kind": kind, "seed": 1, "how": {}}
    add = {getattr(panel, who).person: reports for who, reports in shared.items()}
    append(panel.store, panel.ann, "assignment", {"stage": STAGE, "round": about, "add": add})


def enrolled(panel, name: str) -> Actor:
    with panel.store.write() as connection:
        return Actor(enrol(panel.store, connection, name), "h")


def cast(panel, ann: str, ben: str) -> None:
    """Let Ann, then Ben vote on the reports from 1 on: i, e or m each."""
    words = {"i": "include", "e": "exclude", "m": "maybe"}
    for who, letters in ((panel.ann, ann), (panel.ben, ben)):
        for report, letter in enumerate(letters, start=1):
            panel.vote(who, report, words[letter])


def test_one_screener_has_nobody_to_agree_with(solo):
    solo.vote(solo.ann, 1, "include")
    found = measured(solo)
    assert (found.screeners, found.reports, found.pairs, found.fleiss, found.alpha) == (("Ann",), 0, (), None, None)


def test_two_screeners(pair):
    cast(pair, "iieeeeeeee", "ieeeeeeee")  # the tenth report has one vote
    found = measured(pair)
    assert (found.screeners, found.reports) == (("Ann", "Ben"), 9)
    (both,) = found.pairs
    assert (both.first, both.second, both.agreement.n) == ("Ann", "Ben", 9)
    assert both.agreement.observed == pytest.approx(8 / 9)
    assert both.agreement.pabak == pytest.approx(7 / 9)  # two categories: nobody said maybe
    assert both.agreement.kappa == pytest.approx((72 - 58) / (81 - 58))  # chance (2*1 + 7*8) / 81


def test_what_was_changed_after_the_others_vote_does_not_count(pair):
    cast(pair, "ie", "ee")
    pair.vote(pair.ann, 1, "exclude")  # after Ben's exclude
    decisions.undo(pair.store, pair.protocol, pair.ann, "title-abstract")
    pair.vote(pair.ann, 1, "exclude")
    assert measured(pair).pairs[0].agreement.observed == 0.5


def test_a_slip_taken_back_at_once_does_not_count(pair):
    pair.vote(pair.ann, 1, "include")
    decisions.undo(pair.store, pair.protocol, pair.ann, "title-abstract")
    cast(pair, "ee", "ei")
    assert measured(pair).pairs[0].agreement.observed == 0.5


def test_a_maybe_is_a_category_of_its_own(pair):
    cast(pair, "ime", "iee")
    agreement = measured(pair).pairs[0].agreement
    assert agreement.observed == pytest.approx(2 / 3)
    assert agreement.pabak == pytest.approx(0.5)  # three categories: (3 * 2/3 - 1) / 2


def test_votes_on_reports_merged_later_meet(pair):
    pair.vote(pair.ann, 2, "include")
    pair.vote(pair.ben, 7, "include")
    assert measured(pair).reports == 0
    pair.merge(2, 7)
    assert measured(pair).reports == 1


def test_the_other_stage_is_left_out(pair):
    cast(pair, "i", "i")
    pair.vote(pair.ann, 1, "include", stage="full-text")
    pair.vote(pair.ben, 1, "exclude", "wrong_outcome", stage="full-text")
    assert measured(pair).pairs[0].agreement.observed == 1.0
    assert measured(pair, "full-text").pairs[0].agreement.observed == 0.0


def test_three_screeners_get_every_pair_and_a_figure_for_all(pair):
    cy = enrolled(pair, "Cy")
    cast(pair, "ie", "ie")
    pair.vote(cy, 1, "include")
    pair.vote(cy, 2, "include")
    found = measured(pair)
    assert [(p.first, p.second) for p in found.pairs] == [("Ann", "Ben"), ("Ann", "Cy"), ("Ben", "Cy")]
    # observed (1 + 1/3) / 2; chance (4/6)^2 + (2/6)^2
    assert found.fleiss == pytest.approx((2 / 3 - 5 / 9) / (1 - 5 / 9))
    # coincidences: 2 of 6 ratings disagree; 1 - (6 - 1) * 2 / (36 - 16 - 4)
    assert found.alpha == pytest.approx(1 - 5 * 2 / 16)


def test_rare_includes_through_votes(pair, fill):
    """200 reports, 5 included by both, 4 by Ann only, 3 by Ben only: kappa .570, AC1 .962, PABAK .930."""
    fill(pair.store, 188)
    logged(pair, pair.ann, [(n, "include" if n <= 9 else "exclude") for n in range(1, 201)])
    logged(pair, pair.ben, [(n, "include" if n <= 5 or 10 <= n <= 12 else "exclude") for n in range(1, 201)])
    found = measured(pair)
    (both,) = found.pairs
    figures = (both.agreement.kappa, both.agreement.ac1, both.agreement.pabak)
    assert [round(one, 3) for one in figures] == [0.570, 0.962, 0.930]
    assert both.table == ((5, 4), (3, 188))
    assert found.included == pytest.approx(17 / 400)
    assert [one.report for one in found.disagreements] == [6, 7, 8, 9, 10, 11, 12]


def test_partial_overlap_and_a_changing_panel(pair):
    """Ann reads 1 to 6, Ben 4 to 9, Cy takes over from Ann: each pair counts what both read, nothing else."""
    cy = enrolled(pair, "Cy")
    logged(pair, pair.ann, [(n, "include" if n < 3 else "exclude") for n in range(1, 7)])
    logged(pair, pair.ben, [(n, "include" if n == 4 else "exclude") for n in range(4, 10)])
    logged(pair, cy, [(n, "include" if n == 8 else "exclude") for n in (1, 8, 9)])
    found = measured(pair)
    assert [(p.first, p.second, p.agreement.n, p.table) for p in found.pairs] == [
        ("Ann", "Ben", 3, ((0, 0), (1, 2))), ("Ann", "Cy", 1, ((0, 1), (0, 0))), ("Ben", "Cy", 2, ((0, 0), (1, 1))),
    ]  # fmt: skip
    assert (found.reports, [one.report for one in found.disagreements]) == (6, [1, 4, 8])
    # 12 votes on the 6 reports, 3 includes; alpha 1 - 11 * (2 + 2 + 2) / (144 - 81 - 9)
    assert found.alpha == pytest.approx(1 - 11 * 6 / 54)


def test_a_round_counts_its_reports_and_people_once_it_is_complete(pair):
    cy = enrolled(pair, "Cy")
    hand(pair, "first", "pilot", ann=[1, 2, 3], ben=[1, 2, 3])
    logged(pair, cy, [(1, "exclude")])
    logged(pair, pair.ann, [(1, "include"), (2, "exclude"), (3, "exclude"), (4, "include")])
    logged(pair, pair.ben, [(1, "include"), (2, "include"), (4, "exclude")])
    with pytest.raises(DecisionError, match="not complete"):
        measured(pair, round="first")
    with pytest.raises(DecisionError, match="there is no round 'second'"):
        measured(pair, round="second")
    logged(pair, pair.ben, [(3, "exclude"), (2, "exclude")])  # a changed mind after the first vote
    found = measured(pair, round="first")
    assert (found.screeners, found.reports, found.pairs[0].table) == (("Ann", "Ben"), 3, ((1, 0), (1, 1)))
    assert measured(pair).reports == 4


def test_a_check_of_exclusions_is_compared_with_whoever_excluded(pair):
    cast(pair, "eee", "")
    hand(pair, "check", "quality", ben=[2, 3])
    logged(pair, pair.ben, [(2, "exclude"), (3, "include")])
    assert measured(pair, round="check").pairs[0].table == ((0, 0), (1, 1))
