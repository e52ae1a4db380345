"""What goes wrong on a command line: bad files, full disks, locked databases, tampering. Sentences, nothing lost."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from review.store import open_store

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


BAD_FILES = {
    "empty.ris": b"",
    "login.ris": b"<!DOCTYPE html><html><title>Sign in</title></html>",
    "picture.ris": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "zip.xlsx": b"PK\x03\x04 not really",
    "table.csv": b"a,b\n1,2\n",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_export_is_refused_in_words(run: Run, folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    code, _, err = run("import", path, "--source", "cinahl", "-C", folder)
    assert code == 1
    assert name in err
    assert "What to do:" in err
    _, out, _ = run("status", "-C", folder, "--json")
    assert json.loads(out)["records"] == 0


def test_a_cut_off_file_keeps_its_last_record_and_says_so(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.ris"
    path.write_bytes(
        b"TY  - JOUR\nTI  - One\nAU  - A, B\nER  - \n\nTY  - JOUR\nTI  - Two\nAU  - C, D\nAB  - Half a sent"
    )
    code, out, _ = run("import", path, "--source", "cinahl", "-C", folder, "--json")
    assert code == 0
    (search,) = json.loads(out)["searches"]
    assert search["records"] == 2
    assert any("ER" in loss for loss in search["losses"])


def test_a_file_needs_the_name_of_its_database(run: Run, folder: Path) -> None:
    code, _, err = run("import", folder / "imports" / "article_2008.ris", "-C", folder)
    assert code == 2
    assert "--source" in err


def test_importing_a_file_that_is_not_there(run: Run, folder: Path) -> None:
    code, _, err = run("import", folder / "nothing.ris", "--source", "x", "-C", folder)
    assert code == 1
    assert "there is no file" in err


def test_a_stranger_cannot_act(run: Run, imported: Path) -> None:
    code, _, err = run("pairs", "same", 1, 56, "-C", imported, "--as", "Nobody")
    assert code == 7
    assert "not in the team" in err


def test_pairs_are_listed_judged_and_taken_back(run: Run, imported: Path) -> None:
    assert run("dedupe", "-C", imported)[0] == 0
    pairs = json.loads(run("pairs", "list", "-C", imported, "--json")[1])["pairs"]
    assert [1, 56] in [[p["left"], p["right"]] for p in pairs]
    assert run("pairs", "same", 1, 56, "-C", imported)[0] == 0
    left = json.loads(run("pairs", "list", "-C", imported, "--json")[1])["pairs"]
    assert len(left) == len(pairs) - 1
    assert run("pairs", "undo", 1, 56, "-C", imported)[0] == 0


def test_verify_finds_a_row_that_somebody_changed(run: Run, imported: Path) -> None:
    code, out, _ = run("verify", "-C", imported, "--json")
    assert code == 0
    assert json.loads(out)["chain"] == {"ok": True, "broken_at": None}
    store = open_store(imported)
    with store.write() as connection:
        connection.execute(text("UPDATE standing SET status = 'excluded' WHERE report = 3"))
    store.close()
    code, out, _ = run("verify", "-C", imported, "--json")
    assert code == 9
    assert json.loads(out)["chain"]["ok"] is False
    code, _, err = run("verify", "-C", imported)
    assert code == 9
    assert "does not follow from the log" in err


def test_verify_finds_a_raw_reply_that_is_gone(run: Run, imported: Path) -> None:
    next((imported / "raw").rglob("*.gz")).unlink()
    code, out, _ = run("verify", "-C", imported, "--json")
    assert code == 0
    verified = json.loads(out)
    assert (verified["raw_files"], len(verified["missing"])) == (1, 1)


def test_verify_names_raw_replies_of_a_database_that_is_gone(run: Run, imported: Path) -> None:
    assert json.loads(run("verify", "-C", imported, "--json")[1])["stray"] == []
    for left in imported.glob("review.sqlite*"):
        left.unlink()
    code, out, _ = run("verify", "-C", imported)
    assert code == 0
    assert out.count("belongs to nothing in this database") == 2


def test_plain_files_are_deduplicated_without_a_review(run: Run, folder: Path, tmp_path: Path) -> None:
    lists = sorted((folder / "imports").glob("*.ris"))
    out, clusters, unsure = tmp_path / "o.ris", tmp_path / "c.csv", tmp_path / "u.csv"
    code, said, _ = run("dedupe", *lists, "-o", out, "--clusters", clusters, "--unsure", unsure, "--json")
    assert code == 0
    counts = json.loads(said)
    assert counts["records"] == counts["reports"] + counts["duplicates"] == 117
    assert clusters.read_text("utf-8").splitlines()[0] == '"merged_ids"'
    assert unsure.read_text("utf-8").splitlines()[0] == '"left","right","score","reason"'
    assert run("convert", out, tmp_path / "o.csv")[0] == 0


def test_the_same_file_twice_collapses_exactly(run: Run, folder: Path, tmp_path: Path) -> None:
    one = folder / "imports" / "article_2008.ris"
    two = tmp_path / "copy.ris"
    shutil.copy(one, two)
    _, said, _ = run("dedupe", one, two, "-o", tmp_path / "o.ris", "--json")
    assert json.loads(said)["reports"] == 27


def test_plain_files_can_be_counted_only(run: Run, folder: Path, tmp_path: Path) -> None:
    lists = folder / "imports" / "article_2008.ris"
    code, out, _ = run("dedupe", lists)
    assert code == 0
    assert out.startswith("27 records, 0 duplicates merged: 27 reports; 0 pairs to look at (")
    assert out.endswith("Nothing was written; to keep it add: -o merged.ris\n")
    target = tmp_path / "o.csv"
    assert run("dedupe", lists, "-o", target)[1].endswith(f"Written: {target}\n")


@pytest.mark.parametrize("name", ["o.docx", "o"])
def test_what_cannot_be_written_is_refused_before_the_work(run: Run, tmp_path: Path, name: str) -> None:
    code, _, err = run("dedupe", tmp_path / "not-there.ris", "-o", tmp_path / name)
    assert code == 1
    assert f"{name} does not end as a file that is written" in err


def test_options_of_plain_files_need_files(run: Run, folder: Path, tmp_path: Path) -> None:
    code, _, err = run("dedupe", "-C", folder, "-o", tmp_path / "o.ris")
    assert code == 1
    assert "go with FILES" in err


def test_converting_into_a_format_that_is_not_written(run: Run, folder: Path, tmp_path: Path) -> None:
    code, _, err = run("convert", folder / "imports" / "article_2008.ris", tmp_path / "o.pdf")
    assert code == 1
    assert "Written are" in err


def test_a_locked_database_is_a_sentence(run: Run, imported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from review.store import engine

    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 1)
    holder = sqlite3.connect(imported / "review.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code, _, err = run("dedupe", "-C", imported)
    holder.close()
    assert code == 7
    assert "another process" in err


def test_a_full_disk_is_a_sentence_and_changes_nothing(
    run: Run, imported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from review.store import engine

    plain = engine._on_sqlite_connect

    def small(connection: sqlite3.Connection, record: object) -> None:
        plain(connection, record)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    data = b"".join(b"TY  - JOUR\nTI  - Paper %d\nAB  - %b\nER  - \n" % (i, b"word " * 400) for i in range(500))
    path = imported / "large.ris"
    path.write_bytes(data)
    monkeypatch.setattr(engine, "_on_sqlite_connect", small)
    code, _, err = run("import", path, "--source", "cinahl", "-C", imported)
    monkeypatch.undo()
    assert code == 7
    assert "disk is full" in err
    assert json.loads(run("status", "-C", imported, "--json")[1])["records"] == 117


@pytest.mark.parametrize("words", [["convert", "IN", "OUT"], ["dedupe", "IN", "-o", "OUT"]])
def test_a_full_disk_leaves_an_older_output_whole(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    out = folder / "out.csv"
    out.write_text("what stood there before", "utf-8")
    plain = Path.open

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            super().write(bytes(data)[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

    def open_full(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        return Full(self, "w") if mode == "wb" else plain(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_full)
    paths = {"IN": folder / "imports" / "article_2008.ris", "OUT": out}
    code, _, err = run(*(paths.get(word, word) for word in words))
    assert code == 7
    assert "the disk is full" in err
    assert out.read_text("utf-8") == "what stood there before"
    assert not list(folder.glob("*.part")) + list(folder.glob(".*.part"))


def test_a_folder_in_place_of_a_file_is_named_as_one(run: Run, folder: Path) -> None:
    code, _, err = run("convert", folder / "imports", folder / "out.csv")
    assert code == 1
    assert "is a folder, not a file" in err


def test_a_file_that_may_not_be_read_is_one_json_object(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # what a check on the command line would ask
    monkeypatch.setattr(Path, "read_bytes", refused)
    code, out, _ = run("convert", folder / "imports" / "article_2008.ris", folder / "out.csv", "--json")
    assert code == 1
    assert "Permission denied" in json.loads(out)["error"]


def test_the_number_of_a_report_may_be_any_number(run: Run, imported: Path) -> None:
    code, out, _ = run("screen", "decide", "-C", imported, "--stage", "title-abstract", "--json", 10**30, "include")
    assert code == 1
    assert "larger than any" in json.loads(out)["error"]


def test_an_output_in_a_folder_that_is_not_there_names_the_folder(run: Run, folder: Path) -> None:
    code, _, err = run("convert", folder / "imports" / "article_2008.ris", folder / "none" / "out.csv")
    assert code == 1
    assert f"there is no folder {folder / 'none'}" in err


def test_two_outputs_do_not_replace_each_other(run: Run, folder: Path) -> None:
    out = folder / "out.csv"
    code, _, err = run("dedupe", folder / "imports" / "article_2008.ris", "-o", out, "--clusters", out)
    assert code == 2
    assert "one file twice" in err
    assert not out.exists()


def test_a_source_without_a_name_is_refused(run: Run, folder: Path) -> None:
    code, _, err = run("import", folder / "imports" / "article_2008.ris", "--source", " ", "-C", folder)
    assert code == 2
    assert "--source NAME" in err


def test_the_day_of_a_search_is_kept_in_one_spelling(run: Run, folder: Path) -> None:
    path = folder / "imports" / "article_2008.ris"
    assert run("import", path, "--source", "cinahl", "--searched-on", "20160131", "-C", folder)[0] == 0
    store = open_store(folder)
    with store.read() as connection:
        assert connection.scalar(text("SELECT searched_on FROM search")) == "2016-01-31"
    store.close()


def test_a_full_standard_output_is_a_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "review.cli.main", "status", "-C", "nowhere", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert done.stderr.startswith("Error: nowhere is no review folder")
