"""A small review with all that an archive meets: two people, raw files, full texts, accounts, names in notes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert
from team_server import SENTENCE, door, join

from reports.archive.contents import SUMS
from review.formats import read
from review.stages import Workspace, open_workspace
from review.store import Entry, append_many, schema
from review.store.projection import open_reports
from review.store.records import as_row
from searches.raw import keep

PROTOCOL = """
[review]
title = "Mentors & <doctors>: a review"
question = "Do mentors help? Ask Ann Lee."

[[team]]
name = "Ann Lee"
roles = ["lead", "reviewer"]
papers_as = ["Lee, A. B."]

[[team]]
name = "Ben Okafor"

[concepts.mentors]
role = "I"
label = "Mentors"
terms = ["mentor*"]

[strategies.main]
label = "Main"
concepts = ["mentors"]

[sources.pubmed]

[screening.full-text]
reasons = [{ code = "no_mentor", text = "No mentor" }]
"""
RIS = "".join(
    f"TY  - JOUR\nTI  - Mentors number {n}\nAU  - Lee, Ann\nPY  - 2014\nAB  - SECRET ABSTRACT {n}\nER  - \n\n"
    for n in range(1, 7)
)
LOGIN = "ann.lee.signs.in"


def made(folder: Path, clock: Callable[[], str], *, url: str | None = None) -> Workspace:
    """Make the review; its records are included, excluded and open, and Ben's note names Ann."""
    folder.mkdir()
    (folder / "protocol.toml").write_text(PROTOCOL, "utf-8")
    (folder / "imports").mkdir()
    (folder / "imports/pubmed ü.ris").write_text(RIS, "utf-8")
    workspace = open_workspace(folder, {"REVIEW_DATABASE": url} if url else {}, clock=clock)
    store = workspace.store
    records = read(RIS.encode(), name="pubmed.ris").records
    raw = keep(folder, "pubmed", "1-1", RIS.encode())
    facts = {"source": "pubmed", "label": "PubMed", "kind": "database", "method": "api", "status": "complete"}
    ann, ben = workspace.actor("Ann Lee"), workspace.actor("Ben Okafor")
    with store.write() as connection:
        more = {"started_at": store.clock(), "losses": [], "notes": ["Ann Lee ran it"], "hits": 6, "query": "mentor*"}
        number = connection.execute(insert(schema.search).values(**facts, **more)).inserted_primary_key[0]  # type: ignore[index]
        said = {"number": 1, "url": "https://example.org/?q=mentor", "at": store.clock()}
        page = connection.execute(
            insert(schema.page).values(search=number, path=raw.path, sha256=raw.sha256, size=raw.size, **said)
        ).inserted_primary_key[0]  # type: ignore[index]
        rows = [
            {**as_row(one), "search": number, "page": page, "position": at, "matched": "yes"}
            for at, one in enumerate(records, start=1)
        ]
        connection.execute(insert(schema.record), rows)
        open_reports(connection, number)
        append_many(store, connection, ann, [_merge(1, 2), *(_vote(n, "include") for n in (1, 3, 4, 5))])
    paper = folder / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 the full text")
    held = store.files.put(paper, "pdf")
    paper.unlink()
    file = {"sha256": held, "kind": "pdf", "size": 22, "pages": 1, "name": "from Ben Okafor.pdf"}
    got = {"report": 3, "outcome": "retrieved", "route": "by hand", "note": "a.lee@example.org sent it", "file": file}
    with store.write() as connection:
        append_many(store, connection, ben, [
            Entry("retrieval", got),
            _vote(3, "include", "full-text", note="=HYPERLINK() as ann  LEE said; Lee 2014 too"),
            _vote(4, "exclude", "full-text", reason="no_mentor"),
        ])  # fmt: skip
    join(door(workspace), "Ann Lee", LOGIN)
    return workspace


def _merge(*reports: int) -> Entry:
    return Entry("merge", {"reports": list(reports), "rule": "same title", "score": 1.0})


def _vote(
    report: int, verdict: str, stage: str = "title-abstract", *, reason: str | None = None, note: str | None = None
) -> Entry:
    reasons = [reason] if reason else []
    return Entry("decision", {"report": report, "stage": stage, "verdict": verdict, "reasons": reasons, "note": note})


SECRETS = (LOGIN, SENTENCE, "$argon2")


def contents(file: Path) -> dict[str, bytes]:
    """Give path -> bytes of every file of an archive."""
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(file: Path, files: dict[str, bytes], *, sums: bool = True) -> Path:
    """Write an archive of other contents; with ``sums`` its list of hashes is made to fit."""
    if sums:
        lines = (f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()) if path != SUMS)
        files = {**files, SUMS: "".join(lines).encode()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in files.items():
            packed.writestr(path, data)
    return file


def tree(folder: Path) -> dict[str, bytes]:
    """Give path -> bytes of every file of a folder but the database."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("review.sqlite")
    }


def beside(folder: Path) -> list[str]:
    """Give what is left over in a folder: hidden or half-written files and folders."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".") or path.suffix == ".part"]
