"""How the review was made, as facts for a methods section: numbers and texts. docs/writing.md lists them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reports import appraised, rows, selection, synthesis
from reports.narrative import process_rows
from reports.search_facts import came, limits_of, of_kind, platform, searched_on
from reports.search_tables import BY_HAND
from review import __version__
from review.forms import FINDING
from review.protocol.model import STAGES, Stage

if TYPE_CHECKING:
    from reports.material import Material

Facts = dict[str, Any]
_PARTS = {
    "question": "the question", "concepts": "concepts and terms", "strategies": "search strategies",
    "limits": "limits", "sources": "sources", "platforms": "platforms", "imports": "export files",
    "criteria": "eligibility criteria", "screening": "rules of screening", "team": "the team",
    "synthesis": "extraction, appraisal and synthesis", "search": "search", "dedupe": "deduplication",
    "previous": "the earlier version", "registration": "registration", "title": "the title",
    "interests": "competing interests", "funding": "funding",
}  # fmt: skip
"""Tables and keys of a protocol that a change of the method shows in; others (how reports look) are no amendment."""


def facts(m: Material) -> Facts:
    """Compute everything that a methods section says."""
    protocol = m.protocol
    return {
        "software": f"narrative-review {__version__}",
        "review": {
            name: getattr(protocol, name) for name in ("title", "question", "registration", "funding", "interests")
        },
        "protocol": {"versions": len(process_rows.protocols(m.connection)), "amendments": amendments(m)},
        "eligibility": {
            "include": [one.text for one in protocol.criteria if one.include],
            "exclude": [one.text for one in protocol.criteria if not one.include],
            "limits": list(limits_of(protocol)),
        },
        "concepts": [{"role": one.role, "label": one.label, "terms": list(one.terms)} for one in protocol.concepts],
        "search": _search(m),
        "deduplication": _deduplication(m),
        "stages": {stage.replace("-", "_"): _stage(m, stage) for stage in STAGES},
        "agreement": _agreements(m),
        "retrieval": _retrieval(m),
        "extraction": _form(m),
        "appraisal": [one for one in _instruments(m) if one["of"] == "study"],
        "certainty": [one for one in _instruments(m) if one["of"] == "finding"],
        "synthesis": _synthesis(m),
        "retractions": list(m.selection.retractions),
    }


def initials(name: str) -> str:
    """Give a person's initials.

    >>> initials("Gwen van der Berg"), initials("Jo-Ann Li")
    ('GvdB', 'JAL')
    """
    return "".join(part[0] for part in name.replace("-", " ").split())


def _people(names: Iterable[str]) -> list[str]:
    """Give initials of people, or whole names where two share them."""
    names = sorted(set(names))
    times = Counter(map(initials, names))
    return [initials(name) if times[initials(name)] == 1 else name for name in names]


def amendments(m: Material) -> list[Facts]:
    """Give the changes of the method after the first search: the day, and the parts that changed."""
    versions = process_rows.protocols(m.connection)
    first = process_rows.first_search(m.connection)
    texts = rows.protocol_texts(m.connection, {digest for _, digest in versions})
    return [
        {"on": at[:10], "parts": parts}
        for (_, old), (at, new) in pairwise(versions)
        if first is not None and at > first
        for parts in (_changed(texts.get(old, ""), texts.get(new, "")),)
        if parts
    ]


def _changed(old: str, new: str) -> list[str]:
    """Name the parts of the method in which two texts of a protocol differ."""
    try:
        before, after = tomllib.loads(old), tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        return ["a version that cannot be read any more"] if old != new else []
    return [said for key, said in _PARTS.items() if before.get(key) != after.get(key)]


def _search(m: Material) -> Facts:
    found = m.searches.rows
    days = [day for row in found if (day := searched_on(row))]
    return {
        "n": len(found),
        "begun": (process_rows.first_search(m.connection) or "")[:10] or None,
        "last": max(days, default=None),
        "sources": _sources(m, "database", "register"),
        "others": _sources(m, "website", "organisation", "other"),
        "citation": _sources(m, "citation"),
        "updates": sum(row.facts.get("updates") is not None for row in found),
    }


def _sources(m: Material, *kinds: str) -> list[Facts]:
    """Give what was searched: each source once, with the day on which it was searched last."""
    every: dict[tuple[str, str], Facts] = {}
    for row in of_kind(m.searches.rows, *kinds):
        one = every.setdefault(
            (row.facts["kind"], row.facts["source"]),
            {"label": row.facts["label"], "kind": row.facts["kind"], "platform": platform(row, m.searches.known),
             "searched": None, "records": None, "searches": 0, "unfinished": 0},
        )  # fmt: skip
        one["searched"] = max(filter(None, (one["searched"], searched_on(row))), default=None)
        one["records"] = _added(one["records"], came(row, row.records))
        one["searches"] += 1
        one["unfinished"] += row.facts["status"] != "complete"
    return list(every.values())


def _added(so_far: int | None, n: int | None) -> int | None:
    """Add what is known; of a source of which no search gave a number nothing is known, which is not 0."""
    return n if so_far is None else so_far + (n or 0)


def _deduplication(m: Material) -> Facts:
    merging, known = m.searches.merging, m.searches.known
    verdicts = dict(merging.verdicts)
    return {
        "duplicates": sum(row.duplicates for row in m.searches.rows),
        "counted": {
            "main": m.flow.duplicates or 0,
            "known_already": 0,
            "repeated": 0,
            **{note.key: note.n for note in m.flow.footnotes if note.key in ("known_already", "repeated")},
        },
        "rules": [{"rule": known.rules.get(name, BY_HAND.get(name, name)), "n": n} for name, n in merging.rules],
        "judged": sum(verdicts.values()),
        "same": verdicts.get("same", 0),
        "undone": merging.splits,
    }


def _stage(m: Material, stage: Stage) -> Facts:
    found, rules = m.stages[stage], m.protocol.rules(stage)
    told = list(selection.told(m.selection)) if stage == "title-abstract" else []
    return {
        "decided": found.decided,
        "main": (m.flow.records_screened if stage == "title-abstract" else m.flow.dbr_assessed) or 0,
        "people": _people(found.people),
        "by": [{"people": n, "reports": reports} for n, reports in found.votes.items()],
        "by_several": sum(reports for n, reports in found.votes.items() if n > 1),
        "resolved": found.by_voters + found.by_third,
        "resolved_by_voters": found.by_voters,
        "resolved_by_third": found.by_third,
        "imported": found.imported,
        "criteria": rules.mode == "criteria",
        "hidden": list(rules.hide),
        "reasons": [reason.text for reason in rules.reasons],
        "rounds": [
            {"kind": kind, "rounds": n, "reports": reports}
            for kind, n, reports in process_rows.rounds(m.connection, stage)
        ],
        "order": told,
    }


def _agreements(m: Material) -> list[Facts]:
    """Give how two people agreed wherever two voted or coded; the table of agreement has it field by field as well."""
    return [
        {
            "step": one.step,
            "people": one.what,
            "n": one.agreement.n,
            "observed": _percent(one.agreement.observed),
            "kappa": _decimal(one.agreement.kappa),
            "low": _decimal(one.agreement.low),
            "high": _decimal(one.agreement.high),
        }
        for one in m.agreements
        if one.agreement is not None and one.kind == "votes"
    ]


def _decimal(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.1f}%"


def _retrieval(m: Material) -> Facts:
    routes = process_rows.retrieval(m.connection, process_rows.at_full_text(m.connection))
    return {
        "sought": (m.flow.dbr_sought_reports or 0) + (m.flow.other_sought_reports or 0),
        "noted": sum(n for _, n in routes),
        "routes": [{"route": route or "a route that was not noted", "n": n} for route, n in routes],
    }


def worked(m: Material, kind: str, name: str, keys: Iterable[str]) -> process_rows.Filled:
    """Give how a sheet was filled in for some studies, as the protocol has it done: by one, checked, or by two."""
    rules = m.protocol.synthesis
    how = {"form": rules.extraction, "instrument": rules.appraisal, "framework": rules.coding}[kind]
    return process_rows.filled(m.connection, kind, name, keys, double=how == "double")


def _work(m: Material, kind: str, name: str, some: Collection[str] | None = None) -> Facts:
    """Give who filled in a sheet for how many of the included studies, or of ``some`` of them."""
    keys = [study.key for study in m.studies if some is None or study.key in some]
    found = worked(m, kind, name, keys)
    double = {study for study, people in found.people.items() if len(people) > 1}
    checked = (found.checked - double) & set(found.people)
    return {
        "studies": len(keys),
        "done": len(found.people),
        "by_several": len(double),
        "checked": len(checked),
        "by_one": len(found.people) - len(double) - len(checked),
        "people": _people(person for people in found.people.values() for person in people),
        "settled": {method: found.methods.get(method, 0) for method in ("agreed", "discussion", "third", "checked")},
        "disputed": found.disputed,
        "versions": list(found.versions),
        "pilot": found.pilot,
        "unfinished": found.unfinished,
    }


def _form(m: Material) -> Facts | None:
    if m.form is None:
        return None
    return {
        "label": m.form.label,
        "version": m.form.version,
        "fields": len(m.form.fields),
        **_work(m, "form", m.form.name),
    }


def _instruments(m: Material) -> Iterator[Facts]:
    """Give the instruments under which something was judged; what the protocol names and nobody used is not said.

    Of ``silent`` studies nothing is known but that the publication does not report the responses.
    """
    for one in m.instruments:
        known, silent = appraised.responded(m.extracted, one)
        if one.of == "finding":
            stated = {FINDING + finding["key"] for finding in m.extracted.findings}
            work: Facts = {"done": len(known & stated), "findings": len(stated), "silent": 0}
        else:
            keys = {study.key for study in m.studies}
            work = {**_work(m, "instrument", one.name, known), "silent": len(silent & keys)}
        if work["done"] or work["silent"]:
            yield {"of": one.of, "label": one.label, "edition": one.edition, "url": one.url, "work": one.name,
                   "asked": len(one.items), **work}  # fmt: skip


def _synthesis(m: Material) -> Facts | None:
    if not m.extracted.codings:
        return None
    parts = synthesis.components_of(m.framework, m.extracted.codings, m.extracted.themes)
    given = {one.id for one in m.framework.components} if m.framework else set()
    current = [[one for one in finding["assents"] if one["current"]] for finding in m.extracted.findings]
    return {
        "framework": m.framework and {
            "label": m.framework.label,
            "version": m.framework.version,
            "components": [one.label for one in parts if one.id in given],
        },
        **_work(m, "framework", m.framework.name if m.framework else ""),
        "codings": len(m.extracted.codings),
        "emergent": sum(one.id not in given for one in parts),
        "merged": process_rows.merged_themes(m.connection),
        "findings": len(m.extracted.findings),
        "agreed": sum(any(one["agrees"] for one in some) for some in current),
    }  # fmt: skip
