"""What the review found, as facts for a results section: numbers, texts and studies, no wording. docs/writing.md lists
them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from reports import appraised, synthesis
from reports.characteristics import COLUMNS, OTHER_COLUMNS
from reports.narrative import process_rows
from reports.narrative.process import Facts
from reports.studies import Study
from review import countries
from review.forms import FINDING, MISSING, OVERALL, Component, Field, Instrument, themes_of
from review.text import fold

if TYPE_CHECKING:
    from reports.material import Material

_QUOTES = 3
"""So many quotes illustrate a finding, each of another study; the table of findings has more."""
STUDY = "study:"
"""Before the key of a study where it is cited."""
CITED = 100
"""Up to so many reports excluded at full text are cited in the text; of more, the table and the reference file tell."""
_WITH_ARTICLE = frozenset({
    "Bahamas", "Central African Republic", "Comoros", "Dominican Republic", "Gambia", "Maldives", "Netherlands",
    "Philippines", "Solomon Islands",
})  # fmt: skip
_APART = {
    "other_removed": "removed before screening", "other_screened_out": "excluded on title and abstract",
    "other_not_screened": "left unread when a person stopped the screening",
    "other_open_records": "still to be screened",
}  # fmt: skip
"""What became of reports of other methods that were not sought: footnotes of the flow, since it has no boxes for it."""
_Row = Mapping[str, Any]


def facts(m: Material) -> Facts:
    """Compute everything that a results section says."""
    known = {study.key: _study(study) for study in m.studies}
    return {
        "flow": _flow(m),
        "excluded": _excluded(m),
        "studies": list(known.values()),
        "reports": sum(len(study.papers) for study in m.studies),
        "years": _years(m, known),
        "characteristics": [one for field in _chosen(m) if (one := _characteristic(m, field, known))],
        "numbers": [one for field in _chosen(m) if field.type == "number" and (one := _number(m, field))],
        "appraised": list(_appraisals(m, known)),
        "not_appraised": _not_appraised(m, known),
        "themes": [_theme(m, one, known) for one in _components(m)],
        "configurations": [_configuration(one, known) for one in m.extracted.cmos],
        "coded": len({row["study"] for row in m.extracted.codings} & known.keys()),
        "gaps": list(m.handed.gaps),
        "unsettled": list(m.extracted.warnings),
    }


def _study(study: Study) -> Facts:
    year = study.papers[0].record.year
    return {
        "key": STUDY + study.key,
        "label": study.label,
        "year": str(year) if year else None,
        "reports": len(study.papers),
    }


def _flow(m: Material) -> Facts:
    told: Facts = {}
    for field in fields(m.flow):
        value = getattr(m.flow, field.name)
        if value is None or isinstance(value, int):
            told[field.name] = value
    for name in ("databases", "registers", "dbr_reasons", "other_reasons"):
        told[name] = [{"label": one.label, "n": one.n} for one in getattr(m.flow, name)]
    noted = Counter[str]()
    for note in m.flow.footnotes:
        noted[note.key] += note.n
    told |= {name: noted[name] for name in ("found_late", "of_earlier_studies", "unfinished")}
    told["apart"] = [(noted[key], said) for key, said in _APART.items() if noted[key]]
    told["updated"], told["by_other_methods"] = m.flow.updated, m.flow.by_other_methods
    return told


def _excluded(m: Material) -> Facts:
    """Give the reports excluded at full text by their reason, and those that people had judged differently."""
    groups: dict[str | None, list[Facts]] = defaultdict(list)
    near = []
    disputed = process_rows.disputed_reports(m.connection, "full-text")
    for paper in m.excluded:
        one = {"key": f"report:{paper.report}"}
        reason = m.reasons.get(paper.reason, paper.reason) if paper.reason else None
        groups[paper.reason].append(one)
        if paper.report in disputed:
            near.append({"report": one, "reason": reason})
    order = [*m.reasons, *sorted(code for code in groups if code is not None and code not in m.reasons), None]
    return {
        "n": len(m.excluded),
        "cited": len(m.excluded) <= CITED,
        "reasons": [
            {
                "reason": m.reasons.get(code, code) if code else "no reason noted",
                "n": len(groups[code]),
                "reports": groups[code],
            }
            for code in order
            if code in groups
        ],
        "without_reason": len(groups[None]) if None in groups else 0,
        "disputed": near,
    }


def _years(m: Material, known: Mapping[str, Facts]) -> Facts:
    years = [int(one["year"]) for one in known.values() if one["year"]]
    return {
        "first": str(min(years)) if years else None,
        "last": str(max(years)) if years else None,
        "unknown": [one for one in known.values() if not one["year"]],
    }


def _chosen(m: Material) -> tuple[Field, ...]:
    """Give the fields of the proforma that the tables of characteristics show."""
    wanted = dict.fromkeys((*m.protocol.reporting.research, *m.protocol.reporting.other) or (*OTHER_COLUMNS, *COLUMNS))
    by_id = {field.id: field for field in m.form.fields} if m.form else {}
    return tuple(by_id[name] for name in wanted if name in by_id)


def _characteristic(m: Material, field: Field, known: Mapping[str, Facts]) -> Facts | None:
    """Count the studies by the answers to a field of choices or countries, the most frequent first."""
    if field.type not in ("single", "multiple", "country"):
        return None
    places = {code: _with_article(name) for code, name in countries.NAMES.items()}
    labels = places if field.type == "country" else {option.code: option.label for option in field.options}
    groups, missing, open_ = defaultdict[str, list[Facts]](list), defaultdict[str, list[Facts]](list), list[Facts]()
    for key, study in known.items():
        answer = m.extracted.answers.get((key, field.id))
        if answer is None or answer.method == "open":
            open_.append(study)
        elif answer.missing is not None:
            missing[MISSING.get(answer.missing, answer.missing)].append(study)
        else:
            for value in dict.fromkeys(answer.value if isinstance(answer.value, list) else [answer.value]):
                groups[labels.get(str(value), str(value))].append(study)
    if not groups:
        return None
    return {
        "id": field.id,
        "label": field.label,
        "countries": field.type == "country",
        "groups": _ranked(groups),
        "missing": _ranked(missing),
        "open": open_,
    }


def _with_article(country: str) -> str:
    """Write a country as it stands behind "in".

    >>> _with_article("United Kingdom"), _with_article("Nigeria")
    ('the United Kingdom', 'Nigeria')
    """
    return f"the {country}" if country.startswith("United ") or country in _WITH_ARTICLE else country


def _ranked(groups: Mapping[str, list[Facts]]) -> list[Facts]:
    ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0].casefold()))
    return [{"label": label, "n": len(some), "studies": some} for label, some in ranked]


def _number(m: Material, field: Field) -> Facts | None:
    """Describe the numbers that were reported; what was not reported stays out and is counted."""
    given = [m.extracted.answers.get((study.key, field.id)) for study in m.studies]
    values = [one.value for one in given if one is not None and one.method != "open" and one.value is not None]
    if not values:
        return None
    return {
        "id": field.id,
        "label": field.label,
        "reported": len(values),
        "smallest": _plain(min(values)),
        "largest": _plain(max(values)),
        "median": _plain(median(values)),
        "sum": _plain(sum(values)),
    }


def _plain(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _not_appraised(m: Material, known: Mapping[str, Facts]) -> list[Facts]:
    used = [one.name for one in m.instruments if one.of == "study"]
    judged = {study for study, name, _ in m.extracted.judgements if name in used}
    return [one for key, one in known.items() if key not in judged]


def _appraisals(m: Material, known: Mapping[str, Facts]) -> Iterator[Facts]:
    for instrument in m.instruments:
        block = appraised.block_of(m.studies, instrument, m.extracted)
        if instrument.of != "study" or not block.given:
            continue
        _, silent = appraised.responded(m.extracted, instrument)
        told = replace(block, given=tuple(one for one in block.given if one[0].key not in silent))
        yield {
            "label": instrument.label,
            "edition": instrument.edition,
            "work": instrument.name,
            "studies": [known[study.key] for study, _ in told.given],
            "silent": [known[study.key] for study, _ in block.given if study.key in silent],
            "cues": [one for item in block.items for one in _item(told, item)],
        }


def _item(block: appraised.Block, item: Any) -> Iterator[Facts]:
    responses = Counter[str]()
    for _, own in block.given:
        if item.id in own or block.applies(item, own):
            responses[block.cell(item, own)] += 1
    choices = [option.label for option in block.instrument.choices(item)]
    order = sorted(responses, key=lambda label: (choices.index(label) if label in choices else len(choices), label))
    if order:
        yield {
            "id": item.id,
            "cue": item.cue,
            "overall": item.id == OVERALL,
            "n": sum(responses.values()),
            "responses": [{"label": label, "n": responses[label]} for label in order],
        }


def _components(m: Material) -> tuple[Component, ...]:
    """Give the framework's components and the themes that emerged, also those with findings only."""
    found = synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)
    there = {one.id for one in found}
    more = {one["theme"] for one in m.extracted.findings} - there
    return (*found, *(Component(name, m.extracted.themes.get(name, name), "") for name in sorted(more)))


