"""Make a review of an archive again: what is in the file is checked before anything of it is believed.

The folder comes into being under another name beside its place, and gets its own when everything is proved.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from reports.archive import contents
from reports.archive.contents import FOLDER, MANIFEST, SUMS, TABLES
from review.errors import ReviewError, StageError, TamperError
from review.stages import unswept
from review.store import portable
from review.store.engine import engine_of, explained, holds_review, open_store
from review.store.migrate import HEAD
from review.store.verify import check_files, verify
from review.store.withheld import withheld

Notify = Callable[[str, int, int | None], None]
_CHUNK = 1 << 20
_ALWAYS, _RATIO = 200_000_000, 100
"""Bytes that any archive may unpack to, and how many times its size. Ours unpack to about ten times."""
_LONGEST = 50_000_000
"""Bytes of a file that is read as a whole (lists of files, schema)."""
_AGAIN = "get it again from where it was deposited, and compare its SHA-256"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made: files, events and logs, raw replies and full texts as they were saved, what is left out by kind,
    paths that were missing in the review already, and the version that wrote the archive.
    """

    files: int
    events: int
    logs: int
    raw: int
    full_texts: int
    withheld: Mapping[str, int]
    missing: tuple[str, ...]
    software: str


def restore(file: Path, folder: Path, *, url: str | None, notify: Notify) -> Restored:
    """Make a folder of an archive, and prove that it holds what the log says.

    Parameters
    ----------
    folder : Path
        A folder that is not there, or empty.
    url : str, optional
        A PostgreSQL address (``REVIEW_DATABASE``) of an empty database, to be used instead of SQLite.

    Raises
    ------
    ReviewError
        The file is no archive of this program, or not safe to unpack; nothing was made.
    TamperError
        Something in it is not what it was; nothing was made.
    StageError
        The folder or the database is not empty, or the archive is of a newer version.
    """
    if not file.is_file():
        raise ReviewError(f"there is no file {file}", hint="check the name; paths are relative to where you are")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StageError(f"{folder} is not empty", hint="name a folder that is not there yet")
    if not folder.absolute().parent.is_dir():
        raise ReviewError(f"there is no folder {folder.absolute().parent}", hint="make it, or name another place")
    if url and holds_review(folder, url):
        raise StageError("the database in REVIEW_DATABASE holds a review", hint="name an empty one, or unset it")
    place = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    try:
        with zipfile.ZipFile(file) as packed, unswept():
            done = _unpack(packed, file, place, url, notify)
        place.chmod(0o755)
        place.replace(folder)  # over an empty folder too
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReviewError(f"{file} is no ZIP file, or is damaged", hint=_AGAIN) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return done


def _unpack(packed: zipfile.ZipFile, file: Path, place: Path, url: str | None, notify: Notify) -> Restored:
    _refuse_hostile(packed.infolist(), file, place)
    sums = _sums(packed)
    names = sorted(sums)
    for number, path in enumerate(names, start=1):
        target = place / path.removeprefix(FOLDER) if path.startswith(FOLDER) else None
        _take(packed, path, sums[path], target)
        notify("Files", number, len(names))
    manifest, shape = _manifest(packed), _read_json(packed, f"{TABLES}schema.json")
    revision = shape.get("schema")
    if not isinstance(revision, str) or revision > HEAD:
        raise StageError("the archive was written by a newer version of this program", hint="update narrative-review")
    tables = {
        path.removeprefix(TABLES).removesuffix(".jsonl"): _rows(packed, path)
        for path in names
        if path.startswith(TABLES) and path.endswith(".jsonl")
    }
    notify("Tables", 0, None)
    engine = engine_of(place, url)
    try:
        with explained():
            portable.build(engine, revision, tables)
    finally:
        engine.dispose()
    notify("Tables", len(tables), len(tables))
    return _proved(place, url, manifest, len(sums), notify)


def _proved(place: Path, url: str | None, manifest: Mapping[str, Any], files: int, notify: Notify) -> Restored:
    """Walk the chains, make every table anew from the log, and hash every raw reply and full text."""
    notify("Proof", 0, None)
    store = open_store(place, url=url)
    try:
        with store.read() as connection:
            heads = [(str(log), int(seq), str(identity)) for log, seq, identity in manifest["heads"]]
            verified = verify(connection, heads)
            kept = check_files(connection, place)
            left = withheld(connection)
    finally:
        store.close()
    new = sorted(set(kept.missing) - set(manifest["missing"]))
    if kept.changed or new:
        what = (kept.changed or new)[0]
        raise TamperError(f"{what} is not the file that the log knows", at=what, hint=_AGAIN)
    notify("Proof", 1, 1)
    return Restored(
        files, verified.events, len(verified.heads), kept.raw, kept.full_texts, left.counts() if left else {},
        kept.missing, str(manifest["software"]),
    )  # fmt: skip


