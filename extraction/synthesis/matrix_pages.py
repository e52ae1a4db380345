"""The matrix of the synthesis, and the codings behind its cells, as pages. Requests in, templates out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup, escape
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from extraction import filling_rows, fillings, library, studies
from extraction.filling_rows import Held as One
from extraction.studies import Study
from extraction.synthesis import coding_page_rows, coding_rows, matrix
from extraction.synthesis.matrix import Column, Row
from extraction.synthesis.resolving import Resolver
from extraction.synthesis.synthesis_kit import Coding, common, framework_of, label_of, seen, sheet_of, shown_to
from review.forms import POLARITIES, Framework, themes_of
from review.text import fold
from review.web import Here, here, show
from review.web.fields import number

Held = Mapping[str, Sequence[One]]
"""Who codes, per study."""

PATH = "/code"
MOST = 100
"""Codings behind a cell on one page."""
FILTERS = ("q", "coder", "polarity", "has", "sort", "down")
HAS = {"mine": "coded by me", "todo": "not yet by me", "none": "nothing coded", "mixed": "a cell with ±"}
"""What a study can be narrowed to -> how it reads."""


@dataclass(frozen=True, slots=True)
class Coder:
    """How far one person is: studies that are done and under way, codings that may be shown."""

    name: str
    yours: bool
    done: int
    open: int
    codings: int


def shown(request: Request) -> Response:
    """Show the matrix."""
    at, asked = here(request), _asked(dict(request.query_params))
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        marks = shown_to(connection, at, framework, coding_rows.placed(connection))
        known = {one.key: one for one in studies.studies(connection)}
        outside = sum(row["study"] not in known for row in marks)
        rows, columns = _matrix(connection, at, framework, resolver, marks, known, asked)
        held = filling_rows.held(connection, sheet_of(framework))
        coders = _coders(connection, at, held, marks)
    double = fillings.by(at.protocol, sheet_of(framework)) == "double"
    sums, coder = matrix.totals(rows, columns), {"coder": asked["coder"]} if "coder" in asked else {}
    return show(
        request, "extraction/matrix.html", **common(at, framework, resolver), rows=rows, columns=columns, sums=sums,
        asked=asked, every=len(known), coders=coders, has=HAS, query=urlencode(asked),
        narrowed=bool(set(asked) - _ORDER),
        by=asked.get("sort", "study"), down="down" in asked,
        addresses=[(one.id, escape("&" + urlencode({"theme": one.id, **coder}))) for one in columns],
        faces=_faces(rows),
        sort_to=lambda name: _sort_to(asked, name),
        double=double, outside=outside, onward=_next(at, sorted(known), held, 2 if double else 1),
    )  # fmt: skip


def table(request: Request) -> Response:
    """Give the matrix, with the filters of the page, as a CSV file."""
    at, asked = here(request), _asked(dict(request.query_params))
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        marks = shown_to(connection, at, framework, coding_rows.placed(connection))
        known = {one.key: one for one in studies.studies(connection)}
        rows, columns = _matrix(connection, at, framework, resolver, marks, known, asked)
    headers = {"Content-Disposition": 'attachment; filename="matrix.csv"'}
    return Response(matrix.write_csv(rows, columns), media_type="text/csv; charset=utf-8", headers=headers)


def behind(request: Request) -> Response:
    """Show the codings behind a cell, or those of a study or a theme."""
    at = here(request)
    study, theme = request.query_params.get("study") or None, request.query_params.get("theme") or None
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        found = seen(connection, at, framework, study=study, theme=theme)
        known = {one.key: one for one in studies.studies(connection)}
    coder, polarity = request.query_params.get("coder"), request.query_params.get("polarity")
    found = [r for r in found if coder in (None, "", r["name"]) and polarity in (None, "", r["polarity"])]
    cell = matrix.cell(Counter(row["polarity"] for row in found))
    start = number(request, "from") or 0
    asked = {name: value for name, value in request.query_params.items() if name != "from"}
    return show(
        request, "extraction/matrix_cell.html", **common(at, framework, resolver), study=study,
        found=found[start : start + MOST], total=len(found), start=start, most=MOST, query=urlencode(asked),
        about=theme, cell=cell, title=known[study].record.title if study in known else None, known=known,
        theme_name=label_of(framework, resolver, theme),
    )  # fmt: skip


# -- putting it together


_ORDER = {"sort", "down"}


_CLASSES = {"+": "splus", "-": "sminus", "0": "szero", "±": "sboth"}


def _faces(rows: Iterable[Row]) -> dict[str, Markup]:
    """Set what cells show, by their words: a page has thousands of cells and a few kinds of them."""
    kinds = {cell.words: cell for row in rows for cell in row.cells.values()}
    return {
        words: Markup('class="cell {}" aria-label="{}">{}{}').format(
            _CLASSES[cell.sign], words, matrix.SHOWN[cell.sign],
            Markup("<sub>{}</sub>").format(cell.total) if cell.total > 1 else "",
        )
        for words, cell in kinds.items()
    }  # fmt: skip


def _asked(given: dict[str, str]) -> dict[str, str]:
    """Give what of an address means something."""
    kept = {name: given[name].strip() for name in FILTERS if given.get(name, "").strip()}
    allowed = {"polarity": (*POLARITIES, matrix.BOTH), "has": HAS, "sort": matrix.ORDERS}
    return {name: value for name, value in kept.items() if name not in allowed or value in allowed[name]}


def _sort_to(asked: dict[str, str], name: str) -> str:
    """Give the query that sorts by a column, or turns the order when it is sorted by it already."""
    rest = {key: value for key, value in asked.items() if key not in _ORDER}
    turn = asked.get("sort", "study") == name and "down" not in asked
    return urlencode({**rest, "sort": name, **({"down": "yes"} if turn else {})})


def _matrix(
    connection: Connection, at: Here, framework: Framework, resolver: Resolver, marks: list[Coding],
    known: Mapping[str, Study], asked: dict[str, str],
) -> tuple[list[Row], list[Column]]:  # fmt: skip
    """Give the rows that the filters leave, and the columns."""
    coder = asked.get("coder")
    names = filling_rows.names(connection) if coder else {}
    coded = [
        (row["study"], theme, row["polarity"])
        for row in marks
        if row["study"] in known and (not coder or names.get(row["person"]) == coder)
        for theme in themes_of(row)
    ]
    columns = matrix.columns_of(framework, resolver, {component for _, component, _ in coded})
    cells = matrix.cells(coded)
    design = _designs(connection, at)
    mine = {row["study"] for row in marks if row["person"] == at.actor.person}
    rows = [
        Row(one.key, one.record.title, one.record.year, design.get(one.key), cells.get(one.key, {}))
        for one in known.values()
    ]
    rows = [row for row in rows if _fits(row, asked, mine)]
    return matrix.ordered(rows, asked.get("sort", "study"), "down" in asked), columns


def _designs(connection: Connection, at: Here) -> dict[str, str]:
    """Give the designs of studies as the proforma calls them; extracted by two, from nobody's answers but own ones."""
    only = at.actor.person if at.protocol.synthesis.extraction == "double" else None
    said = coding_page_rows.answered(connection, "design", only)
    if not said or at.protocol.proforma is None:
        return said
    form = library.form(at.protocol.proforma, at.folder)
    labels = {option.code: option.label for field in form.fields if field.id == "design" for option in field.options}
    return {study: labels.get(value, value) for study, value in said.items()}


