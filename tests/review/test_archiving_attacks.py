"""Files that are no archives, or are made to do harm: each is refused, and leaves nothing behind."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import archived
import pytest

import reports.build
import review.restoring
from reports.archive.contents import SUMS
from review.archiving import archive
from review.errors import ReviewError
from review.restoring import restore

Files = dict[str, bytes]


def quiet(_label: str, _done: int, _total: int | None) -> None:
    """Tell nobody how far it is."""


@pytest.fixture
def file(tmp_path: Path, clock: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reports.build, "PLANS", ())
    workspace = archived.made(tmp_path / "review", clock)
    archive(workspace, tmp_path / "a.zip", public=False, notify=quiet)
    workspace.store.close()
    return tmp_path / "a.zip"


def refused(file: Path, folder: Path, why: str) -> None:
    """Check that nothing is made, beside it neither."""
    before = sorted(folder.parent.iterdir())
    with pytest.raises(ReviewError, match=why):
        restore(file, folder, url=None, notify=quiet)
    assert sorted(folder.parent.iterdir()) == before


def line(files: Files, path: str, old: str, new: str) -> Files:
    assert old in files[path].decode()
    return {**files, path: files[path].decode().replace(old, new).encode()}


CHANGED: list[tuple[str, Callable[[Files], Files], bool, str]] = [
    ("text", lambda f: line(f, "review/protocol.toml", "Mentors", "Menders"), False, "protocol.toml was changed"),
    ("row", lambda f: line(f, "store/decision.jsonl", "no_mentor", "no_reason"), True, "does not follow from the log"),
    ("event", lambda f: line(f, "store/event.jsonl", "=HYPERLINK", "=HYPERLANK"), True, "is broken at event"),
    ("cut log", lambda f: {**f, "store/event.jsonl": f["store/event.jsonl"][:0]}, True, "head was noted"),
    (
        "lost",
        lambda f: {p: d for p, d in f.items() if p != "review/out/index.html"},
        False,
        "is missing in the archive",
    ),
    ("more", lambda f: {**f, "review/more.txt": b""}, False, "not listed"),
    ("table", lambda f: {**f, "store/account.jsonl": b""}, True, "a table that no review has: account"),
    ("column", lambda f: line(f, "store/person.jsonl", '"name"', '"nome"'), True, "do not fit together"),
    ("type", lambda f: line(f, "store/report.jsonl", '"id":1,', '"id":"1",'), True, "do not fit together"),
    ("path", lambda f: line(f, "store/page.jsonl", "raw/pubmed", "../pubmed"), True, "do not fit together"),
    ("raw", lambda f: {**f, "review/raw/pubmed/1-1.gz": b"other"}, True, "not the file that the log knows"),
    ("newer", lambda f: {**f, "store/schema.json": json.dumps({"schema": "9999"}).encode()}, True, "newer version"),
    ("form", lambda f: line(f, "manifest.json", "archive 1", "archive 2"), True, "does not know"),
    ("list", lambda f: {**f, SUMS: b"no list"}, False, "cannot be read"),
    ("deep", lambda f: {**f, "manifest.json": b"[" * 100_000}, True, "cannot be read"),
    ("not ours", lambda f: {"readme.txt": b"hello"}, False, "no archive of a review"),
]


def test_what_was_changed_is_named(file: Path, tmp_path: Path) -> None:
    files = archived.contents(file)
    for name, change, sums, why in CHANGED:
        made = archived.repacked(tmp_path / "changed.zip", change(files), sums=sums)
        refused(made, tmp_path / name, why)


NAMES = ["../out.txt", "/abs.txt", "review/../../x", "a\\..\\b", "c:/x", "review//x", "review/x\x01", "review/./x"]


@pytest.mark.parametrize("name", NAMES)
def test_no_file_lands_elsewhere(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "slip.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("x"), b"")
        packed.filelist[0].filename = packed.filelist[0].orig_filename = name  # as no careful program would write it
    refused(tmp_path / "slip.zip", tmp_path / "back", "would lie elsewhere")


def test_links_devices_and_locked_files_are_refused(tmp_path: Path) -> None:
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR):
        entry = zipfile.ZipInfo("review/link")
        entry.external_attr = (mode | 0o777) << 16
        with zipfile.ZipFile(tmp_path / "link.zip", "w") as packed:
            packed.writestr(entry, "/etc")
        refused(tmp_path / "link.zip", tmp_path / "back", "no plain file")


@pytest.mark.parametrize("twin", ["review/a.txt", "review/A.TXT"])
def test_two_files_of_one_name_are_refused(tmp_path: Path, twin: str) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "twins.zip", "w") as packed:
        warnings.simplefilter("ignore")
        packed.writestr("review/a.txt", b"one")
        packed.writestr(twin, b"two")
    refused(tmp_path / "twins.zip", tmp_path / "back", "two files of one name")


def test_what_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review.restoring, "_ALWAYS", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("review/zeros", bytes(5_000_000))
    refused(tmp_path / "bomb.zip", tmp_path / "back", "far more than its size")


def test_what_says_less_than_it_unpacks_to_is_found_out(file: Path, tmp_path: Path) -> None:
    files = archived.contents(file)
    made = archived.repacked(tmp_path / "liar.zip", {**files, "review/out/index.html": bytes(3_000_000)})
    data = made.read_bytes().replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))
    made.write_bytes(data)
    refused(made, tmp_path / "back", r"index.html was changed")


def test_what_is_cut_or_no_zip_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    for data in (b"", b"PK", whole[:-50], whole[: len(whole) // 2]):
        (tmp_path / "cut.zip").write_bytes(data)
        refused(tmp_path / "cut.zip", tmp_path / "back", "no ZIP file, or is damaged")
    (tmp_path / "bits.zip").write_bytes(whole.replace(b"SECRET", b"SECRET"[::-1])[:200] + b"\xff" * 20 + whole[220:])
    refused(tmp_path / "bits.zip", tmp_path / "back", "was changed|damaged")


def test_a_folder_that_holds_something_is_left_alone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("mine")
    refused(file, tmp_path / "mine", "is not empty")
    refused(file, file, "is not empty")
    with pytest.raises(ReviewError, match="there is no folder"):
        restore(file, tmp_path / "no/where", url=None, notify=quiet)
    refused(tmp_path / "none.zip", tmp_path / "back", "there is no file")
    (tmp_path / "empty").mkdir()
    assert restore(file, tmp_path / "empty", url=None, notify=quiet).events
