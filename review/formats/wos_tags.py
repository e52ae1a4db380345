"""Web of Science tagged text (``FN``, ``VR``, ``PT`` … ``ER``, ``EF``): its tags and what they mean. A table.

Sources: Web of Science field tags, https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html, and of
MEDLINE and Inspec on Web of Science (``PS``, ``JI``, ``PV``), checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from review.formats import tagged
from review.formats.tagged import Field, Layout, each, values

_TAGS = {
    "TI": "TI", "AU": "AU", "AF": "AU", "BA": "AU", "BF": "AU", "CA": "AU", "GP": "AU", "SO": "JF", "JI": "JA",
    "J9": "J1", "PY": "PY", "PD": "DA", "VL": "VL", "IS": "IS", "BP": "SP", "EP": "EP", "AB": "AB", "DE": "KW",
    "ID": "KW", "MH": "KW", "LA": "LA", "DT": "M3", "DI": "DO", "PM": "PMID", "UT": "AN", "SN": "SN", "EI": "SN",
    "BN": "SN", "PU": "PB", "PI": "CY", "PT": "TY",
    **dict.fromkeys(
        ("AR AN BE BS C1 C3 CL CO CR CT CY D2 DA DL EA EF EM ER ES FN FU FX GA HC HO HP MA MC NR OA OI P2 PA PG PN PS "
         "PV RI RP SC SE SI SP SU TC U1 U2 VR WC WE Z8 Z9 ZA ZB ZR ZS").split(), ""),
}  # fmt: skip
_TYPES = {"J": "JOUR", "P": "PAT"}
"""``PT``; books and series (B, S, C) hold chapters and papers, so that DT says what they are."""
_LISTS = frozenset({"DE", "ID", "MH"})
_PEOPLE = (("AF", "AU"), ("BF", "BA"))
"""Authors, then authors of the book: the full names, and the same people shorter."""
_INSPEC_MONTH = re.compile(r"(\d\d) (\d{4})\Z")
_START_PAGES = ("BP", "AR", "PS")


def _prepare(fields: list[Field]) -> Iterator[Field]:
    given = {field.tag for field in fields}
    full, short = next((pair for pair in _PEOPLE if given & {*pair}), _PEOPLE[0])
    chosen = full if full in given else short
    same = len(_people(fields, full)) == len(_people(fields, short))
    start = next((tag for tag in _START_PAGES if tag in given), None)
    kind_is_said = "DT" in given
    for field in fields:
        if field.tag in ("AU", "AF", "BA", "BF"):
            if field.tag == chosen:
                yield field
            elif field.tag != short or not same:
                yield field.kept()
        elif field.tag in _START_PAGES:
            yield field.means("SP") if field.tag == start else field.kept()
        elif field.tag == "EP" and start in ("AR", "PS"):
            yield field.kept()
        elif field.tag == "PD" and (month := _INSPEC_MONTH.match(field.value)):
            yield field.means("DA", f"{month[2]}-{month[1]}")
        elif field.tag == "EA" and "PY" not in given:  # published online before the issue was known
            yield field.means("PY")
        elif field.tag in _LISTS:
            yield from each(field, "KW")
        elif field.tag == "DT":
            yield from each(field, "M3")
        elif field.tag == "PT":
            known = _TYPES.get(field.value) or (None if kind_is_said else "BOOK" if field.value == "B" else None)
            yield Field("TY", "TY", known) if known else field.kept()
        else:
            yield field


def _people(fields: list[Field], tag: str) -> list[str]:
    return [part for value in values(fields, tag) for part in value.split(";") if part.strip()]


LAYOUT = Layout(
    tags=_TAGS,
    line=re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?: (?P<value>.*))?\Z"),
    start=re.compile(r"PT [A-Z]\Z"),
    noise=re.compile(r"\Z"),
    prepare=_prepare,
    end="ER",
    frame=frozenset({"FN", "VR", "EF"}),
    heads=frozenset({"AU", "TI", "UT"}),
    many=frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "GP", "C1", "CR"}),
)
iterate = partial(tagged.iterate, layout=LAYOUT)
