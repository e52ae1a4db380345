"""A review as one file and back: nothing lost, nothing added, no secret and, in public, no name in it."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import archived
import pytest
from sqlalchemy import insert, text, update

import reports.build
import reports.drawing
from reports.archive.contents import MANIFEST
from reports.material import Material
from reports.narrative.files import reference_files
from reports.planned import Planned
from reports.revman import revman_files
from review import archiving
from review.archiving import archive
from review.cli.archive import stoppable
from review.errors import CountError, ReviewError, TamperError
from review.restoring import restore
from review.stages import Workspace, open_workspace, write_reports
from review.store import aside, portable, schema
from review.store.verify import check_files, verify
from review.store.withheld import withheld

PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")


def quiet(_label: str, _done: int, _total: int | None) -> None:
    """Tell nobody how far it is."""


@pytest.fixture(autouse=True)
def few_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report little, where it does not matter what: drawing takes longer than all the rest."""
    monkeypatch.setattr(reports.build, "PLANS", ((("included",), reference_files), (("revman",), revman_files)))


@pytest.fixture
def whole(tmp_path: Path, clock: Callable[[], str]) -> Iterator[Workspace]:
    workspace = archived.made(tmp_path / "review", clock)
    yield workspace
    workspace.store.close()


def again(folder: Path, file: Path, url: str | None = None) -> bytes:
    """Archive a restored review, and give the bytes."""
    workspace = open_workspace(folder, {"REVIEW_DATABASE": url} if url else {})
    archive(workspace, file, public=False, notify=quiet)
    workspace.store.close()
    return file.read_bytes()


def test_every_table_of_the_schema_is_named_as_in_or_out() -> None:
    assert aside.account.name in portable.ASIDE
    named = [*portable.ARCHIVED, *portable.ASIDE]
    assert len(named) == len(set(named))
    assert set(named) == set(schema.metadata.tables)


