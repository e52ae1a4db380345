"""The page of studies: which reports are of one study, what may belong together, and what was left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from extraction import companions, rows, studies, study_rows, suggestions
from extraction.studies import Study, counted
from extraction.suggestions import Suggestion
from review.errors import DecisionError
from review.record import Record
from review.web import Form, action, here, show

PATH = "/studies"
SHOWN = 20
"""Suggestions on one page; the next ones follow as these are decided."""
_AUTHORS = 8
"""Authors that are shown of a report, those in common always."""


@dataclass(frozen=True, slots=True)
class Side:
    """A study of a suggestion as it is shown."""

    study: Study
    written: str | None
    reports: tuple[tuple[int, Record], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A suggestion as it is shown; ``key`` is the one that is proposed, ``common`` the authors on both sides."""

    found: Suggestion
    sides: tuple[Side, Side]
    key: str
    common: frozenset[str]


def listed(request: Request) -> Response:
    """Show the studies, with the one that is to be changed opened."""
    at, query = here(request), request.query_params
    with at.store.read() as connection:
        included = rows.included(connection)
        known = studies.grouped(included, rows.study_keys(connection))
        found = suggestions.suggestions(connection, included)
        behind = suggestions.left_behind(connection, included)
        apart = study_rows.apart(connection)
        written = study_rows.written(connection)
    records = {one.report: one.record for one in included}
    of = {report: study.key for study in known for report in study.reports}
    values: dict[str, Any] = {
        "known": known, "records": records, "behind": behind, "counted": counted, "more": len(found) - SHOWN,
        "asked": [_asked(one, written, records) for one in found[:SHOWN]], "written": written,
        "change": query.get("change"), "said": _said(known, dict(query)), "registrations": companions.registered,
        "reports": sum(len(study.reports) for study in known), "names": _names,
        "apart": list(dict.fromkeys(
            (*sorted((of[one.roots[0]], of[one.roots[1]])), one.note, one.name, one.at)
            for one in apart if one.roots[0] in of and one.roots[1] in of
        )),
    }  # fmt: skip
    return show(request, "extraction/studies.html", **values)


def join(request: Request, form: Form) -> Response:
    """Make one study of two, under the key that was chosen, or note that they are different."""
    at, keys = here(request), _keys(form)
    seen = {key: _reports(form, key) for key in keys}
    if form.get("do") == "apart":
        studies.apart(at.store, at.actor, keys, str(form.get("note") or "").strip() or None, seen)
        return _go({"apart": keys[0], "from": keys[1]})
    key = str(form.get("key") or keys[0])
    studies.join(at.store, at.actor, {key: [r for reports in seen.values() for r in reports]}, seen)
    return _go({"joined": key})


def add(request: Request, form: Form) -> Response:
    """Join another study, named by its key, to the one that is changed."""
    at, key, other = here(request), str(form.get("study")), str(form.get("other") or "").strip()
    with at.store.read() as connection:
        known = {study.key: study.reports for study in studies.studies(connection)}
    if other not in known or key not in known or other == key:
        raise DecisionError(f"'{other}' is not the key of another study", hint="choose one of the list")
    seen = {key: _reports(form, key), other: known[other]}
    studies.join(at.store, at.actor, {key: [*known[key], *known[other]]}, seen)
    return _go({"joined": key})


def split(request: Request, form: Form) -> Response:
    """Make a study of its own of the reports that are ticked."""
    at, key = here(request), str(form.get("study"))
    going = [_number(str(value)) for value in form.getlist("report")]
    return _go({"split": studies.split(at.store, at.actor, key, going, {key: _reports(form, key)}), "from": key})


def rename(request: Request, form: Form) -> Response:
    """Give a study another key."""
    at, key, new = here(request), str(form.get("study")), str(form.get("new") or "").strip()
    studies.rename(at.store, at.actor, key, new)
    return _go({"renamed": new, "from": key})


def ask_again(request: Request, form: Form) -> Response:
    """Take back that two studies are different."""
    at = here(request)
    studies.ask_again(at.store, at.actor, _keys(form))
    return _go({})


ROUTES = (
    Route(PATH, listed),
    Route(f"{PATH}/judge", action(join, "extract"), methods=["POST"]),
    Route(f"{PATH}/add", action(add, "extract"), methods=["POST"]),
    Route(f"{PATH}/split", action(split, "extract"), methods=["POST"]),
    Route(f"{PATH}/rename", action(rename, "extract"), methods=["POST"]),
    Route(f"{PATH}/again", action(ask_again, "extract"), methods=["POST"]),
)


def _asked(found: Suggestion, written: dict[str, dict[str, int]], records: dict[int, Record]) -> Asked:
    left, right = (
        Side(
            one,
            counted(written[one.key]) if one.key in written else None,
            tuple((report, records[report]) for report in one.reports),
        )
        for one in (found.left, found.right)
    )
    authors = [{companions.author_key(a) for _, r in side.reports for a in r.authors} for side in (left, right)]
    amount = {side.study.key: sum(written.get(side.study.key, {}).values()) for side in (left, right)}
    dates = {side.study.key: min(r.date or "9999" for _, r in side.reports) for side in (left, right)}
    key = min(amount, key=lambda key: (-amount[key], dates[key], key))
    return Asked(found, (left, right), key, frozenset(authors[0] & authors[1]))


def _names(record: Record, common: frozenset[str]) -> list[tuple[str | None, bool]]:
    """Give the authors that are shown, each with whether the other side has them; ``None`` where some are left out."""
    all_ = [(name, companions.author_key(name) in common) for name in record.authors]
    keep = [n < _AUTHORS - 1 or n == len(all_) - 1 or same for n, (_, same) in enumerate(all_)]
    shown: list[tuple[str | None, bool]] = []
    for (name, same), kept in zip(all_, keep, strict=True):
        if kept:
            shown.append((name, same))
        elif shown[-1][0] is not None:
            shown.append((None, False))
    return shown


def _said(known: tuple[Study, ...], query: dict[str, str]) -> tuple[str, str | None] | None:
    """Say what was done last, and give the study that it can be changed on."""
    keys, key = {study.key for study in known}, query.get("joined") or query.get("split") or query.get("renamed")
    other = query.get("from", "")
    if key in keys and "joined" in query:
        count = next(len(study.reports) for study in known if study.key == key)
        return f"One study, {key}, with {count} reports.", key
    if key in keys and "split" in query:
        return f"Split off from {other}: {key}. The two are not suggested again.", key
    if key in keys and "renamed" in query:
        return f"Study {other} is {key} now.", key
    if {query.get("apart"), other} <= keys:
        return f"{query['apart']} and {other} are different studies. They are not suggested again.", None
    return None


def _keys(form: Form) -> list[str]:
    keys = [str(value) for value in form.getlist("study")]
    if len(set(keys)) != 2:
        raise DecisionError("two studies were not named", hint="go back to the page of studies and decide again")
    return keys


def _reports(form: Form, key: str) -> tuple[int, ...]:
    """Read which reports the page showed under a key: ``key 1,2``."""
    seen = dict(str(value).rpartition(" ")[::2] for value in form.getlist("seen"))
    return tuple(_number(one) for one in seen.get(key, "").split(","))


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise DecisionError("the page did not say which reports are meant", hint="open the page of studies again")
    return int(value)


def _go(query: dict[str, str]) -> Response:
    return RedirectResponse(f"{PATH}?{urlencode(query)}" if query else PATH, status_code=303)
