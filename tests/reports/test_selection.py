"""What a stop does to the diagram and to the methods section: counted once, said with its numbers, taken back."""

from __future__ import annotations

from typing import Any

from report_log import Log, gather, papers

from reports import selection
from reports.flow import boxes, mermaid, prisma_csv
from reports.flow.as_table import flow_table
from reports.flow.counts import Flow, Footnote
from reports.flow.identities import check
from reports.search_facts import Known
from reports.stop_rows import Reading, stops

HOW: dict[str, Any] = {
    "whose": "everybody", "total": 20, "read": 8, "relevant": 2, "unread": 12, "half_seen": 0, "in_a_row": 5,
    "target": 0.95, "p": 0.04, "share": 4, "recall": [0.5, 0.875, 1.0], "models": ["svm-1"], "served": {"model": 8},
}  # fmt: skip
SAID = (
    "They were unread, in an order given by a model (svm-1), when a person stopped on 2026-11-22, with 8 of 20 records"
    " read and 2 of these relevant (test of a recall below 95 %: p = 0.040; recall estimated from 4 records read at"
    " random: 87.5 %, 95 % interval 50 % to 100 %; irrelevant records in a row: 5)."
)


def stop(log: Log, *reports: int, **how: Any) -> str:
    log.note(
        [
            (
                "stop",
                {
                    "stage": "title-abstract",
                    "reports": list(reports),
                    "how": HOW | {"unread": len(reports)} | how,
                    "why": "A rule | it",
                },
            )
        ]
    )
    with log.store.read() as connection:
        return stops(connection)[-1].event


def flow_and_methods(log: Log) -> tuple[Flow, str, tuple[str, ...]]:
    with log.store.read() as connection:
        made = gather(connection, log.protocol, None, None, (), known=Known())
    assert [one.id for one in check(made.flow) if one.status == "fails"] == []
    return made.flow, "\n".join(selection.told(made.selection)), made.warnings


def test_what_a_stop_left_unread_is_counted_and_explained(log: Log) -> None:
    log.search(papers(20))
    log.search(papers(3, start=30), kind="citation", source="openalex")
    log.vote(range(1, 7), "exclude")
    log.vote([7, 8], "include")
    first = stop(log, *range(9, 23))
    flow, methods, warnings = flow_and_methods(log)
    assert (flow.database_results, flow.excluded_automatic, flow.records_screened) == (20, 12, 8)
    assert (flow.records_excluded, flow.dbr_sought_reports, flow.open_records, flow.open_other_records) == (6, 2, 0, 1)
    assert flow.footnotes[0] == Footnote("excluded_automatic", "not_screened", 12, SAID)
    assert Footnote("other_identified", "other_not_screened", 2, SAID) in flow.footnotes
    assert "screening was stopped by a person: 14 reports not screened (see methods and diagram)" in warnings
    assert SAID in methods and "“A rule | it”" in methods
    _drawn(flow)
    log.vote([9], "exclude")  # a vote ends it for this one
    assert flow_and_methods(log)[0].excluded_automatic == 11
    log.merge((10, 22), (11, 23))  # 23 was found by citation searching and is still to be read: so is its copy now
    flow = flow_and_methods(log)[0]
    assert (flow.excluded_automatic, flow.open_records, flow.duplicates) == (10, 1, 0)
    log.note([("stop", {"stage": "title-abstract", "ends": first, "why": "More was found"})])
    flow, methods, warnings = flow_and_methods(log)
    assert (flow.excluded_automatic, flow.open_records, flow.records_screened) == (0, 11, 9)
    assert not any(note.key.endswith("not_screened") for note in flow.footnotes)
    assert "took that back on 2026-11-22" in methods
    assert not any("stopped" in warning for warning in warnings)


def _drawn(flow: Flow) -> None:
    """Every way of writing a flow has the number and the footnote."""
    chart = boxes.chart(flow, "T")
    label = "Records marked as ineligible by automation tools"
    (removed,) = [box for box in chart.boxes if box.id == "removed"]
    assert [item.text.replace("\u00a0", " ") for item in removed.items if label in item.text] == [f"{label}* (n = 12)"]
    assert chart.footnotes[0] == (
        f"* Not screened: 12. {SAID} No tool judged them ineligible; the diagram has no other box for them."
    )
    assert f"{label}* (n = 12)" in mermaid.mermaid(chart)
    assert prisma_csv.from_csv(prisma_csv.to_csv(flow)).excluded_automatic == 12
    table = flow_table(flow)
    assert (f"{label} (databases and registers)", "12") in table.rows
    assert table.note is not None and SAID in table.note


def test_two_stops_have_a_footnote_each(log: Log) -> None:
    log.search(papers(6))
    log.vote([1], "exclude")
    stop(log, 2, 3, p=None, recall=None, models=[], served={"plain": 1})
    stop(log, 4, models=[], served={"unknown": 1}, whose="own")
    stop(log, 5, 6)
    flow, methods, _ = flow_and_methods(log)
    notes = [(note.n, note.how.partition(", when ")[0]) for note in flow.footnotes]
    assert notes == [
        (2, "They were unread, and no model had ordered them"),
        (1, "They were unread, in an order that is not recorded"),
        (2, "They were unread, in an order given by a model (svm-1)"),
    ]
    assert "p =" not in flow.footnotes[0].how
    assert "8 of 20 records read by that person" in flow.footnotes[1].how
    assert methods.count("stopped with 2 reports unread") == 2


def test_the_order_of_reading_is_said_when_a_model_or_chance_gave_it(log: Log) -> None:
    log.search(papers(8))
    assert "order" not in flow_and_methods(log)[1]
    ways = ["model", "model", "random", "plain", None]
    log.note(
        ("decision", {
            "report": n, "stage": "title-abstract", "verdict": "exclude", "reasons": [], "note": None,
            "served": way and {"by": way, "model": f"svm-1-{n}" if way == "model" else None, "position": n},
        })
        for n, way in enumerate(ways, 1)
    )  # fmt: skip
    methods = flow_and_methods(log)[1]
    assert (
        "Of 5 votes on titles and abstracts, records were read 2 (40 %) in an order given by a model; 1 (20 %) drawn at"
        " random from what was unread; 1 (20 %) in the order in which they were found; 1 (20 %) in an order that is not"
        " recorded." in methods
    )
    assert "Kind of model: svm-1 (2 in turn, each learnt anew)." in methods
    with log.store.read() as connection:
        made = gather(connection, log.protocol, None, None, (), known=Known()).selection
    assert made.reading == Reading({"model": 2, "plain": 1, "random": 1, "unknown": 1}, {"svm-1": 2})
