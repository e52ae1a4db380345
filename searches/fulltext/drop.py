"""Files that somebody dropped: which report each is of. Nothing in the folder is changed, and nothing is stored here.

Every file ends as matched, already there, or refused with a reason. What is called what is only believed where there is
no text to compare (a scan), or to choose among papers that a file's text fits equally.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from review import identifiers
from review.errors import ReviewError
from searches.fulltext import matching
from searches.fulltext.contents import Contents
from searches.fulltext.inspect import LARGEST, look, side_by_side, verdict
from searches.fulltext.matching import Match, Shelf
from searches.fulltext.places import Kind, Wanted

_CHUNK = 1 << 20
_NUMBER = re.compile(r"(?:report[ _#-]*)?(\d{1,9})", re.IGNORECASE)
_PMID = re.compile(r"(?:^|[^0-9])pmid[ _:-]*(\d{1,9})(?![0-9])", re.IGNORECASE)
_YEARS = range(1800, 2100)
"""A file that is called by a number like these is called by its year."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a file has come to.

    ``by`` says how a matched one was known: ``doi``, ``title``, ``name`` (of the file) or ``person``; ``sure`` whether
    its own words say so. ``why`` is the reason of a refusal, ``candidates`` the reports that it may be of.
    """

    path: Path
    name: str
    outcome: Literal["matched", "there", "refused"]
    report: int | None = None
    by: str | None = None
    sure: bool = False
    sha256: str | None = None
    kind: Kind | None = None
    size: int | None = None
    pages: int | None = None
    why: str | None = None
    candidates: tuple[int, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a review has: the papers sought, the reports that hold a file (by SHA-256), and from which it was taken."""

    papers: tuple[Wanted, ...]
    held: Mapping[str, Collection[int]]
    taken_back: Mapping[str, Collection[int]]


def printable(name: str) -> str:
    r"""Write a file's name so that it does nothing to a terminal, a page or a file.

    >>> printable("a\x1b[2J\u202efdp.exe"), printable("Müller 2020.pdf")
    ('a\\x1b[2J\\u202efdp.exe', 'Müller 2020.pdf')
    """
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# -- which files there are


def files_of(given: Sequence[Path]) -> list[Dropped | Path]:
    """Give every file that was named or lies in a folder that was; what cannot be taken as it is comes with its reason.

    Raises
    ------
    ReviewError
        There is nothing of that name.
    """
    found: dict[Path, Dropped | Path] = {}
    for one in given:
        if one.is_dir():
            root = one.resolve()
            for path, fault in _inside(one):
                found.setdefault(path, _refused(path, fault) if fault else _usable(path, root))
        elif one.exists():
            found.setdefault(one, _usable(one, None))
        else:
            raise ReviewError(
                f"there is no file {printable(str(one))}", hint="check the name; paths are relative to where you are"
            )
    return list(found.values())


def _inside(folder: Path) -> Iterator[tuple[Path, str | None]]:
    closed = list[OSError]()
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders.sort()
        for name in folders:
            if (path := Path(place, name)).is_symlink():
                yield path, "it is a link to another folder, which is not followed"
        yield from ((Path(place, name), None) for name in sorted(names))
    for error in closed:
        yield Path(error.filename or folder), f"the folder cannot be opened ({error.strerror})"


def _usable(path: Path, root: Path | None) -> Dropped | Path:
    """Say whether a file can be taken: an ordinary one, and one of a folder must lie in it."""
    try:
        if root is not None and path.is_symlink() and not path.resolve().is_relative_to(root):
            return _refused(path, "it is a link that leads out of the folder")
        if not stat.S_ISREG(path.stat().st_mode):
            return _refused(path, "it is no ordinary file")
    except OSError as error:
        return _refused(path, f"it cannot be read ({error.strerror})")
    return path


# -- which report each is of


