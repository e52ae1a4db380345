"""What the log says of appraisal, coding, synthesis and certainty, for the items of checklists."""

from __future__ import annotations

from functools import cache, partial

from reports import appraised, synthesis
from reports.checklists.items import Answers, Found, place
from reports.material import Material
from reports.narrative.process import worked
from reports.plots.appraisal import known_blocks
from reports.plots.naming import names
from reports.words import number
from review.forms import FINDING, themes_of
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


def _judged(m: Material) -> tuple[dict[str, frozenset[str]], set[str]]:
    """Give instrument -> the included studies that have a response under it, and the studies that only a publication
    says to be appraised."""
    keys, known, silent = {study.key for study in m.studies}, dict[str, frozenset[str]](), set[str]()
    for one in m.instruments:
        if one.of == "study":
            given, without = appraised.responded(m.extracted, one)
            known[one.name] = given & keys
            silent |= without & keys
    return known, silent - set().union(*known.values())


def _appraised(m: Material) -> set[str]:
    return set().union(*_judged(m)[0].values())


def _appraisal_method(m: Material) -> Found:
    used = [one for one in m.instruments if one.of == "study"]
    if not used:
        return Found("The protocol names no instrument.", asks="name the tool, or say that none was used.", holds=False)
    named = "; ".join(f"{one.label} ({one.edition})" for one in used)
    asks = None if _appraised(m) else "say who appraised, and whether independently."
    return Found(f"The protocol names: {named}. {_by_people(m)}", METHODS, asks)


def _appraisal_process(m: Material) -> Found:
    return Found(_by_people(m), METHODS, holds=bool(_appraised(m)))


def _by_people(m: Material) -> str:
    known, silent = _judged(m)
    people: dict[str, set[str]] = {}
    for name, keys in known.items():
        for study, who in worked(m, "instrument", name, keys).people.items():
            people.setdefault(study, set()).update(who)
    without = f"An appraisal of {_studies(len(silent))} is noted whose results are not reported." if silent else ""
    if not people:
        return without or "Nothing is appraised yet."
    twice = sum(len(who) >= 2 for who in people.values())
    everybody = many(len(set().union(*people.values())), "person")
    return f"{_studies(len(people))} appraised by {everybody}, {number(twice)} by two or more. {without}".rstrip()


def _appraisal_results(m: Material) -> Found:
    n, of = len(_appraised(m)), len(m.studies)
    asks = f"appraise {many(of - n, 'more study')}, or say why not." if 0 < n < of else None
    _, silent = _judged(m)
    without = f" Results of {number(len(silent))} more are not reported." if silent else ""
    pictures = [f"plots/{name}" for name in names("appraisal", [block.instrument.name for block in known_blocks(m)])]
    where = ", ".join(filter(None, (place(m, "appraisal"), *pictures)))
    return Found(f"{number(n)} of {_studies(of)} appraised.{without}", where, asks, bool(n))


# -- synthesis


def _coded(m: Material) -> set[str]:
    keys = {study.key for study in m.studies}
    return {str(coding["study"]) for coding in m.extracted.codings} & keys


def _synthesised(m: Material) -> Found:
    n, of = len(_coded(m)), len(m.studies)
    return Found(f"{number(n)} of {_studies(of)} coded for the synthesis.", place(m, "theme_matrix"), holds=bool(n))


def _display(m: Material) -> Found:
    titles = dict.fromkeys(one.title for one in m.tables if one.rows)
    said = f"{many(len(titles), 'table')}: {'; '.join(titles)}." if titles else "There are no tables yet."
    return Found(f"{said} Studies stand in the order of their names.", "tables", holds=bool(titles))


def _synthesis_method(m: Material) -> Found:
    if m.framework is None:
        asks = "describe the method of synthesis."
        said = f"Findings were coded without a framework set beforehand. {_codings(m)}" if m.extracted.codings else ""
        return Found(said or "The protocol names no framework.", METHODS, asks, bool(said))
    f = m.framework
    named = f"{f.label}, version {f.version} ({f.source})"
    if not m.extracted.codings:
        return Found(f"The protocol names the {named}. Nothing is coded yet.", METHODS, holds=False)
    return Found(f"Findings were coded under the {named}. {_codings(m)}", METHODS)


