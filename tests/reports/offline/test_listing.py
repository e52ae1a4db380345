"""The list of records that travels inside a page: each record once, in the boxes that count it; nobody by name."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
from datetime import datetime
from itertools import accumulate
from typing import Any

from report_log import HOSTILE, Log, gather, papers, whole_review

from reports.flow.counts import BOXES
from reports.material import Material
from reports.offline.listing import embedded
from review.store import Actor, Entry, append_many
from review.store.events import enrol


def unpacked(text: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return plain


def material(log: Log) -> Material:
    with log.store.read() as connection:
        return gather(connection, log.protocol)


def test_every_record_is_listed_once_and_a_box_lists_what_it_counts(log: Log) -> None:
    whole_review(log, hostile=HOSTILE)
    m = material(log)
    whole = unpacked(embedded(m.listing, m.decisions))
    records = whole["records"]
    assert list(accumulate(records["id"])) == list(range(1, 15))
    assert {len(column) for column in records.values()} == {14}
    listed = dict.fromkeys(whole["labels"], 0)
    for number in records["keys"]:
        for key in whole["sets"][number]:
            listed[key] += 1
    counted = {box: getattr(m.flow, box) for box in BOXES if box in listed and box != "new_studies"}
    assert {box: listed[box] for box in counted if counted[box] is not None} == {
        box: n for box, n in counted.items() if n is not None
    }
    assert counted["database_results"] == 12 and counted["duplicates"] == 0 and counted["dbr_excluded"] == 3
    assert listed["dbr_excluded:review"] == 1


def test_a_record_is_shown_as_its_source_gave_it(log: Log) -> None:
    whole_review(log, hostile=HOSTILE)
    m = material(log)
    whole = unpacked(embedded(m.listing, m.decisions))
    records, texts = whole["records"], whole["texts"]
    first = {name: column[0] for name, column in records.items()}
    assert (first["title"], first["who"], first["year"], first["doi"]) == (HOSTILE, "Eisen et al.", 2014, "10.5555/1")
    assert texts["state"][first["state"]] == "Included" and texts["study"][first["study"]] == "Eisen et al. 2014"
    copy = {name: column[12] for name, column in records.items()}
    assert (copy["root"], texts["state"][copy["state"]]) == (-12, "Duplicate")
    fourth = {name: column[3] for name, column in records.items()}
    assert texts["reason"][fourth["reason"]] == "A literature review"
    untitled = records["who"][13]
    assert untitled is None


def test_the_log_says_what_was_decided_by_whom_without_names(log: Log) -> None:
    log.search(papers(4))
    log.merge((1, 4))
    log.vote([1, 2], "include")
    with log.store.write() as connection:
        second = Actor(enrol(log.store, connection, "Zoe Maidenname"), log.protocol.hash)
        vote = {
            "report": 2,
            "stage": "title-abstract",
            "verdict": "exclude",
            "reasons": ["review"],
            "note": "Ann erred",
        }
        taken_back = {**vote, "verdict": "cleared", "reasons": []}
        append_many(log.store, connection, second, [Entry("decision", vote), Entry("decision", taken_back)])
    m = material(log)
    said = [(record, what, why, who, more) for record, _, what, why, who, more in m.decisions]
    assert said == [
        (1, "Merged as duplicates", None, "Reviewer A", "with #4 (rule: by hand)"),
        (4, "Merged as duplicates", None, "Reviewer A", "with #1 (rule: by hand)"),
        (1, "Title and abstract: include", None, "Reviewer A", None),
        (2, "Title and abstract: include", None, "Reviewer A", None),
        (2, "Title and abstract: exclude", "A literature review", "Reviewer B", None),
        (2, "Title and abstract: vote taken back", None, "Reviewer B", None),
    ]
    plain = json.dumps(unpacked(embedded(m.listing, m.decisions)))
    assert "Maidenname" not in plain and "erred" not in plain


def test_times_of_the_log_survive_the_packing(log: Log) -> None:
    log.search(papers(2))
    log.vote([1, 2], "include")
    m = material(log)
    packed = unpacked(embedded(m.listing, m.decisions))["log"]
    seconds = list(accumulate(packed["at"]))
    assert list(accumulate(packed["record"])) == [1, 2]
    assert seconds == [int(datetime.fromisoformat(entry[1]).timestamp()) for entry in m.decisions]


def test_the_same_listing_gives_the_same_text_and_an_empty_review_an_empty_list(log: Log) -> None:
    m = material(log)
    assert embedded(m.listing) == embedded(m.listing)
    whole = unpacked(embedded(m.listing, m.decisions))
    assert all(column == [] for column in itertools.chain(whole["records"].values(), whole["log"].values()))
