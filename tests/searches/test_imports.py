"""Export files as searches: everything in the file is counted, and importing it twice is refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from review.errors import ReviewError, StageError
from review.formats import read
from review.protocol import Protocol, read_protocol, template
from review.record import Reading
from review.store import Store, schema
from review.store.verify import check_files
from searches import imports, rows
from searches.imports import Ran, import_file, new_files

PROTOCOL = read_protocol(template("mentoring").encode())
THREE = b"""TY  - JOUR
TI  - Mentoring and the health of doctors
AU  - One, A
PY  - 2010
AB  - Doctors and mentors.
ER  -

TY  - JOUR
TI  - A study of bees
AU  - Two, B
AB  - Honey.
ER  -

TY  - JOUR
TI  - Mentoring for doctors
AU  - Three, C
ER  -
"""


def take(store: Store, folder: Path, data: bytes = THREE, name: str = "a.ris", ran: Ran | None = None):
    return import_file(store, PROTOCOL, folder, data, name, ran or Ran("cinahl"))


def test_records_rejected_and_matched_are_counted(store: Store, tmp_path: Path) -> None:
    done = take(store, tmp_path)
    assert (done.status, done.records, done.rejected, done.matched, done.hits) == ("complete", 3, 0, 1, None)
    with store.read() as connection:
        counts = rows.count_records(connection, done.search)
    # the third has no abstract: what is known does not match, what is not known could
    assert counts == {"yes": 1, "no": 1, "unknown": 1, "rejected": 0}


def test_a_platform_of_the_protocol_lends_its_label(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    with store.read() as connection:
        (search,) = rows.searches(connection)
    assert (search["source"], search["label"], search["platform"]) == ("cinahl", "CINAHL", "ebscohost")


def test_hits_on_screen_that_are_not_in_the_file_make_the_search_incomplete(store: Store, tmp_path: Path) -> None:
    done = take(store, tmp_path, ran=Ran("cinahl", hits=500))
    assert done.status == "incomplete"
    assert done.error == "the platform showed 500 hits, the file holds 3 records"


def test_zero_hits_is_a_number_and_not_knowing_them_is_none(store: Store, tmp_path: Path) -> None:
    assert take(store, tmp_path, ran=Ran("cinahl", hits=3)).status == "complete"
    with store.read() as connection:
        assert connection.scalar(select(schema.search.c.hits)) == 3


def test_the_very_same_file_is_not_counted_twice(store: Store, tmp_path: Path) -> None:
    first = take(store, tmp_path)
    with pytest.raises(StageError, match=f"as search {first.search}"):
        take(store, tmp_path, name="again.ris")
    with store.read() as connection:
        assert rows.count_all_records(connection) == 3


def test_two_imports_of_one_file_at_once_count_it_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*facts: Any, **more: Any) -> Reading:
        monkeypatch.undo()
        take(store, tmp_path)  # somebody else, while this one still reads
        return read(*facts, **more)

    monkeypatch.setattr(imports, "read", slow)
    with pytest.raises(StageError, match="imported already"):
        take(store, tmp_path)
    with store.read() as connection:
        assert rows.count_all_records(connection) == 3


def test_the_bytes_are_kept_as_they_came(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    with store.read() as connection:
        path = connection.scalar(select(schema.page.c.path))
        assert check_files(connection, tmp_path).raw == 1
    assert gzip.decompress((tmp_path / str(path)).read_bytes()) == THREE
    (tmp_path / str(path)).write_bytes(gzip.compress(b"something else"))
    with store.read() as connection:
        assert check_files(connection, tmp_path).changed == (path,)
    (tmp_path / str(path)).unlink()
    with store.read() as connection:
        assert check_files(connection, tmp_path).missing == (path,)


def test_a_file_that_cannot_be_read_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ReviewError):
        take(store, tmp_path, b"<html><body>Please log in</body></html>", "login.ris")
    with store.read() as connection:
        assert rows.searches(connection) == []


def test_every_record_becomes_a_report_in_the_queue(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    with store.read() as connection:
        standing = connection.execute(select(schema.standing.c.report, schema.standing.c.status)).all()
    assert [tuple(row) for row in standing] == [(1, "waiting"), (2, "waiting"), (3, "waiting")]


def test_listed_files_are_new_until_they_are_imported(store: Store, tmp_path: Path) -> None:
    assert [one.file for one in new_files(store, PROTOCOL)] == ["article_2008.ris", "report_refs.ris"]
    take(store, tmp_path, name="article_2008.ris", ran=Ran("article-2008"))
    assert [one.file for one in new_files(store, PROTOCOL)] == ["report_refs.ris"]


def test_without_a_strategy_nothing_is_said_about_matching(store: Store, tmp_path: Path) -> None:
    bare: Protocol = read_protocol(
        b'[review]\ntitle = "t"\nquestion = "q"\n[screening.full-text]\nreason_required=false\n'
    )
    done = import_file(store, bare, tmp_path, THREE, "a.ris", Ran("x"))
    with store.read() as connection:
        assert rows.count_records(connection, done.search)["unknown"] == 3
