"""Write ``out/``: every report of a review, from one reading of the store, the same bytes each time.

The only module that writes ``out/``. Which files there are is said by the ``planned`` of each part (``PLANS``); their
names are the stable ones of the design, because authors link to them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports import offline
from reports.files import flow_files, reference_files, search_files, selection_files, table_files
from reports.material import Material
from reports.planned import Planned
from reports.plots.files import plot_files
from review.errors import ReviewError
from review.protocol.faults import meant

FORMATS = ("svg", "pdf", "png", "html", "csv", "mmd", "md", "docx", "tex", "xlsx", "ris", "bib", "json")
TABLES = (
    "characteristics_research", "characteristics_other", "excluded_full_text", "appraisal", "appraisal_items",
    "appraisal_reasons", "theme_matrix", "themes", "findings", "cmo", "cerqual", "searches",
)  # fmt: skip
PARTS = (
    "flow", "methods", "tables", "plots", "search_appendix", "checklists", "included", *TABLES,
)  # fmt: skip
PLANS: tuple[Callable[[Material], Iterator[Planned]], ...] = (
    flow_files, selection_files, search_files, table_files, plot_files, reference_files,
)  # fmt: skip
"""Each gives the files of one part, in the order in which the index lists them."""


@dataclass(frozen=True, slots=True)
class Built:
    """The files written (path below ``out``, SHA-256), sorted, and what an author should look at first."""

    files: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def build(
    material: Material,
    out: Path,
    *,
    formats: Collection[str] | None = None,
    only: Collection[str] | None = None,
    today: str | None = None,
) -> Built:
    """Count, draw and write the reports.

    Parameters
    ----------
    material : Material
        What they show.
    out : Path
        The folder; it is made when it is not there. Files in it that this does not write stay as they are.
    formats, only : collection of str, optional
        File endings (FORMATS) and parts (PARTS) to write; without either everything, with index and manifest.
    today : str, optional
        ISO day, for warnings of what was checked long ago; no file depends on it.

    Raises
    ------
    ReviewError
        A format or part that does not exist.
    CountError
        The flow does not balance.
    """
    _known("format", formats, FORMATS)
    _known("part", only, PARTS)
    files: dict[str, str] = {}
    written: list[Planned] = []
    for planned in (one for plan in PLANS for one in plan(material)):
        suffix = planned.path.rpartition(".")[2]
        if (formats is None or suffix in formats) and (only is None or not set(only).isdisjoint(planned.parts)):
            files[planned.path] = _write(out / planned.path, planned.make())
            written.append(planned)
    if formats is None and only is None:
        files["index.html"] = _write(out / "index.html", offline.index(material, written))
        files["manifest.json"] = _write(out / "manifest.json", _manifest(material, files))
    overdue = material.overdue(today) if today else ()
    return Built(tuple(sorted(files.items())), (*material.warnings, *overdue, *_older(out, files)))


def _older(out: Path, files: Collection[str]) -> Iterator[str]:
    """Say which of the files about the whole report were not written now but stand there from an earlier time."""
    left = [name for name in ("index.html", "manifest.json") if name not in files and (out / name).is_file()]
    if left:
        yield f"only a part was written: {' and '.join(left)} still describe the last whole report (review report)"


def _manifest(m: Material, files: dict[str, str]) -> bytes:
    content = {
        "title": m.protocol.title,
        "protocol": m.protocol.hash,
        "last_event": m.last,
        "heads": [list(head) for head in m.heads],
        "files": [{"path": path, "sha256": files[path]} for path in sorted(files)],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, data: bytes) -> str:
    """Write a file whole or not at all; give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def _known(what: str, given: Collection[str] | None, known: Sequence[str]) -> None:
    for one in sorted(set(given or ()) - set(known)):
        hint = meant(one, known) or f"there are: {', '.join(known)}"
        raise ReviewError(f"there is no {what} '{one}' to report", hint=hint)
