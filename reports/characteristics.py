"""Tables of the included studies' characteristics, and of the reports excluded at full text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.rows import Paper
from reports.studies import Study, cited
from reports.table import Table, table
from review import countries
from review.forms import COMPOUND, Field, Final, Form
from review.text import many

COLUMNS = ("aim", "speciality", "location", "design", "data_collection", "roles", "sample_n")
"""Fields shown for research papers, as far as the form has them; a form with none of them is shown whole."""
OTHER_COLUMNS = ("kind", "aim", "speciality", "location")
"""Fields shown for papers that are not research."""
KIND, RESEARCH = "kind", "research"
"""The field, and its answer, that tell research papers from commentaries, discussions and personal accounts."""
NOT_REPORTED = "not reported"
NOT_EXTRACTED = "not extracted"
NOT_SETTLED = "not settled"
"""Two who extracted differ, or are not done: no side is shown."""
MISSING_LABELS: Mapping[str, str | None] = {
    "not_reported": None, "not_applicable": "not applicable", "unclear": "unclear",
}  # fmt: skip

UNKNOWN = (NOT_REPORTED, NOT_EXTRACTED, NOT_SETTLED, "not applicable", "unclear")
"""What stands in the place of a country, and comes after the countries."""

Answers = Mapping[tuple[str, str], Final]
"""(study, field) -> the answer that counts."""


@dataclass(frozen=True, slots=True)
class Retractions:
    """What is known of retractions: study -> what stands behind its name (may be empty), and a note on the check."""

    marks: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tables of characteristics are made of: the form, the answers that count, and the fields to show."""

    form: Form | None
    answers: Answers
    research: Sequence[str] = COLUMNS
    other: Sequence[str] = OTHER_COLUMNS

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fields to show that the form does not have, where the team chose them."""
        there = {field.id for field in self.form.fields} if self.form else set()
        chosen = [*(self.research if self.research is not COLUMNS else ()),
                  *(self.other if self.other is not OTHER_COLUMNS else ())]  # fmt: skip
        return tuple(dict.fromkeys(name for name in chosen if name not in there))


def characteristics(found: Sequence[Study], asked: Asked, known: Retractions) -> tuple[Table, ...]:
    """Make the two tables: research papers, and all others (with those whose kind nobody has noted)."""
    research = [study for study in found if _is_research(study, asked.form, asked.answers)]
    other = [study for study in found if study not in research]
    return (
        _one(research, "characteristics_research", "Characteristics of included research papers", asked, known),
        _one(other, "characteristics_other", "Characteristics of other included papers", asked, known),
        *_origins(found, asked),
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


def _one(found: Sequence[Study], name: str, title: str, asked: Asked, known: Retractions) -> Table:
    form, answers = asked.form, asked.answers
    wanted = asked.research if name == "characteristics_research" else asked.other
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


def _origins(found: Sequence[Study], asked: Asked) -> tuple[Table, ...]:
    """Count the studies by country and kind; one of two countries counts for both. No table where none is asked."""
    place = place_asked(asked.form) if asked.form else None
    if not found or asked.form is None or place is None:
        return ()
    fields = {field.id: field for field in asked.form.fields}
    kinds = [said(fields[KIND], asked.answers.get((s.key, KIND))) if KIND in fields else "" for s in found]
    places = [_places(place, asked.answers.get((study.key, place.id))) for study in found]
    counts = Counter((place, kind) for some, kind in zip(places, kinds, strict=True) for place in some)
    totals = Counter(place for some in places for place in some)
    shown = sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind or ""))
    columns = [NOT_REPORTED if kind is None else kind for kind in shown] if KIND in fields else []
    ranked = sorted(totals, key=lambda place: (place in UNKNOWN, -totals[place], place))
    rows = [(p, *([str(counts[p, kind]) for kind in shown] if columns else []), str(totals[p])) for p in ranked]
    note = f"{many(len(found), 'study')}: " + ", ".join(f"{place} {totals[place]}" for place in ranked) + "."
    shared = " A study of several countries counts for each." if sum(totals.values()) > len(found) else ""
    return (
        table("origins", "Where included papers originated", ("Country", *columns, "All"), rows, note=note + shared),
    )


def place_asked(form: Form) -> Field | None:
    """Give the field that asks where studies were done: before that of the country that an author is in."""
    fields = [field for field in form.fields if field.type == "country"]
    return min(fields, key=lambda field: field.prefill == "author_country", default=None)


def _places(field: Field, answer: Final | None) -> tuple[str, ...]:
    values = answer.value if answer is not None and isinstance(answer.value, list) else []
    return tuple(countries.NAMES.get(str(v), str(v)) for v in values) or (said(field, answer) or NOT_REPORTED,)


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
        note="One primary reason per report: the first that applies, in the order of the protocol." + _totals(rows),
    )


def _totals(rows: Iterable[Sequence[str | None]]) -> str:
    """Say how many reports each reason has, in their order."""
    counts = Counter(row[-1] or NOT_REPORTED for row in rows)
    return " Reports: " + "; ".join(f"{reason} (n = {n})" for reason, n in counts.items()) + "." if counts else ""
