"""What the log says of appraisal, coding, synthesis and certainty, for the items of checklists."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial

from reports import synthesis
from reports.checklists.items import Answers, Found
from reports.material import Material
from reports.narrative import process_rows
from reports.words import number
from review.forms import FINDING, NOT_REPORTED, themes_of
from review.text import many

METHODS = "methods"


def synthesis_answers(m: Material) -> Answers:
    """Give the facts of this part by name."""
    own = (
        _appraisal_method, _appraisal_process, _appraisal_results, _synthesised, _display, _synthesis_method, _grouping,
        _coders, _coding, _comparison, _themes, _quotations, _synthesis_studies, _synthesis_results, _certainty_method,
        _certainty_results,
    )  # fmt: skip
    return {one.__name__[1:]: cache(partial(one, m)) for one in own}


def _studies(n: int) -> str:
    return many(n, "study")


# -- appraisal


def _appraised(m: Material) -> set[str]:
    """Give the studies with a response; that a publication does not report any is none."""
    judged = {at[0] for at, one in m.extracted.judgements.items() if one.value not in (None, NOT_REPORTED)}
    return judged & {study.key for study in m.studies}


def _appraisal_method(m: Material) -> Found:
    used = [one for one in m.instruments if one.of == "study"]
    if not used:
        return Found("The protocol names no instrument.", asks="name the tool, or say that none was used.", holds=False)
    named = "; ".join(f"{one.label} ({one.edition})" for one in used)
    asks = None if _appraised(m) else "say who appraised, and whether independently."
    return Found(f"{named}. No total score is computed. {_by_people(m)}", METHODS, asks)


def _appraisal_process(m: Material) -> Found:
    return Found(_by_people(m), METHODS, holds=bool(_appraised(m)))


def _by_people(m: Material) -> str:
    people: dict[str, set[str]] = {}
    for one in m.instruments:
        if one.of == "study":
            for study, names in process_rows.filled(
                m.connection, "instrument", one.name, sorted(_appraised(m))
            ).people.items():
                people.setdefault(study, set()).update(names)
    if not people:
        return "Nothing is appraised yet."
    twice = sum(len(names) >= 2 for names in people.values())
    everybody = many(len(set().union(*people.values())), "person")
    return f"{_studies(len(people))} appraised by {everybody}, {number(twice)} of them by two or more."


def _appraisal_results(m: Material) -> Found:
    n, of = len(_appraised(m)), len(m.studies)
    asks = f"appraise the other {of - n}, or say why not." if 0 < n < of else None
    return Found(f"{number(n)} of {_studies(of)} appraised.", "tables/appraisal, plots/appraisal", asks, bool(n))


# -- synthesis


def _coded(m: Material) -> set[str]:
    keys = {study.key for study in m.studies}
    return {str(coding["study"]) for coding in m.extracted.codings} & keys


def _synthesised(m: Material) -> Found:
    n, of = len(_coded(m)), len(m.studies)
    return Found(f"{number(n)} of {_studies(of)} coded for the synthesis.", "tables/theme_matrix", holds=bool(n))


def _display(m: Material) -> Found:
    titles = dict.fromkeys(one.title for one in m.tables if one.rows)
    said = f"{many(len(titles), 'table')}: {'; '.join(titles)}." if titles else "There are no tables yet."
    return Found(f"{said} Studies stand in the order of their names.", "tables, plots", holds=bool(titles))


def _synthesis_method(m: Material) -> Found:
    if m.framework is None:
        return Found("The protocol names no framework.", asks="describe the method of synthesis.", holds=False)
    f = m.framework
    return Found(f"Findings were coded under the {f.label}, version {f.version} ({f.source}). {_codings(m)}", METHODS)


def _codings(m: Material) -> str:
    codings = m.extracted.codings
    return f"{many(len(codings), 'coding')} of {_studies(len(_coded(m)))}."


def _grouping(m: Material) -> Found:
    parts = [c.label for c in synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)]
    return Found(f"By component: {'; '.join(parts)}." if parts else "Nothing is coded yet.", METHODS, holds=bool(parts))


def _coders(m: Material) -> Found:
    people = {str(coding["person"]) for coding in m.extracted.codings}
    each = Counter(len({c["person"] for c in m.extracted.codings if c["study"] == study}) for study in _coded(m))
    twice = sum(n for people_, n in each.items() if people_ >= 2)
    return Found(f"{many(len(people), 'person')} coded; {_studies(twice)} coded by two or more.", METHODS,
                 holds=bool(people))  # fmt: skip


def _coding(m: Material) -> Found:
    said = "Each coding names component, direction, perspective, kind of evidence and place."
    return Found(f"{_codings(m)} {said}", METHODS, holds=bool(m.extracted.codings))


def _comparison(m: Material) -> Found:
    return Found("A matrix of studies by theme, with the direction of what each says.", "tables/theme_matrix",
                 holds=bool(m.extracted.codings))  # fmt: skip


def _themes(m: Material) -> Found:
    used = {theme for coding in m.extracted.codings for theme in themes_of(coding)}
    given = used & {component.id for component in (m.framework.components if m.framework else ())}
    said = f"{many(len(given), 'theme')} given by the framework, {number(len(used - given))} came from the data."
    return Found(said, METHODS, holds=bool(used))


def _quotations(m: Material) -> Found:
    n = sum(bool(coding.get("quote")) for coding in m.extracted.codings)
    return Found(f"{many(n, 'coding')} with a quotation and its place.", "tables/themes", holds=bool(n))


def _synthesis_studies(m: Material) -> Found:
    parts = synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)
    keys, per = {study.key for study in m.studies}, dict[str, set[str]]()
    for coding in m.extracted.codings:
        for theme in themes_of(coding):
            per.setdefault(theme, set()).add(str(coding["study"]))
    said = "; ".join(f"{part.label}: {_studies(len(per.get(part.id, set()) & keys))}" for part in parts)
    return Found(f"{said}." if per else "Nothing is coded yet.", "tables/themes", holds=bool(per))


def _synthesis_results(m: Material) -> Found:
    n = len(m.extracted.findings)
    said = f"{many(n, 'finding')} stated. {_codings(m)}" if n else f"No finding is stated yet. {_codings(m)}"
    return Found(said, "tables/findings, results" if n else "tables/themes", holds=bool(n or m.extracted.codings))


# -- certainty


def _certainty_method(m: Material) -> Found:
    used = [one for one in m.instruments if one.of == "finding"]
    asks = "name the method, or say that certainty was not assessed."
    if not used:
        return Found("The protocol names no method.", asks=asks, holds=False)
    return Found("; ".join(f"{one.label} ({one.edition})" for one in used) + ".", METHODS)


def _certainty_results(m: Material) -> Found:
    judged = {study for study, _, _ in m.extracted.judgements if study.startswith(FINDING)}
    said = f"{number(len(judged))} of {many(len(m.extracted.findings), 'finding')} assessed."
    return Found(said, "tables/cerqual", holds=bool(judged))
