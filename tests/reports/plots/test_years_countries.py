"""Included studies by year and by country."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_log import FORM, HOSTILE, RIGHT_TO_LEFT, Log, answer, papers

from reports.characteristics import place_asked
from reports.material import Material
from reports.plots.canvas import Figure, Rect, Words
from reports.plots.countries import countries
from reports.plots.years import periods, years
from review.forms import Field, Form, Section
from review.record import Record


def words(figure: Figure) -> list[str]:
    return [shape.text for shape in figure.shapes if isinstance(shape, Words)]


def test_every_year_of_the_span_is_shown_and_an_unknown_one_is_counted_apart(log: Log) -> None:
    log.search([Record(title="A", date="2011-05"), Record(title="B", date="2014"), Record(title="C", date="2014"),
                Record(title="D"), Record(title="E", date="2008")])  # fmt: skip
    with log.store.read() as connection:
        assert list(years(Material(connection, log.protocol))) == []
    log.include(1, 2, 3, 4, 5)
    log.note([("study", {"study": "one", "reports": [1, 5]})])
    with log.store.read() as connection:
        (drawn,) = years(Material(connection, log.protocol))
    bars = [shape for shape in drawn.shapes if isinstance(shape, Rect)]
    assert len(bars) == 2  # a study of two reports is of the year of the first
    assert bars[1].h == 2 * bars[0].h
    assert [text for text in words(drawn) if text.startswith("20")] == [str(year) for year in range(2008, 2015)]
    assert "Year not reported: 1 study." in words(drawn)
    assert "4 included studies by year of publication. 2008: 1, 2014: 2;" in drawn.description


@pytest.mark.parametrize(("last", "many", "step"), [(1979, 60, 1), (1980, 31, 2), (9999, 17, 500)])
def test_a_long_span_is_parted_into_periods(last: int, many: int, step: int) -> None:
    parts = periods({1920: 2, last: 1})
    assert (len(parts), parts[0][1] - parts[0][0] + 1) == (many, step)
    assert (parts[0][2], parts[-1][2], sum(n for *_, n in parts)) == (2, 1, 3)


def test_a_study_in_several_countries_counts_in_each_and_what_is_missing_is_no_country(log: Log) -> None:
    log.search(papers(7))
    log.include(*range(1, 8))
    log.note(("study", {"study": f"s{n}", "reports": [n]}) for n in range(1, 8))
    with log.store.read() as connection:
        assert list(countries(Material(connection, log.protocol, FORM))) == []
    log.note([
        answer("s1", "location", ["GB"]), answer("s2", "location", ["GB", "PR"]), answer("s3", "location", ["US"]),
        answer("s4", "location", ["GB"]), answer("s5", "location", missing="not_reported"),
        answer("s6", "location", missing="unclear"),
    ])  # fmt: skip
    with log.store.read() as connection:
        taken = log.extracted(connection)
        (drawn,) = countries(Material(connection, log.protocol, FORM, taken=taken))
    told = "United Kingdom: 3; Puerto Rico: 1; United States: 1; not extracted: 1; not reported: 1; unclear: 1."
    assert told in drawn.description
    assert "7 included studies, by “Location” of the proforma. 1 study in several countries" in drawn.description
    assert [s.tone for s in drawn.shapes if isinstance(s, Rect)] == ["first"] * 3 + ["none"] * 3


def test_the_place_of_a_study_is_asked_for_before_that_of_its_author() -> None:
    author = Field("author", "Author", "country", prefill="author_country")
    form = replace(FORM, sections=(Section("One", (author,)), *FORM.sections))
    found, only = (
        place_asked(form),
        place_asked(Form("a", "1", "A", "https://example.org", (Section("One", (author,)),))),
    )
    assert found is not None and found.id == "location"
    assert only == author
    assert place_asked(replace(FORM, sections=())) is None


def test_hostile_names_are_cut_and_stay_inside(log: Log) -> None:
    log.search(papers(2))
    log.include(1, 2)
    log.note([answer("report 1", "location", ["GB"])])
    hostile = Field("location", f"{HOSTILE} {RIGHT_TO_LEFT}", "country")
    with log.store.read() as connection:
        form = replace(FORM, sections=(Section("One", (hostile,)),))
        found = list(countries(Material(connection, log.protocol, form, taken=log.extracted(connection))))
    assert all("\x00" not in text for one in found for text in words(one))
