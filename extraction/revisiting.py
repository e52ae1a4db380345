"""Answers that a change of the form has overtaken: which studies to look at again, and why; nothing is taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from extraction import changes, conditions, library, sheet_rows
from extraction.sheet_rows import Taken
from extraction.values import parse
from review.errors import DecisionError, ProtocolError
from review.forms import Field, Form

Revisits = dict[str, tuple[tuple[str, str], ...]]


def revisits(connection: Connection, form: Form, person: str | None = None, *, reopening: bool = False) -> Revisits:
    """Give, per study, the fields to look at again with the reason; saving an answer anew confirms it.

    An answer is listed that was given under another text of the form, when its field has changed since (type, unit,
    options, rows, sub-fields, name, guidance); so is a required field that a study which is done has no answer to. Of
    an answer older than the notes of what was in use it is only looked whether the field takes it as it is.

    Parameters
    ----------
    person : str, optional
        Whose answers; without, those of all.
    reopening : bool
        Only what opens a field again: an answer to a field that is merely worded otherwise still stands.
    """
    before = _Before(form, sheet_rows.history(connection, f"form:{form.name}"))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    fields = {field.id: field for field in form.fields}
    for row in sheet_rows.unknown(connection, form.name, before.versions, person):
        if row["field"] in fields and not _fits(fields[row["field"]], row["value"]):
            lost = f"it was given under version {row['version']}, which is not kept here, and does not fit the field"
            found[row["study"]].setdefault(row["field"], lost)
    for row in sheet_rows.older(connection, form.name, form.version, before.since, before.changed, person):
        if why := before.why(row, reopening=reopening):
            found[row["study"]].setdefault(row["field"], why)
    for study, field in _unanswered(connection, form, before.newly_required(), person):
        found[study].setdefault(field, "it is required now, and has no answer")
    order = {field.id: at for at, field in enumerate(form.fields)}
    return {study: tuple(sorted(found[study].items(), key=lambda one: order[one[0]])) for study in sorted(found)}


def overtaken(connection: Connection, form: Form, settled: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Give (study, field) of what was settled under another text of the form than it would be now.

    Parameters
    ----------
    settled : sequence of mapping
        What was settled: rows with ``study``, ``field``, ``value``, ``quote``, and ``at``.
    """
    if not settled:
        return set()
    before = _Before(form, sheet_rows.history(connection, f"form:{form.name}"))
    return {(row["study"], row["field"]) for row in settled if before.why(row, reopening=True)}


def _fits(field: Field, value: Any) -> bool:
    """Say whether the field takes a value as it is: all that can be said when the form it was given to is not kept."""
    try:
        return bool(parse(field, value) == value)
    except DecisionError:
        return False


def gone(connection: Connection, form: Form, person: str | None = None) -> list[tuple[Field, dict[str, Any]]]:
    """Give the answers to fields that the form has no more, each with its field as it was last; older ones first."""
    last: dict[str, Field] = {}
    for taken in sheet_rows.history(connection, f"form:{form.name}"):
        last |= {field.id: field for field in _readable(taken).fields}
    left = sheet_rows.besides(connection, form.name, [field.id for field in form.fields], person)
    return [(last.get(row["field"], Field(row["field"], row["field"])), row) for row in left]


class _Before:
    """The texts of a form that were in use, and what is otherwise in the form as it is now."""

    def __init__(self, form: Form, history: Sequence[Taken]) -> None:
        self.form = form
        self.taken = history
        self.forms = {taken.sha256: _readable(taken) for taken in history}
        self.changes = {sha256: changes.changed(old, form) for sha256, old in self.forms.items()}

    @property
    def since(self) -> str | None:
        """Give since when the form is in use as it is now, when its version has meant something else before.

        Until it is frozen a form may change under one version: then the moment of an answer tells what it was given to.
        """
        same = [taken for taken in self.taken if taken.version == self.form.version]
        if all(self.forms[taken.sha256] == self.form for taken in same):
            return None
        moment = "9999"
        for taken in reversed(same):
            if self.forms[taken.sha256] != self.form:
                break
            moment = taken.at
        return moment

    @property
    def versions(self) -> list[str]:
        """Give the versions that are kept, with the one that the form has now."""
        return sorted({self.form.version, *(taken.version for taken in self.taken)})

    @property
    def changed(self) -> list[str]:
        """Give the fields that are otherwise than in some text that was in use."""
        return sorted({field for told in self.changes.values() for field in told})

    def why(self, row: Mapping[str, Any], *, reopening: bool = False) -> str | None:
        """Say why an answer, or what was settled, has to be looked at again; ``None`` when it need not.

        What was settled names no version: it was settled under the text that was in use at its moment.
        """
        texts = [taken for taken in self.taken if row.get("version") in (None, taken.version)]
        then = next((taken for taken in reversed(texts) if taken.at <= row["at"]), texts[0] if texts else None)
        told = self.changes[then.sha256].get(row["field"], ()) if then else ()
        some = [one for one in told if not (reopening and one.soft)]
        return "; ".join(one.why for one in some if one.concerns(row["value"], row["quote"])) or None

    def newly_required(self) -> list[str]:
        """Give the required fields that some text in use did not have, or did not require."""
        needed = [{field.id for field in old.fields if field.required} for old in self.forms.values()]
        return [f.id for f in self.form.fields if f.required and any(f.id not in one for one in needed)]


def _readable(taken: Taken) -> Form:
    try:
        return library.form_of(taken.sheet, taken.text)
    except ProtocolError:  # it was written for an older version of this program
        return Form(taken.sheet, taken.version, taken.sheet, "", ())


def _unanswered(
    connection: Connection, form: Form, required: Sequence[str], person: str | None
) -> list[tuple[str, str]]:
    """Give (study, field) of the studies that somebody is done with, where one of these fields has no answer."""
    if not required:
        return []
    done = [
        (row["study"], row["person"])
        for row in sheet_rows.fillings(connection, f"form:{form.name}", person)
        if row["state"] == "done" and row["role"] == "extractor"
    ]
    wanted = {*required, *conditions.looked_at(form)}
    have: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in sheet_rows.among(connection, form.name, wanted, person):
        have[row["study"], row["person"]][row["field"]] = row["value"]
    return [
        (study, field)
        for study, someone in done
        for field in required
        if field not in have[study, someone] and field in conditions.asked(form, have[study, someone])
    ]
