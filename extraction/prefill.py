"""What a bibliographic record offers as the values of a form's fields. Pure; a country is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extraction.companions import author_key
from extraction.values import parse
from review.countries import code_of
from review.errors import DecisionError
from review.forms import Form
from review.record import Record
from review.text import fold

_ADDRESSES = frozenset({"AD", "AffiliationInfo", "affiliation", "Affiliations"})
"""Tags of ``Record.extra`` with one address or several: RIS and MEDLINE, PubMed XML, arXiv, tables of Scopus."""
_OWN = frozenset({"C1", "Addresses"})
"""Web of Science's tags: each address stands behind the authors who have it, ``[Smith, A; Doe, B] Univ Leeds, …``."""
_AUTHORS = "Authors with affiliations"
"""Scopus's column: ``Smith A., Univ Leeds, …; Doe B., Univ Oslo, …``, of late ``Smith, Ann, Univ Leeds, …``."""
_BEHIND = re.compile(r"\[([^]]*)\]([^\[]*)")
_EMAIL = re.compile(r"\s*(?:(?:Electronic address|E-?mails?)\s*:\s*)?\S+@\S+", re.IGNORECASE)
_SHORT = {
    "peoples r china": "CN", "people s republic of china": "CN", "p r china": "CN", "pr china": "CN",
    "north ireland": "GB", "u arab emirates": "AE", "bosnia herceg": "BA", "us": "US",
}  # fmt: skip
"""How addresses name countries besides their names, Web of Science's short names among them."""
_UNCLEAR = frozenset({"georgia"})
"""A country, and a state of another."""


def of(form: Form, record: Record) -> dict[str, Any]:
    """Give, by field, the value that the record has for it; fields without one are left out."""
    known = {
        "authors": "; ".join(record.authors) or None, "year": record.year, "title": record.title,
        "journal": record.journal, "doi": record.doi, "author_country": country(record),
    }  # fmt: skip
    found: dict[str, Any] = {}
    for field in form.fields:
        given = known.get(field.prefill or "")
        if given is not None:
            try:
                found[field.id] = parse(field, given)
            except DecisionError:
                continue  # the record has it in another shape than the field takes
    return found


def country(record: Record) -> str | None:
    """Give the country of the first author where the addresses leave no doubt, as a code; else ``None``.

    They leave none where the first author's own address is marked as such, or where all addresses are of one country.
    The journal's country, which records also hold, says nothing about authors.

    >>> country(Record(authors=("Roe, A", "Poe, B"), extra=(("AD", "Univ of Leeds, UK."), ("AD", "Oslo, Norway"))))
    >>> country(Record(authors=("Roe, A", "Poe, B"), extra=(("C1", "[Poe, B] Oslo, Norway [Roe, A] Leeds, UK"),)))
    'GB'
    """
    marked = [two for tag, value in record.extra if tag in _OWN for two in _BEHIND.findall(value)]
    first = author_key(record.authors[0]) if record.authors else ""
    own = [place for names, place in marked if first in map(author_key, names.split(";"))]
    own += [one for tag, value in record.extra if tag == _AUTHORS for one in value.split(";") if first in _named(one)]
    everyone = [place for _, place in marked]
    everyone += [one for tag, value in record.extra if tag in _ADDRESSES for one in value.split(";") if one.strip()]
    return _one(own) if own else _one(everyone)


def _named(entry: str) -> tuple[str, str]:
    """Give the author whom an entry begins with, read with and without a comma in the name."""
    family, _, rest = entry.strip().partition(",")
    return author_key(family), author_key(f"{family},{rest.partition(',')[0]}")


def _one(addresses: Iterable[str]) -> str | None:
    """Give the country of all addresses; ``None`` when they differ, or one of them names none."""
    named = {_country_of(address) for address in addresses}
    return named.pop() if len(named) == 1 else None


def _country_of(address: str) -> str | None:
    """Read the country at the end of an address; codes of two letters are none (MA: Massachusetts or Morocco).

    >>> _country_of("Harvard, Boston, MA 02115 USA."), _country_of("Boston, MA"), _country_of("Emory, Atlanta, Georgia")
    ('US', None, None)
    """
    last = _EMAIL.sub("", address).strip(" .;").rpartition(",")[2].strip(" .")
    if re.search(r"\bU\.?S\.?A\Z", last):
        return "US"
    name = fold(last)
    if name in _UNCLEAR or (len(last) == 2 and last != "UK" and name not in _SHORT):
        return None
    return _SHORT.get(name) or code_of(last)
