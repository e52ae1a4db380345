"""Findings and configurations as pages: what the codings come to, what speaks against it, and who agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from extraction import library, studies
from extraction.synthesis import cmo, coding_rows, findings
from extraction.synthesis.cmo import Configuration
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.findings import Finding
from extraction.synthesis.synthesis_kit import (
    Code,
    Coding,
    base_of,
    codes_of,
    common,
    framework_of,
    label_of,
    named,
    part_of,
    problem_of,
    ref,
    seen,
    shown_to,
)
from review.errors import ReviewError
from review.forms import Framework
from review.web import Form, Here, action, here, show
from review.web.fields import of_another, text

FINDINGS, CMO = "/code/findings", "/code/cmo"
MOST = 150
"""Codings that are offered to be picked at once; of more, those of one part are."""
DONE = {"saved": "It is saved.", "assent": "What you think of it is saved.", "removed": "It is taken away."}


# -- findings


def shown(request: Request) -> Response:
    """Show the findings, or the form for one: an old one (``edit``), or a new one on a theme (``new``)."""
    at, given = here(request), request.query_params
    if given.get("edit") or given.get("new") is not None:
        return _finding_form(request, at, given.get("edit"), given.get("new") or "")
    return _findings(request, at, said=DONE.get(given.get("done", "")))


def save(request: Request, form: Form) -> Response:
    """Save a finding; when somebody else changed it meanwhile, both are shown."""
    at = here(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    framework, key = framework_of(at), text(form, "key")
    if form.get("do") == "show":
        return _finding_form(request, at, key, text(form, "theme") or "", typed=form)
    try:
        if form.get("do") == "remove":
            findings.save(at.store, at.actor, framework, Finding(key or "", cleared=True), base_of(form))
            return _on(FINDINGS, "removed")
        said = Finding(
            key or _free(at, "F", coding_rows.findings), text(form, "theme"), text(form, "statement"),
            *_sides(form), note=text(form, "note"),
        )  # fmt: skip
        findings.save(at.store, at.actor, framework, said, base_of(form))
    except ReviewError as error:
        return _finding_form(request, at, key, text(form, "theme") or "", problem_of(error), form)
    return _on(FINDINGS, "saved", said.key)


def agree(request: Request, form: Form) -> Response:
    """Note whether a person agrees with a finding as it stood on the page."""
    at, key = here(request), text(form, "key") or ""
    if (refused := of_another(request, at, form)) is not None:
        return refused
    try:
        agrees, note = form.get("do") == "agree", text(form, "note")
        findings.assent(at.store, at.actor, key, agrees, note=note, acts_on=text(form, "base") or "")
    except ReviewError as error:
        return _findings(request, at, refused=problem_of(error), typed=form)
    return _on(FINDINGS, "assent", key)


def _findings(
    request: Request, at: Here, said: str | None = None, refused: str | None = None, typed: Any = None
) -> Response:
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        found = findings.all(connection)
        codings = named(connection, at, framework, _used(found, "supporting", "contradicting"))
        codes = codes_of(connection, at, framework, resolver)
        known = studies.keys(connection)
    counted = {pair: row for pair, row in codings.items() if row["study"] in known}
    theme = request.query_params.get("theme")
    # A finding stays in view when its theme is in the framework no more.
    lost = sorted({row["theme"] for row in found} - {one.id for one in codes})
    headed = [*codes, *(Code(name, label_of(framework, resolver, name), None, emergent=True) for name in lost)]
    groups = [(one, [row for row in found if row["theme"] == one.id]) for one in headed]
    return show(
        request, "extraction/findings.html", 422 if refused else 200, **common(at, framework, resolver),
        groups=[(one, rows) for one, rows in groups if rows and theme in (None, one.id)], total=len(found),
        codings=codings, said=said, refused=refused, typed=typed or {}, instruments=_instruments(at),
        studies_of=lambda row, side: findings.studies(row, counted, side), codes=codes,
    )  # fmt: skip


def _finding_form(
    request: Request, at: Here, key: str | None, theme: str, refused: str | None = None, typed: Form | None = None
) -> Response:
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        now = next((row for row in findings.all(connection) if row["key"] == key), None) if key else None
        codes = codes_of(connection, at, framework, resolver)
        chosen = resolver.living(theme or (now["theme"] if now else ""))
        placed = shown_to(connection, at, framework, coding_rows.placed(connection))
        parts = Counter(part_of(row, chosen) for row in placed if chosen in (row["component"], row["subelement"]))
        part = text(typed, "part") if typed else None
        sides = _typed_sides(typed) if typed else _sides_of(now, "supporting", "contradicting")
        keys = {
            row["key"] for row in placed if chosen in (row["component"], row["subelement"])
            and (parts.total() <= MOST or part_of(row, chosen) == part)
        }  # fmt: skip
        offered = seen(connection, at, framework, theme=chosen, keys=keys) if keys else []
        offered += _picked(connection, at, framework, sides, offered)
    return show(
        request, "extraction/finding_form.html", 422 if refused else 200, **common(at, framework, resolver),
        now=now, codes=codes, about=chosen, offered=offered, part=part,
        parts=sorted(parts.items(), key=str) if parts.total() > MOST else [], sides=sides, refused=refused, typed=typed,
        base=_base(typed, now), key=key, changed=bool(refused and now and now["event"] != _base(typed, now)),
    )  # fmt: skip


def _instruments(at: Here) -> list[tuple[str, str]]:
    """Give (name, label) of the protocol's instruments that appraise findings."""
    known = [library.instrument(name, at.folder) for name in at.protocol.instruments]
    return [(one.name, one.label) for one in known if one.of == "finding"]


