"""Themes and components as pages: what stands under each, memos, merging and splitting; the codebook; two coders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from extraction import filling_rows, studies, versions
from extraction.synthesis import codebook, coders, coding_page_rows, coding_rows, findings, memos, themes
from extraction.synthesis.codebook import Code
from extraction.synthesis.matrix import cell
from extraction.synthesis.synthesis_kit import (
    Coding,
    base_of,
    common,
    framework_of,
    label_of,
    named,
    part_of,
    problem_of,
    ref,
    refs,
    sheet_of,
    shown_to,
)
from review.errors import DecisionError, ReviewError
from review.forms import Framework
from review.text import many
from review.web import Form, Here, action, here, show
from review.web.fields import number, of_another, text

PATH = "/code/themes"
MOST = 100
"""Codings of a theme, or rows of a comparison, on one page."""
DONE = {
    "memo": "Your memo is saved.",
    "make": "The theme is made.",
    "rename": "The theme has its new name.",
    "merge": "The themes are merged.",
    "split": "The codings are moved.",
    "drop": "The theme is taken away.",
}


def shown(request: Request) -> Response:
    """Show one theme, or all components and themes."""
    at, theme = here(request), request.query_params.get("theme")
    if theme is None:
        return _overview(request, at)
    return _theme(request, at, theme, said=DONE.get(request.query_params.get("done", "")))


def change(request: Request, form: Form) -> Response:
    """Do what a button of a theme's page says; what changes much is first shown in numbers."""
    at, theme, do = here(request), text(form, "theme") or "", text(form, "do") or ""
    if (refused := of_another(request, at, form)) is not None:
        return refused
    if do not in DONE:
        raise DecisionError("it was not said what to do", hint="go back to the page and press a button of it")
    try:
        if do in ("merge", "split") and form.get("sure") != "yes":
            return _theme(request, at, theme, planned=_plan(at, theme, do, form), typed=form)
        then = _do(at, theme, do, form)
    except ReviewError as error:
        if do == "make":
            return _overview(request, at, problem_of(error), form)
        return _theme(request, at, theme, refused=problem_of(error), typed=form)
    return RedirectResponse(f"{PATH}?{urlencode({'theme': then, 'done': do} if then else {'done': do})}", 303)


def book(request: Request) -> Response:
    """Show the codebook, made to be printed."""
    at = here(request)
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        codes, _ = _book(connection, at, framework)
        held = versions.in_use(connection, sheet_of(framework))
        used = coding_page_rows.versions(connection)
    return show(request, "extraction/codebook.html", **common(at, framework, resolver), codes=codes, held=held,
                used=used)  # fmt: skip


def compared(request: Request) -> Response:
    """Lay side by side where two coders put the studies that both are done with."""
    at = here(request)
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver, names = coding_rows.resolver(connection), filling_rows.names(connection)
        pairs = coders.pairs(connection, at.protocol, framework)
        asked = request.query_params.get("pair", "")
        pair = next((one for one in pairs if " ".join(one) == asked), pairs[0] if pairs else None)
        found = coders.compare(connection, at.protocol, framework, *pair) if pair else None
    only, start = request.query_params.get("show") == "differences", number(request, "from") or 0
    coded = [one for one in found.cells if one.by != "neither"] if found else []
    cells = [one for one in coded if not only or one.by != "both" or one.differs]
    return show(
        request, "extraction/coding_compare.html", **common(at, framework, resolver), found=found, pair=pair,
        pairs=[(" ".join(one), " and ".join(names[person] for person in one)) for one in pairs], only=only,
        cells=cells[start : start + MOST], all_cells=len(cells), start=start, most=MOST,
    )  # fmt: skip


# -- one theme


def _theme(request: Request, at: Here, theme: str, status: int | None = None, **more: Any) -> Response:
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        now = resolver.living(theme)
        codes, placed = _book(connection, at, framework)
        code = next((one for one in codes if one.id == now and one.kind != "sub-element"), None)
        if code is None:
            raise DecisionError(f"there is no theme {resolver.label(theme)}", hint="see the list of themes")
        here_too = [one for one in placed if now in (one["component"], one["subelement"])]
        part, start = request.query_params.get("part"), number(request, "from") or 0
        listed = [one for one in here_too if part is None or part_of(one, now) == part]
        listed.sort(key=lambda one: (not part_of(one, now), part_of(one, now), one["study"], one["key"]))
        pairs = [(one["key"], one["person"]) for one in listed[start : start + MOST]]
        words = named(connection, at, framework, pairs)
        some = {pair: words[pair] for pair in pairs}
        row = next((one for one in coding_rows.themes(connection) if one["key"] == now), None)
        noted = memos.all(connection, now)
        past = themes.history(connection, now)
        stands = [one for one in findings.all(connection) if one["theme"] == now]
    person, values = at.actor.person, {"refused": None, "said": None, "planned": None, "typed": {}, **more}
    return show(
        request, "extraction/theme.html", status or (422 if values["refused"] else 200),
        **common(at, framework, resolver), **values, about=now, came_from=theme if theme != now else None, code=code,
        groups=[(name, list(rows)) for name, rows in groupby(some.values(), lambda one: part_of(one, now))],
        listed=len(listed), parts=_parts(here_too, now), part=part, start=start, most=MOST,
        cell=cell(Counter(one["polarity"] for one in here_too)), total=len(here_too),
        mine=next((one for one in noted if one["person"] == person), None), history=past[::-1], findings=stands,
        others=[one for one in noted if one["person"] != person], base=row["event"] if row else "",
        targets=[one for one in codes if one.kind != "sub-element" and one.id != now],
    )  # fmt: skip