def _next(at: Here, keys: Iterable[str], held: Held, places: int) -> str | None:
    """Give the study to go on with: one that this person began, else one that waits for a coder."""
    mine = {study for study, some in held.items() for one in some if one.person == at.actor.person}
    begun = {s for s, some in held.items() for one in some if (one.person, one.state) == (at.actor.person, "open")}
    working = {study: sum(one.state != "left" for one in some) for study, some in held.items()}
    free = [key for key in keys if key not in mine and working.get(key, 0) < places]
    return next((key for key in keys if key in begun), free[0] if free else None)


def _fits(row: Row, asked: dict[str, str], mine: set[str]) -> bool:
    words = fold(asked.get("q", "")).split()
    text = fold(f"{row.study} {row.title or ''} {row.design or ''}")
    if not all(word in text for word in words):
        return False
    polarity = asked.get("polarity")
    if polarity and not any(cell.sign == polarity or cell.counts.get(polarity) for cell in row.cells.values()):
        return False
    return {
        "mine": row.study in mine, "todo": row.study not in mine, "none": not row.cells,
        "mixed": any(cell.sign == matrix.BOTH for cell in row.cells.values()),
    }.get(asked.get("has", ""), True)  # fmt: skip


def _coders(connection: Connection, at: Here, held: Held, marks: list[Coding]) -> list[Coder]:
    names = filling_rows.names(connection)
    states: dict[str, Counter[str]] = {}
    for one in (one for some in held.values() for one in some):
        states.setdefault(one.person, Counter())[one.state] += 1
    written = Counter(row["person"] for row in marks)
    people = sorted(states, key=lambda person: (person != at.actor.person, names[person].casefold()))
    return [
        Coder(names[p], p == at.actor.person, states[p]["done"], states[p]["open"], written[p]) for p in people
    ]  # fmt: skip


ROUTES = (
    Route(PATH, shown),
    Route(f"{PATH}/matrix.csv", table),
    Route(f"{PATH}/cell", behind),
)
