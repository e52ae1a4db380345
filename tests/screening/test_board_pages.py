"""The board of full texts over HTTP: counts, filters, noting for one and for several, sent files, who may."""

from __future__ import annotations

import csv
import io
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Served, Visitor, review, served, visitors
from made_papers import include, paper_pdf, papers, pdf

from review.protocol import Member
from review.store import Store, jobs
from screening import page_rows, retrieval

PAPERS = papers(56)
PAPERS[0] = replace(PAPERS[0], title='=HYPERLINK("http://evil.test") <script>alert(1)</script>')
SOUGHT = 55


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site with 55 reports sought; Ann and Ben may vote, Cy only looks."""
    workspace = review(tmp_path, store, PAPERS, team=("Ann", "Ben", Member("Cy", ("reader",))))
    include(store, workspace.actor("Ann"), range(1, SOUGHT + 1))
    with served(workspace) as running:
        yield running


@pytest.fixture
def ann(site: Served) -> Iterator[Visitor]:
    with visitors(site) as visitor:
        yield visitor("Ann")


def counts(html: str) -> dict[str, int]:
    """Read the tiles of the page."""
    return {label: int(n) for n, label in re.findall(r"<strong>(\d+)</strong> ([A-Z][\w ]+)</a>", html)}


def listed(html: str) -> list[int]:
    return [int(n) for n in re.findall(r'<li id="r(\d+)"', html)]


def outcome(site: Served, report: int) -> str | None:
    with site.workspace.store.read() as connection:
        return next(one.outcome for one in retrieval.pending(connection) if one.report == report)


def files(site: Served, report: int) -> list[str | None]:
    with site.workspace.store.read() as connection:
        return [one.name for one in page_rows.files(connection, (report,)).get(report, ())]


def send(ann: Visitor, report: int, data: bytes, name: str = "one.pdf") -> str:
    sent = {"file": (name, data, "application/pdf")}
    reply = ann.http.post(ann.site.url + "/fulltext/upload", data={"report": report}, files=sent)
    assert "Traceback" not in reply.text
    return reply.text


def test_the_board_counts_filters_and_goes_on(site: Served, ann: Visitor) -> None:
    store, who = site.workspace.store, site.workspace.actor("Ann")
    retrieval.note(store, who, report=2, outcome="not_retrieved", note="<b>no</b> loan")
    retrieval.note(store, who, report=3, outcome="asked")
    page = ann.get("/fulltext").text
    assert counts(page) == {
        "Sought": 55, "To get": 53, "Tried in vain": 0, "Asked for": 1, "Got": 0, "Not retrieved": 1,
    }  # fmt: skip
    assert listed(page) == list(range(1, 51))
    assert "<script>alert" not in page and "<b>no</b>" not in page
    assert listed(ann.get("/fulltext?after=50").text) == list(range(51, 56))
    assert listed(ann.get("/fulltext?state=asked").text) == [3]
    assert listed(ann.get(f"/fulltext?q={PAPERS[6].doi}").text) == [7]
    assert listed(ann.get("/fulltext?q=9&state=not_retrieved").text) == []
    assert listed(ann.get("/fulltext?state=nonsense&after=x").text) == list(range(1, 51))
    assert 'value="7" checked' in ann.get("/fulltext?all=yes").text


def test_several_are_marked_at_once_or_none(site: Served, ann: Visitor) -> None:
    said = {"chosen": ["4", "5", "6"], "route": "library", "asked_on": "2026-11-01", "note": "", "back": "state=wanted"}
    reply = ann.post("/fulltext/asked", said)
    assert reply.url.endswith("/fulltext?state=wanted&done=3")
    assert [outcome(site, report) for report in (4, 5, 6)] == ["asked"] * 3
    assert ann.post("/fulltext/asked", {**said, "chosen": ["7", "56"]}).status_code == 422
    assert outcome(site, 7) is None
    assert "no report was chosen" in ann.post("/fulltext/asked", {"route": "library"}).text.lower()


def test_one_is_noted_in_place_and_what_cannot_be_is_said_there(site: Served, ann: Visitor) -> None:
    line = ann.post("/fulltext/missing", {"report": 4, "note": "asked twice"}, **{"HX-Request": "true"}).text
    assert "Noted as not to be had." in line and counts(line)["Not retrieved"] == 1 and 'hx-swap-oob="true"' in line
    refused = ann.post("/fulltext/missing", {"report": 5, "note": " "}, **{"HX-Request": "true"})
    assert refused.status_code == 422 and "needs a reason" in refused.text and outcome(site, 5) is None
    assert ann.post("/fulltext/got", {"report": 4, "route": "on paper"}).url.endswith("#r4")
    assert outcome(site, 4) == "retrieved"
    day = ann.post("/fulltext/asked", {"report": 6, "route": "author", "asked_on": "2031-01-01", "note": "kept?"})
    assert day.status_code == 422 and 'value="kept?"' in day.text and "no day until today" in day.text
    assert ann.get("/fulltext/one?report=56").status_code == 422
    history = ann.get("/fulltext/one?report=4").text
    assert "asked twice" in history and "All 2 entries" in history


def test_a_sent_file_is_checked_and_kept_against_appearances_only_when_told(site: Served, ann: Visitor) -> None:
    assert "The file is added" not in send(ann, 2, b"<html>Sign in</html>", "<b>.pdf")
    assert "asks to sign in" in send(ann, 2, b"<html>Sign in</html>", "<b>.pdf")
    send(ann, 2, paper_pdf(PAPERS[1]), "../../etc/passwd.pdf")
    assert len(files(site, 2)) == 1
    assert "there already" in send(ann, 2, paper_pdf(PAPERS[1]))
    doubt = send(ann, 3, paper_pdf(PAPERS[1]), "other.pdf")
    token = re.search(r'name="token" value="([^"]+)"', doubt)
    assert token is not None and "does not look like this paper" in doubt and files(site, 3) == []
    with visitors(site) as visitor:
        ben = visitor("Ben")
        assert ben.post("/fulltext/answer", {"token": token[1], "do": "keep"}).status_code == 422
    assert files(site, 3) == []
    ann.post("/fulltext/answer", {"token": token[1], "do": "keep"})
    assert files(site, 3) == ["other.pdf"]
    again = re.search(r'name="token" value="([^"]+)"', send(ann, 4, paper_pdf(PAPERS[1])))
    assert again is not None
    ann.post("/fulltext/answer", {"token": again[1], "do": "drop"})
    assert ann.post("/fulltext/answer", {"token": again[1], "do": "keep"}).status_code == 422
    assert files(site, 4) == []
    assert "no file was chosen" in ann.post("/fulltext/upload", {"report": 5}).text.lower()
    send(ann, 5, pdf([[]], picture=True))
    assert outcome(site, 5) == "retrieved"


def test_a_wrong_file_is_taken_back(site: Served, ann: Visitor) -> None:
    send(ann, 2, paper_pdf(PAPERS[1]))
    page = ann.get("/fulltext/one?report=2").text
    sha256 = re.search(r'name="file" value="(\w{64})"', page)
    assert sha256 is not None
    assert ann.post("/fulltext/wrong", {"report": 2, "file": sha256[1], "note": ""}).status_code == 422
    ann.post("/fulltext/wrong", {"report": 2, "file": sha256[1], "note": "the preprint"})
    assert (files(site, 2), outcome(site, 2)) == ([], "tried")
    assert "file taken back" in ann.get("/fulltext?q=2").text


def test_the_ledger_is_a_table_without_formulas(site: Served, ann: Visitor) -> None:
    who = site.workspace.actor("Ben")
    retrieval.note(site.workspace.store, who, report=2, outcome="tried", route="@SUM(A1)", note="no copy")
    retrieval.note(site.workspace.store, who, report=2, outcome="asked", route="library", asked_on="2026-11-02")
    rows = list(csv.DictReader(io.StringIO(ann.get("/fulltext/ledger.csv").content.decode("utf-8-sig"))))
    assert len(rows) == SOUGHT + 1
    assert rows[0]["title"].startswith("'=HYPERLINK") and rows[0]["state"] == "wanted"
    two = [(row["person"], row["outcome"], row["route"], row["asked_on"]) for row in rows if row["report"] == "2"]
    assert two == [("Ben", "tried", "'@SUM(A1)", ""), ("Ben", "asked", "library", "2026-11-02")]


def test_who_only_looks_changes_nothing(site: Served) -> None:
    with visitors(site) as visitor:
        cy = visitor("Cy")
        page = cy.get("/fulltext").text
        assert counts(page)["Sought"] == SOUGHT and "Mark as asked" not in page and ">Open<" not in page
        assert "Add the file" not in cy.get("/fulltext/one?report=2").text
        for path in ("asked", "got", "missing", "wrong", "upload", "answer", "find"):
            assert cy.post(f"/fulltext/{path}", {"report": 2, "note": "no"}).status_code == 403


def test_open_copies_are_asked_for_once(site: Served, ann: Visitor) -> None:
    for _ in range(2):
        page = ann.post("/fulltext/find", {"back": "state=wanted"}).text
    assert "Looking for open copies" in page and 'hx-trigger="every 3s"' in page and "review fulltext find" in page
    store = site.workspace.store
    with store.read() as connection:
        job = jobs.latest(connection, "fulltext")
    assert job is not None and (job.id, job.person) == (1, site.workspace.actor("Ann").person)
    jobs.say(store, job.id, 3, 10, "Unpaywall")
    assert "3 of 10 (Unpaywall)" in ann.get("/fulltext").text
    jobs.end(store, job.id, "7 got, 3 tried in vain")
    assert "Last time: 7 got, 3 tried in vain" in ann.get("/fulltext").text


def test_a_sent_file_that_is_too_large_is_refused_before_it_is_read(site: Served, ann: Visitor) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in ann.http.cookies.items())
    line = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    head = "POST /fulltext/upload HTTP/1.1", f"Host: 127.0.0.1:{site.port}", f"Cookie: {cookie}"
    form = "Content-Type: multipart/form-data; boundary=x", "Content-Length: 300000000", "", "--x"
    with line, line.makefile("rb") as reply:
        line.sendall("\r\n".join((*head, *form)).encode())
        assert b" 413 " in reply.readline()


def test_files_that_wait_for_an_answer_do_not_pile_up(tmp_path: Path) -> None:
    from review.web.uploads import Uploads

    uploads, paths = Uploads[int](most=2), []
    for n in range(3):
        with uploads.received(io.BytesIO(b"%PDF"), name="n", person="p", about=n) as upload:
            uploads.wait(upload)
        paths.append(upload.path)
    assert [path.exists() for path in paths] == [False, True, True]
    uploads.clear()
    assert not any(path.exists() for path in paths)
