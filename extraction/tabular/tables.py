"""The tables of one person in one review: what goes out, what a filled one would change, and saving it.

Only a person's own answers, judgements and codings go out, so that nobody sees another's through a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from extraction import answers, appraisal, fillings, library, prefill, rows, studies, versions
from extraction.synthesis import coding, coding_rows
from extraction.tabular import form_sheets, plans, sheets  # fmt: skip
from extraction.tabular.exchange import Table
from extraction.tabular.plans import Plan
from review.errors import StageError
from review.forms import FINDING, Form, Framework, Instrument
from review.protocol import Protocol
from review.store import Actor, Entry, Store

Kind = Literal["extract", "appraise", "code"]
"""Which table: a form, the instruments, the codings; as the commands are called."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_NAMED: Mapping[Kind, str] = {"extract": "proforma", "appraise": "instruments", "code": "framework"}


@dataclass(frozen=True, slots=True)
class Tables:
    """Whose tables they are, and of which review; ``folder`` is where its own forms lie."""

    store: Store
    protocol: Protocol
    folder: Path
    actor: Actor

    def kinds(self) -> tuple[Kind, ...]:
        """Give the tables that this review has."""
        named: Mapping[Kind, object] = {
            "extract": self.protocol.proforma,
            "appraise": self.protocol.instruments,
            "code": self.protocol.framework,
        }
        return tuple(kind for kind in KINDS if named[kind])

    def out(self, kind: Kind) -> Table:
        """Give a table as it is now; its form is in use from now on, so that the table is understood when it is back.

        Raises
        ------
        StageError
            The protocol names none, or there is no study yet.
        """
        studies.name_new(self.store, self.actor)
        self._adopt(kind)
        with self.store.read() as connection:
            keys = self._keys(connection)
            if kind == "extract":
                form, mine = self._form(), self._mine(connection, kind)
                return form_sheets.answers_table(form, keys, mine, self._offered(connection, form))
            if kind == "code":
                return sheets.codings_table(self._framework(), keys, self._mine(connection, kind))
            return sheets.judgements_table(
                self._instruments(), [*keys, *self._findings(connection)], self._judged(connection),
                self._designs(connection),
            )  # fmt: skip

    def plan(self, kind: Kind, data: bytes) -> Plan:
        """Say what a filled table would change now; raises as ``out``, and ReviewError when it cannot be read."""
        self._named(kind)
        with self.store.read() as connection:
            keys = self._keys(connection)
            if kind == "extract":
                form = self._form()
                return form_sheets.answers_plan(
                    form, keys, self._mine(connection, kind), data, self._offered(connection, form),
                    lambda version: self._older(connection, form, version),
                )  # fmt: skip
            if kind == "code":
                emergent = coding_rows.emergent(connection)
                return sheets.codings_plan(self._framework(), keys, self._mine(connection, kind), data, emergent)
            keys = [*keys, *self._findings(connection)]
            return sheets.judgements_plan(self._instruments(), keys, self._judged(connection), data)

    def save(self, kind: Kind, plan: Plan) -> int:
        """Save what a plan says, all or nothing (``plans.carry_out``)."""
        studies.name_new(self.store, self.actor)
        self._adopt(kind)
        return plans.carry_out(
            self.store, self.actor, plan,
            guard=lambda connection, entries: self._guard(connection, kind, entries),
            mine=lambda connection: self._mine(connection, kind),
        )  # fmt: skip

    def _guard(self, connection: Connection, kind: Kind, entries: Sequence[Entry]) -> None:
        who = (self.store, connection, self.actor, self.protocol)
        if kind == "extract":
            return answers.guard(*who, self._form(), entries)
        if kind == "code":
            return coding.guard(*who, self._framework(), entries)
        for instrument in self._instruments():
            some = [entry for entry in entries if entry.payload["instrument"] == instrument.name]
            if some:
                appraisal.guard(*who, instrument, some)
        return None

    def _mine(self, connection: Connection, kind: Kind) -> list[dict[str, Any]]:
        if kind == "extract":
            return rows.answers(connection, self._form().name, self.actor.person)
        if kind == "code":
            return coding_rows.codings(connection, person=self.actor.person)
        return [row for judged in self._judged(connection).values() for row in judged]

    def _judged(self, connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {one.name: rows.judgements(connection, one.name, self.actor.person) for one in self._instruments()}

    def _keys(self, connection: Connection) -> list[str]:
        keys = sorted(studies.keys(connection))
        if not keys:
            raise StageError("no report is included at full text yet", hint="screen first, then extract")
        return keys

    def _findings(self, connection: Connection) -> list[str]:
        return [FINDING + row["key"] for row in coding_rows.findings(connection)]

    def _designs(self, connection: Connection) -> dict[str, str]:
        """Read the designs of studies from the answers that this person may see."""
        if not self.protocol.proforma:
            return {}
        form = self._form()
        said = rows.answers(connection, form.name)
        sheet = fillings.form_sheet(form)
        seen = fillings.seen(connection, self.protocol, sheet, said, self.actor.person)
        return appraisal.designs([*seen, *appraisal.settled_designs(connection, sheet)])

    def _offered(self, connection: Connection, form: Form) -> dict[str, dict[str, Any]]:
        return {study.key: prefill.of(form, study.record) for study in studies.studies(connection)}

    def _older(self, connection: Connection, form: Form, version: str) -> Form | None:
        text = versions.text_of(connection, fillings.form_sheet(form), version)
        return library.form_of(form.name, text) if text else None

    def _adopt(self, kind: Kind) -> None:
        for name in self._named(kind):
            sort: versions.Kind = "form" if kind == "extract" else "framework" if kind == "code" else "instrument"
            versions.adopt(self.store, self.actor, sort, name, self.folder)

    def _named(self, kind: Kind) -> tuple[str, ...]:
        """Give what the protocol names for a table."""
        one = self.protocol.proforma if kind == "extract" else self.protocol.framework
        names = self.protocol.instruments if kind == "appraise" else (one,) if one else ()
        if not names:
            raise StageError(f"the protocol names no {_NAMED[kind]}", hint=f"set {_NAMED[kind]} in protocol.toml")
        return tuple(names)

    def _form(self) -> Form:
        return library.form(self._named("extract")[0], self.folder)

    def _framework(self) -> Framework:
        return library.framework(self._named("code")[0], self.folder)

    def _instruments(self) -> tuple[Instrument, ...]:
        return tuple(library.instrument(name, self.folder) for name in self._named("appraise"))
