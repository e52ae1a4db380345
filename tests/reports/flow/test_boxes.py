"""What stands in the boxes: the updated templates, every choice of the protocol, footnotes and what a click shows."""

from __future__ import annotations

import re
from dataclasses import replace

from report_log import HOSTILE, Log, gather, whole_review

from reports.flow.as_table import flow_table
from reports.flow.boxes import Chart, chart
from reports.flow.counts import Count, Flow, Footnote
from reports.flow.mermaid import mermaid
from reports.words import NBSP
from review.protocol.model import Remark, Reporting

OTHER = Flow(
    database_results=300, register_results=0, duplicates=30, excluded_automatic=0, excluded_other=0,
    records_screened=270, records_excluded=250, excluded_by_people=250, excluded_by_automation=0,
    dbr_sought_reports=20, dbr_notretrieved_reports=0, dbr_assessed=20, dbr_excluded=10, website_results=3,
    organisation_results=0, citations_results=2, other_results=None, other_sought_reports=5,
    other_notretrieved_reports=0, other_assessed=5, other_excluded=0, new_studies=14, new_reports=15,
    databases=(Count("PubMed", 200, 180, "pubmed"), Count("CINAHL", 100, 90, "cinahl")),
    dbr_reasons=(Count("A review", 10, code="review"),),
    title_abstract_reasons=(Count("Not on doctors", 250, code="p"),),
    other_sources=(("website_results", Count("WHO", 2)), ("website_results", Count("NICE", 1))), appraised=14,
)  # fmt: skip
UPDATED = replace(OTHER, previous_studies=9, previous_reports=None, total_studies=23, total_reports=26)


def texts(made: Chart) -> dict[str, list[str]]:
    return {box.id: [item.text.replace(NBSP, " ") for item in box.items] for box in made.boxes}


def test_an_update_adds_up_with_what_was_included_before() -> None:
    made = chart(replace(UPDATED, total_studies_ma=8), "T")
    said = texts(made)
    assert said["previous"] == [
        "Studies included in previous version of review (n = 9)",
        "Reports of studies included in previous version of review (n = not reported)",
    ]
    assert said["total"] == ["Total studies included in review (n = 23)", "Reports of total included studies (n = 26)"]
    assert said["in_meta_analysis"] == ["Total studies included in meta-analysis (n = 8)"]
    assert {("previous", "total"), ("new", "total"), ("total", "in_meta_analysis")} <= set(made.arrows)
    assert made.phases[-1] == ("Included", 4, 6) and "in_meta_analysis" not in texts(chart(UPDATED, "T"))


def test_boxes_below_the_included_are_there_when_they_are_asked_for() -> None:
    made = chart(OTHER, "T", Reporting(boxes=("synthesis", "appraisal")))
    said = texts(made)
    assert said["appraised"] == ["Studies critically appraised (n = 14)"]
    assert said["in_synthesis"] == ["Studies included in synthesis (n = not reported)"]
    assert {("assessed", "new"), ("new", "appraised"), ("appraised", "in_synthesis")} <= set(made.arrows)
    assert not {"appraised", "in_synthesis"} & texts(chart(OTHER, "T")).keys()
    assert ("Studies critically appraised (the review)", "14") in flow_table(
        OTHER, Reporting(boxes=("appraisal",))
    ).rows


def test_exclusions_are_split_by_who_and_why() -> None:
    assert texts(chart(OTHER, "T"))["excluded"] == ["Records excluded (n = 250)"]
    by_tool = replace(OTHER, excluded_by_people=200, excluded_by_automation=50)
    assert texts(chart(by_tool, "T"))["excluded"] == [
        "Records excluded (n = 250):", "by people (n = 200)", "by automation tools (n = 50)",
    ]  # fmt: skip
    said = chart(OTHER, "T", Reporting(title_abstract_reasons=True))
    assert texts(said)["excluded"] == ["Records excluded (n = 250):", "Not on doctors (n = 250)"]
    (box,) = (box for box in said.boxes if box.id == "excluded")
    assert [item.key for item in box.items] == ["records_excluded", "records_excluded:p"]


def test_sources_before_and_after_duplicates_with_how_it_is_counted() -> None:
    made = chart(OTHER, "T", Reporting(after_duplicates=True))
    assert texts(made)["identified"][:4] == [
        "Records identified from*:", "Databases (n = 300)", "PubMed (n = 200; 180 without duplicates)",
        "CINAHL (n = 100; 90 without duplicates)",
    ]  # fmt: skip
    assert made.footnotes == (
        "* Without duplicates: a record that several sources found counts at the first of them, in the order of the"
        " searches.",
    )
    assert ("– PubMed", "200; 180 without duplicates") in flow_table(OTHER, Reporting(after_duplicates=True)).rows
    assert texts(chart(OTHER, "T"))["identified"][2] == "PubMed (n = 200)"


