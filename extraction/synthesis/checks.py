"""What is left open, or cannot be right, between studies, codings, findings and full texts: one sentence per gap.

Only what the data show: a sentence of a finding is never judged. Nothing here stops anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from extraction.appraisal import misfit
from extraction.synthesis import prose, quotes
from extraction.synthesis.quotes import Quote
from extraction.synthesis.resolving import Ref, Resolver
from review.forms import EMERGENT, Framework, Instrument
from review.passages import Page
from review.text import fold, many

Kind = Literal[
    "no_study", "not_included", "no_coding", "no_finding", "no_quote", "quote", "instrument", "contradiction", "gone",
    "moved", "number", "component",
]  # fmt: skip
_NAMED = 8
"""Up to so many things are named in a sentence; of more, how many more there are."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: its kind, what it is about (the key of a study, coding, finding, theme), and a sentence."""

    kind: Kind
    about: str
    what: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is looked at.

    ``keys`` are the included studies; ``codings``, ``findings``, ``cmos``, ``memos`` rows as ``coding_rows``,
    ``findings.all``, ``cmo.all`` and ``memos.all`` give them. ``judged`` are the (study, instrument) with a judgement,
    ``quoted`` quotes of answers and judgements. ``files`` gives the stored full texts of each study, ``texts`` the
    pages of those that can be read. ``authors`` is how studies are cited in prose: key -> ``Mann 2011``.
    """

    keys: Sequence[str]
    framework: Framework
    now: Resolver
    codings: Sequence[Row]
    findings: Sequence[Row]
    cmos: Sequence[Row] = ()
    memos: Sequence[Row] = ()
    instruments: Sequence[Instrument] = ()
    judged: Iterable[tuple[str, str]] = ()
    design: Mapping[str, str] = field(default_factory=dict)
    kind: Mapping[str, str] = field(default_factory=dict)
    quoted: Sequence[Quote] = ()
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Mapping[str, Sequence[Page]] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """Give what a component or theme is called."""
        return next((c.label for c in self.framework.components if c.id == name), None) or self.now.label(name)


def gaps(known: Known) -> tuple[Gap, ...]:
    """Find every gap, kind by kind."""
    included = frozenset(known.keys)
    outside = [row for row in known.codings if row["study"] not in included]
    known = replace(known, codings=[row for row in known.codings if row["study"] in included])
    by_ref = {(row["key"], row["person"]): row for row in known.codings}
    return (
        *_without_study(known, by_ref),
        *_studies(known),
        *_outside(outside),
        *_components(known),
        *_quotes(known),
        *_instruments(known),
        *_unmentioned(known, by_ref),
        *_cited(known, by_ref),
        *_numbers(known, by_ref),
    )


def _without_study(known: Known, by_ref: Mapping[Ref, Row]) -> Iterator[Gap]:
    for one in known.findings:
        if not _studies_of(one["supporting"], by_ref, known):
            yield Gap("no_study", one["key"], f"no study supports finding {one['key']}: “{_short(one['statement'])}”")
    for one in known.cmos:
        if not one["sources"] and not _studies_of(one["supporting"], by_ref, known):
            yield Gap("no_study", one["key"], f"configuration {one['key']} names no source and no coding")


def _studies(known: Known) -> Iterator[Gap]:
    coded = {row["study"] for row in known.codings}
    found = {study for one in known.findings for study in _sides(one, known.codings)}
    for key in known.keys:
        if key not in coded:
            yield Gap("no_coding", key, f"study {key} is in no finding: nothing of it is coded")
        elif known.findings and key not in found:
            yield Gap("no_finding", key, f"study {key} is in no finding")
    if known.codings and not known.findings:
        yield Gap("no_finding", "", "no finding is written yet: review code out findings.csv --table findings")


def _outside(codings: Iterable[Row]) -> Iterator[Gap]:
    for study, number in sorted(Counter(row["study"] for row in codings).items()):
        what = f"{study} is not an included study: its {many(number, 'coding')} count for nothing"
        yield Gap("not_included", study, what if number > 1 else what.replace("count", "counts"))


def _components(known: Known) -> Iterator[Gap]:
    own = {component.id for component in known.framework.components}
    for name, number in sorted(Counter(row["component"] for row in known.codings).items()):
        if name not in own and not name.startswith(EMERGENT):
            has = "stands" if number == 1 else "stand"
            what = (
                f"{many(number, 'coding')} {has} under {name}, which {known.framework.label} does not have (any more)"
            )
            yield Gap("component", name, what)


def _quotes(known: Known) -> Iterator[Gap]:
    bare = list(dict.fromkeys(row["key"] for row in known.codings if not row["quote"]))
    if bare:
        has = "has" if len(bare) == 1 else "have"
        yield Gap("no_quote", "", f"{many(len(bare), 'coding')} {has} no quote: {_listed(bare)}")
    given = [
        Quote(f"coding {row['key']}", row["study"], row["quote"], row["place"], row["file"])
        for row in known.codings
        if row["quote"]
    ]
    unknown = []
    for one in quotes.look((*given, *known.quoted), known.files, known.texts):
        about, place = one.quote.about, one.quote.place
        if one.stands == "no":
            what = (
                f"the quote of {about} is not in the stored full text of {one.quote.study}: “{_short(one.quote.text)}”"
            )
            yield Gap("quote", about, what)
        elif one.stands == "elsewhere":
            yield Gap("quote", about, f"the quote of {about} stands on page {one.page}, not at {place}")
        elif one.stands == "unknown":
            unknown.append(about)
    if unknown:
        what = f"{many(len(unknown), 'quote')} could not be looked up, as no text of the study is stored"
        yield Gap("quote", "", f"{what}: {_listed(unknown)}")


def _instruments(known: Known) -> Iterator[Gap]:
    instruments = {one.name: one for one in known.instruments}
    for study, name in sorted(set(known.judged)):
        wrong = (
            misfit(instruments[name], known.design.get(study), known.kind.get(study)) if name in instruments else None
        )
        if wrong:
            yield Gap("instrument", study, f"study {study}: {wrong}")


def _unmentioned(known: Known, by_ref: Mapping[Ref, Row]) -> Iterator[Gap]:
    """Find codings that speak against what the findings under their theme say, and that none of these mentions."""
    themes: dict[str, list[Row]] = defaultdict(list)
    for row in known.codings:
        for name in {row["component"], row["subelement"]} - {None}:
            themes[name].append(row)
    for theme, rows in sorted(themes.items()):
        mine = [one for one in known.findings if one["theme"] == theme]
        named = {ref for one in mine for side in ("supporting", "contradicting") for ref in one[side]}
        signs = {by_ref[ref]["polarity"] for one in mine for ref in one["supporting"] if ref in by_ref}
        told = [one["statement"] for one in mine] + [one["note"] or "" for one in mine]
        told += [memo["text"] for memo in known.memos if memo["theme"] == theme]
        for sign, other in (("-", "+"), ("+", "-")):
            against = [row for row in rows if row["polarity"] == sign]
            silent = [row for row in against if (row["key"], row["person"]) not in named]
            silent = [row for row in silent if not _cites(told, row["study"], known)]
            if other in signs and silent and (sign == "-" or len(silent) == len(against)):
                says = "speak against" if sign == "-" else "speak for"
                where = ", ".join(f"{row['key']} of {row['study']}" for row in silent[:_NAMED])
                what = f"no finding on {known.label(theme)} mentions what {says.replace('speak', 'speaks')} it: {where}"
                yield Gap("contradiction", theme, what + _more(silent))


def _cited(known: Known, by_ref: Mapping[Ref, Row]) -> Iterator[Gap]:
    """Find what findings and configurations name and that is gone, or was moved to another theme since."""
    for word, some in (("finding", known.findings), ("configuration", known.cmos)):
        for one in some:
            for key, _ in one["gone"]:
                yield Gap("gone", one["key"], f"{word} {one['key']} names the coding {key}, which was taken back")
    for one in known.findings:
        for ref in one["supporting"]:
            row = by_ref.get(ref)
            now = (row["component"], row["subelement"]) if row else ()
            if row and one["theme"] not in now and one["theme"] in map(known.now.living, filter(None, row["coded"])):
                what = f"finding {one['key']} on {known.label(one['theme'])} is supported by the coding {row['key']}, "
                yield Gap("moved", one["key"], what + f"which was moved to {known.label(row['component'])}")


def _numbers(known: Known, by_ref: Mapping[Ref, Row]) -> Iterator[Gap]:
    for one in known.findings:
        sides = tuple(_studies_of(one[side], by_ref, known) for side in ("supporting", "contradicting"))
        for text, stated in ((one["statement"], True), (one["note"] or "", False)):
            for wrong in prose.contradictions(text, known.keys, (sides[0], sides[1]), stated=stated):
                yield Gap("number", one["key"], f"finding {one['key']} {wrong}")
    for memo in known.memos:
        here = [row for row in known.codings if memo["theme"] in (row["component"], row["subelement"])]
        signs = [{row["study"] for row in here if (row["polarity"] == "-") is adverse} for adverse in (False, True)]
        about = f"the memo of {memo['name']} on {known.label(memo['theme'])}"
        for wrong in prose.contradictions(memo["text"], known.keys, (signs[0], signs[1]), stated=False):
            yield Gap("number", memo["theme"], f"{about} {wrong}")


def _studies_of(refs: Iterable[Ref], by_ref: Mapping[Ref, Row], known: Known) -> set[str]:
    """Give the included studies of some codings."""
    return {by_ref[ref]["study"] for ref in refs if ref in by_ref} & set(known.keys)


def _sides(finding: Row, codings: Iterable[Row]) -> set[str]:
    named = {*finding["supporting"], *finding["contradicting"]}
    return {row["study"] for row in codings if (row["key"], row["person"]) in named}


def _cites(texts: Iterable[str], study: str, known: Known) -> bool:
    """Say whether a study is cited in a text, by its key or by author and year."""
    names = {fold(study), fold(known.authors.get(study))} - {""}
    return any(f" {name} " in f" {fold(text)} " for text in texts for name in names)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79].rstrip() + "…"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + _more(names)


def _more(some: Sequence[object]) -> str:
    return f" and {len(some) - _NAMED:,} more" if len(some) > _NAMED else ""