def test_restoring_gives_the_same_review_and_archiving_that_the_same_bytes(whole: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    done = archive(whole, file, public=False, notify=quiet)
    assert [w for w in done.warnings if "licence" in w]
    archive(whole, tmp_path / "b.zip", public=False, notify=quiet)
    assert (tmp_path / "b.zip").read_bytes() == file.read_bytes()
    found = archived.contents(file)
    assert not [s for s in archived.SECRETS for data in found.values() if s.encode() in data]
    assert b"'=HYPERLINK()" in found["logs/decisions.csv"]

    back = tmp_path / "back"
    made = restore(file, back, url=None, notify=quiet)
    assert (made.raw, made.full_texts, made.logs, made.withheld, made.missing) == (1, 1, 3, {}, ())
    write_reports(whole)
    assert archived.tree(back) == archived.tree(whole.folder)
    assert again(back, tmp_path / "c.zip") == file.read_bytes()
    assert archived.tree(back) == archived.tree(whole.folder)
    opened = open_workspace(back, {})
    assert opened.store.installation != whole.store.installation  # two copies never share a log
    opened.store.close()
    assert archived.beside(tmp_path) == []


@pytest.mark.postgres
def test_postgres_gives_the_same_archive_and_goes_on_counting(
    whole: Workspace, tmp_path: Path, postgres_database: str, fill: Callable[..., list[int]]
) -> None:
    file = tmp_path / "a.zip"
    archive(whole, file, public=False, notify=quiet)
    restore(file, tmp_path / "there", url=postgres_database, notify=quiet)
    assert not (tmp_path / "there/review.sqlite").exists()
    assert again(tmp_path / "there", tmp_path / "b.zip", postgres_database) == file.read_bytes()
    with pytest.raises(ReviewError, match="holds a review"):
        restore(file, tmp_path / "twice", url=postgres_database, notify=quiet)
    restore(tmp_path / "b.zip", tmp_path / "home", url=None, notify=quiet)
    assert again(tmp_path / "home", tmp_path / "c.zip") == file.read_bytes()
    opened = open_workspace(tmp_path / "there", {"REVIEW_DATABASE": postgres_database})
    assert fill(opened.store, 2) == [7, 8]
    opened.store.close()


def unpacked(found: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive, and what is in those that are packed themselves."""
    for path, data in found.items():
        yield path, data
        if path.endswith((".docx", ".xlsx")):
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                yield from ((f"{path}/{name}", inner.read(name)) for name in inner.namelist())


def test_a_public_archive_names_nobody_and_is_a_whole_review(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # every report is looked into, but for pictures: what they show is in the SVG
    monkeypatch.setattr(reports.drawing, "drawn", lambda *_, **__: PIXEL)
    file = tmp_path / "public.zip"
    done = archive(whole, file, public=True, notify=quiet)
    found = archived.contents(file)
    for name in (b"Ann Lee", b"ann  LEE", b"Ben Okafor", b"Lee, A. B.", b"a.lee@", b"SECRET ABSTRACT"):
        assert [path for path, data in unpacked(found) if name in data] == []
    assert b"Reviewer A" in found["review/protocol.toml"]
    assert "review/out/index.html" in found
    assert b"Lee, Ann" in found["store/record.jsonl"]  # the author of a paper stays
    assert not [path for path in found if "/raw/" in path or "/pdfs/" in path or "/imports/" in path]
    kept = {"raw_files": 1, "full_texts": 1, "abstracts": 6, "rejected": 0, "protocols": 1, "events": 2}
    assert done.withheld == kept
    assert "'Lee' still stands 1 times in texts" in done.warnings

    back = tmp_path / "back"
    assert restore(file, back, url=None, notify=quiet).withheld == kept
    before = archived.tree(back)
    opened = open_workspace(back, {})
    write_reports(opened)
    assert archived.tree(back) == before
    for public in (False, True):  # hidden names hidden again are the same
        archive(opened, tmp_path / "again.zip", public=public, notify=quiet)
        assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
    with opened.store.read() as connection:
        files = check_files(connection, back)
        left = withheld(connection)
    assert (files.missing, files.withheld) == ((), 2)
    assert left is not None
    with opened.store.write() as connection:  # what was changed to hide a name is still proved
        connection.execute(text("DROP TRIGGER event_no_update"))
        one = schema.event.c.id == next(iter(left.events))
        payload = connection.scalar(portable.select(schema.event.c.payload).where(one))
        assert payload
        connection.execute(update(schema.event).where(one).values(payload=payload.replace("Reviewer", "Nobody")))
    with opened.store.read() as connection, pytest.raises(TamperError, match="is broken at event"):
        verify(connection)
    opened.store.close()


def test_a_missing_file_is_said_and_no_reason_to_refuse(whole: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(whole.folder / "pdfs")
    done = archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    (missing,) = restore(tmp_path / "a.zip", tmp_path / "back", url=None, notify=quiet).missing
    assert missing.startswith("pdfs/")
    assert any(missing in warning for warning in done.warnings)


def test_a_report_that_cannot_be_made_keeps_nobody_from_a_backup(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unbalanced(_: Material) -> Iterator[Planned]:
        raise CountError("12 are not 13")
        yield

    monkeypatch.setattr(reports.build, "PLANS", ((("included",), reference_files), (("flow",), unbalanced)))
    done = archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    assert [w for w in done.warnings if "without review/out/: 12 are not 13" in w]
    assert not [path for path in archived.contents(tmp_path / "a.zip") if path.startswith("review/out/")]
    assert restore(tmp_path / "a.zip", tmp_path / "back", url=None, notify=quiet).raw == 1


def test_odd_files_of_the_folder_are_left_or_named(whole: Workspace, tmp_path: Path) -> None:
    (whole.folder / "imports/gone.ris").symlink_to(tmp_path / "nowhere")
    os.mkfifo(whole.folder / "imports/pipe")
    archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    (whole.folder / "imports/Pubmed Ü.ris").touch()
    if len(list((whole.folder / "imports").iterdir())) > 3:  # the system tells capitals apart
        with pytest.raises(ReviewError, match="two files have one name"):
            archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
        (whole.folder / "imports/Pubmed Ü.ris").unlink()
    with suppress(OSError):  # not every system has such a name
        (whole.folder / os.fsdecode(b"imports/\xff.ris")).touch()
        with pytest.raises(ReviewError, match="under its name"):
            archive(whole, tmp_path / "a.zip", public=False, notify=quiet)


def test_what_is_interrupted_leaves_what_was_there_before(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"an older archive")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archiving, "_put_papers", stopped)
    for public in (False, True):
        with pytest.raises(KeyboardInterrupt):
            archive(whole, file, public=public, notify=quiet)
        assert file.read_bytes() == b"an older archive"
        assert archived.beside(tmp_path) == []


def test_sigterm_stops_it_as_ctrl_c_does() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_broken_chain_is_not_archived(whole: Workspace, tmp_path: Path) -> None:
    with whole.store.write() as connection:
        connection.execute(text("DROP TRIGGER event_no_update"))
        connection.execute(update(schema.event).where(schema.event.c.kind == "merge").values(payload="{}"))
    with pytest.raises(TamperError):
        archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    assert archived.beside(tmp_path) == []


@pytest.mark.parametrize("name", ["imports/a.zip", "review.sqlite", "protocol.toml", "nowhere/a.zip", "imports"])
def test_an_archive_is_not_written_into_what_it_is_made_of(whole: Workspace, name: str) -> None:
    before = archived.tree(whole.folder)
    with pytest.raises(ReviewError):
        archive(whole, whole.folder / name, public=False, notify=quiet)
    assert archived.tree(whole.folder) == before


def test_an_archive_of_an_older_schema_is_migrated(whole: Workspace, tmp_path: Path) -> None:
    archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    found = archived.contents(tmp_path / "a.zip")
    new = {"study", "apart", "sheet", "filling", "answer", "judgement", "settled", "coding", "theme", "recoded", "memo",
           "finding", "assent", "cmo"}  # fmt: skip
    old = {path: data for path, data in found.items() if path not in {f"store/{name}.jsonl" for name in new}}
    old["store/schema.json"] = json.dumps({"schema": "0006", "tables": []}).encode()
    restore(archived.repacked(tmp_path / "old.zip", old), tmp_path / "back", url=None, notify=quiet)
    opened = open_workspace(tmp_path / "back", {})
    with opened.store.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == portable.HEAD
        assert b"".join(portable.lines(portable.rows(connection, "event"))) == found["store/event.jsonl"]
    opened.store.close()


def test_heads_in_the_manifest_are_those_that_verify_reads(whole: Workspace, tmp_path: Path) -> None:
    archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    manifest = json.loads(archived.contents(tmp_path / "a.zip")[MANIFEST])
    heads = [(log, seq, identity) for log, seq, identity in manifest["heads"]]
    with whole.store.read() as connection:
        assert verify(connection, heads).heads == tuple(heads)


def test_rows_that_name_a_later_row_of_their_table_find_it(whole: Workspace, tmp_path: Path) -> None:
    with whole.store.write() as connection:
        values = {"source": "test", "label": "Later", "kind": "database", "method": "file", "status": "complete"}
        more = {"started_at": "2026", "losses": [], "notes": []}
        later = connection.execute(insert(schema.search).values(**values, **more)).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(update(schema.search).where(schema.search.c.id == 1).values(updates=later))
    archive(whole, tmp_path / "a.zip", public=False, notify=quiet)
    restore(tmp_path / "a.zip", tmp_path / "back", url=None, notify=quiet)
    assert again(tmp_path / "back", tmp_path / "b.zip") == (tmp_path / "a.zip").read_bytes()
