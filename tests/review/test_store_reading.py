"""What the log says of full texts, quotes, notices and stops, and where reports stand because of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from review.errors import StageError
from review.store import Actor, Store, append, schema
from review.store.events import enrol
from review.store.files import Files
from review.store.verify import Kept, check_files, verify

FILE = {"sha256": "a" * 64, "kind": "pdf", "size": 12, "pages": 3, "name": "one.pdf"}


@pytest.fixture
def ann(any_filled: Store) -> Actor:
    with any_filled.write() as connection:
        return Actor(enrol(any_filled, connection, "Ann"), "h")


def vote(store: Store, who: Actor, report: int, verdict: str, stage: str = "title-abstract") -> None:
    append(store, who, "decision", {"report": report, "stage": stage, "verdict": verdict, "reasons": []})


def stands(store: Store, report: int, stage: str = "title-abstract") -> str | None:
    table = schema.standing.c
    with store.read() as connection:
        verify(connection)
        return connection.scalar(select(table.status).where(table.report == report, table.stage == stage))


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.read() as connection:
        verify(connection)
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def outcome(store: Store) -> tuple[str, str | None]:
    one = rows(store, schema.retrieval)[0]
    return one["outcome"], one["note"]


def test_a_vain_try_takes_no_other_outcomes_place(any_filled: Store, ann: Actor) -> None:
    vote(any_filled, ann, 1, "include")
    for said, counts in (
        ({"outcome": "tried", "note": "HTTP 403"}, "tried"),
        ({"outcome": "tried", "note": "no copy"}, "tried"),
        ({"outcome": "asked", "note": "library", "asked_on": "2026-03-01"}, "asked"),
        ({"outcome": "tried", "note": "HTTP 500"}, "asked"),
        ({"outcome": "not_retrieved", "note": "no loan"}, "not_retrieved"),
        ({"outcome": "tried", "note": "HTTP 500"}, "not_retrieved"),
        ({"outcome": "asked", "note": "author"}, "asked"),
    ):
        append(any_filled, ann, "retrieval", {"report": 1, **said})
        assert outcome(any_filled)[0] == counts
        assert stands(any_filled, 1, "full-text") == ("not_retrieved" if counts == "not_retrieved" else "waiting")
    assert outcome(any_filled) == ("asked", "author")


def test_a_file_that_was_got_can_be_taken_back(any_filled: Store, ann: Actor) -> None:
    vote(any_filled, ann, 1, "include")
    append(any_filled, ann, "retrieval", {"report": 1, "outcome": "retrieved", "url": "https://x.org/1", "file": FILE})
    held = rows(any_filled, schema.full_text)
    assert [(one["report"], one["name"], one["url"]) for one in held] == [(1, "one.pdf", "https://x.org/1")]
    append(any_filled, ann, "retrieval", {"report": 1, "outcome": "tried", "withdraw": FILE["sha256"]})
    assert rows(any_filled, schema.full_text) == []
    assert outcome(any_filled)[0] == "tried"


def test_a_notice_that_stays_keeps_its_day_and_that_it_was_read(any_filled: Store, ann: Actor) -> None:
    def said(*kinds: str, source: str = "crossref") -> None:
        found = [{"report": 1, "kind": kind, "about": "10.1/n", "label": "Notice"} for kind in kinds]
        append(any_filled, ann, "notices", {"source": source, "reports": [1, 2], "found": found})

    said("concern")
    since = rows(any_filled, schema.notice)[0]["since"]
    append(any_filled, ann, "notice_seen", {"report": 1, "source": "crossref", "kind": "concern", "about": "10.1/n"})
    said("concern", "retracted")
    said(source="pubmed")
    found = {one["kind"]: (one["seen"], one["since"] == since) for one in rows(any_filled, schema.notice)}
    assert found == {"concern": (True, True), "retracted": (False, False)}
    said("retracted")
    assert [one["kind"] for one in rows(any_filled, schema.notice)] == ["retracted"]
    said("concern")
    assert [one["seen"] for one in rows(any_filled, schema.notice)] == [False]
    assert {(one["report"], one["source"]) for one in rows(any_filled, schema.checked)} == {
        (report, source) for report in (1, 2) for source in ("crossref", "pubmed")
    }


def stop(store: Store, who: Actor, *reports: int) -> str:
    what = {"stage": "title-abstract", "reports": list(reports), "how": {"rule": "50 in a row"}, "why": "enough"}
    return append(store, who, "stop", what).id


def test_a_stop_leaves_unread_only_what_nobody_voted_on_and_can_be_taken_back(any_filled: Store, ann: Actor) -> None:
    vote(any_filled, ann, 1, "include")
    event = stop(any_filled, ann, 1, 2, 3)
    assert [stands(any_filled, one) for one in (1, 2, 3)] == ["included", "not_screened", "not_screened"]
    vote(any_filled, ann, 2, "exclude")
    assert stands(any_filled, 2) == "excluded"
    append(any_filled, ann, "stop", {"stage": "title-abstract", "ends": event, "why": "more came"})
    assert stands(any_filled, 3) == "waiting"
    assert [(one["reports"], one["ended"] is None) for one in rows(any_filled, schema.stop)] == [(3, False)]


def test_a_copy_that_came_after_the_stop_brings_its_report_back(any_filled: Store, ann: Actor) -> None:
    stop(any_filled, ann, 2, 3)
    append(any_filled, ann, "merge", {"reports": [1, 2], "rule": "doi"})
    append(any_filled, ann, "merge", {"reports": [3, 4], "rule": "doi"})
    assert [stands(any_filled, 1), stands(any_filled, 3)] == ["waiting", "waiting"]
    append(any_filled, ann, "split", {"reports": [4]})
    assert stands(any_filled, 3) == "not_screened"


def test_retrievals_of_an_older_database_get_their_who_and_when_from_the_log(tmp_path: Path) -> None:
    from importlib.resources import files

    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    from review.store import open_store
    from review.store.event import Event, as_row, digest

    engine = create_engine(f"sqlite:///{tmp_path}/review.sqlite")
    config = Config()
    config.set_main_option("script_location", str(files("review.store") / "migrations"))
    config.attributes["engine"] = engine
    command.upgrade(config, "0005")
    said = {"report": 1, "outcome": "not_retrieved", "route": "library", "note": "no loan"}
    bare = Event("", "p1@x", 1, None, "p1", "2026-01-02T03:04:05.000006Z", "retrieval", None, "h", said)
    event = Event(digest(bare), *[getattr(bare, n) for n in tuple(bare.__slots__)[1:]])
    with engine.begin() as connection:
        search = "INSERT INTO search (id, source, label, kind, method, started_at, status, losses, notes)"
        connection.execute(text(search + " VALUES (1, 's', 's', 'database', 'api', '', 'complete', '[]', '[]')"))
        record = "INSERT INTO record (id, search, position, authors, keywords, more, matched)"
        connection.execute(text(record + " VALUES (1, 1, 1, '[]', '[]', '{}', 'yes')"))
        connection.execute(text("INSERT INTO report (id) VALUES (1)"))
        connection.execute(insert(schema.person).values(id="p1", name="Ann"))
        connection.execute(insert(schema.event), [as_row(event)])
        old = "INSERT INTO retrieval (report, outcome, route, note, event)"
        connection.execute(text(old + " VALUES (1, 'not_retrieved', 'library', 'no loan', :e)"), {"e": event.id})
    engine.dispose()
    store = open_store(tmp_path)
    with store.read() as connection:
        row = connection.execute(select(schema.retrieval)).one()
    store.close()
    assert (row.person, row.at, row.note, row.event) == ("p1", "2026-01-02T03:04:05.000006Z", "no loan", event.id)


def test_files_are_named_by_what_they_hold(tmp_path: Path) -> None:
    files, given = Files(tmp_path), tmp_path / "given.pdf"
    given.write_bytes(b"%PDF-1.7 one")
    first, again = files.put(given, "pdf"), files.put(given, "pdf")
    assert first == again
    assert files.path(first, "pdf").read_bytes() == b"%PDF-1.7 one"
    assert [one.name for one in (tmp_path / "pdfs").iterdir()] == [f"{first}.pdf"]
    assert files.has(first, "pdf")
    assert not files.has("0" * 64, "pdf")


@pytest.mark.parametrize(("sha256", "kind"), [("../../etc/passwd", "pdf"), ("a" * 63, "pdf"), ("a" * 64, "exe")])
def test_no_other_path_can_be_named(tmp_path: Path, sha256: str, kind: str) -> None:
    with pytest.raises(StageError, match="no such full text"):
        Files(tmp_path).path(sha256, kind)


def test_verify_looks_at_the_full_texts_too(any_filled: Store, ann: Actor, tmp_path: Path) -> None:
    files, given = Files(tmp_path), tmp_path / "given.pdf"
    given.write_bytes(b"%PDF-1.7 one")
    sha256 = files.put(given, "pdf")
    vote(any_filled, ann, 1, "include")
    append(any_filled, ann, "retrieval", {"report": 1, "outcome": "retrieved", "file": FILE | {"sha256": sha256}})

    def kept() -> Kept:
        with any_filled.read() as connection:
            return check_files(connection, tmp_path)

    name = f"pdfs/{sha256}.pdf"
    assert kept() == Kept(0, 1, (), (), ())
    (tmp_path / name).write_bytes(b"%PDF-1.7 two")
    assert kept() == Kept(0, 0, (), (name,), ())
    (tmp_path / name).rename(tmp_path / "pdfs" / f"{'b' * 64}.pdf")
    assert kept() == Kept(0, 0, (name,), (), (f"pdfs/{'b' * 64}.pdf",))