def match_files(given: Sequence[Path], known: Known, only: int | None = None) -> Iterator[Dropped]:
    """Say of each file what it is, one after the other; a matched one is to be stored before the next is asked for.

    Parameters
    ----------
    only : int, optional
        The report that somebody says all of them are of.
    """
    shelf = Shelf(known.papers)
    papers = {paper.report: paper for paper in known.papers}
    names = Names(known.papers)
    held = {sha256: set(reports) for sha256, reports in known.held.items()}
    usable = files_of(given)
    looked = side_by_side(lambda path: _look(path, held), (one for one in usable if isinstance(one, Path)))
    for one in usable:
        if isinstance(one, Dropped):
            yield one
            continue
        sha256, size, contents = next(looked)
        base = Dropped(one, printable(one.name)[-_LONGEST_NAME:], "refused", sha256=sha256, size=size)
        reports = held.get(sha256, set())
        if only in reports or (only is None and reports):
            yield replace(base, outcome="there", report=min(reports) if only is None else only)
            continue
        contents = contents or look(one)
        if contents.why is not None:
            found = replace(base, kind=contents.kind, pages=contents.pages, why=contents.why)
        elif only is not None:
            found = _said(base, contents, papers[only])
        else:
            found = _matched(base, contents, shelf, names, known.taken_back.get(sha256, ()))
        if found.outcome == "matched" and found.report is not None:
            held.setdefault(sha256, set()).add(found.report)
        yield found


def _look(path: Path, held: Collection[str]) -> tuple[str, int, Contents | None]:
    """Give hash, size and contents of a file; ``None`` for the latter where the file is known already."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > LARGEST:
                    break
    except OSError as error:
        return "", 0, Contents(why=f"it cannot be read ({error.strerror})")
    sha256 = digest.hexdigest()
    return sha256, size, None if sha256 in held else look(path)


def _said(base: Dropped, contents: Contents, paper: Wanted) -> Dropped:
    """Compare a file with the report that somebody says it is of."""
    said = verdict(contents, paper)
    facts = replace(base, kind=said.kind, pages=said.pages)
    if said.why is not None:
        return replace(facts, why=said.why, candidates=(paper.report,))
    return replace(
        facts, outcome="matched", report=paper.report, by="person", sure=said.sure, texts=contents.texts
    )  # fmt: skip


def _matched(
    base: Dropped, contents: Contents, shelf: Shelf, names: Names, taken_back: Collection[int]
) -> Dropped:  # fmt: skip
    """Find the one report that a file is of."""
    facts = replace(base, kind=contents.kind, pages=contents.pages)
    start = matching.opening(contents)
    sure, near = shelf.compare(start)
    hinted = names.reports(base.path.name)
    scan = not sure and not near and matching.is_scan(contents, start)
    fitting: Mapping[int, Match] = {one: Match(by="name") for one in hinted} if scan else sure
    if len(fitting) > 1 and len(hinted & fitting.keys()) == 1:
        fitting = {one: fitting[one] for one in hinted & fitting.keys()}
    if len(fitting) == 1:
        report, match = next(iter(fitting.items()))
        if report in taken_back:
            why = "it was taken back from this report as the wrong file; say --report to add it all the same"
            return replace(facts, why=why, candidates=(report,))
        return replace(
            facts, outcome="matched", report=report, by=match.by, sure=not scan, texts=contents.texts
        )  # fmt: skip
    if fitting:
        why = "it fits several reports: say which one with --report"
    elif scan:
        why = "it is a scan without text, and its name names no report: say which one with --report"
    elif near:
        why = next(iter(near.values())).why or ""
    else:
        why = matching.other(start)
    return replace(facts, why=why, candidates=tuple(sorted(fitting or near)))


class Names:
    """What files may be called that are of some papers: by DOI, PubMed id or the report's number."""

    def __init__(self, papers: Iterable[Wanted]) -> None:
        self._dois: dict[str, set[int]] = {}
        self._pmids: dict[str, set[int]] = {}
        self._reports = set[int]()
        for paper in papers:
            self._reports.add(paper.report)
            if doi := identifiers.doi(paper.doi):
                self._dois.setdefault(_bare(doi), set()).add(paper.report)
            if pmid := identifiers.pmid(paper.pmid):
                self._pmids.setdefault(pmid, set()).add(paper.report)

    def reports(self, name: str) -> set[int]:
        """Give the reports that a file's name names; several when a number is of two kinds."""
        stem = unquote(Path(name).stem)
        bare = f"_{_bare(stem)}_"
        found = {one for doi, reports in self._dois.items() if f"_{doi}_" in bare for one in reports}
        if (labelled := _PMID.search(stem)) is not None:
            found |= self._pmids.get(labelled[1].lstrip("0"), set())
        elif (number := _NUMBER.fullmatch(stem)) is not None and (stem != number[1] or int(stem) not in _YEARS):
            found |= {int(number[1])} & self._reports
            found |= self._pmids.get(number[1].lstrip("0"), set()) if stem == number[1] else set()
        return found


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _refused(path: Path, why: str) -> Dropped:
    return Dropped(path, printable(path.name)[-_LONGEST_NAME:], "refused", why=why)
