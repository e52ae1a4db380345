"""What not every flow has: reasons at title and abstract, sources without duplicates, updates, two more boxes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_log import FORM, FRAMEWORK, INSTRUMENT, REASONS, Log, coding, judgement, papers
from sqlalchemy import delete

from reports.flow.boxes import chart
from reports.flow.counting import count_flow
from reports.flow.counts import Count, Flow, Footnote, Source, Terminal
from reports.flow.disputed import disputed
from reports.flow.identities import check, enforce
from reports.flow.members import members
from reports.material import Material
from review.errors import CountError
from review.protocol.model import Previous, Protocol, Reporting
from review.store import schema


def material(log: Log, **reporting: object) -> tuple[Flow, tuple[str, ...]]:
    """Give the flow and the warnings of a review under these choices."""
    protocol: Protocol = replace(log.protocol, reporting=Reporting(**reporting))  # type: ignore[arg-type]
    with log.store.read() as connection:
        taken = replace(log, protocol=protocol).extracted(connection)
        m = Material(connection, protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken)
        return m.flow, m.warnings


def test_reasons_at_title_and_abstract_stand_in_the_protocols_order_and_none_is_counted_apart(log: Log) -> None:
    log.search(papers(6))
    log.search(papers(2, start=10), kind="citation", source="by_hand")
    log.vote([1, 2], "exclude", "review")
    log.vote([3], "exclude", "passing_mention")
    log.vote([4, 7], "exclude")
    log.vote([5, 8], "exclude", "of an older, protocol")
    flow, _ = material(log)
    assert flow.title_abstract_reasons == (
        Count(REASONS[0].text, 1), Count(REASONS[3].text, 2), Count("of an older, protocol", 1),
        Count("No reason given", 1),
    )  # fmt: skip
    assert flow.other_title_abstract_reasons == (Count("of an older, protocol", 1), Count("No reason given", 1))
    assert [c.status for c in check(flow) if c.id == "F3 reasons"] == ["holds"]
    assert (flow.records_excluded, flow.excluded_by_people, flow.excluded_by_automation) == (5, 5, 0)


def test_a_record_left_by_duplicates_counts_at_the_source_that_found_it_first(log: Log) -> None:
    log.search(papers(3), source="medline", label="MEDLINE")
    log.search(papers(3, start=10), source="cinahl", label="CINAHL")
    log.search(papers(2, start=20), source="isrctn", label="ISRCTN", kind="register")
    log.search(papers(1, start=30), source="openalex", kind="citation")
    log.merge((1, 4), (5, 7), (6, 9))
    flow, _ = material(log)
    assert [(c.n, c.after, c.code) for c in (*flow.databases, *flow.registers)] == [
        (3, 3, "medline"), (3, 2, "cinahl"), (2, 1, "isrctn"),
    ]  # fmt: skip
    assert flow.after_duplicates == 8 - 2 and flow.duplicates == 2
    assert next(c for c in check(flow) if c.id == "F2 per source").status == "holds"
    wrong = replace(flow, databases=(replace(flow.databases[0], after=2), *flow.databases[1:]))
    with pytest.raises(CountError, match=r"F2 per source: .*: 5 against 6"):
        enforce(wrong)


def test_a_method_with_several_sources_names_them(log: Log) -> None:
    log.search(papers(2), kind="website", source="who", label="WHO, Geneva")
    log.search(papers(1, start=5), kind="website", source="nice", label="NICE")
    log.search(papers(1, start=9), kind="organisation", source="bma", label="BMA")
    log.merge((1, 3))
    flow, _ = material(log)
    assert flow.other_sources == (
        ("website_results", Count("WHO, Geneva", 2)), ("website_results", Count("NICE", 0)),
    )  # fmt: skip


def test_an_update_counts_only_new_studies_and_says_which_reports_are_of_earlier_ones(log: Log) -> None:
    log.search(papers(5))
    log.include(1, 2, 3, 4)
    log.note([("study", {"study": "old2009", "reports": [1, 2]}), ("study", {"study": "new2014", "reports": [3]})])
    flow, warnings = material(log, previous=Previous(7, 9, "Smith 2016", ("old2009", "gone1999")))
    assert (flow.new_studies, flow.new_reports) == (2, 4)
    assert (flow.total_studies, flow.total_reports) == (9, 13)
    assert flow.updated and Footnote("new_reports", "of_earlier_studies", 2) in flow.footnotes
    assert {c.status for c in check(flow) if c.id.startswith(("F8", "F9", "F10"))} == {"holds"}
    with log.store.read() as connection:
        ends = Material(connection, log.protocol).terminals
    listed = members(ends, [Source(1, "medline", "Medline", "database")], also=("old2009",))
    assert (listed["new_studies"], listed["of_earlier_studies"]) == ((3, 4), (1, 2))
    assert [w for w in warnings if "gone1999" in w] == [
        "[previous] says in 'also' that the earlier version included the study 'gone1999', but no study of this key is"
        " included now: correct the key (review extract studies) or take it out"
    ]


def test_what_the_earlier_version_does_not_report_stays_not_reported(log: Log) -> None:
    log.search(papers(2))
    log.include(1, 2)
    flow, _ = material(log, previous=Previous(studies=3, cite="Smith 2016"))
    assert (flow.previous_studies, flow.previous_reports, flow.total_studies, flow.total_reports) == (3, None, 5, None)
    flow, _ = material(log, previous=Previous(cite="Smith 2016"))
    assert flow.updated and (flow.total_studies, flow.all_studies) == (None, None)
    assert "previous" in {box.id for box in chart(flow, "T").boxes}


def test_appraisal_and_synthesis_count_included_studies_when_the_boxes_are_asked_for(log: Log) -> None:
    log.search(papers(4))
    log.include(1, 2, 3)
    log.note([("study", {"study": key, "reports": [n]}) for n, key in enumerate(("a", "b", "c"), start=1)])
    log.note([
        judgement("a", "1", "yes"), judgement("a", "3", "very"), judgement("c", "1", "yes"),
        coding("a", "W1", "work", "+"), coding("b", "W2", "work", "-"), coding("b", "W3", "work", "+"),
        coding("c", "W4", "work", "+"),
    ])  # fmt: skip
    log.vote([3], "exclude", "review", stage="full-text")
    flow, _ = material(log, boxes=("appraisal", "synthesis"))
    assert (flow.new_studies, flow.appraised, flow.in_synthesis) == (2, 1, 2)
    assert {c.status for c in check(flow) if c.id.startswith("F11")} == {"holds"}
    assert (material(log)[0].appraised, material(log)[0].in_synthesis) == (None, None)


# -- what does not balance


def test_an_error_shows_both_sides_and_names_the_reports(log: Log) -> None:
    log.search(papers(3))
    log.merge((1, 2))
    log.vote([1, 3], "exclude")
    with log.store.write() as connection:  # a merge whose report is gone
        connection.execute(schema.report.update().where(schema.report.c.id == 3).values(merged_into=2))
        connection.execute(delete(schema.standing).where(schema.standing.c.report == 3))
    with pytest.raises(CountError) as caught:
        material(log)
    assert "F2: database_results + " in str(caught.value) and ": 2 against 1; only left: report 2" in str(caught.value)


def test_at_most_ten_reports_are_named() -> None:
    listed = {"dbr_assessed": tuple(range(1, 31)), "dbr_excluded": (1, 2), "new_reports": (2, 99)}
    said = disputed("dbr_assessed - dbr_excluded = new_reports", listed, {})
    assert said == "; only left: report 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 18 more; only right: report 2, 99"


def test_records_of_one_report_are_no_difference() -> None:
    """The first record of a report may be a citation hit, while the database's record is the one identified."""
    ends = [Terminal(1, 2, 1, "excluded_title_abstract"), Terminal(2, 1, 1, "duplicate")]
    sources = [Source(1, "m", "M", "database"), Source(2, "o", "O", "citation")]
    listed, roots = members(ends, sources), {t.record: t.root for t in ends}
    assert (listed["database_results"], listed["records_screened"]) == ((2,), (1,))
    flow = count_flow(ends, sources, records=2)
    assert {disputed(c.says, listed, roots) for c in check(flow)} == {""}