def _parts(placed: Sequence[Coding], theme: str) -> list[tuple[str, int]]:
    """Give what groups the codings of a theme, with their numbers; what is of the whole comes last."""
    return sorted(Counter(part_of(row, theme) for row in placed).items(), key=lambda item: (not item[0], item[0]))


def _overview(request: Request, at: Here, refused: str | None = None, typed: Any = None) -> Response:
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        codes = [one for one in _book(connection, at, framework)[0] if one.kind != "sub-element"]
    return show(request, "extraction/themes.html", 422 if refused else 200, **common(at, framework, resolver),
                codes=codes, refused=refused, typed=typed or {},
                said=DONE.get(request.query_params.get("done", "")))  # fmt: skip


def _book(connection: Connection, at: Here, framework: Framework) -> tuple[tuple[Code, ...], list[Coding]]:
    """Give the codebook, counted over what this person may see of included studies, and that."""
    placed: list[Coding] = []
    known = studies.keys(connection)

    def counted(rows: list[Coding]) -> list[Coding]:
        placed.extend(row for row in shown_to(connection, at, framework, rows) if row["study"] in known)
        return placed

    return codebook.codebook(connection, framework, counted), placed


# -- changes


def _plan(at: Here, theme: str, do: str, form: Form) -> dict[str, Any]:
    """Say in numbers what merging or splitting will change, before it does."""
    framework = framework_of(at)
    chosen = refs(form, "coding")
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        found = coding_rows.codings(connection, theme=theme)
        stands = [one for one in findings.all(connection) if one["theme"] == theme]
    if do == "split":
        found = [row for row in found if (row["key"], row["person"]) in chosen]
    into = _into(form)
    if do == "split" and not found:
        raise DecisionError("no coding is ticked", hint="tick the codings that go to another theme")
    if into is None:
        raise DecisionError("it was not said where to", hint="choose a theme, or write the name of a new one")
    some = len({row["study"] for row in found})
    lines = [
        f"{many(len(found), 'coding')} of {many(some, 'study')} will stand under "
        f"“{label_of(framework, resolver, into)}” instead of “{label_of(framework, resolver, theme)}”."
    ]
    if do == "merge":
        lines.append(f"“{resolver.label(theme)}” is then no theme of its own any more; its memos and history stay.")
        if stands:
            lines.append(f"{many(len(stands), 'finding')} of it will stand under the other theme, too.")
    return {"do": do, "into": into, "lines": lines, "note": text(form, "note"), "codings": [ref(r) for r in found]}


def _into(form: Form) -> str | None:
    chosen = text(form, "into")
    return text(form, "new_theme") if chosen in (None, "new") else chosen


def _do(at: Here, theme: str, do: str, form: Form) -> str | None:
    """Change something; give the theme to show then."""
    store, actor, note = at.store, at.actor, text(form, "note")
    if do == "memo":
        memos.save(store, actor, framework_of(at), theme, text(form, "text"))
    elif do == "make":
        return themes.make(store, actor, text(form, "name"), gloss=text(form, "gloss"))
    elif do == "rename":
        themes.rename(
            store, actor, theme, label=text(form, "label"), gloss=text(form, "gloss"), base=base_of(form), note=note
        )
    elif do == "merge":
        themes.merge(store, actor, theme, _into(form) or "", note=note)
        return _into(form)
    elif do == "split":
        return themes.split(store, actor, framework_of(at), theme, _into(form), refs(form, "coding"), note=note)
    else:
        themes.drop(store, actor, theme, note=note)
        return None
    return theme


ROUTES = (
    Route(PATH, shown),
    Route(PATH, action(change, "extract"), methods=["POST"]),
    Route("/code/codebook", book),
    Route("/code/compare", compared),
)
