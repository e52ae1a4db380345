"""Dropped files: every one ends as matched, already there, or refused with a reason; each match is noted at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from browser import review
from made_papers import encrypted, huge, include, jats, pages_of, paper_pdf, papers, pdf

from review.full_texts import add, read_next, receive, summary, told
from review.store import Actor, Store, page_texts
from review.store.events import read_events
from review.store.verify import verify
from screening import page_rows, retrieval
from searches.fulltext.drop import Dropped, Names, files_of, printable
from searches.fulltext.places import Wanted

PAPERS = papers(14)
SOUGHT = 12


@pytest.fixture
def ann(tmp_path: Path, store: Store) -> Actor:
    """Give Ann, who has included the first twelve of fourteen papers."""
    workspace = review(tmp_path, store, PAPERS)
    actor = workspace.actor("Ann")
    include(store, actor, range(1, SOUGHT + 1))
    return actor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dropped"
    (made / "more").mkdir(parents=True)
    return made


def by_name(found: list[Dropped]) -> dict[str, tuple[str, int | None, str | None]]:
    return {one.name: (one.outcome, one.report, one.by or one.why) for one in found}


def states(store: Store) -> dict[int, str | None]:
    with store.read() as connection:
        verify(connection)
        return {one.report: one.outcome for one in retrieval.pending(connection)}


def test_every_file_ends_as_matched_there_or_refused(store: Store, ann: Actor, folder: Path, tmp_path: Path) -> None:
    made: dict[str, bytes] = {
        "a.pdf": paper_pdf(PAPERS[0]),
        "b no doi.pdf": pdf(pages_of(PAPERS[1], doi=False)),
        "c.xml": jats(PAPERS[2]),
        "more/d.pdf": encrypted(paper_pdf(PAPERS[3]), ""),
        "10.5555_made.5.pdf": pdf([[]] * 2, picture=True),
        "6.pdf": pdf([[]] * 3, picture=True),
        f"pmid {PAPERS[6].pmid}.pdf": pdf([[]] * 4, picture=True),
        "js.pdf": paper_pdf(PAPERS[7], javascript=True),
        "z copy of a.pdf": paper_pdf(PAPERS[0]),
        "a second.pdf": paper_pdf(PAPERS[0]) + b"\n",
        "scan.pdf": pdf([[]] * 5, picture=True),
        "not sought.pdf": paper_pdf(PAPERS[13]),
        "locked.pdf": encrypted(paper_pdf(PAPERS[9]), "secret"),
        "cut off.pdf": paper_pdf(PAPERS[9])[:-700],
        "login.pdf": b"<html>Sign in</html>",
        "10.5555_made.10.pdf": paper_pdf(PAPERS[13]) + b"\n",
        "both.pdf": pdf([[*pages_of(PAPERS[10], doi=False)[0], *pages_of(PAPERS[11], doi=False)[0]]]),
        ".DS_Store": b"\0\0\0\1Bud1",
        "\x1b[2J\u202efdp.pdf": b"",
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    huge(PAPERS[8], folder / "huge.pdf", 40)
    os.mkfifo(folder / "pipe.pdf")
    (tmp_path / "outside.pdf").write_bytes(paper_pdf(PAPERS[9]))
    (folder / "out.pdf").symlink_to(tmp_path / "outside.pdf")
    (folder / "lost.pdf").symlink_to(folder / "nothing")
    (folder / "up").symlink_to(tmp_path)
    before = sorted(path.name for path in folder.iterdir())
    found = list(add(store, ann, [folder]))
    assert summary(found) == {"files": len(made) + 5, "matched": 10, "there": 1, "refused": 13}
    assert sorted(path.name for path in folder.iterdir()) == before
    said = by_name(found)
    assert {name: (report, by) for name, (outcome, report, by) in said.items() if outcome == "matched"} == {
        "a.pdf": (1, "doi"), "a second.pdf": (1, "doi"), "b no doi.pdf": (2, "title"), "c.xml": (3, "doi"),
        "d.pdf": (4, "doi"), "10.5555_made.5.pdf": (5, "name"), "6.pdf": (6, "name"),
        f"pmid {PAPERS[6].pmid}.pdf": (7, "name"), "js.pdf": (8, "doi"), "huge.pdf": (9, "doi"),
    }  # fmt: skip
    assert said["z copy of a.pdf"][:2] == ("there", 1)
    for name, why in {
        "scan.pdf": "its name names no report", "not sought.pdf": "another paper", "locked.pdf": "password",
        "cut off.pdf": "cut off", "login.pdf": "asks to sign in", "10.5555_made.10.pdf": "another paper",
        "both.pdf": "several reports", ".DS_Store": "something else", "\\x1b[2J\\u202efdp.pdf": "an empty file",
        "pipe.pdf": "no ordinary file", "out.pdf": "leads out of the folder", "lost.pdf": "cannot be read",
        "up": "not followed",
    }.items():  # fmt: skip
        assert (said[name][0], why in (said[name][2] or "")) == ("refused", True), said[name]
    assert next(one.candidates for one in found if one.name == "both.pdf") == (11, 12)
    assert [report for report, outcome in states(store).items() if outcome == "retrieved"] == list(range(1, 10))
    with store.read() as connection:
        files = page_rows.files(connection, range(1, 10))
        pages = page_rows.pages(connection, files[1][0].sha256)
    assert {report: len(some) for report, some in files.items()} == {1: 2, **dict.fromkeys(range(2, 10), 1)}
    assert all(store.files.has(one.sha256, one.kind) for some in files.values() for one in some)
    assert PAPERS[0].doi in pages[0].text and [page.label for page in pages] == ["1", "2", "3", "4"]
    again = list(add(store, ann, [folder]))
    assert summary(again) == {"files": len(made) + 5, "matched": 0, "there": 11, "refused": 13}
    assert all("texts" not in told(one) for one in again)


def test_a_run_that_is_stopped_goes_on_where_it_was(store: Store, ann: Actor, folder: Path) -> None:
    for n in range(4):
        (folder / f"{n}.pdf").write_bytes(paper_pdf(PAPERS[n]))
    run = add(store, ann, [folder])
    next(run), next(run)
    run.close()
    with store.read() as connection:
        assert [event.payload["report"] for event in read_events(connection, "retrieval")] == [1, 2]
    assert summary(list(add(store, ann, [folder]))) == {"files": 4, "matched": 2, "there": 2, "refused": 0}


def test_a_file_that_was_taken_back_is_not_put_back_by_itself(store: Store, ann: Actor, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(paper_pdf(PAPERS[0]))
    (one,) = add(store, ann, [folder])
    assert one.sha256 is not None
    retrieval.take_back(store, ann, report=1, sha256=one.sha256, why="the wrong version")
    (one,) = add(store, ann, [folder])
    assert (one.outcome, "taken back" in (one.why or "")) == ("refused", True)
    assert states(store)[1] == "tried"
    (one,) = add(store, ann, [folder], report=1)
    assert (one.outcome, one.by, one.sure) == ("matched", "person", True)


def test_said_to_be_of_a_report_it_must_still_look_like_it(store: Store, ann: Actor, folder: Path) -> None:
    (folder / "wrong.pdf").write_bytes(paper_pdf(PAPERS[1]))
    (folder / "scan.pdf").write_bytes(pdf([[]], picture=True))
    found = by_name(list(add(store, ann, [folder], report=1)))
    assert found["scan.pdf"] == ("matched", 1, "person")
    assert found["wrong.pdf"][0] == "refused" and "another paper" in (found["wrong.pdf"][2] or "")


def test_a_sent_file_is_kept_against_appearances_only_when_a_person_says_so(
    store: Store, ann: Actor, folder: Path
) -> None:  # fmt: skip
    path = folder / "x.pdf"
    path.write_bytes(paper_pdf(PAPERS[1]))
    give: Callable[..., object] = lambda **more: receive(store, ann, path, name="x\x07.pdf", report=1, **more)  # noqa: E731
    refused = give()
    assert (refused.stored, refused.usable) == (False, True)  # type: ignore[attr-defined]
    assert states(store)[1] is None
    assert give(anyway=True).stored  # type: ignore[attr-defined]
    with store.read() as connection:
        (said,) = retrieval.ledger(connection, 1)
        assert said.file is not None
    assert (said.note or "").startswith("kept by a person although it is another paper")
    assert said.file["name"] == "x\\x07.pdf"
    path.write_bytes(b"no paper")
    refused = give(anyway=True)
    assert (refused.stored, refused.usable) == (False, False)  # type: ignore[attr-defined]


def test_what_a_log_brings_is_read_and_a_file_that_is_gone_is_put_back(store: Store, ann: Actor, folder: Path) -> None:
    """As when a log came from another installation: with what was noted, without the folder and the text of pages."""
    (folder / "1.pdf").write_bytes(paper_pdf(PAPERS[0]))
    (one,) = add(store, ann, [folder])
    assert one.sha256 is not None
    kept = store.files.path(one.sha256, "pdf")

    def pages() -> int:
        with store.read() as connection:
            return len(page_rows.pages(connection, str(one.sha256)))

    tried = set[str]()
    assert read_next(store, tried) is None
    page_texts.put(store, one.sha256, ())
    assert (read_next(store, tried), pages()) == (one.sha256, 4)
    page_texts.put(store, one.sha256, ())
    assert read_next(store, tried) is None, "what cannot be read is not read for ever"
    kept.unlink()
    assert read_next(store, set()) is None
    assert [found.outcome for found in add(store, ann, [folder])] == ["there"]
    assert (kept.is_file(), pages()) == (True, 4)


@pytest.mark.parametrize(
    ("name", "reports"),
    [
        ("10.5555_made.1.pdf", {1}), ("Smith 10.5555%2Fmade.1 (2).pdf", {1}), ("10.5555-made.12.pdf", set()),
        ("1.pdf", {1}), ("report-2.pdf", {2}), ("Report 2.pdf", {2}), ("PMID_77.pdf", {2}), ("77.pdf", {2, 77}),
        ("2001.pdf", set()), ("report 2001.pdf", {2001}), ("Smith 2001.pdf", set()), ("1 Smith.pdf", set()),
    ],
)  # fmt: skip
def test_what_the_name_of_a_file_names(name: str, reports: set[int]) -> None:
    known = [Wanted(1, doi="10.5555/made.1"), Wanted(2, pmid="77"), Wanted(77), Wanted(2001)]
    assert Names(known).reports(name) == reports


def test_files_are_named_safely_and_once(tmp_path: Path) -> None:
    assert printable("a\n\udcff") == "a\\n\\udcff"
    (tmp_path / "one.pdf").write_bytes(b"%PDF")
    assert files_of([tmp_path, tmp_path / "one.pdf"]) == [tmp_path / "one.pdf"]
    (tmp_path / "link.pdf").symlink_to(tmp_path / "one.pdf")
    assert len(files_of([tmp_path])) == 2
