"""``review retractions``, and the count of retracted records after an import, as a person or script meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import responses
from sqlalchemy import update

from review.errors import SourceBusy
from review.noticing import check_included, check_notices
from review.stages import open_workspace
from review.store import Actor, Entry, append_many, open_store, schema
from review.store.events import read_events
from screening import notice_rows
from tests.searches.test_notices import article, link, works

Run = Callable[..., tuple[int, str, str]]
UPDATE = {"DOI": "10.5555/n", "type": "retraction", "label": "Retraction", "updated": {"date-parts": [[2024, 5, 2]]}}


@pytest.fixture
def folder(review_folder: Path, fill: Callable[..., Any], review: Run) -> Path:
    """Give a review of 6 reports: 1, 2 and 3 included, 4 at full text, 5 and 6 to be screened; 3 has no id."""
    assert review("status")[0] == 0  # the protocol is put in force
    store = open_store(review_folder)
    fill(store, 6)
    workspace = open_workspace(review_folder, {})
    votes = [(n, "title-abstract") for n in (1, 2, 3, 4)] + [(n, "full-text") for n in (1, 2, 3)]
    said = {"verdict": "include", "reasons": [], "note": None}
    with store.write() as connection:
        entries = [Entry("decision", {"report": n, "stage": stage, **said}) for n, stage in votes]
        for person in ("a", "b"):
            connection.execute(schema.person.insert().values(id=person, name=person))
            append_many(store, connection, Actor(person, workspace.protocol.hash), entries)
        record = schema.record
        connection.execute(update(record).where(record.c.id == 3).values(doi=None, pmid=None))
    store.close()
    workspace.store.close()
    return review_folder


def speak(wire: responses.RequestsMock, *, crossref: Any = None, openalex: int = 200) -> None:
    """Put the three sources on the wire: Crossref says that 10.5555/1 is retracted, PubMed that 1002 has an erratum."""
    items = ({"DOI": "10.5555/1", "updated-by": [UPDATE]}, {"DOI": "10.5555/2"}, {"DOI": "10.5555/4"})
    wire.get(re.compile(r"https://api\.crossref\.org/"), **(crossref or {"body": works(*items)}))
    found = [{"doi": f"https://doi.org/10.5555/{n}", "ids": {}, "is_retracted": n == 1} for n in (1, 2)]
    told = {"meta": {"count": 2}, "results": found}
    wire.get(re.compile(r"https://api\.openalex\.org/"), json=told, status=openalex)
    set_of = f"<PubmedArticleSet>{article(1002, link('ErratumIn', 'J. 2020;1', 77))}{article(1001)}</PubmedArticleSet>"
    wire.get(re.compile(r"https://eutils\.ncbi\.nlm\.nih\.gov/"), body=set_of)


def test_every_report_ends_somewhere_and_news_are_told_once(folder: Path, review: Run, wire: Any) -> None:
    speak(wire)
    code, out, _ = review("retractions", "--json")
    told = json.loads(out)
    assert (code, told["reports"], told["checked"], told["cannot_be_checked"]) == (0, 4, 3, 1)
    assert (told["unknown"], told["failed"]) == (0, 0)
    by_source = {one["source"]: (one["checked"], one["unknown"], one["failed"]) for one in told["sources"]}
    assert by_source == {"crossref": (3, 0, 0), "pubmed": (2, 1, 0), "openalex": (2, 1, 0)}
    assert [(one["report"], one["kind"], one["new"], one["on"]) for one in told["notices"]] == [
        (1, "retracted", True, "2024-05-02"), (2, "corrected", True, "2020"),
    ]  # fmt: skip
    assert [one["source"] for one in told["notices"][0]["told"]] == ["Crossref", "OpenAlex"]
    code, out, _ = review("retractions")
    assert "New since the last check: nothing" in out
    assert "Known before: 2 notices" in out
    assert "  Retracted (2024-05-02): report 1: Synthetic report 1" in out
    assert "    Crossref: Retraction: https://doi.org/10.5555/n" in out
    assert "4 reports: 3 checked, 1 without DOI and PMID: cannot be checked." in out
    assert review("verify")[0] == 0


def test_a_source_that_fails_is_named_and_what_was_said_is_kept(folder: Path, review: Run, wire: Any) -> None:
    speak(wire, crossref={"status": 503, "body": "busy"}, openalex=403)
    code, out, _ = review("retractions")
    assert code == 4, "the gravest: OpenAlex refuses, Crossref is busy"
    assert "New since the last check: 1 notice, but no answer for 1 report" in out
    assert "Crossref: 0 checked, 3 not answered: Crossref is busy" in out
    assert "4 reports: 2 checked, 1 without an answer, 1 without DOI and PMID: cannot be checked." in out
    store = open_store(folder)
    with store.read() as connection:
        assert [event.payload["source"] for event in read_events(connection, "notices")] == ["pubmed"]
        assert [row.kind for row in notice_rows.notices(connection)] == ["corrected"]
    store.close()


def test_all_asks_about_every_report(folder: Path, review: Run, wire: Any) -> None:
    speak(wire)
    told = json.loads(review("retractions", "--all", "--json")[1])
    assert (told["reports"], told["checked"], told["unknown"], told["cannot_be_checked"]) == (6, 3, 2, 1)


def test_unasked_only_sources_of_the_protocol_are_asked(folder: Path, wire: Any) -> None:
    """Crossref is not in the protocol; a report that is known to nobody, or has no id, is not asked about for ever."""
    speak(wire)
    workspace = open_workspace(folder, {})
    told = check_included(workspace, lambda: False)
    assert told == "2 reports, 2 checked: 2 new notices."
    assert not [call for call in wire.calls if "crossref" in str(call.request.url)]
    assert check_included(workspace, lambda: False) is None
    nobody = replace(workspace, protocol=replace(workspace.protocol, sources=()))
    with workspace.store.write() as connection:
        connection.execute(schema.checked.delete())
    asked = len(wire.calls)
    assert (check_included(nobody, lambda: False), len(wire.calls)) == (None, asked)
    workspace.store.close()


def test_a_source_that_is_down_is_said_and_asked_again(folder: Path, wire: Any) -> None:
    speak(wire, openalex=503)
    workspace = open_workspace(folder, {})
    only = replace(workspace.protocol, sources=tuple(s for s in workspace.protocol.sources if s.name == "openalex"))
    workspace = replace(workspace, protocol=only)
    for _ in range(2):
        with pytest.raises(SourceBusy):
            check_included(workspace, lambda: False)
    done = check_notices(workspace, workspace.software(), [1], listed=True)
    assert done.sentence.startswith("1 report, 0 checked: nothing new. OpenAlex gave no answer for 1: OpenAlex is busy")
    stopped = check_notices(workspace, workspace.software(), [1, 3], stop=lambda: True)
    assert stopped.sentence.endswith("gave no answer for 1: it was not asked any more.")
    assert "1 could not be checked." in stopped.sentence
    workspace.store.close()


def test_records_that_came_as_retracted_are_counted(review_folder: Path, review: Run) -> None:
    lines = ["TY  - JOUR", "TI  - One", "DO  - 10.5555/1", "C8  - review:flag=retracted", "ER  - ", "TY  - JOUR",
             "TI  - retracted in the title only", "ER  - "]  # fmt: skip
    (review_folder / "two.ris").write_text("\n".join(lines), "utf-8")
    _, out, err = review("import", str(review_folder / "two.ris"), "--source", "Test")
    assert "retracted, as the source says: 1 record; each is marked where it is screened" in out, out + err
