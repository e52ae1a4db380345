"""The checklists' files. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from reports.checklists.answers import answers
from reports.checklists.items import NAMES, filled, read
from reports.material import Material
from reports.planned import Planned
from reports.render_csv import comma_separated
from reports.table import Table


def checklist_files(m: Material) -> Iterator[Planned]:
    """Plan every checklist of this folder as a Word document and as CSV."""
    known = answers(m)
    for name in NAMES:
        checklist = read(name)
        made = cache(partial(filled, checklist, known))
        for ending, write in (("docx", _word), ("csv", _csv)):
            yield Planned(f"checklists/{name}.{ending}", ("checklists",), checklist.label, partial(write, m, made))


def _word(m: Material, made: Callable[[], Table]) -> bytes:
    from reports.render_docx import form

    return form(made(), moment=m.moment)


def _csv(_: Material, made: Callable[[], Table]) -> bytes:
    return comma_separated(made())