def test_sources_of_other_methods_are_named() -> None:
    assert texts(chart(OTHER, "T"))["other_identified"] == [
        "Records identified from:", "Websites (n = 3)", "WHO (n = 2)", "NICE (n = 1)", "Citation searching (n = 2)",
        "Other methods (n = not reported)",
    ]  # fmt: skip


def test_what_counts_nothing_can_be_left_out_but_never_what_is_not_reported_or_has_a_footnote() -> None:
    hidden = Reporting(hide_empty=True)
    said = texts(chart(OTHER, "T", hidden))
    assert said["identified"][-1] == "CINAHL (n = 100)" and said["removed"][1:] == [
        "Duplicate records removed (n = 30)"
    ]
    assert not {"not_retrieved", "other_not_retrieved", "other_reports_excluded"} & said.keys()
    assert "Reports not retrieved (n = 0)" in texts(chart(OTHER, "T"))["not_retrieved"]
    unknown = replace(OTHER, dbr_notretrieved_reports=None)
    assert texts(chart(unknown, "T", hidden))["not_retrieved"] == ["Reports not retrieved (n = not reported)"]
    noted = replace(hidden, footnotes=(Remark("dbr_notretrieved_reports", "Every library was asked."),))
    assert texts(chart(OTHER, "T", noted))["not_retrieved"] == ["Reports not retrieved* (n = 0)"]
    bare = replace(OTHER, dbr_sought_reports=0, dbr_assessed=0, dbr_excluded=0, dbr_reasons=(), records_excluded=270)
    made = chart(bare, "T", hidden)
    assert ("screened", "new") in made.arrows and made.phases[1][1:] == (1, 3)
    assert not {"sought", "assessed"} & texts(made).keys()


def test_footnotes_have_signs_in_the_order_of_reading_and_the_team_has_its_own() -> None:
    notes = (Footnote("other_identified", "known_already", 5), Footnote("duplicates", "found_late", 7))
    remarks = (Remark("new_studies", "One study\x00 is ours."), Remark("previous_studies", "Not an update."))
    made = chart(replace(OTHER, footnotes=notes), "T", Reporting(footnotes=remarks))
    assert [note[:12] for note in made.footnotes] == ["* Of the dup", "† Records fo", "‡ One study ", "Not an updat"]
    assert texts(made)["new"][0] == "Studies included in review‡ (n = 14)"
    many = tuple(Remark("new_studies", f"{i}.") for i in range(17))
    signs = [note.split(" ")[0] for note in chart(OTHER, "T", Reporting(footnotes=many)).footnotes]
    assert len(set(signs)) == 17


def test_a_click_on_a_line_lists_as_many_records_as_it_says(log: Log) -> None:
    whole_review(log)
    with log.store.read() as connection:
        m = gather(connection, log.protocol)
    lines = [item for box in m.chart.boxes for item in box.items if item.key in m.listing.keys]
    assert len(lines) > 20 and any(":" in str(item.key) for item in lines)
    for item in lines:
        n = int(re.findall(rf"n{NBSP}={NBSP}([\d,]+)", item.text)[-1].replace(",", ""))
        if item.key == "new_studies":  # it counts studies and lists their reports
            assert n <= len(m.listing.keys[item.key])
        else:
            assert n == len(m.listing.keys[str(item.key)]), item


def test_mermaid_draws_every_box_and_no_text_breaks_out() -> None:
    flow = replace(UPDATED, dbr_reasons=(Count(HOSTILE, 10, code="h"),), total_studies_ma=8)
    reporting = Reporting(boxes=("appraisal", "synthesis"), footnotes=(Remark("new_studies", HOSTILE),))
    made = chart(flow, HOSTILE, reporting)
    drawn = mermaid(made)
    assert all(f'    {box.id}["' in drawn for box in made.boxes)
    assert all(f"  {a} --> {b}\n" in drawn for a, b in made.arrows)
    assert "<script" not in drawn and '"q"' not in drawn and "`" not in drawn


def test_a_source_of_which_nothing_is_known_stays_where_empty_lines_are_hidden() -> None:
    silent = replace(OTHER, database_results=0, databases=(Count("PubMed", 0), Count("Embase", None)))
    said = texts(chart(silent, "T", Reporting(hide_empty=True)))["identified"]
    assert said[1:] == ["Databases (n = 0)", "Embase (n = not reported)"]
