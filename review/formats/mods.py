"""Read MODS, the Library of Congress' XML that catalogues, repositories, Zotero and bibutils export.

Elements: https://www.loc.gov/standards/mods/userguide/ (version 3.8), checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from review import identifiers
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.values import address, date, name, page_range, serials
from review.formats.xml_parts import elements, source, text_of
from review.record import Kind, Record, Rejected

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_AUTHORS = frozenset({"", "author", "aut", "creator", "cre", "joint author", "thesis author", "dissertant", "dis"})
"""Roles, by name and by MARC code, of those who count as authors; a name without a role is an author."""
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther")
_PMID = frozenset({"pmid", "pubmed", "pubmed id", "pubmedid", "medline"})
_PMCID = frozenset({"pmc", "pmcid", "pmc id"})
_OWN = frozenset({"citekey", "local"})
_RETRACTED = frozenset({"retracted publication", "retracted article", "retracted"})

# Sources: https://www.loc.gov/standards/valuelist/marcgt.html (MARC genres); the types of Zotero; checked 2026-11-22.
_GENRES: dict[str, Kind] = {
    "journalarticle": "article", "magazinearticle": "article", "newspaperarticle": "article", "newspaper": "article",
    "academic journal": "article", "periodical": "article", "journal": "article", "magazine": "article",
    "conferencepaper": "conference", "conference publication": "conference", "booksection": "chapter",
    "theses": "thesis", "ph.d. thesis": "thesis", "masters thesis": "thesis", "dissertation": "thesis",
    "doctoral thesis": "thesis", "government publication": "report", "web site": "web", "webpage": "web",
    "electronic resource": "web", "working paper": "report", "data set": "dataset", "database": "dataset",
}  # fmt: skip
"""Genres, lower case, that are not among the words of document types of all sources."""


class _Parts:
    """The elements of one record, and which of them went into a field."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._taken: set[Element] = set()  # holding them keeps lxml from making others for the same elements

    def all(self, *paths: str, below: Element | None = None) -> list[Element]:
        """Give the elements at some paths, those of the first path first."""
        start = self.root if below is None else below
        return [found for path in paths for found in start.iterfind(path)]

    def take(self, found: Iterable[Element]) -> list[str]:
        """Give the texts of elements, which are thereby said."""
        kept = [(element, text) for element in found if (text := text_of(element))]
        self._taken.update(element for element, _ in kept)
        return [text for _, text in kept]

    def first(self, *paths: str, below: Element | None = None) -> str | None:
        """Take the first element that says something; others stay unsaid."""
        found = next((one for one in self.all(*paths, below=below) if text_of(one)), None)
        return self.take([found])[0] if found is not None else None

    def said(self, element: Element) -> None:
        """Mark an element with all that it holds."""
        self._taken.update(element.iter())

    def left(self, below: Element | None = None, path: str = "") -> Iterator[tuple[str, str]]:
        """Give (path, text) of what went into no field."""
        for child in self.root if below is None else below:
            if child in self._taken:
                continue
            kind = child.get("type") or child.get("authority") or ""
            here = f"{path}{child.tag}{f' {kind}' if kind else ''}"
            if len(child):
                yield from self.left(child, here + "/")
            elif text := text_of(child):
                yield here, text


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of a MODS file one by one: a collection, a single record, or records inside a catalogue's reply.

    Raises
    ------
    ReviewError
        The file is empty or declares entities.
    """
    for position, found in enumerate(elements(data, ("mods",), losses), 1):
        if isinstance(found, Rejected):
            yield found
        else:
            yield build(found) or Rejected(position, NO_RECORD, source(found))


def build(root: Element) -> Record | None:
    """Give the record of one ``mods`` element, or ``None`` when nothing in it says what it is."""
    parts = _Parts(root)
    host = next(iter(parts.all("relatedItem[@type='host']")), None)
    ids = _Identifiers(parts, host)
    title, authors = _title(parts, root), _authors(parts)
    if not (title or authors or ids.doi or ids.pmid or ids.pmcid):
        return None
    genres = [text.casefold() for one in parts.all("genre") if (text := text_of(one))]
    spoken = parts.all("language/languageTerm[@type='code']", "language/languageTerm", "language")
    numbers = _numbers(parts, host)
    return Record(
        title=title,
        authors=authors,
        date=_date(parts, host),
        journal=_title(parts, host) if host is not None else None,
        volume=numbers["volume"],
        issue=numbers["issue"],
        pages=_pages(parts, host),
        abstract=parts.first("abstract"),
        keywords=_keywords(parts),
        kind=_kind(genres, host),
        language=_language(parts, spoken),
        doi=ids.doi,
        pmid=ids.pmid,
        pmcid=ids.pmcid,
        issns=ids.issns,
        isbns=ids.isbns,
        url=_url(parts),
        publisher=_origin(parts, host, "publisher"),
        place=_origin(parts, host, "place/placeTerm[@type='text']", "place/placeTerm"),
        flags=("retracted",) if _RETRACTED & set(genres) else (),
        source_id=parts.first("recordInfo/recordIdentifier") or ids.own or root.get("ID"),
        identifiers=ids.others,
        notes=tuple(parts.take(parts.all("note"))),
        extra=tuple(parts.left()),
    )


def _title(parts: _Parts, item: Element) -> str | None:
    """Put a title together; alternative, translated and abbreviated ones stay unsaid when there is a plain one."""
    infos = parts.all("titleInfo", below=item)
    plain = [info for info in infos if not info.get("type") and text_of(info.find("title"))]
    info = next(iter([one for one in plain if one.get("usage") == "primary"] or plain or infos), None)
    if info is None:
        return None
    article, main = parts.first("nonSort", below=info), parts.first("title", below=info)
    rest = parts.take(parts.all("subTitle", below=info))
    numbered = parts.take(parts.all("partNumber", "partName", below=info))
    joined = f"{article or ''}{'' if not article or article[-1] in chr(39) + chr(0x2019) + '-' else ' '}{main or ''}"
    return ". ".join([": ".join(part for part in (joined.strip(), *rest) if part), *numbered]) or None


def _authors(parts: _Parts) -> tuple[str, ...]:
    """Give the names of authors; others, and the conference, stay unsaid."""
    found: list[str] = []
    for one in parts.all("name"):
        roles = [
            text.casefold().strip(".") for term in parts.all("role/roleTerm", below=one) if (text := text_of(term))
        ]
        if one.get("type") == "conference" or not _AUTHORS & set(roles or [""]):
            continue
        if written := _name(parts, one):
            found.append(written)
            for role in parts.all("role", below=one):
                parts.said(role)
    return tuple(found)


def _name(parts: _Parts, one: Element) -> str | None:
    family, given, terms = (
        " ".join(parts.take(parts.all(f"namePart[@type='{kind}']", below=one)))
        for kind in ("family", "given", "termsOfAddress")
    )
    if family:
        rest = " ".join(part for part in (given, terms) if part)
        return f"{family}, {rest}" if rest else family
    whole = " ".join(parts.take(part for part in parts.all("namePart", below=one) if not part.get("type")))
    written = " ".join(part for part in (whole, given) if part) or parts.first("displayForm", below=one)
    return written if not written or one.get("type") == "corporate" else name(written)


def _date(parts: _Parts, host: Element | None) -> str | None:
    """Give the date of issue, the item's before the host's; the most precise one of its year."""
    places: list[Element] = []
    for kind in _DATES:
        places += parts.all(f"originInfo/{kind}")
        if host is not None:
            places += parts.all("part/date", below=host) if kind == "dateIssued" else []
            places += parts.all(f"originInfo/{kind}", below=host)
    places += parts.all("part/date")
    known = [(one, found) for one in places if one.get("point") != "end" and (found := date(text_of(one) or ""))]
    if not known:
        return None
    best = max((found for _, found in known if found[:4] == known[0][1][:4]), key=len)
    parts.take(one for one, found in known if best.startswith(found) and re.fullmatch(r"[\d/-]+", text_of(one) or ""))
    return best


def _numbers(parts: _Parts, host: Element | None) -> dict[str, str | None]:
    """Give volume and issue, whether the part is written with the host or with the item."""
    found: dict[str, str | None] = {"volume": None, "issue": None}
    for field, kinds in (("volume", ("volume",)), ("issue", ("issue", "number"))):
        for kind in kinds:
            path = f"part/detail[@type='{kind}']"
            for detail in [*(parts.all(path, below=host) if host is not None else []), *parts.all(path)]:
                found[field] = found[field] or parts.first("number", "caption", below=detail)
    return found


def _pages(parts: _Parts, host: Element | None) -> str | None:
    for item in (host, parts.root):
        if item is None:
            continue
        for extent in parts.all("part/extent", below=item):
            if not extent.get("unit", "pages").casefold().startswith("page"):
                continue
            start, end = parts.first("start", below=extent), parts.first("end", below=extent)
            if pages := page_range(start, end) or parts.first("list", below=extent):
                return pages
    return None


def _keywords(parts: _Parts) -> tuple[str, ...]:
    """Give the subjects; a heading of a vocabulary that is cut into its parts is one keyword."""
    found: list[str] = []
    for subject in parts.all("subject"):
        texts = [text for one in subject.iterdescendants() if not len(one) and (text := text_of(one))]
        found += ["--".join(texts)] if subject.get("authority") else texts
        parts.said(subject)
    return merged(word for word in found if word)


def _kind(genres: list[str], host: Element | None) -> Kind | None:
    """Give what the item says of itself, else what follows from the work that it stands in."""
    own = kind_of(genres) or next((_GENRES[genre] for genre in genres if genre in _GENRES), None)
    if host is None:
        return own
    texts = [text.casefold() for one in host.iterfind("genre") if (text := text_of(one))]
    around = kind_of(texts) or next((_GENRES[text] for text in texts if text in _GENRES), None)
    issued = {text_of(one) for one in host.iterfind("originInfo/issuance")}
    if own in (None, "book") and around in ("book", "chapter"):
        return "chapter"
    if own is None and around is None and issued & {"continuing", "serial"}:
        return "article"
    return own or around


def _language(parts: _Parts, places: list[Element]) -> str | None:
    found = next((one for one in places if text_of(one)), None)
    return language(parts.take([found])[0]) if found is not None else None


def _url(parts: _Parts) -> str | None:
    places = parts.all("location/url[@usage='primary display']", "location/url[@usage='primary']", "location/url")
    found = next((one for one in places if text_of(one)), None)
    return address(parts.take([found])[0]) if found is not None else None


def _origin(parts: _Parts, host: Element | None, *paths: str) -> str | None:
    """Take a place or publisher of the item, else of its host."""
    own = parts.first(*(f"originInfo/{path}" for path in paths))
    return own or (parts.first(*(f"originInfo/{path}" for path in paths), below=host) if host is not None else None)


class _Identifiers:
    """The identifiers of the item, and the serial numbers of its host."""

    def __init__(self, parts: _Parts, host: Element | None) -> None:
        self.doi: str | None = None
        self.pmid: str | None = None
        self.pmcid: str | None = None
        self.own: str | None = None
        others: list[tuple[str, str]] = []
        numbers = parts.all("identifier", below=host) if host is not None else []
        for one in parts.all("identifier"):
            scheme, text = (one.get("type") or "").casefold(), text_of(one)
            if text is None or one.get("invalid") == "yes":
                continue
            if scheme in ("issn", "isbn"):
                numbers.append(one)
            elif self._field(scheme, text):
                parts.take([one])
            elif scheme:
                others.append((scheme, text))
                parts.take([one])
        stated = [one for one in numbers if (one.get("type") or "").casefold() in ("issn", "isbn")]
        found = [(one, serials(text_of(one) or "")) for one in stated]
        parts.take(one for one, (issns, isbns) in found if issns or isbns)
        self.issns = merged(issn for _, (issns, _) in found for issn in issns)
        self.isbns = merged(isbn for _, (_, isbns) in found for isbn in isbns)
        self.others = tuple(dict.fromkeys(others))

    def _field(self, scheme: str, text: str) -> bool:
        """Put an identifier into its field, when it has one that is still free."""
        if self.doi is None and (scheme == "doi" or (scheme in ("uri", "hdl", "") and "doi.org/" in text)):
            self.doi = identifiers.doi(text)
            return self.doi is not None
        if self.pmid is None and scheme in _PMID:
            self.pmid = identifiers.pmid(text)
            return self.pmid is not None
        if self.pmcid is None and scheme in _PMCID:
            self.pmcid = identifiers.pmcid(text)
            return self.pmcid is not None
        if self.own is None and scheme in _OWN:
            self.own = text
            return True
        return False