# -- configurations


def configurations(request: Request) -> Response:
    """Show the configurations as a table, or the form for one."""
    at, given = here(request), request.query_params
    if given.get("edit") or given.get("new") is not None:
        return _cmo_form(request, at, given.get("edit"))
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        found = cmo.all(connection)
        codings = named(connection, at, framework, _used(found, "supporting", "refuting"))
        known = studies.keys(connection)
    return show(request, "extraction/cmo.html", **common(at, framework, resolver), found=found, codings=codings,
                known=known, said=DONE.get(given.get("done", "")))  # fmt: skip


def save_configuration(request: Request, form: Form) -> Response:
    """Save a configuration; when somebody else changed it meanwhile, both are shown."""
    at, key = here(request), text(form, "key")
    if (refused := of_another(request, at, form)) is not None:
        return refused
    try:
        if form.get("do") == "remove":
            cmo.save(at.store, at.actor, Configuration(key or "", cleared=True), base_of(form))
            return _on(CMO, "removed")
        supporting, refuting = _sides(form)
        said = Configuration(
            key or _free(at, "C", coding_rows.cmos), text(form, "context"), text(form, "mechanism"),
            text(form, "outcome"), text(form, "statement"), text(form, "sources"), supporting, refuting,
            text(form, "note"),
        )  # fmt: skip
        cmo.save(at.store, at.actor, said, base_of(form))
    except ReviewError as error:
        return _cmo_form(request, at, key, problem_of(error), form)
    return _on(CMO, "saved", said.key)


def _cmo_form(
    request: Request, at: Here, key: str | None, refused: str | None = None, typed: Form | None = None
) -> Response:
    framework = framework_of(at)
    with at.store.read() as connection:
        resolver = coding_rows.resolver(connection)
        now = next((row for row in cmo.all(connection) if row["key"] == key), None) if key else None
        known = sorted(studies.keys(connection))
        sides = _typed_sides(typed) if typed else _sides_of(now, "supporting", "refuting")
        said = str(typed.get("sources") or "").splitlines() if typed else (now["sources"] if now else [])
        sources = [one for one in dict.fromkeys(one.strip() for one in said) if one in known]
        offered = [row for one in sources for row in seen(connection, at, framework, study=one)]
        offered += _picked(connection, at, framework, sides, offered)
    return show(
        request, "extraction/cmo_form.html", 422 if refused else 200, **common(at, framework, resolver), now=now,
        known=known, offered=offered, sides=sides, refused=refused, typed=typed, base=_base(typed, now), key=key,
        changed=bool(refused and now and now["event"] != _base(typed, now)),
    )  # fmt: skip


# -- parts of both


def _sides(form: Form) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Read which codings speak for, and which against: a field ``use:CODING`` each."""
    said = _typed_sides(form)
    split = {side: [one for one, value in said.items() if value == side] for side in ("for", "against")}
    return _pairs(split["for"]), _pairs(split["against"])


def _typed_sides(form: Form) -> dict[str, str]:
    """Give (coding as ``ref`` writes it) -> side, of those that were given one."""
    given = {str(name): str(value) for name, value in form.multi_items() if isinstance(value, str)}
    return {name.removeprefix("use:"): value for name, value in given.items() if name.startswith("use:") and value}


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    parts = [one.partition(" ") for one in given]
    return [(key, person) for person, _, key in parts]


def _sides_of(now: Mapping[str, Any] | None, speaks_for: str, against: str) -> dict[str, str]:
    if now is None:
        return {}
    named = {"for": now[speaks_for], "against": now[against]}
    return {f"{person} {key}": side for side, some in named.items() for key, person in some}


def _base(typed: Form | None, now: Mapping[str, Any] | None) -> str | None:
    """Give the state that the page was made from: when refused, the one that the person saw."""
    if typed is not None:
        return base_of(typed)
    return now["event"] if now else None


def _used(rows: Sequence[Row], *sides: str) -> list[tuple[str, str]]:
    return [pair for row in rows for side in sides for pair in row[side]]


def _picked(
    connection: Connection, at: Here, framework: Framework, sides: Mapping[str, str], offered: Sequence[Coding]
) -> list[Coding]:
    """Give the codings that were picked and are not among those offered."""
    there = {ref(row) for row in offered}
    more = named(connection, at, framework, _pairs([one for one in sides if one not in there]))
    return list(more.values())


def _free(at: Here, letter: str, read: Any) -> str:
    """Give a key that is not taken: a letter and the next number."""
    with at.store.read() as connection:
        taken = {row["key"] for row in read(connection)}
    return next(one for n in range(1, len(taken) + 2) if (one := f"{letter}{n}") not in taken)


def _on(path: str, done: str, key: str | None = None) -> Response:
    anchor = f"#f-{urlencode({'': key})[1:]}" if key else ""
    return RedirectResponse(f"{path}?{urlencode({'done': done})}{anchor}", status_code=303)


ROUTES = (
    Route(FINDINGS, shown),
    Route(FINDINGS, action(save, "extract"), methods=["POST"]),
    Route(f"{FINDINGS}/assent", action(agree, None), methods=["POST"]),
    Route(CMO, configurations),
    Route(CMO, action(save_configuration, "extract"), methods=["POST"]),
)
