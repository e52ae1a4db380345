"""Notices in the log and out of it: what stays read, what merging does, who is asked about again, chips."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from review.errors import DecisionError
from review.store import schema
from review.store.verify import verify
from screening import notice_rows, notices, repairs
from screening.notices import Line
from tests.screening.conftest import Panel

ERRATUM = {"kind": "corrected", "about": "10.5555/erratum", "on": "2025-01", "label": "Erratum"}
RETRACTION = {"kind": "retracted", "about": "10.5555/notice", "on": "2024-05-02", "label": "Retraction (publisher)"}
BARE = {"kind": "retracted", "about": "", "on": None, "label": "Retracted"}


def include(panel: Panel, *reports: int, stage: Any = "full-text") -> None:
    for report in reports:
        panel.vote(panel.ann, report, "include")
        if stage == "full-text":
            panel.vote(panel.ann, report, "include", stage="full-text")


def say(panel: Panel, source: str, told: dict[int, list[dict[str, Any]]], *unknown: int) -> None:
    notices.note(panel.store, panel.ann, source, told, unknown)


def lines(panel: Panel) -> list[Line]:
    with panel.store.read() as connection:
        verify(connection)
        return notices.lines(connection)


def short(panel: Panel) -> list[tuple[int, str, list[str], bool]]:
    return [(one.report, one.kind, [told.source for told in one.told], one.new) for one in lines(panel)]


def test_several_sources_tell_of_one_retraction_and_of_it_once(solo: Panel) -> None:
    say(solo, "crossref", {1: [RETRACTION, ERRATUM], 2: []})
    say(solo, "openalex", {1: [BARE], 2: []})
    assert short(solo) == [(1, "retracted", ["Crossref", "OpenAlex"], True), (1, "corrected", ["Crossref"], True)]
    first = lines(solo)[0]
    assert (first.on, first.told[0].link) == ("2024-05-02", "https://doi.org/10.5555/notice")
    assert first.unread == (("crossref", "10.5555/notice"), ("openalex", ""))


def test_what_was_read_stays_read_and_what_comes_is_new(solo: Panel) -> None:
    say(solo, "crossref", {1: [RETRACTION, ERRATUM]})
    for one in lines(solo):
        notices.see(solo.store, solo.ben, report=1, kind=one.kind, which=one.unread)
    say(solo, "crossref", {1: [RETRACTION, ERRATUM, {**ERRATUM, "about": "10.5555/second"}]})
    say(solo, "pubmed", {1: [{**RETRACTION, "about": "201"}]})
    found = {one.kind: one for one in lines(solo)}
    assert not found["retracted"].new, "a report is retracted once, whoever says so next"
    assert found["corrected"].unread == (("crossref", "10.5555/second"),)
    notices.see(solo.store, solo.ann, report=1, kind="corrected", which=[("crossref", "10.5555/other")])
    assert {one.kind: one.new for one in lines(solo)}["corrected"], "only what was shown is read"
    say(solo, "crossref", {1: []})
    assert short(solo) == [(1, "retracted", ["PubMed"], True)]
    with pytest.raises(DecisionError):
        notices.see(solo.store, solo.ann, report=99, kind="retracted", which=[])


def test_a_source_that_does_not_know_a_report_any_more_takes_nothing_back(solo: Panel) -> None:
    say(solo, "crossref", {1: [RETRACTION]})
    say(solo, "crossref", {2: []}, 1)
    assert short(solo) == [(1, "retracted", ["Crossref"], True)]


def test_notices_follow_a_merge_and_stay_read(solo: Panel) -> None:
    say(solo, "crossref", {2: [RETRACTION]})
    notices.see(solo.store, solo.ann, report=2, kind="retracted", which=[("crossref", "10.5555/notice")])
    solo.merge(1, 2)
    say(solo, "crossref", {1: [RETRACTION]})
    assert short(solo) == [(1, "retracted", ["Crossref"], False)]
    say(solo, "crossref", {1: []})
    assert short(solo) == [], "taken back for every record of it"


def test_who_is_asked_about_and_by_what(solo: Panel) -> None:
    store = solo.store
    include(solo, 1, 2, 3)
    include(solo, 4, stage="title-abstract")
    solo.vote(solo.ann, 5, "include")
    solo.vote(solo.ann, 5, "exclude", "wrong_outcome", stage="full-text")
    solo.merge(1, 6)
    repairs.put(store, solo.ann, report=2, field="doi", text="10.5555/right", source="the paper")
    record = schema.record
    with store.write() as connection:
        connection.execute(update(record).where(record.c.id == 3).values(doi=None, pmid=None))
    with store.read() as connection:
        roots = notice_rows.at_full_text(connection)
        asked = notice_rows.keys(connection, roots)
        assert asked == {
            1: ("doi:10.5555/1", "doi:10.5555/6", "pmid:1001", "pmid:1006"),
            2: ("doi:10.5555/right", "pmid:1002"),
            3: (),
            4: ("doi:10.5555/4", "pmid:1004"),
        }
        assert notice_rows.every(connection) == [1, 2, 3, 4, 5, *range(7, 13)]
        assert notice_rows.unchecked_included(connection) == [1, 2], "3 has no id, 4 is not included"
    say(solo, "crossref", {6: []}, 2)
    with store.read() as connection:
        assert notice_rows.unchecked_included(connection) == [], "1 was through 6; 2 is known to nobody"
        told = notices.checks(connection)
    assert (told.reports, told.never, told.without_id, told.sources) == (4, 3, 1, ("Crossref",))
    assert told.earliest == told.latest


def test_flags_of_records_are_listed_without_any_source_and_chips_say_each_once(solo: Panel) -> None:
    include(solo, 1)
    record = schema.record
    with solo.store.write() as connection:
        flags = {"flags": ["retracted", "expression of concern"]}
        connection.execute(update(record).where(record.c.id.in_((1, 2))).values(more=flags))
    say(solo, "pubmed", {1: [{**BARE, "label": None}, ERRATUM]})
    assert short(solo) == [
        (1, "retracted", ["PubMed", "as imported"], True), (1, "corrected", ["PubMed"], True),
        (1, "concern", ["as imported"], False),
    ]  # fmt: skip
    with solo.store.read() as connection:
        assert notices.chips(connection, [1, 2]) == {1: ("Retracted", "Corrected")}
        assert [(one.report, one.kind) for one in notices.unread(connection)] == [(1, "retracted"), (1, "corrected")]


def test_only_what_was_not_known_is_news() -> None:
    def line(kind: str, *abouts: str) -> Line:
        told = tuple(notices.Told("Crossref" if one else "OpenAlex", one, None, None, None) for one in abouts)
        return Line(1, kind, told, None, None, True, ())

    imported = Line(1, "retracted", (notices.Told(notices.AS_IMPORTED, "", None, None, None),), None, None, False, ())
    for before, now, news in (
        ([], [line("retracted", "a")], True),
        ([imported], [line("retracted", "a")], True),
        ([line("retracted", "a")], [line("retracted", "a", "")], False),
        ([line("corrected", "a")], [line("corrected", "a", "b")], True),
        ([line("corrected", "a", "b")], [line("corrected", "a")], False),
        ([], [imported], False),
    ):
        assert bool(notices.newly_told(before, now)) == news
