"""What the log says of the items of checklists: one function per fact, each a sentence with its numbers and its place.

Methods are told as they were done, not as they were planned: by two people only where two people did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial

from reports import prisma_s, search_facts
from reports.checklists.items import PROMPT, Answers, Found, place
from reports.checklists.synthesis_answers import synthesis_answers
from reports.material import Material
from reports.narrative import process_rows
from reports.narrative.process import amendments, worked
from reports.narrative.process_rows import Filled, Stage
from reports.words import number
from review import __version__
from review.protocol import STAGES
from review.text import many

METHODS, RESULTS = "methods", "results"
_STAGES = {"title-abstract": "titles and abstracts", "full-text": "full texts"}


def answers(m: Material) -> Answers:
    """Give every fact that the items of the checklists may name."""
    own = (
        _title, _abstract, _question, _eligibility, _sources, _strategies, _approach, _selection, _collection,
        _outcomes, _variables, _flow, _excluded, _included, _characteristics, _study_results, _limits_of_process,
        _registration, _protocol, _amendments, _funding, _interests, _availability, _software,
    )  # fmt: skip
    return {**{one.__name__[1:]: cache(partial(one, m)) for one in own}, **synthesis_answers(m)}


# -- what the protocol says


def _title(m: Material) -> Found:
    title = m.protocol.title
    asks = None if "review" in title.lower() else "say in the title what kind of review it is."
    return Found(f"“{title}”", "", asks)


def _abstract(m: Material) -> Found:
    return Found("The numbers for it stand in the checklist for abstracts.", "checklists/prisma_abstracts")


def _question(m: Material) -> Found:
    return Found(m.protocol.question, METHODS)


def _eligibility(m: Material) -> Found:
    criteria = m.protocol.criteria
    if not criteria:
        return Found("The protocol states no criteria.", asks="state the criteria.", holds=False)
    groups = (("for inclusion", True), ("for exclusion", False))
    texts = {what: [c.text.rstrip(".") for c in criteria if c.include is way] for what, way in groups}
    said = (f"{many(len(some), 'criterion')} {what}: {'; '.join(some)}." for what, some in texts.items() if some)
    return Found(" ".join(said), METHODS)


def _registration(m: Material) -> Found:
    asks = "give register and number, or say that the review was not registered."
    said = m.protocol.registration
    return Found(said, METHODS) if said else Found("The protocol names no registration.", asks=asks, holds=False)


def _protocol(m: Material) -> Found:
    return Found(f"Every event of the log cites the protocol; in force: SHA-256 {m.protocol.hash[:12]}….", METHODS)


def _amendments(m: Material) -> Found:
    late = amendments(m)
    if not late:
        begun = process_rows.first_search(m.connection) is not None
        said = "No part of it that decides on the method was changed after the first search."
        return Found(said if begun else "The log holds no search yet.", METHODS if begun else "", holds=begun)
    days = "; ".join(f"{one['on']}: {', '.join(one['parts'])}" for one in late)
    return Found(f"The protocol was changed {many(len(late), 'time')} after the first search: {days}.", METHODS,
                 "say why.")  # fmt: skip


def _funding(m: Material) -> Found:
    asks = "name the funders and their role, or say that there was none."
    said = m.protocol.funding
    return Found(said, METHODS) if said else Found("The protocol names no funding.", asks=asks, holds=False)


def _interests(m: Material) -> Found:
    asks = "declare competing interests, or say that there are none."
    said = m.protocol.interests
    return Found(said, METHODS) if said else Found("The protocol declares no interests.", asks=asks, holds=False)


def _availability(m: Material) -> Found:
    licence = m.protocol.reporting.licence
    under = f" under {licence}" if licence else ""
    asks = None if licence else "choose a licence ([reports] licence in the protocol)."
    said = "Protocol, searches, decisions, forms, extracted data, codings and reports go into one archive"
    return Found(f"{said}{under} (review archive).", "", asks)


def _software(m: Material) -> Found:
    return Found(f"narrative-review {__version__}.", METHODS)


# -- searches and selection


def _sources(m: Material) -> Found:
    if not m.searches.rows:
        return Found("The log holds no search.", holds=False)
    last: dict[str, str | None] = {}
    for row in m.searches.rows:
        day, label = search_facts.searched_on(row), str(row.facts["label"])
        last[label] = max(filter(None, (day, last.get(label))), default=None)
    bare = [label for label, day in last.items() if day is None]
    said = "; ".join(f"{label} ({day or 'day not recorded'})" for label, day in last.items())
    asks = f"give the day of the last search of {', '.join(bare)}." if bare else None
    return Found(f"{many(len(last), 'source')}, with the day of the last search: {said}.", "search_appendix", asks)


def _strategies(m: Material) -> Found:
    strategies, limits = prisma_s.answer(8, m.searches), prisma_s.answer(9, m.searches)
    none = () if strategies.holds or strategies.asks else ("give the strategy of every source as it was run.",)
    asks = f" {PROMPT}".join((*none, *strategies.asks, *limits.asks)) or None
    return Found(" ".join((*strategies.says, *limits.says)), "search_appendix", asks, strategies.holds)


def _approach(m: Material) -> Found:
    cited = search_facts.of_kind(m.searches.rows, "citation")
    by = f", of which {many(len(cited), 'citation search')}" if cited else ""
    return Found(f"{many(len(m.searches.rows), 'search')}{by}.", "search_appendix", holds=bool(m.searches.rows))


def _selection(m: Material) -> Found:
    stages = [(name, m.stages[name]) for name in STAGES]
    said = [_screened(_STAGES[name], one) for name, one in stages if one.decided]
    if not said:
        return Found("Nothing is screened yet.", holds=False)
    return Found(f"{' '.join(said)} Tool: narrative-review {__version__}.", METHODS)


def _screened(what: str, one: Stage) -> str:
    twice, bare = sum(n for people, n in one.votes.items() if people >= 2), one.votes.get(0, 0)
    by = many(len(one.people), "person")
    how = f"{number(twice)} of {many(one.decided, 'report')} by two or more people" if twice else "each by one person"
    how = "" if len(one.people) < 2 else f", {how}"
    how += f", {number(bare)} without a vote in the log" if bare else ""
    ended = one.by_voters + one.by_third
    return f"On {what}, {many(one.decided, 'report')} decided on by {by}{how}" + (
        f"; {many(ended, 'conflict')} resolved, {number(one.by_third)} of them by a third person." if ended else "."
    )


def _flow(m: Material) -> Found:
    flow = m.flow
    parts = (
        ("records identified in databases", flow.database_results), ("in registers", flow.register_results),
        ("screened", flow.records_screened), ("reports assessed", flow.dbr_assessed),
        ("excluded", flow.dbr_excluded),
        *((("reports of other methods assessed", flow.other_assessed), ("excluded", flow.other_excluded))
          if flow.by_other_methods else ()),
        ("studies included", flow.new_studies), ("in reports", flow.new_reports),
    )  # fmt: skip
    return Found("; ".join(f"{what}: {number(n)}" for what, n in parts) + ".", "flow")


def _excluded(m: Material) -> Found:
    bare = sum(paper.reason is None for paper in m.excluded)
    asks = f"give the reason of {many(bare, 'exclusion')} without one." if bare else None
    n = len(m.excluded)
    how = f", {'each ' if n > 1 else ''}cited with its reason" if n and not bare else ""
    return Found(f"{many(n, 'report')} excluded at full text{how}.", place(m, "excluded_full_text"), asks,
                 bool(m.stages["full-text"].decided))  # fmt: skip


def _included(m: Material) -> Found:
    return Found(f"{many(len(m.studies), 'study')} in {many(len(m.papers), 'report')}.", RESULTS,
                 holds=bool(m.studies))  # fmt: skip


def _limits_of_process(m: Material) -> Found:
    missing = [n for n in (m.flow.dbr_notretrieved_reports, m.flow.other_notretrieved_reports) if n]
    alone = [_STAGES[name] for name in STAGES if (one := m.stages[name]).decided
             and not any(people >= 2 for people in one.votes)]  # fmt: skip
    said = (
        *([f"{' and '.join(alone)} screened by one person each"] if alone else []),
        *([f"{many(sum(missing), 'report')} not retrieved"] if missing else []),
        *m.warnings,
    )
    if not said:
        return Found("The log shows nothing that limits the process.")
    return Found(f"To be weighed: {'; '.join(text.rstrip('.') for text in said)}.")


# -- extraction


def _collection(m: Material) -> Found:
    if m.form is None:
        return Found("No extraction form is in use.", holds=False)
    done = worked(m, "form", m.form.name, [study.key for study in m.studies])
    return Found(f"{m.form.label}, version {m.form.version}. {done_by(done, 'extracted')}", METHODS,
                 holds=bool(done.people))  # fmt: skip


def done_by(done: Filled, what: str) -> str:
    """Say how many studies were worked on by how many people, and how many a second person checked."""
    if not done.people:
        return f"Nothing is {what} yet."
    twice = sum(len(people) >= 2 for people in done.people.values())
    names = {name for people in done.people.values() for name in people}
    checked = f", {number(len(done.checked))} checked by a second person" if done.checked else ""
    return (
        f"{many(len(done.people), 'study')} {what} by {many(len(names), 'person')},"
        f" {number(twice)} by two or more{checked}."
    )


def _outcomes(m: Material) -> Found:
    sections = m.form.sections if m.form else ()
    return _fields(field.label for section in sections for field in section.fields
                   if "outcome" in field.id or "outcome" in section.title.casefold())  # fmt: skip


def _variables(m: Material) -> Found:
    if m.form is None:
        return Found("No extraction form is in use.", holds=False)
    parts = "; ".join(f"{section.title} ({len(section.fields)})" for section in m.form.sections)
    said = f"{many(len(m.form.fields), 'field')} in {many(len(m.form.sections), 'section')}: {parts}."
    return Found(f"{said} What is not reported, unclear or not applicable is noted as such.")


def _fields(labels: Iterable[str]) -> Found:
    said = "; ".join(labels)
    return Found(f"Fields of the form: {said}.") if said else Found("No field of a form names outcomes.", holds=False)


def _characteristics(m: Material) -> Found:
    known = {study for (study, _), one in m.extracted.answers.items() if one.method != "open"}
    n = sum(study.key in known for study in m.studies)
    asks = None if n == len(m.studies) or not n else f"extract {many(len(m.studies) - n, 'more study')}."
    where = place(m, "characteristics_research", "characteristics_other") if n else ""
    return Found(f"{number(n)} of {many(len(m.studies), 'included study')} with extracted data.",
                 where, asks, bool(n))  # fmt: skip


def _study_results(m: Material) -> Found:
    included = {study.key for study in m.studies}
    settled = sum(key in included and one.method != "open" for (key, _), one in m.extracted.answers.items())
    coded = sum(row["study"] in included for row in m.extracted.codings)
    of = many(len(included), "study")
    return Found(f"{many(settled, 'settled answer')} and {many(coded, 'coding')} of {of}.",
                 place(m, "themes") if coded else "", holds=bool(settled or coded))  # fmt: skip
