"""Numbers of the texts are those of the flow diagram, or the text says why they are others; unknown is never 0."""

from __future__ import annotations

from dataclasses import replace

from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, coding, papers

from reports.checklists.answers import _flow, _study_results
from reports.material import Material
from reports.snowballing import snowballing
from review.protocol.model import Previous, Reporting


def texts(log: Log, **reporting: object) -> tuple[str, str, str]:
    """Give methods, results and summary."""
    protocol = replace(log.protocol, reporting=Reporting(**reporting))  # type: ignore[arg-type]
    with log.store.read() as connection:
        taken = replace(log, protocol=protocol).extracted(connection)
        m = Material(connection, protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken)
        return m.narrative.methods, m.narrative.results, m.narrative.summary


def test_a_search_that_failed_found_no_number_of_records(log: Log) -> None:
    log.search([], source="embase", label="Embase", status="failed", hits=None)
    log.search(papers(2), source="medline", label="MEDLINE", status="incomplete")
    log.search([], source="ctgov", label="CT.gov", kind="register")
    methods, results, summary = texts(log)
    assert "- Embase: number of records not reported, search not complete" in methods
    assert "- MEDLINE: 2 records, search not complete" in methods and "- CT.gov (register): 0 records," in methods
    assert "2 searches are not complete: these numbers are not final." in results
    assert "Embase (not reported, not complete" in summary and "CT.gov (0," in summary


def test_what_the_two_columns_split_is_said_where_the_text_counts_both(log: Log) -> None:
    log.search(papers(6))
    log.search(papers(5, start=20), kind="citation", source="by_hand")
    log.merge((1, 2), (3, 7), (8, 9))
    log.include(1, 3, 8)
    log.vote([4, 10], "exclude")
    methods, results, _ = texts(log)
    assert "3 duplicate records were merged" in methods
    assert "Of them, 1 is of databases and registers and counted as removed, 1 was found by other methods" in methods
    assert "Titles and abstracts of 5 reports were screened" in methods
    assert "3 reports of these are counted under databases and registers in the flow diagram, 2 under" in methods
    assert "Of these, 1 was excluded on title and abstract, and 1 is still to be screened." in results
    with log.store.read() as connection:
        said = _flow(Material(connection, log.protocol)).says
    assert said.endswith("reports of other methods assessed: 1; excluded: 0; studies included: 3; in reports: 3.")


def test_studies_of_the_earlier_version_are_told_apart_from_the_new_ones(log: Log) -> None:
    log.search(papers(4))
    log.include(1, 2, 3)
    log.note([("study", {"study": "old2009", "reports": [1, 2]})])
    _, results, _ = texts(log, previous=Previous(7, None, "Smith 2016", ("old2009",)))
    assert "1 study in 3 reports were included" in results or "1 study in 3 reports was included" in results
    assert "2 reports of these are of 1 study that the earlier version had included already" in results
    assert "show all 2 studies, the flow diagram counts the 1 new" in results
    assert "there are 8 studies in reports of an unreported number." in results


def test_the_warning_of_an_unknown_earlier_study_is_one_of_the_flow(log: Log) -> None:
    log.search(papers(1))
    protocol = replace(log.protocol, reporting=Reporting(previous=Previous(also=("gone1999",))))
    with log.store.read() as connection:
        m = Material(connection, protocol)
        assert any("gone1999" in one for one in m.flow_warnings)
        assert sum("gone1999" in one for one in m.warnings) == 1


def test_conflicts_and_full_texts_of_merged_copies_are_their_reports(log: Log) -> None:
    log.search(papers(4))
    log.vote([1, 2, 3], "include")
    log.note([("retrieval", {"report": n, "outcome": "retrieved", "route": r, "note": None})
              for n, r in ((1, None), (2, "library"), (3, "library"))])  # fmt: skip
    with log.store.read() as connection:
        from review.store import schema

        votes = {row.report: row.event for row in connection.execute(schema.decision.select())}
    log.note([("resolution", {"report": n, "stage": "title-abstract", "verdict": "include", "reasons": [], "note": None,
                              "acts_on": [votes[n]]}) for n in (1, 2)])  # fmt: skip
    log.merge((1, 2))
    methods, _, _ = texts(log)
    assert "1 conflict on titles and abstracts was resolved" in methods
    assert "full texts of 2 of 2 reports sought were got: library (n = 2)." in methods


def test_a_theme_that_only_codings_name_has_emerged_and_what_is_not_included_is_no_result(log: Log) -> None:
    log.search(papers(3))
    log.include(1, 2)
    log.note([("study", {"study": key, "reports": [n]}) for n, key in ((1, "a"), (2, "b"))])
    log.note([coding("a", "E1", "emergent:cost", "-"), coding("b", "W1", "work", "+")])
    log.vote([2], "exclude", "review", stage="full-text")
    methods, _, _ = texts(log)
    assert "1 theme emerged beyond the framework." in methods
    with log.store.read() as connection:
        m = Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        assert _study_results(m).says == "0 settled answers and 1 coding of 1 study."


def test_seeds_that_gave_nothing_are_counted_below_the_table_of_seeds(log: Log) -> None:
    log.search(papers(2))
    way = (("snowball", "round 1, backward, from report 1"),)
    hit = replace(papers(1, start=9)[0], extra=way)
    log.search([hit], kind="citation", method="snowball", source="openalex", query="backward: report:1, report:2")
    with log.store.read() as connection:
        tables = list(snowballing(Material(connection, log.protocol).rounds))
    assert "are not listed: 1." in (tables[1].note or "")
