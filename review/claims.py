"""Check what a publication says in its prose against the values that it prints itself. Pure; no IO, no wording of ours.

The input is the publication's claims and values *as printed* (a TOML file), never a list of its slips. What cannot be
compared is not reported as right or wrong: only contradictions come out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from review import countries
from review.errors import Fault, ProtocolError
from review.protocol.faults import Notes, Reader
from review.text import fold

LOCATION = "location"
"""The value that must be a country."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that says something of a number of studies.

    ``says`` is the number it states, or ``"all"``. ``of`` gives the (value, text) pairs that the studies it speaks of
    share, ``()`` for every study, ``None`` when it names no such set; ``besides`` are studies it sets apart ("the
    other five"). ``cites`` are the studies that it cites, ``None`` when it cites none.
    """

    id: str
    text: str
    says: int | Literal["all"]
    of: tuple[tuple[str, str], ...] | None = None
    besides: tuple[str, ...] = ()
    cites: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What one place of the publication (a table, the reference list) prints about one study."""

    ref: str
    where: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: in which claim or about which study, what contradicts what, and the studies concerned."""

    about: str
    kind: Literal["number", "citation", "label"]
    what: str
    refs: tuple[str, ...]


def read_claims(data: bytes) -> tuple[tuple[Claim, ...], tuple[Printed, ...]]:
    """Read ``[[claims]]`` (id, text, says, of, besides, cites) and ``[[studies]]`` (ref, where, any values).

    Raises
    ------
    ProtocolError
        With every fault found.
    """
    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProtocolError("the claims are not valid TOML", (Fault("the file", str(error)),)) from error
    notes = Notes(text)
    top = Reader(table, "", notes)
    claims = tuple(_claim(entry) for entry in top.listed("claims"))
    studies = tuple(_printed(entry) for entry in top.listed("studies"))
    top.close()
    for claim in claims:
        for ref in sorted({*claim.besides, *(claim.cites or ())} - {study.ref for study in studies}):
            notes.add(
                "claims", f"claim {claim.id} names study {ref}, of which no value is given", "add it to [[studies]]"
            )
    if notes.faults:
        raise ProtocolError("the claims cannot be used", tuple(notes.faults))
    return claims, studies


def _claim(entry: Reader) -> Claim:
    says = entry.table.get("says")
    entry.known += ["says", "of", "besides", "cites"]
    if says != "all" and (not isinstance(says, int) or isinstance(says, bool)):
        entry.fault("says", f"must be a whole number or 'all', not {says!r}")
    of = entry.table.get("of")
    if of is not None and not isinstance(of, dict):
        entry.fault("of", "must be a table of values, such as { kind = 'research' }", "{} means every study")
        of = None
    claim = Claim(
        id=entry.text("id", required=True) or "",
        text=entry.text("text", required=True) or "",
        says=says if says == "all" or isinstance(says, int) else 0,
        of=None if of is None else tuple((name, str(value)) for name, value in of.items()),
        besides=_refs(entry, "besides") or (),
        cites=_refs(entry, "cites"),
    )
    entry.close()
    return claim


def _refs(entry: Reader, key: str) -> tuple[str, ...] | None:
    value = entry.table.get(key)
    if value is None:
        return None
    if not isinstance(value, list):
        entry.fault(key, "must be a list of reference numbers or keys")
        return None
    return tuple(dict.fromkeys(str(ref) for ref in value))


def _printed(entry: Reader) -> Printed:
    for key in ("ref", "where"):
        if key not in entry.table:
            entry.notes.add(entry.path, f"'{key}' is missing", f"add {key} = …")
    values = tuple((key, str(value)) for key, value in entry.table.items() if key not in ("ref", "where"))
    return Printed(str(entry.table.get("ref", "")), str(entry.table.get("where", "")), values)


def check_claims(claims: Sequence[Claim], studies: Sequence[Printed]) -> tuple[Finding, ...]:
    """Find what contradicts: prose against values and citations, one place against another, countries that are none.

    Parameters
    ----------
    claims, studies
        As ``read_claims`` gives them; a study may be printed in several places.

    Returns
    -------
    tuple of Finding
        Claims in their order, then studies in theirs. A country that is spelled wrong is reported once, and counts
        as the one that was probably meant.
    """
    profiles = _profiles(studies)
    return (*(f for claim in claims for f in _check(claim, profiles)), *_places(studies), *_locations(studies))


def _profiles(studies: Iterable[Printed]) -> dict[str, dict[str, set[str]]]:
    """Give, per study and value, everything that is printed for it anywhere, in comparable spelling."""
    studies = tuple(studies)
    known = _countries(studies)
    result: dict[str, dict[str, set[str]]] = {}
    for study in studies:
        values = result.setdefault(study.ref, {})
        for name, text in study.values:
            values.setdefault(name, set()).add(_comparable(name, text, known))
    return result


def _comparable(name: str, text: str, known: Sequence[str]) -> str:
    if name != LOCATION:
        return fold(text)
    return countries.code_of(text) or countries.code_of(countries.meant(text, among=known) or "") or fold(text)


def _countries(studies: Iterable[Printed]) -> tuple[str, ...]:
    """Give the countries that the publication itself spells in a way that is known."""
    printed = [text for study in studies for name, text in study.values if name == LOCATION]
    return tuple(dict.fromkeys(text for text in printed if countries.code_of(text)))


def _check(claim: Claim, profiles: Mapping[str, Mapping[str, set[str]]]) -> Iterator[Finding]:
    spoken_of = None if claim.of is None else _members(claim, profiles)
    if claim.says == "all":
        if spoken_of is not None and claim.cites is not None:
            yield from _all(claim, spoken_of, claim.cites)
        return
    for refs, source in ((spoken_of, "the printed values give"), (claim.cites, "it cites")):
        if refs is not None and len(refs) != claim.says:
            what = f"“{claim.text}” says {claim.says}, but {source} {len(refs)}: {_listed(refs)}"
            yield Finding(claim.id, "number" if refs is spoken_of else "citation", what, tuple(refs))


def _members(claim: Claim, profiles: Mapping[str, Mapping[str, set[str]]]) -> tuple[str, ...]:
    wanted = [(name, _comparable(name, text, ())) for name, text in claim.of or ()]
    return tuple(
        ref
        for ref, values in profiles.items()
        if ref not in claim.besides and all(text in values.get(name, ()) for name, text in wanted)
    )


def _all(claim: Claim, spoken_of: Sequence[str], cites: Sequence[str]) -> Iterator[Finding]:
    lacking = tuple(ref for ref in spoken_of if ref not in cites)
    if lacking:
        cited = len(spoken_of) - len(lacking)
        what = f"“{claim.text}” is said of all {len(spoken_of)} but cited for {cited}: not for {_listed(lacking)}"
        yield Finding(claim.id, "citation", what, lacking)


def _places(studies: Sequence[Printed]) -> Iterator[Finding]:
    """Compare what several places print for the same value of the same study."""
    for ref in dict.fromkeys(study.ref for study in studies):
        printed: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for study in studies:
            if study.ref == ref:
                for name, text in study.values:
                    key = _comparable(name, text, _countries(studies))
                    printed.setdefault(name, {}).setdefault(key, []).append((text, study.where))
        for name, spellings in printed.items():
            if len(spellings) > 1:
                said = "; ".join(f"{text} in the {where}" for places in spellings.values() for text, where in places)
                yield Finding(f"study {ref}", "label", f"the {name} of study {ref} differs: {said}", (ref,))


def _locations(studies: Sequence[Printed]) -> Iterator[Finding]:
    known = _countries(studies)
    for study in studies:
        for name, text in study.values:
            if name == LOCATION and not countries.code_of(text):
                near = countries.meant(text, among=known)
                hint = f": did you mean {near}?" if near else ""
                what = f"the location of study {study.ref} in the {study.where} is {text}, which is no country{hint}"
                yield Finding(f"study {study.ref}", "label", what, (study.ref,))


def _listed(refs: Iterable[str]) -> str:
    return ", ".join(refs) or "none"
