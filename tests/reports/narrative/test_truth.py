"""What texts and checklists may not say: work that is not done, a result that is not known, a place not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, answer, coding, judgement, papers, whole_review

from reports.build import PLANS
from reports.checklists.answers import answers
from reports.checklists.items import NAMES, filled, read
from reports.material import Material
from review.protocol.model import Protocol, Synthesis
from review.store import Actor, Entry, append_many
from review.store.events import enrol


def other(log: Log, name: str) -> Log:
    with log.store.write() as connection:
        return replace(log, actor=Actor(enrol(log.store, connection, name), log.protocol.hash))


def filling(study: str, sheet: str, role: str, state: str) -> tuple[str, dict[str, Any]]:
    return "filling", {"study": study, "sheet": sheet, "role": role, "state": state, "version": "1"}


@pytest.fixture
def included(log: Log) -> Log:
    log.search(papers(3))
    log.include(1, 2, 3)
    log.note([("study", {"study": f"s{n}", "reports": [n]}) for n in (1, 2, 3)])
    return log


def told(log: Log, protocol: Protocol | None = None) -> dict[str, str]:
    """Give the three texts and, by ``checklist item``, what it says."""
    with log.store.read() as connection:
        taken = log.extracted(connection)
        m = Material(connection, protocol or log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken)
        said = {name: getattr(m.narrative, name) for name in ("methods", "results", "summary")}
        rows = [(name, row) for name in NAMES for row in filled(read(name), answers(m)).rows]
        return said | {f"{name} {row[0]}": str(row[5]) for name, row in rows}


@pytest.mark.parametrize("whole", [False, True])
def test_every_place_that_a_checklist_names_is_written(log: Log, whole: bool) -> None:
    if whole:
        whole_review(log)
    with log.store.read() as connection:
        m = Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        there = {one.path.rpartition(".")[0] for _, plan in PLANS for one in plan(m)}
        rows = [row for name in NAMES for row in filled(read(name), answers(m)).rows]
    named = {where for row in rows for where in str(row[4]).split(", ")} - {""}
    assert ("plots/appraisal" in named) is whole
    assert {where for where in named if not any(path.startswith(where) for path in there)} == set()


def test_an_appraisal_without_responses_is_told_as_not_reported(included: Log) -> None:
    included.note([judgement("s1", item, "not_reported") for item in ("1", "2")])
    said = told(included)
    for text in ("methods", "results"):
        assert "an appraisal with Small list (2018" in said[text] and "its results are not reported" in said[text]
        assert "was used for" not in said[text] and "was applied to" not in said[text]
        assert "2 included studies were not appraised" in said[text]
    assert "| Appraisal: studies with responses | 0 | 3 | – |" in said["summary"]
    assert said["prisma_2020 18"] == "0 of 3 studies appraised. Results of 1 more are not reported."
    included.note([judgement("s2", "1", "yes")])
    said = told(included)
    assert "was used for 1 study, appraised by one person (A). For 1 more study, an appraisal" in said["methods"]
    assert "Yes in 1 of 1" in said["results"] and "not reported in" not in said["results"]
    assert "| Appraisal: studies with responses | 1 | 2 | 1 person |" in said["summary"]


def test_two_people_count_where_both_are_done(included: Log) -> None:
    ben, sheet = other(included, "Ben Cole"), "form:proforma"
    for who in (included, ben):
        who.note([answer("s1", "kind", "research"), answer("s2", "kind", "research")])
        who.note([filling("s1", sheet, "extractor", "done")])
    double = replace(included.protocol, synthesis=Synthesis(extraction="double"))
    said = told(included, double)
    assert (
        "Of 3 included studies, 1 was extracted by two or more people, and 2 were not extracted yet (A and BC)."
        in (said["methods"])
    )
    assert said["prisma_2020 9"].endswith("1 study extracted by 2 people, 1 by two or more.")
    ben.note([filling("s2", sheet, "extractor", "left")])
    assert "1 was extracted by two or more people, 1 was extracted by one person alone" in told(included)["methods"]


def test_votes_from_a_file_are_not_called_independent(log: Log) -> None:
    log.search(papers(2))
    log.vote([1, 2], "exclude")
    ben = other(log, "Ben Cole")
    with log.store.write() as connection:
        for n in (1, 2):
            vote = {"report": n, "stage": "title-abstract", "verdict": "exclude", "reasons": [], "note": None}
            append_many(log.store, connection, ben.actor, [Entry("decision", vote, client=f"import-file-{n}")])
    text = told(log)["methods"]
    assert "by two people (A and BC)" in text and "independently (" not in text
    assert "of the votes on titles and abstracts, 2 came from a file" in text


def test_what_nobody_did_is_not_told_as_done(included: Log) -> None:
    said = told(included)
    assert "No data have been collected yet" in said["methods"] and "Data were collected" not in said["methods"]
    assert said["prisma_2020 13d"] == "The protocol names the Workwell model, version 2013 (https://example.org). " + (
        "Nothing is coded yet."
    )
    included.note([coding("s1", "W1", "work", "+")])
    assert (
        "Each names component and direction; a perspective in 0, a kind of evidence in 0, a place in 0."
        in (told(included)["entreq 17"])
    )


def test_a_change_of_the_looks_is_no_amendment_in_any_text(included: Log) -> None:
    with included.store.write() as connection:
        stage = {"votes": 1, "maybe": "discuss", "reasons": [], "remove_unmatched": False}
        payload = {"hash": "hash", "rules": {"title-abstract": stage, "full-text": stage}}
        append_many(included.store, connection, included.actor, [Entry("protocol", payload)])
    said = told(included)
    assert "No part of the protocol that decides on the method was changed" in said["methods"]
    assert said["prisma_2020 24c"].startswith("No part of it that decides on the method was changed")
