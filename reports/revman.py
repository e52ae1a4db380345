"""Files that RevMan Web imports: references that know their study, study information, appraisal. Pure.

A reference finds its study by the ``NS`` tag (RIS). Arms and results are of effects, which this program does not
extract: no file is written for them.

Source: https://documentation.cochrane.org/display/RMHELP/Import+references+for+studies, checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reports.material import Material
from reports.planned import Planned
from reports.render_csv import comma_separated
from reports.studies import Study, studies
from reports.table import Table, table
from review.formats import write
from review.forms import COMPOUND, Final, Instrument
from review.record import Record


def revman_files(m: Material) -> Iterator[Planned]:
    """Plan ``revman/``: nothing while no report is included or excluded at full text."""
    part = ("revman",)
    if m.papers:
        yield Planned("revman/included.ris", part, "RevMan: included studies", lambda: write(_included(m), "ris"))
    if m.excluded:
        yield Planned("revman/excluded.ris", part, "RevMan: excluded studies", lambda: write(_excluded(m), "ris"))
    if m.studies:
        yield Planned("revman/studies.csv", part, "RevMan: study information", lambda: comma_separated(_information(m)))
    for one in m.instruments:
        if judged := _judged(m, one):
            path = f"revman/appraisal_{one.name}.csv"
            yield Planned(path, part, f"RevMan: {one.label}", partial(_appraisal, m, one, judged))


def _of_study(record: Record, label: str, *notes: str) -> Record:
    return replace(record, extra=(*record.extra, ("NS", label)), notes=(*notes, *record.notes))


def _included(m: Material) -> list[Record]:
    return [_of_study(paper.record, study.label) for study in m.studies for paper in study.papers]


def _excluded(m: Material) -> list[Record]:
    """Give the excluded reports; no study of theirs has the name of an included one, or RevMan would join the two."""
    taken = {study.label for study in m.studies}
    found = []
    for study in studies(m.excluded):
        label = f"{study.label} (excluded)" if study.label in taken else study.label
        for paper in study.papers:
            reason = m.reasons.get(paper.reason, paper.reason) if paper.reason else "no reason noted"
            found.append(_of_study(paper.record, label, f"Exclusion reason: {reason}"))
    return found


def _information(m: Material) -> Table:
    """One row per study: what identifies it, then the fields of the form that have one value."""
    fields = [field for field in m.form.fields if field.type not in COMPOUND] if m.form else []
    same = {field.label for field in fields if sum(one.label == field.label for one in fields) > 1}
    columns = [f"{field.label} ({field.id})" if field.label in same else field.label for field in fields]
    rows = [
        (*_identity(study), *(_said(m.extracted.answers.get((study.key, field.id))) for field in fields))
        for study in m.studies
    ]
    return table("studies", "Study information", ("Study ID", "Year", "DOI", "PubMed ID", *columns), rows)


def _identity(study: Study) -> tuple[str, str, str, str]:
    first = study.papers[0].record
    year = str(first.year) if first.year else ""
    return study.label, year, first.doi or "", first.pmid or ""


def _said(final: Final | None) -> str:
    """Give an answer in words; what nobody answered, or two answered otherwise, is empty."""
    if final is None or final.method == "open":
        return ""
    return final.missing.replace("_", " ") if final.missing else final.text or ""


def _judged(m: Material, instrument: Instrument) -> list[Study]:
    keys = {study for study, name, _ in m.extracted.judgements if name == instrument.name}
    return [study for study in m.studies if study.key in keys]


def _appraisal(m: Material, instrument: Instrument, judged: list[Study]) -> bytes:
    """One row per study: for each item the judgement, and what it rests on."""
    words = {option.code: option.label for one in instrument.judged for option in instrument.choices(one)}
    columns = [f"{item.cue}: {what}" for item in instrument.judged for what in ("judgement", "support")]
    rows = []
    for study in judged:
        cells = [study.label]
        for item in instrument.judged:
            final = m.extracted.judgements.get((study.key, instrument.name, item.id))
            settled = final if final is not None and final.method != "open" else None
            code = str(settled.value) if settled and settled.value is not None else ""
            support = (settled.reason, f'"{settled.quote}"' if settled.quote else None) if settled else ()
            cells += [words.get(code, code.replace("_", " ")), " ".join(filter(None, support))]
        rows.append(cells)
    return comma_separated(table(instrument.name, instrument.label, ("Study ID", *columns), rows))
