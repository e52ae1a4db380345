"""Retractions in the reports: marks in the tables, the date of the last check, warnings; nobody is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_log import Log, papers

from reports import notices
from reports.build import build
from reports.material import Material
from reports.notice_rows import Notice, Told
from reports.rows import Paper
from reports.studies import studies
from review.record import Record

RETRACTION = {"kind": "retracted", "about": "10.5555/notice", "on": "2024-05-02", "label": "Retraction"}


def included(*flags: tuple[str, ...], study: str | None = None) -> tuple[Paper, ...]:
    return tuple(
        Paper(n, study or f"s{n}", Record(title=f"T{n}", authors=(f"A{n}, B",), date="2014", flags=own))
        for n, own in enumerate(flags, start=1)
    )


def test_a_study_is_marked_with_the_earliest_date_that_a_source_gives() -> None:
    told = Told(
        {
            1: [Notice("retracted", None, "Retracted"), Notice("retracted", "2024-05", "Retraction"),
                Notice("retracted", "2025", "Retraction")],
            2: [Notice("concern", "2023", "x"), Notice("corrected", "2022", "Erratum")],
            3: [Notice("retracted", "2021-01-01", "Partial retraction (publisher)")],
        },
        {},
    )  # fmt: skip
    some = notices.flagged(included((), (), (), ("retracted",), ("corrected",)), told)
    marks = {study.label: notices.mark(study, told) for study in studies(some)}
    assert marks == {
        "A1 2014": " [retracted 2024-05]", "A2 2014": " [expression of concern 2023]",
        "A3 2014": " [partially retracted 2021-01-01]", "A4 2014": " [retracted]", "A5 2014": "",
    }  # fmt: skip
    (one,) = studies(notices.flagged(included((), (), study="s"), replace(told, notices={1: told.notices[1]})))
    assert notices.mark(one, told) == " [1 of 2 reports retracted 2024-05]"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "It was not checked whether the included reports have been retracted or corrected."),
        ({1: {"crossref": "2026-11-20T10", "openalex": "2026-11-20T11"}, 2: {"pubmed": "2026-11-20T12"}},
         "The retraction status of the included reports was last checked on 2026-11-20 (Crossref, OpenAlex, PubMed)."),
        ({1: {"crossref": "2026-01-20T10", "openalex": "2026-10-01T11"}},
         "The retraction status of the included reports was last checked on 2026-10-01 (Crossref, OpenAlex);"
         " 1 report could not be checked."),
        ({1: {"crossref": "2026-01-20T10"}, 2: {"crossref": "2026-11-02T10"}},
         "The retraction status of the included reports was last checked between 2026-01-20 and 2026-11-02"
         " (Crossref)."),
    ],
)  # fmt: skip
def test_what_is_printed_of_the_last_check(asked: Any, said: str) -> None:
    assert list(notices.sentences(included((), ()), Told({}, asked))) == [said]


def test_what_is_known_is_counted_and_nothing_included_says_nothing() -> None:
    flags = (("retracted",), ("retracted", "corrected"), ("expression of concern",), ())
    assert list(notices.sentences(included(*flags), Told({}, {})))[1:] == [
        "Of 4 included reports: 2 retracted, 1 with an expression of concern, 1 corrected."
    ]
    assert list(notices.sentences((), Told({}, {}))) == []


def test_only_an_old_check_is_overdue() -> None:
    told = Told({}, {1: {"crossref": "2026-10-01T10", "pubmed": "2026-10-23T10"}, 2: {"crossref": "2026-10-24T10"}})
    some = included((), (), ())
    assert list(notices.overdue(some, told, "2026-11-22")) == []
    (said,) = notices.overdue(some, told, "2026-11-23")
    assert "2026-10-23" in said
    assert list(notices.overdue((), told, "2027-11-22")) == []


def test_the_reports_say_it_and_no_file_depends_on_the_day(log: Log, tmp_path: Path) -> None:
    log.search(papers(3))
    log.include(1, 2)
    log.merge((1, 3))
    never = made(log, tmp_path / "a", "2026-11-22")
    assert "it was never checked whether included reports were retracted: review retractions" in never.warnings
    log.note([("notices", {"source": "crossref", "reports": [3], "found": [{"report": 3, **RETRACTION}]})])
    first, later = (made(log, tmp_path / day, day) for day in ("2026-11-22", "2027-11-22"))
    assert "included reports retracted: 1 (Author1 2014)" in first.warnings
    assert "included reports not checked for retraction: 1 (new, unknown to the sources, or without any id)" in (
        first.warnings
    )
    (overdue,) = set(later.warnings) - set(first.warnings)
    assert "over 30 days ago" in overdue
    assert first.files == later.files
    table = (tmp_path / "2026-11-22/tables/characteristics_research.md").read_text("utf-8")
    assert "Author1 2014 \\[retracted 2024-05-02\\]" in table
    assert "last checked on 2026-11-22 (Crossref); 1 report could not be checked." in table
    methods = (tmp_path / "2026-11-22/methods.md").read_text("utf-8")
    assert "Of 2 included reports: 1 retracted." in methods


def made(log: Log, out: Path, day: str) -> Any:
    with log.store.read() as connection:
        return build(Material(connection, log.protocol), out, formats=("md", "ris"), today=day)