def _theme(m: Material, component: Component, known: Mapping[str, Facts]) -> Facts:
    mine = [row for row in m.extracted.codings if row["study"] in known and component.id in themes_of(row)]
    stated = [one for one in m.extracted.findings if one["theme"] == component.id]
    told = {(key, person) for one in stated for key, person in one["contradicting"]}
    framework = {one.id for one in m.framework.components} if m.framework else set()
    return {
        "label": component.label,
        "gloss": component.gloss,
        "emergent": component.id not in framework,
        "studies": _of(mine, known),
        "findings": [_finding(m, one, known) for one in stated],
        "supports": _statements([row for row in mine if row["polarity"] == "+"], known),
        "against": _statements(
            [row for row in mine if row["polarity"] == "-" and (row["key"], row["person"]) not in told], known
        ),
        "conditions": _statements([row for row in mine if row["polarity"] == "0"], known),
    }


def _of(rows: Iterable[_Row], known: Mapping[str, Facts]) -> list[Facts]:
    keys = {row["study"] for row in rows}
    return [study for key, study in known.items() if key in keys]


def _statements(rows: Sequence[_Row], known: Mapping[str, Facts]) -> list[Facts]:
    """Put codings in the same words together, those of most studies first."""
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[fold(row["text"]) or str(row["text"])].append(row)
    made = [{"text": some[0]["text"], "studies": _of(some, known)} for some in groups.values()]
    return sorted(made, key=lambda one: -len(one["studies"]))


