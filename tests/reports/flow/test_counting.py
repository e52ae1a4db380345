"""The flow from the log: the published numbers, every terminal state, and what must balance."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from report_log import Log, gather, make_log, papers
from sqlalchemy import delete, func, insert, select

from reports import rows
from reports.flow.boxes import chart
from reports.flow.counting import count_flow
from reports.flow.counts import Count, Flow, Footnote, Source, Terminal
from reports.flow.identities import check
from reports.flow.lateness import early_groups
from reports.material import Material
from reports.search_facts import Known
from reports.search_tables import searches
from reports.words import NBSP
from review.errors import CountError
from review.store import Store, schema
from review.store.tally import tally

DATABASES, CITATIONS, DUPLICATES = 4669, 4, 41


def counted(log: Log) -> Flow:
    with log.store.read() as connection:
        return Material(connection, log.protocol).flow


def test_published_terminal_states_give_the_published_numbers(log: Log) -> None:
    began = time.monotonic()
    _published(log)
    flow = counted(log)
    assert time.monotonic() - began < 20
    assert (flow.database_results, flow.register_results, flow.duplicates) == (4669, 0, 41)
    assert (flow.excluded_automatic, flow.excluded_other) == (0, 0)
    assert (flow.records_screened, flow.records_excluded) == (4628, 4591)
    assert (flow.dbr_sought_reports, flow.dbr_notretrieved_reports) == (37, 0)
    assert (flow.dbr_assessed, flow.dbr_excluded) == (37, 28)
    assert [reason.n for reason in flow.dbr_reasons] == [6, 14, 1, 4, 3]
    assert (flow.citations_results, flow.website_results, flow.organisation_results) == (4, 0, 0)
    assert (flow.other_sought_reports, flow.other_notretrieved_reports) == (4, 0)
    assert (flow.other_assessed, flow.other_excluded) == (4, 0)
    assert (flow.new_studies, flow.new_reports) == (13, 13)
    assert flow.footnotes == (Footnote("duplicates", "found_late", 41),)
    assert flow.by_other_methods and not flow.updated
    with log.store.read() as connection:  # a second look: what was really written
        of_kind = select(schema.search.c.kind, func.count()).join(
            schema.record, schema.record.c.search == schema.search.c.id
        )
        found = connection.execute(of_kind.group_by(schema.search.c.kind)).all()
        kinds = Counter(connection.scalars(select(schema.event.c.kind)))
    assert dict(map(tuple, found)) == {"database": DATABASES, "citation": CITATIONS}
    assert kinds["merge"] == DUPLICATES
    # 4,669 + 4 at title and abstract, 37 + 4 at full text: one vote each
    assert kinds["decision"] == 4673 + 41


def _published(log: Log) -> None:
    """4,591 excluded on title and abstract, then 41 of the other 78 found to be duplicates, then full text."""
    log.search(papers(DATABASES))
    log.search(papers(CITATIONS, start=DATABASES + 1), kind="citation", source="openalex")
    log.vote(range(79, DATABASES + 1), "exclude")
    log.vote(range(1, 79), "include")
    log.merge(*((i, 37 + i) for i in range(1, 38)), *((i, 74 + i) for i in range(1, 5)))
    log.include(*range(DATABASES + 1, DATABASES + CITATIONS + 1))
    at = 1
    for code, n in (
        ("passing_mention", 6),
        ("no_health", 14),
        ("other_definition", 1),
        ("review", 4),
        ("not_medics", 3),
    ):
        log.vote(range(at, at + n), "exclude", code, stage="full-text")
        at += n
    log.vote(range(at, 38), "include", stage="full-text")


def test_each_kind_of_search_has_its_box(log: Log) -> None:
    for at, kind in enumerate(("database", "register", "website", "organisation", "citation", "other")):
        log.search(papers(at + 1, start=100 * at), kind=kind, source=kind)
    flow = counted(log)
    assert (flow.database_results, flow.register_results) == (1, 2)
    assert (flow.website_results, flow.organisation_results, flow.citations_results, flow.other_results) == (3, 4, 5, 6)


def test_several_searches_of_one_source_are_one_line(log: Log) -> None:
    log.search(papers(3), source="medline", label="MEDLINE")
    log.search(papers(2, start=10), source="cinahl", label="CINAHL")
    log.search(papers(4, start=20), source="medline", label="MEDLINE, second strategy")
    log.search([], source="doaj", label="DOAJ")
    assert counted(log).databases == (Count("MEDLINE", 7, 7), Count("CINAHL", 2, 2), Count("DOAJ", 0, 0))


def test_open_records_and_reports_are_counted_in_no_box_and_said_in_a_footnote(log: Log) -> None:
    log.search(papers(6))
    log.vote([1, 2], "include")
    log.vote([3], "exclude")
    log.vote([4], "maybe")
    log.vote([1], "include", stage="full-text")
    flow = counted(log)
    assert (flow.records_screened, flow.records_excluded, flow.open_records) == (3, 1, 3)
    assert (flow.dbr_sought_reports, flow.dbr_assessed, flow.open_reports) == (2, 1, 1)
    assert flow.footnotes == (
        Footnote("records_screened", "open_records", 3),
        Footnote("dbr_assessed", "open_reports", 1),
    )


def test_a_report_that_could_not_be_had_is_not_assessed(log: Log) -> None:
    log.search(papers(2))
    log.vote([1, 2], "include")
    log.note([("retrieval", {"report": 2, "outcome": "not_retrieved", "route": None, "note": None})])
    log.vote([1], "include", stage="full-text")
    flow = counted(log)
    assert (flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed) == (2, 1, 1)


def test_records_removed_by_the_protocol_are_other_reasons(store: Store) -> None:
    log = make_log(store, remove_unmatched=True)
    log.search(papers(3), unmatched=(2,))
    log.vote([1, 3], "exclude")
    flow = counted(log)
    assert (flow.excluded_other, flow.records_screened, flow.records_excluded) == (1, 2, 2)


def test_a_report_found_by_both_routes_belongs_to_the_databases(log: Log) -> None:
    log.search(papers(2))
    log.search(papers(4, start=10), kind="citation", source="openalex")
    log.merge((1, 3), (4, 5))
    log.include(1, 4)
    log.vote([2, 6], "exclude")
    flow = counted(log)
    assert (flow.database_results, flow.duplicates, flow.records_screened) == (2, 0, 2)
    assert (flow.citations_results, flow.other_sought_reports, flow.new_reports) == (2, 1, 2)
    assert flow.footnotes == (
        Footnote("other_identified", "known_already", 1),
        Footnote("other_identified", "repeated", 1),
        Footnote("other_identified", "other_screened_out", 1),
    )


def test_an_older_citation_hit_gives_way_to_a_database(log: Log) -> None:
    log.search(papers(1), kind="citation", source="openalex")
    log.search(papers(2, start=5))
    log.vote([1], "include")
    log.merge((1, 2, 3))
    log.vote([1], "exclude", "review", stage="full-text")
    flow = counted(log)
    assert (flow.database_results, flow.duplicates, flow.records_screened, flow.citations_results) == (2, 1, 1, 0)
    assert flow.footnotes == (
        Footnote("identified", "known_already", 1),
        Footnote("duplicates", "found_late", 1),
    )


def test_reports_of_one_study_are_one_study(log: Log) -> None:
    log.search(papers(4))
    log.include(1, 2, 3, 4)
    log.note([("study", {"study": "a2014", "reports": [1, 2]})])
    flow = counted(log)
    assert (flow.new_studies, flow.new_reports) == (3, 4)


def test_an_exclusion_without_reason_is_its_own_line(log: Log) -> None:
    log.search(papers(2))
    log.vote([1, 2], "include")
    log.vote([1], "exclude", stage="full-text")
    log.vote([2], "exclude", "an_old_code", stage="full-text")
    assert counted(log).dbr_reasons == (Count("an_old_code", 1), Count("No reason given", 1))


def test_an_empty_review_counts_nothing(log: Log) -> None:
    flow = counted(log)
    assert (flow.database_results, flow.records_screened, flow.new_studies, flow.footnotes) == (0, 0, 0, ())


def test_a_report_that_stands_nowhere_is_named(log: Log) -> None:
    log.search(papers(3))
    with log.store.write() as connection:
        connection.execute(delete(schema.standing).where(schema.standing.c.report == 2))
    with pytest.raises(CountError, match=r"3 records, 2 terminal states; none: record 2$"):
        counted(log)


def test_a_record_that_ends_twice_is_named() -> None:
    twice = [Terminal(7, 1, 7, "included"), Terminal(7, 1, 7, "removed")]
    with pytest.raises(CountError, match=r"2 records, 2 terminal states; more than one: record 7$"):
        count_flow(twice, [Source(1, "s", "S", "database")], records=2)


def _event(kind: str, *reports: int) -> tuple[str, dict[str, object]]:
    return kind, {"report": reports[0]} if kind == "decision" else {"reports": list(reports)}


@pytest.mark.parametrize(
    ("events", "early"),
    [
        ([("merge", 1, 2), ("decision", 1)], {1: 1, 2: 1}),
        ([("decision", 1), ("merge", 1, 2)], {}),
        ([("decision", 9), ("merge", 1, 2)], {1: 1, 2: 1}),
        ([("decision", 2), ("merge", 2, 5), ("merge", 1, 2)], {}),
        ([("merge", 2, 3), ("decision", 3), ("merge", 1, 3)], {2: 2, 3: 2}),
        ([("decision", 1), ("merge", 1, 2), ("split", 2)], {2: 2}),
        ([("merge", 1, 2, 3), ("split", 1)], {1: 1, 2: 2, 3: 2}),
        ([("decision", 1), ("merge", 1, 2, 3), ("split", 1), ("merge", 2, 4)], {1: 1, 2: 2, 4: 2}),
    ],
)
def test_early_groups(events: list[tuple[str, int]], early: dict[int, int]) -> None:
    assert early_groups(_event(kind, *reports) for kind, *reports in events) == early  # type: ignore[arg-type]


# -- what broke once


def test_a_late_duplicate_is_counted_although_its_report_began_with_a_citation_hit(log: Log) -> None:
    log.search(papers(1), kind="citation", source="openalex")
    log.search(papers(2, start=5))
    log.merge((1, 3))
    log.vote([1], "include")
    log.merge((1, 2))
    flow = counted(log)
    assert flow.duplicates == 1
    assert Footnote("duplicates", "found_late", 1) in flow.footnotes


def test_a_split_leaves_the_other_late_duplicates_counted(log: Log) -> None:
    log.search(papers(3))
    log.merge((2, 3))
    log.vote([1], "include")
    log.merge((1, 2))
    log.note([("split", {"reports": [2]})])
    flow = counted(log)
    assert flow.duplicates == 1
    assert Footnote("duplicates", "found_late", 1) in flow.footnotes


def test_a_full_text_got_for_one_member_is_got_for_the_report(log: Log) -> None:
    log.search(papers(2))
    log.vote([1, 2], "include")
    log.note([
        ("retrieval", {"report": 1, "outcome": "not_retrieved", "route": None, "note": None}),
        ("retrieval", {"report": 2, "outcome": "retrieved", "route": None, "note": None}),
    ])  # fmt: skip
    log.merge((1, 2))
    flow = counted(log)
    assert (flow.dbr_notretrieved_reports, flow.open_reports) == (0, 1)


def test_a_source_that_failed_is_not_reported_rather_than_nought(log: Log) -> None:
    log.search(papers(2), source="medline", label="MEDLINE")
    log.search([], source="doaj", label="DOAJ", status="failed")
    log.search([], source="isrctn", label="ISRCTN", kind="register", status="incomplete")
    log.vote([1, 2], "exclude")
    flow = counted(log)
    assert flow.databases == (Count("MEDLINE", 2, 2), Count("DOAJ", None))
    assert (flow.database_results, flow.register_results, flow.website_results) == (2, None, 0)
    assert flow.footnotes == (Footnote("identified", "unfinished", 2),)
    assert [c.id for c in check(flow) if c.status == "cannot be checked"] == ["F1 databases", "F1 registers", "F2"]


def test_parts_set_aside_are_said_under_the_diagram(log: Log) -> None:
    log.search(papers(2))
    log.search(papers(1, start=5), kind="citation", source="openalex", method="snowball", hits=2)
    with log.store.write() as connection:
        for at, search in enumerate((1, 1, 2), start=50):
            values = {"search": search, "position": at, "reason": "cut off", "raw": f"TY  - {at}"}
            connection.execute(insert(schema.rejected).values(**values))
    log.vote([1, 2, 3], "exclude")
    flow = counted(log)
    assert (flow.database_results, flow.citations_results) == (2, 1)
    assert flow.footnotes[0] == Footnote("identified", "set_aside", 2)
    assert Footnote("other_identified", "set_aside", 1) in flow.footnotes
    said = chart(flow, "T").footnotes
    assert said[0].replace(NBSP, " ").endswith("could not be read as records, kept aside and not counted: 2.")


def test_a_note_hangs_on_a_box_that_is_drawn(log: Log) -> None:
    log.search(papers(1))
    log.search(papers(1), kind="citation", source="openalex", method="snowball")
    log.merge((1, 2))
    flow = counted(log)
    assert not flow.by_other_methods
    assert Footnote("identified", "known_already", 1) in flow.footnotes
    texts = [item.text for box in chart(flow, "T").boxes for item in box.items]
    assert any(text.startswith("Records identified from*") for text in texts)


def test_status_and_flow_count_the_same_studies_after_a_late_merge(log: Log) -> None:
    log.search(papers(3))
    log.include(1, 2, 3)
    log.note([("study", {"study": "x", "reports": [2, 3]})])
    log.merge((1, 2))
    with log.store.read() as connection:
        assert tally(connection).included_studies == counted(log).new_studies == 1


def test_a_flow_counted_while_others_vote_is_of_one_moment(any_store: Store) -> None:
    log = make_log(any_store)
    log.search(papers(3))
    with any_store.read() as connection:
        before = Material(connection, log.protocol).flow
        log.vote([1, 2, 3], "exclude")
        assert Material(connection, log.protocol).flow == before
    assert counted(log).records_excluded == 3


def test_a_pair_merged_by_now_is_no_longer_to_be_judged(log: Log) -> None:
    log.search(papers(3))
    with log.store.write() as connection:
        connection.execute(
            insert(schema.pair), [{"left": 1, "right": 2, "score": 0.9}, {"left": 2, "right": 3, "score": 0.8}]
        )
    log.merge((1, 2))
    with log.store.read() as connection:
        said = gather(connection, log.protocol, None, None, ()).warnings
    assert "possible duplicates that nobody has judged yet: 1 pair" in said


def test_reports_judged_to_be_of_one_study_are_not_counted_as_two_in_silence(log: Log) -> None:
    log.search(papers(3))
    log.include(1, 2, 3)
    log.note([("pair", {"reports": [1, 2], "verdict": "study"}), ("pair", {"reports": [2, 3], "verdict": "different"})])
    said = "reports 1 and 2 were judged to be of one study but are counted as two studies"

    def warned() -> list[str]:
        with log.store.read() as connection:
            warnings = gather(connection, log.protocol, None, None, ()).warnings
        return [text for text in warnings if "one study" in text]

    assert [text.partition(":")[0] for text in warned()] == [said]
    log.note([("study", {"study": "x", "reports": [1, 2]})])
    assert warned() == []


def test_every_search_table_says_what_was_set_aside(log: Log) -> None:
    log.search(papers(2))
    with log.store.write() as connection:
        values = {"search": 1, "position": 3, "reason": "cut off", "raw": "TY  -"}
        connection.execute(insert(schema.rejected).values(**values))
    with log.store.read() as connection:
        table = searches(rows.search_rows(connection), Known())
    assert table.rows[0][table.columns.index("Unreadable parts")] == "1"
