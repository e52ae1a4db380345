"""Write ``out/``: every report of a review, from one reading of the store, the same bytes each time.

The only module that writes ``out/``. Which files there are is said by the ``planned`` of each part (``PLANS``); their
names are the stable ones of the design, because authors link to them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reports import offline
from reports.checklists.files import checklist_files
from reports.files import flow_files, search_files, table_files
from reports.flow.published import Published
from reports.material import NO_MOMENT, Material
from reports.narrative.files import narrative_files, reference_files
from reports.planned import Planned, Written
from reports.plots.files import plot_files
from reports.revman import revman_files
from review.errors import ReviewError
from review.protocol.faults import meant

FORMATS = ("svg", "pdf", "png", "html", "csv", "mmd", "md", "docx", "tex", "xlsx", "ris", "bib", "json")
TABLES = (
    "characteristics_research", "characteristics_other", "origins", "excluded_full_text", "appraisal",
    "appraisal_by_item", "appraisal_items", "appraisal_reasons", "theme_matrix", "themes", "findings", "cmo", "cerqual",
    "cerqual_summary", "agreement", "searches", "snowballing",
)  # fmt: skip
PARTS = (
    "flow", "methods", "results", "summary", "tables", "plots", "search_appendix", "checklists", "included", "revman",
    *TABLES,
)  # fmt: skip
PLANS: tuple[tuple[tuple[str, ...], Callable[[Material], Iterator[Planned]]], ...] = (
    (("flow",), flow_files),
    (("methods", "results", "summary"), narrative_files),
    (("search_appendix",), search_files),
    (("checklists", "search_appendix"), checklist_files),
    (("tables", *TABLES), table_files),
    (("plots",), plot_files),
    (("included", "excluded_full_text"), reference_files),
    (("revman",), revman_files),
)
"""Parts, and what gives their files, in the order in which the index lists them: what is not wanted is not read."""


DRAWERS = 2
"""Pictures drawn at a time: each takes up to 250 MB."""


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
        The folder; it is made when it is not there. What an earlier report left there and a whole one does not write
        any more is taken away; files of others stay.
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
    plans = [plan for parts, plan in PLANS if only is None or not set(only).isdisjoint(parts)]
    wanted = (
        planned
        for plan in plans
        for planned in plan(material)
        if (formats is None or _ending(planned) in formats)
        and (only is None or not set(only).isdisjoint(planned.parts))
    )
    written = _written(wanted, out)
    files = {one.path: one.sha256 for one in written}
    left: tuple[str, ...] = ()
    if formats is None and only is None:
        files["index.html"] = _write(out / "index.html", offline.index(material, written))
        left = tuple(_take_away(out, files))
        files["manifest.json"] = _write(out / "manifest.json", _manifest(material, files))
    flow_alone = only is not None and set(only) == {"flow"}
    overdue = material.overdue(today) if today and not flow_alone else ()
    found = material.flow_warnings if flow_alone else material.warnings
    return Built(
        tuple(sorted(files.items())), (*found, *_prompts(material, files), *overdue, *_older(out, files), *left)
    )


def _written(wanted: Iterable[Planned], out: Path) -> list[Written]:
    """Make and write files; pictures, which take longest and ask nothing of the store, are drawn beside the others.

    They are begun before the others, which then take as long.
    """
    planned = list(wanted)
    with ThreadPoolExecutor(max_workers=DRAWERS) as pool:
        try:
            begun = [pool.submit(_done, one, out) if one.beside else None for one in planned]
            started = [future or _done(one, out) for future, one in zip(begun, planned, strict=True)]
            return [one.result() if isinstance(one, Future) else one for one in started]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _done(planned: Planned, out: Path) -> Written:
    data = planned.make()
    svg = data.decode() if _ending(planned) == "svg" else None
    return Written(planned.path, planned.title, len(data), _write(out / planned.path, data), svg)


def _ending(planned: Planned) -> str:
    return planned.path.rpartition(".")[2]


def _take_away(out: Path, files: Collection[str]) -> Iterator[str]:
    """Take away what the last whole report wrote and this one does not, and say what somebody changed since, and stays.

    What the last report wrote is said by its manifest.
    """
    try:
        before = json.loads((out / "manifest.json").read_text("utf-8"))["files"]
        listed = {str(one["path"]): one["sha256"] for one in before}
    except (OSError, ValueError, KeyError, TypeError):
        return  # none was written yet, or it is none of ours: nothing is taken away
    new = {(out / path).resolve() for path in files}
    for path in sorted(set(listed) - set(files)):
        old = out / path
        if not old.is_file() or old.resolve() in new or not old.resolve().is_relative_to(out.resolve()):
            continue
        if hashlib.sha256(old.read_bytes()).hexdigest() == listed[path]:
            old.unlink()
        else:
            yield f"{path} is of an earlier report and was changed since: it stays, and is out of date"


def _prompts(material: Material, files: Collection[str]) -> Iterator[str]:
    """Say how many places of the texts written now wait for the authors."""
    return material.narrative.prompts(
        name for name in ("methods", "results") if {f"{name}.md", f"{name}.docx"} & set(files)
    )


def build_published(published: Published, out: Path) -> tuple[tuple[str, str], ...]:
    """Draw a publication's numbers in PRISMA's order (``flow``) and in its own (``steps``); give path and SHA-256."""
    from reports.drawing import drawn
    from reports.flow import boxes, layout, steps

    charts = {"flow": boxes.chart(published.flow, published.title)}
    charts |= {"steps": steps.chart(published)} if published.steps else {}
    files = {}
    for name, chart in charts.items():
        drawing = layout.svg(chart)
        files[f"{name}.svg"] = _write(out / f"{name}.svg", drawing.encode())
        pdf, png = (drawn(drawing, kind, title=chart.title, moment=NO_MOMENT) for kind in ("pdf", "png"))
        files[f"{name}.pdf"], files[f"{name}.png"] = _write(out / f"{name}.pdf", pdf), _write(out / f"{name}.png", png)
    return tuple(sorted(files.items()))


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