def _finding(m: Material, finding: _Row, known: Mapping[str, Facts]) -> Facts:
    by_ref = {(row["key"], row["person"]): row for row in m.extracted.codings if row["study"] in known}
    sides = {
        side: [by_ref[key, person] for key, person in finding[side] if (key, person) in by_ref]
        for side in ("supporting", "contradicting")
    }
    said = [one["agrees"] for one in finding["assents"] if one["current"]]
    return {
        "statement": finding["statement"],
        "studies": _of(sides["supporting"], known),
        "against": _statements(sides["contradicting"], known),
        "quotes": _quotes(sides["supporting"], known),
        "quotes_against": _quotes(sides["contradicting"], known),
        "confidence": [one for instrument in m.instruments for one in _confidence(m, instrument, finding)],
        "agreed": said.count(True),
        "disagreed": said.count(False),
    }


def _quotes(rows: Iterable[_Row], known: Mapping[str, Facts]) -> list[Facts]:
    first: dict[str, Facts] = {}
    for row in rows:
        if row["quote"]:
            first.setdefault(row["study"], {"text": row["quote"], "place": row["place"], "study": known[row["study"]]})
    return list(first.values())[:_QUOTES]


def _confidence(m: Material, instrument: Instrument, finding: _Row) -> Iterator[Facts]:
    one = m.extracted.judgements.get((FINDING + finding["key"], instrument.name, OVERALL))
    if instrument.of == "finding" and one is not None and one.method != "open" and one.value is not None:
        labels = {option.code: option.label for option in instrument.overall}
        level = labels.get(str(one.value), str(one.value))
        yield {"label": instrument.label, "level": level, "reason": one.reason, "work": instrument.name}


def _configuration(one: _Row, known: Mapping[str, Facts]) -> Facts:
    return {
        "context": list(one["context"]),
        "mechanism": list(one["mechanism"]),
        "outcome": one["outcome"],
        "statement": one["statement"],
        "studies": [known[source] for source in one["sources"] if source in known],
        "other": [source for source in one["sources"] if source not in known],
    }
