"""The checklists' tables and files. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from reports import press, prisma_s
from reports.checklists.answers import answers
from reports.checklists.items import NAMES, Answers, filled, read
from reports.material import Material
from reports.planned import Planned
from reports.render_csv import comma_separated
from reports.table import Table


def checklists(m: Material) -> Mapping[str, Callable[[], tuple[Table, ...]]]:
    """Give what fills in each checklist, by the name of its files, in the order in which they are shown."""
    known = answers(m)
    made: dict[str, Callable[[], tuple[Table, ...]]] = {name: partial(_filled, name, known) for name in NAMES}
    made |= {"prisma_s": lambda: (prisma_s.checklist(m.searches),), "press": lambda: press.as_tables(m.searches)}
    return {name: cache(fill) for name, fill in made.items()}


def _filled(name: str, known: Answers) -> tuple[Table, ...]:
    return (filled(read(name), known),)


def checklist_files(m: Material) -> Iterator[Planned]:
    """Plan every checklist as a Word document and as CSV, and the PRESS form."""
    for name, tables in m.checklists.items():
        if name == "press":
            yield from _press(m)
            continue
        parts = ("checklists", "search_appendix") if name == "prisma_s" else ("checklists",)
        label = "PRISMA-S checklist" if name == "prisma_s" else read(name).label
        for ending, write in (("docx", _word), ("csv", _csv)):
            yield Planned(f"checklists/{name}.{ending}", parts, label, partial(write, m, tables))


def _press(m: Material) -> Iterator[Planned]:
    """Plan the form that a peer reviewer of the search fills in."""
    forms: dict[str, Callable[[], bytes]] = {
        "docx": lambda: press.as_docx(m.searches, moment=m.moment),
        "csv": lambda: comma_separated(*m.checklists["press"]()),
        "md": lambda: press.as_markdown(m.searches).encode(),
    }
    for ending, make in forms.items():
        yield Planned(f"checklists/press.{ending}", ("checklists",), "PRESS form", make)


def _word(m: Material, tables: Callable[[], tuple[Table, ...]]) -> bytes:
    from reports.render_docx import form

    return form(*tables(), moment=m.moment)


def _csv(_: Material, tables: Callable[[], tuple[Table, ...]]) -> bytes:
    return comma_separated(*tables())
