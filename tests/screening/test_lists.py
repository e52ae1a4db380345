"""Lists on both databases: own decisions by filters, reports by their words, useful background."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import update

from review.store import append, schema
from screening import decisions, list_rows, lists, repairs, tags
from screening.list_rows import Filters

TA = "title-abstract"


@pytest.fixture
def busy(pair):
    """Ann has voted on 1 to 5, some of it twice; Ben on 1 and 2."""
    with pair.store.write() as connection:
        for report, title in ((4, "Laloë on well‑being"), (5, "MÜLLER’S (100 %) study_a")):
            connection.execute(update(schema.record).where(schema.record.c.id == report).values(title=title))
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ann, 2, "exclude", "wrong_population")
    pair.vote(pair.ann, 3, "exclude", "wrong_population", "wrong_outcome")
    pair.vote(pair.ann, 4, "maybe")
    pair.vote(pair.ben, 1, "exclude", "wrong_outcome")
    pair.vote(pair.ben, 2, "exclude", "wrong_outcome")
    pair.vote(pair.ann, 1, "exclude", "wrong_outcome")
    decisions.decide(pair.store, pair.protocol, pair.ann, report=5, stage=TA, verdict="maybe", note="ask Élodie")
    tags.put(pair.store, pair.ann, report=3, tags=["background", "50 %"])
    tags.put(pair.store, pair.ben, report=4, tags=["of Ben"])
    return pair


def mine(panel, who=None, **wanted):
    with panel.store.read() as connection:
        found = list_rows.decisions(connection, (who or panel.ann).person, TA, Filters(**wanted), limit=50)
    return [one.report for one in found]


@pytest.mark.parametrize(
    ("wanted", "reports"),
    [
        ({}, [5, 1, 4, 3, 2]),
        ({"verdict": "exclude"}, [1, 3, 2]),
        ({"reason": "wrong_population"}, [3, 2]),
        ({"reason": "wrong"}, []),
        ({"changed": True}, [1]),
        ({"tag": "50 %"}, [3]),
        ({"tag": "50"}, []),
        ({"tag": "of Ben"}, []),
        ({"day": "2026-11-22", "verdict": "maybe"}, [5, 4]),
        ({"day": "2026-11-21"}, []),
        ({"patterns": lists.patterns("muller's")}, [5]),
        ({"patterns": lists.patterns("elodie")}, [5]),
        ({"patterns": lists.patterns("synthetic maker")}, [1, 3, 2]),
        ({"patterns": lists.patterns("synthetic maker"), "without": ("authors",)}, []),
        ({"patterns": lists.patterns("https://doi.org/10.5555/3")}, [3]),
    ],
)
def test_own_decisions_are_filtered(busy, wanted, reports):
    assert mine(busy, **wanted) == reports
    assert mine(busy, busy.ben) == [2, 1]
    with busy.store.read() as connection:
        counted = list_rows.count(connection, busy.ann.person, TA, Filters(**wanted))
    assert lists.facets(counted, Filters(**wanted)).total == len(reports)


def test_every_choice_says_how_many_it_would_leave(busy):
    with busy.store.read() as connection:
        counted = list_rows.count(connection, busy.ann.person, TA, Filters())
    found = lists.facets(counted, Filters(verdict="exclude", reason="wrong_outcome"))
    assert found.total == 2
    assert found.verdict == {"exclude": 2}
    assert found.reason == {"wrong_outcome": 2, "wrong_population": 2}
    assert (found.day, found.tag, found.changed) == ({"2026-11-22": 2}, {"50 %": 1, "background": 1}, 1)


def test_a_merged_report_is_listed_once_with_its_newest_vote(busy):
    busy.merge(1, 4)
    assert mine(busy) == [5, 1, 3, 2]
    assert mine(busy, verdict="exclude") == [1, 3, 2]
    assert mine(busy, patterns=lists.patterns("laloe")) == [1], "a copy's title counts"
    assert mine(busy, changed=True) == [1]


def test_none_is_skipped_when_others_change_meanwhile(busy):
    with busy.store.read() as connection:
        first = list_rows.decisions(connection, busy.ann.person, TA, Filters(), limit=2)
    busy.vote(busy.ann, 1, "maybe")
    with busy.store.read() as connection:
        rest = list_rows.decisions(connection, busy.ann.person, TA, Filters(), limit=9, before=first[-1].event)
    assert [one.report for one in (*first, *rest)] == [5, 1, 4, 3, 2]


def test_the_own_history_holds_what_was_taken_back_and_nothing_of_others(busy):
    decisions.clear(busy.store, busy.protocol, busy.ann, report=1, stage=TA)
    decisions.decide(busy.store, busy.protocol, busy.ben, report=1, stage=TA, verdict="maybe",
                     note='"report":2, "stage":"title-abstract"')  # fmt: skip
    with busy.store.read() as connection:
        found = lists.history(connection, busy.ann.person, TA, 1)
        assert [one.verdict for one in lists.history(connection, busy.ben.person, TA, 2)] == ["exclude"]
    assert [(one.verdict, one.reasons) for one in found] == [
        ("cleared", ()), ("exclude", ("wrong_outcome",)), ("include", ())
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "reports"),
    [
        ("laloe WELL-BEING", [4]),
        ("LALOË", [4]),
        ("müller", [5]),
        ("Muller’s 100", [5]),
        ("study_a", [5]),
        ("study%", []),
        (".*", []),
        ("(100 [5", [5]),
        ("maker a7", [7]),
        ("1006", [6]),
        ("PMID:1006", [6]),
        ("100", [5]),
        ("7", [7]),
        ("#12", [12]),
        ("2003", [3]),
        ("doi:10.5555/11", [11]),
        ("synthetic nothing", []),
        ("topic", []),
        ("", []),
        ("\ud800\x00", []),
    ],
)
def test_reports_are_found_by_their_words(busy, words, reports):
    rules = busy.protocol.rules(TA)
    with busy.store.read() as connection:
        total, found = lists.find(connection, busy.ben.person, TA, words, rules, limit=50)
    assert ([one.report for one in found], total) == (reports, len(reports))


def test_what_is_found_tells_the_own_vote_only_and_what_is_hidden_is_not_looked_at(busy):
    rules = dataclasses.replace(busy.protocol.rules(TA), hide=("authors", "year"))
    with busy.store.read() as connection:
        total, found = lists.find(connection, busy.ben.person, TA, "synthetic", rules, limit=3, offset=1)
        assert (total, [(one.report, one.verdict) for one in found]) == (10, [(2, "exclude"), (3, None), (6, None)])
        assert lists.find(connection, busy.ben.person, TA, "maker", rules, limit=9) == (0, [])
        assert lists.find(connection, busy.ben.person, TA, "2003", rules, limit=9) == (0, [])
        assert lists.find(connection, busy.ben.person, "full-text", "synthetic", rules, limit=9) == (0, [])


def test_a_merged_report_is_found_by_any_of_its_records_and_by_what_was_repaired(busy):
    busy.merge(3, 4)
    repairs.put(busy.store, busy.ann, report=4, field="title", text="Corrected at last", source="PDF")
    rules = busy.protocol.rules(TA)
    with busy.store.read() as connection:
        for words in ("laloe", "10.5555/4 maker", "corrected", "laloe 10.5555/3 last"):
            total, (found,) = lists.find(connection, busy.ann.person, TA, words, rules, limit=9)
            assert (total, found.report, found.record.title) == (1, 3, "Corrected at last"), words


def test_others_background_is_seen_once_all_is_decided(busy):
    tags.put(busy.store, busy.ben, report=2, tags=["background"])
    tags.put(busy.store, busy.ben, report=1, tags=["background"])
    tags.put(busy.store, busy.ben, report=6, tags=["background"])

    def seen(who):
        with busy.store.read() as connection:
            return [(one.report, one.people, dict(one.verdicts)) for one in lists.background(connection, who.person)]

    about = [(2, ("Ben",), {TA: "exclude"}), (3, ("Ann",), {TA: "exclude"})]
    assert seen(busy.ann) == [(1, ("Ben",), {TA: "exclude"}), *about], "6 waits for votes"
    assert [report for report, _, _ in seen(busy.ben)] == [1, 2, 6], "nor is 3 decided"
    round_ = {"name": "check", "kind": "quality", "seed": 1, "how": {}}
    append(busy.store, busy.ben, "assignment", {"stage": TA, "round": round_, "add": {busy.ann.person: [2]}})
    busy.vote(busy.ann, 1, "maybe")
    assert seen(busy.ann)[0][0] != 1, "a conflict is not decided"
    decisions.clear(busy.store, busy.protocol, busy.ann, report=1, stage=TA)
    busy.vote(busy.ann, 1, "include")
    busy.vote(busy.ben, 1, "include")
    assert 1 not in [report for report, _, _ in seen(busy.ann)], "it waits at full text now"
