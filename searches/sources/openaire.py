"""OpenAIRE Graph's list of research products, by cursor. Pure functions.

Source: https://graph.openaire.eu/docs/apis/graph-api/, checked 2026-11-22. What stands behind the line break of a
translation are parameters of their own: ``fromPublicationDate``, ``toPublicationDate``, ``pid``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity, parted

ABOUT = About(
    name="openaire",
    label="OpenAIRE Graph",
    docs="https://graph.openaire.eu/docs/apis/graph-api/",
    checked="2026-11-22",
    base_url="https://api.openaire.eu",
    interval=(60.0, 0.5),  # 60 an hour without a token, 7,200 with one
    page_size=100,
    key="OPENAIRE_TOKEN",
    size="pageSize",
)

_FIRST = "*"
_UNDETERMINED = frozenset({"und", "unknown", "un"})
_ASSIGNED = frozenset({"FOS", "SDG"})
"""Subjects that a machine assigned: fields of science, and the United Nations' goals."""
_KINDS: dict[str, Kind] = {
    "doctoral thesis": "thesis", "master thesis": "thesis", "bachelor thesis": "thesis",
    "conference object": "conference", "part of book or chapter of book": "chapter", "project deliverable": "report",
    "external research report": "report", "internal report": "report", "other literature type": "other",
    "contribution for newspaper or weekly magazine": "other", "software": "other", "clinical trial": "trial",
    "collection": "dataset",
}  # fmt: skip
"""OpenAIRE's own words for types, beside those that every source uses."""
_PRODUCTS: dict[str, Kind] = {"dataset": "dataset", "software": "other", "other": "other"}
"""Kind by the product's type where no copy's type says more; ``publication`` says nothing."""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; a cursor reaches everything, so no windows are asked for."""
    query, limits = parted(translation.text)
    params = (
        *((("search", query),) if query else ()),
        *limits,
        ("pageSize", str(ABOUT.page_size)),
        ("cursor", cursor or _FIRST),
    )
    headers = (("Authorization", f"Bearer {credentials.key}"),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/graph/v3/research-products", params, headers, secret=("Authorization",))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; the cursor ends when it is missing, is the one that was sent, or the page is empty."""
    found = as_json(reply, ABOUT)
    try:
        header = found["header"]
        total, products = as_count(header["numFound"]), list(found["results"] or ())
    except UNREADABLE as fault:
        raise SourceChanged("the reply of OpenAIRE names no hits or no results", source=ABOUT.name) from fault
    records, rejected = each(products, _record)
    following = header.get("nextCursor")
    ended = not products or not following or following == (cursor or _FIRST)
    return Page(records, total, None if ended else str(following), rejected)


def _record(product: dict[str, Any]) -> Record:
    container = product.get("container") or {}
    copies = product.get("instances") or ()
    ids = [*_ids(product), *(pair for copy in copies for pair in _ids(copy))]
    dois = tuple(dict.fromkeys(doi for scheme, value in ids if scheme == "doi" and (doi := identifiers.doi(value))))
    descriptions = sorted(filter(None, map(plain, product.get("descriptions") or ())), key=len, reverse=True)
    keywords, assigned = _subjects(product)
    return Record(
        title=_title(product),
        authors=tuple(name for a in product.get("authors") or () if (name := _name(a))),
        date=_date(product),
        journal=plain(container.get("name")),
        volume=as_text(container.get("vol")),
        issue=as_text(container.get("iss")),
        pages=values.page_range(as_text(container.get("sp")), as_text(container.get("ep"))),
        abstract=descriptions[0] if descriptions else None,
        keywords=keywords,
        kind=_kind(product),
        language=_language(product),
        doi=dois[0] if dois else None,
        pmid=next((identifiers.pmid(value) for scheme, value in ids if scheme == "pmid"), None),
        pmcid=next((identifiers.pmcid(value) for scheme, value in ids if scheme in ("pmc", "pmcid")), None),
        issns=identifiers.issns(" ".join(str(container.get(f"issn{kind}") or "") for kind in _ISSNS)),
        url=next(
            (url.replace("&amp;", "&") for copy in copies for u in copy.get("urls") or () if (url := tidy(u))), None
        ),
        publisher=plain(product.get("publisher")),
        source_id=identity(product, "id"),
        identifiers=(*(("doi", doi) for doi in dois[1:]), *_others(ids)),
        extra=(*_more(product), *assigned, *(("description", text) for text in descriptions[1:])),
    )


_ISSNS = ("Printed", "Online", "Linking")
_OWN = frozenset({"doi", "pmid", "pmc", "pmcid"})


def _ids(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the identifiers of a product, or of one of its copies, whose DOI may be of the repository's own copy."""
    for pid in (*(part.get("pids") or ()), *(part.get("alternateIdentifiers") or ())):
        if pid.get("value"):
            yield str(pid.get("scheme") or "").lower(), str(pid["value"])


def _others(ids: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((scheme, value) for scheme, value in ids if scheme and scheme not in _OWN))


def _title(product: dict[str, Any]) -> str | None:
    title, rest = plain(product.get("mainTitle")), plain(product.get("subTitle"))
    return f"{title}: {rest}" if title and rest else title or rest


def _name(author: dict[str, Any]) -> str | None:
    """Give the name as printed; its parts have lost capitals within a name, and serve only where it has no comma."""
    printed, family, given = (plain(author.get(key)) for key in ("fullName", "surname", "name"))
    if printed and "," in printed:
        return values.name(printed)
    return f"{family}, {given}" if family and given else printed or family


def _date(product: dict[str, Any]) -> str | None:
    """Give the date; 1 January stands for a year of which no more is known."""
    date = tidy(product.get("publicationDate"))
    return values.date(date[:4] if date.endswith("-01-01") else date) if date else None


def _language(product: dict[str, Any]) -> str | None:
    code = tidy((product.get("language") or {}).get("code"))
    return language(code) if code and code.lower() not in _UNDETERMINED else None


def _kind(product: dict[str, Any]) -> Kind | None:
    """Choose the kind by the types of the copies; that one of them is a preprint does not make it one."""
    types = [str(copy.get("type") or "").strip().lower() for copy in product.get("instances") or ()]
    words = [_KINDS.get(t, t) for t in types]
    telling = kind_of(w for w in words if w != "preprint") or kind_of(words)
    return telling or _PRODUCTS.get(product.get("type") or "")


def _subjects(product: dict[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Part the keywords that people gave from those that a machine assigned."""
    subjects = [one.get("subject") or {} for one in product.get("subjects") or ()]
    pairs = [(str(s.get("scheme") or ""), text) for s in subjects if (text := plain(s.get("value")))]
    given = tuple(dict.fromkeys(text for scheme, text in pairs if scheme not in _ASSIGNED))
    return given, tuple((f"{scheme} assigned", text) for scheme, text in pairs if scheme in _ASSIGNED)


def _more(product: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field: the product's type, those of its copies, and whether it can be read freely."""
    right = (product.get("bestAccessRight") or {}).get("label")
    pairs = [("type", product.get("type")), ("access", right)]
    pairs += [("instance type", copy.get("type")) for copy in product.get("instances") or ()]
    return tuple(dict.fromkeys((key, str(value)) for key, value in pairs if value))


def identify(scheme: str, value: str) -> str | None:
    """Ask for the products with this DOI or PMID; a value with ``&`` cannot be told from the next parameter."""
    return f"\npid={value}" if scheme in ("doi", "pmid") and "&" not in value else None


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["openaire"]), ask, read, identify)