# -- the file


def _refuse_hostile(entries: list[zipfile.ZipInfo], file: Path, place: Path) -> None:
    """Refuse what could write elsewhere, twice to one place, or more than there is room for."""
    seen: set[str] = set()
    for entry in entries:
        name, mode = entry.filename, entry.external_attr >> 16
        if not contents.safe(name) or name != entry.orig_filename:
            raise ReviewError(f"the archive holds a file that would lie elsewhere: {name!r}", hint=_AGAIN)
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.flag_bits & 1:
            raise ReviewError(f"the archive holds something that is no plain file: {name!r}", hint=_AGAIN)
        if contents.alike(name) in seen:
            raise ReviewError(f"the archive holds two files of one name: {name!r}", hint=_AGAIN)
        seen.add(contents.alike(name))
    size = sum(entry.file_size for entry in entries)
    if size > max(_ALWAYS, _RATIO * file.stat().st_size):
        raise ReviewError(f"the file unpacks to {size / 1e6:,.0f} MB, far more than its size", hint=_AGAIN)
    if size > shutil.disk_usage(place).free:
        raise StageError(f"the archive needs {size / 1e6:,.0f} MB, and there is less room", hint="free some space")


def _sums(packed: zipfile.ZipFile) -> dict[str, str]:
    """Give path -> SHA-256 of every file but the list itself; what is not listed, or not there, is named."""
    if MANIFEST not in packed.namelist() or SUMS not in packed.namelist():
        raise ReviewError("the file is no archive of a review", hint="archives are written by: review archive FILE")
    try:
        sums = contents.read_sums(_read(packed, SUMS))
    except ValueError as error:
        raise TamperError(f"{SUMS} cannot be read", at=SUMS, hint=_AGAIN) from error
    there = set(packed.namelist()) - {SUMS}
    for path in sorted(there ^ set(sums)):
        raise TamperError(
            f"{path} is {'not listed in ' + SUMS if path in there else 'missing in the archive'}", at=path, hint=_AGAIN
        )
    return sums


def _take(packed: zipfile.ZipFile, path: str, sha256: str, target: Path | None) -> None:
    """Hash a file and write it where it belongs; the tables and what is about the archive are only hashed."""
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with packed.open(path) as given:
            if target is None:
                while part := given.read(_CHUNK):
                    digest.update(part)
            else:
                with target.open("xb") as out:
                    while part := given.read(_CHUNK):
                        digest.update(part)
                        out.write(part)
    except zipfile.BadZipFile as error:
        raise TamperError(f"{path} was changed since the archive was written", at=path, hint=_AGAIN) from error
    if digest.hexdigest() != sha256:
        raise TamperError(f"{path} was changed since the archive was written", at=path, hint=_AGAIN)


def _manifest(packed: zipfile.ZipFile) -> Mapping[str, Any]:
    found = _read_json(packed, MANIFEST)
    if found.get("format") != contents.FORMAT:
        raise StageError(
            f"the archive is of a form that this version does not know: {found.get('format')}",
            hint="update narrative-review",
        )
    if not isinstance(found.get("heads"), list) or not isinstance(found.get("missing"), list):
        raise TamperError(f"{MANIFEST} holds no heads of logs", at=MANIFEST, hint=_AGAIN)
    return found


def _read_json(packed: zipfile.ZipFile, path: str) -> dict[str, Any]:
    try:
        found = json.loads(_read(packed, path))
    except (ValueError, KeyError, RecursionError) as error:
        raise TamperError(f"{path} cannot be read", at=path, hint=_AGAIN) from error
    if not isinstance(found, dict):
        raise TamperError(f"{path} cannot be read", at=path, hint=_AGAIN)
    return found


def _read(packed: zipfile.ZipFile, path: str) -> bytes:
    if packed.getinfo(path).file_size > _LONGEST:
        raise ReviewError(f"{path} in the archive is too large", hint=_AGAIN)
    return packed.read(path)


def _rows(packed: zipfile.ZipFile, path: str) -> Iterator[dict[str, Any]]:
    with packed.open(path) as given:
        for line in given:
            row = json.loads(line)
            if path == f"{TABLES}page.jsonl" and not contents.safe(row["path"]):
                raise ValueError(row["path"])
            yield row
