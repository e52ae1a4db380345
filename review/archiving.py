"""Write a review as one file for an archive: a ZIP that is an RO-Crate, the same bytes each time.

What it says of itself is ``reports.archive``'s business, which rows there are the store's; here they are put together,
hashed as they stream by, and written beside the place that they are to have.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from reports.archive import contents, notes
from reports.archive.contents import FOLDER, MANIFEST, METADATA, SUMS, TABLES, Piece
from reports.archive.notes import Facts
from review import __version__
from review.errors import ReviewError, StageError
from review.protocol import Protocol
from review.publishing import public_copy
from review.stages import PROTOCOL_FILE, TEMPLATE_FOLDER, Workspace, material_of, unswept
from review.store import portable
from review.store.events import check_chains
from review.store.migrate import HEAD
from review.store.verify import check_places
from review.store.withheld import withheld

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.material import Material

Notify = Callable[[str, int, int | None], None]
FOLDERS = ("imports", "raw", "pdfs", TEMPLATE_FOLDER)
"""What of a review's folder goes into an archive whole, beside what the protocol names."""
_CHUNK = 1 << 20
_LEVEL = 3
"""Of deflate: a third of the time of the usual 6, for a tenth more of room."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Archived:
    """What was written: its SHA-256 and size, how many files, what was left out by kind, what to look at."""

    sha256: str
    size: int
    files: int
    withheld: dict[str, int]
    warnings: tuple[str, ...]


def archive(workspace: Workspace, file: Path, *, public: bool, notify: Notify) -> Archived:
    """Write the archive of a review; ``public`` hides who decided what and leaves other people's texts out.

    Raises
    ------
    ReviewError
        There is no such place, or the archive would hold itself, or a name cannot stand in an archive.
    TamperError
        A chain of the log is broken.
    """
    _refuse(workspace.folder, file)
    if not public:
        return _write(workspace, file, notify, ())
    with TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as place:
        copy, left = public_copy(workspace, Path(place), notify)
        try:
            return _write(copy, file, notify, tuple(f"'{word}' still stands {n} times in texts" for word, n in left))
        finally:
            copy.store.close()


def _refuse(folder: Path, file: Path) -> None:
    if file.is_dir():
        raise ReviewError(f"{file} is a folder, not a file", hint="name a file in it, such as review.zip")
    if not file.resolve().parent.is_dir():
        raise ReviewError(f"there is no folder {file.parent}", hint="make it, or name another place")
    if any(file.resolve().is_relative_to((folder / one).resolve()) for one in (*FOLDERS, "out")):
        raise ReviewError(f"the archive would lie in what it is made of: {file}", hint="name another place")
    if file.resolve() in {(folder / name).resolve() for name in (PROTOCOL_FILE, "review.sqlite")}:
        raise ReviewError(f"{file} is a part of the review itself", hint="name another file, such as review.zip")


def _write(workspace: Workspace, file: Path, notify: Notify, warnings: Sequence[str]) -> Archived:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with workspace.store.read() as connection, unfinished.open("w+b") as stream, unswept():
            check_chains(connection)
            material = material_of(workspace, connection)
            with zipfile.ZipFile(stream, "w") as packed:
                box = _Box(packed, _date(material.last))
                missing = _fill(box, workspace, connection, material, notify)
            facts = box.facts
            stream.seek(0)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = unfinished.stat().st_size
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    kept = facts.withheld.counts() if facts.withheld else {}
    return Archived(sha256, size, len(box.pieces), kept, (*box.faults, *_advice(facts, missing), *warnings))


def _advice(facts: Facts, missing: Sequence[str]) -> Iterator[str]:
    if facts.licence is None:
        yield 'no licence is chosen: write licence = "CC-BY-4.0" (or another) under [reports] in protocol.toml'
    for path in missing:
        yield f"a file of the review is missing, and in the archive too: {path}"


class _Box:
    """The ZIP on its way: what is put in is hashed and counted as it goes by."""

    facts: Facts
    faults: tuple[str, ...]

    def __init__(self, packed: zipfile.ZipFile, date: tuple[int, int, int, int, int, int]) -> None:
        self._packed = packed
        self._date = date
        self.pieces: list[Piece] = []
        self._taken: set[str] = set()

    def put(self, path: str, parts: Iterable[bytes]) -> None:
        """Add a file from its parts."""
        if not contents.safe(path):
            raise ReviewError(f"a file cannot stand in an archive under its name: {path!r}", hint="rename the file")
        if contents.alike(path) in self._taken:
            raise ReviewError(f"two files have one name on some systems: {path!r}", hint="rename one of them")
        self._taken.add(contents.alike(path))
        entry = zipfile.ZipInfo(path, self._date)
        entry.compress_type = zipfile.ZIP_STORED if contents.packed(path) else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o100644 << 16
        entry.create_system = 3  # Unix, on whatever system it is written
        entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # public, as compress_level, from Python 3.13 on
        digest, size = hashlib.sha256(), 0
        with self._packed.open(entry, "w", force_zip64=True) as out:
            for part in parts:
                digest.update(part)
                size += len(part)
                out.write(part)
        self.pieces.append(Piece(path, digest.hexdigest(), size))


def _fill(
    box: _Box, workspace: Workspace, connection: Connection, material: Material, notify: Notify
) -> tuple[str, ...]:
    """Put everything in, in an order that never changes; give the files that should be there and are not."""
    protocol = workspace.protocol
    box.faults = tuple(_put_reports(box, material, notify))
    box.put(FOLDER + PROTOCOL_FILE, [(workspace.folder / PROTOCOL_FILE).read_bytes()])
    files = _files(workspace.folder, protocol)
    for number, path in enumerate(files, start=1):
        box.put(FOLDER + path.relative_to(workspace.folder).as_posix(), _parts(path))
        notify("Files", number, len(files))
    counts: dict[str, int] = {}
    for number, name in enumerate(portable.ARCHIVED, start=1):
        box.put(f"{TABLES}{name}.jsonl", portable.lines(_counted(portable.rows(connection, name), counts, name)))
        notify("Tables", number, len(portable.ARCHIVED))
    shape = [
        {"table": table, "columns": [{"name": n, "type": kind, "may_be_empty": empty} for n, kind, empty in columns]}
        for table, columns in portable.shape()
    ]
    box.put(f"{TABLES}schema.json", [_json({"schema": HEAD, "tables": shape})])
    _put_texts(box, connection, workspace, material)
    kept = withheld(connection)
    missing = () if kept else check_places(connection, workspace.folder)
    team = ("The review team",) if kept else tuple(member.name for member in protocol.team)
    box.facts = facts = Facts(
        protocol.title, protocol.question, material.last or "1980-01-01T00:00:00.000000Z", team or ("The review team",),
        notes.licence_of(protocol.reporting.licence), __version__, kept, missing,
    )  # fmt: skip
    _put_papers(box, facts, material, counts)
    return missing


def _put_reports(box: _Box, material: Material, notify: Notify) -> Iterator[str]:
    """Build the reports anew, so that they are those of the log that goes with them; say what kept them from it.

    An archive is a backup too: a fault of a report, such as numbers that do not add up, is no reason to have none.
    """
    from reports.build import build

    with TemporaryDirectory(prefix="review-out-") as place:
        notify("Reports", 0, None)
        try:
            built = build(material, Path(place))
        except Exception as error:  # noqa: BLE001  # whatever it is
            why = error.message if isinstance(error, ReviewError) else f"{type(error).__name__}: {error}"
            yield f"the reports could not be made, and the archive is without {FOLDER}out/: {why} (see: review report)"
            return
        for path, _ in built.files:
            box.put(f"{FOLDER}out/{path}", _parts(Path(place) / path))
        notify("Reports", 1, 1)


def _put_texts(box: _Box, connection: Connection, workspace: Workspace, material: Material) -> None:
    from extraction import library
    from reports.archive.log_rows import decisions
    from reports.render_csv import comma_separated
    from reports.search_tables import full

    versions = sorted(portable.rows(connection, "protocol_version"), key=lambda row: (row["at"], row["hash"]))
    for number, row in enumerate(versions, start=1):
        box.put(f"protocols/{number:03d}_{row['hash'][:12]}.toml", [row["text"].encode()])
    texts = {(row["sheet"].replace(":", "_"), row["sha256"]): row["text"] for row in portable.rows(connection, "sheet")}
    used = ("forms", [workspace.protocol.proforma]), ("frameworks", [workspace.protocol.framework])
    for kind, names in (*used, ("instruments", workspace.protocol.instruments)):
        for name in filter(None, names):
            text = library.text(kind, name, workspace.folder)
            stem = f"{kind.removesuffix('s')}_{Path(name).stem}"
            texts.setdefault((stem, hashlib.sha256(text.encode()).hexdigest()), text)
    for (stem, sha256), text in sorted(texts.items()):
        plain = re.sub(r"[^\w.-]", "_", stem)
        box.put(f"sheets/{plain}_{sha256[:12]}.toml", [text.encode()])
    box.put("logs/decisions.csv", decisions(connection))
    box.put("logs/searches.csv", [comma_separated(full(material.searches))])


def _put_papers(box: _Box, facts: Facts, material: Material, counts: dict[str, int]) -> None:
    from reports.archive.crate import crate
    from reports.archive.dictionary import dictionary

    box.put("data_dictionary.csv", [dictionary(portable.shape())])
    box.put("LICENSE", [notes.licence_text(facts)])
    box.put("CITATION.cff", [notes.citation(facts)])
    box.put("README.md", [notes.readme(facts, counts)])
    box.put(MANIFEST, [_json({
        "format": contents.FORMAT,
        "title": facts.title,
        "software": facts.software,
        "schema": HEAD,
        "protocol": material.protocol.hash,
        "last_event": material.last,
        "heads": [list(head) for head in material.heads],
        "rows": counts,
        "withheld": facts.withheld.counts() if facts.withheld else None,
        "missing": list(facts.missing),
        "environment": {"python": platform.python_version(), "packages": _packages()},
    })])  # fmt: skip
    box.put(METADATA, [crate(facts, box.pieces)])
    box.put(SUMS, [contents.sums(box.pieces)])


def _files(folder: Path, protocol: Protocol) -> list[Path]:
    """Give the files of the folder that belong to the review, sorted by their paths."""
    named = [protocol.proforma, protocol.framework, *protocol.instruments, protocol.reporting.style]
    named += [name for one in protocol.imports for name in (one.file, one.query_file)]
    inside = {
        folder / name
        for name in filter(None, named)
        if contents.safe(name) and (folder / name).is_file() and not name.startswith("out/")
    }
    for top in FOLDERS:
        for place, _, files in os.walk(folder / top):
            inside |= {path for name in files if (path := Path(place) / name).is_file() and not name.startswith(".")}
    return sorted(inside - {folder / PROTOCOL_FILE}, key=lambda path: path.relative_to(folder).as_posix())


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as given:
        while part := given.read(_CHUNK):
            yield part


def _counted(rows: Iterable[dict[str, Any]], counts: dict[str, int], name: str) -> Iterator[dict[str, Any]]:
    counts[name] = 0
    for row in rows:
        counts[name] += 1
        yield row


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _date(moment: str | None) -> tuple[int, int, int, int, int, int]:
    """Give the date that every file bears: that of the newest event."""
    if moment is None or moment < "1980":
        return _EARLIEST
    numbers = [int(part) for part in re.findall(r"\d+", moment)[:6]]
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]


def _packages() -> dict[str, str]:
    """Give the versions of what this program is built on."""
    try:
        wanted = [one for one in requires("narrative-review") or () if "extra ==" not in one]
    except PackageNotFoundError as missing:
        raise StageError("narrative-review is not installed", hint="install it with pip") from missing
    found: dict[str, str] = {}
    for name in sorted(re.split(r"[^\w.-]", one, maxsplit=1)[0].lower() for one in wanted):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # not wanted on this system
            continue
    return found
