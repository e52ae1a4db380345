"""Tables of the included studies' characteristics, and of the reports excluded at full text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.rows import Paper
from reports.studies import Study, cited
from reports.table import Table, table
from review import countries
from review.forms import COMPOUND, Field, Final, Form

COLUMNS = ("aim", "speciality", "location", "design", "data_collection", "roles", "sample_n")
"""Fields shown for research papers, as far as the form has them; a form with none of them is shown whole."""
OTHER_COLUMNS = ("kind", "aim", "speciality", "location")
"""Fields shown for papers that are not research."""
KIND, RESEARCH = "kind", "research"
"""The field, and its answer, that tell research papers from commentaries, discussions and personal accounts."""
NOT_EXTRACTED = "not extracted"
NOT_SETTLED = "not settled"
"""Two who extracted differ, or are not done: no side is shown."""
MISSING_LABELS: Mapping[str, str | None] = {
    "not_reported": None, "not_applicable": "not applicable", "unclear": "unclear",
}  # fmt: skip

Answers = Mapping[tuple[str, str], Final]
"""(study, field) -> the answer that counts."""


@dataclass(frozen=True, slots=True)
class Retractions:
    """What is known of retractions: study -> what stands behind its name (may be empty), and a note on the check."""

    marks: Mapping[str, str]
    note: str


def characteristics(
    found: Sequence[Study], form: Form | None, answers: Answers, known: Retractions
) -> tuple[Table, Table]:
    """Make the two tables: research papers, and all others (with those whose kind nobody has noted)."""
    research = [study for study in found if _is_research(study, form, answers)]
    other = [study for study in found if study not in research]
    return (
        _one("characteristics_research", "Characteristics of included research papers", research, form, answers, known),
        _one("characteristics_other", "Characteristics of other included papers", other, form, answers, known),
    )


def unsorted(found: Sequence[Study], form: Form | None, answers: Answers) -> tuple[str, ...]:
    """Give the keys of the studies of which nobody has noted whether they are research."""
    asked = form is not None and any(field.id == KIND for field in form.fields)
    return tuple(s.key for s in found if asked and _kind(s, answers) is None)


def _is_research(study: Study, form: Form | None, answers: Answers) -> bool:
    asked = form is not None and any(field.id == KIND for field in form.fields)
    return not asked or _kind(study, answers) == RESEARCH


def _kind(study: Study, answers: Answers) -> object:
    answer = answers.get((study.key, KIND))
    return None if answer is None else answer.value


def _one(
    name: str, title: str, found: Sequence[Study], form: Form | None, answers: Answers, known: Retractions
) -> Table:
    wanted = COLUMNS if name == "characteristics_research" else OTHER_COLUMNS
    fields = () if form is None else _chosen(form, wanted)
    rows = [
        (
            study.label + known.marks.get(study.key, ""),
            study.papers[0].record.title,
            *(said(f, answers.get((study.key, f.id))) for f in fields),
        )
        for study in found
    ]
    note = f"Extracted with: {form.label}, version {form.version}." if form else "No extraction form is in use."
    note = f"{note} {known.note}" if rows and known.note else note
    return table(name, title, ("Study", "Title", *(field.label for field in fields)), rows, note=note)


def _chosen(form: Form, wanted: Sequence[str]) -> tuple[Field, ...]:
    by_id = {field.id: field for field in form.fields}
    return tuple(by_id[name] for name in wanted if name in by_id) or form.fields


def said(field: Field, answer: Final | None) -> str | None:
    """Give what an answer says: labels for codes, names for countries; the three sorts of missing kept apart."""
    if answer is None:
        return NOT_EXTRACTED
    if answer.method == "open":
        return NOT_SETTLED
    if answer.missing is not None:
        return MISSING_LABELS.get(answer.missing, answer.missing)
    if field.type in (*COMPOUND, "counts"):
        return answer.text
    labels = {option.code: option.label for option in field.options}
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    texts = [labels.get(str(v), str(v)) for v in values if v is not None]
    if field.type == "country":
        texts = [countries.NAMES.get(t, t) for t in texts]
    return "; ".join(texts) or None


def excluded(papers: Iterable[Paper], reasons: Mapping[str, str]) -> Table:
    """List the reports excluded at full text, each with its primary reason."""
    order = {code: at for at, code in enumerate(reasons)}
    ranked = sorted(papers, key=lambda p: (order.get(p.reason or "", len(order)), cited(p.record).casefold(), p.report))
    rows = [
        (cited(p.record), p.record.title, p.record.journal, reasons.get(p.reason, p.reason) if p.reason else None)
        for p in ranked
    ]
    return table(
        "excluded_full_text",
        "Reports excluded at full text, with reasons",
        ("Report", "Title", "Published in", "Reason for exclusion"),
        rows,
        note="One primary reason per report: the first that applies, in the order of the protocol.",
    )