def _codings(m: Material) -> str:
    codings = m.extracted.codings
    return f"{many(len(codings), 'coding')} of {_studies(len(_coded(m)))}."


def _grouping(m: Material) -> Found:
    parts = [c.label for c in synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)]
    return Found(f"By component: {'; '.join(parts)}." if parts else "Nothing is coded yet.", METHODS, holds=bool(parts))


def _coders(m: Material) -> Found:
    done = worked(m, "framework", m.framework.name if m.framework else "", _coded(m)).people
    people = set().union(*done.values())
    twice = sum(len(who) >= 2 for who in done.values())
    return Found(f"{many(len(people), 'person')} coded; {_studies(twice)} coded by two or more.", METHODS,
                 holds=bool(people))  # fmt: skip


def _coding(m: Material) -> Found:
    codings = m.extracted.codings
    kinds = (("perspective", "a perspective"), ("evidence", "a kind of evidence"), ("place", "a place"))
    named = ", ".join(f"{said} in {number(sum(bool(c.get(name)) for c in codings))}" for name, said in kinds)
    said = f"Each names component and direction; {named}." if codings else ""
    return Found(f"{_codings(m)} {said}".rstrip(), METHODS, holds=bool(codings))


def _comparison(m: Material) -> Found:
    return Found("A matrix of studies by theme, with the direction of what each says.", place(m, "theme_matrix"),
                 holds=bool(m.extracted.codings))  # fmt: skip


def _themes(m: Material) -> Found:
    used = {theme for coding in m.extracted.codings for theme in themes_of(coding)}
    given = used & {component.id for component in (m.framework.components if m.framework else ())}
    said = f"{many(len(given), 'theme')} given by the framework, {number(len(used - given))} came from the data."
    return Found(said, METHODS, holds=bool(used))


def _quotations(m: Material) -> Found:
    n = sum(bool(coding.get("quote")) for coding in m.extracted.codings)
    placed = sum(bool(coding.get("quote") and coding.get("place")) for coding in m.extracted.codings)
    said = f"{many(n, 'coding')} with a quotation, {number(placed)} of them with its place."
    return Found(said, place(m, "themes") if n else "", holds=bool(n))


def _synthesis_studies(m: Material) -> Found:
    parts = synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)
    keys, per = {study.key for study in m.studies}, dict[str, set[str]]()
    for coding in m.extracted.codings:
        for theme in themes_of(coding):
            per.setdefault(theme, set()).add(str(coding["study"]))
    said = "; ".join(f"{part.label}: {_studies(len(per.get(part.id, set()) & keys))}" for part in parts)
    return Found(f"{said}." if per else "Nothing is coded yet.", place(m, "themes"), holds=bool(per))


def _synthesis_results(m: Material) -> Found:
    n = len(m.extracted.findings)
    said = f"{many(n, 'finding')} stated. {_codings(m)}" if n else f"No finding is stated yet. {_codings(m)}"
    where = f"{place(m, 'findings')}, results" if n else place(m, "themes")
    return Found(said, where, holds=bool(n or m.extracted.codings))


# -- certainty


def _certainty_method(m: Material) -> Found:
    used = [one for one in m.instruments if one.of == "finding"]
    asks = "name the method, or say that certainty was not assessed."
    if not used:
        return Found("The protocol names no method.", asks=asks, holds=False)
    return Found("; ".join(f"{one.label} ({one.edition})" for one in used) + ".", METHODS)


def _certainty_results(m: Material) -> Found:
    stated = {FINDING + finding["key"] for finding in m.extracted.findings}
    judged = {key for one in m.instruments for key in appraised.responded(m.extracted, one)[0]} & stated
    said = f"{number(len(judged))} of {many(len(stated), 'finding')} assessed."
    return Found(said, place(m, "cerqual"), holds=bool(judged))
